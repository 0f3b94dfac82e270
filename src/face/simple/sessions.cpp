// SPDX-License-Identifier: Apache-2.0
#include "face/simple/sessions.h"

#include <algorithm>
#include <utility>

#include "face/simple/dialect.h"
#include "face/simple/session_additions.h"
#include "face/simple/session_core.h"
#include "face/simple/session_incoming.h"
#include "face/simple/session_limits.h"
#include "face/simple/session_outgoing.h"
#include "face/simple/session_requests.h"
#include "face/simple/session_status.h"
#include "face/simple/spoken.h"
#include "wire/im/content.h"
#include "wire/im/conversation_info.h"

namespace tertulia::face::simple {

using protocol::transaction::ClientId;
using protocol::transaction::Ended;
using wire::sip::HeaderName;
using wire::sip::Method;
using OwnKind = SessionCore::OwnRequest::Kind;

struct Sessions::State {
  explicit State(Context& context)
      : core(context),
        additions(core),
        incoming(core, additions),
        carriers(core),
        requests(core, incoming, additions, carriers),
        outgoing(core, incoming, requests, carriers) {}

  SessionCore core;
  Additions additions;
  IncomingLegs incoming;
  PageCarriers carriers;
  SessionRequests requests;
  OutgoingLegs outgoing;

  Flight take_flight(Leg& leg, ClientId id);
  void on_delivered(Leg& leg, ClientId id, int status, base::Now now);
  void on_undelivered(Leg& leg, ClientId id, Ended::How how, base::Now now);
  void lose(Leg& leg, base::Now now);
  void on_due(Leg& leg, base::Now now);
  void stop(Leg& leg, base::Now now);
};

Flight Sessions::State::take_flight(Leg& leg, ClientId id) {
  const auto found =
      std::find_if(leg.flights.begin(), leg.flights.end(), [&](const Flight& flight) { return flight.request == id; });
  TERTULIA_CHECK(found != leg.flights.end());  // entries of `own` and of `flights` come and go together
  const Flight flight = *found;
  leg.flights.erase(found);
  core.own.erase(id);
  return flight;
}

void Sessions::State::on_delivered(Leg& leg, ClientId id, int status, base::Now now) {
  using What = domain::DeliverAnswer::What;
  const Flight flight = take_flight(leg, id);
  const bool over = ends_dialog(status);
  // A device that knows a carrier no more is called anew; one that accepts it only to refuse says what it means.
  const bool means_it = leg.carrier && !leg.carrier->proven;
  const bool taken = status < 300 || (flight.typing && typing_has_no_use(status));
  const What what = taken ? What::taken : over && !means_it ? What::gone : What::refused;
  if (leg.carrier && what == What::taken) leg.carrier->proven = true;
  core.answer(leg, flight, what, status);
  if (over && leg.state == LegState::open) return core.break_off(leg, base::Reason::dialog_unknown, now);
  requests.on_settled(leg, now);
}

void Sessions::State::on_undelivered(Leg& leg, ClientId id, Ended::How how, base::Now now) {
  using What = domain::DeliverAnswer::What;
  const Flight flight = take_flight(leg, id);
  const bool silent = how == Ended::How::timed_out;
  core.answer(leg, flight, silent ? What::silent : What::gone, silent ? 408 : 0);
  // RFC 3261 12.2.1.2: no response at all ends the dialog.  A lost connection is told by on_connection_closed.
  if (silent && leg.state == LegState::open) return core.break_off(leg, base::Reason::recipient_silent, now);
  requests.on_settled(leg, now);
}

void Sessions::State::lose(Leg& leg, base::Now now) {
  switch (leg.state) {
    case LegState::asked:
      return incoming.withdraw(leg, now);
    case LegState::withdrawn:
      return;  // the IMMCU's answer still comes
    case LegState::calling:
    case LegState::cancelled:
      return outgoing.on_ended(leg, Ended::How::connection_gone, now);
    case LegState::open:
      core.tell_closed(leg);
      return core.erase(leg, now);
    case LegState::closing:
      return requests.lose_closing(leg, now);
    case LegState::leaving:
      return core.erase(leg, now);
  }
}

void Sessions::State::on_due(Leg& leg, base::Now now) {
  switch (leg.state) {
    case LegState::asked:
      return;  // waits without a deadline of ours: the IMMCU has its own
    case LegState::calling:
      if (leg.carrier) carriers.give_up(leg, outgoing, now);
      return;  // else as above, and the layer
    case LegState::withdrawn:
      return incoming.give_up(leg, now);
    case LegState::cancelled:
      return core.erase(leg, now);
    case LegState::open:
      if (leg.carrier && !leg.ack_awaited) return carriers.on_idle(leg, now);
      return core.break_off(leg, base::Reason::recipient_silent, now);  // no ACK (RFC 3261 13.3.1.4)
    case LegState::closing:
      return requests.on_close_deadline(leg, now);
    case LegState::leaving:
      return core.send_bye(leg, now);  // the ACK will not come
  }
}

void Sessions::State::stop(Leg& leg, base::Now now) {
  switch (leg.state) {
    case LegState::asked:
      return incoming.stop(leg, now);
    case LegState::calling:
      core.answer_mcu(leg, domain::LegAnswer::What::refused, base::status_of(base::Reason::server_stopping));
      return outgoing.withdraw(leg, base::Reason::server_stopping, now);
    case LegState::open:
      return core.break_off(leg, base::Reason::server_stopping, now);
    case LegState::leaving:
      if (leg.ack_awaited) core.send_bye(leg, now);
      return;
    case LegState::withdrawn:
    case LegState::cancelled:
    case LegState::closing:
      return;
  }
}

Sessions::Sessions(Context& context) : state_(std::make_unique<State>(context)) {}
Sessions::~Sessions() = default;

void Sessions::on_invite(Request& request) {
  if (request.basics.to.tag().empty()) return state_->incoming.on_invite(request);
  if (!in_dialog(request)) state_->core.context.refuse(request, base::Reason::dialog_unknown);
}

/// COMPAT(pidgin-sipe 1.25): BYE in place of CANCEL when a conversation is closed, or another INVITE of the same person
/// comes, before the own one is answered.
void Sessions::on_bye(const Request& request) {
  SessionCore& core = state_->core;
  Leg* leg = core.legs.find(request.connection.id, request.basics.call_id, request.basics.from.tag());
  if (leg == nullptr || leg->user != request.user->id)
    return core.context.refuse(request, base::Reason::dialog_unknown);
  if (leg->state == LegState::open) return state_->requests.on_bye(*leg, request);
  core.ok(request);
  if (leg->invite) state_->incoming.forsake(*leg, request.now);
}

void Sessions::on_refer(const Request& request) { state_->additions.on_refer(request); }
void Sessions::enter(const Request& request, const ConferenceEntry& entry) { state_->incoming.enter(request, entry); }

void Sessions::on_ack(Connection& connection, const wire::sip::Message& message, const wire::sip::Basics& basics,
                      base::Now now) {
  Leg* leg = state_->core.legs.find(basics.call_id, basics.to.tag(), basics.from.tag());
  // An ACK is not challenged: it counts on the connection of its dialog only.
  if (leg == nullptr || !leg->dialog || leg->connection != connection.id) return;
  if (!leg->dialog->on_request(message, basics)) return;
  state_->incoming.on_ack(*leg, now);
  if (leg->carrier && leg->state == LegState::open) state_->carriers.keep_alive(*leg, now);
}

void Sessions::on_cancel(protocol::transaction::ServerId invite, base::Now now) {
  state_->incoming.on_cancel(invite, now);
}

bool Sessions::in_dialog(Request& request) { return state_->requests.on_request(request); }

bool Sessions::on_response(ClientId id, const wire::sip::Message& message, const wire::sip::Basics& basics,
                           bool repeated, base::Now now) {
  SessionCore& core = state_->core;
  const auto found = core.own.find(id);
  if (found == core.own.end()) return false;
  const SessionCore::OwnRequest request = found->second;
  const bool final_response = message.status() >= 200;
  if (request.kind == OwnKind::farewell || request.kind == OwnKind::notice) {
    if (final_response) core.own.erase(found);
    return true;
  }
  Leg* leg = core.legs.find(request.leg);
  TERTULIA_CHECK(leg != nullptr);  // erase() takes the leg's requests away with it
  if (request.kind == OwnKind::invite) {
    if (!repeated || message.status() < 300) state_->outgoing.on_response(*leg, message, basics, now);
  } else if (request.kind == OwnKind::refresh) {
    state_->outgoing.on_refreshed(*leg, message.status());
  } else if (final_response && request.kind == OwnKind::message) {
    state_->on_delivered(*leg, id, message.status(), now);
  } else if (final_response) {
    core.erase(*leg, now);  // whatever the answer to our BYE: the dialog is over
  }
  return true;
}

bool Sessions::on_ended(const Ended& ended, base::Now now) {
  SessionCore& core = state_->core;
  const auto found = core.own.find(ended.id);
  if (found == core.own.end()) return false;
  const SessionCore::OwnRequest request = found->second;
  if (request.kind == OwnKind::farewell || request.kind == OwnKind::notice) {
    core.own.erase(found);
    return true;
  }
  Leg* leg = core.legs.find(request.leg);
  TERTULIA_CHECK(leg != nullptr);
  switch (request.kind) {
    case OwnKind::invite:
      state_->outgoing.on_ended(*leg, ended.how, now);
      break;
    case OwnKind::message:
      state_->on_undelivered(*leg, ended.id, ended.how, now);
      break;
    case OwnKind::bye:
      core.erase(*leg, now);
      break;
    case OwnKind::refresh:  // silence is for the next message to find out
      leg->refreshing = false;
      core.own.erase(found);
      break;
    case OwnKind::farewell:
    case OwnKind::notice:
      break;
  }
  return true;
}

bool Sessions::on(const domain::PostAnswer& answer, base::Now now) { return state_->requests.on(answer, now); }
bool Sessions::on(const domain::OpenAnswer& answer, base::Now now) { return state_->incoming.on(answer, now); }
bool Sessions::on(const domain::CreateAnswer& answer, base::Now now) { return state_->incoming.on(answer, now); }
bool Sessions::on(const domain::AddAnswer& answer, base::Now now) { return state_->additions.on(answer, now); }
bool Sessions::on(const domain::CommandAnswer& answer, base::Now now) { return state_->additions.on(answer, now); }
bool Sessions::on(const domain::JoinAnswer& answer, base::Now now) { return state_->incoming.on(answer, now); }
bool Sessions::on(const domain::ChatAnswer& answer, base::Now now) { return state_->incoming.on(answer, now); }
bool Sessions::on(const domain::CloseAnswer& answer, base::Now now) { return state_->requests.on(answer, now); }
void Sessions::on(const domain::InviteLeg& invite, base::Now now) { state_->outgoing.on(invite, now); }

void Sessions::on(const domain::DeliverSession& deliver, base::Now now) {
  using What = domain::DeliverAnswer::What;
  SessionCore& core = state_->core;
  const auto answer = [&](What what, int status) {
    core.context.ports.answer_mcu(deliver.mcu, domain::DeliverAnswer{deliver.ticket, what, status});
  };
  Leg* leg = core.legs.find(deliver.leg);
  const Connection* connection = leg == nullptr ? nullptr : core.context.find(leg->connection);
  if (connection == nullptr || leg->state != LegState::open) return answer(What::gone, 0);
  const bool speaks_dialect = connection->dialect != nullptr;
  const domain::InstantMessage& message = *deliver.message;
  std::optional<Spoken> spoken;
  const bool names_speaker = speaks_dialect && leg->entry;  // in a dialog that has grown it would show another's name
  // COMPAT(pidgin-sipe 1.25): it knows no typing in rooms; in one it would be the conference that types.
  if (deliver.conference && names_speaker && message.kind == domain::MessageKind::typing)
    return answer(What::taken, 200);
  // Another topic, in an INFO: only this family shows it, and only of a conversation of two.
  const bool topic = wire::im::content_from(message.content_type) == wire::im::ImContent::conversation_info;
  if (topic && (deliver.conference || !speaks_dialect)) return answer(What::taken, 200);
  if (deliver.conference && !names_speaker) {
    spoken = spoken_in(*deliver.conference, message, leg->takes_cpim);
    if (!spoken) return answer(What::taken, 200);
  }
  const std::string& subject = spoken ? spoken->subject : message.subject;
  std::string news;
  if (topic) news = wire::im::write_conversation_info({"sip:" + message.from_address, message.subject});
  if (leg->flights.size() >= deliveries_per_session_max)
    return answer(What::refused, base::status_of(base::Reason::too_many_messages_waiting));
  const auto id = core.send(
      *leg, topic ? Method::info : Method::message, OwnKind::message, now,
      [&](wire::sip::Writer& writer) {
        if (!subject.empty() && !topic) writer.header(HeaderName::subject, subject);
        if (names_speaker && deliver.conference) core.context.dialect->describe_delivery(deliver, writer);
      },
      spoken ? spoken->content_type : message.content_type,
      spoken  ? spoken->content
      : topic ? news
              : message.content);
  if (!id) return answer(What::refused, base::status_of(base::Reason::too_many_requests));
  leg->flights.push_back(Flight{*id, deliver.ticket, deliver.mcu, message.kind == domain::MessageKind::typing});
  core.context.metrics.messages_out.add();
}

void Sessions::on(const domain::DeliverPage& deliver, base::Now now) {
  state_->carriers.deliver(deliver, state_->outgoing, now);
}

void Sessions::on(const domain::LegGrown& grown, base::Now now) {
  Leg* leg = state_->core.legs.find(grown.leg);
  if (leg != nullptr && grown.description) state_->core.grow(*leg, *grown.description, now);
}

void Sessions::on(const domain::EndLeg& end, base::Now now) {
  Leg* leg = state_->core.legs.find(end.leg);
  if (leg == nullptr) return;
  switch (leg->state) {
    case LegState::calling:
      return state_->outgoing.withdraw(*leg, end.reason, now);
    case LegState::open:
      return state_->core.hang_up(*leg, end.reason, now);
    case LegState::asked:  // is answered by OpenAnswer
    case LegState::withdrawn:
    case LegState::cancelled:
    case LegState::closing:  // is answered by CloseAnswer
    case LegState::leaving:
      return;
  }
}

bool Sessions::on_undeliverable(base::Ticket ticket, base::Now now) {
  return state_->requests.on_undeliverable(ticket, now) || state_->incoming.on_undeliverable(ticket, now);
}

void Sessions::on_connection_closed(base::ConnectionId id, base::Now now) {
  SessionCore& core = state_->core;
  for (const base::LegId leg_id : core.legs.of(id))
    if (Leg* leg = core.legs.find(leg_id)) state_->lose(*leg, now);
  core.legs.forget(id);
  state_->additions.on_connection_closed(id);
}

void Sessions::on_deadline(base::Now now) {
  SessionCore& core = state_->core;
  for (const base::LegId id : core.legs.due(now.mono))
    if (Leg* leg = core.legs.find(id)) state_->on_due(*leg, now);
}

std::optional<base::TimePoint> Sessions::deadline() const { return state_->core.legs.deadline(); }

void Sessions::stop(base::Now now) {
  SessionCore& core = state_->core;
  core.stopping = true;
  for (const base::LegId id : core.legs.all())
    if (Leg* leg = core.legs.find(id)) state_->stop(*leg, now);
}

std::size_t Sessions::count() const { return state_->core.legs.size(); }

const Leg* Sessions::find(base::LegId id) const { return state_->core.legs.find(id); }

const Leg* Sessions::talk(base::ConnectionId connection, base::UserId user, base::UserId peer) const {
  for (const base::LegId id : state_->core.legs.of(connection)) {
    const Leg* leg = state_->core.legs.find(id);
    if (leg->state == LegState::open && leg->user == user && leg->peer == peer && !leg->entry && !leg->conference &&
        !leg->carrier)
      return leg;
  }
  return nullptr;
}

}  // namespace tertulia::face::simple
