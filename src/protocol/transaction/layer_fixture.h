// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "protocol/transaction/layer.h"

namespace tertulia::protocol::transaction {

/// Texts of a request with the parts that matter to matching.
struct RequestText {
  std::string method = "MESSAGE";
  std::string branch = ";branch=z9hG4bKone";
  std::string uri = "sip:bob@example.com";
  std::string from_tag = ";tag=f1";
  std::string to_tag;
  std::string call_id = "call-1";
  int cseq = 1;
  std::string cseq_method;  ///< the same as `method` when empty

  std::string wire() const {
    return method + " " + uri + " SIP/2.0\r\nVia: SIP/2.0/TLS 192.0.2.4:49152" + branch +
           "\r\nMax-Forwards: 70\r\nFrom: <sip:alice@example.com>" + from_tag + "\r\nTo: <sip:bob@example.com>" +
           to_tag + "\r\nCall-ID: " + call_id + "\r\nCSeq: " + std::to_string(cseq) + " " +
           (cseq_method.empty() ? method : cseq_method) + "\r\nContent-Length: 0\r\n\r\n";
  }
};

inline std::string response_text(int status, const std::string& branch, const std::string& method) {
  return "SIP/2.0 " + std::to_string(status) + " Text\r\nVia: SIP/2.0/TLS server.example.com;branch=" + branch +
         "\r\nFrom: <sip:alice@example.com>;tag=f1\r\nTo: <sip:bob@example.com>;tag=t9\r\nCall-ID: call-1\r\nCSeq: 1 " +
         method + "\r\nContent-Length: 0\r\n\r\n";
}

/// A layer, what it sent, and a clock.
class LayerTest : public testing::Test, public LayerPorts {
 public:
  void send(base::ConnectionId connection, std::string_view wire) override {
    sent.emplace_back(connection.value, wire);
  }

  RequestFate request(const RequestText& text, std::uint64_t connection = 1) {
    const auto message = wire::sip::Message::parse(text.wire());
    EXPECT_TRUE(message.has_value());
    const auto basics = wire::sip::validate(*message);
    EXPECT_TRUE(basics.has_value());
    return layer.on_request(base::ConnectionId{connection}, *message, *basics, now);
  }
  ResponseFate response(int status, const std::string& branch, const std::string& method,
                        std::uint64_t connection = 1) {
    const auto message = wire::sip::Message::parse(response_text(status, branch, method));
    EXPECT_TRUE(message.has_value());
    const auto basics = wire::sip::validate(*message);
    EXPECT_TRUE(basics.has_value());
    return layer.on_response(base::ConnectionId{connection}, *message, *basics, now);
  }
  ClientId begin(wire::sip::Method method, const std::string& branch, std::uint64_t connection = 1,
                 std::string wire = "request") {
    const auto id = layer.request(base::ConnectionId{connection}, method, branch, std::move(wire), now);
    EXPECT_TRUE(id.has_value());
    return id.value_or(ClientId{});
  }
  void answer(ServerId id, int status) { layer.respond(id, status, std::to_string(status), now); }
  /// What was sent since the last call.
  std::vector<std::string> taken() {
    std::vector<std::string> wires;
    for (auto& [connection, wire] : std::exchange(sent, {})) wires.push_back(std::move(wire));
    return wires;
  }

  static constexpr Layer::Limits limits{8, 8};
  std::vector<std::pair<std::uint64_t, std::string>> sent;
  base::TimePoint now{5'000'000};
  Layer layer{Timers{}, limits, *this};
};

}  // namespace tertulia::protocol::transaction
