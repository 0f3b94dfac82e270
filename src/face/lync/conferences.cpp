// SPDX-License-Identifier: Apache-2.0
#include "face/lync/conferences.h"

#include "base/text.h"
#include "face/lync/conference_feed.h"
#include "face/lync/content_type.h"
#include "face/simple/conference_address.h"
#include "wire/lync/cccp.h"
#include "wire/lync/conference_invite.h"

namespace tertulia::face::lync {

using base::Reason;
using wire::sip::HeaderName;
using TargetKind = simple::ConferenceTarget::Kind;

namespace {

bool is_of(const wire::sip::Message& message, std::string_view event) {
  const std::string_view value = message.header(HeaderName::event).value_or(std::string_view());
  return base::equal_ignoring_case(base::trimmed(value.substr(0, value.find(';'))), event);
}

}  // namespace

Conferences::Conferences(Context& context, Notices& notices, simple::Sessions& sessions, const std::string& join_pages)
    : context_(context),
      notices_(notices),
      sessions_(sessions),
      documents_(join_pages),
      commands_(context, documents_),
      focuses_(context, notices, commands_),
      invites_(context, focuses_, sessions) {
  notices_.add(std::string(conference_event), [this](const Request& request, NoticeId id) {
    return make_conference_feed(context_, notices_, documents_, request, id);
  });
}

bool Conferences::on_invite(const Request& request) {
  if (has_type(request.message, wire::lync::conference_invite_type)) {
    invites_.on_invite(request);
    return true;
  }
  const bool by_c3p = has_type(request.message, wire::lync::cccp_type);
  const auto target = simple::conference_of(context_, request.target);
  if (!target) {
    if (by_c3p) context_.refuse(request, Reason::conference_unknown);
    return by_c3p;
  }
  if (!*target) {
    context_.refuse(request, target->reason());
    return true;
  }
  const simple::ConferenceTarget& named = **target;
  if (named.kind == TargetKind::factory || (named.kind == TargetKind::focus && !by_c3p)) return false;
  const NamedConference conference{named.key, named.organizer->address.text()};
  if (named.kind == TargetKind::focus) {
    focuses_.on_invite(request, conference);
  } else {
    enter_chat(request, conference);
  }
  return true;
}

/// [MS-CONFIM]: the unit for messages takes whom the focus has let in, by a dialog beside that with the focus.
void Conferences::enter_chat(const Request& request, const NamedConference& conference) {
  const FocusDialog* seat = focuses_.find(request.connection.id, request.user->id, conference.key);
  if (seat == nullptr) return context_.refuse(request, Reason::not_in_conference);
  simple::ConferenceEntry entry;
  entry.key = conference.key;
  entry.seat = seat->seat;
  entry.contact = "<" + chat_uri(conference.organizer, conference.key) + ">;isfocus";
  sessions_.enter(request, entry);
}

bool Conferences::in_dialog(const Request& request) {
  if (focuses_.in_dialog(request)) return true;
  // COMPAT(pidgin-sipe 1.25): at its sign-out it ends once more what has ended with the conference.
  const wire::sip::Message& message = request.message;
  const bool ends =
      message.method() == wire::sip::Method::subscribe && is_of(message, conference_event) && asks_for_end(message);
  if (!ends || notices_.in_dialog(request)) return ends;
  wire::sip::Writer writer = context_.begin(request, 200);
  writer.header(HeaderName::expires, std::uint64_t{0});
  context_.reply(request.transaction, 200, std::move(writer), request.now);
  return true;
}

/// COMPAT(pidgin-sipe 1.25): it leaves a conference with a SUBSCRIBE of a new dialog that asks for an end, and wants no
/// document.
bool Conferences::on_subscribe(const Request& request) {
  if (!is_of(request.message, conference_event) || !asks_for_end(request.message)) return false;
  if (const auto conference = conference_named(context_, request.message.request_uri())) {
    notices_.end(
        request.connection.id,
        [&](const Feed& feed) {
          const auto* roster = dynamic_cast<const ConferenceFeed*>(&feed);
          return roster != nullptr && roster->key() == conference->key;
        },
        request.now);
  }
  wire::sip::Writer writer = context_.begin(request, 200);
  writer.header(HeaderName::event, conference_event).header(HeaderName::expires, std::uint64_t{0});
  context_.reply(request.transaction, 200, std::move(writer), request.now);
  return true;
}

bool Conferences::on_cancel(protocol::transaction::ServerId invite, base::Now now) {
  return focuses_.on_cancel(invite, now) || invites_.on_cancel(invite, now);
}

bool Conferences::on_response(protocol::transaction::ClientId id, const wire::sip::Message& message, base::Now now) {
  return (message.status() >= 200 && focuses_.on_response(id)) || invites_.on_response(id, message, now);
}

bool Conferences::on_ended(const protocol::transaction::Ended& ended, base::Now now) {
  return focuses_.on_response(ended.id) || invites_.on_ended(ended, now);
}

bool Conferences::on(const domain::CommandAnswer& answer, base::Now now) {
  return commands_.on(answer, now) || focuses_.on(answer, now) || invites_.on(answer, now);
}

bool Conferences::on(const domain::RosterNews& news, base::Now now) {
  if (commands_.on(news, now)) return true;
  Feed* feed = notices_.feed_of(news.watch);
  if (feed != nullptr) feed->on_roster(news);
  return feed != nullptr;
}

void Conferences::on_connection_closed(base::ConnectionId connection) {
  focuses_.on_connection_closed(connection);
  invites_.on_connection_closed(connection);
}

void Conferences::stop(base::Now now) {
  focuses_.stop(now);
  invites_.stop(now);
}

}  // namespace tertulia::face::lync
