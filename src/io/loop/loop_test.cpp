// SPDX-License-Identifier: Apache-2.0
#include "io/loop/loop.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "io/loop/limits.h"

namespace tertulia::io {
namespace {

using namespace std::chrono_literals;

struct LoopTest : ::testing::Test {
  ManualClock clock;
  Loop loop{clock};
  std::string order;

  bool run_until_order(const std::string& expected) {
    return loop.run_until([&] { return order == expected; }, 5s);
  }
};

TEST_F(LoopTest, posted_calls_run_in_order_on_the_thread_of_run) {
  std::thread::id ran_on;
  std::thread other([&] {
    EXPECT_TRUE(loop.post([&] { order += "a"; }));
    EXPECT_TRUE(loop.post([&] {
      order += "b";
      ran_on = std::this_thread::get_id();
      loop.stop();
    }));
  });
  loop.run();
  other.join();
  EXPECT_EQ(order, "ab");
  EXPECT_EQ(ran_on, std::this_thread::get_id());
}

TEST_F(LoopTest, stop_before_run_ends_it_and_the_loop_can_run_again) {
  loop.stop();
  loop.run();
  std::thread other([&] { loop.stop(); });
  loop.run();
  other.join();
}

TEST_F(LoopTest, post_is_refused_at_the_limit_and_works_again_after) {
  for (std::size_t i = 0; i < posted_calls_max; ++i) ASSERT_TRUE(loop.post([] {}));
  EXPECT_FALSE(loop.post([] {}));
  bool last = false;
  EXPECT_TRUE(loop.run_until([&] { return loop.post([&] { last = true; }); }, 10s));
  EXPECT_TRUE(loop.run_until([&] { return last; }, 10s));
}

TEST_F(LoopTest, now_stands_still_within_a_turn) {
  std::vector<base::TimePoint> seen;
  ASSERT_TRUE(loop.post([&] {
    seen.push_back(loop.now().mono);
    clock.advance(1s);
    seen.push_back(loop.now().mono);
  }));
  ASSERT_TRUE(loop.run_until([&] { return seen.size() == 2; }, 5s));
  EXPECT_EQ(seen[0], seen[1]);
  ASSERT_TRUE(loop.post([&] { seen.push_back(loop.now().mono); }));
  ASSERT_TRUE(loop.run_until([&] { return seen.size() == 3; }, 5s));
  EXPECT_EQ(seen[2], seen[0] + 1s);
}

TEST_F(LoopTest, timers_run_in_order_of_time_then_of_arming) {
  Timer a(loop), b(loop), c(loop), d(loop);
  const auto start = loop.now().mono;
  d.arm(start + 4s, [&] { order += "d"; });
  b.arm(start + 2s, [&] { order += "b"; });
  c.arm(start + 2s, [&] { order += "c"; });
  a.arm(start + 1s, [&] { order += "a"; });
  clock.advance(3s);
  EXPECT_TRUE(run_until_order("abc"));
  EXPECT_FALSE(a.armed());
  EXPECT_TRUE(d.armed());
  EXPECT_EQ(d.deadline(), start + 4s);
  clock.advance(1s);
  EXPECT_TRUE(run_until_order("abcd"));
}

TEST_F(LoopTest, cancelled_rearmed_and_destroyed_timers_stay_silent) {
  Timer kept(loop), cancelled(loop), rearmed(loop);
  std::optional<Timer> gone(std::in_place, loop);
  const auto start = loop.now().mono;
  gone->arm(start + 1s, [&] { order += "gone"; });
  cancelled.arm(start + 1s, [&] { order += "cancelled"; });
  rearmed.arm(start + 1s, [&] { order += "early"; });
  rearmed.arm(start + 3s, [&] { order += "r"; });
  kept.arm(start + 2s, [&] { order += "k"; });
  gone.reset();
  cancelled.cancel();
  kept.arm(base::TimePoint::never(), [&] { order += "never"; });
  kept.arm(start + 2s, [&] { order += "k"; });
  clock.advance(5s);
  EXPECT_TRUE(run_until_order("kr"));
}

TEST_F(LoopTest, a_timer_may_cancel_another_and_arm_itself) {
  Timer first(loop), second(loop), again(loop);
  const auto start = loop.now().mono;
  std::function<void()> repeat = [&] {
    order += "x";
    if (order.size() < 4) again.arm(loop.now().mono, repeat);
  };
  first.arm(start, [&] { second.cancel(); });
  second.arm(start, [&] { order += "second"; });
  again.arm(start, repeat);
  EXPECT_TRUE(run_until_order("xxxx"));
}

TEST_F(LoopTest, a_timer_may_destroy_itself) {
  auto timer = std::make_unique<Timer>(loop);
  timer->arm(loop.now().mono, [&] {
    timer.reset();
    order += "x";
  });
  EXPECT_TRUE(run_until_order("x"));
}

TEST(LoopRealTime, a_waiting_loop_wakes_for_the_earliest_timer) {
  SystemClock clock;
  Loop loop(clock);
  Timer late(loop), early(loop);
  bool ran = false;
  const auto start = loop.now().mono;
  base::TimePoint ran_at;
  late.arm(start + 1h, [] {});
  ASSERT_TRUE(loop.post([&] {
    early.arm(start + 5ms, [&] {
      ran = true;
      ran_at = loop.now().mono;
    });
  }));
  EXPECT_TRUE(loop.run_until([&] { return ran; }, 5s));
  EXPECT_GE(ran_at, start + 5ms);
}

TEST_F(LoopTest, turn_end_runs_once_a_turn_after_the_calls) {
  TurnEnd end(loop, [&] { order += "|"; });
  for (const char* name : {"a", "b"}) {
    ASSERT_TRUE(loop.post([&, name] {
      order += name;
      end.request();
    }));
  }
  EXPECT_TRUE(run_until_order("ab|"));
}

TEST_F(LoopTest, turn_end_asked_inside_a_turn_end_runs_in_the_next_turn_without_waiting) {
  std::optional<TurnEnd> gone;
  TurnEnd end(loop, [&] {
    order += "|";
    gone.reset();
    if (order.size() < 3) end.request();
  });
  gone.emplace(loop, [&] { order += "gone"; });
  end.request();
  gone->request();
  EXPECT_TRUE(run_until_order("|||"));
}

TEST_F(LoopTest, a_flood_of_calls_does_not_hold_up_timers_and_turn_ends) {
  Timer timer(loop);
  bool fired = false;
  std::function<void()> flood = [&] { (void)loop.post(flood); };
  ASSERT_TRUE(loop.post(flood));
  timer.arm(loop.now().mono, [&] { fired = true; });
  EXPECT_TRUE(loop.run_until([&] { return fired; }, 5s));
}

TEST_F(LoopTest, wake_up_joins_notifications_and_is_silent_after_its_end) {
  int calls = 0;
  auto wake_up = std::make_unique<WakeUp>(loop, [&] { ++calls; });
  std::thread other([&] {
    for (int i = 0; i < 1000; ++i) wake_up->notify();
  });
  other.join();
  EXPECT_TRUE(loop.run_until([&] { return calls > 0; }, 5s));
  EXPECT_EQ(calls, 1);
  wake_up->notify();
  wake_up.reset();
  bool posted = false;
  ASSERT_TRUE(loop.post([&] { posted = true; }));
  EXPECT_TRUE(loop.run_until([&] { return posted; }, 5s));
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace tertulia::io
