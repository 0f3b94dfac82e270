// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "base/reason.h"
#include "domain/conference/events.h"

namespace tertulia::domain {

/// Which conferences an organizer has, wherever they live.  Lives on his home shard.  A new one (CreateConference) passes
/// here before it goes to its own shard, so the bound holds however many he makes at once.  Pure.
class ConferenceIndex {
 public:
  /// May it be made?  Then it counts from now on; if it is not made after all, ConferenceListed says that it is gone.
  /// Reasons: conference_exists, too_many_conferences.
  base::Reason enter(const ConferenceKey& key);
  /// One that grew out of a conversation, or was there before a restart, counts without being asked for: it exists.
  void on_listed(const ConferenceListed& listed);
  /// In the order of their ids.
  std::vector<ConferenceKey> of(base::UserId organizer) const;
  std::size_t size() const;

 private:
  std::unordered_map<base::UserId, std::set<std::string>> ids_;
};

}  // namespace tertulia::domain
