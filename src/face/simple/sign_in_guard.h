// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "face/simple/context.h"

namespace tertulia::face::simple {

/// Whom a presented name means.
struct Claim {
  std::string account;  ///< user@domain in lower case, whether it exists or not; key of the lock-out
  const domain::User* user = nullptr;
  std::string_view form;  ///< which of the stored digests belongs to a name typed so
};

/// Where a try to sign in comes from, when it is no SIP request.
struct Attempt {
  std::string ip_address;
  std::string user_agent;
  base::Now now;
};

/// What every way of proving an identity shares: whom a name means, the secrets of that user, how many wrong tries are
/// borne, and who is told.  Nobody learns from it whether a user exists.
class SignInGuard {
 public:
  explicit SignInGuard(Context& context);

  /// `user_name`: as the client typed it, with or without `sip:`; without a domain, the one of From.
  Claim claim_of(const Request& request, std::string_view user_name) const;
  /// The password-equivalent values of the claimed user.  Errors: credentials_wrong (no such user; the same work was
  /// done with another's row), file_damaged (they do not open: nothing was guessed, so nothing may count as wrong).
  base::Result<domain::SecretDigests> secrets_of(const Claim& claim);
  /// A text that fits no password and is always the same for this account.
  std::string decoy_of(std::string_view account, base::HashAlgorithm algorithm) const;

  /// True: the request was answered, since this account or address has to wait.
  bool refuses_locked(const Request& request, const Claim& claim);
  /// A wrong proof was judged: it counts, here and on the other shards, and a sign-in stands in the records.  The caller
  /// answers.
  void wrong(const Request& request, const Claim& claim);
  /// A proof was right: what had counted is forgiven.
  void right(const Request& request, const Claim& claim);
  /// True: the request was answered, since the user may not sign in.
  bool refuses_disabled(const Request& request, const Claim& claim);

  // The same for a face that has no SIP request; the caller answers.
  Claim claim_of(std::string_view user_name) const;
  /// How long this account or address has to wait, if it has to.
  std::optional<base::Duration> refuses_locked(const Attempt& attempt, const Claim& claim);
  void wrong(const Attempt& attempt, const Claim& claim);
  void right(const Attempt& attempt, const Claim& claim);
  bool refuses_disabled(const Attempt& attempt, const Claim& claim);
  /// What a clear password is compared with; for an unknown user somebody else's, so that it takes as long.
  domain::Credentials credentials_of(const Claim& claim);

  /// What another shard judged.
  void on(const GuessJudged& judged, base::Now now);
  void on_directory_changed() { decoy_user_.reset(); }

 private:
  Claim claim_in(std::string_view own_domain, std::string_view user_name) const;
  const domain::User* row_of(const Claim& claim);
  std::optional<base::Duration> locked(std::string_view ip_address, const Claim& claim, base::Now now) const;
  void count_wrong(const Claim& claim, std::string_view ip_address, base::Now now);
  void forgive(const Claim& claim, std::string_view ip_address);
  void tell_records(const Request& request, const Claim& claim, base::Reason reason);
  void tell_records(const Attempt& attempt, const Claim& claim, base::Reason reason);

  Context& context_;
  protocol::auth::Lockout accounts_;
  protocol::auth::Lockout addresses_;
  std::string decoy_key_;
  std::optional<domain::User> decoy_user_;  ///< somebody whose digests are opened when the claimed user does not exist
};

}  // namespace tertulia::face::simple
