// SPDX-License-Identifier: Apache-2.0
#include "face/simple/call_placing.h"

#include <algorithm>
#include <utility>

#include "domain/conversation/final_status.h"
#include "face/simple/call_limits.h"
#include "face/simple/call_media.h"
#include "face/simple/call_relay.h"
#include "face/simple/destination.h"
#include "face/simple/register_contacts.h"

namespace tertulia::face::simple {

using base::Reason;
using wire::sip::HeaderName;
using wire::sip::Message;

namespace {

/// How the client itself is reached: its Contact, or (when that leads to us, as a GRUU does) as it has registered.
std::string first_target(const Request& request, const Context& context) {
  std::string target = contact_of(request.message);
  const auto uri = wire::sip::Uri::parse(target);
  if (uri && !context.is_ours(uri->host)) return target;
  const Connection& connection = request.connection;
  const bool bound = connection.endpoints_of == request.user->id && !connection.endpoints.empty();
  return bound ? connection.endpoints.front().uri : target;
}

std::string referred_by(const Message& message) {
  const auto value = message.header(HeaderName::referred_by);
  if (!value) return {};
  const auto address = wire::sip::NameAddr::parse(*value);
  return address ? address->uri.address_of_record() : std::string();
}

}  // namespace

bool CallPlacing::may_place(const Request& request) {
  const auto refused = [&](Reason reason, std::string_view detail = {}) {
    context_.refuse(request, reason, 0, detail);
    return false;
  };
  if (core_.stopping) return refused(Reason::server_stopping);
  if (core_.legs.count(request.connection.id) >= calls_per_connection_max) return refused(Reason::too_many_calls);
  if (contact_of(request.message).empty()) return refused(Reason::header_missing, "Contact");  // RFC 3261 8.1.1.8
  if (route_entries(request.message, HeaderName::record_route).size() > call_routes_max)
    return refused(Reason::header_malformed, "Record-Route");
  // We carry calls to our users, and nobody's calls elsewhere.
  if (leads_elsewhere(context_, request.message)) return refused(Reason::domain_foreign, "Route");
  const auto same = core_.legs.find(request.basics.call_id, request.basics.from.tag(), [&](const CallLeg& leg) {
    return leg.caller && leg.user == request.user->id && leg.state != CallLegState::withdrawn;
  });
  if (same != nullptr) return refused(Reason::loop_detected);  // RFC 3261 8.2.2.2
  return true;
}

void CallPlacing::on_invite(const Request& request) {
  if (!may_place(request)) return;
  const base::Result<Destination> to = destination_of(context_, request.target);
  if (!to) return context_.refuse(request, to.reason());
  CallLeg& leg = begin(request, *to->user);
  context_.reply(request.transaction, 100, context_.begin(request, 100), request.now);
  context_.active(request);

  domain::PlaceCall place;
  place.edge = context_.shard;
  place.leg = leg.id;
  place.from = leg.user;
  place.from_address = request.user->address.text();
  place.from_name = request.user->display_name;
  place.endpoint = request.connection.endpoint_of(leg.user);
  place.client = request.connection.client ? request.connection.client : client_of(request, {});
  place.to = to->user->id;
  place.to_address = to->user->address.text();
  place.device = to->device;
  place.call_id = leg.call_id;
  place.content_type = wire::sip::unfolded(request.message.header(HeaderName::content_type).value_or(""));
  place.media_types = media_in(request.message).types;
  place.file = file_offered_in(request.message);
  place.referred_by = referred_by(request.message);
  place.signal = signal_of(request.message);
  context_.metrics.calls_placed.add();
  context_.ports.place(std::move(place));
}

CallLeg& CallPlacing::begin(const Request& request, const domain::User& to) {
  CallLeg& leg = core_.legs.add(context_.ids.next<base::CallLegId>(), request.connection.id, request.basics.call_id);
  leg.state = CallLegState::placing;
  leg.caller = true;
  leg.user = request.user->id;
  leg.peer_user = to.id;
  leg.own_party = wire::sip::unfolded(request.message.header(HeaderName::from).value_or(""));
  leg.target = first_target(request, context_);
  leg.routes = route_entries(request.message, HeaderName::record_route);
  std::erase_if(leg.routes, [&](const std::string& entry) { return is_own_route(context_, entry); });
  leg.invite = context_.pend(request);
  core_.legs.add_tag(leg, request.basics.from.tag());
  core_.invites[request.transaction] = leg.id;
  return leg;
}

bool CallPlacing::on_cancel(protocol::transaction::ServerId invite, base::Now now) {
  const auto found = core_.invites.find(invite);
  if (found == core_.invites.end()) return false;
  CallLeg* leg = core_.legs.find(found->second);
  if (leg != nullptr && leg->state == CallLegState::placing) withdraw(*leg, now);
  return true;
}

void CallPlacing::withdraw(CallLeg& leg, base::Now now) {
  leg.state = CallLegState::withdrawn;
  core_.legs.set_deadline(leg, core_.after(now, call_withdrawal_wait_t1));
  context_.ports.cancel(domain::CancelCall{context_.shard, leg.id, leg.user, leg.peer_user});
}

CallPeer* CallPlacing::note_peer(CallLeg& leg, base::CallLegId branch, const ReadSignal& signal) {
  const std::string_view tag = signal.basics.to.tag();
  if (CallPeer* known = peer_of(leg, tag)) return known;
  if (leg.peers.size() >= early_dialogs_per_call_max) return nullptr;
  CallPeer peer;
  peer.branch = branch;
  peer.tag = tag;
  peer.party = wire::sip::unfolded(leg.invite->message->header(HeaderName::to).value_or(""));
  if (!tag.empty()) peer.party.append(";tag=").append(tag);
  std::vector<std::string> routes = route_entries(signal.message, HeaderName::record_route);
  const auto ours = std::find_if(routes.begin(), routes.end(),
                                 [&](const std::string& entry) { return is_own_route(context_, entry); });
  if (ours != routes.end()) peer.routes.assign(routes.begin(), ours);
  if (peer.routes.size() > call_routes_max) peer.routes.resize(call_routes_max);
  leg.peers.push_back(std::move(peer));
  return &leg.peers.back();
}

void CallPlacing::respond(const CallLeg& leg, const Message& response, bool makes_dialog, base::Now now, Reason why) {
  std::vector<std::string> routes;
  if (makes_dialog)
    if (const Connection* connection = context_.find(leg.connection))
      routes = record_route_towards_caller(context_, response, *leg.invite->message, own_route(context_, *connection));
  context_.metrics.answered(response.status());
  const std::string diagnostics = diagnostics_of(context_, response.status(), why);
  context_.layer.respond(leg.invite->transaction, response.status(),
                         relay_response(*leg.invite, response, &routes, diagnostics), now.mono);
}

void CallPlacing::on(const domain::CallProgress& progress, base::Now now) {
  CallLeg* leg = core_.legs.find(progress.leg);
  if (leg == nullptr || leg->state != CallLegState::placing || !leg->invite) return;
  const auto signal = read_signal(progress.signal);
  if (!signal || signal->message.status() <= 100 || signal->message.status() >= 200) return;
  leg->call = progress.call;
  leg->record = progress.record;
  if (note_peer(*leg, progress.branch, *signal) == nullptr) return;
  respond(*leg, signal->message, true, now);
}

void CallPlacing::on(const domain::CallAnswered& answered, base::Now now) {
  CallLeg* leg = core_.legs.find(answered.leg);
  const auto signal = read_signal(answered.signal);
  // Nobody is there any more who could take the call.
  if (leg == nullptr) return context_.ports.lost(domain::CallLegLost{answered.call, answered.leg});
  leg->call = answered.call;
  leg->record = answered.record;
  if (leg->state == CallLegState::withdrawn) return give_up(*leg, now);  // the agent ends what it has begun
  if (!leg->invite || !signal || signal->message.status() < 200 || context_.find(leg->connection) == nullptr) {
    core_.lost(*leg);
    if (leg->invite) context_.refuse(*leg->invite, Reason::internal_error, now);
    return core_.erase(*leg, now);
  }
  leg->peers.clear();
  note_peer(*leg, answered.branch, *signal);
  core_.await_ack(*leg, now);
  leg->state = CallLegState::up;
  respond(*leg, signal->message, true, now);
  core_.invites.erase(leg->invite->transaction);
  leg->invite.reset();
  context_.metrics.calls_answered.add();
  core_.note_timer(*leg, signal->message, false);
}

void CallPlacing::on(const domain::CallRefused& refused, base::Now now) {
  CallLeg* leg = core_.legs.find(refused.leg);
  if (leg == nullptr) return;
  const auto signal = read_signal(refused.signal);
  if (!leg->invite) return core_.erase(*leg, now);
  if (leg->state == CallLegState::withdrawn) {
    context_.refuse(*leg->invite, Reason::request_cancelled, now);
  } else if (signal && signal->message.status() >= 300 && !is_withheld(signal->message.status())) {
    respond(*leg, signal->message, false, now, refused.reason);
  } else {
    context_.refuse(*leg->invite, refused.reason, now, domain::status_told(refused.reason, refused.status));
  }
  core_.erase(*leg, now);
}

void CallPlacing::give_up(CallLeg& leg, base::Now now) {
  if (leg.invite) context_.refuse(*leg.invite, Reason::request_cancelled, now);
  core_.erase(leg, now);
}

void CallPlacing::stop(CallLeg& leg, base::Now now) {
  if (leg.invite) {
    context_.refuse(*leg.invite, Reason::server_stopping, now);
    core_.invites.erase(leg.invite->transaction);
    leg.invite.reset();
  }
  withdraw(leg, now);
}

}  // namespace tertulia::face::simple
