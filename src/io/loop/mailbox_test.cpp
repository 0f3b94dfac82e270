// SPDX-License-Identifier: Apache-2.0
#include "io/loop/mailbox.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>

namespace tertulia::io {
namespace {

using namespace std::chrono_literals;

TEST(Mailbox, refuses_when_full_and_leaves_the_value_with_the_caller) {
  SystemClock clock;
  Loop loop(clock);
  std::vector<int> got;
  std::size_t batches = 0;
  Mailbox<std::unique_ptr<int>> mailbox(loop, 3, [&](std::vector<std::unique_ptr<int>>& values) {
    ++batches;
    for (const auto& value : values) got.push_back(*value);
  });
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(mailbox.try_send(std::make_unique<int>(i)));
  auto refused = std::make_unique<int>(3);
  EXPECT_FALSE(mailbox.try_send(std::move(refused)));
  ASSERT_NE(refused, nullptr);
  EXPECT_EQ(mailbox.size(), 3U);

  EXPECT_TRUE(loop.run_until([&] { return got.size() == 3; }, 5s));
  EXPECT_EQ(got, (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(batches, 1U);
  EXPECT_TRUE(mailbox.try_send(std::move(refused)));
  EXPECT_TRUE(loop.run_until([&] { return got.size() == 4; }, 5s));
}

TEST(Mailbox, wakes_a_waiting_loop_and_keeps_the_order_of_each_sender) {
  constexpr int senders = 4;
  constexpr int values_each = 5000;
  SystemClock clock;
  Loop loop(clock);
  std::vector<int> last(senders, -1);
  int total = 0;
  bool ordered = true;
  Mailbox<std::pair<int, int>> mailbox(loop, 64, [&](std::vector<std::pair<int, int>>& values) {
    for (const auto& [sender, value] : values) {
      ordered = ordered && value == last[static_cast<std::size_t>(sender)] + 1;
      last[static_cast<std::size_t>(sender)] = value;
      ++total;
    }
    if (total == senders * values_each) loop.stop();
  });
  std::vector<std::thread> threads;
  for (int sender = 0; sender < senders; ++sender) {
    threads.emplace_back([&mailbox, sender] {
      for (int value = 0; value < values_each; ++value) {
        while (!mailbox.try_send({sender, value})) std::this_thread::yield();
      }
    });
  }
  loop.run();
  for (auto& thread : threads) thread.join();
  EXPECT_TRUE(ordered);
  EXPECT_EQ(total, senders * values_each);
}

TEST(Mailbox, two_loops_answer_each_other) {
  SystemClock clock;
  Loop here(clock);
  Loop there(clock);
  int rounds = 0;
  std::unique_ptr<Mailbox<int>> to_here;
  Mailbox<int> to_there(there, 8, [&](std::vector<int>& values) {
    for (int value : values) EXPECT_TRUE(to_here->try_send(value + 1));
  });
  to_here = std::make_unique<Mailbox<int>>(here, 8, [&](std::vector<int>& values) {
    for (int value : values) {
      rounds = value;
      if (value < 1000) {
        EXPECT_TRUE(to_there.try_send(std::move(value)));
      } else {
        there.stop();
        here.stop();
      }
    }
  });
  EXPECT_TRUE(to_there.try_send(0));
  std::thread other([&] { there.run(); });
  here.run();
  other.join();
  EXPECT_EQ(rounds, 1000);
}

}  // namespace
}  // namespace tertulia::io
