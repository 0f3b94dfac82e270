// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "domain/presence/level.h"
#include "domain/presence/limits.h"
#include "domain/presence/publication.h"

namespace tertulia::domain {

/// What survives of one user's presence: permanent publications and privacy levels.
struct StoredPresence {
  base::UserId user;
  std::vector<Publication> publications;  ///< ExpireType::permanent only; endpoint and id are 0
  std::vector<Levels::Entry> levels;
  std::uint32_t levels_version = 0;  ///< 0: never changed, the defaults hold
  /// Watchers whom the user has taken notice of, lower case, the oldest first.
  std::vector<std::string> acknowledged = {};
};

/// One durable change of one user, as a whole or not at all.
struct PresenceChange {
  base::UserId user;
  std::vector<Publication> put;
  std::vector<PublicationKey> removed;
  std::optional<std::vector<Levels::Entry>> levels;  ///< replaces all, with levels_version
  std::uint32_t levels_version = 0;
  /// One watcher more, lower case.  Beyond acknowledged_max the store forgets the oldest.
  std::optional<std::string> acknowledged = {};
};

class PresenceStore {
 public:
  virtual ~PresenceStore() = default;
  /// At start-up, before any shard runs; blocks.  Only users that have something stored.
  virtual base::Result<std::vector<StoredPresence>> load_presence() = 0;
  /// `done` is called on the store's thread when the change is durable.  In order of the calls.  Errors:
  /// store_unavailable.  Rows of removed users go with the user.
  virtual void change_presence(PresenceChange change, std::function<void(base::Result<void>)> done) = 0;
};

}  // namespace tertulia::domain
