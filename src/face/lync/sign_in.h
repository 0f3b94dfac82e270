// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "face/lync/scheme.h"
#include "face/lync/speaker.h"
#include "face/simple/context.h"
#include "face/simple/sign_in_guard.h"
#include "protocol/auth/gssapi_header.h"

namespace tertulia::face::lync {

/// How clients of the Lync family prove who they are: a handshake inside of REGISTER makes keys, and from then on each
/// message bears a signature ([MS-SIPAE]).  Lock-out, records and the secrecy of names are those of every sign-in.
class SignIn {
 public:
  SignIn(simple::Context& context, simple::SignInGuard& guard, Schemes schemes)
      : context_(context), guard_(guard), schemes_(std::move(schemes)) {}

  bool proves(const simple::Request& request) const;
  bool admit(simple::Request& request);
  void on_directory_changed(const domain::Directory& before);

 private:
  using Request = simple::Request;
  bool challenge(const simple::Request& request, base::Reason reason);
  bool advance(Request& request, Speaker& speaker, const protocol::auth::GssapiCredentials& shown);
  bool take_step(Request& request, Speaker& speaker, const protocol::auth::GssapiCredentials& shown,
                 Handshake handshake, SchemeStep step);
  bool finish(Request& request, Speaker& speaker, const SchemeStep& step,
              std::unique_ptr<protocol::auth::SignedContext> context);
  bool admit_signed(simple::Request& request, Speaker& speaker, const protocol::auth::GssapiCredentials& shown);
  bool admit_unsigned(simple::Request& request, Speaker& speaker);
  bool refuses_ended(const simple::Request& request, const Speaker& speaker);
  bool speak_for(simple::Request& request, const Speaker& speaker);
  Scheme* scheme_named(std::string_view name) const;

  simple::Context& context_;
  simple::SignInGuard& guard_;
  Schemes schemes_;
};

}  // namespace tertulia::face::lync
