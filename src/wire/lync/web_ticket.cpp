// SPDX-License-Identifier: Apache-2.0
#include "wire/lync/web_ticket.h"

#include <utility>

#include "base/digest.h"
#include "wire/lync/reading.h"
#include "wire/lync/soap.h"
#include "wire/lync/writing.h"

namespace tertulia::wire::lync {

using base::Reason;
using base::Result;

namespace {

constexpr std::string_view ticket_type = "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV1.1";
constexpr std::string_view issue_type = "http://docs.oasis-open.org/ws-sx/ws-trust/200512/Issue";
constexpr std::string_view key_type = "http://docs.oasis-open.org/ws-sx/ws-trust/200512/SymmetricKey";
constexpr std::string_view claims_dialect = "urn:component:Microsoft.Rtc.WebAuthentication.2010:authclaims";
constexpr std::string_view password_method = "urn:oasis:names:tc:SAML:1.0:am:password";
constexpr std::string_view proof_method = "urn:oasis:names:tc:SAML:1.0:cm:holder-of-key";
constexpr std::string_view own_namespace = "urn:tertulia:web-ticket:1";

void begin_envelope(xml::Writer& out) {
  out.begin("s:Envelope").attribute("xmlns:s", soap_namespace);
  out.begin("s:Body");
}

void write_address(xml::Writer& out, std::string_view address) {
  out.begin("wsp:AppliesTo").attribute("xmlns:wsp", policy_namespace);
  out.begin("wsa:EndpointReference").attribute("xmlns:wsa", addressing_namespace);
  out.element("wsa:Address", address).end().end();
}

void write_secret(xml::Writer& out, std::string_view octets) {
  out.begin("Entropy").element("BinarySecret", base::to_base64(octets)).end();
}

/// One line of Lifetime.
void write_moment(xml::Writer& out, std::string_view name, std::string_view moment) {
  out.begin(name).attribute("xmlns:wsu", utility_namespace).text(moment).end();
}

}  // namespace

Result<TicketRequest> read_ticket_request(std::string_view document) {
  const Result<xml::Document> envelope = read_envelope(document);
  if (!envelope) return envelope.error();
  const auto token = below(envelope->root(), {"Body", "RequestSecurityToken"});
  if (!token) return malformed(Reason::malformed_message, "RequestSecurityToken");
  TicketRequest request;
  request.context = attribute_of(token, "Context");
  request.applies_to = text_below(token, {"AppliesTo", "EndpointReference", "Address"});
  if (const auto claims = below(token, {"Claims"}))
    for (const xml::ElementView claim : claims->children())
      if (claim.attribute("Uri") == uri_claim && request.uri.empty()) request.uri = text_below(claim, {"Value"});
  request.entropy = octets_below(token, {"Entropy", "BinarySecret"}).value_or(std::string());
  return request;
}

std::string to_xml(const TicketRequest& request) {
  xml::Writer out;
  begin_envelope(out);
  out.begin("RequestSecurityToken").attribute("xmlns", trust_namespace).attribute("Context", request.context);
  out.element("TokenType", ticket_type).element("RequestType", issue_type);
  write_address(out, request.applies_to);
  out.begin("Claims").attribute("Dialect", claims_dialect);
  out.begin("auth:ClaimType").attribute("xmlns:auth", authorization_namespace);
  out.attribute("Uri", uri_claim).attribute("Optional", "false").element("auth:Value", request.uri).end().end();
  write_secret(out, request.entropy);
  out.element("KeyType", key_type).end().end().end();
  return std::move(out).take();
}

std::string to_xml(const WebTicket& ticket) {
  xml::Writer out;
  out.begin("saml:Assertion").attribute("MajorVersion", "1").attribute("MinorVersion", "1");
  out.attribute("AssertionID", ticket.id).attribute("Issuer", ticket.issuer).attribute("IssueInstant", ticket.begins);
  out.attribute("xmlns:saml", saml_namespace);
  out.begin("saml:Conditions").attribute("NotBefore", ticket.begins).attribute("NotOnOrAfter", ticket.ends);
  out.begin("saml:AudienceRestrictionCondition").element("saml:Audience", ticket.audience).end().end();
  out.begin("saml:Advice").begin("t:Seal").attribute("xmlns:t", own_namespace);
  out.attribute("Entropy", base::to_base64(ticket.entropy)).attribute("Mark", base::to_base64(ticket.mark));
  out.text(base::to_base64(ticket.seal)).end().end();
  out.begin("saml:AuthenticationStatement").attribute("AuthenticationMethod", password_method);
  out.attribute("AuthenticationInstant", ticket.begins).begin("saml:Subject");
  out.begin("saml:NameIdentifier").attribute("Format", uri_claim).text(ticket.uri).end();
  out.begin("saml:SubjectConfirmation").element("saml:ConfirmationMethod", proof_method).end();
  out.end().end().end();
  return finished(std::move(out));
}

Result<WebTicket> read_web_ticket(const xml::ElementView& assertion) {
  WebTicket ticket;
  const auto conditions = below(assertion, {"Conditions"});
  const auto seal = below(assertion, {"Advice", "Seal"});
  ticket.id = attribute_of(assertion, "AssertionID");
  ticket.issuer = attribute_of(assertion, "Issuer");
  ticket.audience = text_below(conditions, {"AudienceRestrictionCondition", "Audience"});
  ticket.uri = text_below(assertion, {"AuthenticationStatement", "Subject", "NameIdentifier"});
  ticket.begins = attribute_of(conditions, "NotBefore");
  ticket.ends = attribute_of(conditions, "NotOnOrAfter");
  const bool whole = assertion.is(saml_namespace, "Assertion") && seal && !ticket.id.empty() &&
                     base::from_base64(attribute_of(seal, "Entropy"), ticket.entropy) &&
                     base::from_base64(attribute_of(seal, "Mark"), ticket.mark) &&
                     base::from_base64(seal->text(), ticket.seal);
  if (!whole) return malformed(Reason::web_ticket_refused, "not of this server");
  return ticket;
}

std::string to_xml(const TicketAnswer& answer) {
  xml::Writer out;
  begin_envelope(out);
  out.begin("RequestSecurityTokenResponseCollection").attribute("xmlns", trust_namespace);
  out.begin("RequestSecurityTokenResponse").attribute("Context", answer.context);
  out.element("TokenType", ticket_type);
  out.begin("RequestedSecurityToken").raw(to_xml(answer.ticket)).end();
  write_address(out, answer.applies_to);
  write_secret(out, answer.entropy);
  out.begin("Lifetime");
  write_moment(out, "wsu:Created", answer.ticket.begins);
  write_moment(out, "wsu:Expires", answer.ticket.ends);
  out.end().element("KeyType", key_type).end().end().end().end();
  return std::move(out).take();
}

Result<TicketAnswer> read_ticket_answer(std::string_view document) {
  const Result<xml::Document> envelope = read_envelope(document);
  if (!envelope) return envelope.error();
  const auto response =
      below(envelope->root(), {"Body", "RequestSecurityTokenResponseCollection", "RequestSecurityTokenResponse"});
  const auto assertion = below(response, {"RequestedSecurityToken", "Assertion"});
  if (!assertion) return malformed(Reason::malformed_message, "RequestSecurityTokenResponse");
  TicketAnswer answer;
  answer.context = attribute_of(response, "Context");
  answer.applies_to = text_below(response, {"AppliesTo", "EndpointReference", "Address"});
  answer.entropy = octets_below(response, {"Entropy", "BinarySecret"}).value_or(std::string());
  Result<WebTicket> ticket = read_web_ticket(*assertion);
  if (!ticket) return ticket.error();
  answer.ticket = *std::move(ticket);
  return answer;
}

}  // namespace tertulia::wire::lync
