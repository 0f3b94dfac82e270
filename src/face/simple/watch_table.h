// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <unordered_map>

#include "base/ids.h"

namespace tertulia::face::simple {

/// One subscription of a client (RFC 6665), within its shard.
using SubscriptionId = base::Id<struct SubscriptionIdTag>;

/// Which subscription the news of a watch belong to.  Ids are never used again, so news that cross an end find nothing.
class WatchTable {
 public:
  explicit WatchTable(base::IdSource& ids) : ids_(ids) {}

  base::WatchId add(SubscriptionId subscription) {
    const auto watch = ids_.next<base::WatchId>();
    owners_.emplace(watch, subscription);
    return watch;
  }
  void remove(base::WatchId watch) { owners_.erase(watch); }
  /// 0: no such watch.
  SubscriptionId owner(base::WatchId watch) const {
    const auto found = owners_.find(watch);
    return found == owners_.end() ? SubscriptionId{} : found->second;
  }
  std::size_t size() const { return owners_.size(); }

 private:
  base::IdSource& ids_;
  std::unordered_map<base::WatchId, SubscriptionId> owners_;
};

}  // namespace tertulia::face::simple
