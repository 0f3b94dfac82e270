// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "domain/conversation/final_status.h"
#include "domain/conversation/inbox.h"

namespace tertulia::domain {

// How one place keeps the order.
//
// A message of a user goes through these states:
//
//     queued ──live path open──> live ──first `taken`──────────────────────> delivered
//       ^  │                      ├──every endpoint said no or is silent──> refused
//       │  │                      └──endpoints went away─┐
//       │  │                 <────── (fallen) ───────────┘
//       │  └──live path closed──> writing ──durable──> kept ... drain ... delivered later
//       │                            └──store failed──> refused
//       └── waits while an older message forbids either step
//
// The live path of a user is open when nothing of him is in the store undelivered, nothing is being written, no drain
// is at work, and he has an endpoint that takes messages.  Then:
//
//   1. Messages leave `queued` strictly in order of arrival.
//   2. A message goes live only if every older live message was offered to all endpoints (same connections) that this
//   one
//      would be offered to.  So whoever gets the newer one has got, or refused, the older one before on the same
//      stream; and if the older one falls because its endpoints went away, the newer one falls with it.
//   3. A message is written only when no older one is live: the store has them in order of arrival.
//   4. The store is emptied by one drain, oldest first, one message at a time.  Whatever arrives meanwhile is written
//   behind
//      what waits (or, if nothing may be kept for this user, waits in the queue for the end of the drain).
//   5. A drain begins when something is undelivered and an endpoint that takes messages is there: after a sign-in, after a write
//   that an
//      endpoint's appearance crossed, after the last batch.  An answer that says "later" (silent, gone, busy, in
//      trouble) and a failing store let it rest until the next sign-in, at most drain_rest.  A refusal of the very message
//      (refuses_this_message), or any once it is older than kept_refused_max, drops it, so that it does not hold up the
//      others.
//   6. What the drain delivered is forgotten in the store; `delivered_up_to` keeps it from going out again if that
//   fails.
//
// A message for one device (RFC 5627) goes through the same queue, so nothing overtakes it on its way to that device; it
// is never kept.  It waits for a write or a drain at work, else it goes live or is refused, and it holds up nobody while
// it is live (it cannot fall into the store).
//
// Races, each with a test:
//   - endpoint vanishes with three in flight, a fourth arrives: the three fall one by one, the fourth is queued behind
//   them
//     (rule 2 if they are still live, rule 1 afterwards); the store gets 1, 2, 3, 4.
//   - sign-in while a message is being written: the path is closed (writing), the drain starts when the write is
//   durable.
//   - sign-in while older messages are in flight to the old endpoint: the newer one waits (rule 2).
//   - sign-in during a drain: the newcomer is offered the next message; a failed offer is repeated at once.
//   - connection dies during a drain: the message was not forgotten, it comes first in the next drain.
//   - mixed failures, one endpoint gone and another said no for good: refused; the no is the user's answer.  One gone,
//   another
//     silent or busy: kept, except when a newer message may already have reached the other one (order comes first):
//     refused.

/// One message offered to several endpoints at once.
struct Offer {
  std::vector<EndpointRoute> targets;
  std::vector<base::Ticket> tickets;  ///< of each target; 0 once answered
  std::size_t unanswered = 0;
  bool gone = false;
  bool silent = false;
  FinalStatus status;  ///< of the refusals, silence counts as 408
};

struct InboxEntry {
  enum class State : std::uint8_t { queued, live, writing };
  std::uint64_t id = 0;
  InboxDeliver deliver;
  State state = State::queued;
  bool keep_allowed = false;  ///< policy of the recipient and kind of message
  std::uint32_t kept_max = 0;
  bool fallen = false;  ///< was live; its endpoints went away
  Offer offer;
};

struct Drain {
  enum class State : std::uint8_t { idle, loading, offering };
  State state = State::idle;
  std::list<KeptMessage> batch;  ///< bounded by drain_batch_max; the first is being offered.  Empty, it has no memory
  Offer offer;
  std::uint64_t kept_meanwhile = 0;  ///< writes that became durable since the load was asked for
  bool newcomer = false;             ///< an endpoint appeared since the offer began
};

/// Everything about one user's incoming messages.
struct InboxLane {
  base::UserId user;
  std::vector<InboxEntry> entries;  ///< unresolved, in order of arrival; bounded by inbox_in_flight_max
  std::uint64_t undelivered = 0;    ///< in the store and not yet delivered
  std::size_t writing = 0;
  std::uint64_t newest_live = 0;  ///< id of the newest entry that ever went live
  Drain drain;
  std::uint64_t delivered_up_to = 0;  ///< sequence; forgetting may still be under way
  std::size_t forgetting = 0;
  std::vector<std::uint64_t> unforgotten;  ///< the store failed to; bounded by unforgotten_max
  std::optional<base::TimePoint> rest_until;
  bool waits_to_forget = false;  ///< the drain rests only because the store has not answered yet
  bool removed = false;

  bool empty() const {
    return entries.empty() && undelivered == 0 && writing == 0 && drain.state == Drain::State::idle &&
           forgetting == 0 && unforgotten.empty();
  }
};

/// Split by procedure: inbox.cpp (arrivals and the live path), inbox_drain.cpp (store and drain).
struct Inbox::State {
  State(base::ShardId own_shard, const Registrar& registrar_of_shard, InboxPorts& ports_of_shard)
      : shard(own_shard), registrar(registrar_of_shard), ports(ports_of_shard) {}

  /// What a ticket stands for.
  struct Errand {
    enum class Kind : std::uint8_t { live, drain, keep, load, forget } kind = Kind::live;
    base::UserId user;
    std::uint64_t number = 0;  ///< entry (live, keep) or sequence (forget)
    std::size_t target = 0;    ///< index within the offer
  };
  base::Ticket open(Errand errand);
  std::optional<Errand> close(base::Ticket ticket, Errand::Kind kind);

  // inbox.cpp
  void deliver(const InboxDeliver& deliver, const Directory& directory);
  void answered(const DeliverAnswer& answer, base::Now now);
  void advance(InboxLane& lane);
  bool advance_one(InboxLane& lane, std::size_t index, bool older_live);
  bool path_open(const InboxLane& lane) const;
  bool may_go_live(const InboxLane& lane, std::size_t index, const std::vector<EndpointRoute>& routes) const;
  void conclude_live(InboxLane& lane, std::size_t index);
  void finish(InboxLane& lane, std::size_t index, InboxAnswer answer);
  void refuse(InboxLane& lane, std::size_t index, base::Reason reason, int status = 0);
  /// Endpoints that take messages.
  std::vector<EndpointRoute> takers(base::UserId user) const;
  /// Those that take this one.  With a device: its route alone.  `absent`: why there is none.
  std::vector<EndpointRoute> takers(const InboxDeliver& deliver, base::Reason& absent) const;
  void make_offer(Offer& offer, const InboxLane& lane, const InstantMessagePtr& message, Errand errand,
                  std::vector<EndpointRoute> routes, const ConferenceDescriptionPtr& conference = nullptr);
  void withdraw(Offer& offer);
  InboxLane& lane_of(base::UserId user);
  InboxLane* find(base::UserId user);
  void tidy(base::UserId user);

  // inbox_drain.cpp
  void keep(InboxLane& lane, std::size_t index);
  void kept(base::Ticket ticket, const base::Result<void>& result);
  void loaded(base::Ticket ticket, base::Result<std::vector<KeptMessage>> result, base::Now now);
  void forgotten(base::Ticket ticket, const base::Result<void>& result, base::Now now);
  void start_drain(InboxLane& lane);
  void offer_next(InboxLane& lane);
  void conclude_drained(InboxLane& lane, bool taken, base::Now now);
  void done_with_first(InboxLane& lane, base::Now now);
  void stop_drain(InboxLane& lane);
  void rest(InboxLane& lane, base::Now now);
  void wake(InboxLane& lane);
  void forget(InboxLane& lane, std::uint64_t sequence);
  void set_undelivered(InboxLane& lane, std::uint64_t count);
  void endpoint_added(base::UserId user);
  void user_removed(base::UserId user);

  base::ShardId shard;
  const Registrar& registrar;
  InboxPorts& ports;
  std::unordered_map<base::UserId, InboxLane> lanes;
  std::unordered_map<base::Ticket, Errand> errands;
  std::set<std::pair<base::TimePoint, base::UserId>> rests;
  std::uint64_t last_ticket = 0;
  std::uint64_t last_entry = 0;
  std::uint64_t kept_total = 0;
  std::size_t unresolved = 0;
  InboxMetrics metrics;
};

/// Adds one answer to an offer.  True when it settles the offer: the first taker, or the last of the failures.
bool settle(Offer& offer, const DeliverAnswer& answer);

}  // namespace tertulia::domain
