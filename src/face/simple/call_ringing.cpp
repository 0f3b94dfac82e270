// SPDX-License-Identifier: Apache-2.0
#include "face/simple/call_ringing.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "face/simple/call_limits.h"
#include "face/simple/call_relay.h"
#include "face/simple/session_core.h"

namespace tertulia::face::simple {

using protocol::transaction::Ended;
using wire::sip::HeaderName;
using wire::sip::Message;
using wire::sip::Method;
using Kind = CallCore::OwnRequest::Kind;
using RingResult = domain::RingAnswer::What;

namespace {

constexpr int busy_status = 486;
constexpr int unavailable_status = 480;

std::string target_of(const domain::RingLeg& ring) {
  if (!ring.route.remote_target) return {};
  std::string uri = *ring.route.remote_target;
  const auto parsed = wire::sip::Uri::parse(uri);
  if (parsed && !parsed->headers.empty()) uri.resize(uri.size() - parsed->headers.size() - 1);
  return uri;
}

/// RFC 3325 7: who asks for it is not named to the other telephone.
bool wants_privacy(const Message& invite) {
  const auto value = invite.header("Privacy");
  if (!value) return false;
  for (const std::string_view word : base::split(*value, ';'))
    if (base::equal_ignoring_case(word, "id")) return true;
  return false;
}

}  // namespace

std::string CallRinging::write_invite(const domain::RingLeg& ring, const ReadSignal& signal,
                                      const Connection& connection, std::string& branch) const {
  NextHop hop;
  hop.request_uri = target_of(ring);
  if (hop.request_uri.empty()) hop.request_uri = signal.message.request_uri();
  hop.via = context_.own_via(connection, branch);
  hop.record_route = own_route(context_, connection);
  const domain::User* from = context_.directory->find(std::string_view(ring.from_address));
  if (from != nullptr && !wants_privacy(signal.message)) hop.identity = identity_of(*from);
  return relay_request(context_, signal.message, hop);
}

/// The call of this very device that the caller wants to end by the new one (RFC 3891 3).  Whether it does is the
/// telephone's to say, by its answer; we only write it down.
base::RecordId CallRinging::replaced_by(const domain::RingLeg& ring, const Message& invite) {
  const auto dialog = replaced_dialog(invite);
  if (!dialog) return {};
  const CallLeg* replaced =
      core_.legs.find(dialog->call_id, dialog->own_tag, dialog->peer_tag, [&](const CallLeg& leg) {
        return leg.user == ring.to && leg.connection == ring.route.connection && leg.state != CallLegState::withdrawn &&
               leg.state != CallLegState::stopped && leg.state != CallLegState::leaving;
      });
  return replaced == nullptr ? base::RecordId{} : replaced->record;
}

CallLeg& CallRinging::begin(const domain::RingLeg& ring, const ReadSignal& signal) {
  CallLeg& leg = core_.legs.add(ring.leg, ring.route.connection, signal.basics.call_id);
  leg.state = CallLegState::ringing;
  leg.user = ring.to;
  leg.call = ring.call;
  leg.agent = ring.agent;
  leg.record = ring.record;
  leg.replaces = replaced_by(ring, signal.message);
  leg.target = target_of(ring);
  leg.own_party = wire::sip::unfolded(signal.message.header(HeaderName::to).value_or(""));
  leg.peer_cseq = signal.basics.cseq.number;
  CallPeer caller;
  caller.tag = signal.basics.from.tag();
  caller.party = wire::sip::unfolded(signal.message.header(HeaderName::from).value_or(""));
  caller.routes = route_entries(signal.message, HeaderName::record_route);
  leg.peers.push_back(std::move(caller));
  return leg;
}

void CallRinging::on(const domain::RingLeg& ring, base::Now now) {
  if (core_.legs.find(ring.leg) != nullptr) return;  // asked twice: it rings already
  const auto refused = [&](int status) {
    context_.ports.answer_ring(ring.agent, domain::RingAnswer{ring.call, ring.leg, RingResult::refused, status, {}});
  };
  const Connection* connection = context_.find(ring.route.connection);
  if (connection == nullptr || connection->closing) return refused(connection_gone_status);
  if (core_.stopping) return refused(unavailable_status);
  if (core_.legs.count(connection->id) >= calls_per_connection_max) return refused(busy_status);
  const auto signal = read_signal(ring.signal);
  if (!signal || !signal->message.is_request()) return refused(status_of(base::Reason::internal_error));
  CallLeg& leg = begin(ring, *signal);
  std::string branch;
  std::string wire = write_invite(ring, *signal, *connection, branch);
  CallCore::OwnRequest request{Kind::invite, {}, {}, ring.agent, Method::invite};
  if (core_.send(leg, request, std::move(branch), std::move(wire), now)) {
    context_.metrics.calls_relayed.add();
    return;
  }
  core_.erase(leg, now);
  refused(unavailable_status);
}

void CallRinging::on_response(CallLeg& leg, const Message& message, const wire::sip::Basics& basics, base::Now now) {
  const int status = message.status();
  if (status >= 200 && status < 300) return on_acceptance(leg, message, basics, now);
  if (leg.state != CallLegState::ringing && leg.state != CallLegState::stopped) return;
  if (status < 200) {
    if (status == 100 || leg.state != CallLegState::ringing) return;
    if (core_.legs.add_tag(leg, basics.to.tag()))
      core_.answer_ring(leg, RingResult::progress, status, signal_of(message));
    return;
  }
  if (leg.state == CallLegState::ringing) {
    if (is_withheld(status)) {
      core_.answer_ring(leg, RingResult::refused, unavailable_status);
    } else {
      core_.answer_ring(leg, RingResult::refused, status, signal_of(message));
    }
  }
  core_.erase(leg, now);
}

void CallRinging::on_acceptance(CallLeg& leg, const Message& message, const wire::sip::Basics& basics, base::Now now) {
  const bool stopped = leg.state == CallLegState::stopped;
  if (leg.state != CallLegState::ringing && !stopped) {
    // Said again: its ACK is under way.  Another tag: the device has forked behind us (RFC 3261 13.2.2.4).
    const bool again = std::find(leg.own_tags.begin(), leg.own_tags.end(), basics.to.tag()) != leg.own_tags.end();
    if (!again) core_.send_away(leg, message, basics, now);
    return;
  }
  core_.legs.set_tag(leg, basics.to.tag());
  leg.own_party = wire::sip::unfolded(message.header(HeaderName::to).value_or(""));
  core_.note_target(leg, message);
  leg.routes = route_entries(message, HeaderName::record_route);
  leg.routes.erase(std::find_if(leg.routes.begin(), leg.routes.end(),
                                [&](const std::string& entry) { return is_own_route(context_, entry); }),
                   leg.routes.end());
  if (leg.routes.size() > call_routes_max) leg.routes.clear();
  std::reverse(leg.routes.begin(), leg.routes.end());
  leg.ack_owed = basics.cseq.number;
  leg.state = CallLegState::up;
  if (stopped) return core_.hang_up(leg, leg.why, now);
  domain::RingAnswer answer{leg.call, leg.id, RingResult::answered, message.status(), signal_of(message), leg.replaces};
  context_.ports.answer_ring(leg.agent, std::move(answer));
  core_.note_active(leg);
}

void CallRinging::on_ended(CallLeg& leg, Ended::How how, base::Now now) {
  if (leg.state != CallLegState::ringing && leg.state != CallLegState::stopped) return;
  const bool silent = how == Ended::How::timed_out;
  if (leg.state == CallLegState::ringing)
    core_.answer_ring(leg, RingResult::refused,
                      silent ? status_of(base::Reason::recipient_silent) : connection_gone_status);
  core_.erase(leg, now);
}

void CallRinging::withdraw(CallLeg& leg, base::Reason why, base::Now now) {
  leg.state = CallLegState::stopped;
  leg.why = why;
  protocol::transaction::ExtraHeaders headers;
  if (std::string reason = reason_header(why); !reason.empty())
    headers.emplace_back(HeaderName::reason, std::move(reason));
  for (const protocol::transaction::ClientId id : leg.own)
    if (core_.own[id].kind == Kind::invite) context_.layer.cancel(id, now.mono, headers);
}

}  // namespace tertulia::face::simple
