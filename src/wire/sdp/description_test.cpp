// SPDX-License-Identifier: Apache-2.0
#include "wire/sdp/description.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "wire/sdp/limits.h"

namespace tertulia::wire::sdp {
namespace {

using base::Reason;

constexpr std::string_view lync_offer =
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=session\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=message 5061 sip null\r\n"
    "a=accept-types:text/plain text/html image/gif application/im-iscomposing+xml\r\n";

TEST(Description, reads_an_offer_of_messages) {
  const Result<Description> offer = Description::parse(lync_offer);
  ASSERT_TRUE(offer) << offer.error().detail;
  EXPECT_EQ(offer->user_name, "-");
  EXPECT_EQ(offer->session_name, "session");
  EXPECT_EQ(offer->connection, (Address{"IN", "IP4", "127.0.0.1"}));
  const Media* medium = offer->message_medium();
  ASSERT_NE(medium, nullptr);
  EXPECT_EQ(medium->port, 5061);
  EXPECT_EQ(medium->protocol, "sip");
  EXPECT_EQ(medium->formats, std::vector<std::string>{"null"});
  EXPECT_EQ(medium->accept_types(),
            (std::vector<std::string_view>{"text/plain", "text/html", "image/gif", "application/im-iscomposing+xml"}));
}

TEST(Description, other_media_are_no_messages) {
  const Result<Description> call = Description::parse(  // RFC 4566 5, shortened
      "v=0\no=jdoe 2890844526 2890842807 IN IP4 10.47.16.5\ns=\ni=A Seminar\nu=http://x\ne=j@x (J)\n"
      "c=IN IP4 224.2.17.12/127\nb=CT:1\nt=2873397496 2873404696\na=recvonly\nm=audio 49170/2 RTP/AVP 0\n"
      "m=video 51372 RTP/AVP 99\nc=IN IP6 2001:db8::1\na=rtpmap:99 h263-1998/90000");
  ASSERT_TRUE(call) << call.error().detail;
  EXPECT_EQ(call->session_id, 2890844526U);
  EXPECT_EQ(call->attributes, (std::vector<Attribute>{{"recvonly", ""}}));
  ASSERT_EQ(call->media.size(), 2U);
  EXPECT_EQ(call->media[0].port, 49170);
  EXPECT_EQ(call->media[1].connection->address, "2001:db8::1");
  EXPECT_EQ(call->media[1].attribute("rtpmap"), "99 h263-1998/90000");
  EXPECT_EQ(call->message_medium(), nullptr);
  EXPECT_EQ(Description::parse("v=0\r\no=- 0 0 IN IP4 x\r\nm=message 0 sip null\r\n")->message_medium(), nullptr)
      << "port 0 refuses the medium";
  EXPECT_NE(Description::parse("v=0\r\no=- 0 0 IN IP4 x\r\nm=x-ms-message 9461 sip null\r\n")->message_medium(),
            nullptr);
}

TEST(Description, refuses_with_the_offset) {
  const std::vector<std::pair<std::string, std::size_t>> table = {
      {"", 0},
      {"o=- 0 0 IN IP4 x\r\n", 0},
      {"v=1\r\n", 0},
      {"v=0\r\n", 5},
      {"v=0\r\nv=0\r\n", 5},
      {"v=0\r\no=- 0 0 IN IP4\r\n", 5},
      {"v=0\r\no=- x 0 IN IP4 y\r\n", 5},
      {"v=0\r\no=- 0 -1 IN IP4 y\r\n", 5},
      {"v=0\r\no=- 0 0 IN IP4 y\r\no=- 0 0 IN IP4 y\r\n", 23},
      {"v=0\r\no=- 0 0 IN IP4 y\r\nc=IN IP4\r\n", 23},
      {"v=0\r\no=- 0 0 IN IP4 y\r\nm=message 65536 sip null\r\n", 23},
      {"v=0\r\no=- 0 0 IN IP4 y\r\nm=message -1 sip null\r\n", 23},
      {"v=0\r\no=- 0 0 IN IP4 y\r\nm=message 1/x sip null\r\n", 23},
      {"v=0\r\no=- 0 0 IN IP4 y\r\nm=message 1\r\n", 23},
      {"v=0\r\no=- 0 0 IN IP4 y\r\nm=message 1 sip null\r\ns=late\r\n", 45},
      {"v=0\r\no=- 0 0 IN IP4 y\r\na=:x\r\n", 23},
      {"v=0\r\no=- 0 0 IN IP4 y\r\n\r\na=x\r\n", 23},
      {"v=0\r\no=- 0 0 IN IP4 y\r\nm =video 3227 RTP/AVP 31\r\n", 23},  // RFC 4475 3.1.1.8
      {"v=0\r\no=- 0 0 IN IP4 y\r\nX=1\r\n", 23},
      {"v=0\r\no=- 0 0 IN IP4 127.\xcb\xd1s=session\r\xff\n", 35},  // found by fuzzing: a CR inside a line
      {std::string("v=0\r\no=- 0 0 IN IP4 y\0\r\n", 24), 21},
  };
  for (const auto& [text, offset] : table) {
    const Result<Description> parsed = Description::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.reason(), Reason::malformed_message);
    const std::string tail = "at offset " + std::to_string(offset);
    const std::string& detail = parsed.error().detail;
    EXPECT_TRUE(detail.size() > tail.size() && detail.compare(detail.size() - tail.size(), tail.size(), tail) == 0)
        << detail << " for " << text;
  }
}

TEST(Description, bounds) {
  const std::string head = "v=0\r\no=- 0 0 IN IP4 y\r\n";
  const auto repeated = [&](std::string_view line, std::size_t count) {
    std::string text = head;
    for (std::size_t i = 0; i < count; ++i) text += line;
    return text;
  };
  EXPECT_TRUE(Description::parse(repeated("m=audio 1 RTP/AVP 0\r\n", media_max)));
  EXPECT_FALSE(Description::parse(repeated("m=audio 1 RTP/AVP 0\r\n", media_max + 1)));
  EXPECT_TRUE(Description::parse(repeated("a=x\r\n", attributes_max)));
  EXPECT_FALSE(Description::parse(repeated("a=x\r\n", attributes_max + 1)));
  std::string formats = head + "m=audio 1 RTP/AVP";
  for (std::size_t i = 0; i < formats_max; ++i) formats += " 0";
  EXPECT_TRUE(Description::parse(formats));
  EXPECT_FALSE(Description::parse(formats + " 0"));
  const std::string full = head + "i=" + std::string(description_bytes_max - head.size() - 2, 'x');
  EXPECT_TRUE(Description::parse(full));
  EXPECT_EQ(Description::parse(full + "x").reason(), Reason::message_too_large);
}

TEST(Description, writes_what_a_lync_client_writes) {
  MessageSession session;
  session.address = "127.0.0.1";
  session.port = 5061;
  session.accept_types = {"text/plain", "text/html", "image/gif", "application/im-iscomposing+xml"};
  EXPECT_EQ(write(session), lync_offer);
  session.session_id = 7;
  session.session_version = 8;
  session.address = "2001:db8::1";
  session.medium = "x-ms-message";
  session.format = "sip:bob@example.com";
  const Result<Description> read = Description::parse(write(session));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->session_id, 7U);
  EXPECT_EQ(read->session_version, 8U);
  EXPECT_EQ(read->origin, (Address{"IN", "IP6", "2001:db8::1"}));
  EXPECT_EQ(read->message_medium()->formats.front(), "sip:bob@example.com");
  session.accept_types = {"text/plain\r\nm=audio 1 RTP/AVP 0"};
  EXPECT_EQ(Description::parse(write(session))->media.size(), 1U) << "nothing can inject a line";
}

TEST(Description, every_description_of_the_captures_and_torture_messages) {
  std::size_t messages = 0;
  std::size_t all = 0;
  for (const char* folder : {"/sipe-captures", "/sip-torture/rfc4475", "/sip-torture/rfc5118"}) {
    for (const auto& entry : std::filesystem::directory_iterator(std::string(TERTULIA_TEST_DATA) + folder)) {
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
      for (std::size_t at = text.find("\r\n\r\nv=0\r\n"); at != std::string::npos;
           at = text.find("\r\n\r\nv=0\r\n", at + 1)) {
        const std::size_t begin = at + 4;
        const std::size_t end =
            std::min({text.find("\n\n", begin), text.find("\n--", begin), text.find("\r\n\r\n", begin), text.size()});
        const std::string body = text.substr(begin, end - begin);
        const Result<Description> parsed = Description::parse(body);
        if (body.find("m =video") != std::string::npos) continue;
        ASSERT_TRUE(parsed) << entry.path() << "\n" << body << parsed.error().detail;
        messages += parsed->message_medium() ? 1 : 0;
        ++all;
      }
    }
  }
  EXPECT_GT(all, 40U);
  EXPECT_GT(messages, 20U);
}

}  // namespace
}  // namespace tertulia::wire::sdp
