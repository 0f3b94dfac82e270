// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "base/metrics.h"
#include "face/simple/context.h"
#include "face/simple/sign_in_guard.h"
#include "face/web/router.h"
#include "face/web_ticket/mint.h"
#include "face/web_ticket/ports.h"
#include "protocol/auth/certificate_issuer.h"

namespace tertulia::face::web_ticket {

struct WebTicketSettings {
  std::string base_url;  ///< https://fe1.example.com:4443
  std::string key;       ///< secret that seals tickets, the same on all shards
  base::Duration lifetime = std::chrono::hours{8};
};

/// The service whose tickets others take.
std::string ticket_service_of(const std::string& base_url);
/// Where clients get certificates for TLS-DSK, as the challenge tells them.
std::string certificate_service_of(const std::string& base_url);

struct WebTicketMetrics {
  base::Counter tickets;       ///< issued
  base::Counter certificates;  ///< issued
  base::Counter refused;       ///< answered with a fault, wrong passwords included
};

/// The two web services of [MS-OCAUTHWS] that give a client its certificate for TLS-DSK: a password by HTTP Basic buys a
/// web ticket, a web ticket buys a certificate.  Passwords are counted and locked out as in every sign-in.
class WebTicketService {
 public:
  /// Borrows all but issuer and settings; lives on their shard.
  WebTicketService(simple::Context& context, simple::SignInGuard& guard, PasswordJudge& judge,
                   std::shared_ptr<const protocol::auth::CertificateIssuer> issuer, const WebTicketSettings& settings,
                   WebTicketMetrics& metrics);
  /// Whose ticket it is, for another service of this server.  Errors: web_ticket_refused, account_disabled.
  base::Result<const domain::User*> holder_of(const wire::lync::WebTicket& ticket, const web::Request& request);
  /// Its paths; the router must not outlive it.
  void add_to(web::Router& router);

 private:
  struct Try;  // a password that is being judged
  void on_ticket_request(const web::Request& request, const web::Answer& answer);
  void on_judged(const Try& one, bool right, base::Now now);
  void on_certificate_request(const web::Request& request, const web::Answer& answer);
  base::Result<const domain::User*> holder_of(const wire::lync::WebTicket& ticket, const simple::Attempt& attempt);
  base::Result<std::string> certify(const wire::lync::CertificateRequest& wish, const simple::Attempt& attempt);
  void refuse(const web::Answer& answer, base::Reason reason, std::string_view detail = {});

  simple::Context& context_;
  simple::SignInGuard& guard_;
  PasswordJudge& judge_;
  std::shared_ptr<const protocol::auth::CertificateIssuer> issuer_;
  std::string base_url_;
  base::Duration lifetime_;
  Mint mint_;
  WebTicketMetrics& metrics_;
};

}  // namespace tertulia::face::web_ticket
