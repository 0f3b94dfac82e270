// SPDX-License-Identifier: Apache-2.0
#include "face/lync/sign_in.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/text.h"
#include "face/lync/limits.h"
#include "face/simple/offered.h"
#include "protocol/auth/ntlm.h"
#include "protocol/auth/ntlm_messages.h"

namespace tertulia::face::lync {

using base::Reason;
using protocol::auth::GssapiCredentials;
using simple::Claim;
using simple::Request;
using wire::sip::HeaderName;
using wire::sip::Method;
using wire::sip::Writer;

namespace {

/// The realm of the product; a client shows it nowhere and signs it.
constexpr std::string_view realm = "SIP Communications Service";
constexpr std::string_view ntlm_scheme = "NTLM";
/// Of the signatures: the last message of the handshake is signed already ([MS-SIPAE] 3.1.2).
constexpr int signature_version = 4;
constexpr std::size_t opaque_length = 16;
constexpr std::size_t nt_hash_octets = 16;

bool is_family_member(const wire::sip::Message& message) {
  return simple::supports(message, "msrtc-event-categories") ||
         simple::supports(message, "com.microsoft.msrtc.presence");
}

/// First label of a domain in capitals: what a NetBIOS name of it would be.
std::string flat_name(std::string_view domain) {
  std::string label(domain.substr(0, std::min(domain.find('.'), domain.size())));
  for (char& c : label) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return label;
}

}  // namespace

bool SignIn::proves(const Request& request) const {
  if (!settings_.ntlm) return false;
  if (request.connection.dialect) return true;
  if (request.message.method() != Method::register_) return false;
  const auto credentials = request.message.header(HeaderName::authorization);
  if (credentials) return base::equal_ignoring_case(credentials->substr(0, ntlm_scheme.size()), ntlm_scheme);
  return is_family_member(request.message);
}

bool SignIn::admit(Request& request) {
  simple::Connection& connection = request.connection;
  if (!connection.dialect) connection.dialect = std::make_unique<Speaker>(context_.random);
  Speaker& speaker = *speaker_of(connection);
  const bool registers = request.message.method() == Method::register_;
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
  return shown->gssapi_data.empty() ? begin_handshake(request, speaker) : finish_handshake(request, speaker, *shown);
}

/// Never in answer to anything but a REGISTER or a request of a client without keys: it would be sent again at once.
bool SignIn::challenge(const Request& request, Reason reason) {
  context_.metrics.challenged.add();
  context_.refuse(request, reason, 401, {}, [&](Writer& writer) {
    writer.header(HeaderName::www_authenticate,
                  protocol::auth::challenge_line(ntlm_scheme, realm, settings_.host, signature_version));
  });
  return false;
}

bool SignIn::begin_handshake(const Request& request, Speaker& speaker) {
  Handshake handshake;
  handshake.opaque = context_.random.token(opaque_length);
  handshake.challenge = protocol::auth::fresh_ntlm_challenge(context_.random);
  handshake.begun = request.now.mono;
  protocol::auth::NtlmChallenge message;
  message.server_challenge = handshake.challenge;
  message.dns_domain = context_.directory->domains().empty() ? settings_.host : context_.directory->domains().front();
  message.netbios_domain = flat_name(message.dns_domain);
  message.dns_computer = settings_.host;
  message.netbios_computer = flat_name(settings_.host);
  const std::string data = protocol::auth::write_ntlm_challenge(message);
  speaker.handshake = handshake;
  context_.metrics.challenged.add();
  context_.refuse(request, Reason::credentials_required, 401, {}, [&](Writer& writer) {
    writer.header(
        HeaderName::www_authenticate,
        protocol::auth::challenge_line(ntlm_scheme, realm, settings_.host, signature_version, handshake.opaque, data));
  });
  return false;
}

/// COMPAT(pidgin-sipe 1.25): a name without `\` comes whole, with an empty domain.
std::string SignIn::account_of(const Request& request, std::string_view user, std::string_view domain) const {
  std::string account(user);
  if (account.find('@') != std::string::npos || domain.empty()) return account;
  for (const std::string& served : context_.directory->domains())
    if (base::equal_ignoring_case(served, domain) || base::equal_ignoring_case(flat_name(served), domain))
      return account + "@" + served;
  (void)request;
  return account;
}

bool SignIn::finish_handshake(Request& request, Speaker& speaker, const GssapiCredentials& shown) {
  const std::optional<Handshake> handshake = std::exchange(speaker.handshake, std::nullopt);
  const bool in_time = handshake && request.now.mono - handshake->begun < handshake_time_max;
  if (!in_time || shown.opaque != handshake->opaque) return challenge(request, Reason::nonce_stale);
  const auto proof = protocol::auth::read_ntlm_authenticate(shown.gssapi_data);
  if (!proof) {
    context_.refuse(request, proof.reason(), 400, proof.error().detail);
    return false;
  }
  const Claim claim = guard_.claim_of(request, account_of(request, proof->user, proof->domain));
  if (guard_.refuses_locked(request, claim)) return false;
  const std::optional<domain::SecretDigests> secrets = guard_.secrets_of(claim);
  const std::string decoy = guard_.decoy_of(claim.account, base::HashAlgorithm::md5).substr(0, nt_hash_octets);
  const bool has_hash = secrets && secrets->nt_hash.size() == nt_hash_octets;
  auto session = protocol::auth::ntlm_verify(*proof, handshake->challenge, has_hash ? secrets->nt_hash : decoy);
  if (!session && session.reason() != Reason::credentials_wrong) {  // no proof at all: nothing was guessed
    context_.refuse(request, session.reason(), 400, session.error().detail);
    return false;
  }
  std::unique_ptr<protocol::auth::SignedContext> context;
  bool right = session && claim.user != nullptr && has_hash;
  if (right) {
    context = std::make_unique<protocol::auth::SignedContext>(
        protocol::auth::SignedContextFacts{std::string(ntlm_scheme), handshake->opaque, std::string(realm),
                                           settings_.host, signature_version, request.now.mono + context_lifetime},
        protocol::auth::ntlm_signer(*std::move(session)));
    right = static_cast<bool>(context->verify(request.message, shown));
  }
  if (!right) {
    guard_.wrong(request, claim);
    return challenge(request, Reason::credentials_wrong);
  }
  if (guard_.refuses_disabled(request, claim)) return false;
  guard_.right(request, claim);
  speaker.signing = std::move(context);
  speaker.user = claim.user->id;
  speaker.user_version = claim.user->version;
  speaker.outdated = false;
  speaker.ended = false;
  speaker.renewal.reset();
  request.user = claim.user;
  return true;
}

bool SignIn::admit_signed(Request& request, Speaker& speaker, const GssapiCredentials& shown) {
  const bool registers = request.message.method() == Method::register_;
  const bool spent = !speaker.signing || speaker.signing->expired(request.now.mono) || speaker.outdated;
  if (registers && spent) {
    speaker.ended = speaker.outdated;
    return challenge(request, Reason::credentials_required);
  }
  if (!speaker.signing) return challenge(request, Reason::credentials_required);
  if (refuses_ended(request, speaker)) return false;
  if (const auto verified = speaker.signing->verify(request.message, shown); !verified) {
    context_.log.warning("a signature is wrong", {{"connection", request.connection.id},
                                                  {"call_id", request.basics.call_id},
                                                  {"reason", base::name_of(verified.reason())}});
    context_.refuse(request, verified.reason(), 403, verified.error().detail);
    return false;
  }
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
