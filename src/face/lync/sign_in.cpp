// SPDX-License-Identifier: Apache-2.0
#include "face/lync/sign_in.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/text.h"
#include "face/lync/limits.h"
#include "face/lync/notices.h"
#include "face/simple/offered.h"
#include "face/simple/sip_date.h"

namespace tertulia::face::lync {

using base::Reason;
using protocol::auth::GssapiCredentials;
using simple::Request;
using wire::sip::HeaderName;
using wire::sip::Method;
using wire::sip::Writer;

namespace {

/// The realm of the product; a client shows it nowhere and signs it.
constexpr std::string_view realm = "SIP Communications Service";
/// Of the signatures: with 4 the last message of the handshake is signed already ([MS-SIPAE] 3.1.2).
constexpr int signature_version = 4;
constexpr int signature_version_least = 3;
constexpr std::size_t opaque_length = 16;

bool is_family_member(const wire::sip::Message& message) {
  return simple::supports(message, "msrtc-event-categories") ||
         simple::supports(message, "com.microsoft.msrtc.presence");
}

/// What such a client has to say of itself in a REGISTER ([MS-SIPREGE] 3.1.2.5.1), else no other request could name the
/// device; none: it does.
Reason missing_in_registration(const Request& request) {
  const wire::sip::Message& message = request.message;
  const auto event = message.header(HeaderName::event);
  if (event && !base::equal_ignoring_case(event_of(message), "registration")) return Reason::event_not_registration;
  if (simple::supports(message, "msrtc-event-categories") && !simple::supports(message, "gruu-10"))
    return Reason::gruu_required;
  if (!request.basics.from.parameters.value("epid").empty()) return Reason::none;
  const auto contacts = wire::sip::all_addresses(message, HeaderName::contact);
  const bool named = contacts && std::any_of(contacts->begin(), contacts->end(), [](const wire::sip::NameAddr& one) {
                       return !one.parameters.value("+sip.instance").empty();
                     });
  return named ? Reason::none : Reason::device_unnamed;
}

}  // namespace

bool SignIn::proves(const Request& request) const {
  if (schemes_.empty()) return false;
  if (request.connection.dialect) return true;
  if (request.message.method() != Method::register_) return false;
  const auto credentials = request.message.header(HeaderName::authorization);
  if (!credentials) return is_family_member(request.message);
  return scheme_named(credentials->substr(0, credentials->find(' '))) != nullptr;
}

Scheme* SignIn::scheme_named(std::string_view name) const {
  const auto found = std::find_if(schemes_.begin(), schemes_.end(),
                                  [&](const auto& one) { return base::equal_ignoring_case(one->name(), name); });
  return found == schemes_.end() ? nullptr : found->get();
}

bool SignIn::admit(Request& request) {
  simple::Connection& connection = request.connection;
  if (!connection.dialect) connection.dialect = std::make_unique<Speaker>(context_.random);
  Speaker& speaker = *speaker_of(connection);
  const bool registers = request.message.method() == Method::register_;
  if (const Reason missing = registers ? missing_in_registration(request) : Reason::none; missing != Reason::none) {
    context_.refuse(request, missing, 0, {}, [&](Writer& writer) {
      if (missing == Reason::gruu_required) writer.header(HeaderName::require, "gruu-10");  // RFC 3261 21.4.16
    });
    return false;
  }
  const base::Result<GssapiCredentials> shown = protocol::auth::read_gssapi_credentials(request.message);
  if (!shown && shown.reason() != Reason::credentials_required) {
    context_.refuse(request, shown.reason(), 0, shown.error().detail);
    return false;
  }
  if (!shown && !registers) return admit_unsigned(request, speaker);
  if (!shown) {
    speaker.renewal = request.now.mono;
    speaker.ended = speaker.outdated;
    return challenge(request, Reason::credentials_required);
  }
  if (!registers || !shown->has_gssapi_data) return admit_signed(request, speaker, *shown);
  return advance(request, speaker, *shown);
}

/// Never in answer to anything but a REGISTER or a request of a client without keys: it would be sent again at once.
bool SignIn::challenge(const Request& request, Reason reason) {
  context_.metrics.challenged.add();
  context_.refuse(request, reason, 401, {}, [&](Writer& writer) {
    writer.header(HeaderName::date, simple::sip_date(request.now.wall));  // [MS-SIP]: whose clock differs can see it
    for (const std::unique_ptr<Scheme>& scheme : schemes_)
      writer.header(HeaderName::www_authenticate,
                    protocol::auth::challenge_line(scheme->name(), realm, scheme->targetname(), signature_version, {},
                                                   {}, scheme->sts_uri()));
  });
  return false;
}

bool SignIn::advance(Request& request, Speaker& speaker, const GssapiCredentials& shown) {
  std::optional<Handshake> handshake = std::exchange(speaker.handshake, std::nullopt);
  const bool goes_on = handshake && !shown.gssapi_data.empty() && shown.opaque == handshake->opaque &&
                       handshake->scheme->name() == shown.scheme &&
                       request.now.mono - handshake->begun < handshake_time_max;
  if (!goes_on) {
    Scheme* scheme = scheme_named(shown.scheme);
    if (scheme == nullptr) return challenge(request, Reason::credentials_required);
    handshake = Handshake{scheme, scheme->begin(), context_.random.token(opaque_length), request.now.mono};
  }
  base::Result<SchemeStep> step = handshake->steps->advance(request, shown.gssapi_data);
  if (step) return take_step(request, speaker, shown, *std::move(handshake), *std::move(step));
  if (step.reason() == Reason::nonce_stale || step.reason() == Reason::credentials_wrong)
    return challenge(request, step.reason());
  const int status = step.reason() == Reason::header_malformed ? 400
                     : step.reason() == Reason::file_damaged   ? 500
                                                               : 403;
  context_.refuse(request, step.reason(), status, step.error().detail);
  return false;
}

bool SignIn::take_step(Request& request, Speaker& speaker, const GssapiCredentials& shown, Handshake handshake,
                       SchemeStep step) {
  using What = SchemeStep::What;
  if (step.what == What::answered) return false;
  if (step.what == What::wrong) {
    guard_.wrong(request, step.claim);
    return challenge(request, Reason::credentials_wrong);
  }
  std::unique_ptr<protocol::auth::SignedContext> context;
  const Scheme& scheme = *handshake.scheme;
  const std::string opaque = handshake.opaque;
  if (step.signer) {
    const int version = shown.version == signature_version_least ? signature_version_least : signature_version;
    context = std::make_unique<protocol::auth::SignedContext>(
        protocol::auth::SignedContextFacts{std::string(scheme.name()), opaque, std::string(realm),
                                           std::string(scheme.targetname()), version,
                                           request.now.mono + context_lifetime},
        std::move(step.signer));
  }
  if (step.what == What::proven) {
    const bool is_signed = shown.has_signature() || context->facts().version == signature_version;
    GssapiCredentials first = shown;
    if (first.opaque.empty()) first.opaque = opaque;  // one token was enough: we have not named the context yet
    if (is_signed && !context->verify(request.message, first)) {
      guard_.wrong(request, step.claim);
      return challenge(request, Reason::credentials_wrong);
    }
    return finish(request, speaker, step, std::move(context));
  }
  if (!context) {
    speaker.handshake = std::move(handshake);
  } else if (!finish(request, speaker, step, std::move(context))) {
    return false;
  }
  context_.metrics.challenged.add();
  context_.refuse(request, Reason::credentials_required, 401, {}, [&](Writer& writer) {
    writer.header(HeaderName::www_authenticate,
                  protocol::auth::challenge_line(scheme.name(), realm, scheme.targetname(), signature_version, opaque,
                                                 step.token));
  });
  return false;
}

/// The keys stand and the client is known; he may still be somebody who may not sign in.
bool SignIn::finish(Request& request, Speaker& speaker, const SchemeStep& step,
                    std::unique_ptr<protocol::auth::SignedContext> context) {
  if (guard_.refuses_disabled(request, step.claim)) return false;
  guard_.right(request, step.claim);
  speaker.take_keys(std::move(context), step.claim.user->id, step.what == SchemeStep::What::proven, request.now);
  speaker.user = step.claim.user->id;
  speaker.address = step.claim.user->address.text();
  speaker.user_version = step.claim.user->version;
  speaker.outdated = false;
  speaker.ended = false;
  request.user = step.claim.user;
  return true;
}

bool SignIn::admit_signed(Request& request, Speaker& speaker, const GssapiCredentials& shown) {
  const bool registers = request.message.method() == Method::register_;
  const bool spent = !speaker.signing || speaker.signing->expired(request.now.mono) || speaker.outdated;
  if (registers && spent) {
    speaker.ended = speaker.outdated;
    const Scheme* scheme = speaker.outdated && speaker.signing ? scheme_named(shown.scheme) : nullptr;
    if (scheme == nullptr || scheme->outdated() == Reason::credentials_required)
      return challenge(request, Reason::credentials_required);
    context_.refuse(request, scheme->outdated(), 403);
    return false;
  }
  if (!speaker.signing) return challenge(request, Reason::credentials_required);
  if (refuses_ended(request, speaker)) return false;
  protocol::auth::SignedContext& keys = *speaker.keys_of(shown, request.now);
  if (const auto verified = keys.verify(request.message, shown); !verified) {
    context_.log.warning("a signature is wrong", {{"connection", request.connection.id},
                                                  {"call_id", request.basics.call_id},
                                                  {"reason", base::name_of(verified.reason())}});
    context_.refuse(request, verified.reason(), 403, verified.error().detail);
    return false;
  }
  speaker.confirm(keys);
  return speak_for(request, speaker);
}

bool SignIn::admit_unsigned(Request& request, Speaker& speaker) {
  if (!speaker.signing || !speaker.renewing(request.now)) return challenge(request, Reason::credentials_required);
  return !refuses_ended(request, speaker) && speak_for(request, speaker);
}

/// The client had five minutes to make new keys.  A 401 would only be answered with the same request.
bool SignIn::refuses_ended(const Request& request, const Speaker& speaker) {
  const bool ended = speaker.ended || speaker.signing->expired(request.now.mono);
  if (ended) context_.refuse(request, Reason::credentials_required, 403);
  return ended;
}

bool SignIn::speak_for(Request& request, const Speaker& speaker) {
  const domain::User* user = context_.directory->find(speaker.user);
  if (user == nullptr || !user->enabled) {
    context_.refuse(request, user == nullptr ? Reason::user_does_not_exist : Reason::account_disabled, 403);
    return false;
  }
  request.user = user;
  return true;
}

/// Keys that were made with an older password stay good until the next REGISTER, some minutes: a challenge in answer to
/// anything else would be sent again without end.  Disabled and removed users lose their connections at once.
void SignIn::on_directory_changed(const domain::Directory& before) {
  for (auto& [id, connection] : context_.connections) {
    Speaker* speaker = speaker_of(*connection);
    if (speaker == nullptr || !speaker->signing) continue;
    const domain::User* was = before.find(speaker->user);
    const domain::User* is = context_.directory->find(speaker->user);
    const bool stands = was != nullptr && is != nullptr && was->address == is->address &&
                        was->credentials == is->credentials && speaker->user_version == was->version;
    if (stands) {
      speaker->user_version = is->version;
    } else {
      speaker->outdated = true;
    }
  }
}

}  // namespace tertulia::face::lync
