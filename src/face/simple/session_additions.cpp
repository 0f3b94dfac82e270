// SPDX-License-Identifier: Apache-2.0
#include "face/simple/session_additions.h"

#include <algorithm>
#include <utility>

#include "face/simple/conference_address.h"
#include "face/simple/offered.h"
#include "face/simple/session_limits.h"
#include "face/simple/session_status.h"

namespace tertulia::face::simple {
namespace {

using OwnKind = SessionCore::OwnRequest::Kind;

using base::Reason;
using protocol::dialog::Dialog;
using wire::sip::HeaderName;
using wire::sip::Method;
using wire::sip::Writer;

constexpr std::size_t seed_length = 32;
constexpr std::string_view fragment_type = "message/sipfrag;version=2.0";
constexpr std::string_view refer_event = "refer";

/// A failure without a status of its own.
int failure(int status, Reason reason) {
  if (status < 300) status = base::status_of(reason);
  return status < 300 ? 480 : status;
}

/// RFC 3261 21.4.16: which extension it is.
std::function<void(Writer&)> required_of(const base::Error& error) {
  if (error.reason != Reason::extension_required) return {};
  return [tag = error.detail](Writer& writer) { writer.header(HeaderName::require, tag); };
}

}  // namespace

void Additions::on_refer(const Request& request, Leg& leg) {
  // A refusal must not end the session that the REFER came in.
  const auto refused = [&](const base::Error& error) {
    context_.refuse(request, error.reason, status_towards_sender(error.reason, 0), error.detail, required_of(error));
  };
  const base::Result<Refer> refer = read_refer(context_, request.message);
  if (!refer) return refused(refer.error());
  const auto out = [](const ListedPerson& one) { return one.out; };
  if (!leg.conference && std::any_of(refer->people.begin(), refer->people.end(), out))
    return refused({Reason::not_in_conference, {}});
  Referral referral{leg.connection, leg.id};
  // RFC 3515 2.4.6: the first REFER of a dialog needs no id, and some clients look for the bare word.
  referral.event = refer_event;
  if (std::exchange(leg.referred, true))
    referral.event.append(";id=").append(std::to_string(request.basics.cseq.number));
  referral.contact = leg.contact;
  carry_out(request, *refer, place_of(leg), std::move(referral));
}

void Additions::on_refer(const Request& request) {
  const auto target = conference_of(context_, request.target);
  if (!target)
    return context_.refuse(request, Reason::method_not_allowed, 0, {},
                           [](Writer& writer) { writer.header(HeaderName::allow, allowed_methods); });
  if (!*target) return context_.refuse(request, target->reason());
  if ((*target)->kind == ConferenceTarget::Kind::factory) return context_.refuse(request, Reason::conference_unknown);
  const base::Result<Refer> refer = read_refer(context_, request.message);
  if (!refer)
    return context_.refuse(request, refer.error().reason, 0, refer.error().detail, required_of(refer.error()));
  auto dialog = Dialog::from_incoming(request.message, request.basics, context_.random.token(tag_length));
  if (!dialog) return context_.refuse(request, dialog.error().reason, 0, dialog.error().detail);
  const ConferenceTarget& there = **target;
  Referral referral{request.connection.id,
                    {},
                    *std::move(dialog),
                    std::string(refer_event),
                    conference_contact(context_, request.connection, there.organizer->address.text(), there.key.id)};
  carry_out(request, *refer, {request.user->id, {}, there.key}, std::move(referral));
}

void Additions::carry_out(const Request& request, const Refer& refer, const Place& place, Referral&& referral) {
  if (referrals_.size() >= referrals_max || listed_.size() >= listed_max)
    return context_.refuse(request, Reason::server_busy);
  referral.silent = refer.silent;
  accept(request, referral, referral.dialog ? std::string_view(referral.dialog->id().local_tag) : std::string_view());
  notify(referral, 100, Reason::none, false, request.now);
  context_.active(request);
  std::string subject = subject_of(request.message);
  if (refer.list) return begin({request.connection.id, place, std::move(subject), refer.people});
  const base::Ticket ticket = context_.ids.next<base::Ticket>();
  referrals_.emplace(ticket, std::move(referral));
  ask(ticket, place, refer.people.front(), subject);
}

/// The answer comes with the ticket: `on` below.
void Additions::ask(base::Ticket ticket, const Place& place, const ListedPerson& person, const std::string& subject) {
  if (person.out)
    return context_.ports.command(
        {ticket, context_.shard, *place.conference, place.by, domain::conference::Eject{person.who}});
  domain::AddPerson add;
  add.ticket = ticket;
  add.edge = context_.shard;
  add.conversation = place.conversation;
  add.conference = place.conference;
  add.by = place.by;
  if (const domain::User* by = context_.directory->find(place.by)) {
    add.by_address = by->address.text();
    add.by_name = by->display_name;
  }
  add.who = person.who;
  add.subject = subject;
  add.seed = context_.random.token(seed_length);
  context_.ports.add(std::move(add));
}

void Additions::accept(const Request& request, const Referral& referral, std::string_view to_tag) {
  Pending pending = context_.pend(request);
  if (!to_tag.empty()) pending.to_tag = to_tag;
  Writer writer = context_.begin(pending, 202);
  writer.copy(request.message, HeaderName::record_route);
  core_.describe(writer, request.connection.id, referral.contact);
  if (referral.silent) writer.header("Refer-Sub", "false");  // RFC 4488 4
  context_.reply(pending.transaction, 202, std::move(writer), request.now);
}

void Additions::notify(Referral& referral, int status, Reason reason, bool last, base::Now now) {
  if (referral.silent) return;
  const std::string standing =
      last ? std::string("terminated;reason=noresource") : "active;expires=" + std::to_string(referral_lease_seconds);
  const auto describe = [&](Writer& writer) {
    core_.describe(writer, referral.connection, referral.contact);
    writer.header(HeaderName::event, referral.event).header(HeaderName::subscription_state, standing);
  };
  const std::string fragment = refer_progress(context_, status, reason);
  if (!referral.dialog) {
    Leg* leg = core_.legs.find(referral.leg);
    if (leg != nullptr && leg->state == LegState::open)
      core_.send(*leg, Method::notify, OwnKind::notice, now, describe, fragment_type, fragment);
    return;
  }
  const Connection* connection = context_.find(referral.connection);
  if (connection == nullptr || connection->closing) return;
  std::string branch;
  const std::string via = context_.own_via(*connection, branch);
  Writer writer = referral.dialog->next_request(Method::notify, via);
  describe(writer);
  const auto id = context_.layer.request(connection->id, Method::notify, std::move(branch),
                                         std::move(writer).finish(fragment_type, fragment), now.mono);
  if (id) core_.own[*id] = SessionCore::OwnRequest{OwnKind::notice, {}};
}

void Additions::add_listed(Leg& leg) {
  if (leg.entry && !leg.entry->people.empty())
    begin({leg.connection, place_of(leg), {}, std::exchange(leg.entry->people, {})});
}

void Additions::begin(Listing listing) {
  std::reverse(listing.people.begin(), listing.people.end());
  const auto shared = std::make_shared<Listing>(std::move(listing));
  for (std::size_t i = 0; i < listed_at_once_max; ++i) ask_next(shared);
}

/// Who cannot be added is not: the roster tells who came (RFC 5366 5.1).
void Additions::ask_next(const std::shared_ptr<Listing>& listing) {
  if (listing->people.empty()) return;
  const ListedPerson person = listing->people.back();
  listing->people.pop_back();
  const base::Ticket ticket = context_.ids.next<base::Ticket>();
  listed_.emplace(ticket, listing);
  ask(ticket, listing->place, person, listing->subject);
}

bool Additions::on_listed(base::Ticket ticket) {
  const auto found = listed_.extract(ticket);
  if (found) ask_next(found.mapped());
  return !found.empty();
}

bool Additions::on(const domain::AddAnswer& answer, base::Now now) {
  if (on_listed(answer.ticket)) return true;
  if (!referrals_.contains(answer.ticket)) return false;
  conclude(answer.ticket, answer.status, answer.reason, now);
  return true;
}

bool Additions::on(const domain::CommandAnswer& answer, base::Now now) {
  if (on_listed(answer.ticket)) return true;
  if (!referrals_.contains(answer.ticket)) return false;
  conclude(answer.ticket, 0, answer.reason, now);
  return true;
}

void Additions::conclude(base::Ticket ticket, int status, Reason reason, base::Now now) {
  Referral referral = std::move(referrals_.extract(ticket).mapped());
  notify(referral, reason == Reason::none ? 200 : failure(status, reason), reason, true, now);
}

void Additions::on_connection_closed(base::ConnectionId connection) {
  std::erase_if(referrals_, [&](const auto& one) { return one.second.connection == connection; });
  // Nobody is asked for in the name of who has gone.
  std::erase_if(listed_, [&](const auto& one) { return one.second->connection == connection; });
}

}  // namespace tertulia::face::simple
