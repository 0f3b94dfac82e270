// SPDX-License-Identifier: Apache-2.0
// Presence of a client: subscriptions to others (RFC 6665, 3856) and its own publication (RFC 3903).
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "phone.h"
#include "phone_parts.h"

namespace tertulia::sim {

using wire::sip::HeaderName;
using wire::sip::Message;
using Kind = Question::Kind;

namespace {

constexpr std::uint32_t watch_lease = 300;
constexpr base::Duration watch_pause = std::chrono::seconds{5};
/// After this long without an answer the server may have given up the watcher (RFC 3261 timer F).
constexpr base::Duration slow_news = std::chrono::seconds{20};

std::string activities(std::string_view activity) {
  if (activity.empty()) return {};
  // A word of RFC 4480 is an element; what has a space in it is a text of its own.
  if (activity.find(' ') != std::string_view::npos)
    return fmt::format("<rpid:activities><rpid:other>{}</rpid:other></rpid:activities>", activity);
  return fmt::format("<rpid:activities><rpid:{}/></rpid:activities>", activity);
}

std::string document(std::string_view address, std::string_view activity, std::string_view note) {
  return fmt::format(
      R"(<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf" )"
      R"(xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" )"
      R"(entity="sip:{}"><tuple id="t1"><status><basic>open</basic></status></tuple><dm:person id="p1">{}{}</dm:person>)"
      R"(</presence>)",
      address, activities(activity), note.empty() ? "" : fmt::format("<dm:note>{}</dm:note>", note));
}

}  // namespace

std::vector<std::string> recorded_routes(const Message& message) {
  std::vector<std::string> routes;
  message.for_each(HeaderName::record_route, [&](std::string_view line) {
    for (const std::string_view entry : base::split(line, ',')) routes.emplace_back(base::trimmed(entry));
  });
  return routes;
}

std::vector<std::string> notes_in(std::string_view document) {
  std::vector<std::string> notes;
  for (std::size_t at = document.find("note"); at != std::string_view::npos; at = document.find("note", at + 4)) {
    const std::size_t begin = document.find('>', at);
    const std::size_t end = document.find('<', at);
    if (begin == std::string_view::npos || end == std::string_view::npos || end <= begin + 1) continue;
    std::string text(document.substr(begin + 1, end - begin - 1));
    if (std::find(notes.begin(), notes.end(), text) == notes.end()) notes.push_back(std::move(text));
  }
  return notes;
}

std::string timeless(std::string document) {
  static constexpr std::string_view name = "timestamp>";
  for (std::size_t begin = document.find(name); begin != std::string::npos; begin = document.find(name, begin)) {
    begin += name.size();
    const std::size_t end = document.find('<', begin);
    if (end == std::string::npos) break;
    document.erase(begin, end - begin);
    begin = document.find(name, begin);  // the closing one
    if (begin == std::string::npos) break;
    begin += name.size();
  }
  return document;
}

// ---- watching others

void Phone::watch(base::UserId target, std::string_view address) {
  wanted_[target] = address;
  if (connect() && !watch_of(target)) subscribe(target, std::string(address));
}

std::optional<std::size_t> Phone::watch_of(base::UserId target) const {
  for (const auto& [watch, subscription] : subscriptions_)
    if (world_.journal.watches[watch].target == target) return watch;
  return std::nullopt;
}

void Phone::watch_again() {
  if (!connected() || asleep_) return;
  for (const auto& [target, address] : wanted_) {
    const auto watch = watch_of(target);
    if (watch && !world_.journal.watches[*watch].forsaken) continue;
    if (watch) {
      world_.journal.watches[*watch].lives = false;
      subscriptions_.erase(*watch);
    }
    subscribe(target, address);
  }
}

void Phone::subscribe(base::UserId target, const std::string& address) {
  Outgoing request = outside("SUBSCRIBE", address);
  request.extra = {{"Event", "presence"}, {"Accept", "application/pidf+xml"}, {"Expires", std::to_string(watch_lease)}};
  request.question = ask(Kind::subscribe, target, request, {});
  const std::size_t watch = world_.journal.watches.size();
  world_.journal.watches.push_back({device_, link_->serial(), traits_.user, target, request.call_id});
  subscriptions_[watch] = {request.call_id, request.from, {}, {}, request.cseq};
  request.watch = watch;
  send(std::move(request));
}

void Phone::resubscribe(std::size_t watch, std::uint32_t seconds) {
  const auto found = subscriptions_.find(watch);
  if (found == subscriptions_.end() || found->second.remote.empty() || !connected()) return;
  Subscription& subscription = found->second;
  Outgoing request;
  request.method = "SUBSCRIBE";
  request.uri = subscription.remote_target;
  request.from = subscription.local;
  request.to = subscription.remote;
  request.call_id = subscription.call_id;
  request.cseq = ++subscription.cseq;
  request.extra = {{"Event", "presence"}, {"Accept", "application/pidf+xml"}, {"Expires", std::to_string(seconds)}};
  request.question =
      ask(seconds == 0 ? Kind::unsubscribe : Kind::subscribe, world_.journal.watches[watch].target, request, {});
  request.watch = watch;
  send(std::move(request));
}

void Phone::unwatch(base::UserId target) {
  wanted_.erase(target);
  const auto watch = watch_of(target);
  if (!watch) return;
  resubscribe(*watch, 0);
  world_.journal.watches[*watch].lives = false;
}

void Phone::on_subscribed(const Outgoing& request, const Message& message) {
  const std::size_t watch = *request.watch;
  const auto found = subscriptions_.find(watch);
  if (found == subscriptions_.end() || question_at(request.question).kind == Kind::unsubscribe) return;
  if (message.status() >= 300) {
    world_.journal.watches[watch].lives = false;
    subscriptions_.erase(found);
    return;
  }
  Subscription& subscription = found->second;
  subscription.remote = message.header(HeaderName::to).value_or("");
  const auto contacts = wire::sip::all_addresses(message, HeaderName::contact);
  if (contacts && !contacts->empty()) subscription.remote_target = contacts->front().uri_text;
  if (wanted_.contains(world_.journal.watches[watch].target)) world_.journal.watches[watch].lives = true;
  const auto lease = base::to_number(message.header(HeaderName::expires).value_or("")).value_or(watch_lease);
  later(std::chrono::seconds{lease * 2 / 3}, [this, watch] {
    if (!asleep_ && world_.journal.watches[watch].lives) resubscribe(watch, watch_lease);
  });
}

void Phone::on_notify(Message message) {
  const std::string_view call_id = message.header(HeaderName::call_id).value_or("");
  const auto found = std::find_if(subscriptions_.begin(), subscriptions_.end(),
                                  [&](const auto& one) { return one.second.call_id == call_id; });
  if (found == subscriptions_.end()) return answer(message, 481, world_.random.token(8));
  const std::size_t index = found->first;
  Watch& watch = world_.journal.watches[index];
  if (!message.body().empty()) {
    watch.document = message.body();
    watch.sights.push_back({world_.scheduler.mono(), notes_in(message.body())});
  }
  const std::string_view state = message.header(HeaderName::subscription_state).value_or("");
  if (state.starts_with("terminated")) {
    watch.lives = false;
    subscriptions_.erase(found);
    answer(message, 200, {});
    const bool again =
        state.find("noresource") == std::string_view::npos && state.find("rejected") == std::string_view::npos;
    if (again) later(watch_pause, [this] { watch_again(); });
    return;
  }
  if (news.what != Manner::What::take || news.delay > slow_news) watch.forsaken = true;
  if (news.what == Manner::What::never) return;
  if (news.what == Manner::What::drop) return reset();
  const int status = news.what == Manner::What::take ? 200 : news.status;
  if (news.delay == base::Duration{}) return answer(message, status, {});
  later(news.delay, [this, status, message = std::move(message)] { answer(message, status, {}); });
}

void Phone::forget_watches() {
  for (const auto& [watch, subscription] : subscriptions_) world_.journal.watches[watch].lives = false;
  subscriptions_.clear();
  publication_ = {};
}

// ---- the own publication

std::string Phone::next_note() {
  if (publication_.piece == 0) publication_.piece = ++pieces_;
  return fmt::format("d{}x{}-{}", device_, publication_.piece, ++publication_.number);
}

void Phone::publish(std::string_view activity, std::string_view note, std::uint32_t seconds) {
  send_publication(document(traits_.address, activity, note), seconds);
}

void Phone::refresh_publication(std::uint32_t seconds) {
  if (!publication_.tag.empty()) send_publication({}, seconds);
}

void Phone::remove_publication() {
  if (!publication_.tag.empty()) send_publication({}, 0);
}

void Phone::send_publication(std::string body, std::uint32_t seconds) {
  if (publication_.busy || !connect()) return;
  Outgoing request = outside("PUBLISH", traits_.address);
  request.extra = {{"Event", "presence"}, {"Expires", std::to_string(seconds)}};
  if (!publication_.tag.empty()) request.extra.emplace_back("SIP-If-Match", publication_.tag);
  if (!body.empty()) request.content_type = "application/pidf+xml";
  request.body = std::move(body);
  request.question = ask(Kind::publish, traits_.user, request, {});
  publication_.busy = true;
  publication_.lease = seconds;
  send(std::move(request));
}

void Phone::on_published(const Message& message) {
  publication_.busy = false;
  if (message.status() >= 300) {
    if (message.status() == 412) publication_ = {};  // the server has forgotten it: what comes next is a new one
    return;
  }
  if (publication_.lease == 0) {
    publication_ = {};
    return;
  }
  publication_.tag = message.header(HeaderName::sip_etag).value_or("");
  later(std::chrono::seconds{publication_.lease * 2 / 3}, [this, tag = publication_.tag, lease = publication_.lease] {
    if (!asleep_ && keep_published && publication_.tag == tag) refresh_publication(lease);
  });
}

}  // namespace tertulia::sim
