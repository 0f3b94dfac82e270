// SPDX-License-Identifier: Apache-2.0
#include "domain/conversation/inbox.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "domain/conversation/inbox_lane.h"
#include "domain/conversation/limits.h"

namespace tertulia::domain {

using base::Reason;
using EntryState = InboxEntry::State;

bool settle(Offer& offer, const DeliverAnswer& answer) {
  --offer.unanswered;
  switch (answer.what) {
    case DeliverAnswer::What::taken:
      return true;
    case DeliverAnswer::What::refused:
      offer.status.add(answer.status);
      break;
    case DeliverAnswer::What::silent:
      offer.silent = true;
      offer.status.add(status_silent);
      break;
    case DeliverAnswer::What::gone:
      offer.gone = true;
      break;
  }
  return offer.unanswered == 0;
}

base::Ticket Inbox::State::open(Errand errand) {
  const base::Ticket ticket{++last_ticket};
  errands.emplace(ticket, errand);
  return ticket;
}

std::optional<Inbox::State::Errand> Inbox::State::close(base::Ticket ticket, Errand::Kind kind) {
  const auto found = errands.find(ticket);
  if (found == errands.end() || found->second.kind != kind) return std::nullopt;
  const Errand errand = found->second;
  errands.erase(found);
  return errand;
}

InboxLane& Inbox::State::lane_of(base::UserId user) {
  InboxLane& lane = lanes[user];
  lane.user = user;
  return lane;
}

InboxLane* Inbox::State::find(base::UserId user) {
  const auto found = lanes.find(user);
  return found == lanes.end() ? nullptr : &found->second;
}

/// A user of whom nothing is waiting costs nothing.
void Inbox::State::tidy(base::UserId user) {
  const auto found = lanes.find(user);
  if (found == lanes.end() || !found->second.empty()) return;
  if (found->second.rest_until) rests.erase({*found->second.rest_until, user});
  lanes.erase(found);
}

std::vector<EndpointRoute> Inbox::State::takers(base::UserId user) const {
  std::vector<EndpointRoute> found;
  for (const EndpointRoute& route : registrar.routes(user))
    if (route.capabilities.takes_messages()) found.push_back(route);
  return found;
}

/// Who is in a conference by single messages has no device for a session with it: those have been invited.
std::vector<EndpointRoute> Inbox::State::takers(const InboxDeliver& deliver, Reason& absent) const {
  absent = Reason::recipient_unavailable;
  std::vector<EndpointRoute> found;
  if (!deliver.device) {
    found = takers(deliver.to);
  } else if (base::Result<EndpointRoute> route = registrar.device(deliver.to, *deliver.device); !route) {
    absent = route.reason();
  } else if (route->capabilities.takes_messages()) {
    found.push_back(*std::move(route));
  }
  if (deliver.conference)
    std::erase_if(found, [](const EndpointRoute& route) { return !route.capabilities.page_mode; });
  return found;
}

void Inbox::State::make_offer(Offer& offer, const InboxLane& lane, const InstantMessagePtr& message, Errand errand,
                              std::vector<EndpointRoute> routes, const ConferenceDescriptionPtr& conference) {
  offer = Offer{};
  offer.unanswered = routes.size();
  offer.targets = std::move(routes);
  offer.tickets.reserve(offer.targets.size());
  for (errand.target = 0; errand.target < offer.targets.size(); ++errand.target) {
    const EndpointRoute& route = offer.targets[errand.target];
    offer.tickets.push_back(open(errand));
    ports.deliver(route.edge, DeliverPage{offer.tickets.back(), shard, lane.user, route, message, conference});
  }
}

/// The outcome is known; answers that are still missing change nothing.
void Inbox::State::withdraw(Offer& offer) {
  for (const base::Ticket ticket : offer.tickets) errands.erase(ticket);
  offer.tickets.clear();
}

void Inbox::State::deliver(const InboxDeliver& deliver, const Directory& directory) {
  const auto refuse_at_once = [&](Reason reason) {
    ports.answer(deliver.mcu, InboxAnswer{deliver.ticket, deliver.conversation, PostOutcome::refused, reason, 0, {}});
  };
  const User* user = directory.find(deliver.to);
  if (const Reason reason = refusal_to_reach(user); reason != Reason::none) return refuse_at_once(reason);
  InboxLane& lane = lane_of(deliver.to);
  if (lane.removed) return refuse_at_once(Reason::destination_unknown);
  if (lane.entries.size() >= conversation_limits::inbox_in_flight_max) return refuse_at_once(Reason::server_busy);
  const Policy& policy = directory.policy_of(*user);
  InboxEntry& entry = lane.entries.emplace_back();
  entry.id = ++last_entry;
  entry.deliver = deliver;
  entry.keep_allowed =
      policy.offline_messages && !is_for_now(deliver.message->kind) && !deliver.device && !deliver.conference;
  entry.kept_max = policy.offline_messages_max;
  ++unresolved;
  advance(lane);
  // Typing is worth something only now: it does not wait.
  if (is_for_now(deliver.message->kind) && !lane.entries.empty() && lane.entries.back().id == last_entry &&
      lane.entries.back().state == EntryState::queued) {
    refuse(lane, lane.entries.size() - 1, Reason::recipient_unavailable);
  }
  tidy(deliver.to);
}

bool Inbox::State::path_open(const InboxLane& lane) const {
  return lane.undelivered == 0 && lane.writing == 0 && lane.drain.state == Drain::State::idle;
}

namespace {

/// A live message that may still fall into the store.  One for a single device never does: its device has it before
/// whatever follows on the same connection, and nobody else gets it.
bool holds_up(const InboxEntry& older) { return older.state == EntryState::live && !older.deliver.device; }

}  // namespace

bool Inbox::State::may_go_live(const InboxLane& lane, std::size_t index,
                               const std::vector<EndpointRoute>& routes) const {
  const auto offered_to_all = [&](const InboxEntry& older) {
    return std::all_of(routes.begin(), routes.end(), [&](const EndpointRoute& route) {
      return std::any_of(older.offer.targets.begin(), older.offer.targets.end(), [&](const EndpointRoute& target) {
        return target.endpoint == route.endpoint && target.connection == route.connection;
      });
    });
  };
  return std::all_of(lane.entries.begin(), lane.entries.begin() + static_cast<std::ptrdiff_t>(index),
                     [&](const InboxEntry& older) { return !holds_up(older) || offered_to_all(older); });
}

/// Moves on whatever may move, oldest first.
void Inbox::State::advance(InboxLane& lane) {
  bool older_live = false;
  for (std::size_t i = 0; i < lane.entries.size();) {
    const std::uint64_t id = lane.entries[i].id;
    if (lane.entries[i].state == EntryState::queued && !advance_one(lane, i, older_live)) return;
    if (i >= lane.entries.size() || lane.entries[i].id != id) continue;  // it was refused and is out
    older_live = older_live || holds_up(lane.entries[i]);
    ++i;
  }
}

/// One step of the first queued message.  False when it must wait, and so must all behind it.
bool Inbox::State::advance_one(InboxLane& lane, std::size_t index, bool older_live) {
  InboxEntry& entry = lane.entries[index];
  if (!entry.fallen && path_open(lane)) {
    Reason absent = Reason::none;
    std::vector<EndpointRoute> routes = takers(entry.deliver, absent);
    if (routes.empty() && entry.deliver.device) {
      refuse(lane, index, absent);
      return true;
    }
    if (!routes.empty()) {
      if (!may_go_live(lane, index, routes)) return false;
      entry.state = EntryState::live;
      lane.newest_live = entry.id;
      const Errand errand{Errand::Kind::live, lane.user, entry.id, 0};
      make_offer(entry.offer, lane, entry.deliver.message, errand, std::move(routes), entry.deliver.conference);
      return true;
    }
  }
  if (lane.removed) {
    refuse(lane, index, Reason::destination_unknown);
    return true;
  }
  if (!entry.keep_allowed) {
    // What is being written goes out by the drain as soon as it is durable.
    const bool drain_at_work = lane.drain.state != Drain::State::idle || (entry.deliver.device && lane.writing > 0);
    if (drain_at_work && !entry.fallen && !is_for_now(entry.deliver.message->kind)) return false;
    refuse(lane, index, Reason::recipient_unavailable);
    return true;
  }
  if (older_live) return false;
  if (lane.undelivered + lane.writing >= entry.kept_max) {
    refuse(lane, index, Reason::mailbox_full);
    return true;
  }
  keep(lane, index);
  return true;
}

void Inbox::State::answered(const DeliverAnswer& answer, base::Now now) {
  const auto found = errands.find(answer.ticket);
  if (found == errands.end()) return;
  const Errand errand = found->second;
  if (errand.kind != Errand::Kind::live && errand.kind != Errand::Kind::drain) return;
  errands.erase(found);
  InboxLane* lane = find(errand.user);
  if (lane == nullptr) return;
  const bool taken = answer.what == DeliverAnswer::What::taken;
  if (errand.kind == Errand::Kind::drain) {
    if (settle(lane->drain.offer, answer)) conclude_drained(*lane, taken, now);
    tidy(errand.user);
    return;
  }
  const auto entry = std::find_if(lane->entries.begin(), lane->entries.end(),
                                  [&](const InboxEntry& e) { return e.id == errand.number; });
  if (entry == lane->entries.end() || !settle(entry->offer, answer)) return;
  const std::size_t index = static_cast<std::size_t>(entry - lane->entries.begin());
  if (taken) {
    const EndpointRoute taker = entry->offer.targets[errand.target];
    withdraw(entry->offer);
    finish(*lane, index,
           {entry->deliver.ticket, entry->deliver.conversation, PostOutcome::delivered, Reason::none, 0, taker});
  } else {
    conclude_live(*lane, index);
  }
  advance(*lane);
  tidy(errand.user);
}

/// All endpoints have answered and none took it.
void Inbox::State::conclude_live(InboxLane& lane, std::size_t index) {
  InboxEntry& entry = lane.entries[index];
  const int status = entry.offer.status.best();  // 0: all went away
  const bool said_no = status != 0 && refuses_for_good(status);
  const bool newer_may_have_arrived = status != 0 && lane.newest_live > entry.id;
  if (entry.deliver.device && status == 0) return refuse(lane, index, Reason::recipient_unavailable);
  if (entry.deliver.device || !entry.offer.gone || said_no || newer_may_have_arrived) {
    const bool only_silence = entry.offer.silent && status == status_silent;
    return refuse(lane, index, only_silence ? Reason::recipient_silent : Reason::recipient_refused, status);
  }
  entry.fallen = true;
  entry.state = EntryState::queued;
  withdraw(entry.offer);
  entry.offer = {};
}

void Inbox::State::finish(InboxLane& lane, std::size_t index, InboxAnswer answer) {
  const base::ShardId mcu = lane.entries[index].deliver.mcu;
  lane.entries.erase(lane.entries.begin() + static_cast<std::ptrdiff_t>(index));
  --unresolved;
  ports.answer(mcu, std::move(answer));
}

void Inbox::State::refuse(InboxLane& lane, std::size_t index, Reason reason, int status) {
  InboxEntry& entry = lane.entries[index];
  withdraw(entry.offer);
  finish(lane, index, {entry.deliver.ticket, entry.deliver.conversation, PostOutcome::refused, reason, status, {}});
}

Inbox::Inbox(base::ShardId shard, const Registrar& registrar, InboxPorts& ports)
    : state_(std::make_unique<State>(shard, registrar, ports)) {}
Inbox::~Inbox() = default;

void Inbox::set_kept(base::UserId user, std::uint64_t count) {
  state_->set_undelivered(state_->lane_of(user), count);
  state_->tidy(user);
}
void Inbox::on_deliver(const InboxDeliver& deliver, const Directory& directory, base::Now) {
  state_->deliver(deliver, directory);
}
void Inbox::on_find(const FindEndpoints& find) {
  EndpointsFound found{find.conversation, find.user, {}};
  if (!find.device) {
    found.routes = state_->registrar.routes(find.user);
  } else if (base::Result<EndpointRoute> route = state_->registrar.device(find.user, *find.device)) {
    found.routes.push_back(*std::move(route));
  } else {
    found.reason = route.reason();
  }
  state_->ports.found(find.mcu, std::move(found));
}
void Inbox::on_answer(const DeliverAnswer& answer, base::Now now) { state_->answered(answer, now); }
void Inbox::on_endpoint_added(base::UserId user, const EndpointRoute&, base::Now) { state_->endpoint_added(user); }
void Inbox::on_endpoint_removed(base::UserId user, base::EndpointId, base::Now) {
  // What was offered to it is answered by its edge; only what waits in the queue may have to be decided anew.
  if (InboxLane* lane = state_->find(user)) state_->advance(*lane);
  state_->tidy(user);
}
void Inbox::on_user_removed(base::UserId user) { state_->user_removed(user); }
void Inbox::on_kept(base::Ticket ticket, base::Result<void> result, base::Now) { state_->kept(ticket, result); }
void Inbox::on_loaded(base::Ticket ticket, base::Result<std::vector<KeptMessage>> result, base::Now now) {
  state_->loaded(ticket, std::move(result), now);
}
void Inbox::on_forgotten(base::Ticket ticket, base::Result<void> result, base::Now now) {
  state_->forgotten(ticket, result, now);
}
void Inbox::on_deadline(base::Now now) {
  while (!state_->rests.empty() && state_->rests.begin()->first <= now.mono) {
    const base::UserId user = state_->rests.begin()->second;
    if (InboxLane* lane = state_->find(user)) state_->wake(*lane);
    state_->tidy(user);
  }
}
std::optional<base::TimePoint> Inbox::deadline() const {
  if (state_->rests.empty()) return std::nullopt;
  return state_->rests.begin()->first;
}

std::uint64_t Inbox::kept_count() const { return state_->kept_total; }
const InboxMetrics& Inbox::metrics() const { return state_->metrics; }
std::size_t Inbox::in_flight() const { return state_->unresolved; }

}  // namespace tertulia::domain
