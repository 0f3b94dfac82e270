// SPDX-License-Identifier: Apache-2.0
#include "face/web_ticket/service.h"

#include <utility>

#include "base/text.h"
#include "domain/directory/ports.h"
#include "face/lync/account_name.h"
#include "face/simple/credential_mark.h"
#include "face/web_ticket/basic.h"
#include "face/web_ticket/limits.h"
#include "face/web_ticket/xml_answer.h"
#include "wire/lync/web_service.h"

namespace tertulia::face::web_ticket {

using base::Reason;
using base::Result;
using web::Answer;
using web::Request;
using web::Response;
using wire::lync::CertificateRequest;
using wire::lync::ServiceMetadata;
using wire::lync::TicketRequest;

namespace {

constexpr std::string_view certificate_service = "/CertProv/CertProvisioningService.svc";
constexpr std::string_view certificate_port = "CertProvisioningServiceWebTicketProof_SHA1";
constexpr std::string_view certificate_path = "/CertProv/CertProvisioningService.svc/WebTicket_Proof_SHA1";
constexpr std::string_view ticket_service = "/WebTicket/WebTicketService.svc";
constexpr std::string_view ticket_port = "WebTicketServiceWinNegotiate";
constexpr std::string_view ticket_path = "/WebTicket/WebTicketService.svc/Auth";
constexpr std::string_view description = "/mex";
constexpr std::string_view sip = "sip:";

std::string at(const std::string& base, std::string_view path) { return std::string(base).append(path); }

std::string_view without_sip(std::string_view uri) {
  return base::equal_ignoring_case(uri.substr(0, sip.size()), sip) ? uri.substr(sip.size()) : uri;
}

simple::Attempt attempt_of(const Request& request) {
  return {request.ip_address, std::string(request.header("User-Agent")), request.now};
}

/// `EXAMPLE\alice` or what else the client sends.
std::string account_in(const std::vector<std::string>& domains, const std::string& typed) {
  const std::size_t stroke = typed.find('\\');
  if (stroke == std::string::npos) return lync::account_of(domains, typed, {});
  return lync::account_of(domains, typed.substr(stroke + 1), typed.substr(0, stroke));
}

}  // namespace

std::string ticket_service_of(const std::string& base_url) { return at(base_url, ticket_service); }

std::string certificate_service_of(const std::string& base_url) { return at(base_url, certificate_service); }

struct WebTicketService::Try {
  std::string account;
  domain::Credentials credentials;
  TicketRequest wish;
  simple::Attempt attempt;
  Answer answer;
};

WebTicketService::WebTicketService(simple::Context& context, simple::SignInGuard& guard, PasswordJudge& judge,
                                   std::shared_ptr<const protocol::auth::CertificateIssuer> issuer,
                                   const WebTicketSettings& settings, WebTicketMetrics& metrics)
    : context_(context),
      guard_(guard),
      judge_(judge),
      issuer_(std::move(issuer)),
      base_url_(settings.base_url),
      lifetime_(settings.lifetime),
      mint_({settings.key, at(settings.base_url, ticket_service), at(settings.base_url, certificate_path),
             settings.lifetime}),
      metrics_(metrics) {}

void WebTicketService::add_to(web::Router& router) {
  const auto describe = [&router](std::string_view service, ServiceMetadata metadata) {
    router.add(web::Method::get, std::string(service).append(description),
               [text = to_xml(metadata)](const Request&, const Answer& answer) { answer(xml_answer(text)); });
  };
  describe(certificate_service, {"CertProvisioningService", std::string(certificate_port),
                                 at(base_url_, certificate_path), at(base_url_, ticket_service)});
  describe(ticket_service, {"WebTicketService", std::string(ticket_port), at(base_url_, ticket_path), {}});
  router.add(web::Method::post, std::string(ticket_path),
             [this](const Request& request, const Answer& answer) { on_ticket_request(request, answer); });
  router.add(web::Method::post, std::string(certificate_path),
             [this](const Request& request, const Answer& answer) { on_certificate_request(request, answer); });
}

void WebTicketService::refuse(const Answer& answer, Reason reason, std::string_view detail) {
  metrics_.refused.add();
  context_.log.debug("a web service has refused", {{"reason", base::name_of(reason)}, {"detail", detail}});
  answer(fault_answer(reason));
}

void WebTicketService::on_ticket_request(const Request& request, const Answer& answer) {
  std::optional<BasicCredentials> typed;
  if (request.secure) typed = read_basic(request.header("Authorization"));
  if (!typed) {
    if (!request.secure) return answer(Response::refusal(Reason::not_found));
    Response challenge = Response::refusal(Reason::credentials_required);
    challenge.headers.emplace_back("WWW-Authenticate",
                                   "Basic realm=\"" + context_.settings.digest.realm + "\", charset=\"UTF-8\"");
    return answer(std::move(challenge));
  }
  const Result<TicketRequest> wish = wire::lync::read_ticket_request(request.body);
  if (!wish) return refuse(answer, wish.reason(), wish.error().detail);
  if (wish->entropy.size() < entropy_octets_min || wish->entropy.size() > entropy_octets_max)
    return refuse(answer, Reason::malformed_message, "Entropy");
  const simple::Claim claim = guard_.claim_of(account_in(context_.directory->domains(), typed->user));
  Try one{claim.account, guard_.credentials_of(claim), *wish, attempt_of(request), answer};
  if (guard_.refuses_locked(one.attempt, claim)) return refuse(answer, Reason::account_locked);
  if (typed->password.size() > password_octets_max) typed->password.clear();  // which nobody has
  domain::Credentials credentials = one.credentials;
  const bool taken =
      judge_.judge(std::move(credentials), std::move(typed->password),
                   [this, one = std::move(one)](bool right, base::Now now) { on_judged(one, right, now); });
  if (!taken) refuse(answer, Reason::server_busy);
}

void WebTicketService::on_judged(const Try& one, bool right, base::Now now) {
  simple::Attempt attempt = one.attempt;
  attempt.now = now;
  const simple::Claim claim = guard_.claim_of(one.account);  // the directory may be another one by now
  // Guesses that were judged at the same time tell nothing after the one that has locked.
  if (guard_.refuses_locked(attempt, claim)) return refuse(one.answer, Reason::account_locked);
  if (!right || claim.user == nullptr || claim.user->credentials != one.credentials) {
    guard_.wrong(attempt, claim);
    return refuse(one.answer, Reason::credentials_wrong);
  }
  guard_.right(attempt, claim);
  if (guard_.refuses_disabled(attempt, claim)) return refuse(one.answer, Reason::account_disabled);
  if (!base::equal_ignoring_case(without_sip(one.wish.uri), claim.user->address.text()))
    return refuse(one.answer, Reason::identity_mismatch);
  wire::lync::TicketAnswer ticket;
  ticket.context = one.wish.context;
  ticket.applies_to = one.wish.applies_to;
  ticket.ticket = mint_.issue(*claim.user, one.wish.entropy, context_.random, now.wall);
  ticket.entropy = mint_.entropy_for(ticket.ticket);
  metrics_.tickets.add();
  one.answer(xml_answer(to_xml(ticket)));
}

void WebTicketService::on_certificate_request(const Request& request, const Answer& answer) {
  if (!request.secure) return answer(Response::refusal(Reason::not_found));
  const Result<CertificateRequest> wish = wire::lync::read_certificate_request(request.body);
  if (!wish) return refuse(answer, wish.reason(), wish.error().detail);
  Result<std::string> certificate = certify(*wish, attempt_of(request));
  if (!certificate) return refuse(answer, certificate.reason(), certificate.error().detail);
  metrics_.certificates.add();
  answer(xml_answer(to_xml(wire::lync::CertificateAnswer{wish->device, *std::move(certificate), wish->id})));
}

Result<const domain::User*> WebTicketService::holder_of(const wire::lync::WebTicket& ticket, const Request& request) {
  return holder_of(ticket, attempt_of(request));
}

Result<const domain::User*> WebTicketService::holder_of(const wire::lync::WebTicket& ticket,
                                                        const simple::Attempt& attempt) {
  if (const auto good = mint_.check(ticket, attempt.now.wall); !good) return good.error();
  const simple::Claim claim = guard_.claim_of(ticket.uri);
  if (claim.user == nullptr || ticket.mark != simple::credential_mark(*claim.user))
    return base::Error{Reason::web_ticket_refused, "the password is another one now"};
  if (guard_.refuses_disabled(attempt, claim)) return Reason::account_disabled;
  return claim.user;
}

Result<std::string> WebTicketService::certify(const CertificateRequest& wish, const simple::Attempt& attempt) {
  const base::WallTime now = attempt.now.wall;
  if (!wish.proof) return base::Error{Reason::web_ticket_refused, "no proof"};
  if (const auto good = mint_.check(wish.ticket, *wish.proof, now); !good) return good.error();
  const auto holder = holder_of(wish.ticket, attempt);
  if (!holder) return holder.error();
  const std::string_view address = (*holder)->address.text();
  if (!base::equal_ignoring_case(without_sip(wish.entity), address)) return Reason::identity_mismatch;
  protocol::auth::CertificateWish asked;
  asked.address = address;
  asked.mark = wish.ticket.mark;
  asked.request = wish.request;
  asked.ticket = wish.ticket.id;
  asked.ticket_ends = now + lifetime_;
  asked.now = now;
  return issuer_->issue(asked);
}

}  // namespace tertulia::face::web_ticket
