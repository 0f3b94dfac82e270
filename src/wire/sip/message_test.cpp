// SPDX-License-Identifier: Apache-2.0
#include "wire/sip/message.h"

#include <gtest/gtest.h>

#include "wire/sip/limits.h"

namespace tertulia::wire::sip {
namespace {

using base::Reason;

TEST(Message, request_in_parts) {
  const std::string bytes =
      "MESSAGE sip:bob@example.com SIP/2.0\r\nv: SIP/2.0/TLS a;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\n"
      "X-Thing :  one \r\nx-thing: two\r\nl: 5\r\n\r\nhello";
  const Result<Message> parsed = Message::parse(bytes);
  ASSERT_TRUE(parsed);
  const Message copy = *parsed;  // offsets survive copying
  for (const Message* message : {&*parsed, &copy}) {
    EXPECT_EQ(message->flaw(), nullptr);
    EXPECT_TRUE(message->is_request());
    EXPECT_EQ(message->method(), Method::message);
    EXPECT_EQ(message->method_text(), "MESSAGE");
    EXPECT_EQ(message->request_uri(), "sip:bob@example.com");
    EXPECT_EQ(message->header_count(), 5U);
    EXPECT_EQ(message->header(HeaderName::via), "SIP/2.0/TLS a;branch=z9hG4bK1");
    EXPECT_EQ(message->header("VIA"), message->header("v"));
    EXPECT_EQ(message->header("X-THING"), "one");
    EXPECT_EQ(message->header("X-None"), std::nullopt);
    EXPECT_EQ(message->header_at(2).name_text, "X-Thing");
    EXPECT_EQ(message->count(HeaderName::from), 1U);
    EXPECT_EQ(message->body(), "hello");
    EXPECT_EQ(message->bytes(), bytes);
    EXPECT_EQ(message->head(), bytes.substr(0, bytes.size() - 7));
  }
}

TEST(Message, responses) {
  const Result<Message> ok = Message::parse("SIP/2.0 200 OK\r\nl: 0\r\n\r\n");
  ASSERT_TRUE(ok);
  EXPECT_FALSE(ok->is_request());
  EXPECT_EQ(ok->status(), 200);
  EXPECT_EQ(ok->reason_phrase(), "OK");
  EXPECT_EQ(Message::parse("SIP/2.0 486\r\n\r\n")->reason_phrase(), "");
  for (const std::string_view line : {"SIP/2.0 99 x", "SIP/2.0 700 x", "SIP/2.0 20 x", "SIP/2.0 2000 x",
                                      "SIP/2.0 -20 x", "SIP/2.0  200 x", "SIP/2.0", "SIP/2.0 2x0 x", "SIP/2.0 200x"}) {
    EXPECT_EQ(Message::parse(std::string(line) + "\r\n\r\n").reason(), Reason::malformed_message) << line;
  }
  EXPECT_EQ(Message::parse("SIP/3.0 200 OK\r\n\r\n").reason(), Reason::version_not_supported);
  EXPECT_EQ(Message::parse("SIP/2.0 200 OK\r\nno colon\r\n\r\n").reason(), Reason::malformed_message);
  EXPECT_EQ(Message::parse("SIP/2.0 200 OK\r\nl: x\r\n\r\n").reason(), Reason::content_length_bad);
}

TEST(Message, what_nobody_could_answer_is_an_error) {
  for (const std::string_view text :
       {"", "\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "OPTIONS\r\n\r\n", " A sip:a SIP/2.0\r\n\r\n", "A SIP/2\r\n\r\n",
        "hello world\r\n\r\n", "\x16\x03\x01\x02"}) {
    const Result<Message> message = Message::parse(std::string(text));
    EXPECT_TRUE(!message || message->flaw() != nullptr) << text;
  }
  EXPECT_FALSE(Message::parse("GET / HTTP/1.1\r\n\r\n"));
}

TEST(Message, flaws_are_noted_with_their_place) {
  const auto flaw = [](std::string_view text) {
    const Result<Message> message = Message::parse(std::string(text));
    return message && message->flaw() ? *message->flaw() : base::Error{Reason::none, "none"};
  };
  const base::Error line = flaw("A sip:a SIP/2.0\r\nVia: x\r\nno colon here\r\nTo: y\r\n\r\n");
  EXPECT_EQ(line.reason, Reason::malformed_message);
  EXPECT_EQ(line.detail, "header line at offset 25");
  EXPECT_EQ(flaw("A sip:a SIP/2.0\r\n: x\r\n\r\n").reason, Reason::malformed_message);
  EXPECT_EQ(flaw("A sip:a SIP/2.0\r\nA B: x\r\n\r\n").reason, Reason::malformed_message);
  EXPECT_EQ(flaw("A sip:a SIP/2.0\r\n x\r\n\r\n").reason, Reason::malformed_message);
  EXPECT_EQ(flaw("A sip:a SIP/2.0\r\nA: x\ry\r\n\r\n").reason, Reason::malformed_message);
  EXPECT_EQ(flaw("A sip:a SIP/2.0\r\nA: x\nB: y\r\n\r\n").reason, Reason::malformed_message);
  EXPECT_EQ(flaw("A sip:a SIP/2.0\r\nA: x\r\n").reason, Reason::malformed_message);
  EXPECT_EQ(flaw("A sip:a SIP/2.0\r\nA: x").reason, Reason::malformed_message);
  EXPECT_EQ(flaw("A sip:a SIP/2.0\r\nl: 9\r\n\r\nabc").reason, Reason::content_length_bad);
  EXPECT_EQ(flaw("A sip:a SIP/2.1\r\n\r\n").reason, Reason::version_not_supported);
  EXPECT_EQ(flaw("(A) sip:a SIP/2.0\r\n\r\n").reason, Reason::malformed_message);
  EXPECT_EQ(flaw("A\tsip:a SIP/2.0\r\n\r\n").reason, Reason::malformed_message);
  EXPECT_EQ(flaw("A sip:a\tb SIP/2.0\r\n\r\n").reason, Reason::malformed_message);
  EXPECT_EQ(flaw("A sip:a sip/2.0\r\n\r\n").reason, Reason::none) << "the version has no case";
}

TEST(Message, header_lines_at_and_over_their_bound) {
  std::string text = "A sip:a SIP/2.0\r\n";
  for (std::size_t i = 0; i < header_lines_max; ++i) text += "a:\r\n";
  EXPECT_EQ(Message::parse(text + "\r\n")->flaw(), nullptr);
  const Result<Message> over = Message::parse(text + "a:\r\n\r\n");
  ASSERT_TRUE(over && over->flaw());
  EXPECT_EQ(over->flaw()->reason, Reason::message_too_large);
  EXPECT_EQ(over->header_count(), header_lines_max);
}

TEST(HeaderName, every_name_and_compact_form) {
  for (std::size_t i = 0; i < static_cast<std::size_t>(HeaderName::other); ++i) {
    const auto name = static_cast<HeaderName>(i);
    std::string text(name_of(name));
    EXPECT_EQ(header_name_from(text), name) << text;
    for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    EXPECT_EQ(header_name_from(text), name) << text;
    EXPECT_EQ(header_name_from(text + "x"), HeaderName::other);
    // "T" is the compact form of To.
    if (text.size() > 2) {
      EXPECT_NE(header_name_from(text.substr(0, text.size() - 1)), name);
    }
  }
  const std::vector<std::pair<std::string, HeaderName>> compact = {{"v", HeaderName::via},
                                                                   {"f", HeaderName::from},
                                                                   {"t", HeaderName::to},
                                                                   {"i", HeaderName::call_id},
                                                                   {"m", HeaderName::contact},
                                                                   {"l", HeaderName::content_length},
                                                                   {"c", HeaderName::content_type},
                                                                   {"e", HeaderName::content_encoding},
                                                                   {"k", HeaderName::supported},
                                                                   {"u", HeaderName::allow_events},
                                                                   {"o", HeaderName::event},
                                                                   {"s", HeaderName::subject},
                                                                   {"r", HeaderName::refer_to},
                                                                   {"b", HeaderName::referred_by},
                                                                   {"X", HeaderName::session_expires},
                                                                   {"q", HeaderName::other},
                                                                   {"", HeaderName::other},
                                                                   {"1", HeaderName::other}};
  for (const auto& [text, name] : compact) EXPECT_EQ(header_name_from(text), name) << text;
}

TEST(Method, is_case_sensitive) {
  for (std::size_t i = 0; i < static_cast<std::size_t>(Method::other); ++i)
    EXPECT_EQ(method_from(name_of(static_cast<Method>(i))), static_cast<Method>(i));
  EXPECT_EQ(method_from("invite"), Method::other);
  EXPECT_EQ(method_from("INVITE "), Method::other);
  EXPECT_EQ(name_of(Method::other), "");
}

TEST(Unfolded, makes_one_space_of_a_fold) {
  EXPECT_EQ(unfolded("a\r\n b"), "a b");
  EXPECT_EQ(unfolded("a  \r\n \t b\r\n\tc"), "a b c");
  EXPECT_EQ(unfolded("plain  text"), "plain  text");
}

TEST(SplitList, respects_quotes_and_angles) {
  EXPECT_EQ(split_list("a, b ,c"), (std::vector<std::string_view>{"a", "b", "c"}));
  EXPECT_EQ(split_list("\"x,\\\",y\" <sip:a,b@c>;p=\"1,2\", <sip:d>"),
            (std::vector<std::string_view>{"\"x,\\\",y\" <sip:a,b@c>;p=\"1,2\"", "<sip:d>"}));
  EXPECT_EQ(split_list("a,,b"), (std::vector<std::string_view>{"a", "", "b"}));
  EXPECT_EQ(split_list("\"open, quote"), (std::vector<std::string_view>{"\"open, quote"}));
  EXPECT_EQ(split_list("\"open\\"), (std::vector<std::string_view>{"\"open\\"}));
}

}  // namespace
}  // namespace tertulia::wire::sip
