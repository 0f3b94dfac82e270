// SPDX-License-Identifier: Apache-2.0
#include "face/lync/notices.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "face/lync/limits.h"
#include "face/lync/presence_feed.h"
#include "face/simple/offered.h"

namespace tertulia::face::lync {

using base::Reason;
using wire::sip::HeaderName;
using wire::sip::Method;
using wire::sip::Writer;

namespace {

constexpr std::string_view benotify_tag = "ms-benotify";
constexpr std::string_view piggyback_tag = "ms-piggyback-first-notify";

/// COMPAT(pidgin-sipe 1.25): a body counts only when this contains `active`, or is absent.
std::string active_standing() { return "active;expires=" + std::to_string(base::whole_seconds(subscription_lease)); }

/// Of a subscription that only asks what there is now.
constexpr std::string_view ended_standing = "terminated;expires=0";

}  // namespace

bool asks_for_end(const wire::sip::Message& message) {
  const auto expires = wire::sip::number_header(message, HeaderName::expires);
  return expires && *expires && **expires == 0;
}

std::string_view event_of(const wire::sip::Message& message) {
  const std::string_view value = message.header(HeaderName::event).value_or(std::string_view());
  return base::trimmed(value.substr(0, value.find(';')));
}

bool is_for_own_data(const Request& request) {
  const auto uri = wire::sip::Uri::parse(request.message.request_uri());
  return !uri || !uri->is_sip() || uri->user.empty() || uri->address_of_record() == request.user->address.text();
}

std::string Notices::key_of(std::string_view call_id, std::string_view local_tag) {
  return std::string(call_id).append("\n").append(local_tag);
}

void Notices::add(std::string event, MakeFeed make) { packages_.emplace(std::move(event), std::move(make)); }

void Notices::begin(const Request& request, std::string_view event) {
  const auto there = by_connection_.find(request.connection.id);
  if (there != by_connection_.end() && there->second.size() >= subscriptions_per_connection_max)
    return context_.refuse(request, Reason::too_many_subscriptions);
  auto dialog = protocol::dialog::Dialog::from_incoming(request.message, request.basics,
                                                        context_.random.token(simple::tag_length));
  if (!dialog) return context_.refuse(request, dialog.error().reason, 0, dialog.error().detail);
  const auto id = context_.ids.next<NoticeId>();
  auto feed = packages_.at(std::string(event))(request, id);
  if (!feed) return context_.refuse(request, feed.error().reason, 0, feed.error().detail);
  Notice& notice =
      notices_.emplace(id, Notice{id, request.connection.id, request.user->id, std::string(event), *std::move(dialog)})
          .first->second;
  notice.feed = *std::move(feed);
  notice.once = asks_for_end(request.message);
  by_dialog_.emplace(key_of(notice.dialog.id().call_id, notice.dialog.id().local_tag), id);
  by_connection_[notice.connection].insert(id);
  if (const auto begun = notice.feed->on_subscribe(request); !begun) {
    context_.refuse(request, begun.error().reason, 0, begun.error().detail);
    return erase(id);
  }
  ask(notice, request);
  settle(id, request.now);
}

void Notices::ask(Notice& notice, const Request& request) {
  notice.silent = simple::supports(request.message, benotify_tag);
  notice.piggyback = simple::supports(request.message, piggyback_tag);
  notice.asked.push_back({context_.pend(request), request.basics.cseq.number});
  notice.asked.back().pending.to_tag = notice.dialog.id().local_tag;
}

/// COMPAT(pidgin-sipe 1.25): when it has begun a second subscription to presence before the first was answered, it goes on
/// with the Call-ID and the count of the first and the tags of the second.  The Call-ID and the connection say enough.
std::optional<NoticeId> Notices::dialog_of(const Request& request) const {
  const auto found = by_dialog_.find(key_of(request.basics.call_id, request.basics.to.tag()));
  if (found != by_dialog_.end()) return found->second;
  const auto there = by_connection_.find(request.connection.id);
  if (there == by_connection_.end() || request.message.method() != Method::subscribe) return std::nullopt;
  const auto of_call = std::find_if(there->second.begin(), there->second.end(), [&](NoticeId id) {
    const Notice& one = notices_.at(id);
    return one.event == presence_event && one.dialog.id().call_id == request.basics.call_id;
  });
  const bool of_presence = event_of(request.message) == presence_event;
  return of_presence && of_call != there->second.end() ? std::optional(*of_call) : std::nullopt;
}

bool Notices::in_dialog(const Request& request) {
  const std::optional<NoticeId> found = dialog_of(request);
  if (!found) return false;
  const NoticeId id = *found;
  Notice& notice = notices_.at(id);
  if (notice.user != request.user->id || notice.connection != request.connection.id) return false;
  if (request.message.method() != Method::subscribe) {
    context_.refuse(request, Reason::method_not_allowed, 0, {},
                    [](Writer& writer) { writer.header(HeaderName::allow, "SUBSCRIBE"); });
    return true;
  }
  if (const auto in_order = notice.dialog.on_request(request.message, request.basics); !in_order) {
    context_.refuse(request, in_order.error().reason, 0, in_order.error().detail);
    return true;
  }
  if (asks_for_end(request.message)) {
    for (const auto& asked : std::exchange(notice.asked, {}))
      context_.refuse(asked.pending, Reason::request_cancelled, request.now);
    Writer writer = context_.begin(request, 200);
    writer.header(HeaderName::expires, std::uint64_t{0});
    context_.reply(request.transaction, 200, std::move(writer), request.now);
    erase(id);
    return true;
  }
  if (notice.asked.size() >= subscribes_waiting_max) {
    context_.refuse(request, Reason::request_pending);
  } else if (const auto taken = notice.feed->on_subscribe(request); !taken) {
    context_.refuse(request, taken.error().reason, 0, taken.error().detail);
  } else {
    ask(notice, request);
    settle(id, request.now);
  }
  return true;
}

base::WatchId Notices::add_watch(NoticeId notice) {
  const auto watch = context_.ids.next<base::WatchId>();
  watches_.emplace(watch, notice);
  return watch;
}

Feed* Notices::feed_of(base::WatchId watch) {
  const auto found = watches_.find(watch);
  const auto notice = found == watches_.end() ? notices_.end() : notices_.find(found->second);
  if (notice == notices_.end()) return nullptr;
  if (!std::exchange(notice->second.has_news, true)) stirred_.push_back(notice->first);
  return notice->second.feed.get();
}

Feed* Notices::feed_of(base::ConnectionId connection, std::string_view event) {
  const auto found = by_connection_.find(connection);
  if (found == by_connection_.end()) return nullptr;
  for (const NoticeId id : found->second)
    if (Notice& notice = notices_.at(id); notice.event == event) return notice.feed.get();
  return nullptr;
}

void Notices::flush(base::Now now) {
  for (const NoticeId id : std::exchange(stirred_, {})) {
    const auto found = notices_.find(id);
    if (found == notices_.end()) continue;
    found->second.has_news = false;
    settle(id, now);
  }
}

/// Says what there is to say; the subscription may be gone afterwards.
void Notices::settle(NoticeId id, base::Now now) {
  Notice& notice = notices_.at(id);
  if (const Reason why = notice.feed->ended(); why != Reason::none) {
    if (notice.asked.empty()) notify(notice, std::nullopt, "terminated;reason=noresource;expires=0", now);
    for (const auto& asked : std::exchange(notice.asked, {})) context_.refuse(asked.pending, why, now);
    return erase(id);
  }
  if (!notice.asked.empty()) {
    if (!notice.feed->complete()) return;
    for (const Notice::Asked& asked : std::exchange(notice.asked, {})) answer(notice, asked, now);
    if (notice.once) return erase(id);
    // What has changed meanwhile of things that no SUBSCRIBE asked for follows.
  }
  if (const std::optional<Document> document = notice.feed->news(now)) notify(notice, document, active_standing(), now);
}

void Notices::answer(Notice& notice, const Notice::Asked& asked, base::Now now) {
  const Connection* connection = context_.find(asked.pending.connection);
  const std::optional<Document> document = notice.feed->whole(now);
  const std::string standing = notice.once ? std::string(ended_standing) : active_standing();
  Writer writer = context_.begin(asked.pending, 200);
  writer.copy(*asked.pending.message, HeaderName::record_route);
  if (connection != nullptr) writer.header(HeaderName::contact, context_.own_contact(*connection));
  writer.header(HeaderName::event, notice.event)
      .header(HeaderName::expires, notice.once ? std::uint64_t{0} : base::whole_seconds(subscription_lease))
      .header(HeaderName::subscription_state, standing)
      .header(HeaderName::supported, benotify_tag)
      .header(HeaderName::supported, piggyback_tag);
  const bool inside = document && notice.piggyback;
  if (inside) {
    writer.header("ms-piggyback-cseq", std::to_string(asked.cseq));
    if (document->content_type.starts_with("multipart/")) writer.header(HeaderName::require, "eventlist");
    context_.reply(asked.pending.transaction, 200, std::move(writer), now, document->content_type, document->body);
  } else {
    context_.reply(asked.pending.transaction, 200, std::move(writer), now);
    if (document) notify(notice, document, standing, now);
  }
}

void Notices::notify(Notice& notice, const std::optional<Document>& document, std::string_view standing,
                     base::Now now) {
  const Connection* connection = context_.find(notice.connection);
  if (connection == nullptr || connection->closing) return;
  std::string branch;
  const std::string via = context_.own_via(*connection, branch);
  const Method method = notice.silent ? Method::benotify : Method::notify;
  Writer writer = notice.dialog.next_request(method, via);
  writer.header(HeaderName::contact, context_.own_contact(*connection))
      .header(HeaderName::event, notice.event)
      .header(HeaderName::subscription_state, standing);
  std::string wire =
      document ? std::move(writer).finish(document->content_type, document->body) : std::move(writer).finish();
  context_.metrics.notifications.add();
  if (notice.silent) return context_.send(notice.connection, wire);
  const auto id = context_.layer.request(notice.connection, method, std::move(branch), std::move(wire), now.mono);
  if (id) under_way_.emplace(*id, notice.id);
}

/// Whatever the answer: the state is the same for the client's other devices, and the next change follows anyway.
bool Notices::on_response(protocol::transaction::ClientId id) { return under_way_.erase(id) > 0; }

void Notices::erase(NoticeId id) {
  auto found = notices_.extract(id);
  Notice& notice = found.mapped();
  notice.feed->end();
  by_dialog_.erase(key_of(notice.dialog.id().call_id, notice.dialog.id().local_tag));
  const auto there = by_connection_.find(notice.connection);
  there->second.erase(id);
  if (there->second.empty()) by_connection_.erase(there);
}

void Notices::end(base::ConnectionId connection, const std::function<bool(const Feed&)>& which, base::Now now) {
  const auto found = by_connection_.find(connection);
  if (found == by_connection_.end()) return;
  for (const NoticeId id : std::set<NoticeId>(found->second)) {
    Notice& notice = notices_.at(id);
    if (!which(*notice.feed)) continue;
    for (const auto& asked : std::exchange(notice.asked, {}))
      context_.refuse(asked.pending, Reason::request_cancelled, now);
    erase(id);
  }
}

void Notices::on_connection_closed(base::ConnectionId connection) {
  const auto found = by_connection_.find(connection);
  if (found == by_connection_.end()) return;
  for (const NoticeId id : std::set<NoticeId>(found->second)) erase(id);
}

/// The clients see the connection end next and come back; nothing more needs to be said.
void Notices::stop(base::Now now) {
  for (auto& [id, notice] : notices_)
    for (const auto& asked : std::exchange(notice.asked, {}))
      context_.refuse(asked.pending, Reason::server_stopping, now);
}

}  // namespace tertulia::face::lync
