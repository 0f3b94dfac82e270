// SPDX-License-Identifier: Apache-2.0
#include "lync_phone.h"

#include <fmt/format.h>

#include <utility>

#include "wire/sip/message.h"

namespace tertulia::bench {

namespace {

constexpr int challenge = 401;
constexpr std::size_t registers = 3;  // of a handshake

}  // namespace

LyncPhone::LyncPhone(std::string address, std::string password, const std::vector<std::size_t>& pretended)
    : keys_(std::move(address), std::move(password)), pretended_(pretended) {
  keys_.begin();
}

std::string LyncPhone::sealed(std::string message) {
  const bool own_request = !message.starts_with("SIP/2.0 ") && asked_ < pretended_.size();
  if (own_request)
    message.insert(message.find("\r\n") + 2, fmt::format("X-Answer-Bytes: {}\r\n", pretended_[asked_++]));
  return keys_.sealed(std::move(message));
}

void LyncPhone::judge(std::string_view message) {
  if (!pretended_.empty()) return;
  if (const auto parsed = wire::sip::Message::parse(std::string(message))) keys_.judge(*parsed);
}

bool LyncPhone::answered(int status, std::string_view answer) {
  if (!pretended_.empty()) {
    keys_.pretend();
    return asked_ < registers;
  }
  const auto parsed = wire::sip::Message::parse(std::string(answer));
  if (status == challenge && parsed) return keys_.take_challenge(*parsed);
  keys_.end_handshake();
  return false;
}

}  // namespace tertulia::bench
