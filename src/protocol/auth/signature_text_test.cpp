// SPDX-License-Identifier: Apache-2.0
#include "protocol/auth/signature_text.h"

#include <gtest/gtest.h>

namespace tertulia::protocol::auth {
namespace {

using wire::sip::Message;

Message parsed(const std::string& bytes) {
  auto message = Message::parse(bytes);
  EXPECT_TRUE(message.has_value()) << bytes;
  return *message;
}

std::string text_of(const std::string& bytes, int version = 4) {
  return signature_text(parsed(bytes), {"NTLM", "r", 7, "realm", "target", version});
}

TEST(SignatureText, of_a_request) {
  const Message message = parsed(
      "REGISTER sip:example.com SIP/2.0\r\n"
      "From: <sip:alice@example.com>;tag=1234567890;epid=b34afb6ebb23\r\n"
      "To: <sip:alice@example.com>\r\n"
      "CSeq: 3 REGISTER\r\n"
      "Call-ID: C0FFEEg1\r\n\r\n");
  EXPECT_EQ(signature_text(message, {"NTLM", "5e8380b4", 1, "SIP Communications Service", "fe1.example.com", 4}),
            "<NTLM><5e8380b4><1><SIP Communications Service><fe1.example.com><C0FFEEg1><3><REGISTER>"
            "<sip:alice@example.com><1234567890><sip:alice@example.com><><><><>");
}

TEST(SignatureText, of_a_response) {
  const Message message = parsed(
      "SIP/2.0 200 OK\r\n"
      "From: <sip:alice@example.com>;tag=1234567890;epid=b34afb6ebb23\r\n"
      "To: <sip:alice@example.com>;tag=5F00\r\n"
      "CSeq: 3 REGISTER\r\n"
      "Call-ID: C0FFEEg1\r\n"
      "Expires: 600\r\n"
      "Content-Length: 0\r\n\r\n");
  EXPECT_EQ(signature_text(message, {"NTLM", "A1B2C3D4", 1, "SIP Communications Service", "fe1.example.com", 4}),
            "<NTLM><A1B2C3D4><1><SIP Communications Service><fe1.example.com><C0FFEEg1><3><REGISTER>"
            "<sip:alice@example.com><1234567890><sip:alice@example.com><5F00><><><600><200>");
}

const std::string rich =
    "MESSAGE sip:bob@example.com SIP/2.0\r\n"
    "f: \"Alice A.\" <sip:alice@example.com;gruu>;epid=1;tag=a\r\n"
    "t: <sip:bob@example.com>;tag=b\r\n"
    "i: call@1\r\n"
    "CSeq: 12  MESSAGE\r\n"
    "Expires: 0\r\n"
    "P-Asserted-Identity: \"Alice\" <sip:alice@example.com>, <sip:second@example.com>,<tel:+1234;ext=5>\r\n"
    "P-Preferred-Identity: <sip:other@example.com>\r\n\r\n";

TEST(SignatureText, versions_differ_by_the_identities) {
  const std::string three =
      "<NTLM><r><7><realm><target><call@1><12><MESSAGE><sip:alice@example.com;gruu><a><sip:bob@example.com><b>"
      "<sip:alice@example.com><tel:+1234;ext=5><0>";
  EXPECT_EQ(text_of(rich, 4), three);
  EXPECT_EQ(text_of(rich, 3), three);
  const std::string two = "<NTLM><r><7><realm><target><call@1><12><MESSAGE><sip:alice@example.com;gruu><a><b><0>";
  EXPECT_EQ(text_of(rich, 2), two);
  EXPECT_EQ(text_of(rich, 0), two);
}

TEST(SignatureText, identities) {
  const auto identities = [](const std::string& lines) {
    const std::string text = text_of("MESSAGE sip:b SIP/2.0\r\n" + lines + "\r\n");
    const std::string before = "<NTLM><r><7><realm><target><><><MESSAGE><><><><>";
    EXPECT_EQ(text.substr(0, before.size()), before);
    return text.substr(before.size(), text.size() - before.size() - 2);
  };
  EXPECT_EQ(identities(""), "<><>");
  EXPECT_EQ(identities("P-Preferred-Identity: <sip:p@b>\r\n"), "<sip:p@b><>");
  EXPECT_EQ(identities("P-Preferred-Identity: <sip:p@b>\r\nP-Asserted-Identity: <tel:+1>\r\n"), "<><tel:+1>");
  EXPECT_EQ(identities("P-Asserted-Identity: tel:+1\r\n"), "<><tel:+1>");
  EXPECT_EQ(identities("P-Asserted-Identity: sip:a@b\r\n"), "<><>");
  EXPECT_EQ(identities("P-Asserted-Identity: <SIP:a@b>,<TEL:+1>\r\n"), "<SIP:a@b><TEL:+1>");
  EXPECT_EQ(identities("P-Asserted-Identity: <sip:a@b>\r\nP-Asserted-Identity: <tel:+1>\r\n"), "<sip:a@b><>");
  EXPECT_EQ(identities("P-Asserted-Identity: ,,<sips:a@b>,\r\n"), "<><>");
}

TEST(SignatureText, reads_pieces_as_the_client_does) {
  const auto from = [](const std::string& value) {
    const std::string text = text_of("MESSAGE sip:b SIP/2.0\r\nFrom: " + value + "\r\n\r\n");
    const std::string before = "<NTLM><r><7><realm><target><><><MESSAGE>";
    const std::string after = "<><><><><>";
    return text.substr(before.size(), text.size() - before.size() - after.size());
  };
  EXPECT_EQ(from("<sip:a@b>;tag=1"), "<sip:a@b><1>");
  EXPECT_EQ(from("<sip:a@b>;tag=1;epid=2"), "<sip:a@b><1>");
  EXPECT_EQ(from("<sip:a@b>; tag=1"), "<sip:a@b><>");
  EXPECT_EQ(from("sip:a@b;tag=1"), "<><1>");
  EXPECT_EQ(from("\"<x>\" <sip:a@b>;tag=1"), "<x><1>");
  EXPECT_EQ(from("<sip:a@b"), "<sip:a@b><>");
  EXPECT_EQ(from("\"A\"\r\n <sip:a@b>;tag=1"), "<sip:a@b><1>");  // folded
  EXPECT_EQ(from(""), "<><>");
}

TEST(SignatureText, missing_headers_are_empty) {
  EXPECT_EQ(text_of("OPTIONS sip:b SIP/2.0\r\n\r\n"), "<NTLM><r><7><realm><target><><><OPTIONS><><><><><><><>");
  EXPECT_EQ(text_of("SIP/2.0 481 Gone\r\nCSeq: 5\r\nContent-Length: 0\r\n\r\n"),
            "<NTLM><r><7><realm><target><><5><><><><><><><><><481>");
}

}  // namespace
}  // namespace tertulia::protocol::auth
