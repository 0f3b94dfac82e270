// SPDX-License-Identifier: Apache-2.0
// Subscriptions of a client (RFC 6665) to presence, lists, watchers, calls and devices.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "phone.h"
#include "phone_parts.h"
#include "wire/rlmi/resource_lists.h"

namespace tertulia::sim {

using wire::sip::HeaderName;
using wire::sip::Message;
using Kind = Question::Kind;
using Headers = std::vector<std::pair<std::string, std::string>>;

namespace {

constexpr std::uint32_t watch_lease = 300;
constexpr base::Duration watch_pause = std::chrono::seconds{5};
/// After this long without an answer the server may have given up the watcher (RFC 3261 timer F).
constexpr base::Duration slow_news = std::chrono::seconds{20};

Headers headers_of(Package package, std::uint32_t seconds) {
  Headers headers{{"Expires", std::to_string(seconds)}};
  const auto add = [&](const char* event, const char* accept) {
    headers.emplace_back("Event", event);
    headers.emplace_back("Accept", accept);
  };
  switch (package) {
    case Package::presence:
      add("presence", "application/pidf+xml");
      break;
    case Package::contacts:
    case Package::list:
      add("presence", "multipart/related, application/rlmi+xml, application/pidf+xml");
      headers.emplace_back("Supported", "eventlist");
      break;
    case Package::winfo:
      add("presence.winfo", "application/watcherinfo+xml");
      break;
    case Package::dialog:
      add("dialog", "application/dialog-info+xml");
      break;
    case Package::reg:
      add("reg", "application/reginfo+xml");
      break;
    case Package::conference:
      add("conference", "application/conference-info+xml");
      break;
    case Package::categories:
    case Package::roaming_contacts:
    case Package::roaming_self:
      break;  // of the Lync dialect: phone_lync.cpp
  }
  return headers;
}

std::string list_of(const std::vector<std::string>& members) {
  std::vector<wire::rlmi::ListEntry> entries;
  for (const std::string& member : members) entries.push_back({"sip:" + member, {}});
  return wire::rlmi::write_resource_lists(entries);
}

}  // namespace

void Phone::watch(base::UserId target, std::string_view address) { follow(Package::presence, target, address); }
void Phone::unwatch(base::UserId target) { unfollow(Package::presence, target); }

void Phone::follow(Package package, base::UserId target, std::string_view address, std::vector<std::string> members) {
  Wish& wish = wanted_[{package, target}];
  const bool known = !wish.address.empty();
  if (!known) wish = {std::string(address), std::move(members)};
  if (traits_.lync && package == Package::presence) return connect() ? subscribe_people() : void();
  if (connect() && !watch_of(target, package)) subscribe(package, target, wish);
}

std::optional<std::size_t> Phone::watch_of(base::UserId target, Package package) const {
  for (const auto& [watch, subscription] : subscriptions_)
    if (const Watch& one = world_.journal.watches[watch]; one.target == target && one.package == package) return watch;
  return std::nullopt;
}

void Phone::watch_again() {
  if (!connected() || asleep_) return;
  if (lync_) open_feeds();
  for (const auto& [what, wish] : wanted_) {
    const auto& [package, target] = what;
    if (lync_ && package == Package::presence) continue;
    const auto watch = watch_of(target, package);
    if (watch && !world_.journal.watches[*watch].forsaken) continue;
    if (watch) {
      world_.journal.watches[*watch].lives = false;
      subscriptions_.erase(*watch);
    }
    subscribe(package, target, wish);
  }
}

void Phone::subscribe(Package package, base::UserId target, const Wish& wish) {
  Outgoing request = outside("SUBSCRIBE", wish.address);
  request.extra = headers_of(package, watch_lease);
  if (package == Package::list) {
    request.extra.emplace_back("Require", "recipient-list-subscribe");
    request.extra.emplace_back("Content-Disposition", "recipient-list");
    request.content_type = "application/resource-lists+xml";
    request.body = list_of(wish.members);
  }
  request.question = ask(Kind::subscribe, target, request, {});
  const std::size_t watch = world_.journal.watches.size();
  world_.journal.watches.push_back({device_, link_->serial(), traits_.user, target, request.call_id});
  world_.journal.watches.back().package = package;
  world_.journal.watches.back().members = wish.members;
  if (package == Package::conference) world_.journal.watches.back().conference = conference_in("sip:" + wish.address);
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
  request.extra = headers_of(world_.journal.watches[watch].package, seconds);
  request.question =
      ask(seconds == 0 ? Kind::unsubscribe : Kind::subscribe, world_.journal.watches[watch].target, request, {});
  request.watch = watch;
  send(std::move(request));
}

void Phone::unfollow(Package package, base::UserId target) {
  wanted_.erase({package, target});
  if (lync_ && package == Package::presence) return unsubscribe_person(target);
  const auto watch = watch_of(target, package);
  if (!watch) return;
  resubscribe(*watch, 0);
  world_.journal.watches[*watch].lives = false;
}

void Phone::on_subscribed(const Outgoing& request, const Message& message) {
  const std::size_t index = *request.watch;
  Watch& watch = world_.journal.watches[index];
  const auto found = subscriptions_.find(index);
  const bool leaving = question_at(request.question).kind == Kind::unsubscribe;
  if (leaving && message.status() < 300) watch.gone = true;
  if (found == subscriptions_.end() || leaving) return;
  const std::pair<Package, base::UserId> what{watch.package, watch.target};
  if (message.status() >= 300) {
    watch.lives = false;
    watch.gone = message.status() == 481 || found->second.remote.empty();
    subscriptions_.erase(found);
    if (watch.package == Package::conference || (message.status() == 403 && watch.package != Package::presence))
      wanted_.erase(what);  // it never will be
    return;
  }
  Subscription& subscription = found->second;
  subscription.remote = message.header(HeaderName::to).value_or("");
  const auto contacts = wire::sip::all_addresses(message, HeaderName::contact);
  if (contacts && !contacts->empty()) subscription.remote_target = contacts->front().uri_text;
  if (wanted_.contains(what)) watch.lives = true;
  const auto lease = base::to_number(message.header(HeaderName::expires).value_or("")).value_or(watch_lease);
  later(std::chrono::seconds{lease * 2 / 3}, [this, index] {
    if (!asleep_ && world_.journal.watches[index].lives) resubscribe(index, watch_lease);
  });
}

void Phone::on_notify(Message message) {
  if (message.header(HeaderName::event).value_or("").starts_with("refer")) return on_refer_news(message);
  const std::string_view call_id = message.header(HeaderName::call_id).value_or("");
  const auto found = std::find_if(subscriptions_.begin(), subscriptions_.end(),
                                  [&](const auto& one) { return one.second.call_id == call_id; });
  if (found == subscriptions_.end()) return answer(message, 481, world_.random.token(8));
  const std::size_t index = found->first;
  Watch& watch = world_.journal.watches[index];
  if (!message.body().empty()) {
    read_news(watch, message.header(HeaderName::content_type).value_or(""), message.body());
    watch.sights.push_back({world_.scheduler.mono(), notes_in(message.body())});
  }
  const std::string_view state = message.header(HeaderName::subscription_state).value_or("");
  if (state.starts_with("terminated")) {
    watch.lives = false;
    watch.gone = true;
    subscriptions_.erase(found);
    answer(message, 200, {});
    if (watch.package == Package::conference) wanted_.erase({watch.package, watch.target});
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
  for (const auto& [watch, subscription] : subscriptions_) {
    world_.journal.watches[watch].lives = false;
    world_.journal.watches[watch].gone = true;
  }
  subscriptions_.clear();
  publication_ = {};
  if (!lync_) return;
  for (const Package package : {Package::categories, Package::roaming_contacts, Package::roaming_self})
    end_feed(package);
  lync_.reset();
}

}  // namespace tertulia::sim
