// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "wire/im/content.h"
#include "wire/im/conversation_info.h"
#include "wire/im/file_invitation.h"
#include "wire/im/file_offer.h"
#include "wire/im/html_text.h"
#include "wire/im/limits.h"
#include "wire/im/typing.h"

namespace tertulia::wire::im {
namespace {

using base::Reason;

TEST(IsComposing, rfc3994_section_4_example) {
  const Result<TypingState> active = read_is_composing(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<isComposing xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\"\n"
      "    xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n    <state>active</state>\n"
      "    <contenttype>text/plain</contenttype>\n    <refresh>90</refresh>\n</isComposing>");
  ASSERT_TRUE(active) << active.error().detail;
  EXPECT_EQ(*active, (TypingState{true, 90, "text/plain", ""}));
  EXPECT_EQ(seconds_until_idle(*active), 90U);
  const Result<TypingState> idle = read_is_composing(
      "<isComposing xmlns='urn:ietf:params:xml:ns:im-iscomposing'><state> idle </state>"
      "<lastactive>2003-01-27T10:43:00Z</lastactive><contenttype>audio</contenttype></isComposing>");
  ASSERT_TRUE(idle);
  EXPECT_EQ(*idle, (TypingState{false, 0, "audio", "2003-01-27T10:43:00Z"}));
  EXPECT_EQ(seconds_until_idle(*idle), 120U);
}

TEST(IsComposing, writes_what_it_reads) {
  for (const TypingState& state :
       {TypingState{true, 0, "", ""}, TypingState{false, 60, "text/plain; x=\"<&>\"", "2026-03-01T09:30:00Z"}}) {
    const Result<TypingState> again = read_is_composing(write_is_composing(state));
    ASSERT_TRUE(again);
    EXPECT_EQ(*again, state);
    EXPECT_EQ(write_is_composing(*again), write_is_composing(state));
  }
}

TEST(IsComposing, tolerates_and_refuses) {
  const auto read = [](std::string_view inside) {
    return read_is_composing("<c:isComposing xmlns:c='urn:ietf:params:xml:ns:im-iscomposing' xmlns='x'>" +
                             std::string(inside) + "</c:isComposing>");
  };
  EXPECT_TRUE(read("<c:state>active</c:state><state>idle</state><more><c:state>idle</c:state></more>")->active);
  EXPECT_FALSE(read("<c:state>dreaming</c:state>")->active) << "unknown counts as idle";
  EXPECT_EQ(read("<c:state>idle</c:state><c:refresh>99999999999</c:refresh>")->refresh_seconds, 4294967295U);
  EXPECT_EQ(read("").reason(), Reason::malformed_message);
  EXPECT_EQ(read("<state>active</state>").reason(), Reason::malformed_message);
  EXPECT_EQ(read("<c:state>active</c:state><c:refresh>-1</c:refresh>").reason(), Reason::malformed_message);
  for (const std::string_view text :
       {"", "x", "<isComposing><state>active</state></isComposing>",
        "<isComposing xmlns='urn:ietf:params:xml:ns:im-iscomposing'><state>active</isComposing>",
        "<isComposing xmlns='urn:ietf:params:xml:ns:im-iscomposing'><state>\xff</state></isComposing>",
        "<other xmlns='urn:ietf:params:xml:ns:im-iscomposing'><state>active</state></other>"}) {
    EXPECT_EQ(read_is_composing(text).reason(), Reason::malformed_message) << text;
  }
}

TEST(ConversationInfo, as_lync_clients_write_it) {
  const ConversationInfo topic{"sip:alice@example.com", "tea <3"};
  const std::string text =
      "<ConversationInfo><From uri=\"sip:alice@example.com\"/><Subject>tea &lt;3</Subject></ConversationInfo>";
  EXPECT_EQ(write_conversation_info(topic), text);
  EXPECT_EQ(read_conversation_info(text)->from, topic.from);
  EXPECT_EQ(read_conversation_info(text)->subject, topic.subject);
  EXPECT_EQ(read_conversation_info("<ConversationInfo xmlns='x'><From uri='a'/><Subject/></ConversationInfo>")->subject,
            "");
  for (const std::string_view wrong :
       {"", "<ConversationInfo/>", "<ConversationInfo><Subject>x</Subject></ConversationInfo>",
        "<ConversationInfo><From uri='a'/></ConversationInfo>", "<x><From uri='a'/><Subject/></x>",
        "<ConversationInfo><From uri='a'/><Subject>x</ConversationInfo>"})
    EXPECT_EQ(read_conversation_info(wrong).reason(), Reason::malformed_message) << wrong;
  EXPECT_EQ(content_from("application/XML+conversationinfo; x=1"), ImContent::conversation_info);
}

TEST(KeyboardActivity, as_lync_clients_write_it) {
  constexpr std::string_view typing =
      "<?xml version=\"1.0\"?><KeyboardActivity> <status status=\"type\" /></KeyboardActivity>";
  EXPECT_TRUE(read_keyboard_activity(typing)->active);
  EXPECT_EQ(write_keyboard_activity({true, 0, {}, {}}), typing);
  EXPECT_FALSE(read_keyboard_activity(write_keyboard_activity({}))->active);
  EXPECT_FALSE(read_keyboard_activity("<KeyboardActivity><status status='idle'/></KeyboardActivity>")->active);
  for (const std::string_view text : {"", "<KeyboardActivity/>", "<KeyboardActivity><status/></KeyboardActivity>",
                                      "<x><status status='type'/></x>", "<KeyboardActivity>"}) {
    EXPECT_EQ(read_keyboard_activity(text).reason(), Reason::malformed_message) << text;
  }
}

TEST(IsComposing, text_is_bounded) {
  const auto read = [](std::size_t octets) {
    return read_is_composing(
        "<isComposing xmlns='urn:ietf:params:xml:ns:im-iscomposing'><state>active</state><contenttype>" +
        std::string(octets, 'x') + "</contenttype></isComposing>");
  };
  EXPECT_TRUE(read(text_bytes_max));
  EXPECT_EQ(read(text_bytes_max + 1).reason(), Reason::malformed_message);
}

TEST(ImContent, is_told_from_the_type) {
  EXPECT_EQ(content_from("text/plain; charset=UTF-8;msgr=WAAt"), ImContent::text);
  EXPECT_EQ(content_from("TEXT/HTML"), ImContent::text);
  EXPECT_EQ(content_from("application/im-iscomposing+xml ; x=y"), ImContent::typing);
  EXPECT_EQ(content_from("application/xml"), ImContent::keyboard_activity);
  EXPECT_EQ(content_from("message/CPIM"), ImContent::cpim);
  EXPECT_EQ(content_from("message/imdn+xml"), ImContent::imdn);
  EXPECT_EQ(content_from("multipart/alternative;boundary=x"), ImContent::multipart);
  EXPECT_EQ(content_from("text/x-msmsgsinvite; charset=UTF-8"), ImContent::file_invitation);
  for (const std::string_view type : {"", ";", "text", "text/", "multipart/", "image/gif", "application/sdp"})
    EXPECT_EQ(content_from(type), ImContent::other) << type;
}

TEST(FileInvitation, names_the_file_that_is_offered) {
  const std::string offer =
      "Application-Name: File Transfer\r\nInvitation-Command: INVITE\r\nInvitation-Cookie: 309\r\n"
      "Application-File: C:\\plans\\tool.EXE\r\nApplication-FileSize: 400\r\n\r\n";
  const auto step = read_file_invitation(offer);
  ASSERT_TRUE(step);
  EXPECT_EQ(step->command, FileInvitation::Command::invite);
  EXPECT_EQ(step->name, "tool.EXE");
  EXPECT_EQ(step->cookie, "309");
  EXPECT_FALSE(read_file_invitation("Invitation-Command: INVITE\r\n"));
  EXPECT_FALSE(read_file_invitation("Invitation-Command: WAIT\r\nApplication-File: a.exe\r\n"));
  EXPECT_FALSE(read_file_invitation(""));
  const std::string longest(2000, 'x');
  const auto cut = read_file_invitation("Invitation-Command: INVITE\nInvitation-Cookie: " + longest +
                                        "\nApplication-File: " + longest + ".exe");
  EXPECT_EQ(cut->name.size(), file_name_bytes_max);
  EXPECT_EQ(cut->name.substr(file_name_bytes_max - 4), ".exe");
  EXPECT_EQ(cut->cookie.size(), file_cookie_bytes_max);
}

TEST(FileInvitation, answer_and_cancellation) {
  const auto accept =
      read_file_invitation("Invitation-Command: ACCEPT\r\nInvitation-Cookie: 309\r\nApplication-File: a.exe\r\n");
  EXPECT_EQ(accept->command, FileInvitation::Command::accept);
  EXPECT_EQ(accept->cookie, "309");
  EXPECT_EQ(accept->name, "");
  const auto cancel = read_file_invitation("Invitation-Command: CANCEL\nInvitation-Cookie: 7\nCancel-Code: REJECT\n");
  EXPECT_EQ(cancel->command, FileInvitation::Command::cancel);
  EXPECT_EQ(cancel->cookie, "7");
}

constexpr std::string_view publish_file =
    "<request xmlns=\"http://schemas.microsoft.com/rtc/2009/05/filetransfer\" requestId=\"1\"><publishFile><fileInfo>"
    "<id>{6244F934-2EB1-443F-8E2C-48BA64AF463D}</id><name>plan.txt</name><size>50000</size></fileInfo></publishFile>"
    "</request>";

TEST(FileOffer, names_the_file) {
  const auto offer = read_file_offer(publish_file);
  ASSERT_TRUE(offer);
  EXPECT_EQ(offer->name, "plan.txt");
  EXPECT_EQ(offer->id, "{6244F934-2EB1-443F-8E2C-48BA64AF463D}");
  EXPECT_EQ(offer->request, "1");
  std::string other(publish_file);
  other.replace(other.find("publishFile"), 11, "otherFile__");
  for (const std::string& none :
       {std::string(), std::string("<request/>"), std::string(publish_file.substr(0, 200)), other})
    EXPECT_FALSE(read_file_offer(none)) << none;
  std::string pathless(publish_file);
  pathless.replace(pathless.find("plan.txt"), 8, "C:\\a\\tool.exe");
  EXPECT_EQ(read_file_offer(pathless)->name, "tool.exe");
}

TEST(FileOffer, a_cancellation_need_not_be_well_formed) {
  EXPECT_TRUE(
      cancels_file("<request requestId=\"1\"/><cancelTransfer><transferId>1</transferId></cancelTransfer></request>"));
  EXPECT_FALSE(cancels_file(publish_file));
}

TEST(HtmlText, what_a_person_reads) {
  const std::pair<const char*, const char*> table[] = {
      {"", ""},
      {"plain", "plain"},
      {"<b>bold</b> and  <i>more</i>\r\n still", "bold and more still"},
      {"a<br>b<BR/>c<br><br>d", "a\nb\nc\n\nd"},
      {"<p>one</p><p>two</p>", "one\ntwo"},
      {"<html><head><title>T</title><style>b{}</style></head><body>x<script>if (a<b) y()</script>z</body></html>",
       "xz"},
      {"<script/>x", "x"},
      {"<!-- no <b> -->yes<!DOCTYPE html>", "yes"},
      {"<a href=\"http://x/?a>b\">here</a>", "here"},
      {"&amp;&lt;&gt;&quot;&apos;", "&<>\"'"},
      {"a&nbsp;b&#160;c", "a b c"},
      {"&#65;&#x42;&#xE9;&#8364;&#128512;", "AB\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"},
      {"&#0; &#xD800; &#x110000; &foo; & &;", "&#0; &#xD800; &#x110000; &foo; & &;"},
      {"2 < 3 <4 and <3", "2 < 3 <4 and <3"},
      {"cut <b", "cut"},
      {"cut <script>off", "cut"},
      {"cut <!-- off", "cut"},
      {"<", "<"},
      {"</", "</"},
  };
  for (const auto& [html, text] : table) EXPECT_EQ(text_of_html(html, true), text) << html;
  EXPECT_EQ(text_of_html("&#xE9;&#65;", false), "?A");
}

}  // namespace
}  // namespace tertulia::wire::im
