// SPDX-License-Identifier: Apache-2.0
#include "domain/directory/address.h"

#include <gtest/gtest.h>

#include <string>

#include "domain/directory/limits.h"

namespace tertulia::domain {
namespace {

TEST(Address, accepts_and_lowers) {
  const struct {
    const char* given;
    const char* text;
    const char* user;
    const char* domain;
  } rows[] = {
      {"alice@example.com", "alice@example.com", "alice", "example.com"},
      {"sip:Alice@Example.COM", "alice@example.com", "alice", "example.com"},
      {"SIP:a@b", "a@b", "a", "b"},
      {"first.last-2_x+tag@sub.example.com", "first.last-2_x+tag@sub.example.com", "first.last-2_x+tag",
       "sub.example.com"},
      {"!~*'()&=$,;?/@example.com", "!~*'()&=$,;?/@example.com", "!~*'()&=$,;?/", "example.com"},
      {"+4930123@10.0.0.1", "+4930123@10.0.0.1", "+4930123", "10.0.0.1"},
  };
  for (const auto& row : rows) {
    const auto address = Address::parse(row.given);
    ASSERT_TRUE(address) << row.given;
    EXPECT_EQ(address->text(), row.text);
    EXPECT_EQ(address->user(), row.user);
    EXPECT_EQ(address->domain(), row.domain);
    EXPECT_EQ(*Address::parse(address->text()), *address);
  }
}

TEST(Address, refuses) {
  for (const char* bad : {"",
                          "@",
                          "alice",
                          "alice@",
                          "@example.com",
                          "sip:",
                          "sip:alice",
                          "sip:@example.com",
                          "a@b@c",
                          "a b@example.com",
                          " alice@example.com",
                          "alice@example.com ",
                          "al\tice@example.com",
                          "alice@exam ple.com",
                          "alice@example.com\r\n",
                          "alice:secret@example.com",
                          "al<ice@example.com",
                          "al>ice@example.com",
                          "\"alice\"@example.com",
                          "al%69ce@example.com",
                          "al#ice@example.com",
                          "alice@example..com",
                          "alice@.example.com",
                          "alice@example.com.",
                          "alice@-example.com",
                          "alice@example-.com",
                          "alice@exa_mple.com",
                          "alice@example.com:5061",
                          "alice@[::1]",
                          "alice@example.com;transport=tls",
                          "\xc3\xa4@example.com",
                          "alice@ex\xc3\xa4mple.com",
                          "sips:alice@example.com",
                          "al\x7fice@example.com",
                          "alice\\@example.com"})
    EXPECT_EQ(Address::parse(bad).reason(), base::Reason::address_malformed) << bad;
  EXPECT_FALSE(Address::parse(std::string_view("a\0b@example.com", 15)));
}

TEST(Address, at_the_limits) {
  const std::string tail = "@example.com";
  const std::string fits = std::string(address_octets_max - tail.size(), 'a') + tail;
  EXPECT_TRUE(Address::parse(fits));
  EXPECT_TRUE(Address::parse("sip:" + fits));  // the scheme is no part of the address
  EXPECT_FALSE(Address::parse("a" + fits));
  EXPECT_TRUE(Address::parse("a@" + std::string(domain_label_octets_max, 'b') + ".c"));
  EXPECT_FALSE(Address::parse("a@" + std::string(domain_label_octets_max + 1, 'b') + ".c"));
}

TEST(Address, what_is_wrong_with_a_domain) {
  const std::string label(domain_label_octets_max, 'b');
  const std::string longest = label + "." + label + "." + label + "." + std::string(host_name_octets_max - 192, 'c');
  for (const std::string& good : {std::string("example.com"), std::string("localhost"), std::string("192.0.2.1"),
                                  std::string("a-b.C3"), label + ".c", longest})
    EXPECT_TRUE(check_domain(good)) << good;
  const std::pair<std::string, const char*> bad[] = {
      {"", "nothing"},
      {"bad domain", "a character"},
      {"example.com:5061", "a character"},
      {"alice@example.com", "a character"},
      {"ex\xc3\xa4mple.com", "a character"},
      {"example..com", "nothing"},
      {".example.com", "nothing"},
      {"example.com.", "nothing"},
      {"-example.com", "hyphen"},
      {"example-.com", "hyphen"},
      {label + "b.c", "63"},
      {longest + "c", "253"},
  };
  for (const auto& [domain, why] : bad) {
    const auto checked = check_domain(domain);
    ASSERT_FALSE(checked) << domain;
    EXPECT_EQ(checked.reason(), base::Reason::domain_malformed);
    EXPECT_NE(checked.error().detail.find(why), std::string::npos) << domain << ": " << checked.error().detail;
  }
}

TEST(Address, names_of_conferences_are_not_given_to_users) {
  for (const char* taken : {"conference@example.com", "Conference.alice.4711@example.com", "conference.@example.com"})
    EXPECT_EQ(may_be_given(*Address::parse(taken)).reason(), base::Reason::address_reserved) << taken;
  for (const char* free : {"conferences@example.com", "conference-room@example.com", "conf@example.com",
                           "my.conference@example.com", "alice@conference.example.com"})
    EXPECT_TRUE(may_be_given(*Address::parse(free))) << free;
}

TEST(Address, empty_one_has_empty_parts) {
  const Address none;
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(none.user(), "");
  EXPECT_EQ(none.domain(), "");
}

}  // namespace
}  // namespace tertulia::domain
