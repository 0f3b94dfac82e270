// SPDX-License-Identifier: Apache-2.0
#include "domain/directory/home_server.h"

#include <gtest/gtest.h>

#include "domain/directory/directory.h"
#include "domain/directory/limits.h"

namespace tertulia::domain {
namespace {

using base::Reason;

TEST(HomeServer, has_one_form) {
  const std::pair<std::string_view, std::string_view> rows[] = {{"", ""},
                                                                {"fe2.example.com", "fe2.example.com:5061"},
                                                                {"FE2.Example.com:443", "fe2.example.com:443"},
                                                                {"localhost:15061", "localhost:15061"},
                                                                {"192.0.2.7", "192.0.2.7:5061"},
                                                                {"[2001:DB8::2]", "[2001:db8::2]:5061"},
                                                                {"[::1]:65535", "[::1]:65535"},
                                                                {"fe2:05061", "fe2:5061"}};
  for (const auto& [text, form] : rows) {
    const auto server = home_server_from(text);
    ASSERT_TRUE(server) << text;
    EXPECT_EQ(*server, form);
  }
}

TEST(HomeServer, nothing_that_would_end_the_uri_is_taken) {
  for (const std::string& text :
       {std::string("fe2.example.com;transport=tcp"), std::string("alice@fe2"), std::string("fe2>"),
        std::string("fe 2"), std::string("fe2:0"), std::string("fe2:65536"), std::string("fe2:"), std::string(":5061"),
        std::string("."), std::string("fe2..example"), std::string("-fe2"), std::string("2001:db8::2"),
        std::string("[]"), std::string("[::1"), std::string("[::1]x"), std::string("[fe2]"), std::string("sip:fe2"),
        std::string("fe2\r\nX: y"), std::string(domain_label_octets_max + 1, 'a')}) {
    const auto refused = home_server_from(text);
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.reason(), Reason::setting_out_of_bounds) << text;
  }
}

TEST(HomeServer, names_are_taken_up_to_their_limit) {
  std::string name;
  while (name.size() < host_name_octets_max - 1) name += name.size() % 2 == 0 ? "a" : ".";
  name.resize(host_name_octets_max, 'b');
  EXPECT_TRUE(home_server_from(name)) << name.size();
  EXPECT_FALSE(home_server_from(name + "b"));
}

User user_at(const std::string& home_server) {
  User user;
  user.id = base::UserId{1};
  user.address = *Address::parse("alice@example.com");
  if (home_server != "-") user.settings["home_server"] = home_server;
  return user;
}

Policy all_at(const std::string& home_server) {
  Policy policy = Policy::defaults();
  EXPECT_TRUE(set_policy(policy, "home_server", home_server));
  return policy;
}

TEST(HomeServer, decides_whether_somebody_can_be_reached_here) {
  const Directory here({"example.com"}, Policy::defaults());
  EXPECT_EQ(refusal_to_reach(here.with(user_at("-"))->find("alice@example.com")), Reason::none);
  EXPECT_EQ(refusal_to_reach(here.with(user_at("fe2"))->find("alice@example.com")), Reason::home_elsewhere);
  EXPECT_EQ(refusal_to_reach(here.with(user_at(""))->find("alice@example.com")), Reason::none);
  EXPECT_EQ(refusal_to_reach(nullptr), Reason::destination_unknown);
  User disabled = user_at("fe2");
  disabled.enabled = false;
  EXPECT_EQ(refusal_to_reach(here.with(disabled)->find("alice@example.com")), Reason::destination_unknown);

  const auto moved = here.with(user_at("-"))->with_policy(all_at("fe2"));  // the whole server, but for one
  EXPECT_EQ(refusal_to_reach(moved->find("alice@example.com")), Reason::home_elsewhere);
  EXPECT_EQ(refusal_to_reach(moved->with(user_at(""))->find("alice@example.com")), Reason::none);
}

TEST(HomeServer, naming_this_server_means_here) {
  const Directory fe2({"example.com"}, all_at("FE2.example.com"), {"fe2.example.com:5061", "fe2.example.com:443"});
  EXPECT_EQ(fe2.global_policy().home_server, "");
  EXPECT_FALSE(fe2.with(user_at("-"))->find("alice@example.com")->is_served_elsewhere());
  EXPECT_FALSE(fe2.with(user_at("fe2.example.com:443"))->find("alice@example.com")->is_served_elsewhere());
  EXPECT_TRUE(fe2.with(user_at("fe2.example.com:444"))->find("alice@example.com")->is_served_elsewhere());
  const auto reloaded = fe2.with(user_at("-"))->with_policy(all_at("fe2.example.com"));
  EXPECT_FALSE(reloaded->find("alice@example.com")->is_served_elsewhere());
}

}  // namespace
}  // namespace tertulia::domain
