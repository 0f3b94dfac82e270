// SPDX-License-Identifier: Apache-2.0
// Requests within a call: carried across, answered exactly once.
#include <algorithm>
#include <utility>

#include "domain/call/agent_state.h"
#include "domain/call/limits.h"

namespace tertulia::domain {

using base::Reason;
using Fork = LiveCall::Fork;
using Life = LiveCall::Life;
using Relay = LiveCall::Relay;

namespace {

CallRequestAnswer refusal(base::Ticket ticket, Reason reason) {
  return {ticket, reason, base::status_of(reason), nullptr};
}

/// The server itself answers for a side that cannot: a BYE has reached its end anyhow.
CallRequestAnswer answer_for(const Relay& relay, Reason reason) {
  if (relay.kind == CallRequestKind::ends) return {relay.asked, Reason::none, 200, nullptr};
  return refusal(relay.asked, reason);
}

/// What an answer without a message of the device means to who asked.
CallRequestAnswer own_answer(const Relay& relay, int status) {
  if (relay.kind == CallRequestKind::ends) return answer_for(relay, Reason::none);
  if (status == status_silent) return refusal(relay.asked, Reason::recipient_silent);
  if (status == status_connection_gone) return refusal(relay.asked, Reason::dialog_unknown);
  return {relay.asked, Reason::none, status, nullptr};
}

/// From where to where a request goes; false: there is no such dialog (any more).
bool route(LiveCall& call, const CallRequest& request, Relay& relay, base::CallLegId& branch) {
  if (call.life != Life::ringing && call.life != Life::up) return false;
  relay.from = request.leg;
  relay.from_edge = request.edge;
  const bool up = call.life == Life::up;
  if (call.is_caller(request.leg)) {
    if (request.edge != call.place.edge) return false;
    const Fork* to = up && !request.branch ? &call.forks[*call.winner] : call.find_fork(request.branch);
    if (to == nullptr || to->over) return false;
    relay.to = to->leg;
    relay.to_edge = to->edge;
    branch = {};
    return true;
  }
  const Fork* from = call.find_fork(request.leg);
  if (from == nullptr || from->over || from->edge != request.edge) return false;
  relay.to = call.place.leg;
  relay.to_edge = call.place.edge;
  branch = from->leg;
  return true;
}

/// Both sides hang up at the same moment: the BYE of the other one is on its way to this one.
bool is_bye_glare(const LiveCall& call, const CallRequest& request) {
  return request.kind == CallRequestKind::ends &&
         std::any_of(call.relays.begin(), call.relays.end(), [&](const Relay& relay) {
           return relay.kind == CallRequestKind::ends && relay.to == request.leg && relay.to_edge == request.edge;
         });
}

}  // namespace

void CallAgent::State::request(const CallRequest& request, base::Now now) {
  const bool answerable = request.kind != CallRequestKind::acknowledges;
  const auto refuse = [&](Reason reason) {
    if (answerable) ports.answer(request.edge, refusal(request.ticket, reason));
  };
  LiveCall* call = find(request.call);
  if (call == nullptr) return refuse(Reason::dialog_unknown);
  if (is_bye_glare(*call, request)) {
    ports.answer(request.edge, CallRequestAnswer{request.ticket, Reason::none, 200, nullptr});
    return;
  }
  Relay relay;
  base::CallLegId branch;
  if (!route(*call, request, relay, branch)) return refuse(Reason::dialog_unknown);
  if (request.cancels_file && call->life == Life::up && !call->record.files.empty())
    call->record.files.front().outcome = FileOutcome::cancelled;
  if (answerable) {
    const bool full = call->relays.size() >= requests_per_call_max && request.kind != CallRequestKind::ends;
    if (full) return refuse(Reason::too_many_requests);
    relay.ticket = {++last_ticket};
    relay.asked = request.ticket;
    relay.kind = request.kind;
    relay.media_types = request.media_types;
  }
  if (request.kind == CallRequestKind::ends && call->life == Life::up) return bye(*call, request, relay, branch, now);
  carry(*call, request, relay, branch);
}

void CallAgent::State::carry(LiveCall& call, const CallRequest& request, const Relay& relay, base::CallLegId branch) {
  metrics.relayed.add();
  if (relay.ticket) {
    relay_calls.emplace(relay.ticket, call.id);
    call.relays.push_back(relay);
  }
  ports.relay(relay.to_edge,
              RelayRequest{relay.ticket, shard, call.id, relay.to, branch, request.kind, request.signal});
}

/// The call is over now; only the answer to the BYE is still waited for.
void CallAgent::State::bye(LiveCall& call, const CallRequest& request, const Relay& relay, base::CallLegId branch,
                           base::Now now) {
  settle(call, Reason::request_cancelled);  // RFC 3261 15.1.2: what is pending ends with 487
  carry(call, request, relay, branch);
  call.record.disconnected_by =
      static_cast<std::uint8_t>(call.is_caller(request.leg) ? CallSide::caller : CallSide::callee);
  finish(call, now);
  arm(call, now.mono + bye_patience);
}

void CallAgent::State::relayed(const RelayAnswer& answer, base::Now now) {
  const auto known = relay_calls.find(answer.ticket);
  if (known == relay_calls.end()) return;  // answered by ourselves meanwhile
  LiveCall& call = *find(known->second);
  const auto found = std::find_if(call.relays.begin(), call.relays.end(),
                                  [&](const Relay& relay) { return relay.ticket == answer.ticket; });
  if (answer.status >= 100 && answer.status < 200) {
    ports.answer(found->from_edge, CallRequestAnswer{found->asked, Reason::none, answer.status, answer.signal});
    return;
  }
  const Relay relay = *found;
  call.relays.erase(found);
  relay_calls.erase(known);
  const bool accepted = answer.status >= 200 && answer.status < 300;
  if (accepted && relay.kind == CallRequestKind::renegotiates) call.record.media_types |= relay.media_types;
  ports.answer(relay.from_edge, answer.signal
                                    ? CallRequestAnswer{relay.asked, Reason::none, answer.status, answer.signal}
                                    : own_answer(relay, answer.status));
  if (answer.status == status_connection_gone && !answer.signal) {
    lose(call, relay.to, now);
  } else {
    erase_if_done(call);
  }
}

void CallAgent::State::cancel(const CancelCallRequest& cancel) {
  LiveCall* call = find(cancel.call);
  if (call == nullptr) return;
  for (const Relay& relay : call->relays) {
    if (relay.from_edge != cancel.edge || relay.asked != cancel.ticket) continue;
    if (relay.kind != CallRequestKind::renegotiates) continue;  // RFC 3261 9.1: only INVITE is taken back
    ports.cancel(relay.to_edge, CancelRelay{relay.to_edge, relay.to, relay.ticket});
    return;
  }
}

void CallAgent::State::settle(LiveCall& call, Reason reason, std::optional<base::CallLegId> leg) {
  std::vector<Relay> kept;
  for (const Relay& relay : std::exchange(call.relays, {})) {
    if (leg && relay.from != *leg && relay.to != *leg) {
      kept.push_back(relay);
      continue;
    }
    relay_calls.erase(relay.ticket);
    ports.answer(relay.from_edge, answer_for(relay, reason));
  }
  call.relays = std::move(kept);
}

}  // namespace tertulia::domain
