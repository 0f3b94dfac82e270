// SPDX-License-Identifier: Apache-2.0
#include "server/carrier.h"

#include "domain/conversation/immcu.h"

namespace tertulia::server {
namespace {

constexpr std::size_t local_kept_max = 64;  // envelopes for which the queue keeps room when it is empty

}  // namespace

base::ShardId Carrier::home(base::UserId user) const { return domain::home_shard(user, shard_count_); }

base::ShardId Carrier::conference(const domain::ConferenceKey& key) const {
  return domain::conference_shard(key, shard_count_);
}

base::ShardId Carrier::pair(base::UserId a, base::UserId b) const {
  return domain::conversation_shard(a, b, shard_count_);
}

void Carrier::carry(base::ShardId to, Envelope envelope) {
  if (to == id_) {
    local_.push_back(std::move(envelope));
  } else if (!waiting_.empty() || !world_.send(to, envelope)) {
    waiting_.emplace_back(to, std::move(envelope));  // behind what waits already, so that order holds
  }
}

bool Carrier::offer(base::ShardId to, Envelope& envelope) {
  if (to != id_ && (world_.crowded(to) || !waiting_.empty())) {
    metrics_.refused_crowded.add();
    return false;
  }
  carry(to, std::move(envelope));
  return true;
}

std::optional<Envelope> Carrier::next() {
  if (taken_ == local_.size()) return {};
  std::optional<Envelope> first(std::move(local_[taken_++]));
  if (taken_ == local_.size()) {
    local_.clear();
    taken_ = 0;
    if (local_.capacity() > local_kept_max) local_ = {};
  } else if (taken_ >= local_kept_max && taken_ >= local_.size() / 2) {
    local_.erase(local_.begin(), local_.begin() + static_cast<std::ptrdiff_t>(taken_));
    taken_ = 0;
  }
  return first;
}

void Carrier::flush(base::Now now) {
  again_ = now.mono + waiting_pause;
  while (!waiting_.empty() && world_.send(waiting_.front().first, waiting_.front().second)) waiting_.pop_front();
  metrics_.waiting.set(static_cast<std::int64_t>(waiting_.size()));
}

std::optional<base::TimePoint> Carrier::deadline() const {
  if (waiting_.empty()) return {};
  return again_;
}

}  // namespace tertulia::server
