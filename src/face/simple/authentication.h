// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "face/simple/context.h"
#include "face/simple/sign_in_guard.h"

namespace tertulia::face::simple {

/// Proves who sends a request (RFC 3261 22, RFC 7616), or leaves it to the dialect that its sender speaks.  What an
/// unknown name gets is, octet for octet of its form and step for step of the work, what a known name with a wrong
/// password gets.
class Authenticator {
 public:
  Authenticator(Context& context, SignInGuard& guard) : context_(context), guard_(guard) {}

  /// True: `request.user` is set.  False: the request was answered (401, 403, 400).
  bool admit(Request& request);
  /// Connections of changed users prove themselves anew.
  void on_directory_changed(const domain::Directory& before);

 private:
  bool admit_by_digest(Request& request);
  bool is_proved(const Request& request, const Claim& claim, const protocol::auth::Presented& presented) const;
  base::Result<std::string> secret_of(const Claim& claim, std::string_view algorithm);
  void challenge(const Request& request, base::Reason reason, bool stale);
  bool refuse_wrong(const Request& request, const Claim& claim);
  bool accept(Request& request, const Claim& claim, const protocol::auth::Presented& presented, std::string_view ha1);
  void remember_proof(Request& request, const Claim& claim, const protocol::auth::Presented& presented,
                      std::string&& ha1);

  Context& context_;
  SignInGuard& guard_;
};

/// Overwrites the secret of a connection and forgets whom it speaks for.
void forget_proof(Connection& connection);

}  // namespace tertulia::face::simple
