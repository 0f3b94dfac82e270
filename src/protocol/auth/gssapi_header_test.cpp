// SPDX-License-Identifier: Apache-2.0
#include "protocol/auth/gssapi_header.h"

#include <gtest/gtest.h>

#include "base/digest.h"
#include "protocol/auth/limits.h"

namespace tertulia::protocol::auth {
namespace {

using base::Reason;
using wire::sip::Message;

Message with(const std::string& lines) {
  auto message = Message::parse("REGISTER sip:example.com SIP/2.0\r\n" + lines + "\r\n");
  EXPECT_TRUE(message.has_value());
  return *message;
}

base::Result<GssapiCredentials> read(const std::string& value) {
  return read_gssapi_credentials(with("Authorization: " + value + "\r\n"));
}

/// The parameter that is wrong, or "good".
std::string judged(const std::string& value) {
  const auto credentials = read(value);
  if (credentials) return "good";
  EXPECT_EQ(credentials.reason(), Reason::header_malformed);
  return credentials.error().detail;
}

const std::string start = "NTLM qop=\"auth\", realm=\"SIP Communications Service\", targetname=\"fe1.example.com\"";

TEST(GssapiCredentials, steps_of_a_handshake) {
  const auto first = read(start + ", gssapi-data=\"\", version=4");
  ASSERT_TRUE(first);
  EXPECT_EQ(first->scheme, "NTLM");
  EXPECT_EQ(first->realm, "SIP Communications Service");
  EXPECT_EQ(first->targetname, "fe1.example.com");
  EXPECT_EQ(first->opaque, "");
  EXPECT_TRUE(first->has_gssapi_data);
  EXPECT_EQ(first->gssapi_data, "");
  EXPECT_EQ(first->version, 4);
  EXPECT_FALSE(first->has_signature());

  const auto last = read(start +
                         ", opaque=\"89\", gssapi-data=\"TlRMTQ==\", version=4, crand=\"dbf47066\", cnum=\"1\", "
                         "response=\"01000000A6D80397697C36F464000000\"");
  ASSERT_TRUE(last);
  EXPECT_EQ(last->opaque, "89");
  EXPECT_EQ(last->gssapi_data, "NTLM");
  EXPECT_TRUE(last->has_signature());
  EXPECT_EQ(last->crand, "dbf47066");
  EXPECT_EQ(last->cnum, 1U);
  EXPECT_EQ(base::to_hex(last->response), "01000000a6d80397697c36f464000000");
}

TEST(GssapiCredentials, of_a_signed_message) {
  const auto credentials = read(start + ", opaque=\"89\", crand=\"0\", cnum=\"4294967295\", response=\"aBcD\"");
  ASSERT_TRUE(credentials);
  EXPECT_FALSE(credentials->has_gssapi_data);
  EXPECT_EQ(credentials->version, 0);
  EXPECT_EQ(credentials->cnum, 4294967295U);
  EXPECT_EQ(credentials->response, "\xab\xcd");
}

TEST(GssapiCredentials, picks_the_first_line_of_our_schemes) {
  const auto credentials =
      read_gssapi_credentials(with("Authorization: Digest realm=\"r\"\r\nAuthorization: kerberos realm=\"k\"\r\n"
                                   "Authorization: NTLM realm=\"n\"\r\n"));
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->scheme, "Kerberos");
  EXPECT_EQ(credentials->realm, "k");
  EXPECT_EQ(read("tls-dsk realm=\"t\"")->scheme, "TLS-DSK");
  EXPECT_EQ(read_gssapi_credentials(with("")).reason(), Reason::credentials_required);
  for (const char* other : {"Digest realm=\"r\"", "Basic QUJD", "NTLMv2 realm=\"r\"", "\"NTLM\"", ""})
    EXPECT_EQ(read(other).reason(), Reason::credentials_required) << other;
  EXPECT_EQ(read_gssapi_credentials(with("Proxy-Authorization: NTLM realm=\"r\"\r\n")).reason(),
            Reason::credentials_required);
}

TEST(GssapiCredentials, of_a_response) {
  const auto message =
      Message::parse("SIP/2.0 200 OK\r\nCSeq: 1 NOTIFY\r\nAuthorization: " + start + "\r\nContent-Length: 0\r\n\r\n");
  ASSERT_TRUE(message);
  EXPECT_TRUE(read_gssapi_credentials(*message));
}

TEST(GssapiCredentials, refuses_bad_grammar) {
  EXPECT_EQ(judged(start + ", gssapi-data=\"*\""), "gssapi-data");
  EXPECT_EQ(judged(start + ", gssapi-data=\"QUJ\""), "gssapi-data");  // without padding
  EXPECT_EQ(judged(start + ", version=x"), "version");
  EXPECT_EQ(judged(start + ", version=100"), "version");
  EXPECT_EQ(judged(start + ", version=\"3\""), "good");
  EXPECT_EQ(judged("NTLM realm=\"r\", qop=\"auth-int\""), "qop");
  EXPECT_EQ(judged("NTLM realm=\"r"), "Authorization");
  const auto signed_with = [&](const std::string& crand, const std::string& cnum, const std::string& response) {
    return judged(start + ", crand=\"" + crand + "\", cnum=\"" + cnum + "\", response=\"" + response + "\"");
  };
  EXPECT_EQ(signed_with("1a", "1", "00"), "good");
  EXPECT_EQ(signed_with("", "", ""), "good");
  for (const char* bad : {"", "g", "><", "123456789"}) EXPECT_EQ(signed_with(bad, "1", "00"), "crand") << bad;
  for (const char* bad : {"", "0", "01", "-1", "x", "4294967296"})
    EXPECT_EQ(signed_with("1", bad, "00"), "cnum") << bad;
  for (const char* bad : {"", "0", "0g", "0x00"}) EXPECT_EQ(signed_with("1", "1", bad), "response") << bad;
}

TEST(GssapiCredentials, limits) {
  const auto with_name = [](const std::string& name, std::size_t length) {
    return judged("NTLM " + name + "=\"" + std::string(length, 'a') + "\"");
  };
  for (const char* name : {"realm", "targetname", "opaque"}) {
    EXPECT_EQ(with_name(name, gssapi_name_bytes_max), "good");
    EXPECT_EQ(with_name(name, gssapi_name_bytes_max + 1), name);
  }
  const auto with_data = [](std::size_t octets) {
    return judged("Kerberos gssapi-data=\"" + base::to_base64(std::string(octets, 'a')) + "\"");
  };
  EXPECT_EQ(with_data(gssapi_data_bytes_max), "good");
  EXPECT_EQ(with_data(gssapi_data_bytes_max + 1), "gssapi-data");
  EXPECT_EQ(with_data(gssapi_data_bytes_max + 4), "gssapi-data");
  const auto with_signature = [](std::size_t octets) {
    return judged("NTLM crand=\"1\", cnum=\"1\", response=\"" + std::string(2 * octets, '0') + "\"");
  };
  EXPECT_EQ(with_signature(signature_bytes_max), "good");
  EXPECT_EQ(with_signature(signature_bytes_max + 1), "response");
}

TEST(GssapiLines, challenges) {
  EXPECT_EQ(challenge_line("NTLM", "SIP Communications Service", "fe1.example.com", 4),
            "NTLM realm=\"SIP Communications Service\", targetname=\"fe1.example.com\", version=4");
  EXPECT_EQ(challenge_line("NTLM", "r", "t", 3, "10EFBC63", "NTLM"),
            "NTLM opaque=\"10EFBC63\", gssapi-data=\"TlRMTQ==\", realm=\"r\", targetname=\"t\", version=3");
  EXPECT_EQ(challenge_line("Kerberos", "r", "sip/t", 0), "Kerberos realm=\"r\", targetname=\"sip/t\"");
  EXPECT_EQ(challenge_line("TLS-DSK", "r", "t", 4, {}, {}, "https://t/CertProv/CertProvisioningService.svc"),
            "TLS-DSK realm=\"r\", targetname=\"t\", version=4, "
            "sts-uri=\"https://t/CertProv/CertProvisioningService.svc\"");
}

TEST(GssapiLines, signature) {
  EXPECT_EQ(authentication_info_line(
                {"NTLM", "SIP Communications Service", "fe1.example.com", "10EFBC63", "A1B2C3D4", 1, "\x01\xab\xcd"}),
            "NTLM rspauth=\"01ABCD\", srand=\"A1B2C3D4\", snum=\"1\", opaque=\"10EFBC63\", qop=\"auth\", "
            "targetname=\"fe1.example.com\", realm=\"SIP Communications Service\"");
}

}  // namespace
}  // namespace tertulia::protocol::auth
