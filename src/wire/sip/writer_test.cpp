// SPDX-License-Identifier: Apache-2.0
#include "wire/sip/writer.h"

#include <gtest/gtest.h>

namespace tertulia::wire::sip {
namespace {

using namespace std::string_view_literals;

TEST(Writer, writes_what_parses_back) {
  const std::string text = Writer::request("MESSAGE", "sip:bob@example.com")
                               .header(HeaderName::via, "SIP/2.0/TLS h;branch=z9hG4bK1")
                               .header(HeaderName::max_forwards, std::uint64_t{70})
                               .header("X-Own", "yes")
                               .finish("text/plain", "hello");
  EXPECT_EQ(text,
            "MESSAGE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/TLS h;branch=z9hG4bK1\r\nMax-Forwards: 70\r\n"
            "X-Own: yes\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello");
  EXPECT_EQ(Message::parse(text)->body(), "hello");
  EXPECT_EQ(Writer::response(200, "OK").finish(), "SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n");
}

TEST(Writer, nothing_can_inject_a_line) {
  const std::string_view evil = "x\r\nVia: SIP/2.0/TLS evil\r\n\r\nBYE sip:a SIP/2.0\n\0y"sv;
  const std::string text = Writer::request(evil, evil)
                               .header(HeaderName::subject, evil)
                               .header(evil, evil)
                               .header("X-Quoted", quoted(evil))
                               .finish(evil);
  const Result<Message> message = Message::parse(text);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->count(HeaderName::via), 0U);
  EXPECT_EQ(message->body(), "");
  EXPECT_EQ(text.find('\0'), std::string::npos);
  std::size_t lines = 0;
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1)) {
    EXPECT_EQ(text[at - 1], '\r');
    ++lines;
  }
  EXPECT_EQ(lines, 7U) << text;
  EXPECT_EQ(Writer::response(400, evil).finish().find("\nVia"), std::string::npos);
}

TEST(Writer, copies_lines_byte_for_byte) {
  const Message from = *Message::parse("A sip:a SIP/2.0\r\nk: a,\r\n  b\r\nSupported:   c  \r\n\r\n");
  EXPECT_EQ(Writer::response(200, "OK").copy(from, HeaderName::supported).finish(),
            "SIP/2.0 200 OK\r\nSupported: a,\r\n  b\r\nSupported: c\r\nContent-Length: 0\r\n\r\n");
  const Message bad = *Message::parse("A sip:a SIP/2.0\r\nk: a\rVia: x\r\n\r\n");  // has a flaw, may still be answered
  EXPECT_EQ(Writer::response(200, "OK").copy(bad, HeaderName::supported).finish(),
            "SIP/2.0 200 OK\r\nSupported: aVia: x\r\nContent-Length: 0\r\n\r\n");
}

Message request(std::string_view via, std::string_view to = "<sip:b@c>") {
  return *Message::parse(std::string("OPTIONS sip:b@c SIP/2.0\r\n")
                             .append(via)
                             .append("From: <sip:a@c>;tag=1\r\nTo: ")
                             .append(to)
                             .append("\r\nCall-ID: i\r\nCSeq: 1 OPTIONS\r\nTimestamp: 54\r\n\r\n"));
}

TEST(ResponseTo, marks_the_source_in_the_top_via) {  // RFC 3261 18.2.1, RFC 3581 4
  const auto vias = [](std::string_view lines) {
    const Result<Message> answer =
        Message::parse(response_to(request(lines), 200, "OK", "t", "192.0.2.4", 4444).finish());
    std::vector<std::string> values;
    answer->for_each(HeaderName::via, [&](std::string_view value) { values.emplace_back(value); });
    return values;
  };
  EXPECT_EQ(vias("Via: SIP/2.0/TCP h;branch=z9;rport;x=1\r\nVia: SIP/2.0/UDP  i\r\n"),
            (std::vector<std::string>{"SIP/2.0/TCP h;branch=z9;rport=4444;x=1;received=192.0.2.4", "SIP/2.0/UDP  i"}));
  EXPECT_EQ(vias("v: SIP / 2.0 / TCP h;branch=z9 , SIP/2.0/UDP i;branch=y\r\n"),
            (std::vector<std::string>{"SIP / 2.0 / TCP h;branch=z9;received=192.0.2.4 , SIP/2.0/UDP i;branch=y"}))
      << "the rest goes back as it came";
  EXPECT_EQ(vias("Via: SIP/2.0/TCP h;x=\"a;rport;\\\"received=1\" ; RPORT ;Received=9;y\r\n"),
            (std::vector<std::string>{"SIP/2.0/TCP h;x=\"a;rport;\\\"received=1\" ;rport=4444;y;received=192.0.2.4"}));
  EXPECT_EQ(vias("Via: SIP/2.0/tls 192.0.2.4:5061;branch=z9\r\n"),
            (std::vector<std::string>{"SIP/2.0/tls 192.0.2.4:5061;branch=z9"}))
      << "nothing to add";
  EXPECT_EQ(vias("Via: SIP/2.0/TCP h;received=10.0.0.1\r\n"),
            (std::vector<std::string>{"SIP/2.0/TCP h;received=192.0.2.4"}))
      << "what the peer claims does not count";
  EXPECT_EQ(vias("Via: nonsense\r\n"), (std::vector<std::string>{"nonsense"}));
}

TEST(ResponseTo, tags_timestamp_and_missing_headers) {
  const auto to = [](std::string_view value) {
    return std::string(
        *Message::parse(response_to(request("", value), 200, "OK", "t9").finish())->header(HeaderName::to));
  };
  EXPECT_EQ(to("<sip:b@c>"), "<sip:b@c>;tag=t9");
  EXPECT_EQ(to("sip:b@c"), "sip:b@c;tag=t9");
  EXPECT_EQ(to("<sip:b@c>;tag=old"), "<sip:b@c>;tag=old");
  EXPECT_EQ(to("\"open <sip:b@c>;TAG=old"), "\"open <sip:b@c>;TAG=old");
  EXPECT_NE(response_to(request(""), 100, "Trying", "").finish().find("Timestamp: 54\r\n"), std::string::npos);
  EXPECT_EQ(response_to(request(""), 200, "OK", "").finish().find("Timestamp"), std::string::npos);
  EXPECT_EQ(response_to(*Message::parse("A sip:a SIP/2.0\r\n\r\n"), 400, "Bad Request", "t").finish(),
            "SIP/2.0 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
}

TEST(PhraseOf, known_and_unknown) {
  EXPECT_EQ(phrase_of(100), "Trying");
  EXPECT_EQ(phrase_of(200), "OK");
  EXPECT_EQ(phrase_of(481), "Call/Transaction Does Not Exist");
  EXPECT_EQ(phrase_of(608), "Rejected");
  EXPECT_EQ(phrase_of(299), "Unknown");
  EXPECT_EQ(phrase_of(0), "Unknown");
  EXPECT_EQ(phrase_of(999), "Unknown");
}

TEST(Quoted, escapes) {
  EXPECT_EQ(quoted("a\"b\\c"), "\"a\\\"b\\\\c\"");
  EXPECT_EQ(quoted("a\r\nb"), "\"ab\"");
}

}  // namespace
}  // namespace tertulia::wire::sip
