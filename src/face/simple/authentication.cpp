// SPDX-License-Identifier: Apache-2.0
#include "face/simple/authentication.h"

#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "base/text.h"
#include "face/simple/limits.h"
#include "face/simple/register_contacts.h"

namespace tertulia::face::simple {
namespace {

using base::HashAlgorithm;
using base::Reason;
using protocol::auth::Presented;
using wire::sip::HeaderName;
using wire::sip::Method;
using wire::sip::Writer;

constexpr std::size_t decoy_key_length = 24;

protocol::auth::LockoutSettings for_addresses(protocol::auth::LockoutSettings settings) {
  settings.free_tries *= tries_per_address_factor;
  return settings;
}

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

Authenticator::Authenticator(Context& context)
    : context_(context),
      accounts_(context.settings.lockout),
      addresses_(for_addresses(context.settings.lockout)),
      decoy_key_(context.random.token(decoy_key_length)) {}

bool Authenticator::admit(Request& request) {
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
  const Claim claim = claim_of(request, presented->user_name);
  const bool proved = is_proved(request, claim, *presented);
  // Whoever has proved himself on this connection is not locked out by what others try elsewhere.
  if (!proved)
    if (const std::optional<base::Duration> left = locked(request, claim)) return refuse_locked(request, *left);
  std::string opened = proved ? std::string() : secret_of(claim, presented->algorithm);
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

Authenticator::Claim Authenticator::claim_of(const Request& request, std::string_view user_name) const {
  constexpr std::string_view scheme = "sip:";
  std::string_view name = user_name;
  if (base::equal_ignoring_case(name.substr(0, scheme.size()), scheme)) name.remove_prefix(scheme.size());
  Claim claim;
  claim.account = base::to_lower(name.substr(0, sign_in_name_octets_max));
  claim.form = "address";
  if (name.find('@') == std::string_view::npos) {
    const std::string& own = request.basics.from.uri.host;
    const std::vector<std::string>& domains = context_.directory->domains();
    claim.form = "user";
    claim.account.push_back('@');
    if (context_.directory->serves(own)) {
      claim.account.append(own);
    } else if (!domains.empty()) {
      claim.account.append(domains.front());
    }
  }
  if (name.size() <= sign_in_name_octets_max) claim.user = context_.directory->find(claim.account);
  return claim;
}

bool Authenticator::is_proved(const Request& request, const Claim& claim, const Presented& presented) const {
  const std::optional<Proved>& proved = request.connection.proved;
  return proved && claim.user != nullptr && proved->user == claim.user->id &&
         proved->user_version == claim.user->version && proved->user_name == presented.user_name &&
         proved->algorithm == presented.algorithm;
}

std::optional<base::Duration> Authenticator::locked(const Request& request, const Claim& claim) const {
  const std::optional<base::Duration> account = accounts_.locked(claim.account, request.now.mono);
  const std::optional<base::Duration> address = addresses_.locked(request.connection.peer.ip_address, request.now.mono);
  return account && address ? std::max(account, address) : account ? account : address;
}

std::string Authenticator::decoy_of(std::string_view account, std::string_view algorithm) {
  return base::Hasher(hash_of(algorithm)).hex({decoy_key_, account});
}

/// H(A1) of the claimed user; for an unknown one the same work with another's row, and a secret that fits nothing.
std::string Authenticator::secret_of(const Claim& claim, std::string_view algorithm) {
  std::string decoy = decoy_of(claim.account, algorithm);
  if (claim.user == nullptr && !decoy_user_) {
    const std::vector<const domain::User*> all = context_.directory->all();
    if (!all.empty()) decoy_user_ = *all.front();
  }
  const domain::User* row = claim.user != nullptr ? claim.user : decoy_user_ ? &*decoy_user_ : nullptr;
  if (row == nullptr) return decoy;
  const base::Result<domain::SecretDigests> digests = context_.keeper.open(row->address, row->credentials);
  if (!digests) {
    if (claim.user != nullptr)
      context_.log.warning("credentials of a user cannot be opened", {{"user", base::Personal{row->address.text()}}});
    return decoy;
  }
  std::string key(algorithm);
  key.append("/").append(claim.form);
  const auto found = digests->ha1.find(key);
  return claim.user == nullptr || found == digests->ha1.end() ? decoy : found->second;
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
  context_.metrics.sign_in_failures.add();
  const GuessJudged wrong{claim.account, request.connection.peer.ip_address, false};
  on(wrong, request.now);
  context_.ports.judged(wrong);
  forget_proof(request.connection);
  tell_records(request, claim, Reason::credentials_wrong);
  challenge(request, Reason::credentials_wrong, false);
  return false;
}

bool Authenticator::refuse_locked(const Request& request, base::Duration left) {
  context_.metrics.locked_out.add();
  const auto seconds = static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::seconds>(left).count());
  context_.refuse(request, Reason::account_locked, 0, {},
                  [&](Writer& writer) { writer.header(HeaderName::retry_after, std::max<std::uint64_t>(seconds, 1)); });
  return false;
}

bool Authenticator::accept(Request& request, const Claim& claim, const Presented& presented, std::string_view ha1) {
  if (!claim.user->enabled) {
    tell_records(request, claim, Reason::account_disabled);
    context_.refuse(request, Reason::account_disabled);
    return false;
  }
  request.user = claim.user;
  if (request.message.method() == Method::register_)
    request.authentication_info =
        request.connection.digest.authentication_info(presented, ha1, context_.random, request.now.mono);
  return true;
}

void Authenticator::remember_proof(Request& request, const Claim& claim, const Presented& presented,
                                   std::string&& ha1) {
  Connection& connection = request.connection;
  if (accounts_.on_success(claim.account)) context_.ports.judged({claim.account, connection.peer.ip_address, true});
  forget_proof(connection);
  connection.proved =
      Proved{claim.user->id, presented.user_name, claim.user->version, presented.algorithm, std::move(ha1)};
}

/// Only an attempt to sign in is worth a record, and only one that was really judged: the lock-out bounds their number.
void Authenticator::tell_records(const Request& request, const Claim& claim, Reason reason) {
  context_.log.debug("sign-in failed", {{"connection", request.connection.id},
                                        {"call_id", request.basics.call_id},
                                        {"user", base::Personal{claim.account}},
                                        {"reason", base::name_of(reason)}});
  if (request.message.method() != Method::register_) return;
  context_.ports.sign_in_failed({claim.account, client_of(request, {}), reason, base::status_of(reason)});
}

void Authenticator::on(const GuessJudged& judged, base::Now now) {
  if (judged.right) {
    (void)accounts_.on_success(judged.account);
  } else {
    accounts_.on_failure(judged.account, now.mono);
    addresses_.on_failure(judged.ip_address, now.mono);
  }
}

void Authenticator::on_directory_changed(const domain::Directory& before) {
  const std::vector<base::UserId> changed = context_.directory->changed_since(before);
  if (changed.empty()) return;
  decoy_user_.reset();
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
