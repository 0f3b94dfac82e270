// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "face/simple/context.h"

namespace tertulia::face::simple {

/// Proves who sends a request (RFC 3261 22, RFC 7616) and holds back who guesses.  What an unknown name gets is, octet
/// for octet of its form and step for step of the work, what a known name with a wrong password gets.
class Authenticator {
 public:
  explicit Authenticator(Context& context);

  /// True: `request.user` is set.  False: the request was answered (401, 403, 400).
  bool admit(Request& request);
  /// Connections of changed users prove themselves anew.
  void on_directory_changed(const domain::Directory& before);
  /// What another shard judged.
  void on(const GuessJudged& judged, base::Now now);

 private:
  /// Whom a presented name means.
  struct Claim {
    std::string account;  ///< user@domain in lower case, whether it exists or not; key of the lock-out
    const domain::User* user = nullptr;
    std::string_view form;  ///< which of the stored digests belongs to a name typed so
  };
  Claim claim_of(const Request& request, std::string_view user_name) const;
  bool is_proved(const Request& request, const Claim& claim, const protocol::auth::Presented& presented) const;
  std::string secret_of(const Claim& claim, std::string_view algorithm);
  std::string decoy_of(std::string_view account, std::string_view algorithm);
  void challenge(const Request& request, base::Reason reason, bool stale);
  bool refuse_wrong(const Request& request, const Claim& claim);
  bool refuse_locked(const Request& request, base::Duration left);
  bool accept(Request& request, const Claim& claim, const protocol::auth::Presented& presented, std::string_view ha1);
  void remember_proof(Request& request, const Claim& claim, const protocol::auth::Presented& presented,
                      std::string&& ha1);
  void tell_records(const Request& request, const Claim& claim, base::Reason reason);
  std::optional<base::Duration> locked(const Request& request, const Claim& claim) const;

  Context& context_;
  protocol::auth::Lockout accounts_;
  protocol::auth::Lockout addresses_;
  std::string decoy_key_;
  std::optional<domain::User> decoy_user_;  ///< somebody whose digests are opened when the claimed user does not exist
};

/// Overwrites the secret of a connection and forgets whom it speaks for.
void forget_proof(Connection& connection);

}  // namespace tertulia::face::simple
