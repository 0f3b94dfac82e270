// SPDX-License-Identifier: Apache-2.0
#include "face/simple/conference_package.h"

#include <array>
#include <utility>

#include "face/simple/conference_address.h"

namespace tertulia::face::simple {
namespace {

using base::Reason;

constexpr std::array<std::string_view, 1> conference_types = {"application/conference-info+xml"};

class ConferenceFeed final : public EventFeed {
 public:
  ConferenceFeed(Context& context, WatchTable& watches, std::shared_ptr<ConferenceView> view, domain::ConferenceKey key,
                 const SubscribeView& subscribe)
      : context_(context),
        watches_(watches),
        watch_(watches.add(subscribe.subscription)),
        view_(std::move(view)),
        key_(std::move(key)),
        user_(subscribe.request.user->id) {
    context_.ports.watch_conference({context_.shard, watch_, key_, user_, true});
  }

  FeedNews on_roster(const domain::RosterNews& news, base::Now) override {
    if (news.over != Reason::none) {
      over_ = true;
      return {FeedNews::What::ended, news.over};
    }
    if (!news.roster) return {};  // of the lobby, which this package does not show
    view_->take(news.roster);
    // Another watcher's news came first, and a SUBSCRIBE has had this version shown already.
    if (std::exchange(begun_, true) && told_ == view_->version()) return {};
    return {FeedNews::What::changed, Reason::none};
  }

  EventDocument render(bool full, base::Now) override {
    if (!begun_ || view_->empty()) return {};
    const std::uint64_t before = std::exchange(told_, view_->version());
    if (!full && before + 1 == view_->version()) {
      if (auto newest = view_->newest()) return *std::move(newest);
    }
    return view_->full();
  }

  void end() override {
    watches_.remove(watch_);
    if (!over_) context_.ports.watch_conference({context_.shard, watch_, key_, user_, false});
  }

 private:
  Context& context_;
  WatchTable& watches_;
  base::WatchId watch_;
  std::shared_ptr<ConferenceView> view_;
  domain::ConferenceKey key_;
  base::UserId user_;
  bool begun_ = false;      ///< his own watch has brought a roster: that he may see it is known
  bool over_ = false;       ///< the conference has ended the watch
  std::uint64_t told_ = 0;  ///< version of the last document
};

}  // namespace

std::span<const std::string_view> ConferencePackage::types() const { return conference_types; }

base::Result<std::unique_ptr<EventFeed>> ConferencePackage::begin(const SubscribeView& subscribe) {
  const auto target = conference_of(context_, subscribe.request.target);
  if (!target) return Reason::conference_unknown;
  if (!*target) return target->error();
  if ((*target)->kind == ConferenceTarget::Kind::factory) return Reason::conference_unknown;
  return std::unique_ptr<EventFeed>(std::make_unique<ConferenceFeed>(
      context_, watches_, rosters_.view_of((*target)->key), (*target)->key, subscribe));
}

}  // namespace tertulia::face::simple
