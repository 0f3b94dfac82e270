// SPDX-License-Identifier: Apache-2.0
#include "face/simple/authentication.h"

#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "base/text.h"
#include "face/simple/dialect.h"

namespace tertulia::face::simple {
namespace {

using base::HashAlgorithm;
using base::Reason;
using protocol::auth::Presented;
using wire::sip::HeaderName;
using wire::sip::Method;
using wire::sip::Writer;

HashAlgorithm hash_of(std::string_view algorithm) {
  if (base::equal_ignoring_case(algorithm, "SHA-256")) return HashAlgorithm::sha256;
  if (base::equal_ignoring_case(algorithm, "SHA-512-256")) return HashAlgorithm::sha512_256;
  return HashAlgorithm::md5;
}

}  // namespace

void forget_proof(Connection& connection) {
  if (!connection.proved) return;
  domain::wipe(connection.proved->ha1);
  connection.proved.reset();
}

bool Authenticator::admit(Request& request) {
  const bool dialect = context_.dialect != nullptr && context_.dialect->proves(request);
  return dialect ? context_.dialect->admit(request) : admit_by_digest(request);
}

bool Authenticator::admit_by_digest(Request& request) {
  Connection& connection = request.connection;
  const base::Result<Presented> presented = connection.digest.presented(request.message);
  if (!presented) {
    if (presented.reason() == Reason::credentials_required) {
      challenge(request, Reason::credentials_required, false);
    } else {
      context_.refuse(request, presented.reason(), 0, presented.error().detail);
    }
    return false;
  }
  const Claim claim = guard_.claim_of(request, presented->user_name);
  const bool proved = is_proved(request, claim, *presented);
  // Whoever has proved himself on this connection is not locked out by what others try elsewhere.
  if (!proved && guard_.refuses_locked(request, claim)) return false;
  std::string opened;
  if (!proved) {
    base::Result<std::string> secret = secret_of(claim, presented->algorithm);
    if (!secret) {
      context_.refuse(request, secret.reason(), 0, secret.error().detail);
      return false;
    }
    opened = *std::move(secret);
  }
  const std::string& ha1 = proved ? connection.proved->ha1 : opened;
  const base::Result<void> checked = connection.digest.check(*presented, request.message, ha1, request.now.mono);
  if (checked && claim.user != nullptr) {
    const bool accepted = accept(request, claim, *presented, ha1);
    if (accepted && !proved) remember_proof(request, claim, *presented, std::move(opened));
    domain::wipe(opened);
    return accepted;
  }
  domain::wipe(opened);
  if (checked || checked.reason() == Reason::credentials_wrong) return refuse_wrong(request, claim);
  if (checked.reason() == Reason::nonce_stale) {
    challenge(request, Reason::nonce_stale, true);
  } else {
    context_.refuse(request, checked.reason(), 0, checked.error().detail);
  }
  return false;
}

bool Authenticator::is_proved(const Request& request, const Claim& claim, const Presented& presented) const {
  const std::optional<Proved>& proved = request.connection.proved;
  return proved && claim.user != nullptr && proved->user == claim.user->id &&
         proved->user_version == claim.user->version && proved->user_name == presented.user_name &&
         proved->algorithm == presented.algorithm;
}

/// H(A1) of the claimed user; for an unknown one a secret that fits nothing.  Errors: file_damaged.
base::Result<std::string> Authenticator::secret_of(const Claim& claim, std::string_view algorithm) {
  std::string decoy = guard_.decoy_of(claim.account, hash_of(algorithm));
  const base::Result<domain::SecretDigests> digests = guard_.secrets_of(claim);
  if (!digests && digests.reason() == Reason::file_damaged) return digests.error();
  if (!digests) return decoy;
  std::string key(algorithm);
  key.append("/").append(claim.form);
  const auto found = digests->ha1.find(key);
  return found == digests->ha1.end() ? decoy : found->second;
}

void Authenticator::challenge(const Request& request, Reason reason, bool stale) {
  context_.metrics.challenged.add();
  const std::string_view agent = request.message.header(HeaderName::user_agent).value_or(std::string_view());
  context_.refuse(request, reason, 401, {}, [&](Writer& writer) {
    for (const std::string& value :
         request.connection.digest.challenges(agent, stale, context_.random, request.now.mono))
      writer.header(HeaderName::www_authenticate, value);
  });
}

bool Authenticator::refuse_wrong(const Request& request, const Claim& claim) {
  guard_.wrong(request, claim);
  forget_proof(request.connection);
  challenge(request, Reason::credentials_wrong, false);
  return false;
}

bool Authenticator::accept(Request& request, const Claim& claim, const Presented& presented, std::string_view ha1) {
  if (guard_.refuses_disabled(request, claim)) return false;
  request.user = claim.user;
  if (request.message.method() == Method::register_)
    request.authentication_info =
        request.connection.digest.authentication_info(presented, ha1, context_.random, request.now.mono);
  return true;
}

void Authenticator::remember_proof(Request& request, const Claim& claim, const Presented& presented,
                                   std::string&& ha1) {
  Connection& connection = request.connection;
  guard_.right(request, claim);
  forget_proof(connection);
  connection.proved =
      Proved{claim.user->id, presented.user_name, claim.user->version, presented.algorithm, std::move(ha1)};
}

void Authenticator::on_directory_changed(const domain::Directory& before) {
  const std::vector<base::UserId> changed = context_.directory->changed_since(before);
  if (changed.empty()) return;
  for (auto& [id, connection] : context_.connections) {
    if (!connection->proved) continue;
    const base::UserId id_of_user = connection->proved->user;
    if (std::find(changed.begin(), changed.end(), id_of_user) == changed.end()) continue;
    // A new name or setting takes nothing from the proof: a device that is at work must not meet a lock-out that others
    // have brought about.
    const domain::User* was = before.find(id_of_user);
    const domain::User* is = context_.directory->find(id_of_user);
    const bool stands = was != nullptr && is != nullptr && is->enabled && was->address == is->address &&
                        was->credentials == is->credentials && connection->proved->user_version == was->version;
    if (stands) {
      connection->proved->user_version = is->version;
    } else {
      forget_proof(*connection);
    }
  }
}

}  // namespace tertulia::face::simple
