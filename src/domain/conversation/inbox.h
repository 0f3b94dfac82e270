// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/metrics.h"
#include "base/time.h"
#include "domain/conversation/events.h"
#include "domain/conversation/store.h"
#include "domain/directory/directory.h"
#include "domain/endpoint/registrar.h"

namespace tertulia::domain {

/// Read on any thread.
struct InboxMetrics {
  base::Counter given_up;  ///< kept messages that no device would take
};

/// What the inbox asks of others; implemented by the shard's dispatch.  Calls never come back before they return.
class InboxPorts {
 public:
  virtual ~InboxPorts() = default;
  virtual void deliver(base::ShardId edge, DeliverPage deliver) = 0;
  virtual void answer(base::ShardId mcu, InboxAnswer answer) = 0;
  virtual void found(base::ShardId mcu, EndpointsFound found) = 0;
  /// Store calls; the answers come back as on_kept, on_loaded, on_forgotten with the same ticket.
  virtual void keep(base::Ticket ticket, base::UserId to, InstantMessagePtr message) = 0;
  virtual void load(base::Ticket ticket, base::UserId to, std::size_t limit) = 0;
  virtual void forget(base::Ticket ticket, base::UserId to, std::uint64_t sequence) = 0;
};

/// The way in to a user: every message outside of a session passes here, so one place decides its fate and order.
/// With endpoints and nothing waiting: to all endpoints that take messages at once.  Otherwise it is kept (by policy) behind
/// what waits, and everything that waits goes out in order at the next sign-in.  A message for one device is delivered to
/// it now, behind what waits, or refused (recipient_unavailable, destination_unknown).  Lives on the user's home shard.  Pure.
class Inbox {
 public:
  Inbox(base::ShardId shard, const Registrar& registrar, InboxPorts& ports);
  ~Inbox();

  /// At start-up: this user has `count` messages in the store.
  void set_kept(base::UserId user, std::uint64_t count);

  void on_deliver(const InboxDeliver& deliver, const Directory& directory, base::Now now);
  void on_find(const FindEndpoints& find);
  void on_answer(const DeliverAnswer& answer, base::Now now);
  void on_endpoint_added(base::UserId user, const EndpointRoute& route, base::Now now);
  void on_endpoint_removed(base::UserId user, base::EndpointId endpoint, base::Now now);
  void on_user_removed(base::UserId user);
  void on_kept(base::Ticket ticket, base::Result<void> result, base::Now now);
  void on_loaded(base::Ticket ticket, base::Result<std::vector<KeptMessage>> result, base::Now now);
  void on_forgotten(base::Ticket ticket, base::Result<void> result, base::Now now);
  void on_deadline(base::Now now);
  std::optional<base::TimePoint> deadline() const;

  std::uint64_t kept_count() const;
  const InboxMetrics& metrics() const;
  std::size_t in_flight() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tertulia::domain
