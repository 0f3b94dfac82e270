// SPDX-License-Identifier: Apache-2.0
#include "protocol/auth/lockout.h"

#include <gtest/gtest.h>

#include "protocol/auth/limits.h"

namespace tertulia::protocol::auth {
namespace {

using namespace std::chrono_literals;
using base::Duration;
using base::TimePoint;

constexpr TimePoint at(Duration time) { return TimePoint{1'000'000'000'000} + time; }

TEST(Lockout, the_first_tries_are_free_then_each_doubles_the_lock) {
  Lockout lockout(LockoutSettings{});
  for (int i = 0; i < 5; ++i) lockout.on_failure("alice", at(0s));
  EXPECT_EQ(lockout.locked("alice", at(0s)), std::nullopt);
  lockout.on_failure("alice", at(0s));
  EXPECT_EQ(lockout.locked("alice", at(0s)), Duration{10s});
  EXPECT_EQ(lockout.locked("alice", at(9'999'999us)), Duration{1us});
  EXPECT_EQ(lockout.locked("alice", at(10s)), std::nullopt);
  EXPECT_EQ(lockout.locked("bob", at(0s)), std::nullopt);
  lockout.on_failure("alice", at(10s));
  EXPECT_EQ(lockout.locked("alice", at(10s)), Duration{20s});
  lockout.on_failure("alice", at(30s));
  EXPECT_EQ(lockout.locked("alice", at(30s)), Duration{40s});
}

TEST(Lockout, the_lock_has_a_longest_time_however_many_failures) {
  Lockout lockout(LockoutSettings{});
  for (int i = 0; i < 1000; ++i) lockout.on_failure("alice", at(0s));
  EXPECT_EQ(lockout.locked("alice", at(0s)), Duration{15min});
}

TEST(Lockout, success_forgets_the_failures) {
  Lockout lockout(LockoutSettings{});
  for (int i = 0; i < 5; ++i) lockout.on_failure("alice", at(0s));
  EXPECT_TRUE(lockout.on_success("alice"));
  EXPECT_FALSE(lockout.on_success("nobody"));
  EXPECT_EQ(lockout.size(), 0U);
  lockout.on_failure("alice", at(0s));
  EXPECT_EQ(lockout.locked("alice", at(0s)), std::nullopt);
}

TEST(Lockout, time_forgets_the_failures) {
  Lockout lockout(LockoutSettings{});
  for (int i = 0; i < 8; ++i) lockout.on_failure("alice", at(0s));
  lockout.on_failure("alice", at(1h - 1us));
  EXPECT_EQ(lockout.locked("alice", at(1h - 1us)), Duration{80s});
  lockout.on_failure("alice", at(2h));
  EXPECT_EQ(lockout.locked("alice", at(2h)), std::nullopt);
  lockout.on_failure("bob", at(3h));  // and the memory comes back with the next failure of anybody
  EXPECT_EQ(lockout.size(), 1U);
}

TEST(Lockout, at_the_bound_those_quiet_for_the_longest_time_are_forgotten) {
  LockoutSettings settings;
  settings.entries_max = 3;
  settings.free_tries = 0;
  Lockout lockout(settings);
  lockout.on_failure("a", at(1s));
  lockout.on_failure("b", at(2s));
  lockout.on_failure("c", at(3s));
  lockout.on_failure("a", at(4s));
  lockout.on_failure("d", at(5s));
  EXPECT_EQ(lockout.size(), 3U);
  EXPECT_TRUE(lockout.locked("a", at(5s)).has_value());
  EXPECT_FALSE(lockout.locked("b", at(5s)).has_value());
  EXPECT_TRUE(lockout.locked("c", at(5s)).has_value());
  EXPECT_TRUE(lockout.locked("d", at(5s)).has_value());
}

TEST(Lockout, long_keys_are_cut) {
  Lockout lockout(LockoutSettings{});
  const std::string base(lockout_key_bytes_max, 'x');
  for (int i = 0; i < 6; ++i) lockout.on_failure(base + std::to_string(i), at(0s));
  EXPECT_EQ(lockout.size(), 1U);
  EXPECT_TRUE(lockout.locked(base + "other", at(0s)).has_value());
}

}  // namespace
}  // namespace tertulia::protocol::auth
