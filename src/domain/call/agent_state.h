// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "domain/call/agent.h"
#include "domain/call/ring_outcome.h"
#include "domain/record/record_id.h"

namespace tertulia::domain {

/// A side of a call; the number is the one that the record uses.
enum class CallSide : std::uint8_t { nobody = 0, caller = 1, callee = 2 };

/// One call, from the question until nothing of it is under way.
///
///     finding ──found──> ringing ──a device answers──> up ──BYE, loss, timer──> over ──row durable, BYE answered──> (gone)
///        └──nobody there, cancelled──┴──refused, cancelled, unanswered───────────┘
struct LiveCall {
  enum class Life : std::uint8_t { finding, ringing, up, over };
  /// One device of the callee.
  struct Fork {
    base::CallLegId leg;
    base::ShardId edge;
    base::EndpointId endpoint;
    ClientInfoPtr client;
    bool over = false;  ///< has refused, was stopped, or is lost
  };
  /// A request that was carried across and is not answered yet.
  struct Relay {
    base::Ticket ticket;  ///< ours
    base::ShardId from_edge;
    base::Ticket asked;  ///< of `from_edge`
    base::CallLegId from;
    base::ShardId to_edge;
    base::CallLegId to;
    CallRequestKind kind = CallRequestKind::relayed;
    std::uint32_t media_types = 0;
  };

  base::CallId id;
  Life life = Life::finding;
  PlaceCall place;  ///< its signal only while `finding`
  std::string callee_name;
  SessionRecord record;
  bool recorded = false;                         ///< the last row is durable
  std::vector<Fork> forks;                       ///< bounded by call_forks_max
  std::optional<std::size_t> winner;             ///< the fork that has answered
  RingOutcome outcome;                           ///< of those that refused
  std::vector<Relay> relays;                     ///< bounded by requests_per_call_max and a BYE
  std::array<std::optional<CallState>, 2> told;  ///< last notice to the home of caller and callee
  std::optional<base::TimePoint> armed;

  Fork* find_fork(base::CallLegId leg);
  bool all_forks_over() const;
  bool is_caller(base::CallLegId leg) const { return leg == place.leg; }
};

/// Everything one CallAgent holds.  Split by procedure: agent_place.cpp (calls begin), agent_request.cpp (requests
/// within them), agent_end.cpp (they end).
struct CallAgent::State {
  State(const CallSettings& settings_at_start, base::ShardId own_shard, CallPorts& ports_of_shard,
        std::uint64_t boot_seconds);

  // agent_place.cpp
  void place(const PlaceCall& place, const Directory& directory, base::Now now);
  void found(const CalleeFound& found, const Directory& directory, base::Now now);
  void ring(const RingAnswer& answer, base::Now now);
  void establish(LiveCall& call, std::size_t fork, const RingAnswer& answer, base::Now now);
  void fork_refused(LiveCall& call, LiveCall::Fork& fork, int status, const Signal& signal, base::Now now);
  void conclude_ringing(LiveCall& call, base::Now now);
  base::Reason component_refusal() const;
  bool has_space(base::UserId caller) const;

  // agent_request.cpp
  void request(const CallRequest& request, base::Now now);
  void relayed(const RelayAnswer& answer, base::Now now);
  void cancel(const CancelCallRequest& cancel);
  void bye(LiveCall& call, const CallRequest& request, const LiveCall::Relay& relay, base::CallLegId branch,
           base::Now now);
  void carry(LiveCall& call, const CallRequest& request, const LiveCall::Relay& relay, base::CallLegId branch);
  /// Answers requests that the other side will not answer any more: all of the call, or those that touch one leg.
  void settle(LiveCall& call, base::Reason reason, std::optional<base::CallLegId> leg = std::nullopt);

  // agent_end.cpp
  void cancel(const CancelCall& cancel, base::Now now);
  void lose(LiveCall& call, base::CallLegId leg, base::Now now);
  void refuse(LiveCall& call, base::Reason reason, base::Now now, CallSide by = CallSide::nobody, int status = 0,
              const Signal& signal = nullptr);
  void end(LiveCall& call, base::Reason why, base::Now now, CallSide by = CallSide::nobody,
           std::optional<base::CallLegId> gone = std::nullopt);
  void finish(LiveCall& call, base::Now now);
  void refreshed(const CallRefreshed& refreshed, base::Now now);
  void recorded(base::Ticket ticket);
  void deadline(base::Now now);
  void stop(base::Now now);
  void stop_forks(LiveCall& call, base::Reason reason);
  void erase_if_done(LiveCall& call);

  // agent.cpp
  LiveCall* find(base::CallId id);
  LiveCall& insert(std::unique_ptr<LiveCall> call);
  void tell(LiveCall& call, CallSide side, CallState state);
  void arm(LiveCall& call, base::TimePoint when);
  void disarm(LiveCall& call);

  CallSettings settings;
  base::ShardId shard;
  CallPorts& ports;
  CallMetrics metrics;
  base::IdSource call_ids;
  base::IdSource leg_ids;
  RecordIdSource record_ids;
  bool stopped = false;
  std::unordered_map<base::CallId, std::unique_ptr<LiveCall>> calls;
  std::size_t living = 0;                                       ///< of `calls`, those that are not over
  std::unordered_map<base::CallLegId, base::CallId> callers;    ///< by the caller's leg, until the end
  std::unordered_map<base::UserId, std::size_t> placed;         ///< calls of each caller that are not over
  std::unordered_map<base::Ticket, base::CallId> relay_calls;   ///< where an answer belongs
  std::unordered_map<base::Ticket, base::CallId> record_calls;  ///< last rows on their way to the disk
  std::uint64_t last_ticket = 0;
  std::set<std::pair<base::TimePoint, base::CallId>> deadlines;
};

}  // namespace tertulia::domain
