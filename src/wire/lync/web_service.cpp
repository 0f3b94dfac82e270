// SPDX-License-Identifier: Apache-2.0
#include "wire/lync/web_service.h"

#include <utility>

#include "wire/lync/limits.h"
#include "wire/lync/reading.h"
#include "wire/lync/soap.h"

namespace tertulia::wire::lync {

using base::Reason;
using base::Result;

namespace {

constexpr std::string_view wsdl_namespace = "http://schemas.xmlsoap.org/wsdl/";
constexpr std::string_view binding_namespace = "http://schemas.xmlsoap.org/wsdl/soap/";
constexpr std::string_view security_policy_namespace = "http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702";
constexpr std::string_view client_fault = "s:Client", server_fault = "s:Server";

void write_policy(xml::Writer& out, const ServiceMetadata& metadata) {
  out.begin("wsp:Policy").attribute("xmlns:wsp", policy_namespace).attribute("xmlns:wsu", utility_namespace);
  out.attribute("wsu:Id", metadata.port + "_policy");
  out.begin("wsp:ExactlyOne").begin("wsp:All");
  out.begin(metadata.proof ? "sp:EndorsingSupportingTokens" : "sp:SignedSupportingTokens");
  out.attribute("xmlns:sp", security_policy_namespace);
  out.begin("wsp:Policy").begin("sp:IssuedToken").begin("sp:Issuer");
  out.begin("wsa:Address").attribute("xmlns:wsa", addressing_namespace).text(metadata.tickets).end();
  out.end().end().end().end().end().end().end();
}

}  // namespace

std::string to_xml(const ServiceMetadata& metadata) {
  xml::Writer out;
  out.begin("wsdl:definitions").attribute("xmlns:wsdl", wsdl_namespace);
  if (!metadata.tickets.empty()) write_policy(out, metadata);
  out.begin("wsdl:service").attribute("name", metadata.service);
  out.begin("wsdl:port").attribute("name", metadata.port);
  out.begin("soap:address").attribute("xmlns:soap", binding_namespace).attribute("location", metadata.address);
  out.end().end().end().end();
  return std::move(out).take();
}

Result<ServiceMetadata> read_service_metadata(std::string_view document) {
  xml::Limits limits;
  limits.document_bytes = document_bytes_max;
  const Result<xml::Document> read = xml::Document::parse(std::string(document), limits);
  if (!read) return read.error();
  const auto service = below(read->root(), {"service"});
  const auto port = below(service, {"port"});
  const auto address = below(port, {"address"});
  if (!address) return malformed(Reason::malformed_message, "definitions");
  const auto named = [](const xml::ElementView& element, std::string_view name) {
    return std::string(element.attribute(name).value_or(std::string_view()));
  };
  ServiceMetadata metadata{named(*service, "name"), named(*port, "name"), named(*address, "location"), {}, true};
  for (const xml::ElementView policy : read->root().children()) {
    if (policy.local() != "Policy" || policy.attribute("Id", utility_namespace) != metadata.port + "_policy") continue;
    const auto issuer = [&](std::string_view tokens) {
      return text_below(policy, {"ExactlyOne", "All", tokens, "Policy", "IssuedToken", "Issuer", "Address"});
    };
    metadata.tickets = issuer("EndorsingSupportingTokens");
    if (metadata.tickets.empty()) {
      metadata.tickets = issuer("SignedSupportingTokens");
      metadata.proof = metadata.tickets.empty();
    }
  }
  return metadata;
}

std::string to_xml(const ServiceFault& fault) {
  xml::Writer out;
  out.begin("s:Envelope").attribute("xmlns:s", soap_namespace).begin("s:Body").begin("s:Fault");
  out.element("faultcode", fault.by_client ? client_fault : server_fault).element("faultstring", fault.text);
  out.begin("Detail").begin("error").begin("internalerror");
  out.element("code", fault.id).element("text", fault.text).end().end().end().end().end().end();
  return std::move(out).take();
}

Result<ServiceFault> read_service_fault(std::string_view document) {
  const Result<xml::Document> envelope = read_envelope(document);
  if (!envelope) return envelope.error();
  const auto fault = below(envelope->root(), {"Body", "Fault"});
  const auto error = below(fault, {"Detail", "error", "internalerror"});
  if (!error) return malformed(Reason::malformed_message, "Fault");
  return ServiceFault{text_below(fault, {"faultcode"}) != server_fault, text_below(error, {"text"}),
                      text_below(error, {"code"})};
}

}  // namespace tertulia::wire::lync
