// SPDX-License-Identifier: Apache-2.0
#include "protocol/transaction/machines.h"

#include <algorithm>
#include <utility>

namespace tertulia::protocol::transaction {
namespace {

bool due(const std::optional<TimePoint>& timer, TimePoint now) { return timer && *timer <= now; }

std::optional<TimePoint> earliest(std::optional<TimePoint> a, std::optional<TimePoint> b) {
  if (!a) return b;
  if (!b) return a;
  return std::min(*a, *b);
}

}  // namespace

// ---- Server, non-INVITE (RFC 3261 figure 8)
//
//   trying --1xx--> proceeding --final--> completed --J--> terminated
//   trying --final--------------------->

NonInviteServer::NonInviteServer(bool reliable, const Timers& timers) : reliable_(reliable), timers_(timers) {}

void NonInviteServer::on_request_again(TimePoint, Actions& out) {
  switch (state_) {
    case State::trying:
      break;
    case State::proceeding:
    case State::completed:
      out.push_back(SendWire{last_});
      break;
    case State::terminated:
      break;
  }
}

void NonInviteServer::on_reply(TimePoint now, int status, std::string wire, Actions& out) {
  if (state_ == State::completed || state_ == State::terminated) return;  // "MUST be discarded"
  if (status < 200) {
    state_ = State::proceeding;
    last_ = wire;
    out.push_back(SendWire{std::move(wire)});
    return;
  }
  if (reliable_) {  // timer J is zero: nothing will ever ask for the reply again
    state_ = State::terminated;
    last_.clear();
    out.push_back(SendWire{std::move(wire)});
    out.push_back(Gone{});
    return;
  }
  state_ = State::completed;
  timer_j_ = now + 64 * timers_.t1;
  last_ = wire;
  out.push_back(SendWire{std::move(wire)});
}

void NonInviteServer::on_deadline(TimePoint now, Actions& out) {
  if (!due(timer_j_, now)) return;
  timer_j_.reset();
  state_ = State::terminated;
  out.push_back(Gone{});
}

std::optional<TimePoint> NonInviteServer::deadline() const { return timer_j_; }

// ---- Server, INVITE (RFC 3261 figure 7, RFC 6026 figure 5)
//
//   proceeding --2xx--> accepted --L--> terminated
//   proceeding --3xx-6xx--> completed --ACK--> confirmed --I--> terminated
//                           completed --H--> terminated

InviteServer::InviteServer(bool reliable, const Timers& timers) : reliable_(reliable), timers_(timers) {}

void InviteServer::on_request_again(TimePoint, Actions& out) {
  switch (state_) {
    case State::proceeding:
      if (!last_.empty()) out.push_back(SendWire{last_});
      break;
    case State::completed:
      out.push_back(SendWire{last_});
      break;
    case State::accepted:  // the 2xx is repeated by the user of the transaction alone (RFC 6026 7.1)
    case State::confirmed:
    case State::terminated:
      break;
  }
}

void InviteServer::on_reply(TimePoint now, int status, std::string wire, Actions& out) {
  if (state_ == State::accepted && status >= 200 && status < 300) {
    out.push_back(SendWire{std::move(wire)});
    return;
  }
  if (state_ != State::proceeding) return;
  if (status < 200) {
    last_ = wire;
  } else if (status < 300) {
    state_ = State::accepted;
    last_.clear();
    timer_l_ = now + 64 * timers_.t1;
  } else {
    state_ = State::completed;
    last_ = wire;
    timer_h_ = now + 64 * timers_.t1;
    interval_g_ = timers_.t1;
    if (!reliable_) timer_g_ = now + interval_g_;
  }
  out.push_back(SendWire{std::move(wire)});
}

void InviteServer::on_ack(TimePoint now, Actions& out) {
  if (state_ != State::completed) return;
  timer_g_.reset();
  timer_h_.reset();
  last_.clear();
  if (reliable_) {
    state_ = State::terminated;
    out.push_back(Gone{});
    return;
  }
  state_ = State::confirmed;
  timer_i_ = now + timers_.t4;
}

void InviteServer::on_deadline(TimePoint now, Actions& out) {
  const bool unacknowledged = due(timer_h_, now);
  if (unacknowledged || due(timer_i_, now) || due(timer_l_, now)) {
    state_ = State::terminated;
    timer_g_ = timer_h_ = timer_i_ = timer_l_ = std::nullopt;
    // Over a reliable transport the reply has arrived; that no ACK came tells nothing.
    if (unacknowledged && !reliable_) out.push_back(TimedOut{});
    out.push_back(Gone{});
    return;
  }
  if (due(timer_g_, now)) {
    interval_g_ = std::min(2 * interval_g_, timers_.t2);
    timer_g_ = now + interval_g_;
    out.push_back(SendWire{last_});
  }
}

std::optional<TimePoint> InviteServer::deadline() const {
  return earliest(earliest(timer_g_, timer_h_), earliest(timer_i_, timer_l_));
}

// ---- Client, non-INVITE (RFC 3261 figure 6)
//
//   trying --1xx--> proceeding --final--> completed --K--> terminated
//   trying --final--------------------->
//   trying, proceeding --F--> terminated

NonInviteClient::NonInviteClient(bool reliable, const Timers& timers, TimePoint now, std::string wire, Actions& out)
    : reliable_(reliable), timers_(timers), interval_e_(timers.t1) {
  timer_f_ = now + 64 * timers_.t1;
  if (!reliable_) {
    timer_e_ = now + interval_e_;
    wire_ = wire;
  }
  out.push_back(SendWire{std::move(wire)});
}

void NonInviteClient::on_response(TimePoint now, int status, Actions& out) {
  if (state_ == State::completed || state_ == State::terminated) return;
  out.push_back(Report{status});
  if (status < 200) {
    state_ = State::proceeding;
    return;
  }
  timer_e_.reset();
  timer_f_.reset();
  wire_.clear();
  if (reliable_) {
    state_ = State::terminated;
    out.push_back(Gone{});
    return;
  }
  state_ = State::completed;
  timer_k_ = now + timers_.t4;
}

void NonInviteClient::on_deadline(TimePoint now, Actions& out) {
  const bool silent = due(timer_f_, now);
  if (silent || due(timer_k_, now)) {
    state_ = State::terminated;
    timer_e_ = timer_f_ = timer_k_ = std::nullopt;
    if (silent) out.push_back(TimedOut{});
    out.push_back(Gone{});
    return;
  }
  if (due(timer_e_, now)) {
    interval_e_ = state_ == State::proceeding ? timers_.t2 : std::min(2 * interval_e_, timers_.t2);
    timer_e_ = now + interval_e_;
    out.push_back(SendWire{wire_});
  }
}

std::optional<TimePoint> NonInviteClient::deadline() const { return earliest(earliest(timer_e_, timer_f_), timer_k_); }

// ---- Client, INVITE (RFC 3261 figure 5, RFC 6026 figure 3)
//
//   calling --1xx--> proceeding
//   calling, proceeding --2xx--> accepted --M--> terminated
//   calling, proceeding --3xx-6xx--> completed --D--> terminated
//   calling --B--> terminated

InviteClient::InviteClient(bool reliable, const Timers& timers, TimePoint now, std::string wire, Actions& out)
    : reliable_(reliable), timers_(timers), interval_a_(timers.t1) {
  timer_b_ = now + 64 * timers_.t1;
  if (!reliable_) {
    timer_a_ = now + interval_a_;
    wire_ = wire;
  }
  out.push_back(SendWire{std::move(wire)});
}

void InviteClient::on_response(TimePoint now, int status, std::string ack_wire, Actions& out) {
  const bool success = status >= 200 && status < 300;
  switch (state_) {
    case State::accepted:
      if (success) out.push_back(Report{status});
      return;
    case State::completed:
      if (status >= 300) out.push_back(SendWire{ack_});
      return;
    case State::terminated:
      return;
    case State::calling:
    case State::proceeding:
      break;
  }
  timer_a_.reset();
  if (status < 200) {
    if (state_ == State::calling) timer_b_.reset();
    state_ = State::proceeding;
    out.push_back(Report{status});
    return;
  }
  timer_b_.reset();
  wire_.clear();
  if (success) {
    state_ = State::accepted;
    timer_m_ = now + 64 * timers_.t1;
    out.push_back(Report{status});
    return;
  }
  if (!reliable_) ack_ = ack_wire;
  out.push_back(SendWire{std::move(ack_wire)});
  out.push_back(Report{status});
  if (reliable_) {
    state_ = State::terminated;
    out.push_back(Gone{});
    return;
  }
  state_ = State::completed;
  timer_d_ = now + std::max<Duration>(std::chrono::seconds{32}, 64 * timers_.t1);
}

void InviteClient::on_cancelled(TimePoint now) {
  if (state_ == State::proceeding && !timer_b_) timer_b_ = now + 64 * timers_.t1;
}

void InviteClient::on_deadline(TimePoint now, Actions& out) {
  const bool silent = due(timer_b_, now);
  if (silent || due(timer_d_, now) || due(timer_m_, now)) {
    state_ = State::terminated;
    timer_a_ = timer_b_ = timer_d_ = timer_m_ = std::nullopt;
    if (silent) out.push_back(TimedOut{});
    out.push_back(Gone{});
    return;
  }
  if (due(timer_a_, now)) {
    interval_a_ = 2 * interval_a_;
    timer_a_ = now + interval_a_;
    out.push_back(SendWire{wire_});
  }
}

std::optional<TimePoint> InviteClient::deadline() const {
  return earliest(earliest(timer_a_, timer_b_), earliest(timer_d_, timer_m_));
}

}  // namespace tertulia::protocol::transaction
