// SPDX-License-Identifier: Apache-2.0
#include "domain/conversation/link_filter.h"

#include <gtest/gtest.h>

#include "domain/conversation/limits.h"
#include "domain/conversation/link_text.h"

namespace tertulia::domain {
namespace {

using base::Reason;

base::Result<InstantMessagePtr> filtered(const Policy& policy, const std::string& content,
                                         const std::string& type = "text/plain") {
  LinkFilter filter;
  auto message = std::make_shared<InstantMessage>();
  message->content_type = type;
  message->content = content;
  return filter.apply(message, policy);
}
std::string text_of(const base::Result<InstantMessagePtr>& result) {
  return result ? (*result)->content : std::string("refused: ") + std::string(base::name_of(result.reason()));
}

TEST(LinkFilter, allow_makes_links_inactive) {
  const Policy policy = Policy::defaults();
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"no link here", "no link here"},
      {"http://a.test/x", "_http://a.test/x"},
      {"see (HTTPS://a.test), ok", "see (_HTTPS://a.test), ok"},
      {"www.a.test and www2.b.test", "_www.a.test and _www2.b.test"},
      {"ftp.a.test", "_ftp.a.test"},
      {"mailto:x@a.test sip:y@b.test", "_mailto:x@a.test _sip:y@b.test"},
      {"xhttp://a.test", "xhttp://a.test"},  // no word begins there
      {"_http://a.test", "_http://a.test"},  // already inactive
      {"http: alone, www. alone", "http: alone, www. alone"},
      {"the word href is no link", "the word href is no link"},
      {"visit http://example.com.", "visit _http://example.com."},  // .com of a host is not a file
  };
  for (const auto& [in, out] : cases) EXPECT_EQ(text_of(filtered(policy, in)), out);
}

TEST(LinkFilter, notice_block_and_warn) {
  Policy policy = Policy::defaults();
  policy.link_notice = "Careful";
  EXPECT_EQ(text_of(filtered(policy, "http://a.test")), "Careful\r\n_http://a.test");
  EXPECT_EQ(text_of(filtered(policy, "plain")), "plain");
  policy.link_action = LinkAction::block;
  EXPECT_EQ(filtered(policy, "http://a.test").reason(), Reason::link_blocked);
  policy.link_action = LinkAction::warn;
  policy.link_warning = "Beware";
  EXPECT_EQ(text_of(filtered(policy, "http://a.test")), "Beware\r\nhttp://a.test");
  policy.link_warning.clear();  // filtering is off, but kinds of files still count
  EXPECT_EQ(text_of(filtered(policy, "http://a.test")), "http://a.test");
  EXPECT_EQ(filtered(policy, "http://a.test/x.exe").reason(), Reason::link_blocked);
  policy.link_filter = false;
  EXPECT_EQ(text_of(filtered(policy, "http://a.test/x.exe")), "http://a.test/x.exe");
}

TEST(LinkFilter, dangerous_files_win_over_everything) {
  Policy policy = Policy::defaults();
  policy.local_domains = {"example.com"};
  for (const char* link :
       {"http://a.test/x.exe", "http://a.test/x.EXE?y=1", "http://a.test/x%2eexe", "http://a.test/x.exe#f",
        "file:///c/x.bat", "file:c:\\tools\\x.cmd", "http://files.example.com/x.exe", "http://a.test/x.exe/.",
        "(http://a.test/x.exe)", "http://a.test/x.exe;v=1"}) {
    EXPECT_EQ(filtered(policy, link).reason(), Reason::link_blocked) << link;
  }
  policy.block_file_extension = false;
  EXPECT_TRUE(filtered(policy, "http://a.test/x.exe").has_value());
}

TEST(LinkFilter, local_domains_pass) {
  Policy policy = Policy::defaults();
  policy.local_domains = {"example.com"};
  for (const char* link :
       {"http://example.com/a", "http://www.Example.com:8080/", "mailto:bob@example.com", "http://u:p@example.com/"}) {
    EXPECT_EQ(text_of(filtered(policy, link)), link);
  }
  for (const char* link : {"http://badexample.com", "http://example.com@a.test/", "http://example.com.a.test"}) {
    EXPECT_EQ(text_of(filtered(policy, link)), std::string("_") + link);
  }
  EXPECT_EQ(host_of("http://a.test\\@example.com"), "a.test");  // browsers take \ for /
}

TEST(NothingUnbounded, links_of_one_message_and_remembered_patterns) {
  Policy policy = Policy::defaults();
  policy.links_max = 3;
  EXPECT_TRUE(filtered(policy, "www.a.b www.a.b www.a.b").has_value());
  EXPECT_EQ(filtered(policy, "www.a.b www.a.b www.a.b www.a.b").reason(), Reason::too_many_links);
  LinkFilter filter;
  auto message = std::make_shared<InstantMessage>();
  message->content = "x";
  for (std::size_t i = 0; i < conversation_limits::link_patterns_max + 5; ++i) {
    policy.link_prefixes = {"p" + std::to_string(i) + ":"};
    EXPECT_TRUE(filter.apply(message, policy).has_value());
  }
  EXPECT_EQ(filter.pattern_count(), conversation_limits::link_patterns_max);
}

TEST(LinkFilter, html) {
  Policy policy = Policy::defaults();
  policy.link_notice = "A < B";
  const std::string html = "text/html; charset=UTF-8";
  EXPECT_EQ(text_of(filtered(policy, "<body bgcolor=x><a href=\"http://a.test\">http://a.test</a></body>", html)),
            "<body bgcolor=x>A &lt; B<br><a href=\"_http://a.test\">_http://a.test</a></body>");
  EXPECT_EQ(text_of(filtered(policy, "<html xmlns=\"http://www.w3.org/1999/xhtml\">hi</html>", html)),
            "<html xmlns=\"http://www.w3.org/1999/xhtml\">hi</html>");
  EXPECT_EQ(filtered(policy, "h&#116;tp://a.test", html).reason(), Reason::link_blocked);
  EXPECT_EQ(filtered(policy, "http://a.test/x&#46;exe", html).reason(), Reason::link_blocked);
  EXPECT_EQ(text_of(filtered(policy, "a &amp; b", html)), "a &amp; b");
  EXPECT_EQ(text_of(filtered(policy, "http://a.test/?a=1&amp;b=2", html)), "A &lt; B<br>_http://a.test/?a=1&amp;b=2");
}

TEST(LinkFilter, kinds_that_cannot_be_changed_are_refused_with_a_link_and_pass_without) {
  const Policy policy = Policy::defaults();
  EXPECT_EQ(filtered(policy, "{\\rtf http://a.test}", "text/rtf").reason(), Reason::link_blocked);
  EXPECT_TRUE(filtered(policy, "Invitation-Command: INVITE", "text/x-msmsgsinvite").has_value());
}

TEST(LinkFilter, wide_texts_are_judged_and_refused_with_a_link) {
  const Policy policy = Policy::defaults();
  const auto wide = [](std::string_view text, bool little) {
    std::string out = little ? "\xff\xfe" : "\xfe\xff";
    for (const char c : text) out.append(little ? std::string{c, '\0'} : std::string{'\0', c});
    return out;
  };
  for (const bool little : {true, false}) {
    EXPECT_EQ(filtered(policy, wide("http://a.test", little), "text/plain;charset=utf-16").reason(),
              Reason::link_blocked);
    EXPECT_EQ(text_of(filtered(policy, wide("no link", little), "text/plain;charset=utf-16")), wide("no link", little));
  }
}

TEST(LinkFilter, subjects) {
  Policy policy = Policy::defaults();
  LinkFilter filter;
  EXPECT_EQ(*filter.subject("lunch", policy), "lunch");
  EXPECT_EQ(*filter.subject("see http://a.test", policy), "see _http://a.test");
  EXPECT_EQ(filter.subject("http://a.test/x.exe", policy).reason(), Reason::link_blocked);
  auto message = std::make_shared<InstantMessage>();
  message->content_type = "text/plain";
  message->content = "read";
  message->subject = "http://a.test";
  EXPECT_EQ((*filter.apply(message, policy))->subject, "_http://a.test");
  policy.link_action = LinkAction::block;
  EXPECT_EQ(filter.apply(message, policy).reason(), Reason::link_blocked);
  policy.link_filter = false;
  EXPECT_EQ(*filter.subject("http://a.test", policy), "http://a.test");
}

/// A message/cpim around a text.
base::Result<InstantMessagePtr> filtered_inside(const Policy& policy, const std::string& head, const std::string& text,
                                                bool changeable = true, const std::string& type = "text/plain") {
  LinkFilter filter;
  auto message = std::make_shared<InstantMessage>();
  message->content_type = "message/cpim";
  message->content = head + text;
  message->inner = InnerText{type, text, head.size(), changeable};
  return filter.apply(message, policy);
}

TEST(LinkFilter, inner_text_alone_is_judged_and_changed) {  // RFC 3862
  const std::string head = "From: <sip:alice@a.test>\r\nTo: <http://b.test>\r\n\r\nContent-Type: text/plain\r\n\r\n";
  Policy policy = Policy::defaults();
  EXPECT_EQ(text_of(filtered_inside(policy, head, "no link")), head + "no link");
  const auto changed = filtered_inside(policy, head, "see http://c.test");
  EXPECT_EQ(text_of(changed), head + "see _http://c.test");
  EXPECT_EQ((*changed)->inner->text, "see _http://c.test");
  policy.link_notice = "Careful";
  EXPECT_EQ(text_of(filtered_inside(policy, head, "<b>http://c.test</b>", true, "text/html")),
            head + "Careful<br><b>_http://c.test</b>");
  // What cannot be changed safely is refused.
  EXPECT_EQ(filtered_inside(policy, head, "http://c.test", false).reason(), Reason::link_blocked);
  EXPECT_EQ(filtered_inside(policy, head, "http://c.test", true, "multipart/mixed").reason(), Reason::link_blocked);
  EXPECT_EQ(text_of(filtered_inside(policy, head, "no link", false)), head + "no link");
}

}  // namespace
}  // namespace tertulia::domain
