// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "face/lync/settings.h"
#include "face/lync/speaker.h"
#include "face/simple/context.h"
#include "face/simple/sign_in_guard.h"
#include "protocol/auth/gssapi_header.h"

namespace tertulia::face::lync {

/// How clients of the Lync family prove who they are: a handshake inside of REGISTER makes keys, and from then on each
/// message bears a signature ([MS-SIPAE]).  Lock-out, records and the secrecy of names are those of every sign-in.
class SignIn {
 public:
  SignIn(simple::Context& context, simple::SignInGuard& guard, const LyncSettings& settings)
      : context_(context), guard_(guard), settings_(settings) {}

  bool proves(const simple::Request& request) const;
  bool admit(simple::Request& request);
  void on_directory_changed(const domain::Directory& before);

 private:
  bool challenge(const simple::Request& request, base::Reason reason);
  bool begin_handshake(const simple::Request& request, Speaker& speaker);
  bool finish_handshake(simple::Request& request, Speaker& speaker, const protocol::auth::GssapiCredentials& shown);
  bool admit_signed(simple::Request& request, Speaker& speaker, const protocol::auth::GssapiCredentials& shown);
  bool admit_unsigned(simple::Request& request, Speaker& speaker);
  bool refuses_ended(const simple::Request& request, const Speaker& speaker);
  bool speak_for(simple::Request& request, const Speaker& speaker);
  std::string account_of(const simple::Request& request, std::string_view user, std::string_view domain) const;

  simple::Context& context_;
  simple::SignInGuard& guard_;
  const LyncSettings& settings_;
};

}  // namespace tertulia::face::lync
