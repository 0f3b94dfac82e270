// SPDX-License-Identifier: Apache-2.0
#include "domain/directory/directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "domain/directory/ports.h"

namespace tertulia::domain {
namespace {

using base::UserId;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

User user(std::uint32_t id, const std::string& address) {
  User made;
  made.id = {id};
  made.address = *Address::parse(address);
  return made;
}

DirectoryPtr empty() {
  return std::make_shared<const Directory>(std::vector<std::string>{"Example.com"}, Policy::defaults());
}

DirectoryPtr of_size(std::uint32_t size) {
  std::vector<User> users;
  for (std::uint32_t id = 1; id <= size; ++id) users.push_back(user(id, "user" + std::to_string(id) + "@example.com"));
  return empty()->with_users(std::move(users));
}

TEST(Directory, finds_by_address_and_id) {
  const auto directory = empty()->with(user(1, "alice@example.com"))->with(user(2, "bob@example.com"));
  ASSERT_NE(directory->find("alice@example.com"), nullptr);
  EXPECT_EQ(directory->find("alice@example.com"), directory->find(UserId{1}));
  EXPECT_EQ(directory->find(*Address::parse("sip:BOB@example.com"))->id, UserId{2});
  EXPECT_EQ(directory->find("carol@example.com"), nullptr);
  EXPECT_EQ(directory->find(UserId{3}), nullptr);
  EXPECT_EQ(directory->find(UserId{}), nullptr);
  EXPECT_EQ(directory->size(), 2U);
}

TEST(Directory, an_old_snapshot_does_not_change) {
  const auto before = empty()->with(user(1, "alice@example.com"));
  const auto after = before->without({1})->with(user(2, "bob@example.com"));
  EXPECT_NE(before->find("alice@example.com"), nullptr);
  EXPECT_EQ(before->find("bob@example.com"), nullptr);
  EXPECT_EQ(before->size(), 1U);
  EXPECT_EQ(after->find("alice@example.com"), nullptr);
  EXPECT_EQ(after->find(UserId{1}), nullptr);
  EXPECT_EQ(after->size(), 1U);
}

TEST(Directory, a_change_shares_all_buckets_but_those_of_the_user) {
  const auto before = of_size(2000);
  const std::size_t all = 2 * Directory::bucket_count;
  EXPECT_EQ(before->with(user(7, "user7@example.com"))->buckets_shared_with(*before), all - 2);
  EXPECT_EQ(before->with(user(2001, "new@example.com"))->buckets_shared_with(*before), all - 2);
  EXPECT_EQ(before->without({7})->buckets_shared_with(*before), all - 2);
  EXPECT_EQ(before->without({9999})->buckets_shared_with(*before), all);
  EXPECT_EQ(before->with_domains({"other.com"})->buckets_shared_with(*before), all);
}

TEST(Directory, replaces_a_user_of_the_same_id_or_address) {
  const auto before = empty()->with(user(1, "alice@example.com"))->with(user(2, "bob@example.com"));
  const auto renamed = before->with(user(1, "alicia@example.com"));
  EXPECT_EQ(renamed->size(), 2U);
  EXPECT_EQ(renamed->find("alice@example.com"), nullptr);
  EXPECT_EQ(renamed->find("alicia@example.com"), renamed->find(UserId{1}));
  const auto taken_over = before->with(user(3, "bob@example.com"));
  EXPECT_EQ(taken_over->size(), 2U);
  EXPECT_EQ(taken_over->find(UserId{2}), nullptr);
  const auto both = before->with(user(1, "bob@example.com"));
  EXPECT_EQ(both->size(), 1U);
}

TEST(Directory, lists_by_address) {
  const auto directory =
      empty()->with(user(1, "carol@example.com"))->with(user(2, "alice@example.com"))->with(user(3, "bob@example.com"));
  std::vector<std::string> addresses;
  for (const User* each : directory->all()) addresses.push_back(each->address.text());
  EXPECT_THAT(addresses, ElementsAre("alice@example.com", "bob@example.com", "carol@example.com"));
}

TEST(Directory, serves_its_domains_in_any_case) {
  EXPECT_TRUE(empty()->serves("example.com"));
  EXPECT_TRUE(empty()->serves("EXAMPLE.com"));
  EXPECT_FALSE(empty()->serves("sub.example.com"));
  EXPECT_FALSE(empty()->serves(""));
  const auto two = empty()->with_domains({"a.com", "B.com"});
  EXPECT_THAT(two->domains(), ElementsAre("a.com", "b.com"));
  EXPECT_FALSE(two->serves("example.com"));
}

TEST(Directory, overlays_the_user_s_own_settings) {
  Policy global = Policy::defaults();
  global.links_max = 5;
  User alice = user(1, "alice@example.com");
  alice.settings = {{"endpoints_max", "3"}, {"links_max", "0"}, {"of_a_later_version", "x"}};
  auto directory = std::make_shared<const Directory>(std::vector<std::string>{}, global)
                       ->with(alice)
                       ->with(user(2, "bob@example.com"));
  EXPECT_EQ(directory->find(UserId{1})->policy->endpoints_max, 3U);
  EXPECT_EQ(directory->find(UserId{1})->policy->links_max, 5U);  // out of bounds: the global value holds
  EXPECT_EQ(directory->find(UserId{2})->policy.get(), &directory->global_policy());  // shared, not copied

  global.links_max = 7;
  global.endpoints_max = 20;
  const auto reloaded = directory->with_policy(global);
  EXPECT_EQ(reloaded->find(UserId{1})->policy->links_max, 7U);
  EXPECT_EQ(reloaded->find(UserId{1})->policy->endpoints_max, 3U);
  EXPECT_EQ(reloaded->find(UserId{2})->policy->endpoints_max, 20U);
  EXPECT_EQ(directory->find(UserId{2})->policy->endpoints_max, 8U);
  EXPECT_EQ(reloaded->size(), 2U);
}

TEST(Directory, tells_who_changed) {
  const auto before = of_size(3000);
  EXPECT_THAT(before->changed_since(*before), ElementsAre());
  const auto after = before->with(user(5, "user5@example.com"))
                         ->without({6})
                         ->with(user(4000, "new@example.com"))
                         ->with(user(9, "renamed@example.com"));
  EXPECT_THAT(after->changed_since(*before), UnorderedElementsAre(UserId{5}, UserId{6}, UserId{9}, UserId{4000}));
  EXPECT_THAT(before->changed_since(*after), UnorderedElementsAre(UserId{5}, UserId{6}, UserId{9}, UserId{4000}));
}

TEST(Directory, ten_thousand_users_are_quick) {
  const auto start = std::chrono::steady_clock::now();
  const auto directory = of_size(10'000);
  const auto built = std::chrono::steady_clock::now();
  auto changed = directory;
  for (std::uint32_t id = 1; id <= 200; ++id)
    changed = changed->with(user(id, "x" + std::to_string(id) + "@example.com"));
  const auto done = std::chrono::steady_clock::now();
  for (std::uint32_t id = 1; id <= 10'000; ++id) ASSERT_NE(changed->find(UserId{id}), nullptr);
  const auto found = std::chrono::steady_clock::now();
  EXPECT_EQ(changed->size(), 10'000U);
  const auto us = [](auto from, auto to) {
    return static_cast<long>(std::chrono::duration_cast<std::chrono::microseconds>(to - from).count());
  };
  std::printf("10,000 users: built in %ld us, 200 changes in %ld us, 10,000 look-ups in %ld us\n", us(start, built),
              us(built, done), us(done, found));
  EXPECT_LT(us(start, found), 10'000'000);  // wide: sanitizers, busy machines
}

TEST(User, blocks_whom_it_names) {
  User alice = user(1, "alice@example.com");
  EXPECT_FALSE(alice.blocks(*Address::parse("mallory@example.com")));
  alice.blocked = {*Address::parse("mallory@example.com"), *Address::parse("eve@other.com")};
  EXPECT_TRUE(alice.blocks(*Address::parse("sip:Mallory@Example.com")));
  EXPECT_TRUE(alice.blocks(*Address::parse("eve@other.com")));
  EXPECT_FALSE(alice.blocks(*Address::parse("eve@example.com")));
}

TEST(SecretDigests, wiping_overwrites_the_bytes) {
  std::string secret(100, 's');
  const char* const bytes = secret.data();
  const std::size_t length = secret.size();
  wipe(secret);
  EXPECT_TRUE(secret.empty());
  ASSERT_EQ(secret.data(), bytes);  // emptying keeps the memory
  secret.resize(0);
  for (std::size_t i = 0; i < length; ++i) ASSERT_EQ(static_cast<const volatile char*>(bytes)[i], '\0') << i;
}

TEST(SecretDigests, are_wiped_when_replaced_and_survive_moves) {
  SecretDigests first;
  first.ha1["MD5/user"] = std::string(32, 'a');
  first.nt_hash = std::string(64, 'n');  // long enough to live on the heap
  const char* const bytes = first.nt_hash.data();
  SecretDigests second = std::move(first);
  EXPECT_EQ(second.ha1.at("MD5/user"), std::string(32, 'a'));
  EXPECT_EQ(second.nt_hash.data(), bytes);  // moved, not copied
  SecretDigests third = second;
  EXPECT_EQ(third.ha1, second.ha1);
  third = SecretDigests{};
  EXPECT_TRUE(third.ha1.empty());
  EXPECT_EQ(third.nt_hash, "");
  third = second;
  EXPECT_EQ(third.nt_hash, second.nt_hash);
}

}  // namespace
}  // namespace tertulia::domain
