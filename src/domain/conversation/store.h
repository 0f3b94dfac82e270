// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "domain/conversation/message.h"

namespace tertulia::domain {

/// A message that waits for its recipient.  `sequence` orders the messages of one recipient.
struct KeptMessage {
  std::uint64_t sequence = 0;
  base::UserId to;
  InstantMessagePtr message;
};

/// Where messages for absent users wait.  `done` is called on the store's thread; calls of one shard are carried out in order.
class KeptMessageStore {
 public:
  virtual ~KeptMessageStore() = default;
  /// Durable when `done` is called without error.  Errors: store_unavailable.
  virtual void keep(base::UserId to, InstantMessagePtr message, std::function<void(base::Result<void>)> done) = 0;
  /// The oldest `limit` messages of the user, in order.
  virtual void load(base::UserId to, std::size_t limit,
                    std::function<void(base::Result<std::vector<KeptMessage>>)> done) = 0;
  /// Forgets one that was delivered.
  virtual void forget(base::UserId to, std::uint64_t sequence, std::function<void(base::Result<void>)> done) = 0;
  /// At start-up, before any shard runs; blocks: how many wait, per user.
  virtual base::Result<std::vector<std::pair<base::UserId, std::uint64_t>>> count_kept() = 0;
};

}  // namespace tertulia::domain
