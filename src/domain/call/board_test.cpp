// SPDX-License-Identifier: Apache-2.0
#include "domain/call/board.h"

#include <gtest/gtest.h>

#include "domain/call/call_bench.h"

namespace tertulia::domain::call_bench {
namespace {

using base::Reason;

class BoardTest : public testing::Test, private CallBoardPorts {
 public:
  struct News {
    base::ShardId edge;
    CallsNews news;
  };
  std::vector<News> told;
  People people;
  CallBoard board{*this};

  void notice(std::uint64_t call, CallState state, bool outgoing = false, base::UserId user = bob) {
    CallNotice notice;
    notice.user = user;
    notice.call = {call};
    notice.state = state;
    notice.outgoing = outgoing;
    board.on_notice(notice);
  }
  void watch(std::uint64_t watch, bool on = true, base::UserId user = bob) {
    board.on_watch({alices_edge, {watch}, user, on}, *people);
  }

 private:
  void news(base::ShardId edge, CallsNews news) override { told.push_back({edge, std::move(news)}); }
};

TEST_F(BoardTest, holds_what_each_user_has) {
  notice(1, CallState::trying, true);
  notice(2, CallState::ringing);
  notice(1, CallState::up, true);
  const auto calls = board.calls(bob);
  ASSERT_EQ(calls.size(), 2U);
  EXPECT_EQ(calls[0].call, base::CallId{1});  // oldest first
  EXPECT_EQ(calls[0].state, CallState::up);
  EXPECT_TRUE(board.calls(alice).empty());
  notice(1, CallState::over, true);
  notice(2, CallState::over);
  EXPECT_EQ(board.call_count(), 0U);
  EXPECT_TRUE(board.calls(bob).empty());
}

TEST_F(BoardTest, watchers_learn_each_change_once) {
  watch(5);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].edge, alices_edge);
  EXPECT_EQ(told[0].news.watch, base::WatchId{5});
  EXPECT_TRUE(told[0].news.calls.empty());
  notice(1, CallState::ringing);
  notice(1, CallState::ringing);
  notice(1, CallState::up);
  notice(1, CallState::ringing);  // never backwards
  ASSERT_EQ(told.size(), 3U);
  EXPECT_EQ(told[2].news.calls.at(0).state, CallState::up);
  notice(1, CallState::over);
  notice(1, CallState::over);
  ASSERT_EQ(told.size(), 4U);
  EXPECT_TRUE(told[3].news.calls.empty());
  notice(2, CallState::up, false, carol);  // somebody else
  EXPECT_EQ(told.size(), 4U);
}

TEST_F(BoardTest, who_calls_himself_has_the_call_twice) {
  notice(1, CallState::trying, true);
  notice(1, CallState::ringing, false);
  EXPECT_EQ(board.calls(bob).size(), 2U);
  notice(1, CallState::over, true);
  ASSERT_EQ(board.calls(bob).size(), 1U);
  EXPECT_FALSE(board.calls(bob)[0].outgoing);
}

TEST_F(BoardTest, watch_ends) {
  watch(5);
  watch(5);  // asked again: answered again, held once
  EXPECT_EQ(told.size(), 2U);
  EXPECT_EQ(board.watch_count(), 1U);
  watch(5, false);
  watch(5, false);
  watch(6, false, alice);
  EXPECT_EQ(board.watch_count(), 0U);
  notice(1, CallState::up);
  EXPECT_EQ(told.size(), 2U);
}

TEST_F(BoardTest, unknown_and_removed_users) {
  people.remove(carol);
  watch(5, true, carol);
  EXPECT_EQ(told.at(0).news.reason, Reason::user_does_not_exist);
  watch(6);
  notice(1, CallState::up);
  board.on_user_removed(bob);
  board.on_user_removed(bob);
  EXPECT_EQ(told.back().news.reason, Reason::user_does_not_exist);
  EXPECT_EQ(told.back().news.watch, base::WatchId{6});
  EXPECT_EQ(board.watch_count(), 0U);
  EXPECT_EQ(board.call_count(), 0U);
  notice(1, CallState::over);
  EXPECT_EQ(told.size(), 4U);
}

TEST_F(BoardTest, nothing_unbounded_watchers) {
  for (std::uint64_t i = 1; i <= call_watchers_per_user_max; ++i) watch(i);
  EXPECT_EQ(told.back().news.reason, Reason::none);
  watch(5000);
  EXPECT_EQ(told.back().news.reason, Reason::too_many_watchers);
  EXPECT_EQ(board.watch_count(), call_watchers_per_user_max);
  watch(1);  // the ones that are there may ask again
  EXPECT_EQ(told.back().news.reason, Reason::none);
  watch(5000, true, alice);
  EXPECT_EQ(told.back().news.reason, Reason::none);
}

TEST_F(BoardTest, nothing_unbounded_calls) {
  for (std::uint64_t i = 1; i <= calls_shown_per_user_max + 1; ++i) notice(i, CallState::ringing);
  EXPECT_EQ(board.calls(bob).size(), calls_shown_per_user_max);
  notice(calls_shown_per_user_max + 1, CallState::over);
  for (std::uint64_t i = 1; i <= calls_shown_per_user_max; ++i) notice(i, CallState::over);
  EXPECT_EQ(board.call_count(), 0U);
}

TEST(CallStateName, all) {
  EXPECT_EQ(name_of(CallState::trying), "trying");
  EXPECT_EQ(name_of(CallState::ringing), "ringing");
  EXPECT_EQ(name_of(CallState::up), "up");
  EXPECT_EQ(name_of(CallState::over), "over");
  EXPECT_EQ(name_of(static_cast<CallState>(9)), "unknown");
}

}  // namespace
}  // namespace tertulia::domain::call_bench
