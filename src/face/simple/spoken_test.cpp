// SPDX-License-Identifier: Apache-2.0
#include "face/simple/spoken.h"

#include <gtest/gtest.h>

#include "wire/mime/multipart.h"

namespace tertulia::face::simple {
namespace {

using domain::MessageKind;

domain::ConferenceDescription budget() {
  domain::ConferenceDescription description;
  description.key = *domain::ConferenceKey::make(base::UserId{1}, "4711");
  description.organizer_address = "alice@example.com";
  description.subject = "Budget";
  return description;
}

domain::InstantMessage said(std::string type, std::string content, MessageKind kind = MessageKind::text) {
  domain::InstantMessage message;
  message.from_address = "bob@example.com";
  message.from_name = "Bob B";
  message.kind = kind;
  message.content_type = std::move(type);
  message.content = std::move(content);
  message.sent = {1'700'000'000'000'000};
  return message;
}

TEST(Spoken, name_stands_before_plain_text) {
  for (const char* type : {"text/plain", "text/plain; charset=UTF-8", "Text/Plain;charset=iso-8859-1"}) {
    const auto spoken = spoken_in(budget(), said(type, "hello"), false);
    ASSERT_TRUE(spoken);
    EXPECT_EQ(spoken->content, "Bob B: hello") << type;
    EXPECT_EQ(spoken->content_type, type);
    EXPECT_EQ(spoken->subject, "");
  }
  auto nameless = said("text/plain", "hello");
  nameless.from_name.clear();
  EXPECT_EQ(spoken_in(budget(), nameless, false)->content, "bob@example.com: hello");
  auto foreign = said("text/plain;charset=iso-8859-1", "hola");
  foreign.from_name = "Jos\xC3\xA9";
  EXPECT_EQ(spoken_in(budget(), foreign, false)->content, "bob@example.com: hola");  // UTF-8 does not fit in there
  foreign.content_type = "text/plain";
  EXPECT_EQ(spoken_in(budget(), foreign, false)->content, "Jos\xC3\xA9: hola");
}

TEST(Spoken, other_content_has_the_name_in_its_subject) {
  auto card = said("text/vcard", "BEGIN:VCARD");
  EXPECT_EQ(spoken_in(budget(), card, false)->content, "BEGIN:VCARD");
  EXPECT_EQ(spoken_in(budget(), card, false)->subject, "Bob B");
  card.subject = "lunch";
  EXPECT_EQ(spoken_in(budget(), card, false)->subject, "Bob B: lunch");
  const auto picture = said("text/html", "<img src='x'>");
  EXPECT_EQ(spoken_in(budget(), picture, false)->content, "<img src='x'>") << "there are no words in it";
}

TEST(Spoken, rtf_becomes_plain_text) {
  const auto spoken = spoken_in(budget(), said("text/rtf", R"({\rtf1\ansi {\b tea}\par now})"), false);
  EXPECT_EQ(spoken->content_type, "text/plain;charset=UTF-8");
  EXPECT_EQ(spoken->content, "Bob B: tea\nnow");
  EXPECT_EQ(spoken->subject, "");
}

TEST(Spoken, html_becomes_plain_text) {
  auto html = said("text/html;charset=utf-8", "<b>tea</b> &amp; caf&#xe9;<br>now");
  html.subject = "lunch";
  const auto spoken = spoken_in(budget(), html, false);
  EXPECT_EQ(spoken->content_type, "text/plain;charset=utf-8");
  EXPECT_EQ(spoken->content, "Bob B: tea & caf\xC3\xA9\nnow");
  EXPECT_EQ(spoken->subject, "lunch");
  EXPECT_EQ(spoken_in(budget(), said("text/html", "<p>hi"), false)->content_type, "text/plain;charset=UTF-8");
  EXPECT_EQ(spoken_in(budget(), said("text/html;charset=iso-8859-1", "&#xe9;"), false)->content, "Bob B: ?");
  const auto wrapped = said("message/cpim", "From: <sip:b@example.com>\r\n\r\nContent-Type: text/html\r\n\r\n<i>x</i>");
  EXPECT_EQ(spoken_in(budget(), wrapped, false)->content, "Bob B: x");
  EXPECT_EQ(spoken_in(budget(), html, true)->content_type, "message/cpim") << "who names the speaker keeps it as it is";
}

TEST(Spoken, of_several_parts_the_plain_one_is_spoken) {
  const std::string html = "--x\r\nContent-Type: text/html\r\n\r\n<b>tea</b>\r\n";
  const std::string plain =
      "--x\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n\r\ndGVh\r\n";
  for (const std::string& parts : {plain + html, html + plain, html}) {
    const auto spoken = spoken_in(budget(), said("multipart/alternative;boundary=x", parts + "--x--\r\n"), false);
    ASSERT_TRUE(spoken);
    EXPECT_EQ(wire::mime::media_type_of(spoken->content_type), "text/plain") << parts;
    EXPECT_EQ(spoken->content, "Bob B: tea") << parts;
  }
  const auto broken = said("multipart/alternative", "--x");
  EXPECT_EQ(spoken_in(budget(), broken, false)->content, "--x");
}

TEST(Spoken, wrapping_of_the_speaker_is_taken_off_or_replaced) {
  const auto own = said("message/cpim",
                        "From: Boss <sip:boss@example.com>\r\nTo: <sip:x@y>\r\n\r\n"
                        "Content-Type: text/plain;charset=utf-8\r\n\r\nhello");
  const auto plain = spoken_in(budget(), own, false);
  EXPECT_EQ(plain->content_type, "text/plain;charset=utf-8");
  EXPECT_EQ(plain->content, "Bob B: hello");
  const auto cpim = spoken_in(budget(), own, true);
  EXPECT_EQ(cpim->content_type, "message/cpim");
  EXPECT_EQ(cpim->content,
            "From: \"Bob B\" <sip:bob@example.com>\r\nTo: \"Budget\" <sip:conference.alice.4711@example.com>\r\n"
            "DateTime: 2023-11-14T22:13:20.000Z\r\n\r\nContent-Type: text/plain;charset=utf-8\r\n\r\nhello");
}

TEST(Spoken, what_nobody_can_be_told_of) {
  const auto typing = said("application/im-iscomposing+xml", "<isComposing/>", MessageKind::typing);
  EXPECT_FALSE(spoken_in(budget(), typing, false));
  EXPECT_EQ(spoken_in(budget(), typing, true)->content_type, "message/cpim");
  const auto notice = said("message/imdn+xml", "<imdn/>", MessageKind::notification);
  EXPECT_FALSE(spoken_in(budget(), notice, false));
  EXPECT_FALSE(spoken_in(budget(), notice, true));
}

TEST(Spoken, name_cannot_break_the_lines) {
  auto evil = said("text/plain", "x");
  evil.from_name = "Bob\r\nFrom: <sip:alice@example.com>";
  EXPECT_EQ(spoken_in(budget(), evil, false)->content, "BobFrom: <sip:alice@example.com>: x");
  EXPECT_EQ(spoken_in(budget(), evil, true)->content.find("\r\nFrom:"), std::string::npos);
}

}  // namespace
}  // namespace tertulia::face::simple
