// SPDX-License-Identifier: Apache-2.0
#include "face/simple/session_incoming.h"

#include <utility>

#include "domain/conversation/final_status.h"
#include "face/simple/destination.h"
#include "face/simple/limits.h"
#include "face/simple/session_limits.h"

namespace tertulia::face::simple {

using wire::sip::HeaderName;
using wire::sip::Writer;

namespace {

domain::ClientInfoPtr speaking_client(const Request& request) {
  if (request.connection.client) return request.connection.client;
  domain::ClientInfo info;
  info.user_agent =
      std::string(request.message.header(HeaderName::user_agent).value_or("").substr(0, client_text_octets_max));
  info.ip_address = request.connection.peer.ip_address;
  return std::make_shared<const domain::ClientInfo>(std::move(info));
}

}  // namespace

void IncomingLegs::on_invite(const Request& request) {
  const base::Result<Destination> to = destination_of(context_, request.target);
  if (!to) return context_.refuse(request, to.reason());
  Leg* leg = begin(request);
  if (leg == nullptr) return;
  leg->peer = to->user->id;
  ask(request, *leg, to->device);
}

void IncomingLegs::enter(const Request& request, const ConferenceEntry& entry) {
  Leg* leg = begin(request, true);
  if (leg == nullptr) return;
  leg->contact = entry.contact;
  leg->entry = entry;
  if (entry.seat) {
    context_.ports.open_chat({leg->open_ticket, context_.shard, entry.key, entry.seat, leg->id, leg->user});
  } else {
    domain::JoinConference join;
    join.ticket = leg->open_ticket;
    join.edge = context_.shard;
    join.key = entry.key;
    join.seat = leg->id;
    join.user = leg->user;
    join.address = request.user->address.text();
    join.name = request.user->display_name;
    join.endpoint = request.connection.endpoint_of(leg->user);
    join.connection = request.connection.id;
    join.entity = entry.entity;
    join.client = speaking_client(request);
    join.chat = true;
    if (entry.create) {
      leg->join = std::make_unique<domain::JoinConference>(std::move(join));
      domain::CreateConference create;
      create.ticket = leg->open_ticket;
      create.edge = context_.shard;
      create.key = entry.key;
      create.subject = entry.subject;
      context_.ports.create(std::move(create));
    } else {
      context_.ports.join(std::move(join));
    }
  }
  context_.active(request);
}

/// A new leg that waits for an answer of the domain.  Null: the request was refused.
Leg* IncomingLegs::begin(const Request& request, bool lists) {
  const auto refused = [&](base::Reason reason, std::string_view detail = {}) {
    context_.refuse(request, reason, 0, detail);
    return nullptr;
  };
  if (core_.stopping) return refused(base::Reason::server_stopping);
  if (core_.legs.count(request.connection.id) >= sessions_per_connection_max)
    return refused(base::Reason::too_many_conversations);
  auto answer = core_.answer_for(request, lists);
  if (!answer) return nullptr;
  std::string tag = context_.random.token(16);
  auto dialog = protocol::dialog::Dialog::from_incoming(request.message, request.basics, tag);
  if (!dialog) return refused(dialog.error().reason, dialog.error().detail);

  Leg& leg = core_.legs.add(context_.ids.next<base::LegId>(), request.connection.id, std::move(tag));
  leg.state = LegState::asked;
  leg.user = request.user->id;
  leg.call_id = request.basics.call_id;
  leg.dialog = std::move(*dialog);
  leg.answer = std::move(answer->description);
  leg.takes_cpim = answer->takes_cpim;
  leg.invite = context_.pend(request);
  leg.invite->to_tag = leg.local_tag;
  leg.open_ticket = context_.ids.next<base::Ticket>();
  by_ticket_[leg.open_ticket] = leg.id;
  by_invite_[request.transaction] = leg.id;
  // RFC 3261 17.2.1: the answer may take longer than 200 ms, since people give it.
  context_.reply(request.transaction, 100, context_.begin(request, 100), request.now);
  return &leg;
}

void IncomingLegs::ask(const Request& request, Leg& leg, const std::optional<domain::DeviceName>& device) {
  domain::OpenSession open;
  open.ticket = leg.open_ticket;
  open.edge = context_.shard;
  open.leg = leg.id;
  open.from = leg.user;
  open.from_address = request.user->address.text();
  open.from_name = request.user->display_name;
  open.endpoint = request.connection.endpoint_of(leg.user);
  open.connection = request.connection.id;
  open.client = speaking_client(request);
  open.to = leg.peer;
  open.subject = subject_of(request.message);
  open.content_type = session_description_type;
  open.call_id = leg.call_id;
  open.correlation_id = conversation_name_of(request.message);
  open.device = device;
  // COMPAT(pidgin-sipe 1.25): an INVITE of somebody replaces the client's own to him, answered or not.
  open.single_dialog = request.connection.dialect != nullptr;
  context_.ports.open(std::move(open));
  context_.active(request);
}

void IncomingLegs::on_cancel(protocol::transaction::ServerId invite, base::Now now) {
  const auto found = by_invite_.find(invite);
  Leg* leg = found == by_invite_.end() ? nullptr : core_.legs.find(found->second);
  if (leg != nullptr && leg->state == LegState::asked) withdraw(*leg, now);
}

void IncomingLegs::withdraw(Leg& leg, base::Now now) {
  leg.state = LegState::withdrawn;
  core_.legs.set_deadline(leg, core_.after(now, withdrawal_wait_t1));
  if (!leg.entry) return context_.ports.cancel(domain::CancelOpen{leg.id, context_.shard, leg.user, leg.peer});
  // Who waits in a lobby gives up; whoever was let in meanwhile leaves again.  OpenChat is answered at once.
  // While the conference is being made nobody is in, see CreateAnswer.
  if (!leg.entry->seat && !leg.join) context_.ports.leave({base::Ticket{}, context_.shard, leg.entry->key, leg.id});
}

void IncomingLegs::forsake(Leg& leg, base::Now now) {
  leg.forsaken = true;
  if (leg.state == LegState::asked) withdraw(leg, now);
}

/// The client will see the other invitation and take this one back (forsake).  One that does not is refused in the end.
void IncomingLegs::yield(Leg& leg, base::LegId instead, base::Now now) {
  if (leg.state == LegState::withdrawn && !leg.forsaken) return refuse(leg, base::Reason::request_cancelled, 0, now);
  leg.yielded = true;
  leg.instead = instead;
  leg.state = LegState::withdrawn;
  core_.legs.set_deadline(leg, core_.after(now, withdrawal_wait_t1));
  if (Leg* there = core_.legs.find(instead); there != nullptr && there->state == LegState::open) on_open(*there, now);
}

void IncomingLegs::on_open(Leg& leg, base::Now now) {
  for (const base::LegId id : core_.legs.of(leg.connection)) {
    Leg* one = core_.legs.find(id);
    if (one != nullptr && one->yielded && one->instead == leg.id && one->forsaken && one->invite)
      return join(*one, leg, now);
  }
}

/// COMPAT(pidgin-sipe 1.25): what was to be said in the dialog that it gave up waits until the INVITE of that dialog is
/// answered by 200; then it is said in the dialog that it has, with this one's Call-ID, with the tags of that answer.
/// So the answer names our tag of this dialog, and its peer changes his: what he said before that has the former one.
void IncomingLegs::join(Leg& leg, Leg& instead, base::Now now) {
  Pending invite = std::move(*std::exchange(leg.invite, std::nullopt));
  by_invite_.erase(invite.transaction);
  invite.to_tag = instead.local_tag;
  instead.former_tag = instead.dialog->id().remote_tag;
  instead.dialog->take_remote_party(*leg.dialog);
  core_.accept(invite, instead, leg.answer, now);
  forget(leg, now);
}

void IncomingLegs::on_ack(Leg& leg, base::Now now) {
  if (!leg.ack_awaited) return;
  leg.ack_awaited = false;
  core_.legs.set_deadline(leg, std::nullopt);
  if (leg.state == LegState::leaving) core_.send_bye(leg, now);
  if (leg.state == LegState::open) core_.tell_grown(leg, now);
}

bool IncomingLegs::on(const domain::OpenAnswer& answer, base::Now now) {
  using What = domain::OpenAnswer::What;
  Leg* leg = find(answer.ticket);
  if (leg == nullptr) return false;
  if (answer.conversation) leg->conversation = answer.conversation;
  if (answer.what == What::ringing) ring(*leg, now);
  if (answer.what == What::refused) refuse(*leg, answer.reason, answer.status, now);
  if (answer.what == What::accepted) accepted(*leg, now);
  if (answer.what == What::yielded) yield(*leg, answer.instead, now);
  return true;
}

/// The same ticket serves the question whether he may come in.  A conference that he does not want any more ends by itself,
/// since nobody is in it.
bool IncomingLegs::on(const domain::CreateAnswer& answer, base::Now now) {
  Leg* leg = find(answer.ticket);
  if (leg == nullptr || !leg->join) return false;
  const std::unique_ptr<domain::JoinConference> join = std::move(leg->join);
  if (answer.reason != base::Reason::none || leg->state == LegState::withdrawn) {
    refuse(*leg, answer.reason, 0, now);
  } else {
    context_.ports.join(std::move(*join));
  }
  return true;
}

bool IncomingLegs::on(const domain::JoinAnswer& answer, base::Now now) {
  using What = domain::JoinAnswer::What;
  Leg* leg = find(answer.ticket);
  if (leg == nullptr) return false;
  if (answer.conversation) leg->conversation = answer.conversation;
  if (answer.what == What::waiting) ring(*leg, now);
  if (answer.what == What::refused) refuse(*leg, answer.reason, 0, now);
  if (answer.what == What::joined) accepted(*leg, now);
  return true;
}

bool IncomingLegs::on(const domain::ChatAnswer& answer, base::Now now) {
  Leg* leg = find(answer.ticket);
  if (leg == nullptr) return false;
  leg->conversation = answer.conversation;
  if (answer.reason == base::Reason::none) {
    accepted(*leg, now);
  } else {
    refuse(*leg, answer.reason, 0, now);
  }
  return true;
}

Leg* IncomingLegs::find(base::Ticket ticket) {
  const auto found = by_ticket_.find(ticket);
  return found == by_ticket_.end() ? nullptr : core_.legs.find(found->second);  // erased together (forget)
}

void IncomingLegs::accepted(Leg& leg, base::Now now) {
  if (leg.state == LegState::withdrawn) {  // the acceptance has crossed the withdrawal
    core_.tell_closed(leg);
    return refuse(leg, base::Reason::request_cancelled, 0, now);
  }
  by_ticket_.erase(leg.open_ticket);
  by_invite_.erase(leg.invite->transaction);
  const Pending invite = std::move(*std::exchange(leg.invite, std::nullopt));
  leg.state = LegState::open;
  leg.ack_awaited = true;
  core_.legs.set_deadline(leg, core_.after(now, ack_wait_t1));
  core_.accept(invite, leg, std::exchange(leg.answer, {}), now);
  core_.note_begun(leg);
  if (!leg.entry) return;
  leg.conference = leg.entry->key;
  additions_.add_listed(leg);
}

void IncomingLegs::ring(Leg& leg, base::Now now) {
  if (leg.state != LegState::asked || std::exchange(leg.ringing, true)) return;
  Writer writer = context_.begin(*leg.invite, 180);
  writer.copy(*leg.invite->message, HeaderName::record_route);
  core_.describe(writer, leg);
  context_.reply(leg.invite->transaction, 180, std::move(writer), now);
}

void IncomingLegs::refuse(Leg& leg, base::Reason reason, int status, base::Now now) {
  // COMPAT(pidgin-sipe 1.25): it takes the answer to an INVITE that it gave up for one in the dialog it has now with that
  // person: a refusal ends that dialog, a 200 spoils its tags.
  if (leg.forsaken && leg.invite) context_.layer.abandon(leg.invite->transaction);
  if (leg.invite && !leg.forsaken) {  // else it was answered when we stopped
    const bool withdrawn = leg.state == LegState::withdrawn;
    const base::Reason why = withdrawn ? base::Reason::request_cancelled : reason;
    leg.invite->conversation = leg.conversation;
    context_.refuse(*leg.invite, why, now, withdrawn ? 0 : domain::status_told(reason, status));
  }
  forget(leg, now);
}

bool IncomingLegs::on_undeliverable(base::Ticket ticket, base::Now now) {
  const auto found = by_ticket_.find(ticket);
  if (found == by_ticket_.end()) return false;
  refuse(*core_.legs.find(found->second), base::Reason::server_busy, 0, now);
  return true;
}

void IncomingLegs::give_up(Leg& leg, base::Now now) { refuse(leg, base::Reason::request_cancelled, 0, now); }

void IncomingLegs::stop(Leg& leg, base::Now now) {
  if (leg.state != LegState::asked) return;
  context_.refuse(*leg.invite, base::Reason::server_stopping, now);
  by_invite_.erase(leg.invite->transaction);
  leg.invite.reset();
  withdraw(leg, now);
}

void IncomingLegs::forget(Leg& leg, base::Now now) {
  by_ticket_.erase(leg.open_ticket);
  if (leg.invite) by_invite_.erase(leg.invite->transaction);
  core_.erase(leg, now);
}

}  // namespace tertulia::face::simple
