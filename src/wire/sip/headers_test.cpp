// SPDX-License-Identifier: Apache-2.0
#include "wire/sip/headers.h"

#include <gtest/gtest.h>

#include "wire/sip/limits.h"

namespace tertulia::wire::sip {
namespace {

using base::Reason;

TEST(NameAddr, reads_and_writes) {
  struct Row {
    std::string_view text, display, uri, written;
  };
  const std::vector<Row> table = {
      {"\"A. G. Bell\" <sip:agb@bell-telephone.com> ;tag=a48s", "A. G. Bell", "sip:agb@bell-telephone.com",
       "\"A. G. Bell\" <sip:agb@bell-telephone.com>;tag=a48s"},
      {"sip:+12125551212@server.phone2net.com;tag=887s", "", "sip:+12125551212@server.phone2net.com",
       "<sip:+12125551212@server.phone2net.com>;tag=887s"},
      {"Anonymous <sip:c8oqz84zk7z@privacy.org>;tag=hyh8", "Anonymous", "sip:c8oqz84zk7z@privacy.org",
       "\"Anonymous\" <sip:c8oqz84zk7z@privacy.org>;tag=hyh8"},
      {"<sip:a@b;lr>;x=\"q\\\"<;,>\"", "", "sip:a@b;lr", "<sip:a@b;lr>;x=\"q\\\"<;,>\""},
      {"alice@example.com <sip:alice@example.com>", "alice@example.com", "sip:alice@example.com",
       "\"alice@example.com\" <sip:alice@example.com>"},
      {"J\xc3\xbcrgen\r\n Gro\xc3\x9f<sip:j@b>", "J\xc3\xbcrgen Gro\xc3\x9f", "sip:j@b",
       "\"J\xc3\xbcrgen Gro\xc3\x9f\" <sip:j@b>"},
      {"\"fold\r\n ed\" <sip:a@b>", "fold ed", "sip:a@b", "\"fold ed\" <sip:a@b>"},
      {"<sip:a@b>;received=[::1];branch=a==", "", "sip:a@b", "<sip:a@b>;received=[::1];branch=a=="},
  };
  for (const Row& row : table) {
    SCOPED_TRACE(row.text);
    const Result<NameAddr> address = NameAddr::parse(row.text);
    ASSERT_TRUE(address);
    EXPECT_EQ(address->display_name, row.display);
    EXPECT_EQ(address->uri_text, row.uri);
    EXPECT_EQ(address->to_string(), row.written);
    const Result<NameAddr> again = NameAddr::parse(row.written);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->to_string(), row.written);
    EXPECT_EQ(again->parameters, address->parameters);
  }
}

TEST(NameAddr, refuses) {
  for (const std::string_view text : {"",
                                      "<>",
                                      "sip:",
                                      "<sip:a@b",
                                      "\"open <sip:a@b>",
                                      "\"x\" sip:a@b",
                                      "a, b <sip:a@b>",
                                      "< sip:a@b >",
                                      "sip:a@b?x=y",
                                      "sip:a,b@c",
                                      "<sip:a@b>;",
                                      "<sip:a@b>;;x",
                                      "<sip:a@b>;x=",
                                      "<sip:a@b> junk",
                                      "<sip:a@b>;x=\"open",
                                      "sip:a b",
                                      "*",
                                      "<sip:a@b>;x y",
                                      "<sip:a@b>,<sip:c@d>",
                                      "\"a\\\r\n b\" <sip:a@b>"}) {
    EXPECT_FALSE(NameAddr::parse(text)) << text;
  }
}

TEST(Via, reads_and_writes) {
  const Result<Via> via = Via::parse("SIP/2.0/tls 127.0.0.1:43644;branch=z9hG4bK1;rport");
  ASSERT_TRUE(via);
  EXPECT_EQ(via->transport, "tls");
  EXPECT_EQ(via->host, "127.0.0.1");
  EXPECT_EQ(via->port, 43644);
  EXPECT_EQ(via->branch(), "z9hG4bK1");
  EXPECT_TRUE(via->parameters.has("rport"));
  EXPECT_EQ(via->to_string(), "SIP/2.0/tls 127.0.0.1:43644;branch=z9hG4bK1;rport");
  EXPECT_EQ(Via::parse("SIP/2.0/TCP [2001:DB8::9]:5060")->to_string(), "SIP/2.0/TCP [2001:db8::9]:5060");
  EXPECT_EQ(Via::parse("sip / 2.0 / UDP first.example.com: 4000;ttl=16 ;maddr=224.2.0.1")->port, 4000);
  for (const std::string_view text : {"", "SIP/2.0/UDP", "SIP/2.0/UDP ", "SIP/1.0/UDP a", "HTTP/2.0/UDP a",
                                      "SIP/2.0 UDP a", "SIP/2.0/UDP a:", "SIP/2.0/UDP a:x", "SIP/2.0/UDP a:65536",
                                      "SIP/2.0/UDP [::1", "SIP/2.0/UDP [", "SIP/2.0/UDP 2001:db8::1", "SIP/2.0/UDP a;;",
                                      "SIP/2.0/UDP a b", "SIP/2.0/UDP a,b", "SIP/2.0/UDP [zz]", "SIP/2.0/UDP[::1]"}) {
    EXPECT_FALSE(Via::parse(text)) << text;
  }
}

TEST(CSeq, reads) {
  EXPECT_EQ(CSeq::parse("4711 INVITE")->number, 4711U);
  EXPECT_EQ(CSeq::parse("4294967295 X")->number, 4294967295U);
  EXPECT_EQ(CSeq::parse("0009\r\n  INVITE")->method, "INVITE");
  for (const std::string_view text :
       {"", "1", "INVITE", "1INVITE", "-1 INVITE", "4294967296 INVITE", "1 IN VITE", "1 <>", "1.5 X"})
    EXPECT_FALSE(CSeq::parse(text)) << text;
}

TEST(MediaType, reads) {
  const Result<MediaType> text = MediaType::parse("Text/Plain; charset=UTF-8;msgr=WAAtAE0==");
  ASSERT_TRUE(text);
  EXPECT_EQ(text->type, "text/plain");
  EXPECT_EQ(text->parameters.value("charset"), "UTF-8");
  EXPECT_EQ(text->parameters.value("msgr"), "WAAtAE0==");
  EXPECT_EQ(MediaType::parse("multipart/mixed;boundary=\"a b\"")->parameters.value("boundary"), "a b");
  EXPECT_EQ(MediaType::parse("text / plain")->type, "text/plain");
  for (const std::string_view value :
       {"", "text", "text/", "/plain", "text/plain junk", "text/plain;", "text/plain, a/b"})
    EXPECT_FALSE(MediaType::parse(value)) << value;
}

TEST(AuthValue, reads) {
  const Result<AuthValue> digest = AuthValue::parse(  // RFC 3261 22.4
      "Digest username=\"bob\",\r\n realm=\"biloxi.com\", nonce=\"dcd9\\\"8\",URI=\"sip:bob@biloxi.com\", qop=auth, "
      "nc=00000001");
  ASSERT_TRUE(digest);
  EXPECT_EQ(digest->scheme, "Digest");
  EXPECT_EQ(digest->parameters.value("username"), "bob");
  EXPECT_EQ(digest->parameters.value("nonce"), "dcd9\"8");
  EXPECT_EQ(digest->parameters.value("uri"), "sip:bob@biloxi.com");
  EXPECT_EQ(digest->parameters.value("qop"), "auth");
  EXPECT_EQ(digest->parameters.value("nc"), "00000001");
  EXPECT_EQ(AuthValue::parse("Basic YWxpY2U6cHc=")->parameters.value(""), "YWxpY2U6cHc=");
  EXPECT_EQ(AuthValue::parse("NTLM qop=\"auth\", realm=\"SIP Communications Service\"")->parameters.value("realm"),
            "SIP Communications Service");
  EXPECT_EQ(AuthValue::parse("TLS-DSK gssapi-data=\"\", version=4")->parameters.value("version"), "4");
  EXPECT_TRUE(AuthValue::parse("Negotiate")->parameters.empty());
  const Result<AuthValue> loose = AuthValue::parse("Digest , realm = \"a, \\\"b\\\"\",, nonce=n ,\r\n qop=auth,");
  ASSERT_TRUE(loose);
  EXPECT_EQ(loose->parameters.value("realm"), "a, \"b\"");
  EXPECT_EQ(loose->parameters.value("qop"), "auth");
  EXPECT_EQ(loose->parameters.list().size(), 3U) << "empty entries are none";
  for (const std::string_view text : {"", "Digest a=\"open", "Digest =b", "Digest a b", "Digest a=b c", "\"x\" y"})
    EXPECT_FALSE(AuthValue::parse(text)) << text;
  std::string many = "Digest ";
  for (std::size_t i = 0; i < parameters_max; ++i) many += "p" + std::to_string(i) + "=v,";
  EXPECT_TRUE(AuthValue::parse(many));
  EXPECT_FALSE(AuthValue::parse(many + "q=v"));
}

Message with(std::string_view lines, std::string_view method = "OPTIONS") {
  std::string text(method);
  text.append(" sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\n")
      .append("Call-ID: x\r\nCSeq: 1 ")
      .append(method)
      .append("\r\n")
      .append(lines)
      .append("\r\n");
  return *Message::parse(text);
}

TEST(Validate, judges_known_headers) {
  EXPECT_TRUE(validate(with("")));
  EXPECT_TRUE(validate(with("Contact: *\r\nExpires: 0\r\n", "REGISTER")));
  EXPECT_TRUE(validate(with("Authorization: \"\r\nDate: never\r\nWarning: x\r\n"))) << "not needed to route";
  const std::vector<std::pair<std::string, Reason>> table = {
      {"Contact: <sip:a@b\r\n", Reason::header_malformed},
      {"Route: x\r\n", Reason::uri_malformed},
      {"Record-Route: <sip:a>,\r\n", Reason::uri_malformed},
      {"Max-Forwards: -1\r\n", Reason::header_malformed},
      {"Max-Forwards: 7\r\nMax-Forwards: 7\r\n", Reason::header_repeated},
      {"Expires: soon\r\n", Reason::header_malformed},
      {"Content-Type: text\r\n", Reason::header_malformed},
      {"Via: SIP/2.0/UDP\r\n", Reason::header_malformed},
      {"t: <sip:c@d>\r\n", Reason::header_repeated}};
  for (const auto& [lines, reason] : table) EXPECT_EQ(validate(with(lines)).reason(), reason) << lines;
}

TEST(Validate, required_headers_and_their_names_in_detail) {
  for (const std::string_view name : {"Via", "From", "To", "Call-ID", "CSeq"}) {
    std::string text(with("").bytes());
    text.replace(text.find("\r\n" + std::string(name)) + 2, 1, "X");
    const Result<Basics> basics = validate(*Message::parse(text));
    EXPECT_EQ(basics.reason(), Reason::header_missing);
    EXPECT_EQ(basics.error().detail, name);
  }
}

/// Method and branch.
Result<std::string> key_of(const std::string& lines) {
  const Message message = *Message::parse("SIP/2.0 200 OK\r\n" + lines + "Call-ID: x\r\n\r\n");
  const Result<ResponseKey> key = response_key(message);
  if (!key) return key.error();
  return std::string(key->method).append(" ").append(key->branch);
}

TEST(ResponseKey, is_all_that_is_read) {
  const std::string others = "From: <sip:a\r\nTo: none\r\nContact: <\r\n";
  const std::string via = "Via: SIP/2.0/TLS h;x=\";branch=1\" ; Branch =z9hG4bKq== ;rport,SIP/2.0/UDP i;branch=2\r\n";
  EXPECT_EQ(*key_of(via + "v: SIP/2.0/UDP j;branch=3\r\nCSeq: 7\r\n  MESSAGE\r\n" + others), "MESSAGE z9hG4bKq==");
  for (const char* none : {"nonsense", "", "x;branch", "x;branch="})
    EXPECT_EQ(*key_of("Via: " + std::string(none) + "\r\nCSeq: 1 A\r\n" + others), "A ") << none;
  const std::vector<std::pair<std::string, Reason>> table = {
      {"CSeq: 1 A\r\n" + others, Reason::header_missing},
      {"Via: x\r\n" + others, Reason::header_missing},
      {"Via: x\r\nCSeq: A\r\n" + others, Reason::header_malformed},
      {"Via: x\r\nCSeq: 1 A b\r\n" + others, Reason::header_malformed},
      {"Via: x\r\nCSeq: 4294967296 A\r\n" + others, Reason::header_malformed},
      {"Via: x\r\nCSeq: 1 A\r\nCSeq: 1 A\r\n" + others, Reason::header_repeated},
      {"Via: x\r\nCSeq: 1 A\r\nTo: <sip:a@b>\r\n" + others, Reason::header_repeated}};
  for (const auto& [lines, reason] : table) EXPECT_EQ(key_of(lines).reason(), reason) << lines;
}

TEST(Validate, entries_at_and_over_their_bound) {
  std::string line = "Route: <sip:r>";
  for (std::size_t i = 1; i < list_entries_max; ++i) line += ",<sip:r>";
  EXPECT_TRUE(validate(with(line + "\r\n")));
  EXPECT_EQ(all_addresses(with(line + "\r\n"), HeaderName::route)->size(), list_entries_max);
  const Message over = with(line + "\r\nRoute: <sip:r>\r\n");
  EXPECT_EQ(validate(over).reason(), Reason::header_malformed);
  EXPECT_EQ(all_addresses(over, HeaderName::route).reason(), Reason::header_malformed);
}

TEST(NumberHeader, clamps_or_refuses) {
  EXPECT_EQ(*number_header(with(""), HeaderName::expires), std::nullopt);
  EXPECT_EQ(*number_header(with("Expires: 99999999999999999999999\r\n"), HeaderName::expires), 4294967295U);
  EXPECT_EQ(number_header(with("Min-Expires: 4294967296\r\n"), HeaderName::min_expires).reason(),
            Reason::header_malformed);
  EXPECT_EQ(*number_header(with("Min-Expires: 4294967295\r\n"), HeaderName::min_expires), 4294967295U);
}

TEST(AllTokens, over_lines_and_commas) {
  EXPECT_EQ(all_tokens(with("Supported: gruu, path\r\nk: outbound\r\nSupported:\r\n"), HeaderName::supported),
            (std::vector<std::string>{"gruu", "path", "outbound"}));
}

}  // namespace
}  // namespace tertulia::wire::sip
