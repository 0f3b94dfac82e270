// SPDX-License-Identifier: Apache-2.0
// Random people change random lists while the store is slow and fails.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/random.h"
#include "domain/contacts/keeper_world.h"
#include "domain/contacts/limits.h"
#include "domain/directory/limits.h"

namespace tertulia::domain {
namespace {

using base::Random;
using base::Reason;

GroupNumber some_group(Random& random) { return static_cast<GroupNumber>(random.below(12)); }
std::string some_name(Random& random) { return "n" + std::to_string(random.below(15)); }

/// Right and wrong ones.
ListChange some_change(Random& random) {
  switch (random.below(10)) {
    case 0:
    case 1:
      return AddGroup{some_name(random), std::string(random.below(4), 'e')};
    case 2:
      return RenameGroup{some_group(random), some_name(random), std::nullopt};
    case 3:
      return RemoveGroup{some_group(random)};
    case 4:
    case 5:
      return RemoveContact{some_name(random) + "@example.com"};
    default: {
      PutContact put = put_of(some_name(random), {});
      for (auto count = random.below(4); count > 0; --count) put.contact.groups.push_back(some_group(random));
      put.contact.subscribed = random.one_in(2);
      if (random.one_in(20)) put.contact.address = "nonsense";
      return put;
    }
  }
}

void expect_sound(const ContactList& list) {
  std::set<std::string> names;
  for (const ContactGroup& group : list.groups()) {
    EXPECT_TRUE(names.insert(group.name).second);
    EXPECT_LE(group.number, list.last_number());
  }
  ASSERT_NE(list.group(group_standing), nullptr);
  for (const Contact& contact : list.contacts()) {
    EXPECT_FALSE(contact.groups.empty());
    EXPECT_TRUE(std::is_sorted(contact.groups.begin(), contact.groups.end()));
    for (const GroupNumber number : contact.groups) EXPECT_NE(list.group(number), nullptr);
    EXPECT_EQ(list.find(contact.address), &contact);
  }
  const auto again = ContactList::restored(list.groups(), list.contacts(), list.version(), list.last_number());
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, list);
}

TEST(ContactProperties, every_list_is_sound_and_differences_rebuild_it) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    ContactList list;
    InMemoryContactStore store;
    std::set<GroupNumber> used{group_standing};
    for (int i = 0; i < 150; ++i) {
      const ListChange change = some_change(random);
      const auto next = list.with(change, 12);
      if (!next) continue;
      EXPECT_EQ(next->version(), list.version() + 1);
      if (std::holds_alternative<AddGroup>(change)) {
        EXPECT_TRUE(used.insert(next->last_number()).second);
      }
      store.change_contacts(difference({1}, list, *next), {});
      list = *next;
      EXPECT_LE(list.contacts().size(), 12U);
      ASSERT_NO_FATAL_FAILURE(expect_sound(list));
    }
    store.run();
    const auto stored = store.load_contacts();
    ASSERT_TRUE(stored);
    EXPECT_EQ(*stored->front().list, list);
  }
}

/// What one watcher was told must be the story of the list.
void expect_story(const std::vector<ContactsNews>& news) {
  for (std::size_t i = 1; i < news.size(); ++i) {
    if (!news[i].change) {  // asked again
      EXPECT_GE(news[i].list->version(), news[i - 1].list->version());
      continue;
    }
    const auto made = news[i - 1].list->with(*news[i].change, policy_contacts_max);
    ASSERT_TRUE(made);
    EXPECT_EQ(*made, *news[i].list);
  }
}

TEST(ContactProperties, keeper_store_and_watchers_agree_whatever_the_store_does) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    KeeperWorld world;
    std::size_t asked = 0, failed = 0;
    for (const std::uint32_t user : {1U, 2U, 3U}) world.watch(user, user);
    for (int i = 0; i < 400; ++i) {
      const auto user = static_cast<std::uint32_t>(1 + random.below(3));
      if (random.one_in(2)) {
        std::optional<std::uint64_t> expected;
        if (random.one_in(4)) expected = world.list(user)->version();
        world.change(user, some_change(random), expected);
        ++asked;
      } else if (random.one_in(10)) {
        world.store.fail_next(1);
      } else if (random.one_in(10)) {
        world.watch(user, user);
      } else {
        world.store.step();
      }
    }
    world.store.fail_next(0);
    world.store.run();
    EXPECT_EQ(world.answers.size(), asked);
    for (const auto& [ticket, answer] : world.answers) {
      if (answer.reason == Reason::store_unavailable) ++failed;
      EXPECT_NE(answer.reason, Reason::file_damaged);
      EXPECT_EQ(answer.list != nullptr,
                answer.reason == Reason::none || answer.reason == Reason::contact_list_outdated);
    }
    EXPECT_GT(failed, 0U);
    const auto stored = world.store.load_contacts();
    ASSERT_TRUE(stored);
    for (const auto& one : *stored) EXPECT_EQ(*one.list, *world.list(one.user.value));
    for (const std::uint32_t user : {1U, 2U, 3U}) {
      const auto& news = world.heard[{base::ShardId{}, base::WatchId{user}}];
      expect_story(news);
      EXPECT_EQ(*news.back().list, *world.list(user));
    }
  }
}

}  // namespace
}  // namespace tertulia::domain
