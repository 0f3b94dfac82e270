// SPDX-License-Identifier: Apache-2.0
#include "face/simple/allowed_format.h"

#include <gtest/gtest.h>

#include "face/simple/limits.h"
#include "face/simple/words.h"

namespace tertulia::face::simple {
namespace {

using base::Reason;
using domain::MessageKind;

domain::Policy with_formats(bool html, bool rtf) {
  domain::Policy policy = domain::Policy::defaults();
  policy.html_messages = html;
  policy.rtf_messages = rtf;
  return policy;
}

const domain::Policy everything = with_formats(true, true);
const domain::Policy no_html = with_formats(false, true);
const domain::Policy no_rtf = with_formats(true, false);
const domain::Policy plain_only = with_formats(false, false);

const std::string html = "<b>tea</b> &amp; milk";
const std::string rtf = R"({\rtf1\ansi\b tea\b0  & milk\par})";
const std::string cpim_head = "From: <im:alice@example.com>\r\nTo: <im:bob@example.com>\r\nNS: x <urn:x>\r\n\r\n";

std::string part(const std::string& type, const std::string& body, const std::string& boundary = "b") {
  return "--" + boundary + "\r\nContent-Type: " + type + "\r\n\r\n" + body + "\r\n";
}

void expect_unchanged(const domain::Policy& by, const std::string& type, const std::string& body) {
  const auto written = written_message(by, type, body);
  ASSERT_TRUE(written) << type << ' ' << base::name_of(written.reason());
  EXPECT_EQ(written->content_type, type);
  EXPECT_EQ(written->content, body);
}

void expect_words(const domain::Policy& by, const std::string& type, const std::string& body,
                  const std::string& wanted_type, const std::string& wanted) {
  const auto written = written_message(by, type, body);
  ASSERT_TRUE(written) << type << ' ' << base::name_of(written.reason());
  EXPECT_EQ(written->content_type, wanted_type) << body;
  EXPECT_EQ(written->content, wanted);
  EXPECT_EQ(written->nature.kind, MessageKind::text);
}

TEST(AllowedFormat, what_the_policy_allows_stays_as_it_is) {
  const std::string both = part("text/html", html) + part("text/rtf", rtf) + "--b--\r\n";
  for (const domain::Policy* by : {&everything, &no_rtf}) expect_unchanged(*by, "text/html", html);
  for (const domain::Policy* by : {&everything, &no_html}) {
    expect_unchanged(*by, "text/rtf", rtf);
    expect_unchanged(*by, "text/enriched", "<bold>x</bold>");
  }
  expect_unchanged(everything, "multipart/mixed;boundary=b", both);
  expect_unchanged(everything, "multipart/mixed", "what nobody can read");
  expect_unchanged(plain_only, "text/plain; charset=UTF-8;msgr=WAAtAE0A", "tea");
  expect_unchanged(plain_only, "Text/Plain", "<b>no</b>");
  expect_unchanged(plain_only, "multipart/mixed;boundary=b",
                   part("text/plain", "tea") + part("image/png", "\x89PNG") + "--b--\r\n");
  expect_unchanged(plain_only, "message/cpim", cpim_head + "Content-Type: text/plain\r\n\r\ntea");
}

TEST(AllowedFormat, what_is_no_text_is_not_touched) {
  const std::string typing =
      R"(<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>active</state></isComposing>)";
  expect_unchanged(plain_only, "application/im-iscomposing+xml", typing);
  expect_unchanged(plain_only, "message/imdn+xml", "<imdn/>");
  expect_unchanged(plain_only, "message/cpim", cpim_head + "Content-Type: message/imdn+xml\r\n\r\n<imdn/>");
  const auto file = written_message(plain_only, "text/x-msmsgsinvite",
                                    "Invitation-Command: INVITE\r\nApplication-File: a.txt\r\n\r\n");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->nature.kind, MessageKind::file);
  EXPECT_EQ(file->nature.file->name, "a.txt");
}

TEST(AllowedFormat, a_text_becomes_plain) {
  for (const domain::Policy* by : {&no_html, &plain_only}) {
    expect_words(*by, "text/html", html, "text/plain;charset=UTF-8", "tea & milk");
    expect_words(*by, "TEXT/HTML; charset=iso-8859-1", "caf\xE9 &eacute;", "text/plain;charset=iso-8859-1",
                 "caf\xE9 &eacute;");
  }
  for (const domain::Policy* by : {&no_rtf, &plain_only})
    expect_words(*by, "text/rtf;charset=us-ascii", rtf, "text/plain;charset=UTF-8", "tea & milk");
}

TEST(AllowedFormat, of_parts_the_words_are_left) {
  const std::string with_plain = part("text/html", html) + part("text/plain; charset=utf-8", "tea!") + "--b--\r\n";
  const std::string type = "multipart/alternative;boundary=b";
  expect_words(no_html, type, with_plain, "text/plain; charset=utf-8", "tea!");
  expect_words(no_html, type, part("text/rtf", rtf) + part("text/html", html) + "--b--\r\n", "text/plain;charset=UTF-8",
               "tea & milk");
  expect_words(no_rtf, type, part("application/rtf", rtf) + "--b--\r\n", "text/plain;charset=UTF-8", "tea & milk");
  expect_words(plain_only, type, part("text/vcard", "BEGIN:VCARD") + part("text/plain", "card") + "--b--\r\n",
               "text/plain", "card");
  expect_words(no_html, type, part("text/html\r\nContent-Transfer-Encoding: base64", "PGI+dGVhPC9iPg==") + "--b--\r\n",
               "text/plain;charset=UTF-8", "tea");
  expect_words(no_html, type, part("text/plain", "") + part("text/html", html) + "--b--\r\n",
               "text/plain;charset=UTF-8", "tea & milk");
  // However deep it stands.
  const std::string inner = part("multipart/related;boundary=c",
                                 part("application/xhtml+xml", html, "c") + part("image/png", "x", "c") + "--c--\r\n");
  expect_words(no_html, type, inner + "--b--\r\n", "text/plain;charset=UTF-8", "tea & milk");
  expect_words(no_html, "multipart/mixed;boundary=b", part("text/plain", "tea") + inner + "--b--\r\n", "text/plain",
               "tea");
  expect_words(no_html, "multipart/mixed;boundary=b",
               part("message/cpim", cpim_head + "Content-Type: text/html\r\n\r\n" + html) + "--b--\r\n",
               "text/plain;charset=UTF-8", "tea & milk");
}

TEST(AllowedFormat, a_wrapping_keeps_its_head) {
  const std::string part_head =
      "Content-Type: text/html; charset=utf-8\r\nContent-Length: 21\r\nContent-MD5: x\r\nContent-ID: <1@x>\r\n\r\n";
  const auto written = written_message(no_html, "Message/CPIM", cpim_head + part_head + html);
  ASSERT_TRUE(written);
  EXPECT_EQ(written->content_type, "Message/CPIM");
  EXPECT_EQ(written->content,
            cpim_head + "Content-Type: text/plain;charset=utf-8\r\nContent-ID: <1@x>\r\n\r\ntea & milk");
  ASSERT_TRUE(written->nature.inner) << "the link filter looks at the new words, and may change them";
  EXPECT_EQ(written->nature.inner->content_type, "text/plain");
  EXPECT_EQ(written->nature.inner->text, "tea & milk");
  EXPECT_EQ(written->content.substr(written->nature.inner->begin), "tea & milk");
  EXPECT_TRUE(written->nature.inner->changeable);
  expect_words(no_rtf, "message/cpim",
               cpim_head + "Content-Type: multipart/mixed;boundary=b\r\n\r\n" + part("text/rtf", rtf) + "--b--\r\n",
               "message/cpim", cpim_head + "Content-Type: text/plain;charset=UTF-8\r\n\r\ntea & milk");
  expect_words(no_html, "message/cpim",
               cpim_head + "Content-Type: message/cpim\r\n\r\n\r\nContent-Type: text/html\r\n\r\n" + html,
               "message/cpim", cpim_head + "Content-Type: text/plain;charset=UTF-8\r\n\r\ntea & milk");
}

TEST(AllowedFormat, without_words_it_is_refused) {
  const struct {
    const domain::Policy* by;
    std::string type;
    std::string body;
  } rows[] = {
      {&no_html, "text/html", "<img src='x'>"},
      {&no_html, "text/html;charset=utf-16", std::string("<\0b\0>\0x\0", 8)},
      {&no_rtf, "text/rtf", R"({\rtf1{\pict 00}})"},
      {&plain_only, "text/enriched", "<bold>x</bold>"},
      {&plain_only, "text/vcard", "BEGIN:VCARD"},
      {&no_html, "multipart/related;boundary=b",
       part("text/html", "<img src='cid:1'>") + part("image/png", "x") + "--b--\r\n"},
      {&no_html, "multipart/mixed;boundary=b",
       part("text/html\r\nContent-Transfer-Encoding: x-zip", "x") + "--b--\r\n"},
      {&no_html, "message/cpim", cpim_head + "Content-Type: text/html\r\n\r\n<img>"},
  };
  for (const auto& row : rows)
    EXPECT_EQ(written_message(*row.by, row.type, row.body).reason(), Reason::message_format_not_allowed) << row.type;
}

TEST(AllowedFormat, what_cannot_be_looked_into_is_refused) {
  EXPECT_EQ(written_message(no_html, "multipart/mixed", "x").reason(), Reason::malformed_message);
  EXPECT_EQ(written_message(no_html, "multipart/mixed;boundary=b",
                            part("multipart/mixed;boundary=c\r\nContent-Transfer-Encoding: base64", "x") + "--b--\r\n")
                .reason(),
            Reason::malformed_message);
  EXPECT_EQ(written_message(no_html, "image/png", "x").reason(), Reason::media_type_unsupported);
  EXPECT_EQ(written_message(no_html, "message/cpim", "x").reason(), Reason::malformed_message);
}

TEST(AllowedFormat, the_look_into_a_message_is_bounded) {
  const auto nested = [](std::size_t depth) {
    std::string body = "tea";
    std::string type = "text/plain";
    for (std::size_t i = 0; i < depth; ++i) {
      const std::string boundary = "b" + std::to_string(i);
      body = part(type, body, boundary) + "--" + boundary + "--\r\n";
      type = "multipart/mixed;boundary=" + boundary;
    }
    return std::pair(type, body);
  };
  const auto [type, body] = nested(container_depth_max);
  expect_unchanged(no_html, type, body);
  const auto [deep_type, deep] = nested(container_depth_max + 1);
  EXPECT_EQ(written_message(no_html, deep_type, deep).reason(), Reason::message_too_large);
  expect_unchanged(everything, deep_type, deep);

  const auto wide = [](std::size_t parts) {
    std::string all;
    for (std::size_t i = 0; i < parts; ++i) all += part("text/plain", "tea", "c");
    return part("multipart/mixed;boundary=c", all + "--c--\r\n");
  };
  const std::size_t half = contents_max / 2;
  expect_unchanged(no_html, "multipart/mixed;boundary=b", wide(half) + wide(half) + "--b--\r\n");
  EXPECT_EQ(
      written_message(no_html, "multipart/mixed;boundary=b", wide(half) + wide(half) + wide(1) + "--b--\r\n").reason(),
      Reason::message_too_large);
}

TEST(AllowedFormat, accept_names_what_he_may_write) {
  EXPECT_EQ(accepted_messages(everything).substr(0, 22), "text/*, message/cpim, ");
  EXPECT_EQ(accepted_messages(no_html).substr(0, 36), "text/plain, text/rtf, message/cpim, ");
  EXPECT_EQ(accepted_messages(no_rtf).substr(0, 37), "text/plain, text/html, message/cpim, ");
  EXPECT_EQ(accepted_messages(plain_only).substr(0, 26), "text/plain, message/cpim, ");
}

TEST(TextFormat, is_told_from_the_type) {
  EXPECT_EQ(text_format_of(" Text/Plain ; charset=x"), TextFormat::plain);
  EXPECT_EQ(text_format_of("text/html(old)"), TextFormat::html);
  EXPECT_EQ(text_format_of("application/rtf"), TextFormat::rtf);
  EXPECT_EQ(text_format_of("text/enriched"), TextFormat::other);
  for (const char* type : {"", "text", "image/png", "text/x-msmsgsinvite", "multipart/mixed"})
    EXPECT_EQ(text_format_of(type), TextFormat::none) << type;
}

}  // namespace
}  // namespace tertulia::face::simple
