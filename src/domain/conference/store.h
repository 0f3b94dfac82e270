// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "base/result.h"
#include "domain/conference/facts.h"

namespace tertulia::domain {

/// Where conferences survive a restart.  `done` is called on the store's thread when the change is durable; calls of one
/// shard are carried out in order.
class ConferenceStore {
 public:
  virtual ~ConferenceStore() = default;
  /// At start-up, before any shard runs; blocks.  Errors: file_damaged, store_unavailable.
  virtual base::Result<std::vector<ConferenceFacts>> load_conferences() = 0;
  /// Replaces what is known of the conference.  Errors: store_unavailable, user_does_not_exist (the organizer is gone).
  virtual void put_conference_facts(ConferenceFacts facts, std::function<void(base::Result<void>)> done) = 0;
  virtual void remove_conference(ConferenceKey key, std::function<void(base::Result<void>)> done) = 0;
};

}  // namespace tertulia::domain
