// SPDX-License-Identifier: Apache-2.0
#include "io/loop/watcher.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <optional>

namespace tertulia::io {
namespace {

using namespace std::chrono_literals;
using Event = FdWatcher::Event;

struct WatcherTest : ::testing::Test {
  SystemClock clock;
  Loop loop{clock};
  std::array<int, 2> pair{};
  int readable = 0;
  int writable = 0;
  std::optional<FdWatcher> watcher;

  void SetUp() override {
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair.data()), 0);
    watcher.emplace(loop, pair[0], [this](Event event) { ++(event == Event::readable ? readable : writable); });
  }
  void TearDown() override {
    watcher.reset();
    ::close(pair[0]);
    if (pair[1] >= 0) ::close(pair[1]);
  }
  void run_a_few_turns() {
    for (int i = 0; i < 3; ++i) {
      bool done = false;
      ASSERT_TRUE(loop.post([&] { done = true; }));
      ASSERT_TRUE(loop.run_until([&] { return done; }, 5s));
    }
  }
};

TEST_F(WatcherTest, reports_once_for_each_watch_while_data_waits) {
  watcher->watch(Event::readable);
  EXPECT_TRUE(watcher->watches(Event::readable));
  ASSERT_EQ(::write(pair[1], "x", 1), 1);
  EXPECT_TRUE(loop.run_until([&] { return readable == 1; }, 5s));
  run_a_few_turns();
  EXPECT_EQ(readable, 1);
  watcher->watch(Event::readable);  // nothing new arrived, but the byte is still there
  EXPECT_TRUE(loop.run_until([&] { return readable == 2; }, 5s));
}

TEST_F(WatcherTest, reports_writable_and_hang_up) {
  watcher->watch(Event::writable);
  EXPECT_TRUE(loop.run_until([&] { return writable == 1; }, 5s));
  watcher->watch(Event::readable);
  ::close(pair[1]);
  pair[1] = -1;
  EXPECT_TRUE(loop.run_until([&] { return readable == 1; }, 5s));
}

TEST_F(WatcherTest, is_silent_after_cancel_and_after_its_end) {
  watcher->watch(Event::readable);
  watcher->cancel();
  ASSERT_EQ(::write(pair[1], "x", 1), 1);
  run_a_few_turns();
  EXPECT_EQ(readable, 0);
  watcher->watch(Event::readable);
  watcher.reset();
  run_a_few_turns();
  EXPECT_EQ(readable, 0);
  char byte = 0;
  EXPECT_EQ(::read(pair[0], &byte, 1), 1);  // the descriptor is still ours
}

TEST_F(WatcherTest, an_ended_peer_that_nobody_watches_does_not_keep_the_loop_awake) {
  ::close(pair[1]);
  pair[1] = -1;
  const auto turns_in = [this](base::Duration span) {
    int turns = 0;
    loop.run_until([&] { return ++turns, false; }, span);
    return turns;
  };
  EXPECT_LT(turns_in(50ms), 10);
  EXPECT_EQ(readable, 0);
  watcher->watch(Event::readable);  // and it is still told when somebody asks
  EXPECT_TRUE(loop.run_until([&] { return readable == 1; }, 5s));
}

TEST_F(WatcherTest, may_destroy_itself_and_one_that_is_ready_in_the_same_turn) {
  int calls = 0;
  std::optional<FdWatcher> other;
  const auto end_both = [&](Event) {
    ++calls;
    watcher.reset();
    other.reset();
  };
  watcher.emplace(loop, pair[0], end_both);
  other.emplace(loop, pair[1], end_both);
  ASSERT_EQ(::write(pair[0], "x", 1), 1);
  ASSERT_EQ(::write(pair[1], "x", 1), 1);
  watcher->watch(Event::readable);
  other->watch(Event::readable);
  EXPECT_TRUE(loop.run_until([&] { return calls > 0; }, 5s));
  run_a_few_turns();
  EXPECT_EQ(calls, 1);
}

TEST_F(WatcherTest, what_the_system_cannot_watch_is_not_usable) {
  FdWatcher none(loop, -1, [](Event) { FAIL(); });
  EXPECT_FALSE(none.usable());
  none.watch(Event::readable);
  none.cancel();
  run_a_few_turns();
}

TEST(SignalWatcherTest, reports_each_signal_until_its_end) {
  SystemClock clock;
  Loop loop(clock);
  std::vector<int> got;
  {
    SignalWatcher watcher(loop, {SIGHUP, SIGUSR1}, [&](int number) { got.push_back(number); });
    std::raise(SIGHUP);
    EXPECT_TRUE(loop.run_until([&] { return got.size() == 1; }, 5s));
    std::raise(SIGUSR1);
    EXPECT_TRUE(loop.run_until([&] { return got.size() == 2; }, 5s));
  }
  EXPECT_EQ(got, (std::vector<int>{SIGHUP, SIGUSR1}));
  struct sigaction action {};
  ASSERT_EQ(::sigaction(SIGHUP, nullptr, &action), 0);
  EXPECT_EQ(action.sa_handler, SIG_DFL);
}

TEST(SignalWatcherTest, two_watchers_of_one_signal_are_both_told) {
  SystemClock clock;
  Loop loop(clock);
  int here = 0;
  int there = 0;
  SignalWatcher first(loop, {SIGUSR1}, [&](int) { ++here; });
  {
    SignalWatcher second(loop, {SIGUSR1}, [&](int) { ++there; });
    std::raise(SIGUSR1);
    EXPECT_TRUE(loop.run_until([&] { return here == 1 && there == 1; }, 5s));
  }
  std::raise(SIGUSR1);  // the other one's end did not take the handler away
  EXPECT_TRUE(loop.run_until([&] { return here == 2; }, 5s));
}

}  // namespace
}  // namespace tertulia::io
