// SPDX-License-Identifier: Apache-2.0
#include "face/simple/calls.h"

#include "face/simple/call_core.h"
#include "face/simple/call_media.h"
#include "face/simple/call_placing.h"
#include "face/simple/call_requests.h"
#include "face/simple/call_ringing.h"

namespace tertulia::face::simple {

using base::Reason;
using protocol::transaction::ClientId;
using protocol::transaction::Ended;
using wire::sip::Message;
using wire::sip::Method;
using Kind = CallCore::OwnRequest::Kind;

struct Calls::State {
  explicit State(Context& context) : core(context), placing(core), ringing(core), requests(core, placing) {}

  CallCore core;
  CallPlacing placing;
  CallRinging ringing;
  CallRequests requests;

  void lose(CallLeg& leg, base::Now now);
  void on_due(CallLeg& leg, base::Now now);
  void stop(CallLeg& leg, base::Now now);
};

Calls::Calls(Context& context) : state_(std::make_unique<State>(context)) {}
Calls::~Calls() = default;

bool Calls::concerns(const Request& request) const {
  const Method method = request.message.method();
  if (method == Method::register_) return false;
  if (!request.basics.to.tag().empty()) return state_->requests.concerns(request);
  return method == Method::invite && wants_call(request.message, request.target);
}

void Calls::on_invite(const Request& request) { state_->placing.on_invite(request); }
bool Calls::in_dialog(const Request& request) { return state_->requests.on_request(request); }

bool Calls::on_ack(Connection& connection, const Message& message, const wire::sip::Basics& basics, base::Now now) {
  return state_->requests.on_ack(connection, message, basics, now);
}

bool Calls::on_cancel(protocol::transaction::ServerId invite, base::Now now) {
  return state_->placing.on_cancel(invite, now) || state_->requests.on_cancel(invite);
}

bool Calls::on_response(ClientId id, const Message& message, const wire::sip::Basics& basics, bool repeated,
                        base::Now now) {
  CallCore& core = state_->core;
  const auto found = core.own.find(id);
  if (found == core.own.end()) return false;
  const CallCore::OwnRequest request = found->second;
  if (request.kind == Kind::farewell) {
    if (message.status() >= 200) core.own.erase(found);
    return true;
  }
  CallLeg* leg = core.legs.find(request.leg);
  TERTULIA_CHECK(leg != nullptr);  // erase() takes the leg's requests away with it
  switch (request.kind) {
    case Kind::invite:
      if (!repeated || message.status() < 300) state_->ringing.on_response(*leg, message, basics, now);
      break;
    case Kind::relay:
      state_->requests.on_response(*leg, id, message, now);
      break;
    case Kind::bye:
      if (message.status() >= 200) core.erase(*leg, now);  // whatever the answer: the dialog is over
      break;
    case Kind::farewell:
      break;
  }
  return true;
}

bool Calls::on_ended(const Ended& ended, base::Now now) {
  CallCore& core = state_->core;
  const auto found = core.own.find(ended.id);
  if (found == core.own.end()) return false;
  const CallCore::OwnRequest request = found->second;
  if (request.kind == Kind::farewell) {
    core.own.erase(found);
    return true;
  }
  CallLeg* leg = core.legs.find(request.leg);
  TERTULIA_CHECK(leg != nullptr);
  switch (request.kind) {
    case Kind::invite:
      state_->ringing.on_ended(*leg, ended.how, now);
      break;
    case Kind::relay:
      state_->requests.on_ended(*leg, ended.id, ended.how, now);
      break;
    case Kind::bye:
      core.erase(*leg, now);
      break;
    case Kind::farewell:
      break;
  }
  return true;
}

void Calls::on(const domain::CallProgress& progress, base::Now now) { state_->placing.on(progress, now); }
void Calls::on(const domain::CallAnswered& answered, base::Now now) { state_->placing.on(answered, now); }
void Calls::on(const domain::CallRefused& refused, base::Now now) { state_->placing.on(refused, now); }
void Calls::on(const domain::CallRequestAnswer& answer, base::Now now) { state_->requests.on(answer, now); }
void Calls::on(const domain::RingLeg& ring, base::Now now) { state_->ringing.on(ring, now); }
void Calls::on(const domain::RelayRequest& request, base::Now now) { state_->requests.on(request, now); }
void Calls::on(const domain::CancelRelay& cancel, base::Now now) { state_->requests.on(cancel, now); }

void Calls::on(const domain::StopLeg& stop, base::Now now) {
  CallLeg* leg = state_->core.legs.find(stop.leg);
  if (leg == nullptr) return;
  switch (leg->state) {
    case CallLegState::ringing:
      return state_->ringing.withdraw(*leg, stop.reason, now);
    case CallLegState::up:
      if (!leg->closing) return state_->core.hang_up(*leg, stop.reason, now);
      // A BYE is on its way already: the client's own is answered here, the other side's ends the leg by itself.
      if (leg->relayed == 0) state_->core.erase(*leg, now);
      return;
    case CallLegState::placing:  // is answered by CallRefused
    case CallLegState::withdrawn:
    case CallLegState::stopped:
    case CallLegState::leaving:
      return;
  }
}

void Calls::State::lose(CallLeg& leg, base::Now now) {
  switch (leg.state) {
    case CallLegState::placing:
      return placing.withdraw(leg, now);
    case CallLegState::withdrawn:
      return;  // the agent's answer still comes
    case CallLegState::ringing:
    case CallLegState::stopped:
      return ringing.on_ended(leg, Ended::How::connection_gone, now);
    case CallLegState::up:
      core.lost(leg);
      return core.erase(leg, now);
    case CallLegState::leaving:
      return core.erase(leg, now);
  }
}

void Calls::State::on_due(CallLeg& leg, base::Now now) {
  switch (leg.state) {
    case CallLegState::withdrawn:
      return placing.give_up(leg, now);
    case CallLegState::up:
      leg.ack_awaited = false;  // the other telephone misses it too, and says BYE
      return;
    case CallLegState::leaving:
      return core.send_bye(leg, now);  // the ACK will not come
    case CallLegState::placing:
    case CallLegState::ringing:
    case CallLegState::stopped:
      return;  // wait without a deadline of ours: the agent and the layer have theirs
  }
}

void Calls::State::stop(CallLeg& leg, base::Now now) {
  switch (leg.state) {
    case CallLegState::placing:
      return placing.stop(leg, now);
    case CallLegState::ringing:
      core.answer_ring(leg, domain::RingAnswer::What::refused, status_of(Reason::recipient_unavailable));
      return ringing.withdraw(leg, Reason::server_stopping, now);
    case CallLegState::up:
      return core.hang_up(leg, Reason::server_stopping, now);
    case CallLegState::leaving:
      if (leg.ack_awaited) core.send_bye(leg, now);
      return;
    case CallLegState::withdrawn:
    case CallLegState::stopped:
      return;
  }
}

void Calls::on_connection_closed(base::ConnectionId id, base::Now now) {
  CallCore& core = state_->core;
  for (const base::CallLegId leg_id : core.legs.of(id))
    if (CallLeg* leg = core.legs.find(leg_id)) state_->lose(*leg, now);
  core.legs.forget(id);
}

void Calls::on_deadline(base::Now now) {
  CallCore& core = state_->core;
  for (const base::CallLegId id : core.legs.due(now.mono))
    if (CallLeg* leg = core.legs.find(id)) state_->on_due(*leg, now);
}

std::optional<base::TimePoint> Calls::deadline() const { return state_->core.legs.deadline(); }

void Calls::stop(base::Now now) {
  CallCore& core = state_->core;
  core.stopping = true;
  for (const base::CallLegId id : core.legs.all())
    if (CallLeg* leg = core.legs.find(id)) state_->stop(*leg, now);
}

std::size_t Calls::count() const { return state_->core.legs.size(); }

}  // namespace tertulia::face::simple
