// SPDX-License-Identifier: Apache-2.0
// The inbox and its store: keeping, and emptying it when the user is back.
#include <algorithm>
#include <utility>

#include "domain/conversation/inbox_lane.h"
#include "domain/conversation/limits.h"

namespace tertulia::domain {

using base::Reason;
using EntryState = InboxEntry::State;
using DrainState = Drain::State;

namespace {

bool is_too_old(const InstantMessage& message, base::Now now) {
  return now.wall.us - message.sent.us > conversation_limits::kept_refused_max.count();
}

}  // namespace

void Inbox::State::set_undelivered(InboxLane& lane, std::uint64_t count) {
  kept_total += count - lane.undelivered;
  lane.undelivered = count;
}

void Inbox::State::keep(InboxLane& lane, std::size_t index) {
  InboxEntry& entry = lane.entries[index];
  entry.state = EntryState::writing;
  ++lane.writing;
  const base::Ticket ticket = open({Errand::Kind::keep, lane.user, entry.id, 0});
  ports.keep(ticket, lane.user, entry.deliver.message);
}

void Inbox::State::kept(base::Ticket ticket, const base::Result<void>& result) {
  const std::optional<Errand> errand = close(ticket, Errand::Kind::keep);
  InboxLane* lane = errand ? find(errand->user) : nullptr;
  if (lane == nullptr) return;
  --lane->writing;
  const auto entry = std::find_if(lane->entries.begin(), lane->entries.end(),
                                  [&](const InboxEntry& e) { return e.id == errand->number; });
  const std::size_t index = static_cast<std::size_t>(entry - lane->entries.begin());
  if (lane->removed) {
    refuse(*lane, index, Reason::destination_unknown);
  } else if (!result) {
    refuse(*lane, index, Reason::store_unavailable);
  } else {
    set_undelivered(*lane, lane->undelivered + 1);
    if (lane->drain.state == DrainState::loading) ++lane->drain.kept_meanwhile;
    finish(*lane, index, {entry->deliver.ticket, entry->deliver.conversation, PostOutcome::kept, Reason::none, 0, {}});
  }
  start_drain(*lane);
  advance(*lane);
  tidy(errand->user);
}

/// Begins when there is something to deliver and somebody to take it.
void Inbox::State::start_drain(InboxLane& lane) {
  if (lane.drain.state != DrainState::idle || lane.undelivered == 0 || lane.rest_until || lane.removed) return;
  if (takers(lane.user).empty()) return;
  lane.drain.state = DrainState::loading;
  lane.drain.kept_meanwhile = 0;
  const base::Ticket ticket = open({Errand::Kind::load, lane.user, 0, 0});
  ports.load(ticket, lane.user, conversation_limits::drain_batch_max);
}

void Inbox::State::loaded(base::Ticket ticket, base::Result<std::vector<KeptMessage>> result, base::Now now) {
  const std::optional<Errand> errand = close(ticket, Errand::Kind::load);
  InboxLane* lane = errand ? find(errand->user) : nullptr;
  if (lane == nullptr || lane->drain.state != DrainState::loading) return;
  if (!result) {
    stop_drain(*lane);
    rest(*lane, now);
    advance(*lane);
    tidy(errand->user);
    return;
  }
  const bool all = result->size() < conversation_limits::drain_batch_max;
  bool stale = false;
  for (KeptMessage& message : *result) {
    if (message.sequence <= lane->delivered_up_to) {
      stale = true;  // delivered already, the store could not forget it: see unforgotten
    } else {
      lane->drain.batch.push_back(std::move(message));
    }
  }
  // The store knows best.  A write that ended meanwhile may be in the list or not: one more load will tell.
  if (all) set_undelivered(*lane, lane->drain.batch.size() + lane->drain.kept_meanwhile);
  if (lane->drain.batch.empty() && !all && stale) {  // nothing but what it cannot forget
    stop_drain(*lane);
    rest(*lane, now);
  } else {
    offer_next(*lane);
  }
  advance(*lane);
  tidy(errand->user);
}

void Inbox::State::offer_next(InboxLane& lane) {
  if (lane.drain.batch.empty()) {
    stop_drain(lane);
    start_drain(lane);  // what was kept meanwhile
    return;
  }
  std::vector<EndpointRoute> routes = takers(lane.user);
  if (routes.empty()) return stop_drain(lane);  // the next sign-in begins it anew
  lane.drain.state = DrainState::offering;
  lane.drain.newcomer = false;
  const Errand errand{Errand::Kind::drain, lane.user, 0, 0};
  make_offer(lane.drain.offer, lane, lane.drain.batch.front().message, errand, std::move(routes));
}

void Inbox::State::conclude_drained(InboxLane& lane, bool taken, base::Now now) {
  const Offer& offer = lane.drain.offer;
  const int status = offer.status.best();
  const bool refused = !taken && !offer.gone && !offer.silent && refuses_for_good(status);
  // It was acknowledged, so a device that cannot take it today is no reason to lose it.
  const bool for_good = refused && (refuses_this_message(status) || is_too_old(*lane.drain.batch.front().message, now));
  if (for_good) metrics.given_up.add();
  withdraw(lane.drain.offer);
  if (taken || for_good) {
    done_with_first(lane, now);
  } else if (lane.drain.newcomer) {
    offer_next(lane);
  } else {
    const bool gone = offer.gone;
    stop_drain(lane);
    // After a lost connection a sign-in starts it again; the rest is for other devices that are still there.
    if (!gone || !takers(lane.user).empty()) rest(lane, now);
  }
  advance(lane);
}

/// The first of the batch is delivered, or will never be.
void Inbox::State::done_with_first(InboxLane& lane, base::Now now) {
  const std::uint64_t sequence = lane.drain.batch.front().sequence;
  lane.drain.batch.pop_front();
  lane.delivered_up_to = std::max(lane.delivered_up_to, sequence);
  if (lane.undelivered > 0) set_undelivered(lane, lane.undelivered - 1);
  forget(lane, sequence);
  if (lane.unforgotten.size() + lane.forgetting >= conversation_limits::unforgotten_max) {
    stop_drain(lane);
    rest(lane, now);
    lane.waits_to_forget = true;
    return;
  }
  offer_next(lane);
}

void Inbox::State::stop_drain(InboxLane& lane) {
  withdraw(lane.drain.offer);
  lane.drain = {};
}

void Inbox::State::rest(InboxLane& lane, base::Now now) {
  if (lane.rest_until) return;
  lane.rest_until = now.mono + conversation_limits::drain_rest;
  rests.emplace(*lane.rest_until, lane.user);
}

/// A sign-in, or the rest is over.
void Inbox::State::wake(InboxLane& lane) {
  lane.waits_to_forget = false;
  if (lane.rest_until) {
    rests.erase({*lane.rest_until, lane.user});
    lane.rest_until.reset();
  }
  for (const std::uint64_t sequence : std::exchange(lane.unforgotten, {})) forget(lane, sequence);
  start_drain(lane);
  advance(lane);
}

void Inbox::State::forget(InboxLane& lane, std::uint64_t sequence) {
  ++lane.forgetting;
  const base::Ticket ticket = open({Errand::Kind::forget, lane.user, sequence, 0});
  ports.forget(ticket, lane.user, sequence);
}

void Inbox::State::forgotten(base::Ticket ticket, const base::Result<void>& result, base::Now now) {
  const std::optional<Errand> errand = close(ticket, Errand::Kind::forget);
  InboxLane* lane = errand ? find(errand->user) : nullptr;
  if (lane == nullptr) return;
  --lane->forgetting;
  if (!result && !lane->removed) {
    lane->unforgotten.push_back(errand->number);
    if (!lane->rest_until) rest(*lane, now);
  } else if (lane->waits_to_forget && lane->forgetting == 0 && lane->unforgotten.empty()) {
    wake(*lane);  // a slow disk, not a broken one: go on at once
  }
  tidy(errand->user);
}

void Inbox::State::endpoint_added(base::UserId user) {
  InboxLane* lane = find(user);
  if (lane == nullptr) return;
  lane->drain.newcomer = true;
  wake(*lane);
  tidy(user);
}

/// The store forgets a removed user's messages by itself.  What is offered or being written now is answered when its
/// outcome is known; nothing new is kept.
void Inbox::State::user_removed(base::UserId user) {
  InboxLane* lane = find(user);
  if (lane == nullptr) return;
  lane->removed = true;
  set_undelivered(*lane, 0);
  stop_drain(*lane);
  lane->unforgotten.clear();
  for (std::size_t i = 0; i < lane->entries.size();) {
    if (lane->entries[i].state == EntryState::queued) {
      refuse(*lane, i, Reason::destination_unknown);
    } else {
      ++i;
    }
  }
  tidy(user);
}

}  // namespace tertulia::domain
