// SPDX-License-Identifier: Apache-2.0
#include "lync_keys.h"

#include <utility>

#include "base/digest.h"
#include "base/text.h"
#include "wire/sip/headers.h"

namespace tertulia::sim {

using protocol::auth::testing::NtlmTestClient;
using wire::sip::HeaderName;
using wire::sip::Message;

namespace {

/// With it the last message of the handshake is signed already ([MS-SIPAE] 3.1.2).
constexpr int ntlm_version = 4;

bool needs_no_signature(const Message& message) {
  return !message.is_request() && (message.status() < 200 || message.status() == 401);
}

std::string with_line(std::string message, std::string_view line) {
  return message.insert(message.find("\r\n\r\n") + 2, std::string(line) + "\r\n");
}

}  // namespace

void LyncKeys::begin() {
  step_ = Step::first;
  next_.reset();
}

std::string LyncKeys::signature(const std::string& message, Session& session, const std::string& extra) const {
  const auto parsed = Message::parse(message);
  if (!parsed) return message;
  return with_line(message, "Authorization: " + session.client.authorization(*parsed, session.opaque, realm_, target_,
                                                                             extra, ntlm_version));
}

std::string LyncKeys::sealed(std::string message) {
  if (message.starts_with("REGISTER ") && step_ != Step::none) {
    if (step_ == Step::first) return message;
    if (step_ == Step::hello)
      return with_line(std::move(message), "Authorization: NTLM qop=\"auth\", realm=\"" + realm_ + "\", targetname=\"" +
                                               target_ + "\", gssapi-data=\"\", version=4");
    next_.emplace(Session{opaque_, NtlmTestClient(address_, {}, password_)});
    const std::string proof = next_->client.authenticate(challenge_).to_bytes();
    return signature(message, *next_, "gssapi-data=\"" + base::to_base64(proof) + "\", version=4, ");
  }
  if (!current_ || step_ != Step::none) return message;
  return signature(message, *current_);
}

bool LyncKeys::take_challenge(const Message& response) {
  std::optional<wire::sip::AuthValue> value;
  response.for_each(HeaderName::www_authenticate, [&](std::string_view line) {
    auto offered = wire::sip::AuthValue::parse(line);
    if (offered && base::equal_ignoring_case(offered->scheme, "NTLM")) value = *std::move(offered);
  });
  const bool ours = value.has_value();
  if (ours && step_ == Step::first) {
    realm_ = value->parameters.value("realm");
    target_ = value->parameters.value("targetname");
    step_ = Step::hello;
    return true;
  }
  challenge_.clear();
  const bool told = ours && base::from_base64(value->parameters.value("gssapi-data"), challenge_);
  if (told && step_ == Step::hello && !challenge_.empty()) {
    opaque_ = value->parameters.value("opaque");
    step_ = Step::proof;
    return true;
  }
  step_ = Step::none;
  next_.reset();
  return false;
}

void LyncKeys::pretend() {
  constexpr std::size_t head = 56, info = 120, length_at = 40, offset_at = 44;
  switch (step_) {
    case Step::none:
      return;
    case Step::first:
      realm_ = "SIP Communications Service";
      target_ = "localhost";
      step_ = Step::hello;
      return;
    case Step::hello:
      opaque_ = "abcdefghijklmnop";
      challenge_ = std::string("NTLMSSP\0\2\0\0\0", 12) + std::string(head - 12 + info, '\0');
      challenge_[length_at] = static_cast<char>(info);
      challenge_[offset_at] = static_cast<char>(head);
      step_ = Step::proof;
      return;
    case Step::proof:
      current_ = std::exchange(next_, std::nullopt);
      step_ = Step::none;
  }
}

std::string LyncKeys::judge(const Message& message) {
  const auto line = message.header(HeaderName::authentication_info);
  if (needs_no_signature(message)) return line ? "signed where nothing is signed" : "";
  if (!line) return current_ ? "not signed" : "";
  const auto value = wire::sip::AuthValue::parse(*line);
  if (!value) return "a signature that cannot be read";
  const std::string_view opaque = value->parameters.value("opaque");
  const bool fresh = next_ && next_->opaque == opaque;
  if (!fresh && (!current_ || current_->opaque != opaque)) return "signed with keys that are not ours";
  Session& session = fresh ? *next_ : *current_;
  const auto number = base::to_number(value->parameters.value("snum")).value_or(0);
  const std::string covered = protocol::auth::signature_text(
      message, {"NTLM", value->parameters.value("srand"), number, realm_, target_, ntlm_version});
  const std::string wanted = base::to_hex(session.client.session().mac_from_server(covered));
  if (!base::equal_ignoring_case(value->parameters.value("rspauth"), wanted)) return "a wrong signature";
  if (number <= session.heard) return "a number that was used before";
  session.heard = number;
  if (fresh) {
    current_ = std::exchange(next_, std::nullopt);
    ++made_;
  }
  return {};
}

}  // namespace tertulia::sim
