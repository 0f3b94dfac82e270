// SPDX-License-Identifier: Apache-2.0
#include "face/simple/page_carriers.h"

#include <memory>
#include <utility>

#include "face/simple/limits.h"
#include "face/simple/session_limits.h"
#include "face/simple/session_outgoing.h"
#include "face/simple/sip_date.h"

namespace tertulia::face::simple {

using domain::MessageKind;
using wire::sip::HeaderName;
using wire::sip::Method;
using wire::sip::Writer;
using Delivered = domain::DeliverAnswer::What;

namespace {

domain::InviteLeg invitation_for(const domain::DeliverPage& page, const domain::User& to, base::LegId leg) {
  domain::InviteLeg invite;
  invite.leg = leg;
  invite.route = page.route;
  invite.to = page.to;
  invite.to_address = to.address.text();
  invite.from_address = page.message->from_address;
  invite.from_name = page.message->from_name;
  invite.subject = page.message->subject;
  return invite;
}

}  // namespace

void PageCarriers::deliver(const domain::DeliverPage& page, OutgoingLegs& outgoing, base::Now now) {
  const bool typing = page.message->kind == MessageKind::typing;
  Leg* leg = find(page);
  if (leg != nullptr && leg->state == LegState::open) return send(*leg, page, now);
  if (typing) return answer(page, Delivered::taken, 200);  // nobody is called for it
  if (leg == nullptr) leg = call(page, outgoing, now);
  if (leg == nullptr) return;
  if (leg->carrier->waiting.size() >= deliveries_per_session_max)
    return answer(page, Delivered::refused, base::status_of(base::Reason::too_many_messages_waiting));
  leg->carrier->waiting.push_back(page);
}

Leg* PageCarriers::find(const domain::DeliverPage& page) {
  for (const base::LegId id : core_.legs.of(page.route.connection)) {
    Leg* leg = core_.legs.find(id);
    const bool serves = leg->carrier && (leg->state == LegState::calling || leg->state == LegState::open);
    if (serves && leg->user == page.to && leg->peer == page.message->from) return leg;
  }
  return nullptr;
}

/// Null: it cannot be called, and the inbox knows.
Leg* PageCarriers::call(const domain::DeliverPage& page, OutgoingLegs& outgoing, base::Now now) {
  const domain::User* to = context_.directory->find(page.to);
  if (to == nullptr) {
    answer(page, Delivered::gone, 0);
    return nullptr;
  }
  const auto id = context_.ids.next<base::LegId>();
  if (const int status = outgoing.call(invitation_for(page, *to, id), now, std::make_unique<Carrier>()); status != 0) {
    answer(page, status == connection_gone_status ? Delivered::gone : Delivered::refused, status);
    return nullptr;
  }
  Leg* leg = core_.legs.find(id);
  leg->peer = page.message->from;  // also of somebody who is no user any more
  core_.legs.set_deadline(*leg, core_.after(now, carrier_wait_t1));
  return leg;
}

void PageCarriers::on_open(Leg& leg, base::Now now) {
  for (const domain::DeliverPage& page : std::exchange(leg.carrier->waiting, {})) send(leg, page, now);
}

void PageCarriers::send(Leg& leg, const domain::DeliverPage& page, base::Now now) {
  const domain::InstantMessage& message = *page.message;
  const bool typing = message.kind == MessageKind::typing;
  if (typing && !page.route.capabilities.typing) return answer(page, Delivered::taken, 200);
  if (leg.flights.size() >= deliveries_per_session_max)
    return answer(page, Delivered::refused, base::status_of(base::Reason::too_many_messages_waiting));
  const auto describe = [&](Writer& writer) {
    if (!message.subject.empty()) writer.header(HeaderName::subject, message.subject);
    if (now.wall > message.sent + undated_delay_max) writer.header(HeaderName::date, sip_date(message.sent));
  };
  const auto id = core_.send(leg, Method::message, SessionCore::OwnRequest::Kind::message, now, describe,
                             message.content_type, message.content);
  if (!id) return answer(page, Delivered::refused, base::status_of(base::Reason::too_many_requests));
  leg.flights.push_back(Flight{*id, page.ticket, page.home, typing});
  context_.metrics.messages_out.add();
  keep_alive(leg, now);
}

void PageCarriers::give_up(Leg& leg, OutgoingLegs& outgoing, base::Now now) {
  core_.answer_waiting(leg, Delivered::silent, 0);
  outgoing.withdraw(leg, base::Reason::recipient_silent, now);
}

void PageCarriers::keep_alive(Leg& leg, base::Now now) {
  if (leg.ack_awaited) return;  // of a re-INVITE of the device: that wait has its own end
  core_.legs.set_deadline(leg, now.mono + context_.settings.page_idle);
}

void PageCarriers::on_idle(Leg& leg, base::Now now) {
  if (leg.flights.empty() && leg.posts == 0) return core_.hang_up(leg, base::Reason::none, now);
  keep_alive(leg, now);
}

void PageCarriers::answer(const domain::DeliverPage& page, Delivered what, int status) {
  context_.ports.answer_inbox(page.home, domain::DeliverAnswer{page.ticket, what, status});
}

}  // namespace tertulia::face::simple
