// SPDX-License-Identifier: Apache-2.0
// Calls end: withdrawn, refused, hung up, lost, timed out, or with the server; each leaves its record.
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "domain/call/agent_state.h"
#include "domain/call/limits.h"

namespace tertulia::domain {

using base::Reason;
using Fork = LiveCall::Fork;
using Life = LiveCall::Life;

void CallAgent::State::cancel(const CancelCall& cancel, base::Now now) {
  const auto found = callers.find(cancel.leg);
  LiveCall* call = found == callers.end() ? nullptr : find(found->second);
  if (call == nullptr || call->place.edge != cancel.edge) return;
  if (call->life != Life::up) return refuse(*call, Reason::request_cancelled, now, CallSide::caller);
  // It crossed with the answer.  Who withdraws does not want the call, or has no connection for it any more.
  end(*call, Reason::request_cancelled, now, CallSide::caller);
}

void CallAgent::State::lose(LiveCall& call, base::CallLegId leg, base::Now now) {
  const bool is_caller = call.is_caller(leg);
  switch (call.life) {
    case Life::finding:
    case Life::ringing:
      if (is_caller) return refuse(call, Reason::request_cancelled, now, CallSide::caller);
      if (Fork* fork = call.find_fork(leg); fork != nullptr && !fork->over) {
        fork_refused(call, *fork, status_connection_gone, nullptr, now);
      }
      return;
    case Life::up:
      if (is_caller) return end(call, Reason::call_party_vanished, now, CallSide::caller, leg);
      if (call.forks[*call.winner].leg == leg) {
        return end(call, Reason::call_party_vanished, now, CallSide::callee, leg);
      }
      return;
    case Life::over:
      settle(call, Reason::request_cancelled, leg);
      return erase_if_done(call);
  }
}

void CallAgent::State::stop_forks(LiveCall& call, Reason reason) {
  for (Fork& fork : call.forks) {
    if (std::exchange(fork.over, true)) continue;
    ports.stop(fork.edge, StopLeg{fork.edge, fork.leg, reason});
  }
}

/// Before an answer.
void CallAgent::State::refuse(LiveCall& call, Reason reason, base::Now now, CallSide by, int status,
                              const Signal& signal) {
  stop_forks(call, reason);
  settle(call, Reason::request_cancelled);
  metrics.refused.add();
  ports.refused(call.place.edge, CallRefused{call.id, call.place.leg, reason, status, signal});
  call.record.response_code = status != 0 ? status : base::status_of(reason);
  call.record.diagnostic_id = base::id_of(reason);
  if (!call.record.files.empty() && (by == CallSide::caller || signal))  // else nobody has answered
    call.record.files.front().outcome = by == CallSide::caller ? FileOutcome::cancelled : FileOutcome::rejected;
  call.record.response_time = now.wall;
  call.record.disconnected_by = static_cast<std::uint8_t>(by);
  finish(call, now);
}

/// After an answer, without a BYE of a side; `gone` needs not be told.
void CallAgent::State::end(LiveCall& call, Reason why, base::Now now, CallSide by,
                           std::optional<base::CallLegId> gone) {
  settle(call, Reason::request_cancelled);
  if (gone != call.place.leg) {
    ports.stop(call.place.edge, StopLeg{call.place.edge, call.place.leg, why});
  }
  Fork& winner = call.forks[*call.winner];
  if (gone == winner.leg) winner.over = true;
  stop_forks(call, why);
  call.record.diagnostic_id = base::id_of(why);
  call.record.disconnected_by = static_cast<std::uint8_t>(by);
  finish(call, now);
}

/// Everybody has been told how it ended; what is left are the homes and the record.
void CallAgent::State::finish(LiveCall& call, base::Now now) {
  TERTULIA_CHECK(call.life != Life::over);
  call.life = Life::over;
  disarm(call);
  callers.erase(call.place.leg);
  const auto count = placed.find(call.place.from);
  if (--count->second == 0) placed.erase(count);
  metrics.calls.set(static_cast<std::int64_t>(--living));
  tell(call, CallSide::caller, CallState::over);
  tell(call, CallSide::callee, CallState::over);
  call.place.signal.reset();
  call.record.end_time = now.wall;
  const base::Ticket ticket{++last_ticket};
  record_calls.emplace(ticket, call.id);
  ports.record(ticket, std::move(call.record));
}

void CallAgent::State::recorded(base::Ticket ticket) {
  const auto found = record_calls.find(ticket);
  if (found == record_calls.end()) return;
  LiveCall& call = *find(found->second);
  record_calls.erase(found);
  call.recorded = true;
  erase_if_done(call);
}

void CallAgent::State::erase_if_done(LiveCall& call) {
  if (call.life != Life::over || !call.relays.empty()) return;
  disarm(call);
  if (call.recorded) calls.erase(base::CallId{call.id});
}

void CallAgent::State::refreshed(const CallRefreshed& refreshed, base::Now now) {
  LiveCall* call = find(refreshed.call);
  if (call == nullptr || call->life != Life::up) return;
  const bool timed = refreshed.interval > base::Duration::zero();
  arm(*call, now.mono + (timed ? std::min(refreshed.interval, settings.longest) : settings.longest));
}

void CallAgent::State::deadline(base::Now now) {
  while (!deadlines.empty() && deadlines.begin()->first <= now.mono) {
    LiveCall& call = *find(deadlines.begin()->second);
    switch (call.life) {
      case Life::finding:
      case Life::ringing:
        // RFC 3261 16.8: devices that still ring count as 408; a refusal of another device may say more.
        call.outcome.add(status_silent, nullptr);
        if (call.outcome.status() == status_silent) {
          refuse(call, Reason::call_unanswered, now);
        } else {
          conclude_ringing(call, now);
        }
        break;
      case Life::up:
        end(call, Reason::session_timer_expired, now);
        break;
      case Life::over:
        disarm(call);
        settle(call, Reason::request_cancelled);
        erase_if_done(call);
        break;
    }
  }
}

void CallAgent::State::stop(base::Now now) {
  stopped = true;
  std::vector<base::CallId> all;
  all.reserve(calls.size());
  for (const auto& [id, call] : calls) all.push_back(id);
  std::sort(all.begin(), all.end());
  for (const base::CallId id : all) {
    LiveCall& call = *find(id);
    switch (call.life) {
      case Life::finding:
      case Life::ringing:
        refuse(call, Reason::server_stopping, now);
        break;
      case Life::up:
        end(call, Reason::server_stopping, now);
        break;
      case Life::over:
        settle(call, Reason::server_stopping);
        erase_if_done(call);
        break;
    }
  }
}

}  // namespace tertulia::domain
