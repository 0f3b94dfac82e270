// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "face/simple/authentication.h"
#include "face/simple/context.h"

namespace tertulia::face::simple {

/// The way from a sound, fresh request to its handler: a fixed list of steps, each of which may answer and stop it. The
/// order decides which of several defects a client is told (RFC 3261 8.2), and it is the list `steps` in the source.
class Gate {
 public:
  Gate(Context& context, SignInGuard& guard);

  /// True: the handler may have it, and `request.user` is set.  False: it was answered.
  bool admit(Request& request);
  void on_directory_changed(const domain::Directory& before) { authenticator_.on_directory_changed(before); }
  /// From now on every new request is refused with server_stopping.
  void stop() { stopping_ = true; }

 private:
  struct Step;
  bool serving(Request& request);
  bool scheme_known(Request& request);
  bool extensions_known(Request& request);
  bool hops_left(Request& request);
  bool not_looping(Request& request);
  bool method_known(Request& request);
  bool method_fits(Request& request);
  bool content_readable(Request& request);
  bool authenticated(Request& request) { return authenticator_.admit(request); }
  bool sender_is_user(Request& request);
  bool domain_served(Request& request);

  Context& context_;
  Authenticator authenticator_;
  bool stopping_ = false;
};

/// The request belongs to a dialog, or claims to (RFC 3261 12.2.2).
bool is_in_dialog(const Request& request);

}  // namespace tertulia::face::simple
