// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ids.h"
#include "domain/conference/events.h"
#include "domain/record/conference_record.h"

namespace tertulia::domain {

/// What conferences ask of others; implemented by the shard's dispatch.  Calls never come back before they return.
class ConferencePorts {
 public:
  virtual ~ConferencePorts() = default;
  virtual void answer(base::ShardId edge, CreateAnswer answer) = 0;
  virtual void answer(base::ShardId edge, JoinAnswer answer) = 0;
  virtual void answer(base::ShardId edge, ChatAnswer answer) = 0;
  virtual void answer(base::ShardId edge, AddAnswer answer) = 0;
  virtual void answer(base::ShardId edge, CommandAnswer answer) = 0;
  virtual void tell(base::ShardId edge, RosterNews news) = 0;
  virtual void end(SeatEnded ended) = 0;            ///< to `ended.edge`
  virtual void grown(LegGrown grown) = 0;           ///< to `grown.edge`
  virtual void succeed(Succession succession) = 0;  ///< to the conference's shard
  virtual void list(ConferenceListed listed) = 0;   ///< to the organizer's home shard
  virtual void record(ConferenceRow row) = 0;
  /// Durable facts; when `ticket` is not 0, Immcu::on_conference_stored comes with it.
  virtual void store(base::Ticket ticket, ConferenceFacts facts) = 0;
  virtual void forget(base::Ticket ticket, ConferenceKey key) = 0;
};

}  // namespace tertulia::domain
