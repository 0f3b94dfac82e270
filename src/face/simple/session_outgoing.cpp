// SPDX-License-Identifier: Apache-2.0
#include "face/simple/session_outgoing.h"

#include <utility>

#include "face/simple/conference_address.h"
#include "face/simple/leg_bodies.h"
#include "face/simple/session_limits.h"

namespace tertulia::face::simple {

using protocol::dialog::Dialog;
using wire::sip::HeaderName;
using wire::sip::Method;
using wire::sip::Writer;

namespace {

constexpr std::uint32_t invite_cseq = 1;

/// COMPAT(pidgin-sipe 1.25): the conversation is found by the plain address in From; nothing may be added inside of the
/// <>.  It looks for the first `<` and `;tag=` wherever they stand, so a name with these is left out.
std::string party(const std::string& name, const std::string& address) {
  const bool plain = name.find('<') == std::string::npos && name.find(';') == std::string::npos;
  return (name.empty() || !plain ? std::string{} : wire::sip::quoted(name) + ' ') + "<sip:" + address + '>';
}

/// A conference invites under its own address (RFC 4579 5.2): what comes in this dialog is said by many.  Its name is its
/// subject; Referred-By tells who wants it.
std::string sender_of(const domain::InviteLeg& invite) {
  if (!invite.conference) return party(invite.from_name, invite.from_address);
  const domain::ConferenceDescription& conference = *invite.conference->description;
  const std::string name = conference.subject.empty() ? std::string() : wire::sip::quoted(conference.subject) + ' ';
  return name + '<' + conference_uri(conference.organizer_address, conference.key.id) + '>';
}

/// A Request-URI carries no headers, a Contact may (RFC 3261 19.1.1).
std::string request_uri_of(const domain::InviteLeg& invite) {
  if (!invite.route.remote_target || invite.route.remote_target->empty()) return "sip:" + invite.to_address;
  std::string uri = *invite.route.remote_target;
  const auto parsed = wire::sip::Uri::parse(uri);
  if (parsed && !parsed->headers.empty()) uri.resize(uri.size() - parsed->headers.size() - 1);
  return uri;
}

}  // namespace

std::string OutgoingLegs::write_invite(const domain::InviteLeg& invite, const Leg& leg, const Connection& connection,
                                       std::string& branch) const {
  const std::string via = context_.own_via(connection, branch);
  Writer writer = Writer::request("INVITE", request_uri_of(invite));
  writer.header(HeaderName::via, via)
      .header(HeaderName::max_forwards, std::uint64_t{70})
      .header(HeaderName::from, sender_of(invite) + ";tag=" + leg.local_tag)
      .header(HeaderName::to, party({}, invite.to_address))
      .header(HeaderName::call_id, leg.call_id)
      .header(HeaderName::cseq, std::to_string(invite_cseq) + " INVITE");
  if (!invite.subject.empty()) writer.header(HeaderName::subject, invite.subject);
  if (invite.conference) writer.header(HeaderName::referred_by, party(invite.from_name, invite.from_address));
  if (!invite.correlation_id.empty()) writer.header(conversation_name_header, invite.correlation_id);
  core_.describe(writer, leg);
  return std::move(writer).finish(session_description_type, message_offer(context_.settings.host));
}

void OutgoingLegs::on(const domain::InviteLeg& invite, base::Now now) {
  if (core_.legs.find(invite.leg) != nullptr) return;  // asked twice: it is under way already
  if (const int status = call(invite, now); status != 0)
    context_.ports.answer_mcu(
        invite.mcu, domain::LegAnswer{invite.conversation, invite.leg, domain::LegAnswer::What::refused, status});
}

int OutgoingLegs::call(const domain::InviteLeg& invite, base::Now now, std::unique_ptr<Carrier> carrier) {
  if (core_.stopping) return status_of(base::Reason::server_stopping);
  const Connection* connection = context_.find(invite.route.connection);
  if (connection == nullptr || connection->closing) return connection_gone_status;
  if (core_.legs.count(connection->id) >= sessions_per_connection_max)
    return status_of(base::Reason::too_many_conversations);

  Leg& leg = core_.legs.add(invite.leg, connection->id, context_.random.token(16));
  leg.state = LegState::calling;
  leg.carrier = std::move(carrier);
  leg.user = invite.to;
  leg.conversation = invite.conversation;
  leg.mcu = invite.mcu;
  leg.call_id = context_.random.token(24);
  if (invite.conference) {
    const domain::ConferenceDescription& conference = *invite.conference->description;
    leg.conference = conference.key;
    leg.contact = conference_contact(context_, *connection, conference.organizer_address, conference.key.id);
  } else if (const domain::User* peer = context_.directory->find(invite.from_address)) {
    leg.peer = peer->id;
  }
  std::string branch;
  std::string wire = write_invite(invite, leg, *connection, branch);
  const auto id = context_.layer.request(connection->id, Method::invite, std::move(branch), std::move(wire), now.mono);
  if (!id) {
    core_.erase(leg, now);
    return status_of(base::Reason::too_many_requests);
  }
  leg.call = *id;
  core_.own[*id] = SessionCore::OwnRequest{SessionCore::OwnRequest::Kind::invite, leg.id};
  return 0;
}

void OutgoingLegs::on_response(Leg& leg, const wire::sip::Message& message, const wire::sip::Basics& basics,
                               base::Now now) {
  const int status = message.status();
  if (status < 200) {
    if (status > 100 && leg.state == LegState::calling && !std::exchange(leg.ringing, true))
      core_.answer_mcu(leg, domain::LegAnswer::What::ringing, status);
    return;
  }
  if (status < 300) {
    if (!leg.dialog) return on_acceptance(leg, message, basics, now);
    if (basics.to.tag() == leg.dialog->id().remote_tag) return core_.acknowledge(leg);  // RFC 3261 13.2.2.4
    return on_late_acceptance(leg, message, basics, now);
  }
  if (leg.state == LegState::calling || leg.state == LegState::cancelled) failed(leg, status, now);
}

void OutgoingLegs::on_refreshed(Leg& leg, int status) {
  if (status < 200) return;
  leg.refreshing = false;  // one that refuses goes on as before; the layer has acknowledged the refusal
  if (status < 300) core_.acknowledge(leg);
}

void OutgoingLegs::on_acceptance(Leg& leg, const wire::sip::Message& message, const wire::sip::Basics& basics,
                                 base::Now now) {
  auto dialog = Dialog::from_outgoing(message, basics, leg.local_tag, invite_cseq);
  // Without a dialog (no Contact) neither ACK nor BYE can be made; the client gives up by itself.
  if (!dialog) return failed(leg, status_of(base::Reason::internal_error), now);
  leg.dialog = std::move(*dialog);
  core_.legs.set_deadline(leg, std::nullopt);
  core_.acknowledge(leg);
  if (leg.state == LegState::cancelled) return core_.hang_up(leg, leg.why, now);
  if (!accepts_message(message.body())) {
    core_.answer_mcu(leg, domain::LegAnswer::What::refused, status_of(base::Reason::media_not_acceptable));
    return core_.hang_up(leg, base::Reason::media_not_acceptable, now);
  }
  leg.state = LegState::open;
  leg.takes_cpim = takes_cpim(message.body());
  core_.note_begun(leg);
  core_.answer_mcu(leg, domain::LegAnswer::What::accepted, message.status());
  incoming_.on_open(leg, now);
  if (leg.carrier) carriers_.on_open(leg, now);
  requests_.replay_early(leg, now);
}

void OutgoingLegs::on_late_acceptance(const Leg& leg, const wire::sip::Message& message,
                                      const wire::sip::Basics& basics, base::Now now) {
  // The client's side has forked: a second device took the call.  It gets its ACK and is sent away (RFC 3261 13.2.2.4).
  auto dialog = Dialog::from_outgoing(message, basics, leg.local_tag, invite_cseq);
  const Connection* connection = context_.find(leg.connection);
  if (!dialog || connection == nullptr) return;
  std::string branch;
  const std::string ack_via = context_.own_via(*connection, branch);
  context_.send(connection->id, dialog->ack(ack_via).finish());
  const std::string bye_via = context_.own_via(*connection, branch);
  Writer bye = dialog->next_request(Method::bye, bye_via);
  bye.header(HeaderName::reason, reason_header(base::Reason::answered_elsewhere));
  const auto id =
      context_.layer.request(connection->id, Method::bye, std::move(branch), std::move(bye).finish(), now.mono);
  if (id) core_.own[*id] = SessionCore::OwnRequest{};
}

void OutgoingLegs::failed(Leg& leg, int status, base::Now now) {
  if (leg.state == LegState::calling) core_.answer_mcu(leg, domain::LegAnswer::What::refused, status);
  context_.log.debug("invitation not taken", {{"connection", leg.connection},
                                              {"call_id", leg.call_id},
                                              {"conversation", leg.conversation},
                                              {"status", status}});
  core_.erase(leg, now);
}

void OutgoingLegs::on_ended(Leg& leg, protocol::transaction::Ended::How how, base::Now now) {
  if (leg.state != LegState::calling && leg.state != LegState::cancelled) return;
  const bool silent = how == protocol::transaction::Ended::How::timed_out;
  failed(leg, silent ? status_of(base::Reason::recipient_silent) : connection_gone_status, now);
}

void OutgoingLegs::withdraw(Leg& leg, base::Reason why, base::Now now) {
  leg.state = LegState::cancelled;
  leg.why = why;
  for (const Pending& early : std::exchange(leg.early, {}))
    context_.refuse(early, base::Reason::dialog_unknown, now);  // the conversation goes on without this device
  core_.legs.set_deadline(leg, core_.after(now, late_acceptance_wait_t1));
  // RFC 3326: a device learns whether to show a missed call.
  protocol::transaction::ExtraHeaders headers;
  if (std::string reason = reason_header(why); !reason.empty())
    headers.emplace_back(HeaderName::reason, std::move(reason));
  context_.layer.cancel(leg.call, now.mono, std::move(headers));
}

}  // namespace tertulia::face::simple
