// SPDX-License-Identifier: Apache-2.0
#include "face/lync/dsk_scheme.h"

#include <utility>

#include "base/digest.h"
#include "face/simple/credential_mark.h"

namespace tertulia::face::lync {

using base::Reason;
using simple::Request;

namespace {

class DskSignIn final : public SchemeHandshake {
 public:
  DskSignIn(simple::Context& context, simple::SignInGuard& guard,
            std::shared_ptr<const protocol::auth::DskAcceptor> acceptor)
      : context_(context), guard_(guard), acceptor_(std::move(acceptor)) {}

  base::Result<SchemeStep> advance(const Request& request, std::string_view token) override {
    if (!handshake_) handshake_ = acceptor_->begin(request.now.wall);
    base::Result<protocol::auth::DskStep> made = handshake_->advance(token);
    if (!made) return made.error();
    SchemeStep step;
    step.token = std::move(made->token);
    if (!made->identity) return step;
    // Nobody guesses a certificate: what does not fit counts for no lock-out, and the client is told why.
    step.claim = guard_.claim_of(request, made->identity->address);
    if (step.claim.user == nullptr ||
        !base::equal_in_constant_time(made->identity->mark, simple::credential_mark(*step.claim.user))) {
      context_.log.debug("a certificate is of another time", {{"user", base::Personal{step.claim.account}}});
      return Reason::certificate_refused;
    }
    step.signer = std::move(made->signer);
    return step;
  }

 private:
  simple::Context& context_;
  simple::SignInGuard& guard_;
  std::shared_ptr<const protocol::auth::DskAcceptor> acceptor_;
  std::unique_ptr<protocol::auth::DskHandshake> handshake_;
};

class DskScheme final : public Scheme {
 public:
  DskScheme(simple::Context& context, simple::SignInGuard& guard,
            std::shared_ptr<const protocol::auth::DskAcceptor> acceptor, std::string host,
            std::string certificate_service)
      : context_(context),
        guard_(guard),
        acceptor_(std::move(acceptor)),
        host_(std::move(host)),
        certificate_service_(std::move(certificate_service)) {}

  std::string_view name() const override { return "TLS-DSK"; }
  std::string_view targetname() const override { return host_; }
  std::string_view sts_uri() const override { return certificate_service_; }
  std::unique_ptr<SchemeHandshake> begin() override { return std::make_unique<DskSignIn>(context_, guard_, acceptor_); }
  /// The certificate has ended with the password.  COMPAT(pidgin-sipe 1.25): it would show that certificate in a new
  /// handshake, and crashes when it is refused in the middle of one.
  base::Reason outdated() const override { return base::Reason::certificate_refused; }

 private:
  simple::Context& context_;
  simple::SignInGuard& guard_;
  std::shared_ptr<const protocol::auth::DskAcceptor> acceptor_;
  std::string host_, certificate_service_;
};

}  // namespace

std::unique_ptr<Scheme> make_dsk_scheme(simple::Context& context, simple::SignInGuard& guard,
                                        std::shared_ptr<const protocol::auth::DskAcceptor> acceptor, std::string host,
                                        std::string certificate_service) {
  return std::make_unique<DskScheme>(context, guard, std::move(acceptor), std::move(host),
                                     std::move(certificate_service));
}

}  // namespace tertulia::face::lync
