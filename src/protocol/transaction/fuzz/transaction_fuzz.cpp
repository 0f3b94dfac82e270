// SPDX-License-Identifier: Apache-2.0
// Any sequence of requests, responses, answers, losses and deadlines keeps the layer's promises: bounds hold, no
// deadline is left behind, and each client transaction ends at most once.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "protocol/transaction/layer.h"

namespace {

using namespace tertulia;
using namespace protocol::transaction;
using wire::sip::Message;
using wire::sip::Method;

constexpr std::size_t server_max = 6;
constexpr std::size_t client_max = 5;
constexpr std::uint64_t connections = 3;

/// The bytes of the input, one decision each; zeros at the end.
class Choices {
 public:
  explicit Choices(std::string_view bytes) : bytes_(bytes) {}
  bool left() const { return next_ < bytes_.size(); }
  unsigned below(unsigned bound) { return left() ? static_cast<unsigned char>(bytes_[next_++]) % bound : 0; }
  template <std::size_t n>
  std::string_view one_of(const std::string_view (&texts)[n]) {
    return texts[below(n)];
  }

 private:
  std::string_view bytes_;
  std::size_t next_ = 0;
};

constexpr std::string_view methods[] = {"INVITE", "ACK", "CANCEL", "MESSAGE", "BYE", "FOO"};
constexpr std::string_view branches[] = {"", ";branch=z9hG4bK", ";branch=z9hG4bK1", ";branch=z9hG4bK2", ";branch=x"};
constexpr std::string_view tags[] = {"", ";tag=1", ";tag=2"};
constexpr std::string_view statuses[] = {"100", "180", "200", "202", "302", "404", "487", "603"};

class World : public LayerPorts {
 public:
  void run(Choices& choices) {
    while (choices.left()) {
      step(choices);
      TERTULIA_CHECK(layer_.server_count() <= connections * server_max);
      TERTULIA_CHECK(layer_.client_count() <= connections * client_max * 2);  // each with a CANCEL of the layer
    }
    // When everybody is gone or silent, nothing stays.
    take(layer_.on_deadline(now_ + std::chrono::minutes{2}));
    for (std::uint64_t i = 1; i <= connections; ++i) take(layer_.on_connection_gone(base::ConnectionId{i}));
    TERTULIA_CHECK(layer_.server_count() == 0 && layer_.client_count() == 0 && !layer_.deadline());
    for (const auto& [id, state] : clients_) TERTULIA_CHECK(state != ClientState::open);
  }

 private:
  enum class ClientState { open, answered, ended };

  void send(base::ConnectionId, std::string_view wire) override { TERTULIA_CHECK(!wire.empty()); }

  void step(Choices& choices) {
    const base::ConnectionId connection{choices.below(connections) + 1};
    switch (choices.below(7)) {
      case 0:
      case 1:
        return on_request(choices, connection);
      case 2:
        return answer(choices);
      case 3:
        return begin(choices, connection);
      case 4:
        return on_response(choices, connection);
      case 5:
        return pass_time(choices);
      case 6:
        if (choices.below(4) == 0) return take(layer_.on_connection_gone(connection));
        if (!clients_.empty())
          layer_.cancel(std::next(clients_.begin(), choices.below(static_cast<unsigned>(clients_.size())))->first,
                        now_);
    }
  }

  void on_request(Choices& choices, base::ConnectionId connection) {
    const std::string method(choices.one_of(methods));
    std::string text = method + " sip:b@example.com SIP/2.0\r\nVia: SIP/2.0/TLS 192.0.2.1";
    text.append(choices.one_of(branches)).append("\r\nMax-Forwards: 70\r\nFrom: <sip:a@example.com>");
    text.append(choices.one_of(tags)).append("\r\nTo: <sip:b@example.com>").append(choices.one_of(tags));
    text.append("\r\nCall-ID: c\r\nCSeq: ").append(std::to_string(choices.below(2))).append(" " + method);
    text.append("\r\nContent-Length: 0\r\n\r\n");
    const auto message = Message::parse(std::move(text));
    if (!message) return;
    const auto basics = wire::sip::validate(*message);
    if (!basics) return;
    const RequestFate fate = layer_.on_request(connection, *message, *basics, now_);
    using Kind = RequestFate::Kind;
    const bool made = fate.kind == Kind::fresh || fate.kind == Kind::merged;
    if (made) TERTULIA_CHECK(layer_.waits_for_answer(fate.id));
    if (made) servers_.push_back(fate.id);
    if (fate.kind == Kind::cancel || fate.kind == Kind::cancel_lost) servers_.push_back(fate.cancel_id);
    if (fate.kind == Kind::cancel || fate.kind == Kind::cancel_lost)
      TERTULIA_CHECK(layer_.waits_for_answer(fate.cancel_id));
  }

  void answer(Choices& choices) {
    if (servers_.empty()) return;
    const ServerId id = servers_[choices.below(static_cast<unsigned>(servers_.size()))];
    const int status = std::stoi(std::string(choices.one_of(statuses)));
    layer_.respond(id, status, "response", now_);
    if (status >= 200) TERTULIA_CHECK(!layer_.waits_for_answer(id));
  }

  void begin(Choices& choices, base::ConnectionId connection) {
    constexpr Method kinds[] = {Method::invite, Method::invite, Method::message, Method::bye};
    const Method method = kinds[choices.below(4)];
    const std::string name(wire::sip::name_of(method));
    const std::string branch = "z9hG4bK" + std::to_string(choices.below(4));
    const auto id =
        layer_.request(connection, method, branch,
                       name + " sip:a@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/TLS h;branch=" + branch +
                           "\r\nFrom: <sip:b@example.com>;tag=1\r\nTo: <sip:a@example.com>\r\nCall-ID: d\r\nCSeq: 1 " +
                           name + "\r\nContent-Length: 0\r\n\r\n",
                       now_);
    if (id) TERTULIA_CHECK(clients_.emplace(*id, ClientState::open).second);
  }

  void on_response(Choices& choices, base::ConnectionId connection) {
    std::string text =
        "SIP/2.0 " + std::string(choices.one_of(statuses)) + " Text\r\nVia: SIP/2.0/TLS h;branch=z9hG4bK";
    text.append(std::to_string(choices.below(4)))
        .append("\r\nFrom: <sip:b@example.com>;tag=1\r\nTo: <sip:a@example.com>");
    text.append(choices.one_of(tags)).append("\r\nCall-ID: d\r\nCSeq: 1 ").append(choices.one_of(methods));
    text.append("\r\nContent-Length: 0\r\n\r\n");
    const auto message = Message::parse(std::move(text));
    if (!message) return;
    const auto basics = wire::sip::validate(*message);
    if (!basics) return;
    const ResponseFate fate = layer_.on_response(connection, *message, *basics, now_);
    if (!fate.matched) return;
    const auto client = clients_.find(fate.id);
    TERTULIA_CHECK(client != clients_.end() && client->second != ClientState::ended);
    TERTULIA_CHECK(fate.repeated == (client->second == ClientState::answered));
    if (fate.final_) client->second = ClientState::answered;
  }

  void pass_time(Choices& choices) {
    const unsigned how = choices.below(256);
    now_ = now_ + std::chrono::milliseconds{how * how};
    take(layer_.on_deadline(now_));
    if (const auto next = layer_.deadline()) TERTULIA_CHECK(*next > now_);
  }

  void take(const std::vector<Ended>& list) {
    for (const Ended& ended : list) {
      const auto client = clients_.find(ended.id);
      TERTULIA_CHECK(client != clients_.end() && client->second == ClientState::open);
      client->second = ClientState::ended;
    }
  }

  base::TimePoint now_{1};
  Layer layer_{Timers{}, Layer::Limits{server_max, client_max}, *this};
  std::vector<ServerId> servers_;
  std::map<ClientId, ClientState> clients_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Choices choices({reinterpret_cast<const char*>(data), std::min<std::size_t>(size, 4096)});
  World world;
  world.run(choices);
  return 0;
}
