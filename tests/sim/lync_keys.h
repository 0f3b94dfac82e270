// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/auth/ntlm_test_client.h"
#include "wire/sip/message.h"

namespace tertulia::sim {

/// A client's side of NTLM in SIP on one connection ([MS-SIPAE] 3.1): the handshake in REGISTERs, the signatures of its
/// own messages, the judgement of the server's.
class LyncKeys {
 public:
  LyncKeys(std::string address, std::string password) : address_(std::move(address)), password_(std::move(password)) {}

  /// The next REGISTER begins a handshake, without credentials.  Until it ends, messages go out unsigned.
  void begin();
  bool shaking_hands() const { return step_ != Step::none; }
  bool stand() const { return current_.has_value(); }
  /// How many handshakes have been finished.
  int made() const { return made_; }
  void set_password(std::string password) { password_ = std::move(password); }

  /// The message with its Authorization line, as far as there is one now.
  std::string sealed(std::string message);
  /// A 401 to a REGISTER of the handshake.  False: it was refused, and is over.
  bool take_challenge(const wire::sip::Message& response);
  /// For a program that measures and has no server: goes on as if the right answer to the last REGISTER had come.
  void pretend();
  /// Any other final answer to one.
  void end_handshake() { step_ = Step::none; }
  /// Empty: the server's message is signed as it must be; else what is wrong with it.
  std::string judge(const wire::sip::Message& message);

 private:
  enum class Step : std::uint8_t { none, first, hello, proof };
  struct Session {
    std::string opaque;
    protocol::auth::testing::NtlmTestClient client;
    std::uint64_t heard = 0;  ///< number of the server's last signature
  };
  std::string signature(const std::string& message, Session& session, const std::string& extra = {}) const;

  std::string address_, password_;
  std::string realm_, target_, opaque_, challenge_;
  Step step_ = Step::none;
  std::optional<Session> current_, next_;
  int made_ = 0;
};

}  // namespace tertulia::sim
