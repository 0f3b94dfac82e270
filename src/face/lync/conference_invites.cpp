// SPDX-License-Identifier: Apache-2.0
#include "face/lync/conference_invites.h"

#include <utility>

#include "domain/conversation/final_status.h"
#include "face/lync/limits.h"
#include "face/simple/destination.h"
#include "face/simple/session_core.h"
#include "wire/lync/conference_invite.h"
#include "wire/sip/uri.h"

namespace tertulia::face::lync {

using base::Reason;
using protocol::transaction::ClientId;
using wire::sip::HeaderName;
using wire::sip::Method;
using wire::sip::Writer;
using LegResult = domain::LegAnswer::What;

namespace {

constexpr std::size_t call_id_length = 24;
constexpr std::size_t seed_length = 32;

/// A Request-URI carries no headers, a Contact may (RFC 3261 19.1.1).
std::string request_uri_of(const domain::InviteLeg& invite) {
  if (!invite.route.remote_target || invite.route.remote_target->empty()) return "sip:" + invite.to_address;
  std::string uri = *invite.route.remote_target;
  const auto parsed = wire::sip::Uri::parse(uri);
  if (parsed && !parsed->headers.empty()) uri.resize(uri.size() - parsed->headers.size() - 1);
  return uri;
}

/// The URI inside of a Contact; empty when there is none.
std::string contact_of(const wire::sip::Message& message) {
  const auto value = message.header(HeaderName::contact);
  const auto contact =
      value ? wire::sip::NameAddr::parse(*value) : base::Result<wire::sip::NameAddr>(Reason::header_missing);
  return contact ? contact->uri_text : std::string();
}

}  // namespace

std::size_t ConferenceInvites::invitations_max() { return invitations_per_connection_max; }

std::size_t ConferenceInvites::count_of(base::ConnectionId connection) const {
  const auto found = counts_.find(connection);
  return found == counts_.end() ? 0 : found->second;
}

// ---- of a client

void ConferenceInvites::on_invite(const Request& request) {
  const auto invite = wire::lync::read_conference_invite(request.message.body());
  if (!invite) return context_.refuse(request, invite.reason(), 0, invite.error().detail);
  const base::Result<simple::Destination> to = simple::destination_of(context_, request.target);
  if (!to) return context_.refuse(request, to.reason());
  const auto conference = conference_named(context_, invite->focus);
  if (!conference) return context_.refuse(request, Reason::conference_unknown);
  const FocusDialog* seat = dialogs_.find(request.connection.id, request.user->id, conference->key);
  if (seat == nullptr) return context_.refuse(request, Reason::not_in_conference);
  if (!room_on(request.connection.id)) return context_.refuse(request, Reason::too_many_conversations);

  Asked asked;
  asked.pending = context_.pend(request);
  asked.connection = request.connection.id;
  asked.add.ticket = context_.ids.next<base::Ticket>();
  asked.add.edge = context_.shard;
  asked.add.conversation = seat->conversation;
  asked.add.by = request.user->id;
  asked.add.by_address = request.user->address.text();
  asked.add.by_name = request.user->display_name;
  asked.add.who = to->user->id;
  asked.add.seed = context_.random.token(seed_length);
  asked.add.subject = invite->subject;
  asked.add.first_text = invite->first_im;
  context_.reply(request.transaction, 100, context_.begin(request, 100), request.now);
  context_.active(request);
  ++counts_[asked.connection];
  const simple::Leg* talk = sessions_.talk(request.connection.id, request.user->id, to->user->id);
  if (talk == nullptr) return add(std::move(asked));
  asked.escalating = true;
  domain::Escalate escalate{asked.add.ticket, context_.shard, talk->conversation, request.user->id, conference->key};
  asked_.emplace(escalate.ticket, std::move(asked));
  context_.ports.escalate(std::move(escalate));
}

void ConferenceInvites::add(Asked asked) {
  domain::AddPerson add = asked.add;
  asked_.insert_or_assign(add.ticket, std::move(asked));
  context_.ports.add(std::move(add));
}

/// One conversation gives the conference its identity.  When another one has done so, or it has ended meanwhile, he is
/// added all the same.
bool ConferenceInvites::on(const domain::CommandAnswer& answer, base::Now) {
  const auto found = asked_.find(answer.ticket);
  if (found == asked_.end() || !found->second.escalating) return false;
  Asked asked = std::move(found->second);
  asked.escalating = false;
  add(std::move(asked));
  return true;
}

bool ConferenceInvites::on(const domain::AddAnswer& answer, base::Now now) {
  auto found = asked_.extract(answer.ticket);
  if (found.empty()) return false;
  const Asked& asked = found.mapped();
  if (const auto count = counts_.find(asked.connection); count != counts_.end() && --count->second == 0)
    counts_.erase(count);
  if (!asked.pending) return true;
  if (answer.reason != Reason::none) {
    context_.refuse(*asked.pending, answer.reason, now, domain::status_told(answer.reason, answer.status));
    return true;
  }
  // COMPAT(pidgin-sipe 1.25): this makes it leave the dialog that it has with him; it shows nothing.
  Writer writer = context_.begin(*asked.pending, 200);
  writer.copy(*asked.pending->message, HeaderName::record_route);
  if (const Connection* connection = context_.find(asked.connection))
    writer.header(HeaderName::contact, context_.own_contact(*connection));
  context_.reply(asked.pending->transaction, 200, std::move(writer), now);
  return true;
}

/// Whom the conference has been told to add it adds; only the question is over.
bool ConferenceInvites::on_cancel(protocol::transaction::ServerId invite, base::Now now) {
  for (auto& [ticket, asked] : asked_) {
    if (!asked.pending || asked.pending->transaction != invite) continue;
    context_.refuse(*std::exchange(asked.pending, std::nullopt), Reason::request_cancelled, now);
    return true;
  }
  return false;
}

// ---- to a client

bool ConferenceInvites::on(const domain::InviteLeg& invite, base::Now now) {
  const Connection* connection = invite.conference ? context_.find(invite.route.connection) : nullptr;
  if (connection == nullptr || connection->closing || !connection->dialect) return false;
  if (by_leg_.contains(invite.leg)) return true;  // asked twice: it is under way already
  Call one;
  one.connection = connection->id;
  one.leg = invite.leg;
  one.mcu = invite.mcu;
  one.conversation = invite.conversation;
  const Guest guest{request_uri_of(invite), invite.to_address, invite.from_address, invite.subject,
                    invite.conference->first_text};
  const auto id = call(*connection, guest, *invite.conference->description, one, now);
  if (id) {
    by_leg_.emplace(invite.leg, *id);
  } else {
    answer(one, LegResult::refused, base::status_of(Reason::too_many_requests));
  }
  return true;
}

/// A device that enters by itself is asked to; its dialog ends when it is in.  If it does not come, it stays in the dialog.
bool ConferenceInvites::on(const domain::LegGrown& grown, base::Now now) {
  const simple::Leg* leg = sessions_.find(grown.leg);
  const Connection* connection = leg == nullptr ? nullptr : context_.find(leg->connection);
  if (connection == nullptr || !connection->dialect) return false;
  const domain::User* user = context_.directory->find(leg->user);
  if (user == nullptr || connection->closing) return true;
  if (dialogs_.find(connection->id, leg->user, grown.description->key) != nullptr) return true;
  Call one;
  one.connection = connection->id;
  const std::string target = leg->dialog ? leg->dialog->remote_target() : "sip:" + user->address.text();
  (void)call(*connection,
             {target, user->address.text(), grown.description->organizer_address, grown.description->subject},
             *grown.description, std::move(one), now);
  return true;
}

std::optional<ClientId> ConferenceInvites::call(const Connection& connection, const Guest& guest,
                                                const domain::ConferenceDescription& conference, Call call,
                                                base::Now now) {
  if (!room_on(connection.id)) return std::nullopt;
  call.uri = guest.uri;
  call.from = "<sip:" + guest.from + ">;tag=" + context_.random.token(simple::tag_length);
  call.call_id = context_.random.token(call_id_length);
  std::string branch;
  const std::string via = context_.own_via(connection, branch);
  Writer writer = Writer::request("INVITE", guest.uri);
  writer.header(HeaderName::via, via)
      .header(HeaderName::max_forwards, std::uint64_t{70})
      .header(HeaderName::from, call.from)
      .header(HeaderName::to, "<sip:" + guest.address + ">")
      .header(HeaderName::call_id, call.call_id)
      .header(HeaderName::cseq, "1 INVITE")
      .header(HeaderName::contact, context_.own_contact(connection));
  std::string body = wire::lync::write_conference_invite(
      {focus_uri(conference.organizer_address, conference.key), guest.subject, guest.first_text});
  const auto id = context_.layer.request(connection.id, Method::invite, std::move(branch),
                                         std::move(writer).finish(wire::lync::conference_invite_type, body), now.mono);
  if (!id) return std::nullopt;
  ++counts_[connection.id];
  calls_.emplace(*id, std::move(call));
  return id;
}

std::optional<ConferenceInvites::Call> ConferenceInvites::take(ClientId id) {
  auto found = calls_.extract(id);
  if (found.empty()) return std::nullopt;
  Call call = std::move(found.mapped());
  by_leg_.erase(call.leg);
  if (const auto count = counts_.find(call.connection); count != counts_.end() && --count->second == 0)
    counts_.erase(count);
  return call;
}

void ConferenceInvites::answer(const Call& call, LegResult what, int status) {
  if (call.leg && !call.withdrawn)
    context_.ports.answer_mcu(call.mcu, domain::LegAnswer{call.conversation, call.leg, what, status});
}

bool ConferenceInvites::on_response(ClientId id, const wire::sip::Message& message, base::Now) {
  const auto found = calls_.find(id);
  if (found == calls_.end()) return false;
  const int status = message.status();
  if (status < 200) {
    if (status > 100 && !std::exchange(found->second.ringing, true)) answer(found->second, LegResult::ringing, status);
    return true;
  }
  const Call call = *take(id);
  if (status < 300) {
    acknowledge(call, message);
    answer(call, LegResult::will_join, status);
  } else {
    answer(call, LegResult::refused, status);
  }
  return true;
}

/// COMPAT(pidgin-sipe 1.25): its 2xx has our own Contact, or none, so no dialog is made of it; neither side says BYE.
void ConferenceInvites::acknowledge(const Call& call, const wire::sip::Message& response) {
  const Connection* connection = context_.find(call.connection);
  if (connection == nullptr) return;
  std::string branch;
  const std::string via = context_.own_via(*connection, branch);
  const std::string target = contact_of(response);
  const bool copied = context_.own_contact(*connection).find(target) != std::string::npos;  // also when empty
  Writer writer = Writer::request("ACK", copied ? call.uri : target);
  writer.header(HeaderName::via, via)
      .header(HeaderName::max_forwards, std::uint64_t{70})
      .header(HeaderName::from, call.from)
      .header(HeaderName::to, response.header(HeaderName::to).value_or(std::string_view()))
      .header(HeaderName::call_id, call.call_id)
      .header(HeaderName::cseq, "1 ACK");
  context_.send(connection->id, std::move(writer).finish());
}

bool ConferenceInvites::on_ended(const protocol::transaction::Ended& ended, base::Now) {
  const std::optional<Call> call = take(ended.id);
  if (!call) return false;
  const bool silent = ended.how == protocol::transaction::Ended::How::timed_out;
  answer(*call, LegResult::refused,
         silent ? base::status_of(Reason::recipient_silent) : simple::connection_gone_status);
  return true;
}

bool ConferenceInvites::on(const domain::EndLeg& end, base::Now now) {
  const auto found = by_leg_.find(end.leg);
  if (found == by_leg_.end()) return false;
  calls_.at(found->second).withdrawn = true;
  protocol::transaction::ExtraHeaders headers;
  if (std::string reason = simple::reason_header(end.reason); !reason.empty())
    headers.emplace_back(HeaderName::reason, std::move(reason));
  context_.layer.cancel(found->second, now.mono, std::move(headers));
  return true;
}

void ConferenceInvites::on_connection_closed(base::ConnectionId connection) {
  for (auto& [ticket, asked] : asked_)
    if (asked.connection == connection) asked.pending.reset();
}

void ConferenceInvites::stop(base::Now now) {
  for (auto& [ticket, asked] : asked_)
    if (asked.pending) context_.refuse(*std::exchange(asked.pending, std::nullopt), Reason::server_stopping, now);
}

}  // namespace tertulia::face::lync
