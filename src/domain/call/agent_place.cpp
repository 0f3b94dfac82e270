// SPDX-License-Identifier: Apache-2.0
// Calls begin: the callee is looked for, his devices ring, one of them answers or all refuse.
#include <algorithm>
#include <utility>

#include "domain/call/agent_state.h"
#include "domain/call/limits.h"

namespace tertulia::domain {

using base::Reason;
using Fork = LiveCall::Fork;
using Life = LiveCall::Life;

namespace {

Reason refusal_of(const PlaceCall& place, const Directory& directory) {
  const User* caller = directory.find(place.from);
  if (caller == nullptr || !caller->enabled) return Reason::account_disabled;
  const User* callee = directory.find(place.to);
  if (const Reason reason = refusal_to_reach(callee); reason != Reason::none) return reason;
  if (callee->blocks(caller->address)) return Reason::sender_blocked;
  const Policy& policy = directory.policy_of(*caller);
  return place.file && blocks_file(policy, place.file->name) ? Reason::file_kind_blocked : Reason::none;
}

SessionRecord record_of(const PlaceCall& place, const Directory& directory, base::RecordId id, base::Now now) {
  SessionRecord record;
  record.id = id;
  record.mode = SessionMode::call;
  record.user1.user = place.from_address;
  record.user1.endpoint = place.endpoint;
  if (place.client) record.user1.client_version = place.client->user_agent;
  const User* callee = directory.find(place.to);
  record.user2.user = callee != nullptr ? callee->address.text() : place.to_address;
  record.call_id = place.call_id;
  record.content_type = place.content_type;
  record.invite_time = now.wall;
  record.media_types = place.media_types;
  record.referred_by = place.referred_by;
  if (place.file) {
    record.mode = SessionMode::file;
    record.media_types |= media_file_transfer;
    record.files.push_back(*place.file);
  }
  return record;
}

}  // namespace

Reason CallAgent::State::component_refusal() const {
  if (stopped) return Reason::server_stopping;
  return settings.running ? Reason::none : Reason::calls_stopped;
}

bool CallAgent::State::has_space(base::UserId caller) const {
  if (calls.size() >= calls_max) return false;
  const auto found = placed.find(caller);
  return found == placed.end() || found->second < calls_placed_per_user_max;
}

void CallAgent::State::place(const PlaceCall& place, const Directory& directory, base::Now now) {
  metrics.placed.add();
  const auto refuse_at_the_door = [&](Reason reason) {
    metrics.refused.add();
    ports.refused(place.edge, CallRefused{{}, place.leg, reason, 0, nullptr});
  };
  // A stopped component does nothing, so it writes nothing either: a flood of refusals must not fill the store.
  if (const Reason reason = component_refusal(); reason != Reason::none) return refuse_at_the_door(reason);

  SessionRecord record = record_of(place, directory, record_ids.next(now.wall), now);
  Reason reason = refusal_of(place, directory);
  if (reason == Reason::none && (!has_space(place.from) || callers.contains(place.leg))) {
    reason = Reason::too_many_calls;
  }
  if (reason != Reason::none) {
    record.response_code = base::status_of(reason);
    record.diagnostic_id = base::id_of(reason);
    if (place.file) record.files.front().outcome = FileOutcome::rejected;
    record.response_time = now.wall;
    record.end_time = now.wall;
    ports.record({}, std::move(record));
    return refuse_at_the_door(reason);
  }
  auto call = std::make_unique<LiveCall>();
  call->id = call_ids.next<base::CallId>();
  call->place = place;
  call->callee_name = directory.find(place.to)->display_name;
  call->record = std::move(record);
  LiveCall& begun = insert(std::move(call));
  arm(begun, now.mono + settings.ring);
  tell(begun, CallSide::caller, CallState::trying);
  ports.find(FindCallee{shard, begun.id, place.to, place.from_address, place.device});
}

void CallAgent::State::found(const CalleeFound& found, const Directory& directory, base::Now now) {
  LiveCall* call = find(found.call);
  if (call == nullptr || call->life != Life::finding) return;
  if (found.reason != Reason::none) return refuse(*call, found.reason, now);
  // He may have been removed or have blocked the caller meanwhile.
  if (const Reason reason = refusal_of(call->place, directory); reason != Reason::none) {
    return refuse(*call, reason, now);
  }
  call->life = Life::ringing;
  const PlaceCall& place = call->place;
  const Signal signal = std::exchange(call->place.signal, nullptr);
  std::vector<RingLeg> rings;
  for (const EndpointRoute& route : found.routes) {
    if (place.from == place.to && route.endpoint == place.endpoint) continue;  // a device does not ring itself
    if (call->forks.size() >= call_forks_max) break;
    const base::CallLegId leg = leg_ids.next<base::CallLegId>();
    call->forks.push_back({leg, route.edge, route.endpoint, route.client});
    rings.push_back({call->id, leg, shard, route, place.to, place.from_address, signal, call->record.id});
  }
  if (rings.empty()) return refuse(*call, Reason::recipient_unavailable, now);
  for (RingLeg& ring : rings) {
    const base::ShardId edge = ring.route.edge;
    ports.ring(edge, std::move(ring));
  }
}

void CallAgent::State::ring(const RingAnswer& answer, base::Now now) {
  LiveCall* call = find(answer.call);
  Fork* fork = call == nullptr ? nullptr : call->find_fork(answer.leg);
  if (fork == nullptr) return;  // its edge was told to stop it, and ends a late acceptance
  if (fork->over) {
    if (answer.what == RingAnswer::What::answered) {  // crossed with our StopLeg
      const Reason why = call->winner ? Reason::answered_elsewhere : Reason::request_cancelled;
      ports.stop(fork->edge, StopLeg{fork->edge, fork->leg, why});
    }
    return;
  }
  if (call->life != Life::ringing) return;
  switch (answer.what) {
    case RingAnswer::What::progress:
      if (answer.status <= 100 || answer.status > 199) return;
      tell(*call, CallSide::caller, CallState::ringing);
      tell(*call, CallSide::callee, CallState::ringing);
      ports.progress(call->place.edge,
                     CallProgress{call->id, call->place.leg, fork->leg, answer.status, answer.signal, call->record.id});
      return;
    case RingAnswer::What::answered:
      return establish(*call, static_cast<std::size_t>(fork - call->forks.data()), answer, now);
    case RingAnswer::What::refused:
      return fork_refused(*call, *fork, answer.status, answer.signal, now);
  }
}

void CallAgent::State::establish(LiveCall& call, std::size_t fork, const RingAnswer& answer, base::Now now) {
  call.life = Life::up;
  call.winner = fork;
  for (std::size_t i = 0; i < call.forks.size(); ++i) {
    Fork& other = call.forks[i];
    if (i == fork || other.over) continue;
    other.over = true;
    ports.stop(other.edge, StopLeg{other.edge, other.leg, Reason::answered_elsewhere});
    settle(call, Reason::answered_elsewhere, other.leg);
  }
  const Fork& winner = call.forks[fork];
  call.record.user2.endpoint = winner.endpoint;
  if (winner.client) call.record.user2.client_version = winner.client->user_agent;
  if (!call.record.files.empty()) call.record.files.front().outcome = FileOutcome::accepted;
  call.record.response_code = 200;
  call.record.replaces = answer.replaces;
  call.record.response_time = now.wall;
  arm(call, now.mono + settings.longest);
  metrics.answered.add();
  ports.answered(call.place.edge, CallAnswered{call.id, call.place.leg, winner.leg, answer.signal, call.record.id});
  tell(call, CallSide::caller, CallState::up);
  tell(call, CallSide::callee, CallState::up);
  ports.record({}, call.record);
}

void CallAgent::State::fork_refused(LiveCall& call, Fork& fork, int status, const Signal& signal, base::Now now) {
  fork.over = true;
  settle(call, Reason::dialog_unknown, fork.leg);
  call.outcome.add(status, signal);
  if (call.outcome.status() / 100 == 6 || call.all_forks_over()) conclude_ringing(call, now);
}

/// The best of the refusals speaks for all.
void CallAgent::State::conclude_ringing(LiveCall& call, base::Now now) {
  const int status = call.outcome.status();
  const Signal signal = call.outcome.signal();
  // That a connection has ended is our own knowledge, and its number means something else to the caller.
  refuse(call, reason_of_refused_call(status), now, CallSide::nobody, status == status_connection_gone ? 0 : status,
         signal);
}

}  // namespace tertulia::domain
