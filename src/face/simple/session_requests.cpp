// SPDX-License-Identifier: Apache-2.0
#include "face/simple/session_requests.h"

#include <memory>
#include <utility>

#include "face/simple/dialect.h"
#include "face/simple/leg_bodies.h"
#include "face/simple/limits.h"
#include "face/simple/offered.h"
#include "face/simple/session_limits.h"
#include "face/simple/session_status.h"
#include "wire/im/content.h"
#include "wire/im/conversation_info.h"

namespace tertulia::face::simple {

namespace {

/// In an INFO.
constexpr std::string_view accepted_information = "application/xml, application/xml+conversationinfo";

}  // namespace

using wire::sip::HeaderName;
using wire::sip::Method;
using wire::sip::Writer;

bool SessionRequests::on_request(Request& request) {
  Leg* leg = core_.legs.find(request.basics.call_id, request.basics.to.tag(), request.basics.from.tag());
  if (leg == nullptr || request.user == nullptr || leg->user != request.user->id) return false;
  request.conversation = leg->conversation;
  if (!leg->dialog) return on_early_request(*leg, request);
  if (const auto in_order = leg->dialog->on_request(request.message, request.basics); !in_order) {
    context_.refuse(request, in_order.error().reason, 0, in_order.error().detail);
    return true;
  }
  switch (leg->state) {
    case LegState::calling:
    case LegState::cancelled:
      return false;  // have no dialog yet
    case LegState::asked:
    case LegState::withdrawn:
      return on_unanswered(*leg, request);
    case LegState::open:
      dispatch(*leg, request);
      return true;
    case LegState::closing:
    case LegState::leaving:
      break;
  }
  if (request.message.method() != Method::bye) return false;
  core_.ok(request);  // BYE has crossed BYE, or is said twice
  return true;
}

bool SessionRequests::on_early_request(Leg& leg, const Request& request) {
  // COMPAT(pidgin-sipe 1.25): signed in twice, it delays its 200 by 10 s and sends a quick reply as MESSAGE before it.
  const Method method = request.message.method();
  if (leg.state != LegState::calling || (method != Method::message && method != Method::info)) return false;
  if (leg.early.size() >= early_requests_per_session_max)
    context_.refuse(request, base::Reason::too_many_messages_waiting);
  else
    leg.early.push_back(context_.pend(request));
  return true;
}

void SessionRequests::replay_early(Leg& leg, base::Now now) {
  const base::LegId id = leg.id;
  for (const Pending& early : std::exchange(leg.early, {})) {
    Connection* connection = context_.find(early.connection);
    const auto basics = wire::sip::validate(*early.message);
    const auto target = wire::sip::Uri::parse(early.message->request_uri());
    const Leg* there = core_.legs.find(id);
    const domain::User* user = there == nullptr ? nullptr : context_.directory->find(there->user);
    bool taken = connection != nullptr && basics && target && user != nullptr;
    if (taken) {
      Request request{*connection, *early.message, *basics, *target, early.transaction, user, now};
      taken = on_request(request);
    }
    if (!taken) context_.refuse(early, base::Reason::dialog_unknown, now);
  }
}

bool SessionRequests::on_unanswered(Leg& leg, const Request& request) {
  switch (request.message.method()) {
    case Method::bye:  // RFC 3261 15: ends an early dialog
      core_.ok(request);
      if (leg.state == LegState::asked) incoming_.withdraw(leg, request.now);
      return true;
    case Method::options:
      on_options(leg, request);
      return true;
    case Method::invite:
    case Method::update:
    case Method::message:
    case Method::info:
    case Method::refer:
      context_.refuse(request, base::Reason::request_pending);
      return true;
    default:
      on_other(leg, request);
      return true;
  }
}

void SessionRequests::dispatch(Leg& leg, const Request& request) {
  switch (request.message.method()) {
    case Method::message:
      return on_message(leg, request);
    case Method::info:
      return on_info(leg, request);
    case Method::bye:
      return on_bye(leg, request);
    case Method::invite:
    case Method::update:
      return on_refresh(leg, request);
    case Method::refer:
      if (leg.carrier) return on_other(leg, request);
      return additions_.on_refer(request, leg);
    case Method::options:
      return on_options(leg, request);
    default:
      return on_other(leg, request);
  }
}

void SessionRequests::on_message(Leg& leg, const Request& request) {
  if (request.message.body().empty()) return context_.refuse(request, base::Reason::message_empty);
  if (leg.posts >= posts_per_session_max) return context_.refuse(request, base::Reason::too_many_messages_waiting);
  const domain::Policy& policy = context_.directory->policy_of(*request.user);
  auto written = written_message(policy, request.message);
  if (!written)
    return context_.refuse(request, written.reason(), 0, written.error().detail,
                           [&](Writer& writer) { writer.header(HeaderName::accept, accepted_messages(policy)); });
  post(leg, request, *std::move(written), false);
}

void SessionRequests::on_info(Leg& leg, const Request& request) {
  const auto type = request.message.header(HeaderName::content_type).value_or("");
  if (wire::im::content_from(type) == wire::im::ImContent::conversation_info) return on_topic(leg, request);
  auto typing = keyboard_typing(type, request.message.body());
  if (!typing)
    return context_.refuse(request, base::Reason::media_type_unsupported, 0, {},
                           [](Writer& writer) { writer.header(HeaderName::accept, accepted_information); });
  core_.ok(request);
  if (leg.posts < posts_per_session_max)  // typing is worth something only now
    post(leg, request, {{domain::MessageKind::typing, {}}, std::move(typing->content_type), std::move(typing->content)},
         true);
}

/// For the other side's eyes alone (Sessions::on(DeliverSession)): it changes nothing here.  As a subject, so that it is
/// judged like one.  Nobody renames a conference so, and who takes part by single messages would not see it.
void SessionRequests::on_topic(Leg& leg, const Request& request) {
  auto topic = wire::im::read_conversation_info(request.message.body());
  if (!topic) return context_.refuse(request, topic.reason(), 0, topic.error().detail);
  if (topic->subject.size() > subject_octets_max) return context_.refuse(request, base::Reason::body_too_large);
  if (leg.carrier || leg.conference) return core_.ok(request);
  if (leg.posts >= posts_per_session_max) return context_.refuse(request, base::Reason::too_many_messages_waiting);
  post(leg, request, {{domain::MessageKind::typing, {}}, std::string(wire::im::conversation_info_type), {}}, false,
       std::move(topic->subject));
}

void SessionRequests::post(Leg& leg, const Request& request, WrittenMessage written, bool answered,
                           std::optional<std::string> topic) {
  auto message = std::make_shared<domain::InstantMessage>();
  message->id = context_.ids.next<base::MessageId>();
  message->from = leg.user;
  message->from_address = request.user->address.text();
  message->from_name = request.user->display_name;
  const bool sent_by_person = written.nature.kind != domain::MessageKind::notification;
  message->kind = written.nature.kind;
  message->inner = std::move(written.nature.inner);
  message->file = std::move(written.nature.file);
  message->content_type = std::move(written.content_type);
  message->content = std::move(written.content);
  message->subject = topic ? *std::move(topic) : subject_of(request.message);
  message->sent = request.now.wall;

  const auto ticket = context_.ids.next<base::Ticket>();
  posts_[ticket] = Post{leg.id, answered ? std::nullopt : std::optional<Pending>(context_.pend(request))};
  ++leg.posts;
  context_.metrics.messages_in.add();
  if (leg.carrier) {
    context_.ports.post(domain::PostPage{ticket, context_.shard, request.connection.endpoint_of(leg.user),
                                         request.connection.client, leg.peer, std::move(message), leg.call_id});
    carriers_.keep_alive(leg, request.now);
  } else {
    context_.ports.post(domain::PostSession{ticket, context_.shard, leg.conversation, leg.id, std::move(message)});
  }
  if (sent_by_person) context_.active(request);
}

bool SessionRequests::on(const domain::PostAnswer& answer, base::Now now) {
  const auto found = posts_.find(answer.ticket);
  if (found == posts_.end()) return false;
  Post post = std::move(found->second);
  posts_.erase(found);
  Leg* leg = core_.legs.find(post.leg);
  if (leg != nullptr) --leg->posts;
  if (!post.pending) return true;
  if (answer.conversation) post.pending->conversation = answer.conversation;
  if (answer.reason == base::Reason::file_kind_blocked && refuse_file(*post.pending, now)) return true;
  if (answer.outcome == domain::PostOutcome::refused) {
    const bool meets = leg != nullptr && (leg->entry || leg->conference);
    const auto status = meets ? status_towards_speaker : status_towards_sender;
    context_.refuse(*post.pending, answer.reason, now, status(answer.reason, answer.status));
    return true;
  }
  const bool delivered = answer.outcome == domain::PostOutcome::delivered;
  const int status = delivered ? 200 : 202;
  if (!answer.missed.empty() && tell_undelivered(leg, *post.pending, answer, now)) return true;
  context_.note(delivered ? "message delivered" : "message kept", *post.pending, status);
  context_.reply(post.pending->transaction, status, context_.begin(*post.pending, status), now);
  return true;
}

/// COMPAT(pidgin-sipe 1.25): a Message-Id in an answer is for its rooms; in a session that has become a conference it knows
/// no room.  False: nothing is said of it.
bool SessionRequests::tell_undelivered(Leg* leg, const Pending& pending, const domain::PostAnswer& answer,
                                       base::Now now) {
  if (leg == nullptr || leg->state != LegState::open || !leg->entry) return false;
  const Connection* connection = context_.find(leg->connection);
  if (connection == nullptr || connection->dialect == nullptr) return false;
  context_.note("message missed by some", pending, 202);
  context_.dialect->tell_undelivered(*leg, pending, answer, now);
  return true;
}

/// COMPAT(pidgin-sipe 1.25): it looks into the refusal for the cookie of its offer, else the offer stays on the screen.
/// False: the client does not speak the dialect.
bool SessionRequests::refuse_file(const Pending& pending, base::Now now) {
  const Connection* connection = context_.find(pending.connection);
  if (connection == nullptr || connection->dialect == nullptr) return false;
  const wire::sip::Message& offer = *pending.message;
  context_.refuse(pending, base::Reason::file_kind_blocked, now, 0, {}, {},
                  {offer.header(HeaderName::content_type).value_or(""), offer.body()});
  return true;
}

void SessionRequests::on_bye(Leg& leg, const Request& request) {
  leg.state = LegState::closing;
  leg.ack_awaited = false;
  leg.bye = context_.pend(request);
  close(leg, request.now);
}

void SessionRequests::close(Leg& leg, base::Now now) {
  if (leg.carrier) {
    if (leg.flights.empty() || std::exchange(leg.settled, true)) return end_carrier(leg, now);
    return core_.legs.set_deadline(leg, core_.after(now, bye_grace_t1));
  }
  leg.close_ticket = context_.ids.next<base::Ticket>();
  ++leg.close_tries;
  closes_[leg.close_ticket] = leg.id;
  // What is under way to the client may be on its screen already: its answers are still worth a short wait.
  leg.settled = leg.flights.empty();
  core_.legs.set_deadline(leg, core_.after(now, leg.settled ? close_wait_t1 : bye_grace_t1));
  context_.ports.close_leg(domain::CloseLeg{leg.close_ticket, context_.shard, leg.conversation, leg.id});
}

void SessionRequests::end_carrier(Leg& leg, base::Now now) {
  context_.reply(leg.bye->transaction, 200, context_.begin(*leg.bye, 200), now);
  core_.erase(leg, now);
}

void SessionRequests::on_settled(Leg& leg, base::Now now) {
  if (leg.carrier && leg.state == LegState::closing && leg.flights.empty()) end_carrier(leg, now);
}

bool SessionRequests::on(const domain::CloseAnswer& answer, base::Now now) {
  const auto found = closes_.find(answer.ticket);
  if (found == closes_.end()) return false;
  Leg& leg = *core_.legs.find(found->second);  // erased together (here and in lose_closing)
  closes_.erase(found);
  // A 200 promises that the record of this session is kept; the dialog is over for the client either way.  An IMMCU
  // that does not know the leg has written and forgotten it: the other side was quicker.
  if (answer.reason == base::Reason::none || answer.reason == base::Reason::dialog_unknown)
    context_.reply(leg.bye->transaction, 200, context_.begin(*leg.bye, 200), now);
  else
    context_.refuse(*leg.bye, answer.reason, now, status_towards_sender(answer.reason, 0));
  core_.erase(leg, now);
  return true;
}

void SessionRequests::on_close_deadline(Leg& leg, base::Now now) {
  if (!leg.close_ticket) return close(leg, now);
  if (!std::exchange(leg.settled, true)) {
    core_.settle_flights(leg);
    return core_.legs.set_deadline(leg, core_.after(now, close_wait_t1));
  }
  closes_.erase(leg.close_ticket);
  context_.refuse(*leg.bye, base::Reason::store_unavailable, now);
  core_.erase(leg, now);
}

void SessionRequests::lose_closing(Leg& leg, base::Now now) {
  if (!leg.close_ticket) core_.tell_closed(leg);
  closes_.erase(leg.close_ticket);
  core_.erase(leg, now);
}

bool SessionRequests::on_undeliverable(base::Ticket ticket, base::Now now) {
  if (const auto found = posts_.find(ticket); found != posts_.end())
    return on(domain::PostAnswer{ticket, domain::PostOutcome::refused, base::Reason::server_busy, 0}, now);
  const auto found = closes_.find(ticket);
  if (found == closes_.end()) return false;
  Leg& leg = *core_.legs.find(found->second);
  if (leg.close_tries >= close_tries_max) return on(domain::CloseAnswer{ticket, base::Reason::server_busy}, now);
  closes_.erase(found);
  leg.close_ticket = {};
  core_.legs.set_deadline(leg, core_.after(now, 1));
  return true;
}

void SessionRequests::on_refresh(Leg& leg, const Request& request) {
  const bool invite = request.message.method() == Method::invite;
  // RFC 3261 14.2: also when our own re-INVITE is under way.
  if (invite && (leg.ack_awaited || leg.refreshing)) return context_.refuse(request, base::Reason::request_pending);
  if (!invite && request.message.body().empty()) return core_.accept(context_.pend(request), leg, {}, request.now);
  const auto answer = core_.answer_for(request);
  if (!answer) return;
  if (invite) {
    leg.ack_awaited = true;
    core_.legs.set_deadline(leg, core_.after(request.now, ack_wait_t1));
  }
  core_.accept(context_.pend(request), leg, answer->description, request.now);
}

void SessionRequests::on_options(const Leg& leg, const Request& request) {
  Writer writer = context_.begin(request, 200);
  core_.describe(writer, request.connection.id, {}, methods_of(leg));
  writer.header(HeaderName::accept, accepted_types);
  context_.reply(request.transaction, 200, std::move(writer), request.now);
}

void SessionRequests::on_other(const Leg& leg, const Request& request) {
  const bool known = request.message.method() != Method::other;
  context_.refuse(request, known ? base::Reason::method_not_allowed : base::Reason::method_unknown, 0, {},
                  [&](Writer& writer) { writer.header(HeaderName::allow, methods_of(leg)); });
}

}  // namespace tertulia::face::simple
