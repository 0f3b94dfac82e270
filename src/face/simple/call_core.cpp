// SPDX-License-Identifier: Apache-2.0
#include "face/simple/call_core.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "face/simple/call_limits.h"
#include "face/simple/call_relay.h"
#include "face/simple/session_core.h"

namespace tertulia::face::simple {

using protocol::transaction::ClientId;
using wire::sip::HeaderName;
using wire::sip::Message;
using wire::sip::Method;
using wire::sip::Writer;

std::optional<ReadSignal> read_signal(const domain::Signal& signal) {
  if (!signal) return std::nullopt;
  auto message = Message::parse(*signal);
  if (!message) return std::nullopt;
  auto basics = wire::sip::validate(*message);
  if (!basics) return std::nullopt;
  return ReadSignal{*std::move(message), *std::move(basics)};
}

domain::Signal signal_of(const Message& message) { return std::make_shared<const std::string>(message.bytes()); }

std::string identity_of(const domain::User& user) {
  const std::string address = "<sip:" + std::string(user.address.text()) + ">";
  return user.display_name.empty() ? address : wire::sip::quoted(user.display_name) + " " + address;
}

std::optional<ClientId> CallCore::send(CallLeg& leg, OwnRequest request, std::string branch, std::string wire,
                                       base::Now now) {
  request.leg = leg.id;
  const Method method = request.method;
  const auto id = context.layer.request(leg.connection, method, std::move(branch), std::move(wire), now.mono);
  if (!id) return std::nullopt;
  leg.own.push_back(*id);
  if (request.kind == OwnRequest::Kind::relay) ++leg.relayed;
  own[*id] = request;
  return id;
}

void CallCore::settle(CallLeg& leg, ClientId id) {
  const auto found = own.find(id);
  if (found == own.end()) return;
  if (found->second.kind == OwnRequest::Kind::relay) --leg.relayed;
  own.erase(found);
  std::erase(leg.own, id);
}

CallCore::Target CallCore::target_of(const CallLeg& leg) {
  const std::string peer = leg.peers.empty() ? std::string() : leg.peers.front().party;
  return {leg.target, leg.routes, peer, leg.own_party};
}

std::string CallCore::write(const Target& target, std::string_view call_id, Method method, std::uint32_t cseq,
                            std::string_view via, base::Reason why) const {
  Writer writer = Writer::request(wire::sip::name_of(method), target.uri);
  writer.header(HeaderName::via, via);
  for (const std::string& route : target.routes) writer.header(HeaderName::route, route);
  writer.header(HeaderName::max_forwards, std::uint64_t{70})
      .header(HeaderName::from, target.from)
      .header(HeaderName::to, target.to)
      .header(HeaderName::call_id, call_id)
      .header(HeaderName::cseq, std::to_string(cseq).append(" ").append(wire::sip::name_of(method)));
  if (const std::string reason = reason_header(why); !reason.empty()) writer.header(HeaderName::reason, reason);
  return std::move(writer).finish();
}

void CallCore::acknowledge(CallLeg& leg) {
  const auto cseq = std::exchange(leg.ack_owed, std::nullopt);
  const Connection* connection = context.find(leg.connection);
  if (!cseq || connection == nullptr) return;
  std::string branch;
  const std::string via = context.own_via(*connection, branch);
  context.send(leg.connection, write(target_of(leg), leg.call_id, Method::ack, *cseq, via, base::Reason::none));
}

void CallCore::hang_up(CallLeg& leg, base::Reason why, base::Now now) {
  leg.state = CallLegState::leaving;
  leg.why = why;
  if (!leg.ack_awaited) send_bye(leg, now);
}

void CallCore::send_bye(CallLeg& leg, base::Now now) {
  leg.state = CallLegState::leaving;
  leg.ack_awaited = false;
  legs.set_deadline(leg, std::nullopt);
  acknowledge(leg);
  const Connection* connection = context.find(leg.connection);
  if (connection == nullptr) return erase(leg, now);
  std::string branch;
  const std::string via = context.own_via(*connection, branch);
  std::string bye = write(target_of(leg), leg.call_id, Method::bye, ++leg.peer_cseq, via, leg.why);
  if (!send(leg, OwnRequest{OwnRequest::Kind::bye, {}, {}, {}, Method::bye}, std::move(branch), std::move(bye), now))
    erase(leg, now);
}

void CallCore::send_away(const CallLeg& leg, const Message& response, const wire::sip::Basics& basics, base::Now now) {
  const Connection* connection = context.find(leg.connection);
  if (connection == nullptr) return;
  const std::string contact = contact_of(response);
  std::vector<std::string> routes = route_entries(response, HeaderName::record_route);
  routes.erase(std::find_if(routes.begin(), routes.end(),
                            [&](const std::string& entry) { return is_own_route(context, entry); }),
               routes.end());
  std::reverse(routes.begin(), routes.end());
  const Target target{contact.empty() ? leg.target : contact, std::move(routes),
                      wire::sip::unfolded(response.header(HeaderName::from).value_or("")),
                      wire::sip::unfolded(response.header(HeaderName::to).value_or(""))};
  std::string branch;
  const std::string ack_via = context.own_via(*connection, branch);
  context.send(connection->id,
               write(target, leg.call_id, Method::ack, basics.cseq.number, ack_via, base::Reason::none));
  const std::string via = context.own_via(*connection, branch);
  const auto id = context.layer.request(
      connection->id, Method::bye, std::move(branch),
      write(target, leg.call_id, Method::bye, basics.cseq.number + 1, via, base::Reason::answered_elsewhere), now.mono);
  if (id) own[*id] = OwnRequest{};
}

void CallCore::answer_ring(const CallLeg& leg, domain::RingAnswer::What what, int status, domain::Signal signal) {
  context.ports.answer_ring(leg.agent, domain::RingAnswer{leg.call, leg.id, what, status, std::move(signal)});
}

void CallCore::lost(const CallLeg& leg) {
  if (leg.call) context.ports.lost(domain::CallLegLost{leg.call, leg.id});
}

void CallCore::note_timer(const CallLeg& leg, const Message& response, bool always) {
  base::Duration interval{};
  if (const auto value = response.header(HeaderName::session_expires)) {
    const std::string text = wire::sip::unfolded(*value);
    const auto seconds = base::to_number(base::trimmed(std::string_view(text).substr(0, text.find(';'))));
    if (seconds) interval = std::chrono::seconds{std::min<std::uint64_t>(*seconds, session_interval_seconds_max)};
  }
  if (always || interval > base::Duration{}) context.ports.refreshed(domain::CallRefreshed{leg.call, interval});
}

void CallCore::note_active(const CallLeg& leg) {
  base::EndpointId endpoint;
  if (const Connection* connection = context.find(leg.connection)) endpoint = connection->endpoint_of(leg.user);
  context.ports.active(domain::UserActive{leg.user, endpoint});
}

void CallCore::note_target(CallLeg& leg, const Message& message) const {
  const std::string contact = contact_of(message);
  if (contact.empty()) return;
  // A GRUU (RFC 5627) as Contact names the client to others; we reach it as it has registered.
  const auto uri = wire::sip::Uri::parse(contact);
  if (uri && !context.is_ours(uri->host)) leg.target = contact;
}

void CallCore::await_ack(CallLeg& leg, base::Now now) {
  leg.ack_awaited = true;
  legs.set_deadline(leg, after(now, call_ack_wait_t1));
}

void CallCore::erase(CallLeg& leg, base::Now now) {
  for (const base::Ticket ticket : leg.asked) {
    const auto found = asked.find(ticket);
    if (found == asked.end()) continue;
    const Pending& pending = found->second.pending;
    reinvites.erase(pending.transaction);
    switch (found->second.method) {
      case Method::bye:
        context.reply(pending.transaction, 200, context.begin(pending, 200), now);
        break;
      case Method::invite:  // RFC 3261 15.1.2
        context.refuse(pending, base::Reason::request_cancelled, now);
        break;
      default:
        context.refuse(pending, base::Reason::dialog_unknown, now);
    }
    asked.erase(found);
  }
  for (const ClientId id : leg.own) {
    const auto found = own.find(id);
    if (found == own.end()) continue;
    const OwnRequest& request = found->second;
    if (request.kind == OwnRequest::Kind::relay)
      context.ports.answer_relay(request.agent, domain::RelayAnswer{request.ticket, connection_gone_status, {}});
    own.erase(found);
  }
  if (leg.invite) invites.erase(leg.invite->transaction);
  legs.erase(leg);
}

}  // namespace tertulia::face::simple
