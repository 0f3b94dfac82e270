// SPDX-License-Identifier: Apache-2.0
#include "face/lync/ntlm_scheme.h"

#include <optional>
#include <utility>

#include "face/lync/account_name.h"
#include "protocol/auth/ntlm.h"
#include "protocol/auth/ntlm_messages.h"

namespace tertulia::face::lync {

using base::Reason;
using simple::Claim;
using simple::Request;
using StepResult = SchemeStep::What;

namespace {

constexpr std::size_t nt_hash_octets = 16;

class NtlmHandshake final : public SchemeHandshake {
 public:
  NtlmHandshake(simple::Context& context, simple::SignInGuard& guard, const std::string& host)
      : context_(context), guard_(guard), host_(host) {}

  base::Result<SchemeStep> advance(const Request& request, std::string_view token) override {
    if (!challenge_) {
      if (!token.empty()) return Reason::nonce_stale;  // a proof for a challenge that is not ours any more
      return challenge();
    }
    return judge(request, token);
  }

 private:
  SchemeStep challenge() {
    challenge_ = protocol::auth::fresh_ntlm_challenge(context_.random);
    const std::vector<std::string>& domains = context_.directory->domains();
    protocol::auth::NtlmChallenge message;
    message.server_challenge = *challenge_;
    message.dns_domain = domains.empty() ? host_ : domains.front();
    message.netbios_domain = flat_name(message.dns_domain);
    message.dns_computer = host_;
    message.netbios_computer = flat_name(host_);
    SchemeStep step;
    step.token = protocol::auth::write_ntlm_challenge(message);
    return step;
  }

  base::Result<SchemeStep> judge(const Request& request, std::string_view token) {
    const auto proof = protocol::auth::read_ntlm_authenticate(token);
    if (!proof) return proof.error();
    SchemeStep step;
    step.claim = guard_.claim_of(request, account_of(context_.directory->domains(), proof->user, proof->domain));
    step.what = StepResult::answered;
    if (guard_.refuses_locked(request, step.claim)) return step;
    const base::Result<domain::SecretDigests> secrets = guard_.secrets_of(step.claim);
    if (!secrets && secrets.reason() == Reason::file_damaged) return secrets.error();
    const std::string decoy = guard_.decoy_of(step.claim.account, base::HashAlgorithm::md5).substr(0, nt_hash_octets);
    const bool has_hash = secrets && secrets->nt_hash.size() == nt_hash_octets;
    auto session = protocol::auth::ntlm_verify(*proof, *challenge_, has_hash ? secrets->nt_hash : decoy);
    if (!session && session.reason() != Reason::credentials_wrong) return session.error();  // nothing was guessed
    step.what = StepResult::wrong;
    if (!session || step.claim.user == nullptr || !has_hash) return step;
    step.what = StepResult::proven;
    step.signer = protocol::auth::ntlm_signer(*std::move(session));
    return step;
  }

  simple::Context& context_;
  simple::SignInGuard& guard_;
  const std::string& host_;
  std::optional<protocol::auth::NtlmServerChallenge> challenge_;
};

class NtlmScheme final : public Scheme {
 public:
  NtlmScheme(simple::Context& context, simple::SignInGuard& guard, std::string host)
      : context_(context), guard_(guard), host_(std::move(host)) {}

  std::string_view name() const override { return "NTLM"; }
  std::string_view targetname() const override { return host_; }
  std::unique_ptr<SchemeHandshake> begin() override { return std::make_unique<NtlmHandshake>(context_, guard_, host_); }

 private:
  simple::Context& context_;
  simple::SignInGuard& guard_;
  std::string host_;
};

}  // namespace

std::unique_ptr<Scheme> make_ntlm_scheme(simple::Context& context, simple::SignInGuard& guard, std::string host) {
  return std::make_unique<NtlmScheme>(context, guard, std::move(host));
}

}  // namespace tertulia::face::lync
