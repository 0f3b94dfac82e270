// SPDX-License-Identifier: Apache-2.0
// What a MESSAGE is, and what a message/cpim wraps (RFC 3862, RFC 5438, RFC 3994).
#include <gtest/gtest.h>

#include "face/simple/cpim.h"
#include "face/simple/leg_bodies.h"

namespace tertulia::face::simple {
namespace {

using base::Reason;
using domain::MessageKind;

const std::string cpim_head =
    "From: Alice <im:alice@example.com>\r\nTo: <im:bob@example.com>\r\nNS: imdn <urn:ietf:params:imdn>\r\n"
    "imdn.Message-ID: 34jk324j\r\nDateTime: 2006-04-04T12:16:49-05:00\r\n\r\n";

std::string cpim(const std::string& part_head, const std::string& body) {
  return cpim_head + part_head + "\r\n" + body;
}

TEST(MessageNature, of_a_wrapped_notification) {  // the example of RFC 5438 7.2.1.1
  const std::string body = cpim("Content-type: message/imdn+xml\r\nContent-Disposition: notification\r\n",
                                "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><message-id>34jk324j</message-id></imdn>");
  const auto nature = message_nature("message/cpim", body);
  ASSERT_TRUE(nature);
  EXPECT_EQ(nature->kind, MessageKind::notification);
  EXPECT_FALSE(nature->inner);
}

TEST(MessageNature, of_a_wrapped_text) {
  const std::string body = cpim("Content-Type: text/plain; charset=utf-8\r\n", "Hello\r\n\r\nWorld");
  const auto nature = message_nature("Message/CPIM", body);
  ASSERT_TRUE(nature);
  EXPECT_EQ(nature->kind, MessageKind::text);
  ASSERT_TRUE(nature->inner);
  EXPECT_EQ(nature->inner->content_type, "text/plain");
  EXPECT_EQ(nature->inner->text, "Hello\r\n\r\nWorld");
  EXPECT_EQ(body.substr(nature->inner->begin), "Hello\r\n\r\nWorld");
  EXPECT_TRUE(nature->inner->changeable);
}

TEST(MessageNature, of_other_wrapped_things) {
  const std::string composing =
      R"(<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>active</state></isComposing>)";
  const std::string typing = "Content-Type: application/im-iscomposing+xml\r\n";
  EXPECT_EQ(message_nature("message/cpim", cpim(typing, composing))->kind, MessageKind::typing);
  EXPECT_EQ(message_nature("message/cpim", cpim(typing, "no")).reason(), Reason::malformed_message);
  // No Content-Type at all: text (RFC 2045 5.2).
  EXPECT_EQ(message_nature("message/cpim", cpim("", "hi"))->inner->text, "hi");
  const auto base64 =
      message_nature("message/cpim", cpim("Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n", "aGk="));
  EXPECT_EQ(base64->inner->content_type, "text/html");
  EXPECT_EQ(base64->inner->text, "hi");
  EXPECT_FALSE(base64->inner->changeable);
  // Its length is told: other words would not fit.
  EXPECT_FALSE(message_nature("message/cpim", cpim("Content-Type: text/plain\r\nContent-Length: 2\r\n", "hi"))
                   ->inner->changeable);
  // One wrapped in another is looked at as a whole.
  const auto nested = message_nature("message/cpim", cpim("Content-Type: message/cpim\r\n", cpim("", "hi")));
  EXPECT_EQ(nested->kind, MessageKind::text);
  EXPECT_EQ(nested->inner->content_type, "message/cpim");
}

TEST(MessageNature, of_a_broken_wrapping) {
  for (const std::string& body : {std::string("hello"), cpim_head, cpim_head + "Content-Type: text/plain\r\n",
                                  cpim_head + "text", cpim("Content-Type: nonsense\r\n", "x"),
                                  cpim("Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n", "!")})
    EXPECT_EQ(message_nature("message/cpim", body).reason(), Reason::malformed_message) << body;
  EXPECT_EQ(message_nature("message/cpim", cpim("Content-Transfer-Encoding: x-zip\r\n", "x")).reason(),
            Reason::media_type_unsupported);
}

TEST(Cpim, heads_may_be_empty) {
  const auto view = read_cpim("\r\n\r\nhi");
  ASSERT_TRUE(view);
  EXPECT_EQ(view->part.head, "");
  EXPECT_EQ(view->part.body, "hi");
  EXPECT_EQ(view->content_at, 4U);
}

}  // namespace
}  // namespace tertulia::face::simple
