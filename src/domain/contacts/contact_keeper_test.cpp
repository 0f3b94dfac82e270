// SPDX-License-Identifier: Apache-2.0
#include "domain/contacts/contact_keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/contacts/keeper_world.h"
#include "domain/contacts/limits.h"

namespace tertulia::domain {
namespace {

using base::Reason;
using base::Ticket;
using testing::ElementsAre;
using testing::IsEmpty;

class Keeper : public ::testing::Test {
 protected:
  Reason reason_of(Ticket ticket) const { return world_.answer_to(ticket).reason; }
  const std::vector<ContactsNews>& heard(std::uint64_t watch, std::uint16_t edge = 0) {
    return world_.heard[{base::ShardId{edge}, base::WatchId{watch}}];
  }
  KeeperWorld world_;
};

TEST_F(Keeper, a_change_counts_when_the_store_has_it) {
  const auto ticket = world_.change(1, put_of("bob"), std::nullopt, 3);
  EXPECT_THAT(world_.answers, IsEmpty());
  EXPECT_EQ(world_.list(1)->version(), 1U);
  ASSERT_TRUE(world_.store.step());
  const auto& answer = world_.answer_to(ticket);
  EXPECT_EQ(answer.reason, Reason::none);
  EXPECT_EQ(answer.list->version(), 2U);
  EXPECT_EQ(answer.group, 0U);
  EXPECT_EQ(world_.answer_edges[ticket].value, 3U);
  EXPECT_EQ(world_.list(1), answer.list);
  EXPECT_EQ(world_.list(2)->version(), 1U);
  EXPECT_EQ(*world_.store.load_contacts()->front().list, *answer.list);
}

TEST_F(Keeper, tells_the_number_of_a_new_group) {
  const auto ticket = world_.change(1, AddGroup{"Work", {}});
  world_.store.run();
  EXPECT_EQ(world_.answer_to(ticket).group, 2U);
  const auto rename = world_.change(1, RenameGroup{2, "Home", {}});
  world_.store.run();
  EXPECT_EQ(world_.answer_to(rename).group, 0U);
}

TEST_F(Keeper, refuses_what_the_list_refuses_at_once) {
  EXPECT_EQ(reason_of(world_.change(1, RemoveContact{"bob@example.com"})), Reason::contact_unknown);
  EXPECT_EQ(reason_of(world_.change(1, RemoveGroup{1})), Reason::group_standing_stays);
  EXPECT_EQ(reason_of(world_.change(9, put_of("bob"))), Reason::user_does_not_exist);
  EXPECT_EQ(world_.store.pending(), 0U);
}

TEST_F(Keeper, the_policy_bounds_the_list) {
  world_.add_user(4, "1");
  const auto first = world_.change(4, put_of("bob"));
  const auto second = world_.change(4, put_of("carol"));
  world_.store.run();
  EXPECT_EQ(reason_of(first), Reason::none);
  EXPECT_EQ(reason_of(second), Reason::too_many_contacts);
  world_.add_user(4, "2");
  const auto third = world_.change(4, put_of("carol"));
  world_.store.run();
  EXPECT_EQ(reason_of(third), Reason::none);
}

TEST_F(Keeper, expected_version_is_compared_with_what_counts) {
  const auto first = world_.change(1, put_of("bob"), 1);
  const auto second = world_.change(1, put_of("carol"), 1);  // looked at when its turn comes
  const auto third = world_.change(1, put_of("dave"), 2);
  world_.store.run();
  EXPECT_EQ(reason_of(first), Reason::none);
  EXPECT_EQ(reason_of(second), Reason::contact_list_outdated);
  EXPECT_EQ(world_.answer_to(second).list, world_.answer_to(first).list);  // the valid one
  EXPECT_EQ(reason_of(third), Reason::none);
  EXPECT_EQ(world_.list(1)->version(), 3U);
}

TEST_F(Keeper, changes_of_one_user_keep_their_order_while_the_store_is_slow) {
  const auto group = world_.change(1, AddGroup{"Work", {}});
  const auto put = world_.change(1, put_of("bob", {2}));  // in the group that the one before makes
  const auto wrong = world_.change(1, put_of("carol", {3}));
  const auto remove = world_.change(1, RemoveGroup{2});
  const auto other = world_.change(2, put_of("bob"));
  EXPECT_EQ(world_.store.pending(), 2U);  // one of each user
  world_.store.run();
  EXPECT_THAT(world_.answer_order, ElementsAre(group, other, put, wrong, remove));
  EXPECT_EQ(reason_of(put), Reason::none);
  EXPECT_EQ(reason_of(wrong), Reason::group_unknown);
  EXPECT_EQ(reason_of(remove), Reason::none);
  EXPECT_THAT(world_.list(1)->find("bob@example.com")->groups, ElementsAre(group_standing));
}

TEST_F(Keeper, a_group_that_is_there_is_told_with_its_number) {
  world_.watch(1, 5);
  const auto first = world_.change(1, AddGroup{"Work", {}});
  const auto second = world_.change(1, AddGroup{"Work", {}});  // asked before the first is stored
  world_.store.run();
  EXPECT_EQ(reason_of(first), Reason::none);
  EXPECT_EQ(reason_of(second), Reason::group_exists);
  EXPECT_EQ(world_.answer_to(second).group, world_.answer_to(first).group);
  EXPECT_EQ(heard(5).size(), 2U) << "the first news, and one group";
  const auto rename = world_.change(1, RenameGroup{2, "~", {}});
  EXPECT_EQ(world_.answer_to(rename).group, 0U);
}

TEST_F(Keeper, failure_of_the_store_changes_nothing) {
  world_.watch(1, 5);
  const auto good = world_.change(1, put_of("bob"));
  world_.store.run();
  const auto before = world_.list(1);
  world_.store.fail_next(1);
  const auto bad = world_.change(1, AddGroup{"Work", {}});
  const auto behind = world_.change(1, put_of("carol", {2}));  // its group was not made
  const auto fine = world_.change(1, put_of("dave"));
  world_.store.run();
  EXPECT_EQ(reason_of(good), Reason::none);
  EXPECT_EQ(reason_of(bad), Reason::store_unavailable);
  EXPECT_EQ(world_.answer_to(bad).list, nullptr);
  EXPECT_EQ(reason_of(behind), Reason::group_unknown);
  EXPECT_EQ(reason_of(fine), Reason::none);
  EXPECT_EQ(world_.list(1)->version(), before->version() + 1);
  ASSERT_EQ(heard(5).size(), 3U);  // the first, bob, dave
  EXPECT_EQ(*world_.store.load_contacts()->front().list, *world_.list(1));
}

TEST_F(Keeper, bounds_what_waits_for_the_store) {
  std::vector<Ticket> taken;
  for (std::size_t i = 0; i < contact_changes_waiting_max; ++i) {
    taken.push_back(world_.change(1, put_of("c" + std::to_string(i % 100))));
  }
  EXPECT_EQ(reason_of(world_.change(1, put_of("late"))), Reason::server_busy);
  ASSERT_TRUE(world_.store.step());
  const auto again = world_.change(1, put_of("late"));
  world_.store.run();
  for (const Ticket ticket : taken) EXPECT_EQ(reason_of(ticket), Reason::none);
  EXPECT_EQ(reason_of(again), Reason::none);
  EXPECT_EQ(world_.list(1)->contacts().size(), 101U);
}

TEST_F(Keeper, a_watch_hears_the_list_now_and_each_change_with_what_made_it) {
  world_.watch(1, 5);
  world_.watch(1, 5, true, 7);  // another edge may use the same number
  world_.watch(2, 6);
  ASSERT_EQ(heard(5).size(), 1U);
  EXPECT_EQ(heard(5)[0].list->version(), 1U);
  EXPECT_FALSE(heard(5)[0].change);
  world_.change(1, put_of("bob"));
  world_.change(1, AddGroup{"Work", {}});
  EXPECT_EQ(heard(5).size(), 1U);  // not before the store has it
  world_.store.run();
  ASSERT_EQ(heard(5).size(), 3U);
  EXPECT_EQ(heard(5)[1].list->version(), 2U);
  EXPECT_EQ(std::get<PutContact>(*heard(5)[1].change).contact.address, "bob@example.com");
  EXPECT_EQ(heard(5)[2].list->version(), 3U);
  EXPECT_EQ(std::get<AddGroup>(*heard(5)[2].change).name, "Work");
  EXPECT_EQ(heard(5, 7).size(), 3U);
  EXPECT_EQ(heard(6).size(), 1U);
  EXPECT_EQ(world_.keeper.watch_count(), 3U);
}

TEST_F(Keeper, an_ended_watch_hears_nothing_more) {
  world_.watch(1, 5);
  world_.watch(1, 6);
  world_.watch(1, 5, false);
  world_.watch(1, 5, false);  // harmless
  world_.watch(3, 5, false);
  world_.change(1, put_of("bob"));
  world_.store.run();
  EXPECT_EQ(heard(5).size(), 1U);
  EXPECT_EQ(heard(6).size(), 2U);
  EXPECT_EQ(world_.keeper.watch_count(), 1U);
}

TEST_F(Keeper, a_watch_that_is_on_is_answered_again_and_stays_one) {
  world_.watch(1, 5);
  world_.watch(1, 5);
  EXPECT_EQ(heard(5).size(), 2U);
  EXPECT_EQ(world_.keeper.watch_count(), 1U);
  world_.change(1, put_of("bob"));
  world_.store.run();
  EXPECT_EQ(heard(5).size(), 3U);
}

TEST_F(Keeper, bounds_the_watches_of_one_user) {
  for (std::uint64_t i = 1; i <= contact_watches_per_user_max; ++i) world_.watch(1, i);
  world_.watch(1, 9999);
  ASSERT_EQ(heard(9999).size(), 1U);
  EXPECT_EQ(heard(9999)[0].reason, Reason::too_many_watchers);
  EXPECT_EQ(*heard(9999)[0].list, ContactList());
  world_.watch(1, 1);  // known already
  EXPECT_EQ(heard(1).back().reason, Reason::none);
  EXPECT_EQ(world_.keeper.watch_count(), contact_watches_per_user_max);
}

TEST_F(Keeper, a_watch_of_nobody_is_refused) {
  world_.watch(9, 5);
  ASSERT_EQ(heard(5).size(), 1U);
  EXPECT_EQ(heard(5)[0].reason, Reason::user_does_not_exist);
  EXPECT_EQ(world_.keeper.watch_count(), 0U);
}

TEST_F(Keeper, a_removed_user_takes_his_list_along) {
  world_.watch(1, 5);
  world_.change(1, put_of("bob"));
  world_.store.run();
  const auto with_the_store = world_.change(1, put_of("carol"));
  const auto behind = world_.change(1, put_of("dave"));
  world_.remove_user(1);
  EXPECT_EQ(reason_of(with_the_store), Reason::user_does_not_exist);
  EXPECT_EQ(reason_of(behind), Reason::user_does_not_exist);
  EXPECT_EQ(heard(5).back().reason, Reason::user_does_not_exist);
  world_.store.run();  // its late answer is nobody's
  EXPECT_EQ(world_.answers.size(), 3U);
  EXPECT_EQ(world_.list(1)->version(), 1U);
  EXPECT_EQ(world_.keeper.watch_count(), 0U);
  world_.keeper.on_user_removed({1});  // harmless
}

TEST_F(Keeper, a_user_who_is_gone_from_the_directory_first_gets_no_list) {
  const auto first = world_.change(1, put_of("bob"));
  const auto second = world_.change(1, put_of("carol"));
  world_.directory = world_.directory->without({1});
  world_.store.run();
  EXPECT_EQ(reason_of(first), Reason::none);
  EXPECT_EQ(reason_of(second), Reason::user_does_not_exist);
}

TEST_F(Keeper, restores_lists_at_start) {
  world_.change(1, put_of("bob"));
  world_.change(2, AddGroup{"Work", {}});
  world_.store.run();
  KeeperWorld next;
  const auto stored = world_.store.load_contacts();
  ASSERT_TRUE(stored);
  ASSERT_EQ(stored->size(), 2U);
  for (const auto& one : *stored) next.keeper.restore(one.user, one.list);
  EXPECT_EQ(*next.list(1), *world_.list(1));
  EXPECT_EQ(*next.list(2), *world_.list(2));
}

TEST_F(Keeper, change_from_the_first_list_is_kept_across_a_crash_only_when_answered) {
  const auto first = world_.change(1, put_of("bob"));
  world_.store.run();
  const auto lost = world_.change(1, put_of("carol"));
  world_.store.drop_pending();
  EXPECT_EQ(reason_of(first), Reason::none);
  EXPECT_FALSE(world_.answers.contains(lost));
  EXPECT_EQ(world_.store.load_contacts()->front().list->contacts().size(), 1U);
}

}  // namespace
}  // namespace tertulia::domain
