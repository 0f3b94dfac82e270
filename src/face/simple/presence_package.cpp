// SPDX-License-Identifier: Apache-2.0
#include "face/simple/presence_package.h"

#include <algorithm>
#include <array>
#include <utility>

#include "face/simple/presence_document.h"
#include "face/simple/subscription_limits.h"
#include "wire/event/watcher_info.h"

namespace tertulia::face::simple {
namespace {

using base::Reason;

constexpr std::array<std::string_view, 1> presence_types = {presence_type};
constexpr std::array<std::string_view, 1> watcher_types = {"application/watcherinfo+xml"};

class PresenceFeed final : public EventFeed {
 public:
  PresenceFeed(Context& context, WatchTable& watches, PresenceRenderer& renderer, const SubscribeView& subscribe)
      : context_(context),
        watches_(watches),
        renderer_(renderer),
        entry_{watches.add(subscribe.subscription), subscribe.target->id} {
    const domain::User& watcher = *subscribe.request.user;
    context_.ports.watch(
        domain::WatchPresence{context_.shard, watcher.id, watcher.address.text(), {entry_}, subscribe.fetch});
  }

  FeedNews on_presence(const domain::PresenceNews::Item& item, base::Now) override {
    if (item.reason != Reason::none) {
      over_ = true;
      return {FeedNews::What::ended, item.reason};
    }
    if (!item.view || (view_ && item.view->version <= view_->version)) return {};
    view_ = item.view;
    return {FeedNews::What::changed, Reason::none};
  }
  EventDocument render(bool, base::Now) override {
    if (!view_) return {};
    return {std::string(presence_type), renderer_.render(view_)};
  }
  void end() override {
    watches_.remove(entry_.watch);
    if (!over_) context_.ports.unwatch(domain::UnwatchPresence{context_.shard, {entry_}});
  }

 private:
  Context& context_;
  WatchTable& watches_;
  PresenceRenderer& renderer_;
  domain::WatchPresence::Entry entry_;
  domain::PresenceViewPtr view_;
  bool over_ = false;  ///< the agent has ended the watch
};

class WatcherFeed final : public EventFeed {
 public:
  WatcherFeed(Context& context, WatchTable& watches, const SubscribeView& subscribe)
      : context_(context),
        watches_(watches),
        watch_(watches.add(subscribe.subscription)),
        user_(subscribe.target->id),
        resource_("sip:" + subscribe.target->address.text()) {
    context_.ports.watch(domain::WatchWatchers{context_.shard, watch_, user_, true});
  }

  FeedNews on_watchers(const domain::WatcherNews& news, base::Now) override {
    if (news.reason != Reason::none) {
      over_ = true;
      return {FeedNews::What::ended, news.reason};
    }
    if (!news.watchers) return {};
    watchers_ = news.watchers;
    return {FeedNews::What::changed, Reason::none};
  }
  EventDocument render(bool, base::Now now) override;
  void end() override {
    watches_.remove(watch_);
    if (!over_) context_.ports.watch(domain::WatchWatchers{context_.shard, watch_, user_, false});
  }

 private:
  Context& context_;
  WatchTable& watches_;
  base::WatchId watch_;
  base::UserId user_;
  std::string resource_;
  domain::WatcherListPtr watchers_;
  std::uint32_t version_ = 0;
  bool over_ = false;  ///< the agent has ended the watch
};

/// Whom the user has blocked sees him offline and does not know it (RFC 3857 4.7.1 has no word for that): to the user he
/// is a watcher who waits.
EventDocument WatcherFeed::render(bool, base::Now now) {
  if (!watchers_) return {};
  wire::event::WatcherInfo info;
  info.version = version_++;
  wire::event::WatcherList list;
  list.resource = resource_;
  list.package = "presence";
  for (const domain::WatcherInfo& one : *watchers_) {
    if (list.watchers.size() >= watchers_told_max) break;
    wire::event::Watcher watcher;
    watcher.id = "w" + std::to_string(one.watch.value);
    watcher.status = one.blocked ? wire::event::WatcherStatus::waiting : wire::event::WatcherStatus::active;
    watcher.uri = "sip:" + one.address;
    const std::int64_t seconds = std::max<std::int64_t>(0, (now.wall.us - one.since.us) / 1'000'000);
    watcher.duration_seconds = static_cast<std::uint32_t>(std::min<std::int64_t>(seconds, UINT32_MAX));
    list.watchers.push_back(std::move(watcher));
  }
  info.lists.push_back(std::move(list));
  return {std::string(watcher_types.front()), std::make_shared<const std::string>(write_watcher_info(info))};
}

}  // namespace

std::span<const std::string_view> PresencePackage::types() const { return presence_types; }

base::Result<std::unique_ptr<EventFeed>> PresencePackage::begin(const SubscribeView& subscribe) {
  if (subscribe.target == nullptr) return Reason::user_does_not_exist;
  return std::unique_ptr<EventFeed>(std::make_unique<PresenceFeed>(context_, watches_, renderer_, subscribe));
}

std::span<const std::string_view> WatcherPackage::types() const { return watcher_types; }

base::Result<std::unique_ptr<EventFeed>> WatcherPackage::begin(const SubscribeView& subscribe) {
  if (subscribe.target == nullptr) return Reason::user_does_not_exist;
  if (subscribe.target->id != subscribe.request.user->id) return Reason::subscription_not_permitted;
  return std::unique_ptr<EventFeed>(std::make_unique<WatcherFeed>(context_, watches_, subscribe));
}

}  // namespace tertulia::face::simple
