// SPDX-License-Identifier: Apache-2.0
#include "wire/lync/certificate_request.h"

#include <utility>

#include "base/digest.h"
#include "wire/lync/reading.h"
#include "wire/lync/soap.h"
#include "wire/lync/writing.h"

namespace tertulia::wire::lync {

using base::Reason;
using base::Result;

namespace {

constexpr std::string_view trust_namespace_here = "http://docs.oasis-open.org/ws-sx/ws-trust/200512/";
constexpr std::string_view enrollment_namespace = "http://schemas.microsoft.com/windows/pki/2009/01/enrollment";
constexpr std::string_view request_format = "http://schemas.microsoft.com/OCS/AuthWebServices.xsd#PKCS10";
constexpr std::string_view certificate_format =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3";
constexpr std::string_view encoding =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd#Base64Binary";
constexpr std::string_view assertion_reference =
    "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.0#SAMLAssertionID";
constexpr std::string_view canonical_form = "http://www.w3.org/2001/10/xml-exc-c14n#";
constexpr std::string_view hmac_sha1 = "http://www.w3.org/2000/09/xmldsig#hmac-sha1";
constexpr std::string_view sha1 = "http://www.w3.org/2000/09/xmldsig#sha1";
constexpr std::string_view timestamp_name = "timestamp";

/// Only this one form: the digest is of the time, both methods are what we can check.
std::optional<TicketProof> read_proof(const xml::ElementView& security) {
  const auto timestamp = below(security, {"Timestamp"});
  const auto signature = below(security, {"Signature"});
  const auto info = below(signature, {"SignedInfo"});
  const auto reference = below(info, {"Reference"});
  const std::string_view id = attribute_of(timestamp, "Id", utility_namespace);
  const std::string_view target = attribute_of(reference, "URI");
  const auto digest = octets_below(reference, {"DigestValue"});
  const auto value = octets_below(signature, {"SignatureValue"});
  const bool good = !id.empty() && target.size() == id.size() + 1 && target.front() == '#' && target.substr(1) == id &&
                    digest && value && attribute_of(below(info, {"SignatureMethod"}), "Algorithm") == hmac_sha1 &&
                    attribute_of(below(info, {"CanonicalizationMethod"}), "Algorithm") == canonical_form &&
                    attribute_of(below(reference, {"DigestMethod"}), "Algorithm") == sha1;
  if (!good) return std::nullopt;
  return TicketProof{std::string(timestamp->raw()), std::string(info->raw()), *digest, *value,
                     text_below(timestamp, {"Expires"})};
}

void write_security(xml::Writer& out, const CertificateRequest& request) {
  out.begin("wsse:Security").attribute("xmlns:wsse", security_namespace);
  if (request.proof) out.raw(request.proof->timestamp);
  out.raw(to_xml(request.ticket));
  if (request.proof) {
    out.begin("Signature").attribute("xmlns", signature_namespace).raw(request.proof->signed_info);
    out.element("SignatureValue", base::to_base64(request.proof->signature));
    out.begin("KeyInfo").begin("wsse:SecurityTokenReference").begin("wsse:KeyIdentifier");
    out.attribute("ValueType", assertion_reference).text(request.ticket.id).end().end().end().end();
  }
  out.end();
}

}  // namespace

Result<CertificateRequest> read_certificate_request(std::string_view document) {
  const Result<xml::Document> envelope = read_envelope(document);
  if (!envelope) return envelope.error();
  const auto asked = below(envelope->root(), {"Body", "GetAndPublishCert"});
  const auto token = below(asked, {"RequestSecurityToken"});
  const auto der = octets_below(token, {"BinarySecurityToken"});
  if (!der) return malformed(Reason::malformed_message, "GetAndPublishCert");
  const auto security = below(envelope->root(), {"Header", "Security"});
  const auto assertion = below(security, {"Assertion"});
  if (!assertion) return malformed(Reason::web_ticket_refused, "none");
  CertificateRequest request;
  Result<WebTicket> ticket = read_web_ticket(*assertion);
  if (!ticket) return ticket.error();
  request.ticket = *std::move(ticket);
  request.proof = read_proof(*security);
  request.entity = attribute_of(asked, "Entity");
  request.device = attribute_of(asked, "DeviceId");
  request.request = *der;
  request.id = text_below(token, {"RequestID"});
  return request;
}

std::string to_xml(const CertificateRequest& request) {
  xml::Writer out;
  out.begin("s:Envelope").attribute("xmlns:s", soap_namespace).begin("s:Header");
  write_security(out, request);
  out.end().begin("s:Body");
  out.begin("GetAndPublishCert").attribute("xmlns", services_namespace);
  out.attribute("DeviceId", request.device).attribute("Entity", request.entity);
  out.begin("wst:RequestSecurityToken").attribute("xmlns:wst", trust_namespace_here);
  out.begin("wsse:BinarySecurityToken").attribute("xmlns:wsse", security_namespace);
  out.attribute("ValueType", request_format).attribute("EncodingType", encoding);
  out.text(base::to_base64(request.request)).end();
  out.begin("wstep:RequestID").attribute("xmlns:wstep", enrollment_namespace).text(request.id).end();
  out.end().end().end().end();
  return std::move(out).take();
}

std::string timestamp_element(std::string_view created, std::string_view expires) {
  xml::Writer out;
  out.begin("wsu:Timestamp").attribute("xmlns:wsu", utility_namespace).attribute("wsu:Id", timestamp_name);
  out.element("wsu:Created", created).element("wsu:Expires", expires).end();
  return finished(std::move(out));
}

std::string signed_info_element(std::string_view digest) {
  xml::Writer out;
  const auto method = [&](std::string_view name, std::string_view algorithm) {
    out.begin(name).attribute("Algorithm", algorithm).end();
  };
  out.begin("SignedInfo").attribute("xmlns", signature_namespace);
  method("CanonicalizationMethod", canonical_form);
  method("SignatureMethod", hmac_sha1);
  out.begin("Reference").attribute("URI", std::string("#").append(timestamp_name));
  out.begin("Transforms");
  method("Transform", canonical_form);
  out.end();
  method("DigestMethod", sha1);
  out.element("DigestValue", base::to_base64(digest)).end().end();
  return finished(std::move(out));
}

std::string to_xml(const CertificateAnswer& answer) {
  xml::Writer out;
  out.begin("s:Envelope").attribute("xmlns:s", soap_namespace).begin("s:Body");
  out.begin("GetAndPublishCertResponse").attribute("xmlns", services_namespace);
  out.attribute("DeviceId", answer.device);
  out.begin("RequestSecurityTokenResponse").attribute("xmlns", trust_namespace_here);
  out.element("TokenType", certificate_format);
  out.begin("RequestedSecurityToken").begin("BinarySecurityToken").attribute("xmlns", security_namespace);
  out.attribute("ValueType", certificate_format).attribute("EncodingType", encoding);
  out.text(base::to_base64(answer.certificate)).end().end();
  out.begin("RequestID").attribute("xmlns", enrollment_namespace).text(answer.id).end();
  out.end().end().end().end();
  return std::move(out).take();
}

Result<CertificateAnswer> read_certificate_answer(std::string_view document) {
  const Result<xml::Document> envelope = read_envelope(document);
  if (!envelope) return envelope.error();
  const auto response = below(envelope->root(), {"Body", "GetAndPublishCertResponse"});
  const auto token = below(response, {"RequestSecurityTokenResponse"});
  const auto der = octets_below(token, {"RequestedSecurityToken", "BinarySecurityToken"});
  if (!der) return malformed(Reason::malformed_message, "GetAndPublishCertResponse");
  return CertificateAnswer{std::string(attribute_of(response, "DeviceId")), *der, text_below(token, {"RequestID"})};
}

}  // namespace tertulia::wire::lync
