// SPDX-License-Identifier: Apache-2.0
#include "domain/directory/policy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/text.h"
#include "domain/directory/limits.h"

namespace tertulia::domain {
namespace {

using base::Reason;

TEST(Policy, defaults_are_the_product_s) {
  const Policy policy = Policy::defaults();
  EXPECT_EQ(policy.endpoints_max, 8U);
  EXPECT_EQ(policy.message_bytes_max, 128U * 1024);
  EXPECT_TRUE(policy.offline_messages);
  EXPECT_TRUE(policy.html_messages);
  EXPECT_TRUE(policy.rtf_messages);
  EXPECT_TRUE(policy.link_filter);
  EXPECT_EQ(policy.link_action, LinkAction::allow);
  EXPECT_EQ(policy.links_max, 1000U);
  EXPECT_TRUE(policy.block_file_extension);
  EXPECT_EQ(policy.link_prefixes.size(), 17U);
  EXPECT_EQ(policy.link_prefixes.front(), "callto:");
  EXPECT_EQ(policy.link_prefixes.back(), "www*.");
  EXPECT_EQ(policy.file_extensions.size(), 76U);
  EXPECT_EQ(policy.file_extensions.front(), ".ade");
  EXPECT_EQ(policy.file_extensions.back(), ".wsh");
  EXPECT_TRUE(std::is_sorted(policy.file_extensions.begin(), policy.file_extensions.end()));
  EXPECT_TRUE(policy.local_domains.empty());
}

TEST(Policy, every_setting_is_described_and_its_default_can_be_set) {
  std::set<std::string_view> names;
  for (const PolicySetting& setting : policy_settings()) {
    EXPECT_TRUE(names.insert(setting.name).second) << setting.name;
    EXPECT_TRUE(setting.sentence.ends_with('.')) << setting.name;
    EXPECT_TRUE(setting.sentence_es.ends_with('.')) << setting.name;
    EXPECT_TRUE(base::is_utf8(setting.sentence_es)) << setting.name;
    EXPECT_LE(setting.min, setting.max);
    const bool counts = setting.kind == "number" || setting.kind == "text" || setting.kind == "list";
    EXPECT_EQ(setting.unit.empty(), !counts) << setting.name;
    Policy policy = Policy::defaults();
    const auto text = get_policy(policy, setting.name);
    ASSERT_TRUE(text) << setting.name;
    EXPECT_TRUE(set_policy(policy, setting.name, *text)) << setting.name;
    EXPECT_EQ(policy, Policy::defaults()) << setting.name;
  }
  EXPECT_EQ(names.size(), 25U);
}

TEST(Policy, numbers_at_their_bounds) {
  for (const PolicySetting& setting : policy_settings()) {
    if (setting.kind != "number") continue;
    Policy policy = Policy::defaults();
    EXPECT_TRUE(set_policy(policy, setting.name, std::to_string(setting.min)));
    EXPECT_TRUE(set_policy(policy, setting.name, std::to_string(setting.max)));
    const Policy before = policy;
    for (const std::string& bad : {std::to_string(setting.min - 1), std::to_string(setting.max + 1), std::string(),
                                   std::string("-1"), std::string("1 "), std::string("4294967297")}) {
      const auto result = set_policy(policy, setting.name, bad);
      ASSERT_EQ(result.reason(), Reason::setting_out_of_bounds) << setting.name << '=' << bad;
      EXPECT_NE(result.error().detail.find(std::to_string(setting.max)), std::string::npos);
      EXPECT_EQ(policy, before);
    }
  }
}

TEST(Policy, what_is_refused) {
  const std::string long_entry = "." + std::string(policy_list_entry_octets_max, 'a');
  std::string many;
  for (std::size_t i = 0; i <= policy_list_entries_max; ++i) many += ".a ";
  const struct {
    const char* name;
    std::string value;
    Reason reason;
  } rows[] = {
      {"no_such", "1", Reason::setting_unknown},
      {"", "1", Reason::setting_unknown},
      {"Endpoints_Max", "1", Reason::setting_unknown},
      {"offline_messages", "yes", Reason::setting_out_of_bounds},
      {"offline_messages", "", Reason::setting_out_of_bounds},
      {"link_action", "deny", Reason::setting_out_of_bounds},
      {"link_notice", std::string(policy_text_octets_max + 1, 'a'), Reason::setting_out_of_bounds},
      {"link_notice", "\xff", Reason::setting_out_of_bounds},
      {"link_notice", "bell\x07", Reason::setting_out_of_bounds},
      {"link_prefixes", "http: nothing", Reason::setting_out_of_bounds},
      {"link_prefixes", ":", Reason::setting_out_of_bounds},
      {"link_prefixes", "*.", Reason::setting_out_of_bounds},
      {"link_prefixes", "w*w.", Reason::setting_out_of_bounds},
      {"link_prefixes", "a,b:", Reason::setting_out_of_bounds},
      {"file_extensions", "exe", Reason::setting_out_of_bounds},
      {"file_extensions", ".", Reason::setting_out_of_bounds},
      {"file_extensions", long_entry, Reason::setting_out_of_bounds},
      {"file_extensions", many, Reason::setting_out_of_bounds},
      {"file_extensions", std::string(policy_list_octets_max + 1, ' '), Reason::setting_out_of_bounds},
      {"local_domains", "exa mple.com http://x", Reason::setting_out_of_bounds},
      {"local_domains", ".example.com", Reason::setting_out_of_bounds},
  };
  Policy policy = Policy::defaults();
  for (const auto& row : rows) EXPECT_EQ(set_policy(policy, row.name, row.value).reason(), row.reason) << row.name;
  EXPECT_EQ(policy, Policy::defaults());
  EXPECT_EQ(get_policy(policy, "no_such").reason(), Reason::setting_unknown);
  EXPECT_EQ(set_policy(policy, "no_such", "1").error().detail, "no_such");
}

TEST(Policy, a_switch_takes_the_words_of_the_configuration_file_too) {
  Policy policy = Policy::defaults();
  for (const char* value : {"false", "true", "off", "on"}) {
    ASSERT_TRUE(set_policy(policy, "offline_messages", value)) << value;
    const bool on = value[0] == 't' || value[1] == 'n';
    EXPECT_EQ(*get_policy(policy, "offline_messages"), on ? "on" : "off") << value;
  }
}

TEST(Policy, lists_are_lowered_and_joined_by_single_blanks) {
  Policy policy;
  ASSERT_TRUE(set_policy(policy, "link_prefixes", "  HTTP:   www*. href\t"));
  EXPECT_EQ(*get_policy(policy, "link_prefixes"), "http: www*. href");
  ASSERT_TRUE(set_policy(policy, "link_prefixes", ""));
  EXPECT_TRUE(policy.link_prefixes.empty());
  EXPECT_EQ(*get_policy(policy, "link_prefixes"), "");
}

std::string random_value(const PolicySetting& setting, base::Random& random) {
  if (setting.kind == "number") return std::to_string(setting.min + random.below(setting.max - setting.min + 1));
  if (setting.kind == "switch") return random.one_in(2) ? "on" : "off";
  if (setting.kind == "text") {
    const std::vector<std::string> pieces{"plain ", "\xc3\xa4", "\n", "=\"#\\", "\xf0\x9f\x98\x80", "  "};
    std::string text;
    while (!random.one_in(5)) text += pieces[random.below(pieces.size())];
    return text;
  }
  if (setting.kind == "list") {
    std::string text;
    while (!random.one_in(8)) {
      if (!text.empty()) text += ' ';
      const std::string word = random.token(1 + random.below(8));
      text += setting.name == "link_prefixes"     ? word + (random.one_in(2) ? ":" : "*.")
              : setting.name == "file_extensions" ? "." + word
                                                  : word + ".example.com";
    }
    return text;
  }
  if (setting.kind == "server") return random.one_in(4) ? "" : base::to_lower(random.token(8)) + ".example.com:5061";
  const auto words = base::split(setting.kind, '|');
  return std::string(words[random.below(words.size())]);
}

TEST(Policy, get_gives_back_what_was_set) {
  base::Random random(2026);
  Policy policy = Policy::defaults();
  for (int i = 0; i < 500; ++i)
    for (const PolicySetting& setting : policy_settings()) {
      const std::string value = random_value(setting, random);
      ASSERT_TRUE(set_policy(policy, setting.name, value)) << setting.name << '=' << value;
      ASSERT_EQ(*get_policy(policy, setting.name), value) << setting.name;
    }
  Policy copy;  // and a policy is wholly described by its texts
  for (const PolicySetting& setting : policy_settings())
    ASSERT_TRUE(set_policy(copy, setting.name, *get_policy(policy, setting.name)));
  EXPECT_EQ(copy, policy);
}

}  // namespace
}  // namespace tertulia::domain
