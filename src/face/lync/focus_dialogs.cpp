// SPDX-License-Identifier: Apache-2.0
#include "face/lync/focus_dialogs.h"

#include <utility>

#include "face/lync/conference_feed.h"
#include "face/lync/content_type.h"
#include "face/lync/limits.h"
#include "face/simple/session_core.h"

namespace tertulia::face::lync {

namespace cccp = wire::lync::cccp;
using base::Reason;
using wire::sip::HeaderName;
using wire::sip::Method;
using wire::sip::Writer;
using State = FocusDialog::State;

namespace {

constexpr std::string_view focus_methods = "INVITE, ACK, CANCEL, BYE, INFO";

std::string contact_of(const NamedConference& conference) {
  return "<" + focus_uri(conference.organizer, conference.key) + ">;isfocus";
}

}  // namespace

void FocusDialogs::on_invite(const Request& request, const NamedConference& conference) {
  const auto there = by_connection_.find(request.connection.id);
  if (there != by_connection_.end() && there->second.size() >= focus_dialogs_per_connection_max)
    return context_.refuse(request, Reason::too_many_conversations);
  auto asked = wire::lync::read_cccp_request(request.message.body());
  if (!asked) return context_.refuse(request, asked.reason(), 0, asked.error().detail);
  if (const auto* defective = std::get_if<cccp::Defective>(&asked->operation))
    return context_.refuse(request, Reason::command_malformed, 0, defective->detail);
  const auto* add = std::get_if<cccp::AddUser>(&asked->operation);
  if (add == nullptr) return context_.refuse(request, Reason::command_malformed, 0, "addUser");
  const auto meant = add->conference.empty() ? std::optional(conference) : conference_named(context_, add->conference);
  if (!meant || meant->key != conference.key)
    return context_.refuse(request, Reason::command_malformed, 0, "addUser: the document names another conference");
  const domain::User* named = add->user.empty() ? request.user : person_named(context_, add->user);
  if (named == nullptr || named->id != request.user->id)
    return context_.refuse(request, Reason::command_malformed, 403, "addUser: nobody but who asks can be named");
  std::string tag = context_.random.token(simple::tag_length);
  auto made = protocol::dialog::Dialog::from_incoming(request.message, request.basics, tag);
  if (!made) return context_.refuse(request, made.error().reason, 0, made.error().detail);

  domain::JoinConference join;
  join.ticket = context_.ids.next<base::Ticket>();
  join.edge = context_.shard;
  join.key = conference.key;
  join.seat = context_.ids.next<base::LegId>();
  join.user = request.user->id;
  join.address = request.user->address.text();
  join.name = request.user->display_name;
  join.endpoint = request.connection.endpoint_of(request.user->id);
  join.connection = request.connection.id;
  join.entity = add->endpoint;
  join.client = request.connection.client;
  FocusDialog dialog{State::asked, join.seat,        request.connection.id,  request.user->id, conference,
                     join.ticket,  *std::move(made), context_.pend(request), *std::move(asked)};
  dialog.invite->to_tag = tag;
  by_tag_.emplace(std::move(tag), join.seat);
  by_connection_[request.connection.id].insert(join.seat);
  by_ticket_.emplace(join.ticket, join.seat);
  dialogs_.emplace(join.seat, std::move(dialog));
  context_.reply(request.transaction, 100, context_.begin(request, 100), request.now);
  context_.ports.join(std::move(join));
  context_.active(request);
}

bool FocusDialogs::in_dialog(const Request& request) {
  const auto found = by_tag_.find(std::string(request.basics.to.tag()));
  if (found == by_tag_.end()) return false;
  FocusDialog& dialog = dialogs_.at(found->second);
  const protocol::dialog::DialogId& id = dialog.dialog.id();
  const bool same = id.call_id == request.basics.call_id && id.remote_tag == request.basics.from.tag();
  if (!same || dialog.user != request.user->id || dialog.connection != request.connection.id) return false;
  const auto in_order = dialog.dialog.on_request(request.message, request.basics);
  if (!in_order) {
    context_.refuse(request, in_order.error().reason, 0, in_order.error().detail);
  } else if (request.message.method() == Method::bye) {
    on_bye(dialog, request);
  } else if (dialog.state != State::in) {
    context_.refuse(request, Reason::request_pending);
  } else if (request.message.method() != Method::info) {
    context_.refuse(request, Reason::method_not_allowed, 0, {},
                    [](Writer& writer) { writer.header(HeaderName::allow, focus_methods); });
  } else if (!has_type(request.message, wire::lync::cccp_type)) {
    context_.refuse(request, Reason::media_type_unsupported, 0, {},
                    [](Writer& writer) { writer.header(HeaderName::accept, wire::lync::cccp_type); });
  } else {
    commands_.on_info(request, dialog.conference);
  }
  return true;
}

/// It is answered when the conference has let go.
void FocusDialogs::on_bye(FocusDialog& dialog, const Request& request) {
  if (dialog.state != State::in) {  // RFC 3261 15: of an early dialog
    context_.reply(request.transaction, 200, context_.begin(request, 200), request.now);
    return withdraw(dialog, request.now);
  }
  const auto ticket = context_.ids.next<base::Ticket>();
  goodbyes_.emplace(ticket, context_.pend(request));
  leave(dialog, ticket);
  end_feeds(dialog, request.now);
  erase(dialog.seat);
}

bool FocusDialogs::on_cancel(protocol::transaction::ServerId invite, base::Now now) {
  for (const auto& [ticket, seat] : by_ticket_) {
    FocusDialog& dialog = dialogs_.at(seat);
    if (!dialog.invite || dialog.invite->transaction != invite) continue;
    withdraw(dialog, now);
    return true;
  }
  return false;
}

/// Whoever waits gives up; whoever was let in meanwhile leaves again.
void FocusDialogs::withdraw(FocusDialog& dialog, base::Now now) {
  if (dialog.state != State::asked) return;
  dialog.state = State::withdrawn;
  context_.refuse(*std::exchange(dialog.invite, std::nullopt), Reason::request_cancelled, now);
  leave(dialog, base::Ticket{});
}

void FocusDialogs::leave(const FocusDialog& dialog, base::Ticket ticket) {
  context_.ports.leave({ticket, context_.shard, dialog.conference.key, dialog.seat});
}

bool FocusDialogs::on_response(protocol::transaction::ClientId id) { return byes_.erase(id) > 0; }

// ---- the conference's answers

FocusDialog* FocusDialogs::asking(base::Ticket ticket) {
  const auto found = by_ticket_.find(ticket);
  return found == by_ticket_.end() ? nullptr : &dialogs_.at(found->second);
}

bool FocusDialogs::on(const domain::JoinAnswer& answer, base::Now now) {
  using What = domain::JoinAnswer::What;
  FocusDialog* dialog = asking(answer.ticket);
  if (dialog == nullptr) return false;
  if (answer.what == What::waiting) {
    // The client cannot show the lobby; to it this is an INVITE that takes long.
    if (dialog->invite) context_.reply(dialog->invite->transaction, 182, context_.begin(*dialog->invite, 182), now);
    return true;
  }
  if (answer.what == What::joined && dialog->state == State::asked) {
    accept(*dialog, answer, now);
    return true;
  }
  if (dialog->invite) context_.refuse(*dialog->invite, answer.reason, now);
  erase(dialog->seat);
  return true;
}

void FocusDialogs::accept(FocusDialog& dialog, const domain::JoinAnswer& answer, base::Now now) {
  const base::LegId seat = dialog.seat;
  by_ticket_.erase(dialog.ticket);
  dialog.state = State::in;
  dialog.conversation = answer.conversation;
  note("focus dialog begins", dialog);
  const Pending invite = *std::exchange(dialog.invite, std::nullopt);
  const std::string focus = focus_uri(dialog.conference.organizer, dialog.conference.key);
  const domain::User* user = context_.directory->find(dialog.user);
  const std::string self = user == nullptr ? dialog.asked.from : "sip:" + user->address.text();
  const bool presents = answer.role >= domain::ConferenceRole::presenter;
  Writer writer = context_.begin(invite, 200);
  writer.copy(*invite.message, HeaderName::record_route)
      .header(HeaderName::contact, contact_of(dialog.conference))
      .header(HeaderName::allow, focus_methods);
  context_.reply(
      invite.transaction, 200, std::move(writer), now, wire::lync::cccp_type,
      wire::lync::write_cccp_response({dialog.asked.id,
                                       dialog.asked.to,
                                       dialog.asked.from,
                                       {},
                                       dialog.asked.name,
                                       wire::lync::cccp_user_added(focus, self, presents ? "presenter" : "attendee")}));
  dialog.asked = {};
  // The client knows one dialog with each focus: an older one is forgotten, now that he is in by this one.
  const std::set<base::LegId> all = by_connection_.at(dialog.connection);
  for (const base::LegId one : all) {
    const FocusDialog& older = dialogs_.at(one);
    if (one == seat || older.state != State::in || older.user != dialog.user ||
        older.conference.key != dialog.conference.key)
      continue;
    leave(older, base::Ticket{});
    erase(one);
  }
}

bool FocusDialogs::on(const domain::CommandAnswer& answer, base::Now now) {
  const auto found = goodbyes_.extract(answer.ticket);
  if (found.empty()) return false;
  context_.reply(found.mapped().transaction, 200, context_.begin(found.mapped(), 200), now);
  return true;
}

/// conferences 7.1: the messages' dialog has ended by itself, no further document follows.
bool FocusDialogs::on(const domain::SeatEnded& ended, base::Now now) {
  const auto found = dialogs_.find(ended.seat);
  if (found == dialogs_.end()) return false;
  FocusDialog& dialog = found->second;
  end_feeds(dialog, now);
  if (dialog.invite) context_.refuse(*dialog.invite, ended.reason, now);
  const Connection* connection = context_.find(dialog.connection);
  if (dialog.state == State::in && connection != nullptr && !connection->closing) {
    std::string branch;
    const std::string via = context_.own_via(*connection, branch);
    Writer writer = dialog.dialog.next_request(Method::bye, via);
    if (const std::string why = simple::reason_header(ended.reason); !why.empty())
      writer.header(HeaderName::reason, why);
    const auto id =
        context_.layer.request(connection->id, Method::bye, std::move(branch), std::move(writer).finish(), now.mono);
    if (id) byes_.insert(*id);
  }
  erase(ended.seat);
  return true;
}

void FocusDialogs::end_feeds(const FocusDialog& dialog, base::Now now) {
  notices_.end(
      dialog.connection,
      [&](const Feed& feed) {
        const auto* roster = dynamic_cast<const ConferenceFeed*>(&feed);
        return roster != nullptr && roster->key() == dialog.conference.key;
      },
      now);
}

void FocusDialogs::note(std::string_view what, const FocusDialog& dialog) {
  context_.log.debug(what, {{"connection", dialog.connection},
                            {"call_id", dialog.dialog.id().call_id},
                            {"conversation", dialog.conversation},
                            {"conference", dialog.conference.key.id}});
}

void FocusDialogs::erase(base::LegId seat) {
  const auto found = dialogs_.extract(seat);
  const FocusDialog& dialog = found.mapped();
  if (dialog.state == State::in) note("focus dialog ends", dialog);
  by_tag_.erase(dialog.dialog.id().local_tag);
  by_ticket_.erase(dialog.ticket);
  const auto there = by_connection_.find(dialog.connection);
  there->second.erase(seat);
  if (there->second.empty()) by_connection_.erase(there);
}

void FocusDialogs::on_connection_closed(base::ConnectionId connection) {
  const auto found = by_connection_.find(connection);
  if (found == by_connection_.end()) return;
  for (const base::LegId seat : std::set<base::LegId>(found->second)) {
    if (dialogs_.at(seat).state != State::withdrawn) leave(dialogs_.at(seat), base::Ticket{});
    erase(seat);
  }
}

/// Who is in sees his connection end next, and comes back to the same conference.
void FocusDialogs::stop(base::Now now) {
  for (auto& [seat, dialog] : dialogs_)
    if (dialog.invite) context_.refuse(*std::exchange(dialog.invite, std::nullopt), Reason::server_stopping, now);
  for (const auto& [ticket, pending] : std::exchange(goodbyes_, {}))
    context_.reply(pending.transaction, 200, context_.begin(pending, 200), now);
}

const FocusDialog* FocusDialogs::find(base::ConnectionId connection, base::UserId user,
                                      const domain::ConferenceKey& key) const {
  const auto found = by_connection_.find(connection);
  if (found == by_connection_.end()) return nullptr;
  for (const base::LegId seat : found->second) {
    const FocusDialog& dialog = dialogs_.at(seat);
    if (dialog.state == State::in && dialog.user == user && dialog.conference.key == key) return &dialog;
  }
  return nullptr;
}

}  // namespace tertulia::face::lync
