// SPDX-License-Identifier: Apache-2.0
#include "face/simple/sign_in_guard.h"

#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "base/text.h"
#include "face/simple/limits.h"
#include "face/simple/register_contacts.h"

namespace tertulia::face::simple {
namespace {

using base::Reason;
using wire::sip::HeaderName;
using wire::sip::Method;
using wire::sip::Writer;

constexpr std::size_t decoy_key_length = 24;

protocol::auth::LockoutSettings for_addresses(protocol::auth::LockoutSettings settings) {
  settings.free_tries *= tries_per_address_factor;
  return settings;
}

}  // namespace

SignInGuard::SignInGuard(Context& context)
    : context_(context),
      accounts_(context.settings.lockout),
      addresses_(for_addresses(context.settings.lockout)),
      decoy_key_(context.random.token(decoy_key_length)) {}

Claim SignInGuard::claim_of(const Request& request, std::string_view user_name) const {
  return claim_in(request.basics.from.uri.host, user_name);
}

Claim SignInGuard::claim_of(std::string_view user_name) const { return claim_in({}, user_name); }

Claim SignInGuard::claim_in(std::string_view own_domain, std::string_view user_name) const {
  constexpr std::string_view scheme = "sip:";
  std::string_view name = user_name;
  if (base::equal_ignoring_case(name.substr(0, scheme.size()), scheme)) name.remove_prefix(scheme.size());
  Claim claim;
  claim.account = base::to_lower(name.substr(0, sign_in_name_octets_max));
  claim.form = "address";
  if (name.find('@') == std::string_view::npos) {
    const std::vector<std::string>& domains = context_.directory->domains();
    claim.form = "user";
    claim.account.push_back('@');
    if (context_.directory->serves(own_domain)) {
      claim.account.append(own_domain);
    } else if (!domains.empty()) {
      claim.account.append(domains.front());
    }
  }
  if (name.size() <= sign_in_name_octets_max) claim.user = context_.directory->find(claim.account);
  return claim;
}

std::string SignInGuard::decoy_of(std::string_view account, base::HashAlgorithm algorithm) const {
  return base::Hasher(algorithm).hex({decoy_key_, account});
}

const domain::User* SignInGuard::row_of(const Claim& claim) {
  if (claim.user == nullptr && !decoy_user_) {
    const std::vector<const domain::User*> all = context_.directory->all();
    if (!all.empty()) decoy_user_ = *all.front();
  }
  return claim.user != nullptr ? claim.user : decoy_user_ ? &*decoy_user_ : nullptr;
}

domain::Credentials SignInGuard::credentials_of(const Claim& claim) {
  const domain::User* row = row_of(claim);
  return row != nullptr ? row->credentials : domain::Credentials{};
}

base::Result<domain::SecretDigests> SignInGuard::secrets_of(const Claim& claim) {
  const domain::User* row = row_of(claim);
  if (row == nullptr) return Reason::credentials_wrong;
  base::Result<domain::SecretDigests> digests = context_.keeper.open(row->address, row->credentials);
  if (!digests) {
    context_.log.error("credentials of a user cannot be opened",
                       {{"user", base::Personal{row->address.text()}}, {"detail", digests.error().detail}});
    return base::Error{Reason::file_damaged, "the stored password cannot be opened with the key of this server"};
  }
  if (claim.user == nullptr) return Reason::credentials_wrong;
  return digests;
}

std::optional<base::Duration> SignInGuard::locked(std::string_view ip_address, const Claim& claim,
                                                  base::Now now) const {
  const std::optional<base::Duration> account = accounts_.locked(claim.account, now.mono);
  const std::optional<base::Duration> address = addresses_.locked(ip_address, now.mono);
  return account && address ? std::max(account, address) : account ? account : address;
}

std::optional<base::Duration> SignInGuard::refuses_locked(const Attempt& attempt, const Claim& claim) {
  const std::optional<base::Duration> left = locked(attempt.ip_address, claim, attempt.now);
  if (left) context_.metrics.locked_out.add();
  return left;
}

bool SignInGuard::refuses_locked(const Request& request, const Claim& claim) {
  const std::optional<base::Duration> left = locked(request.connection.peer.ip_address, claim, request.now);
  if (!left) return false;
  context_.metrics.locked_out.add();
  const auto seconds = base::whole_seconds(*left);
  context_.refuse(request, Reason::account_locked, 0, {},
                  [&](Writer& writer) { writer.header(HeaderName::retry_after, std::max<std::uint64_t>(seconds, 1)); });
  return true;
}

void SignInGuard::count_wrong(const Claim& claim, std::string_view ip_address, base::Now now) {
  context_.metrics.sign_in_failures.add();
  const GuessJudged wrong{claim.account, std::string(ip_address), false};
  on(wrong, now);
  context_.ports.judged(wrong);
}

void SignInGuard::wrong(const Request& request, const Claim& claim) {
  count_wrong(claim, request.connection.peer.ip_address, request.now);
  tell_records(request, claim, Reason::credentials_wrong);
}

void SignInGuard::wrong(const Attempt& attempt, const Claim& claim) {
  count_wrong(claim, attempt.ip_address, attempt.now);
  tell_records(attempt, claim, Reason::credentials_wrong);
}

void SignInGuard::forgive(const Claim& claim, std::string_view ip_address) {
  if (accounts_.on_success(claim.account)) context_.ports.judged({claim.account, std::string(ip_address), true});
}

void SignInGuard::right(const Request& request, const Claim& claim) {
  forgive(claim, request.connection.peer.ip_address);
}

void SignInGuard::right(const Attempt& attempt, const Claim& claim) { forgive(claim, attempt.ip_address); }

bool SignInGuard::refuses_disabled(const Request& request, const Claim& claim) {
  if (claim.user->enabled) return false;
  tell_records(request, claim, Reason::account_disabled);
  context_.refuse(request, Reason::account_disabled);
  return true;
}

bool SignInGuard::refuses_disabled(const Attempt& attempt, const Claim& claim) {
  if (claim.user->enabled) return false;
  tell_records(attempt, claim, Reason::account_disabled);
  return true;
}

void SignInGuard::tell_records(const Attempt& attempt, const Claim& claim, Reason reason) {
  context_.log.debug("sign-in failed", {{"user", base::Personal{claim.account}}, {"reason", base::name_of(reason)}});
  domain::ClientInfo client;
  client.user_agent = attempt.user_agent.substr(0, client_text_octets_max);
  client.ip_address = attempt.ip_address;
  context_.ports.sign_in_failed(
      {claim.account, std::make_shared<const domain::ClientInfo>(std::move(client)), reason, base::status_of(reason)});
}

/// Only an attempt to sign in is worth a record, and only one that was really judged: the lock-out bounds their number.
void SignInGuard::tell_records(const Request& request, const Claim& claim, Reason reason) {
  context_.log.debug("sign-in failed", {{"connection", request.connection.id},
                                        {"call_id", request.basics.call_id},
                                        {"user", base::Personal{claim.account}},
                                        {"reason", base::name_of(reason)}});
  if (request.message.method() != Method::register_) return;
  context_.ports.sign_in_failed({claim.account, client_of(request, {}), reason, base::status_of(reason)});
}

void SignInGuard::on(const GuessJudged& judged, base::Now now) {
  if (judged.right) {
    (void)accounts_.on_success(judged.account);
  } else {
    accounts_.on_failure(judged.account, now.mono);
    addresses_.on_failure(judged.ip_address, now.mono);
  }
}

}  // namespace tertulia::face::simple
