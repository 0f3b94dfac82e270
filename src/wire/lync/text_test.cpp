// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "base/digest.h"
#include "wire/lync/keyboard_activity.h"
#include "wire/lync/limits.h"
#include "wire/lync/registration_event.h"
#include "wire/lync/testing.h"
#include "wire/lync/text_format.h"

namespace tertulia::wire::lync {
namespace {

using base::Reason;
using base::Result;
using testing::sample;

constexpr std::string_view format_line =
    "WAAtAE0ATQBTAC0ASQBNAC0ARgBvAHIAbQBhAHQAOgAgAEYATgA9AE0AUwAlADIAMABTAGEAbgBzACUAMgAwAFMAZQByAGkAZgA7ACAARQBGAD0AOw"
    "Ag"
    "AEMATwA9ADAAOwAgAFAARgA9ADAAOwAgAFIATAA9ADAADQAKAA0ACgA";

TEST(KeyboardActivity, both_ways) {
  EXPECT_EQ(*read_keyboard_activity(sample("keyboard-activity.xml")), true);
  EXPECT_EQ(write_keyboard_activity(true), sample("keyboard-activity.xml"));
  EXPECT_EQ(*read_keyboard_activity(write_keyboard_activity(false)), false);
  EXPECT_EQ(
      *read_keyboard_activity("<k:KeyboardActivity xmlns:k='urn:k'><k:status Status=' TYPE '/></k:KeyboardActivity>"),
      true);
  EXPECT_EQ(*read_keyboard_activity("<KeyboardActivity><status status=''/></KeyboardActivity>"), false);
}

TEST(KeyboardActivity, refuses_what_says_nothing) {
  EXPECT_EQ(read_keyboard_activity("<KeyboardActivity/>").reason(), Reason::command_malformed);
  EXPECT_EQ(read_keyboard_activity("<KeyboardActivity><status/></KeyboardActivity>").reason(),
            Reason::command_malformed);
  EXPECT_EQ(read_keyboard_activity("<keyboardActivity/>").reason(), Reason::command_malformed);
  EXPECT_EQ(read_keyboard_activity("type").reason(), Reason::malformed_message);
}

TEST(ConversationInfo, both_ways) {
  const ConversationInfo info{"sip:alice@example.com", "Q&A <today>"};
  EXPECT_EQ(*read_conversation_info(write_conversation_info(info)), info);
  EXPECT_EQ(*read_conversation_info("<ConversationInfo/>"), ConversationInfo{});
  // The client does not escape the subject.
  EXPECT_EQ(read_conversation_info("<ConversationInfo><Subject>Q&A</Subject></ConversationInfo>").reason(),
            Reason::malformed_message);
}

TEST(TextFormat, of_a_client_both_ways) {
  const std::string value = std::string("text/plain; charset=UTF-8;msgr=")
                                .append(format_line)
                                .append(";ms-body=aGVsbG8gPGJvYj4gJiB3ZWxjb21l");
  const Result<TextFormat> read = read_text_format(value);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->type, "text/plain");
  EXPECT_EQ(read->charset, "UTF-8");
  EXPECT_EQ(read->msgr, format_line);
  EXPECT_EQ(read->body, "hello <bob> & welcome");
  EXPECT_EQ(write_text_format(*read), value);
  EXPECT_EQ(*read_format_line(read->msgr), "X-MMS-IM-Format: FN=MS%20Sans%20Serif; EF=; CO=0; PF=0; RL=0\r\n\r\n");
}

TEST(TextFormat, parts_may_be_missing) {
  const Result<TextFormat> read = read_text_format(" TEXT/HTML ; x ;Charset=\"utf-8\"; MS-BODY=aGk;;");
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(*read, (TextFormat{"text/html", "utf-8", "", "hi"}));
  EXPECT_EQ(*read_text_format("text/rtf"), (TextFormat{"text/rtf", "", "", ""}));
  EXPECT_EQ(write_text_format({"text/rtf", "", "", ""}), "text/rtf");
}

TEST(TextFormat, refuses_what_is_no_text) {
  for (const char* bad : {"", ";", "plain", "text/plain\"", "text/plain;ms-body=a", "text/plain;ms-body=!!!!",
                          "text/plain;ms-body=/w==", "text/plain;charset=a\"b", "text/plain;msgr=ab c"})
    EXPECT_EQ(read_text_format(bad).reason(), Reason::header_malformed) << bad;
}

TEST(TextFormat, nothing_can_end_the_header) {
  EXPECT_EQ(write_text_format({"text/plain\r\nX: y", "UTF-8\r\n", "ab\r\nX", "\r\nX: y"}),
            "text/plain;ms-body=DQpYOiB5");
}

TEST(TextFormat, as_long_a_text_as_the_limit) {
  TextFormat format;
  format.body.assign(first_text_bytes_max, 'x');
  EXPECT_EQ(*read_text_format(write_text_format(format)), format);
  format.body.push_back('x');
  EXPECT_EQ(read_text_format(write_text_format(format)).reason(), Reason::message_too_large);
  EXPECT_EQ(read_text_format("text/plain;msgr=" + std::string(2 * format_line_bytes_max + 1, 'A')).reason(),
            Reason::message_too_large);
}

TEST(TextFormat, format_line_is_utf16) {
  EXPECT_EQ(*read_format_line(base::to_base64(std::string_view("a\0\xe9\0\xac\x20\x3d\xd8\x00\xde", 10))), "aé€😀");
  EXPECT_EQ(*read_format_line(""), "");
  for (const std::string_view bad : {std::string_view("a", 1), std::string_view("\x3d\xd8", 2),
                                     std::string_view("\x3d\xd8\x61\0", 4), std::string_view("\0\xde", 2)})
    EXPECT_EQ(read_format_line(base::to_base64(bad)).reason(), Reason::header_malformed);
}

TEST(RegistrationEvent, says_why) {
  EXPECT_EQ(write_deregistered(Deregistration::rejected), "deregistered;event=rejected");
  EXPECT_EQ(write_deregistered(Deregistration::unregistered), "deregistered;event=unregistered");
  EXPECT_EQ(write_deregistered(Deregistration::deactivated), "deregistered;event=deactivated");
}

}  // namespace
}  // namespace tertulia::wire::lync
