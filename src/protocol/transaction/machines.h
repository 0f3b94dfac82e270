// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"

namespace tertulia::protocol::transaction {

using base::Duration;
using base::TimePoint;

/// RFC 3261 17.1.1.1, RFC 6026.  T2 and T4 only matter on unreliable transports.
struct Timers {
  Duration t1 = std::chrono::milliseconds{500};
  Duration t2 = std::chrono::seconds{4};
  Duration t4 = std::chrono::seconds{5};
};

/// What a machine asks of its owner; comparable values.
struct SendWire {
  std::string wire;
  friend bool operator==(const SendWire&, const SendWire&) = default;
};
/// A response for the user of the transaction (client side).
struct Report {
  int status = 0;
  friend bool operator==(const Report&, const Report&) = default;
};
/// No final response in time (timers B, F), or no ACK (timer H).
struct TimedOut {
  friend bool operator==(const TimedOut&, const TimedOut&) = default;
};
/// The machine is finished; its owner forgets it.
struct Gone {
  friend bool operator==(const Gone&, const Gone&) = default;
};
using Action = std::variant<SendWire, Report, TimedOut, Gone>;
using Actions = std::vector<Action>;

/// Server side of a non-INVITE transaction.  Source: RFC 3261 17.2.2, figure 8.
class NonInviteServer {
 public:
  enum class State : std::uint8_t { trying, proceeding, completed, terminated };
  NonInviteServer(bool reliable, const Timers& timers);
  void on_request_again(TimePoint now, Actions& out);
  void on_reply(TimePoint now, int status, std::string wire, Actions& out);
  void on_deadline(TimePoint now, Actions& out);
  std::optional<TimePoint> deadline() const;
  State state() const { return state_; }

 private:
  bool reliable_;
  Timers timers_;
  State state_ = State::trying;
  std::string last_;
  std::optional<TimePoint> timer_j_;
};

/// Server side of an INVITE transaction.  Source: RFC 3261 17.2.1, figure 7 with RFC 6026 (state accepted).
class InviteServer {
 public:
  enum class State : std::uint8_t { proceeding, accepted, completed, confirmed, terminated };
  InviteServer(bool reliable, const Timers& timers);
  void on_request_again(TimePoint now, Actions& out);
  void on_reply(TimePoint now, int status, std::string wire, Actions& out);
  /// COMPAT(pidgin-sipe 1.25): no ACK comes for a failure; timer H ends it, silently on reliable transports.
  void on_ack(TimePoint now, Actions& out);
  void on_deadline(TimePoint now, Actions& out);
  std::optional<TimePoint> deadline() const;
  State state() const { return state_; }

 private:
  bool reliable_;
  Timers timers_;
  State state_ = State::proceeding;
  std::string last_;
  Duration interval_g_{};
  std::optional<TimePoint> timer_g_, timer_h_, timer_i_, timer_l_;
};

/// Client side of a non-INVITE transaction.  Source: RFC 3261 17.1.2, figure 6.
class NonInviteClient {
 public:
  enum class State : std::uint8_t { trying, proceeding, completed, terminated };
  NonInviteClient(bool reliable, const Timers& timers, TimePoint now, std::string wire, Actions& out);
  void on_response(TimePoint now, int status, Actions& out);
  void on_deadline(TimePoint now, Actions& out);
  std::optional<TimePoint> deadline() const;
  State state() const { return state_; }

 private:
  bool reliable_;
  Timers timers_;
  State state_ = State::trying;
  std::string wire_;
  Duration interval_e_{};
  std::optional<TimePoint> timer_e_, timer_f_, timer_k_;
};

/// Client side of an INVITE transaction.  Source: RFC 3261 17.1.1, figure 5 with RFC 6026.  The ACK of a failure is the
/// machine's work: `ack_wire` is asked for once, in on_response.
class InviteClient {
 public:
  enum class State : std::uint8_t { calling, proceeding, accepted, completed, terminated };
  InviteClient(bool reliable, const Timers& timers, TimePoint now, std::string wire, Actions& out);
  /// `ack_wire`: complete ACK for this failure response (unused for 1xx and 2xx).  2xx are reported each time (RFC
  /// 6026).
  void on_response(TimePoint now, int status, std::string ack_wire, Actions& out);
  /// A CANCEL has been sent: 64*T1 later the transaction ends although no final response came (RFC 3261 9.1).
  void on_cancelled(TimePoint now);
  void on_deadline(TimePoint now, Actions& out);
  std::optional<TimePoint> deadline() const;
  State state() const { return state_; }

 private:
  bool reliable_;
  Timers timers_;
  State state_ = State::calling;
  std::string wire_;
  std::string ack_;
  Duration interval_a_{};
  std::optional<TimePoint> timer_a_, timer_b_, timer_d_, timer_m_;
};

}  // namespace tertulia::protocol::transaction
