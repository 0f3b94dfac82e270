// SPDX-License-Identifier: Apache-2.0
#include "domain/call/agent.h"

#include <algorithm>

#include "base/check.h"
#include "domain/call/agent_state.h"

namespace tertulia::domain {
namespace {

/// The edges of this shard number their legs from the same kind of source; our bit keeps the two apart.
constexpr std::uint16_t legs_of_the_agent = 0x8000;
/// The IMMCU of the same shard makes records too, perhaps in the same microsecond; a shard number needs seven bits of the
/// eight that a record id has for it.
constexpr std::uint16_t records_of_calls = 0x80;

}  // namespace

LiveCall::Fork* LiveCall::find_fork(base::CallLegId leg) {
  const auto found = std::find_if(forks.begin(), forks.end(), [&](const Fork& fork) { return fork.leg == leg; });
  return found == forks.end() ? nullptr : &*found;
}

bool LiveCall::all_forks_over() const {
  return std::all_of(forks.begin(), forks.end(), [](const Fork& fork) { return fork.over; });
}

CallAgent::State::State(const CallSettings& settings_at_start, base::ShardId own_shard, CallPorts& ports_of_shard,
                        std::uint64_t boot_seconds)
    : settings(settings_at_start),
      shard(own_shard),
      ports(ports_of_shard),
      call_ids(own_shard, boot_seconds),
      leg_ids(base::ShardId{static_cast<std::uint16_t>(own_shard.value | legs_of_the_agent)}, boot_seconds),
      record_ids(base::ShardId{static_cast<std::uint16_t>(own_shard.value | records_of_calls)}) {}

LiveCall* CallAgent::State::find(base::CallId id) {
  const auto found = calls.find(id);
  return found == calls.end() ? nullptr : found->second.get();
}

LiveCall& CallAgent::State::insert(std::unique_ptr<LiveCall> call) {
  callers.emplace(call->place.leg, call->id);
  ++placed[call->place.from];
  metrics.calls.set(static_cast<std::int64_t>(++living));
  const base::CallId id = call->id;
  return *calls.emplace(id, std::move(call)).first->second;
}

/// States only go forward, each is told once, and `over` only to those who were told of the call.
void CallAgent::State::tell(LiveCall& call, CallSide side, CallState state) {
  if (call.place.file) return;  // no lamp lights for it, and nobody is busy
  const bool outgoing = side == CallSide::caller;
  std::optional<CallState>& told = call.told[outgoing ? 0 : 1];
  if (told ? *told >= state : state == CallState::over) return;
  told = state;
  CallNotice notice;
  notice.user = outgoing ? call.place.from : call.place.to;
  notice.call = call.id;
  notice.state = state;
  notice.outgoing = outgoing;
  if (outgoing) {
    notice.endpoint = call.place.endpoint;
  } else if (call.winner) {
    notice.endpoint = call.forks[*call.winner].endpoint;
  }
  notice.peer_address = outgoing ? call.place.to_address : call.place.from_address;
  notice.peer_name = outgoing ? call.callee_name : call.place.from_name;
  notice.call_id = call.place.call_id;
  ports.notice(std::move(notice));
}

void CallAgent::State::arm(LiveCall& call, base::TimePoint when) {
  disarm(call);
  call.armed = when;
  deadlines.emplace(when, call.id);
}

void CallAgent::State::disarm(LiveCall& call) {
  if (!call.armed) return;
  deadlines.erase({*call.armed, call.id});
  call.armed.reset();
}

CallAgent::CallAgent(const CallSettings& settings, base::ShardId shard, CallPorts& ports, std::uint64_t boot_seconds)
    : state_(std::make_unique<State>(settings, shard, ports, boot_seconds)) {}
CallAgent::~CallAgent() = default;

void CallAgent::set_settings(const CallSettings& settings) { state_->settings = settings; }

void CallAgent::on_place(const PlaceCall& place, const Directory& directory, base::Now now) {
  state_->place(place, directory, now);
}
void CallAgent::on_cancel(const CancelCall& cancel, base::Now now) { state_->cancel(cancel, now); }
void CallAgent::on_found(const CalleeFound& found, const Directory& directory, base::Now now) {
  state_->found(found, directory, now);
}
void CallAgent::on_ring(const RingAnswer& answer, base::Now now) { state_->ring(answer, now); }
void CallAgent::on_request(const CallRequest& request, base::Now now) { state_->request(request, now); }
void CallAgent::on_relay(const RelayAnswer& answer, base::Now now) { state_->relayed(answer, now); }
void CallAgent::on_cancel_request(const CancelCallRequest& cancel, base::Now) { state_->cancel(cancel); }
void CallAgent::on_lost(const CallLegLost& lost, base::Now now) {
  if (LiveCall* call = state_->find(lost.call)) state_->lose(*call, lost.leg, now);
}
void CallAgent::on_refreshed(const CallRefreshed& refreshed, base::Now now) { state_->refreshed(refreshed, now); }
// Whether the row reached the disk or the store gave up: there is nobody left to tell.
void CallAgent::on_recorded(base::Ticket ticket, base::Result<void>, base::Now) { state_->recorded(ticket); }
void CallAgent::on_deadline(base::Now now) { state_->deadline(now); }
std::optional<base::TimePoint> CallAgent::deadline() const {
  if (state_->deadlines.empty()) return std::nullopt;
  return state_->deadlines.begin()->first;
}
void CallAgent::stop(base::Now now) { state_->stop(now); }

const CallMetrics& CallAgent::metrics() const { return state_->metrics; }
std::size_t CallAgent::call_count() const { return state_->living; }
std::size_t CallAgent::pending_count() const { return state_->calls.size() - state_->living; }

}  // namespace tertulia::domain
