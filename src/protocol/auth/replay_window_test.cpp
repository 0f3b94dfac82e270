// SPDX-License-Identifier: Apache-2.0
#include "protocol/auth/replay_window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/random.h"

namespace tertulia::protocol::auth {
namespace {

TEST(ReplayWindow, takes_each_number_once_in_order) {
  ReplayWindow window;
  for (std::uint32_t number = 1; number < 2000; ++number) {
    EXPECT_TRUE(window.take(number)) << number;
    EXPECT_FALSE(window.take(number)) << number;
  }
  EXPECT_EQ(window.highest(), 1999U);
}

TEST(ReplayWindow, never_takes_zero) {
  ReplayWindow window;
  EXPECT_FALSE(window.take(0));
  EXPECT_TRUE(window.take(1));
  EXPECT_FALSE(window.take(0));
}

TEST(ReplayWindow, numbers_may_overtake_each_other_within_the_window) {
  ReplayWindow window;
  EXPECT_TRUE(window.take(signature_window));
  for (std::uint32_t number = signature_window - 1; number > 0; --number) EXPECT_TRUE(window.take(number)) << number;
  for (std::uint32_t number = 1; number <= signature_window; ++number) EXPECT_FALSE(window.take(number)) << number;
}

TEST(ReplayWindow, edge_of_the_window) {
  ReplayWindow window;
  EXPECT_TRUE(window.take(1000));
  EXPECT_FALSE(window.take(1000 - signature_window));
  EXPECT_TRUE(window.take(1000 - signature_window + 1));
  EXPECT_FALSE(window.take(1));
  EXPECT_TRUE(window.take(1001));
  EXPECT_FALSE(window.take(1001 - signature_window));  // used, and fallen out
  EXPECT_TRUE(window.take(1002 - signature_window));
}

TEST(ReplayWindow, jumps) {
  ReplayWindow window;
  EXPECT_TRUE(window.take(5));
  EXPECT_TRUE(window.take(5 + signature_window - 1));
  EXPECT_FALSE(window.take(5));  // still seen, on the last bit
  EXPECT_TRUE(window.take(5 + 2 * signature_window));
  EXPECT_TRUE(window.take(5 + 2 * signature_window - 1));
  EXPECT_TRUE(window.take(UINT32_MAX));
  EXPECT_TRUE(window.take(UINT32_MAX - 1));
  EXPECT_FALSE(window.take(UINT32_MAX));
  EXPECT_FALSE(window.take(6));
  EXPECT_EQ(window.highest(), UINT32_MAX);
}

TEST(ReplayWindow, agrees_with_a_set_that_forgets_nothing) {
  base::Random random(std::uint64_t{7});
  ReplayWindow window;
  std::set<std::uint32_t> taken;
  std::uint32_t highest = 0;
  for (int i = 0; i < 20000; ++i) {
    const std::uint32_t base = highest > 400 ? highest - 400 : 0;
    const auto number = static_cast<std::uint32_t>(base + random.below(random.one_in(50) ? 1500 : 405));
    const bool expected = number != 0 && taken.count(number) == 0 && number + signature_window > highest;
    ASSERT_EQ(window.take(number), expected) << i;
    if (!expected) continue;
    taken.insert(number);
    highest = std::max(highest, number);
  }
}

}  // namespace
}  // namespace tertulia::protocol::auth
