// SPDX-License-Identifier: Apache-2.0
#include "base/time.h"

#include <gtest/gtest.h>

namespace tertulia::base {
namespace {

constexpr std::int64_t second = 1'000'000;

TEST(Time, is_written_as_iso_8601) {
  struct Row {
    std::int64_t us;
    const char* text;
  };
  const Row rows[] = {
      {0, "1970-01-01T00:00:00.000Z"},
      {999, "1970-01-01T00:00:00.000Z"},  // microseconds are cut, not rounded
      {999'999, "1970-01-01T00:00:00.999Z"},
      {-1, "1969-12-31T23:59:59.999Z"},  // before 1970: downwards too
      {-86'400 * second, "1969-12-31T00:00:00.000Z"},
      {951'782'400 * second, "2000-02-29T00:00:00.000Z"},    // leap: divisible by 400
      {1'709'164'800 * second, "2024-02-29T00:00:00.000Z"},  // leap
      {1'709'251'199 * second + 999'999, "2024-02-29T23:59:59.999Z"},
      {1'709'251'200 * second, "2024-03-01T00:00:00.000Z"},
      {4'107'456'000 * second, "2100-02-28T00:00:00.000Z"},
      {4'107'542'400 * second, "2100-03-01T00:00:00.000Z"},  // no leap: divisible by 100
      {1'772'357'400 * second + 125'000, "2026-03-01T09:30:00.125Z"},
      {-2'208'988'800 * second, "1900-01-01T00:00:00.000Z"},
      {253'402'300'799 * second, "9999-12-31T23:59:59.000Z"},
  };
  for (const Row& row : rows) EXPECT_EQ(to_iso8601({row.us}), row.text) << row.us;
}

TEST(Time, points_and_spans) {
  const TimePoint start{5};
  EXPECT_EQ((start + 2ms).us, 2005);
  EXPECT_EQ((start + 2ms) - start, 2ms);
  EXPECT_LT(start + 1h, TimePoint::never());
  EXPECT_EQ((WallTime{7} + 1s).us, 1'000'007);
}

TEST(Time, a_started_second_is_told_as_a_whole_one) {
  EXPECT_EQ(whole_seconds(60s), 60U);
  EXPECT_EQ(whole_seconds(59s + 1us), 60U);
  EXPECT_EQ(whole_seconds(1us), 1U);
  EXPECT_EQ(whole_seconds(0s), 0U);
  EXPECT_EQ(whole_seconds(-1us), 0U);
  EXPECT_EQ(whole_seconds(-5s), 0U);
}

}  // namespace
}  // namespace tertulia::base
