// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/ids.h"
#include "base/metrics.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/call/events.h"
#include "domain/directory/directory.h"
#include "domain/record/record.h"

namespace tertulia::domain {

struct CallSettings {
  bool running = true;  ///< false: new calls are refused (calls_stopped), the others go on
  /// How long a call may ring, from the invitation, before it counts as unanswered (RFC 3261 16.6 step 11: timer C is
  /// above 3 minutes).
  base::Duration ring = std::chrono::seconds{185};
  /// Longest life of an answered call that is not refreshed by session timers: a side may never have said BYE.
  base::Duration longest = std::chrono::hours{24};
};

/// What the call agent asks of others; implemented by the shard's dispatch.  Calls never come back before they return.
class CallPorts {
 public:
  virtual ~CallPorts() = default;
  virtual void progress(base::ShardId edge, CallProgress progress) = 0;
  virtual void answered(base::ShardId edge, CallAnswered answered) = 0;
  virtual void refused(base::ShardId edge, CallRefused refused) = 0;
  virtual void ring(base::ShardId edge, RingLeg ring) = 0;
  virtual void stop(base::ShardId edge, StopLeg stop) = 0;
  virtual void relay(base::ShardId edge, RelayRequest request) = 0;
  virtual void answer(base::ShardId edge, CallRequestAnswer answer) = 0;
  virtual void cancel(base::ShardId edge, CancelRelay cancel) = 0;
  virtual void find(FindCallee find) = 0;      ///< to the callee's home shard
  virtual void notice(CallNotice notice) = 0;  ///< to the user's home shard
  /// Durable row wanted when `ticket` is not 0: on_recorded comes with it.
  virtual void record(base::Ticket ticket, SessionRecord record) = 0;
};

struct CallMetrics {
  base::Counter placed, answered, refused, relayed;
  base::Gauge calls;
};

/// Calls between users (RFC 3261 16 seen as objects): parallel forking to all devices of the callee, the first that
/// answers has the call and the others are stopped, refusals merged (16.7), requests within the call carried across,
/// one record for each call whatever its end.  A call lives on the shard of its pair of users.  Pure.
///
/// Each PlaceCall has exactly one CallAnswered or CallRefused, each CallRequest exactly one final answer, and each
/// notice of a call is followed by one of its end.  A device that signs in while a call rings is not rung.
///
/// The end of a call is told to both sides and both homes whoever caused it: BYE, a lost connection, a session timer,
/// the administrator.  A BYE is answered as the other side answers it, and 200 when that side is gone or silent; what is
/// pending then ends with 487 (15.1.2).
class CallAgent {
 public:
  /// `boot_seconds`: see base::IdSource.
  CallAgent(const CallSettings& settings, base::ShardId shard, CallPorts& ports, std::uint64_t boot_seconds);
  ~CallAgent();

  /// New times count for calls that are placed, answered or refreshed from now on.
  void set_settings(const CallSettings& settings);
  /// Refusals: account_disabled (the caller), destination_unknown, sender_blocked, recipient_do_not_disturb (and
  /// whatever else CalleeFound says), recipient_unavailable, recipient_busy, recipient_declined, recipient_silent,
  /// call_refused, call_unanswered, request_cancelled, too_many_calls, calls_stopped, server_stopping.
  void on_place(const PlaceCall& place, const Directory& directory, base::Now now);
  void on_cancel(const CancelCall& cancel, base::Now now);
  void on_found(const CalleeFound& found, const Directory& directory, base::Now now);
  void on_ring(const RingAnswer& answer, base::Now now);
  void on_request(const CallRequest& request, base::Now now);
  void on_relay(const RelayAnswer& answer, base::Now now);
  void on_cancel_request(const CancelCallRequest& cancel, base::Now now);
  void on_lost(const CallLegLost& lost, base::Now now);
  void on_refreshed(const CallRefreshed& refreshed, base::Now now);
  void on_recorded(base::Ticket ticket, base::Result<void> result, base::Now now);
  void on_deadline(base::Now now);
  std::optional<base::TimePoint> deadline() const;
  /// Orderly stop: ends all calls (server_stopping) and closes their records; new ones are refused.
  void stop(base::Now now);

  const CallMetrics& metrics() const;
  std::size_t call_count() const;     ///< not over
  std::size_t pending_count() const;  ///< over, but the last row or the answer to a BYE is still under way

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tertulia::domain
