// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "base/ids.h"
#include "domain/conference/store.h"
#include "domain/contacts/store.h"
#include "domain/conversation/message.h"
#include "domain/presence/store.h"
#include "domain/record/conference_record.h"
#include "domain/record/record.h"
#include "server/envelope.h"

namespace tertulia::server {

/// What a shard needs of the world: its connections, the other shards, the store.  The server implements it with io, the
/// simulator with a fake network and a fake store.  Calls never come back before they return.
class ShardWorld {
 public:
  virtual ~ShardWorld() = default;
  virtual void send_bytes(base::ConnectionId connection, std::string_view bytes) = 0;
  virtual void close_connection(base::ConnectionId connection) = 0;
  /// False when the other shard's mailbox is full; the envelope is untouched then.
  virtual bool send(base::ShardId to, Envelope& envelope) = 0;
  /// True when the other shard's mailbox is so full that new work must be refused.
  virtual bool crowded(base::ShardId to) const = 0;

  // The store.  With a ticket the answer comes as StoreDone (of this user) or StoreLoaded.
  virtual void keep(base::Ticket ticket, base::UserId to, domain::InstantMessagePtr message) = 0;
  virtual void load(base::Ticket ticket, base::UserId to, std::size_t limit) = 0;
  virtual void forget(base::Ticket ticket, base::UserId to, std::uint64_t sequence) = 0;
  virtual void change(base::Ticket ticket, domain::PresenceChange change) = 0;
  virtual void change(base::Ticket ticket, domain::ContactsChange change) = 0;
  virtual void change(base::Ticket ticket, domain::ConferenceFacts facts) = 0;
  virtual void forget(base::Ticket ticket, domain::ConferenceKey key) = 0;
  virtual void record(StoreUser user, base::Ticket ticket, domain::SessionRecord record) = 0;
  virtual void record(domain::RegistrationRecord record) = 0;
  virtual void record(domain::ConferenceRow row) = 0;
};

}  // namespace tertulia::server
