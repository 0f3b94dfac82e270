// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/ids.h"
#include "base/time.h"

namespace tertulia::domain {

/// Record ids that order by time and never repeat, over shards and restarts: microseconds, then the shard, then
/// nothing. The product's pair (SessionIdTime, SessionIdSeq) is contained in it.
class RecordIdSource {
 public:
  explicit RecordIdSource(base::ShardId shard) : shard_(shard) {}

  base::RecordId next(base::WallTime now) {
    last_us_ = std::max(now.us, last_us_ + 1);  // several in one microsecond, or a clock set back
    return {(static_cast<std::uint64_t>(last_us_) << shard_bits) | (shard_.value & ((1U << shard_bits) - 1))};
  }
  static base::WallTime time_of(base::RecordId id) { return {static_cast<std::int64_t>(id.value >> shard_bits)}; }

 private:
  static constexpr unsigned shard_bits = 8;  // 2^63 microseconds / 256 lasts until the year 3100
  base::ShardId shard_;
  std::int64_t last_us_ = 0;
};

}  // namespace tertulia::domain
