// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "base/result.h"
#include "domain/record/conference_record.h"
#include "domain/record/record.h"

namespace tertulia::domain {

/// Where records go.  Rows are written in the order of the calls of one shard; `done` (may be empty) is called on the
/// store's thread when the row is durable.  Errors: store_unavailable (the row is kept in memory and tried again, up to
/// a named bound, so that a short trouble with the disk loses nothing). A row is identified by its id: a later call
/// with the same id replaces it.
class RecordStore {
 public:
  using Done = std::function<void(base::Result<void>)>;
  virtual ~RecordStore() = default;
  virtual void put_registration(RegistrationRecord record, Done done) = 0;
  virtual void put_session(SessionRecord record, Done done) = 0;
  virtual void put_conference(ConferenceRow row, Done done) = 0;
};

}  // namespace tertulia::domain
