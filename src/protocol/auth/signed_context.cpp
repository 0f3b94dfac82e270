// SPDX-License-Identifier: Apache-2.0
#include "protocol/auth/signed_context.h"

#include <array>
#include <utility>

#include "base/check.h"
#include "protocol/auth/signature_text.h"

namespace tertulia::protocol::auth {
namespace {

using base::Error;
using base::Reason;
using base::Result;

std::string fresh_srand(base::Random& random) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text;
  for (std::uint64_t number = random.number(); text.size() < 8; number >>= 4) text.push_back(digits[number & 15]);
  return text;
}

}  // namespace

SignedContext::SignedContext(SignedContextFacts facts, std::unique_ptr<MessageSigner> signer)
    : facts_(std::move(facts)), signer_(std::move(signer)) {
  TERTULIA_CHECK(signer_ != nullptr);
}

Result<void> SignedContext::verify(const wire::sip::Message& message, const GssapiCredentials& credentials) {
  if (!credentials.has_signature()) return Error{Reason::credentials_required, "no signature"};
  if (credentials.scheme != facts_.scheme || credentials.opaque != facts_.opaque)
    return Error{Reason::nonce_stale, "opaque"};
  if (credentials.realm != facts_.realm || credentials.targetname != facts_.targetname)
    return Error{Reason::credentials_wrong, "realm or targetname"};
  const std::string text = signature_text(message, {credentials.scheme, credentials.crand, credentials.cnum,
                                                    facts_.realm, facts_.targetname, facts_.version});
  if (!signer_->verify(text, credentials.response)) return Error{Reason::credentials_wrong, "signature"};
  if (!seen_.take(credentials.cnum)) return Error{Reason::nonce_stale, "cnum"};
  return {};
}

std::string SignedContext::authentication_info(const wire::sip::Message& message, base::Random& random) {
  GssapiSignature signature;
  signature.scheme = facts_.scheme;
  signature.realm = facts_.realm;
  signature.targetname = facts_.targetname;
  signature.opaque = facts_.opaque;
  signature.srand = fresh_srand(random);
  signature.snum = ++snum_;
  signature.rspauth = signer_->sign(signature_text(
      message, {facts_.scheme, signature.srand, signature.snum, facts_.realm, facts_.targetname, facts_.version}));
  return authentication_info_line(signature);
}

}  // namespace tertulia::protocol::auth
