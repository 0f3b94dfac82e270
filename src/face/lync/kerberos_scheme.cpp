// SPDX-License-Identifier: Apache-2.0
#include "face/lync/kerberos_scheme.h"

#include <optional>
#include <utility>

#include "face/lync/account_name.h"
#include "face/lync/limits.h"

namespace tertulia::face::lync {

using base::Reason;
using protocol::auth::KerberosAcceptor;
using protocol::auth::KerberosProof;
using simple::Request;
using StepResult = SchemeStep::What;

namespace {

class KerberosScheme final : public Scheme {
 public:
  KerberosScheme(simple::Context& context, simple::SignInGuard& guard, std::shared_ptr<const KerberosAcceptor> acceptor,
                 std::vector<KerberosRealm> realms)
      : context_(context), guard_(guard), acceptor_(std::move(acceptor)), realms_(std::move(realms)) {}

  std::string_view name() const override { return "Kerberos"; }
  std::string_view targetname() const override { return acceptor_->targetname(); }
  std::unique_ptr<SchemeHandshake> begin() override;

  base::Result<SchemeStep> judge(const Request& request, std::string_view token) {
    base::Result<KerberosProof> proof = acceptor_->accept(token);
    if (!proof) {
      if (proof.reason() == Reason::credentials_wrong) warn_of_key(request, proof.error().detail);
      return proof.error();
    }
    const std::string account = account_of_principal(context_.directory->domains(), realms_, proof->principal);
    SchemeStep step;
    if (!account.empty()) step.claim = guard_.claim_of(request, account);
    if (step.claim.user == nullptr) {
      context_.log.debug("a ticket is of nobody here", {{"connection", request.connection.id},
                                                        {"call_id", request.basics.call_id},
                                                        {"user", base::Personal{proof->principal}}});
      return Reason::user_does_not_exist;
    }
    // A client that wants us to prove ourselves too has to read our token before it can sign.
    step.what = proof->token.empty() ? StepResult::proven : StepResult::more;
    step.token = std::move(proof->token);
    step.signer = std::move(proof->signer);
    return step;
  }

 private:
  /// The administrator has to act, and one line a while is enough for that.
  void warn_of_key(const Request& request, const std::string& detail) {
    if (warned_ && request.now.mono - *warned_ < kerberos_warning_interval) return;
    warned_ = request.now.mono;
    context_.log.warning(
        "a ticket was not made with a key of our keytab: make the keytab anew from the directory's "
        "present key of the service; tertulia doctor tells what it holds",
        {{"connection", request.connection.id},
         {"call_id", request.basics.call_id},
         {"service", acceptor_->targetname()},
         {"detail", detail}});
  }

  simple::Context& context_;
  simple::SignInGuard& guard_;
  std::shared_ptr<const KerberosAcceptor> acceptor_;
  std::vector<KerberosRealm> realms_;
  std::optional<base::TimePoint> warned_;
};

class KerberosHandshake final : public SchemeHandshake {
 public:
  explicit KerberosHandshake(KerberosScheme& scheme) : scheme_(scheme) {}
  base::Result<SchemeStep> advance(const Request& request, std::string_view token) override {
    return scheme_.judge(request, token);
  }

 private:
  KerberosScheme& scheme_;
};

std::unique_ptr<SchemeHandshake> KerberosScheme::begin() { return std::make_unique<KerberosHandshake>(*this); }

}  // namespace

std::unique_ptr<Scheme> make_kerberos_scheme(simple::Context& context, simple::SignInGuard& guard,
                                             std::shared_ptr<const KerberosAcceptor> acceptor,
                                             std::vector<KerberosRealm> realms) {
  return std::make_unique<KerberosScheme>(context, guard, std::move(acceptor), std::move(realms));
}

}  // namespace tertulia::face::lync
