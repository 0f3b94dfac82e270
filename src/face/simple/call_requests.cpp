// SPDX-License-Identifier: Apache-2.0
#include "face/simple/call_requests.h"

#include <algorithm>
#include <array>
#include <utility>

#include "domain/conversation/final_status.h"
#include "face/simple/call_limits.h"
#include "face/simple/call_media.h"
#include "face/simple/call_relay.h"
#include "wire/im/file_offer.h"

namespace tertulia::face::simple {

using base::Reason;
using domain::CallRequestKind;
using protocol::transaction::ClientId;
using protocol::transaction::Ended;
using wire::sip::HeaderName;
using wire::sip::Message;
using wire::sip::Method;
using wire::sip::Writer;
using Kind = CallCore::OwnRequest::Kind;

namespace {

constexpr std::array relayed_methods = {Method::invite,  Method::bye,    Method::update,    Method::prack,
                                        Method::refer,   Method::notify, Method::subscribe, Method::info,
                                        Method::options, Method::message};

bool is_relayed(Method method) {
  return std::find(relayed_methods.begin(), relayed_methods.end(), method) != relayed_methods.end();
}

void add_relayed_methods(Writer& writer) {
  std::string names;
  for (const Method method : relayed_methods) names.append(wire::sip::name_of(method)).append(", ");
  writer.header(HeaderName::allow, names.append("ACK, CANCEL"));
}

CallRequestKind kind_of(Method method) {
  if (method == Method::invite) return CallRequestKind::renegotiates;
  if (method == Method::ack) return CallRequestKind::acknowledges;
  return method == Method::bye ? CallRequestKind::ends : CallRequestKind::relayed;
}

bool has_hops(const Message& message) {
  const auto hops = wire::sip::number_header(message, HeaderName::max_forwards);
  return !hops || !*hops || **hops > 0;
}

std::string uri_of(std::string_view entry) {
  const auto route = wire::sip::NameAddr::parse(entry);
  return route ? route->uri_text : std::string();
}

/// Nothing but the proxies of this dialog: we lead no request elsewhere (RFC 3261 16.12).
bool stays_on_route(const Context& context, const Message& message, const CallPeer& peer) {
  const std::vector<std::string> beyond = plan_route(context, message).beyond;
  return std::all_of(beyond.begin(), beyond.end(), [&](const std::string& entry) {
    return std::any_of(peer.routes.begin(), peer.routes.end(),
                       [&](const std::string& known) { return uri_of(known) == uri_of(entry); });
  });
}

bool is_early(const CallLeg& leg) { return leg.state == CallLegState::placing || leg.state == CallLegState::ringing; }

}  // namespace

// ---- what clients ask

bool CallRequests::concerns(const Request& request) {
  return core_.legs.find(request.basics.call_id, request.basics.from.tag(), request.basics.to.tag(),
                         [](const CallLeg&) { return true; }) != nullptr;
}

bool CallRequests::on_request(const Request& request) {
  CallLeg* leg = core_.legs.find(request.basics.call_id, request.basics.from.tag(), request.basics.to.tag(),
                                 [&](const CallLeg& one) { return one.user == request.user->id; });
  if (leg == nullptr) return false;
  const bool bye = request.message.method() == Method::bye;
  switch (leg->state) {
    case CallLegState::placing:
    case CallLegState::ringing:
    case CallLegState::up:
      break;
    case CallLegState::withdrawn:
    case CallLegState::stopped:
    case CallLegState::leaving:
      if (!bye) return false;
      context_.reply(request.transaction, 200, context_.begin(request, 200), request.now);  // it crosses our own end
      return true;
  }
  if (!may_pass(*leg, request)) return true;
  if (bye && leg->state == CallLegState::ringing) return false;  // RFC 3261 15: the callee says 4xx instead
  if (bye && leg->state == CallLegState::placing) {              // ends an early dialog, and with it the wish
    context_.reply(request.transaction, 200, context_.begin(request, 200), request.now);
    placing_.withdraw(*leg, request.now);
    return true;
  }
  ask(*leg, request);
  return true;
}

/// Each refusal is an answer.
bool CallRequests::may_pass(CallLeg& leg, const Request& request) {
  const auto refused = [&](Reason reason, std::string_view detail = {}) {
    context_.refuse(request, reason, 0, detail,
                    reason == Reason::method_not_allowed ? add_relayed_methods : std::function<void(Writer&)>{});
    return false;
  };
  const Method method = request.message.method();
  if (!is_relayed(method)) return refused(Reason::method_not_allowed);
  if (!has_hops(request.message)) return refused(Reason::too_many_hops);
  const CallPeer* peer = peer_of(leg, request.basics.to.tag());
  if (peer == nullptr) return refused(Reason::dialog_unknown);
  if (!stays_on_route(context_, request.message, *peer)) return refused(Reason::domain_foreign, "Route");
  if (method == Method::invite && is_early(leg)) return refused(Reason::request_pending);
  if (leg.asked.size() >= asked_per_call_max) return refused(Reason::too_many_requests);
  return true;
}

void CallRequests::ask(CallLeg& leg, const Request& request) {
  const Method method = request.message.method();
  domain::CallRequest question;
  question.ticket = context_.ids.next<base::Ticket>();
  question.edge = context_.shard;
  question.call = leg.call;
  question.leg = leg.id;
  question.branch = peer_of(leg, request.basics.to.tag())->branch;
  question.kind = kind_of(method);
  question.cancels_file = method == Method::info && wire::im::cancels_file(request.message.body());
  if (method == Method::invite) question.media_types = media_in(request.message).types;
  question.signal = signal_of(request.message);
  core_.asked[question.ticket] = CallCore::Asked{context_.pend(request), leg.id, method};
  leg.asked.push_back(question.ticket);
  if (method == Method::invite) {
    core_.reinvites[request.transaction] = question.ticket;
    context_.reply(request.transaction, 100, context_.begin(request, 100), request.now);
  }
  if (method == Method::bye) leg.closing = true;
  context_.metrics.call_requests_relayed.add();
  context_.ports.request(std::move(question));
}

bool CallRequests::on_ack(Connection& connection, const Message& message, const wire::sip::Basics& basics,
                          base::Now now) {
  // An ACK is not challenged: it counts on the connection of its dialog, or on one that speaks for the same user.
  CallLeg* leg = core_.legs.find(basics.call_id, basics.from.tag(), basics.to.tag(), [&](const CallLeg& one) {
    return one.connection == connection.id || (connection.proved && connection.proved->user == one.user);
  });
  if (leg == nullptr) return false;
  if (leg->state != CallLegState::up && leg->state != CallLegState::leaving) return true;
  if (!std::exchange(leg->ack_awaited, false)) return true;  // of a failure, or said again
  core_.legs.set_deadline(*leg, std::nullopt);
  if (leg->state == CallLegState::leaving) {
    core_.send_bye(*leg, now);
    return true;
  }
  const CallPeer* peer = peer_of(*leg, basics.to.tag());
  if (!has_hops(message) || !stays_on_route(context_, message, *peer)) return true;
  context_.ports.request(domain::CallRequest{
      {}, context_.shard, leg->call, leg->id, peer->branch, CallRequestKind::acknowledges, 0, signal_of(message)});
  return true;
}

bool CallRequests::on_cancel(protocol::transaction::ServerId invite) {
  const auto found = core_.reinvites.find(invite);
  if (found == core_.reinvites.end()) return false;
  const auto asked = core_.asked.find(found->second);
  const CallLeg* leg = asked == core_.asked.end() ? nullptr : core_.legs.find(asked->second.leg);
  if (leg != nullptr) context_.ports.cancel(domain::CancelCallRequest{context_.shard, leg->call, found->second});
  return true;
}

void CallRequests::on(const domain::CallRequestAnswer& answer, base::Now now) {
  const auto found = core_.asked.find(answer.ticket);
  if (found == core_.asked.end()) return;
  const auto signal = read_signal(answer.signal);
  const bool provisional = answer.reason == Reason::none && answer.status < 200;
  if (provisional) {
    if (!signal || signal->message.status() <= 100 || signal->message.status() >= 200) return;
    const Pending& pending = found->second.pending;
    context_.layer.respond(pending.transaction, signal->message.status(),
                           relay_response(pending, signal->message, nullptr), now.mono);
    return;
  }
  const CallCore::Asked asked = std::move(found->second);
  core_.asked.erase(found);
  core_.reinvites.erase(asked.pending.transaction);
  CallLeg* leg = core_.legs.find(asked.leg);
  if (leg != nullptr) std::erase(leg->asked, answer.ticket);
  this->answer(asked, answer, now);
  if (leg == nullptr) return;
  if (asked.method == Method::bye) {
    if (answer.reason != Reason::none) core_.lost(*leg);  // the agent could not be told otherwise
    return core_.erase(*leg, now);
  }
  if (!signal || signal->message.status() < 200 || signal->message.status() >= 300) return;
  if (asked.method != Method::invite && asked.method != Method::update) return;
  core_.note_target(*leg, *asked.pending.message);
  if (asked.method == Method::invite) core_.await_ack(*leg, now);
  if (leg->state == CallLegState::up) core_.note_timer(*leg, signal->message, true);
}

void CallRequests::answer(const CallCore::Asked& asked, const domain::CallRequestAnswer& answer, base::Now now) {
  const auto signal = read_signal(answer.signal);
  const int status = signal ? signal->message.status() : 0;
  if (status >= 200 && !is_withheld(status)) {
    context_.metrics.answered(status);
    const std::string why = diagnostics_of(context_, status, reason_of_refused_request(status));
    context_.layer.respond(asked.pending.transaction, status,
                           relay_response(asked.pending, signal->message, nullptr, why), now.mono);
  } else if (asked.method == Method::bye || (answer.reason == Reason::none && answer.status / 100 == 2)) {
    // Whatever became of the other side: for this client the call is over.
    context_.reply(asked.pending.transaction, 200, context_.begin(asked.pending, 200), now);
  } else {
    const Reason reason = answer.reason == Reason::none ? Reason::recipient_refused : answer.reason;
    context_.refuse(asked.pending, reason, now, domain::status_told(reason, answer.status));
  }
}

// ---- what the other side asks of the client

void CallRequests::on(const domain::RelayRequest& request, base::Now now) {
  const auto refused = [&](int status) {
    if (request.kind != CallRequestKind::acknowledges)
      context_.ports.answer_relay(request.agent, domain::RelayAnswer{request.ticket, status, {}});
  };
  CallLeg* leg = core_.legs.find(request.leg);
  if (leg == nullptr || context_.find(leg->connection) == nullptr) return refused(connection_gone_status);
  switch (leg->state) {
    case CallLegState::placing:
    case CallLegState::ringing:
    case CallLegState::up:
      break;
    case CallLegState::withdrawn:
    case CallLegState::stopped:
    case CallLegState::leaving:
      return refused(connection_gone_status);
  }
  const auto signal = read_signal(request.signal);
  const Method method = signal && signal->message.is_request() ? signal->message.method() : Method::other;
  const bool fits = request.kind == CallRequestKind::acknowledges ? method == Method::ack : is_relayed(method);
  if (!fits) return refused(status_of(Reason::internal_error));
  if (leg->relayed >= relayed_per_call_max) return refused(status_of(Reason::too_many_requests));
  relay(*leg, request, *signal, now);
}

void CallRequests::relay(CallLeg& leg, const domain::RelayRequest& request, const ReadSignal& signal, base::Now now) {
  const Connection& connection = *context_.find(leg.connection);
  std::string branch;
  RoutePlan plan = plan_route(context_, signal.message);
  NextHop hop;
  hop.request_uri = plan.request_uri.empty() ? leg.target : std::move(plan.request_uri);
  hop.via = context_.own_via(connection, branch);
  hop.routes = std::move(plan.beyond);
  std::string wire = relay_request(context_, signal.message, hop);
  if (request.kind == CallRequestKind::acknowledges) {
    if (leg.ack_owed == signal.basics.cseq.number) leg.ack_owed.reset();
    return context_.send(connection.id, wire);
  }
  leg.peer_cseq = std::max(leg.peer_cseq, signal.basics.cseq.number);
  if (request.kind == CallRequestKind::ends) leg.closing = true;
  const CallCore::OwnRequest own{Kind::relay, {}, request.ticket, request.agent, signal.message.method()};
  if (!core_.send(leg, own, std::move(branch), std::move(wire), now))
    context_.ports.answer_relay(request.agent,
                                domain::RelayAnswer{request.ticket, status_of(Reason::too_many_requests), {}});
}

void CallRequests::on(const domain::CancelRelay& cancel, base::Now now) {
  const CallLeg* leg = core_.legs.find(cancel.leg);
  if (leg == nullptr) return;
  for (const ClientId id : leg->own)
    if (const CallCore::OwnRequest& request = core_.own[id];
        request.kind == Kind::relay && request.ticket == cancel.ticket)
      context_.layer.cancel(id, now.mono);
}

void CallRequests::on_response(CallLeg& leg, ClientId id, const Message& message, base::Now now) {
  const CallCore::OwnRequest request = core_.own[id];
  const int status = message.status();
  const auto tell = [&](int told, domain::Signal signal) {
    context_.ports.answer_relay(request.agent, domain::RelayAnswer{request.ticket, told, std::move(signal)});
  };
  if (status < 200) {
    if (status > 100) tell(status, signal_of(message));
    return;
  }
  core_.settle(leg, id);
  const bool offers = request.method == Method::invite || request.method == Method::update;
  if (offers && status < 300) core_.note_target(leg, message);
  if (request.method == Method::invite && status < 300)
    if (const auto cseq = wire::sip::CSeq::parse(message.header(HeaderName::cseq).value_or("")))
      leg.ack_owed = cseq->number;
  if (is_withheld(status)) {
    tell(status_of(Reason::recipient_refused), {});
  } else {
    tell(status, signal_of(message));
  }
  if (request.method == Method::bye) core_.erase(leg, now);
}

void CallRequests::on_ended(CallLeg& leg, ClientId id, Ended::How how, base::Now now) {
  const CallCore::OwnRequest request = core_.own[id];
  core_.settle(leg, id);
  const bool silent = how == Ended::How::timed_out;
  context_.ports.answer_relay(
      request.agent,
      domain::RelayAnswer{request.ticket, silent ? status_of(Reason::recipient_silent) : connection_gone_status, {}});
  if (request.method == Method::bye) core_.erase(leg, now);
}

}  // namespace tertulia::face::simple
