// SPDX-License-Identifier: Apache-2.0
#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace tertulia::base {
namespace {

Result<int> half(int n) {
  if (n % 2 != 0) return Error{Reason::setting_out_of_bounds, "odd"};
  return n / 2;
}

TEST(Result, holds_a_value_or_an_error) {
  const Result<int> good = half(8);
  ASSERT_TRUE(good);
  EXPECT_TRUE(good.has_value());
  EXPECT_EQ(*good, 4);
  EXPECT_EQ(good.reason(), Reason::none);

  const Result<int> bad = half(7);
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error(), (Error{Reason::setting_out_of_bounds, "odd"}));
  EXPECT_EQ(bad.reason(), Reason::setting_out_of_bounds);
}

TEST(Result, a_value_made_in_place_is_filled_or_replaced) {
  Result<std::string> result(std::in_place);
  ASSERT_TRUE(result);
  result->append("filled");
  EXPECT_EQ(*result, "filled");
  result = Reason::server_busy;
  EXPECT_EQ(result.reason(), Reason::server_busy);
}

TEST(Result, moves_values_that_cannot_be_copied) {
  Result<std::unique_ptr<std::string>> result(std::make_unique<std::string>("held"));
  EXPECT_EQ(**result, "held");
  const std::unique_ptr<std::string> taken = *std::move(result);
  EXPECT_EQ(*taken, "held");
}

TEST(Result, of_nothing) {
  const Result<void> good;
  EXPECT_TRUE(good);
  EXPECT_EQ(good.reason(), Reason::none);
  const Result<void> bad = Reason::server_busy;
  EXPECT_FALSE(bad);
  EXPECT_EQ(bad.error(), (Error{Reason::server_busy, ""}));
}

TEST(ResultDeathTest, stops_the_process_when_the_absent_half_is_used) {
  const Result<int> bad = half(1);
  const Result<int> good = half(2);
  const Result<void> nothing;
  EXPECT_DEATH(static_cast<void>(*bad), "does not hold");
  EXPECT_DEATH(static_cast<void>(good.error()), "does not hold");
  EXPECT_DEATH(static_cast<void>(nothing.error()), "does not hold");
}

}  // namespace
}  // namespace tertulia::base
