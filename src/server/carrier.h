// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/metrics.h"
#include "base/time.h"
#include "server/envelope.h"
#include "server/shard_world.h"

namespace tertulia::server {

struct ShardMetrics {
  base::Counter envelopes;        ///< handled
  base::Counter refused_crowded;  ///< new work refused because a mailbox was nearly full
  base::Gauge waiting;            ///< envelopes that wait for room in another shard's mailbox
};

/// Takes what one part says to another to its place: in this shard at once (in the same turn), else to the other shard's
/// mailbox.  Order between two shards holds.
class Carrier {
 public:
  Carrier(base::ShardId id, std::uint16_t shard_count, ShardWorld& world)
      : world_(world), id_(id), shard_count_(shard_count) {}

  base::ShardId id() const { return id_; }
  std::uint16_t shard_count() const { return shard_count_; }
  base::ShardId home(base::UserId user) const;
  base::ShardId pair(base::UserId a, base::UserId b) const;  ///< of a conversation or call of the two
  base::ShardId conference(const domain::ConferenceKey& key) const;

  /// What must arrive: waits for room when the other mailbox is full.
  void carry(base::ShardId to, Envelope envelope);
  /// New work: false, and nothing happened, when the other shard is crowded.
  bool offer(base::ShardId to, Envelope& envelope);

  /// The next envelope for a part of this shard.
  std::optional<Envelope> next();
  /// Tries again what waits.
  void flush(base::Now now);
  bool waits() const { return !waiting_.empty(); }
  /// When flush should be called again, while something waits.
  std::optional<base::TimePoint> deadline() const;
  ShardMetrics& metrics() { return metrics_; }
  const ShardMetrics& metrics() const { return metrics_; }

  /// How soon envelopes that found a mailbox full are tried again.
  static constexpr base::Duration waiting_pause = std::chrono::milliseconds{5};

 private:
  ShardWorld& world_;
  base::ShardId id_;
  std::uint16_t shard_count_;
  // For this shard, handled in this turn: those behind `taken_`.  Its room is used again; an envelope is so large that a
  // deque would ask for memory for each.
  std::vector<Envelope> local_;
  std::size_t taken_ = 0;
  // For crowded shards, in order.  Bounded by what was accepted before: while anything waits, offer() takes no new work,
  // and every accepted request has a bounded number of steps left.
  std::deque<std::pair<base::ShardId, Envelope>> waiting_;
  base::TimePoint again_{};
  ShardMetrics metrics_;
};

}  // namespace tertulia::server
