// SPDX-License-Identifier: Apache-2.0
// The documents of the web services, both ways.  The requests of the real client are those that it sent.
#include "wire/lync/web_service.h"

#include <gtest/gtest.h>

#include "base/digest.h"
#include "wire/lync/certificate_request.h"
#include "wire/lync/limits.h"
#include "wire/lync/testing.h"
#include "wire/lync/web_ticket.h"

namespace tertulia::wire::lync {
namespace {

using base::Reason;

std::string data(const std::string& name) { return testing::sample("web/" + name); }

WebTicket some_ticket() {
  return {"SamlSecurityToken-1",    "https://h/WebTicket",  "https://h/Cert",
          "sip:alice@example.com",  "2026-03-01T09:30:00Z", "2026-03-01T17:30:00Z",
          std::string("\0\1\2", 3), std::string("\3\4", 2), std::string("\xff\0", 2)};
}

TEST(WebTicket, reads_the_request_of_the_real_client) {
  const auto request = read_ticket_request(data("sipe-ticket-request.xml"));
  ASSERT_TRUE(request) << request.error().detail;
  EXPECT_EQ(request->context, "085e0bd8-031c-5a0d-8d9a-f149aae6954a");
  EXPECT_EQ(request->applies_to, "https://localhost:9443/CertProv/CertProvisioningService.svc/WebTicket_Proof_SHA1");
  EXPECT_EQ(request->uri, "sip:alice@example.test");
  EXPECT_EQ(request->entropy.size(), 32U);
  const auto again = read_ticket_request(to_xml(*request));
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, *request);
}

TEST(WebTicket, goes_both_ways_inside_of_an_answer) {
  TicketAnswer answer{"context", "https://h/Cert?a=1&b=2", some_ticket(), std::string("\0\xfe", 2)};
  const std::string text = to_xml(answer);
  const auto again = read_ticket_answer(text);
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(*again, answer);
  // What the real client cuts out of the text.
  EXPECT_NE(text.find("<Lifetime><wsu:Created xmlns:wsu=\"http://docs.oasis-open.org/wss/2004/01/"
                      "oasis-200401-wss-wssecurity-utility-1.0.xsd\">2026-03-01T09:30:00Z</wsu:Created>"),
            text.npos);
  EXPECT_NE(text.find("<saml:Assertion MajorVersion=\"1\" MinorVersion=\"1\" AssertionID=\"SamlSecurityToken-1\""),
            text.npos);
}

TEST(WebTicket, refuses_what_is_none) {
  EXPECT_EQ(read_ticket_request("").reason(), Reason::malformed_message);
  EXPECT_EQ(read_ticket_request("<a/>").reason(), Reason::malformed_message);
  EXPECT_EQ(read_ticket_request("<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'/>").reason(),
            Reason::malformed_message);
  EXPECT_EQ(read_ticket_request(std::string(document_bytes_max + 1, ' ')).reason(), Reason::message_too_large);
  EXPECT_EQ(read_ticket_answer(data("sipe-ticket-request.xml")).reason(), Reason::malformed_message);
}

TEST(CertificateRequest, reads_the_proof_of_the_real_client) {
  std::string document = data("sipe-certificate-request.xml");
  EXPECT_EQ(read_certificate_request(document).reason(), Reason::web_ticket_refused);  // its ticket is not one of ours
  const std::size_t begin = document.find("<saml:Assertion"), end = document.find("</saml:Assertion>");
  const std::string timestamp =
      document.substr(document.find("<wsu:Timestamp"), begin - document.find("<wsu:Timestamp"));
  document.replace(begin, end + 17 - begin, to_xml(some_ticket()));
  const auto request = read_certificate_request(document);
  ASSERT_TRUE(request) << request.error().detail;
  EXPECT_EQ(request->ticket, some_ticket());
  EXPECT_EQ(request->entity, "alice@example.test");
  EXPECT_EQ(request->device, "{085e0bd8-031c-5a0d-8d9a-f149aae6954a}");
  EXPECT_EQ(request->id, "5f9e4604-63c1-508d-893a-a8c213d9dabd");
  EXPECT_EQ(request->request.size(), 614U);
  ASSERT_TRUE(request->proof);
  EXPECT_EQ(request->proof->timestamp, timestamp);
  EXPECT_EQ(request->proof->expires, "2026-11-22T16:07:41Z");
  EXPECT_EQ(request->proof->digest, base::Hasher(base::HashAlgorithm::sha1).raw({timestamp}));
  EXPECT_EQ(base::to_base64(request->proof->signature), "NSmfyLz34yW5kVeO+IGKjlWYTbM=");
}

TEST(CertificateRequest, goes_both_ways) {
  CertificateRequest request;
  request.ticket = some_ticket();
  request.entity = "alice@example.com";
  request.device = "{1}";
  request.request = std::string("\x30\0\x80", 3);
  request.id = "2";
  auto again = read_certificate_request(to_xml(request));
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(*again, request);
  TicketProof proof;
  proof.timestamp = timestamp_element("2026-03-01T09:30:00Z", "2026-03-01T17:30:00Z");
  proof.digest = "digest";
  proof.signed_info = signed_info_element(proof.digest);
  proof.signature = "signature";
  proof.expires = "2026-03-01T17:30:00Z";
  request.proof = proof;
  again = read_certificate_request(to_xml(request));
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(*again, request);
  const CertificateAnswer answer{"{1}", std::string("\x30\0\x80", 3), "2"};
  const auto read = read_certificate_answer(to_xml(answer));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, answer);
}

TEST(CertificateRequest, takes_no_proof_of_another_form) {
  CertificateRequest request;
  request.ticket = some_ticket();
  request.request = "x";
  TicketProof proof{timestamp_element("a", "b"), signed_info_element("d"), "d", "s", "b"};
  request.proof = proof;
  for (const auto& [from, to] : {std::pair<std::string, std::string>{"#timestamp", "#other"},
                                 {"hmac-sha1", "rsa-sha1"},
                                 {"xml-exc-c14n#", "else"},
                                 {"xmldsig#sha1", "xmldsig#md5"}}) {
    std::string text = to_xml(request);
    const std::size_t at = text.find(from);
    ASSERT_NE(at, text.npos) << from;
    text.replace(at, from.size(), to);
    const auto read = read_certificate_request(text);
    ASSERT_TRUE(read);
    EXPECT_FALSE(read->proof) << from;
  }
  EXPECT_EQ(read_certificate_answer(to_xml(request)).reason(), Reason::malformed_message);
}

TEST(ServiceMetadata, goes_both_ways) {
  for (const char* tickets : {"", "https://h/Web?a&b"}) {
    const ServiceMetadata metadata{"Service", "Port", "https://h/a", tickets};
    const auto again = read_service_metadata(to_xml(metadata));
    ASSERT_TRUE(again);
    EXPECT_EQ(*again, metadata);
  }
  EXPECT_EQ(read_service_metadata("<definitions/>").reason(), Reason::malformed_message);
}

TEST(ServiceFault, goes_both_ways_and_is_where_the_client_looks) {
  for (const bool by_client : {true, false}) {
    const ServiceFault fault{by_client, "Not <that> way", "52002"};
    const std::string text = to_xml(fault);
    const auto again = read_service_fault(text);
    ASSERT_TRUE(again);
    EXPECT_EQ(*again, fault);
    EXPECT_NE(text.find("<Detail><error><internalerror>"), text.npos);
  }
  EXPECT_EQ(read_service_fault(data("sipe-ticket-request.xml")).reason(), Reason::malformed_message);
}

}  // namespace
}  // namespace tertulia::wire::lync
