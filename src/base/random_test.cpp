// SPDX-License-Identifier: Apache-2.0
#include "base/random.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace tertulia::base {
namespace {

TEST(Random, repeats_from_its_seed) {
  Random a(42);
  Random b(42);
  Random c(43);
  bool differs = false;
  for (int i = 0; i < 1000; ++i) {  // over many refills
    const std::uint64_t number = a.number();
    EXPECT_EQ(number, b.number());
    differs |= number != c.number();
  }
  EXPECT_TRUE(differs);
}

TEST(Random, of_the_system_never_repeats) {
  Random a = Random::from_system();
  Random b = Random::from_system();
  EXPECT_NE(a.number(), b.number());
}

TEST(Random, is_uniform_below_a_bound) {
  Random random(7);
  for (const std::uint64_t bound : {1ULL, 2ULL, 3ULL, 10ULL, 37ULL}) {
    std::vector<int> hits(bound, 0);
    constexpr int each = 4000;
    for (std::uint64_t i = 0; i < bound * each; ++i) ++hits[random.below(bound)];
    for (const int count : hits) EXPECT_NEAR(count, each, 320) << bound;  // five standard deviations
  }
}

TEST(Random, stays_below_bounds_that_do_not_divide_the_range) {
  Random random(8);
  constexpr std::uint64_t bound = (1ULL << 63) + 1;  // half of all numbers must be drawn again
  std::uint64_t high = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t value = random.below(bound);
    ASSERT_LT(value, bound);
    high += value >= bound / 2 ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(high), 500.0, 80.0);
}

TEST(Random, one_in_n) {
  Random random(9);
  int hits = 0;
  for (int i = 0; i < 50'000; ++i) hits += random.one_in(10) ? 1 : 0;
  EXPECT_NEAR(hits, 5000, 340);
  EXPECT_TRUE(random.one_in(1));
}

TEST(Random, tokens_use_every_character_of_the_alphabet_evenly_and_no_other) {
  Random random(10);
  const std::string alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  std::map<char, int> hits;
  for (const char c : random.token(32'000)) ++hits[c];
  EXPECT_EQ(hits.size(), alphabet.size());
  for (const char c : alphabet) EXPECT_NEAR(hits[c], 1000, 160) << c;
  for (const std::size_t length : {0U, 1U, 12U, 13U, 32U}) EXPECT_EQ(random.token(length).size(), length);
}

TEST(Random, tokens_do_not_repeat) {
  Random random(11);
  std::set<std::string> seen;
  for (int i = 0; i < 10'000; ++i) EXPECT_TRUE(seen.insert(random.token(10)).second);
}

TEST(RandomDeathTest, needs_a_bound) {
  Random random(1);
  EXPECT_DEATH(random.below(0), "bound > 0");
}

}  // namespace
}  // namespace tertulia::base
