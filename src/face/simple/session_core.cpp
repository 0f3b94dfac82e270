// SPDX-License-Identifier: Apache-2.0
#include "face/simple/session_core.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "face/simple/conference_address.h"
#include "face/simple/leg_bodies.h"
#include "face/simple/limits.h"
#include "face/simple/offered.h"
#include "face/simple/session_limits.h"
#include "face/simple/session_offers.h"
#include "face/simple/session_status.h"

namespace tertulia::face::simple {

using wire::sip::HeaderName;
using wire::sip::Method;
using wire::sip::Writer;

namespace {

/// RFC 3261 20.1: absent means application/sdp; present but empty means nothing at all.
bool accepts_description(const wire::sip::Message& message) {
  if (message.count(HeaderName::accept) == 0) return true;
  for (const std::string& entry : wire::sip::all_tokens(message, HeaderName::accept)) {
    const std::string type = base::to_lower(base::trimmed(std::string_view(entry).substr(0, entry.find(';'))));
    if (type == session_description_type || type == "application/*" || type == "*/*") return true;
  }
  return false;
}

/// None when the client has said goodbye.
std::string_view why_of(const Leg& leg) {
  return leg.why == base::Reason::none ? std::string_view() : base::name_of(leg.why);
}

void name_description_type(Writer& writer) { writer.header(HeaderName::accept, accepted_descriptions); }

}  // namespace

std::string reason_header(base::Reason why) {
  if (why == base::Reason::none) return {};
  if (why == base::Reason::answered_elsewhere) return R"(SIP;cause=200;text="Call completed elsewhere")";
  return "SIP;cause=" + std::to_string(base::status_of(why)) + ";text=" + wire::sip::quoted(base::text_of(why));
}

std::string subject_of(const wire::sip::Message& message) {
  const auto subject = message.header(HeaderName::subject);
  if (!subject || subject->size() > subject_octets_max) return {};
  return wire::sip::unfolded(*subject);
}

std::string conversation_name_of(const wire::sip::Message& message) {
  const std::string_view name = base::trimmed(message.header(conversation_name_header).value_or(""));
  const bool visible = std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 0x7F; });
  return visible && name.size() <= conversation_name_octets_max ? std::string(name) : std::string{};
}

void SessionCore::describe(Writer& writer, const Leg& leg) const {
  describe(writer, leg.connection, leg.contact, methods_of(leg));
}

void SessionCore::describe(Writer& writer, base::ConnectionId connection, std::string_view contact,
                           std::string_view methods) const {
  if (!contact.empty()) {
    writer.header(HeaderName::contact, contact);
  } else if (const Connection* there = context.find(connection)) {
    writer.header(HeaderName::contact, context.own_contact(*there));
  }
  writer.header(HeaderName::allow, methods);
  writer.header(HeaderName::supported, supported_extensions);
}

void SessionCore::accept(const Pending& pending, const Leg& leg, std::string_view description, base::Now now) {
  Writer writer = context.begin(pending, 200);
  writer.copy(*pending.message, HeaderName::record_route);
  describe(writer, leg);
  context.reply(pending.transaction, 200, std::move(writer), now,
                description.empty() ? std::string_view{} : session_description_type, description);
}

void SessionCore::ok(const Request& request) {
  context.reply(request.transaction, 200, context.begin(request, 200), request.now);
}

std::optional<SessionCore::Answer> SessionCore::answer_for(const Request& request, bool lists) {
  const wire::sip::Message& message = request.message;
  const auto refused = [&](base::Reason reason, std::string_view detail = {}) {
    const bool names_type = reason == base::Reason::media_type_unsupported;
    context.refuse(request, reason, 0, detail, names_type ? name_description_type : std::function<void(Writer&)>{});
    return std::nullopt;
  };
  if (!accepts_description(message)) return refused(base::Reason::answer_not_acceptable);
  const auto offers = offers_in(message, lists);
  if (!offers) return refused(offers.error().reason, offers.error().detail);
  if (offers->empty())
    return Answer{message_offer(context.settings.host)};  // RFC 3261 13.2.1: the offer comes in the 2xx
  std::optional<base::Error> first;
  for (const std::string& offer : *offers) {
    auto answer = message_answer(offer, context.settings.host);
    if (answer) return Answer{std::move(*answer), takes_cpim(offer)};
    if (!first) first = answer.error();
  }
  return refused(first->reason, first->detail);
}

std::optional<protocol::transaction::ClientId> SessionCore::send(Leg& leg, Method method, OwnRequest::Kind kind,
                                                                 base::Now now,
                                                                 const std::function<void(Writer&)>& more,
                                                                 std::string_view content_type, std::string_view body) {
  const Connection* connection = context.find(leg.connection);
  if (connection == nullptr || !leg.dialog) return std::nullopt;
  std::string branch;
  const std::string via = context.own_via(*connection, branch);
  Writer writer = leg.dialog->next_request(method, via);
  if (more) more(writer);
  const auto id = context.layer.request(leg.connection, method, std::move(branch),
                                        std::move(writer).finish(content_type, body), now.mono);
  if (id) own[*id] = OwnRequest{kind, leg.id};
  return id;
}

void SessionCore::acknowledge(const Leg& leg) {
  const Connection* connection = context.find(leg.connection);
  if (connection == nullptr || !leg.dialog) return;
  std::string branch;
  const std::string via = context.own_via(*connection, branch);
  context.send(leg.connection, leg.dialog->ack(via).finish());
}

void SessionCore::grow(Leg& leg, const domain::ConferenceDescription& conference, base::Now now) {
  const Connection* connection = context.find(leg.connection);
  if (connection == nullptr || leg.conference) return;
  leg.conference = conference.key;
  leg.contact = conference_contact(context, *connection, conference.organizer_address, conference.key.id);
  if (leg.state != LegState::open) return;
  leg.grown = true;
  if (!leg.ack_awaited) tell_grown(leg, now);
}

void SessionCore::tell_grown(Leg& leg, base::Now now) {
  if (!std::exchange(leg.grown, false)) return;
  const auto id = send(
      leg, Method::invite, OwnRequest::Kind::refresh, now, [&](Writer& writer) { describe(writer, leg); },
      session_description_type, message_offer(context.settings.host));
  if (!id) return;
  leg.refresh = *id;
  leg.refreshing = true;
}

void SessionCore::hang_up(Leg& leg, base::Reason why, base::Now now) {
  leg.state = LegState::leaving;
  leg.why = why;
  if (!leg.ack_awaited) send_bye(leg, now);
}

void SessionCore::send_bye(Leg& leg, base::Now now) {
  leg.state = LegState::leaving;
  leg.ack_awaited = false;
  legs.set_deadline(leg, std::nullopt);
  const auto id = send(leg, Method::bye, OwnRequest::Kind::bye, now, [&](Writer& writer) {
    if (const std::string reason = reason_header(leg.why); !reason.empty()) writer.header(HeaderName::reason, reason);
  });
  if (!id) return erase(leg, now);
  leg.our_bye = *id;
}

void SessionCore::break_off(Leg& leg, base::Reason why, base::Now now) {
  tell_closed(leg);
  leg.why = why;
  send_bye(leg, now);
}

void SessionCore::answer(const Leg& leg, const Flight& flight, domain::DeliverAnswer::What what, int status) {
  const domain::DeliverAnswer answer{flight.ticket, what, status};
  if (leg.carrier)
    context.ports.answer_inbox(flight.asker, answer);
  else
    context.ports.answer_mcu(flight.asker, answer);
}

void SessionCore::settle_flights(Leg& leg) {
  for (const Flight& flight : std::exchange(leg.flights, {})) {
    own.erase(flight.request);
    answer(leg, flight, domain::DeliverAnswer::What::gone, 0);
  }
}

void SessionCore::tell_closed(Leg& leg) {
  settle_flights(leg);
  if (leg.carrier) return;
  context.ports.close_leg(domain::CloseLeg{base::Ticket{}, context.shard, leg.conversation, leg.id});
}

void SessionCore::answer_waiting(Leg& leg, domain::DeliverAnswer::What what, int status) {
  for (const domain::DeliverPage& page : std::exchange(leg.carrier->waiting, {}))
    context.ports.answer_inbox(page.home, domain::DeliverAnswer{page.ticket, what, status});
}

void SessionCore::answer_mcu(Leg& leg, domain::LegAnswer::What what, int status) {
  using What = domain::DeliverAnswer::What;
  if (leg.carrier) {
    if (what != domain::LegAnswer::What::refused) return;
    const bool gone = status == connection_gone_status;
    const bool silent = status == status_of(base::Reason::recipient_silent);
    return answer_waiting(leg, gone ? What::gone : silent ? What::silent : What::refused, status_of_carried(status));
  }
  context.ports.answer_mcu(leg.mcu, domain::LegAnswer{leg.conversation, leg.id, what, status});
}

void SessionCore::note_begun(const Leg& leg) {
  context.metrics.sessions_opened.add();
  context.log.debug("session leg begins", {{"connection", leg.connection},
                                           {"call_id", leg.call_id},
                                           {"conversation", leg.conversation},
                                           {"begun_by", leg.call ? "server" : "client"}});
}

void SessionCore::erase(Leg& leg, base::Now now) {
  settle_flights(leg);
  const bool stood = leg.state == LegState::open || leg.state == LegState::closing || leg.state == LegState::leaving;
  if (stood)
    context.log.debug("session leg ends", {{"connection", leg.connection},
                                           {"call_id", leg.call_id},
                                           {"conversation", leg.conversation},
                                           {"reason", base::Optional{why_of(leg)}}});
  for (const Pending& early : leg.early) context.refuse(early, base::Reason::dialog_unknown, now);
  own.erase(leg.call);
  own.erase(leg.our_bye);
  own.erase(leg.refresh);
  legs.erase(leg.id);
}

}  // namespace tertulia::face::simple
