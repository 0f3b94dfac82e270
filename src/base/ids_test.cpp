// SPDX-License-Identifier: Apache-2.0
#include "base/ids.h"

#include <gtest/gtest.h>

#include <set>
#include <type_traits>
#include <vector>

namespace tertulia::base {
namespace {

static_assert(!std::is_convertible_v<UserId, EndpointId>);
static_assert(!std::is_convertible_v<std::uint64_t, EndpointId>);
static_assert(sizeof(UserId) == 4 && sizeof(EndpointId) == 8);

TEST(Ids, zero_names_nothing) {
  EXPECT_FALSE(EndpointId{});
  EXPECT_TRUE(EndpointId{1});
  EXPECT_LT(EndpointId{1}, EndpointId{2});
}

TEST(Ids, of_different_shards_and_starts_never_meet) {
  std::set<std::uint64_t> seen;
  for (const std::uint64_t boot : {0ULL, 1ULL, 1'800'000'000ULL})
    for (const std::uint16_t shard : {0, 1, 255, 65535}) {
      IdSource source(ShardId{shard}, boot);
      for (int i = 0; i < 1000; ++i) {
        const auto id = source.next<EndpointId>();
        EXPECT_TRUE(id);
        EXPECT_EQ(IdSource::shard_of(id.value), ShardId{shard});
        EXPECT_TRUE(seen.insert(id.value).second);
      }
    }
}

TEST(Ids, neighbours_spread_evenly_over_shards) {
  constexpr std::size_t shards = 7;
  std::vector<int> users(shards, 0);
  for (std::uint64_t id = 1; id <= 70'000; ++id) ++users[mix(id) % shards];
  for (const int count : users) EXPECT_NEAR(count, 10'000, 500);
}

}  // namespace
}  // namespace tertulia::base
