// SPDX-License-Identifier: Apache-2.0
#include "face/simple/face.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "face/simple/conference_invite.h"
#include "face/simple/conference_package.h"
#include "face/simple/face_state.h"
#include "face/simple/limits.h"
#include "face/simple/list_package.h"
#include "face/simple/options.h"
#include "face/simple/presence_package.h"
#include "face/simple/state_packages.h"

namespace tertulia::face::simple {
namespace {

using base::Reason;
using protocol::flow::Verdict;
using protocol::transaction::ClientId;
using protocol::transaction::RequestFate;
using wire::sip::Framer;
using wire::sip::HeaderName;
using wire::sip::Method;
using MessagePtr = std::shared_ptr<const wire::sip::Message>;

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::keep:
      return "keep";
    case Verdict::no_message:
      return "no message";
    case Verdict::message_unfinished:
      return "message unfinished";
    case Verdict::idle:
      return "idle";
    case Verdict::silent:
      return "silent";
    case Verdict::too_many_pings:
      return "too many pings";
  }
  return "keep";
}

}  // namespace

Face::Face(const FaceSettings& settings, FacePorts& ports, base::Random& random, base::IdSource& ids,
           const base::Log& log, const domain::CredentialKeeper& keeper, base::ShardId shard,
           domain::DirectoryPtr directory, const DialectFactory& dialect)
    : state_(std::make_unique<State>(settings, ports, random, ids, log, keeper, shard, std::move(directory), dialect)) {
}
Face::~Face() = default;

void Face::State::add_packages() {
  WatchTable& watches = subscriptions.watches();
  subscriptions.add(std::make_unique<ListPackage>(context, watches, renderer));
  subscriptions.add(std::make_unique<PresencePackage>(context, watches, renderer));
  subscriptions.add(std::make_unique<WatcherPackage>(context, watches));
  subscriptions.add(std::make_unique<DialogPackage>(context, watches));
  subscriptions.add(std::make_unique<RegistrationPackage>(context, watches));
  subscriptions.add(std::make_unique<ConferencePackage>(context, watches, rosters));
}

// ---- connections
// -------------------------------------------------------------------------------------------------------

void Face::on_accepted(base::ConnectionId id, Peer peer, base::Now now) {
  Context& context = state_->context;
  auto connection = std::make_unique<Connection>(Connection{id,
                                                            std::move(peer),
                                                            Framer(context.settings.framer_limits),
                                                            protocol::auth::DigestAcceptor(context.settings.digest),
                                                            protocol::flow::FlowWatch(context.settings.flow, now.mono),
                                                            {},
                                                            {},
                                                            {}});
  state_->arm(*connection);
  context.connections[id] = std::move(connection);
  context.metrics.connections.set(static_cast<std::int64_t>(context.connections.size()));
}

void Face::on_bytes(base::ConnectionId id, std::string_view bytes, base::Now now) {
  Connection* connection = state_->context.find(id);
  if (connection == nullptr || connection->closing) return;
  connection->flow.on_bytes(now.mono);
  connection->framer.append(bytes);
  bool more = true;
  while (more && !connection->closing) {
    Framer::Event event = connection->framer.next();
    more = !std::holds_alternative<Framer::NeedMore>(event);
    std::visit([&](auto&& one) { state_->on_event(*connection, std::forward<decltype(one)>(one), now); },
               std::move(event));
  }
  connection->framer.release_if_idle();
  state_->arm(*connection);
}

void Face::on_closed(base::ConnectionId id, bool orderly, base::Now now) {
  Context& context = state_->context;
  const auto found = context.connections.find(id);
  if (found == context.connections.end()) return;
  const std::unique_ptr<Connection> connection = std::move(found->second);
  context.connections.erase(found);  // from here on nothing can be sent to it
  context.metrics.connections.set(static_cast<std::int64_t>(context.connections.size()));
  if (connection->armed) state_->deadlines.erase({*connection->armed, id});
  state_->on_ended(context.layer.on_connection_gone(id), now);
  state_->sessions.on_connection_closed(id, now);
  state_->subscriptions.on_connection_closed(id);
  state_->calls.on_connection_closed(id, now);
  if (state_->dialect) state_->dialect->on_connection_closed(id);
  state_->registration.on_connection_closed(*connection, orderly);
  forget_proof(*connection);
}

void Face::drop(base::ConnectionId id, base::Reason why, base::Now now) {
  Connection* connection = state_->context.find(id);
  if (connection == nullptr || connection->closing) return;
  if (connection->dialect) state_->dialect->say_goodbye(*connection, why, now);
  state_->close(*connection, base::name_of(why));
}

void Face::State::close(Connection& connection, std::string_view why) {
  context.log.debug("connection closed by us", {{"connection", connection.id}, {"reason", why}});
  connection.closing = true;
  forget_proof(connection);
  context.ports.close(connection.id);
}

void Face::State::on_event(Connection& connection, Framer::NeedMore, base::Now now) {
  if (connection.framer.pending() > 0) connection.flow.on_message_begun(now.mono);
}

/// The answer is a write of its own.  COMPAT(pidgin-sipe 1.25): a message glued behind it could be held up in the
/// client.
void Face::State::on_event(Connection& connection, Framer::Ping, base::Now now) {
  context.metrics.keep_alives.add();
  if (connection.flow.on_ping(now.mono) == Verdict::keep) return context.ports.send(connection.id, "\r\n");
  context.metrics.closed_by_bound.add();
  close(connection, name_of(Verdict::too_many_pings));
}

void Face::State::on_event(Connection& connection, Framer::Pong, base::Now now) {
  if (connection.flow.on_ping(now.mono) == Verdict::keep) return;
  context.metrics.closed_by_bound.add();
  close(connection, name_of(Verdict::too_many_pings));
}

void Face::State::on_event(Connection& connection, Framer::Complete&& event, base::Now now) {
  connection.flow.on_message_complete(now.mono);
  const std::size_t octets = event.bytes.size();
  base::Result<wire::sip::Message> parsed = wire::sip::Message::parse(std::move(event.bytes));
  if (!parsed) {  // nobody could answer it
    context.metrics.malformed.add();
    return count_defect(connection);
  }
  context.trace("SIP message in", connection.id, *parsed, octets);
  if (!parsed->is_request()) return on_response(connection, *parsed, now);
  on_request(connection, std::make_shared<const wire::sip::Message>(*std::move(parsed)), now);
}

/// The stream cannot be read on: the answer says why, if there is anybody to answer, and the connection ends.
void Face::State::on_event(Connection& connection, Framer::Broken&& event, base::Now now) {
  (void)now;
  context.metrics.malformed.add();
  context.metrics.closed_by_bound.add();
  const base::Result<wire::sip::Message> head = wire::sip::Message::parse(std::move(event.head));
  const bool answerable = head && head->is_request() && head->method() != Method::ack && head->header(HeaderName::via);
  if (answerable) context.refuse_statelessly(connection, *head, event.error);
  close(connection, base::name_of(event.error.reason));
}

void Face::State::count_defect(Connection& connection) {
  if (++connection.defects < defects_in_a_row_max || connection.closing) return;
  context.metrics.closed_by_bound.add();
  close(connection, "too many defective messages");
}

// ---- messages
// ----------------------------------------------------------------------------------------------------------

/// The page or notification of ours that is answered; 0: the answer is to something else.  The two end with a status, and
/// nothing of such an answer is passed on, so the rest of it need not be read: that is half of what reading it costs.
ClientId Face::State::told_by_status(const Connection& connection, const wire::sip::Message& response) {
  const base::Result<wire::sip::ResponseKey> key = wire::sip::response_key(response);
  const ClientId id = key ? context.layer.client_of(connection.id, *key) : ClientId{};
  return pages.waits_for(id) || subscriptions.waits_for(id) ? id : ClientId{};
}

void Face::State::on_status(Connection& connection, ClientId id, const wire::sip::Message& response, base::Now now) {
  if (connection.dialect && !connection.dialect->accepts(response, now)) return count_defect(connection);
  if (!context.layer.on_response(id, response, now.mono).matched) return;
  connection.defects = 0;
  if (!pages.on_response(id, response, now)) subscriptions.on_response(id, response, now);
}

/// Responses that are defective or answer nothing of ours are dropped: there is nobody to tell (RFC 3261 18.1.2).
void Face::State::on_response(Connection& connection, const wire::sip::Message& message, base::Now now) {
  context.metrics.responses.add();
  if (const ClientId id = told_by_status(connection, message)) return on_status(connection, id, message, now);
  const base::Result<wire::sip::Basics> basics = wire::sip::validate(message);
  if (!basics) {
    context.metrics.malformed.add();
    return count_defect(connection);
  }
  if (connection.dialect && !connection.dialect->accepts(message, now)) return count_defect(connection);
  const protocol::transaction::ResponseFate fate = context.layer.on_response(connection.id, message, *basics, now.mono);
  if (!fate.matched) return;
  connection.defects = 0;
  if (dialect && dialect->on_response(fate.id, message, now)) return;
  if (calls.on_response(fate.id, message, *basics, fate.repeated, now)) return;
  sessions.on_response(fate.id, message, *basics, fate.repeated, now);
}

void Face::State::on_request(Connection& connection, const MessagePtr& message, base::Now now) {
  context.metrics.requests.add();
  const base::Result<wire::sip::Basics> basics = wire::sip::validate(*message);
  if (!basics) {
    context.metrics.malformed.add();
    if (message->method() != Method::ack)  // RFC 3261 17.1.1.3: an ACK is never answered
      context.refuse_statelessly(connection, *message, basics.error());
    return count_defect(connection);
  }
  connection.defects = 0;
  const RequestFate fate = context.layer.on_request(connection.id, *message, *basics, now.mono);
  Request request{connection, *message, *basics, basics->request_uri, fate.id, nullptr, now, message, {}};
  switch (fate.kind) {
    case RequestFate::Kind::repeated:
    case RequestFate::Kind::ack:
      return;
    case RequestFate::Kind::ack_of_2xx:
      if (!calls.on_ack(connection, *message, *basics, now)) sessions.on_ack(connection, *message, *basics, now);
      return;
    case RequestFate::Kind::cancel:
    case RequestFate::Kind::cancel_lost:
      return on_cancel(fate, request);
    case RequestFate::Kind::merged:
      return context.refuse(request, Reason::loop_detected);
    case RequestFate::Kind::too_many:
      return context.refuse_statelessly(connection, *message, {Reason::too_many_requests, {}});
    case RequestFate::Kind::fresh:
      return handle(request);
  }
}

/// Never challenged: a CANCEL cannot be sent again with credentials (RFC 3261 22.1); it is of the same connection.
void Face::State::on_cancel(const RequestFate& fate, Request& request) {
  request.transaction = fate.cancel_id;
  if (fate.kind == RequestFate::Kind::cancel_lost) return context.refuse(request, Reason::transaction_unknown);
  context.reply(fate.cancel_id, 200, context.begin(request, 200), request.now);
  if (dialect && dialect->on_cancel(fate.id, request.now)) return;
  if (!calls.on_cancel(fate.id, request.now)) sessions.on_cancel(fate.id, request.now);
}

void Face::State::handle(Request& request) {
  const bool to_conference = request.message.method() == Method::invite && request.basics.to.tag().empty() &&
                             names_conference(context, request.target);
  request.relayed = !to_conference && calls.concerns(request);
  if (!gate.admit(request)) return;
  if (request.connection.dialect && dialect->on_request(request)) return;
  if (is_in_dialog(request)) {
    if (!calls.in_dialog(request) && !subscriptions.in_dialog(request) && !sessions.in_dialog(request))
      context.refuse(request, Reason::dialog_unknown);
    return;
  }
  switch (request.message.method()) {
    case Method::register_:
      return registration.on_register(request);
    case Method::message:
      return pages.on_message(request);
    case Method::invite:
      if (to_conference && on_conference_invite(context, sessions, request)) return;
      return request.relayed ? calls.on_invite(request) : sessions.on_invite(request);
    case Method::refer:
      return sessions.on_refer(request);
    case Method::bye:
      return sessions.on_bye(request);
    case Method::subscribe:
      return subscriptions.on_subscribe(request);
    case Method::publish:
      return publications.on_publish(request);
    case Method::options:
      return on_options(context, request);
    default:  // the gate lets no other pass
      return context.refuse(request, Reason::method_not_allowed);
  }
}

void Face::State::on_ended(const std::vector<protocol::transaction::Ended>& ended, base::Now now) {
  for (const protocol::transaction::Ended& one : ended)
    if (!(dialect && dialect->on_ended(one, now)) && !pages.on_ended(one, now) && !subscriptions.on_ended(one, now) &&
        !calls.on_ended(one, now))
      sessions.on_ended(one, now);
}

// ---- deadlines
// ---------------------------------------------------------------------------------------------------------

/// Keeps at most one entry a connection.  Traffic moves a deadline on, and then the old entry stays: it fires early,
/// once.
void Face::State::arm(Connection& connection) {
  const std::optional<base::TimePoint> wanted = connection.closing ? std::nullopt : connection.flow.deadline();
  if (connection.armed && wanted && *connection.armed <= *wanted) return;
  if (connection.armed) deadlines.erase({*connection.armed, connection.id});
  if (wanted) deadlines.emplace(*wanted, connection.id);
  connection.armed = wanted;
}

void Face::State::on_deadlines(base::Now now) {
  while (!deadlines.empty() && deadlines.begin()->first <= now.mono) {
    Connection* connection = context.find(deadlines.begin()->second);
    deadlines.erase(deadlines.begin());
    if (connection == nullptr) continue;
    connection->armed.reset();
    const Verdict verdict = connection->flow.on_deadline(now.mono);
    if (verdict != Verdict::keep && !connection->closing) {
      context.metrics.closed_by_bound.add();
      close(*connection, name_of(verdict));
    }
    arm(*connection);
  }
}

void Face::on_deadline(base::Now now) {
  state_->on_ended(state_->context.layer.on_deadline(now.mono), now);
  state_->sessions.on_deadline(now);
  state_->subscriptions.on_deadline(now);
  state_->calls.on_deadline(now);
  state_->on_deadlines(now);
}

std::optional<base::TimePoint> Face::deadline() const {
  std::optional<base::TimePoint> earliest;
  const auto take = [&](const std::optional<base::TimePoint>& one) {
    if (one && (!earliest || *one < *earliest)) earliest = one;
  };
  take(state_->context.layer.deadline());
  take(state_->sessions.deadline());
  take(state_->subscriptions.deadline());
  take(state_->calls.deadline());
  if (!state_->deadlines.empty()) take(state_->deadlines.begin()->first);
  return earliest;
}

}  // namespace tertulia::face::simple
