// SPDX-License-Identifier: Apache-2.0
#include "face/lync/self_feed.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "face/lync/mapping.h"
#include "wire/lync/roaming_self.h"

namespace tertulia::face::lync {

namespace {

using domain::Container;
using wire::lync::MemberType;

/// COMPAT(pidgin-sipe 1.25): a level without a container here gets its default members added by the client, so that all
/// levels are always told.
constexpr std::array levels_told = {Container::external, Container::colleagues, Container::workgroup,
                                    Container::friends, Container::blocked};

MemberType member_type(domain::MemberKind kind) {
  switch (kind) {
    case domain::MemberKind::user:
      return MemberType::user;
    case domain::MemberKind::domain:
      return MemberType::domain;
    case domain::MemberKind::same_enterprise:
      return MemberType::same_enterprise;
    case domain::MemberKind::federated:
      return MemberType::federated;
    case domain::MemberKind::public_cloud:
      return MemberType::public_cloud;
    case domain::MemberKind::everyone:
      return MemberType::everyone;
  }
  return MemberType::everyone;
}

class Self final : public SelfFeed {
 public:
  Self(Context& context, Notices& notices, NoticeId id, base::UserId user, const PhotoAddresses& photos)
      : context_(context), notices_(notices), photos_(photos), user_(user), watch_(notices.add_watch(id)) {
    context_.ports.watch(domain::WatchSelf{context_.shard, watch_, user_, true});
  }

  base::Result<void> on_subscribe(const Request& request) override {
    const auto asked = wire::lync::read_roaming_list(request.message.body());
    if (!asked) return asked.error();
    asked_ = *asked;
    return {};
  }
  bool complete() const override { return newest_ != nullptr; }
  void on_self(const domain::SelfNews& news) override {
    ended_ = news.reason;
    if (news.view && (!newest_ || newest_->version < news.view->version)) newest_ = news.view;
  }
  base::Reason ended() const override { return ended_; }

  std::optional<Document> whole(base::Now) override {
    shown_ = newest_;
    return write(category_names(*shown_), true, true);
  }
  std::optional<Document> news(base::Now) override {
    if (!newest_ || !shown_) return std::nullopt;
    return advance({});
  }
  std::optional<Document> after(const domain::SelfViewPtr& view, const std::vector<std::string>& touched) override {
    if (!shown_) return std::nullopt;  // the first document is still to come, and has everything
    if (view && newest_->version < view->version) newest_ = view;
    return advance(touched);
  }
  void end() override {
    notices_.remove_watch(watch_);
    context_.ports.watch(domain::WatchSelf{context_.shard, watch_, user_, false});
  }

 private:
  std::optional<Document> advance(const std::vector<std::string>& touched) {
    const domain::SelfViewPtr before = std::exchange(shown_, newest_);
    const std::vector<std::string> changed = changed_categories(*before, *shown_);
    std::set<std::string> names(changed.begin(), changed.end());
    names.insert(touched.begin(), touched.end());
    const bool levels = before->levels_version != shown_->levels_version;
    const bool subscribers = before->subscribers != shown_->subscribers;
    if (names.empty() && !levels && !subscribers) return std::nullopt;
    return write({names.begin(), names.end()}, levels, subscribers);
  }

  std::optional<Document> write(const std::vector<std::string>& names, bool levels, bool subscribers) const {
    const domain::User* user = context_.directory->find(user_);
    if (user == nullptr) return std::nullopt;
    wire::lync::RoamingSelf data;
    data.uri = "sip:" + std::string(user->address.text());
    if (asked_.categories && !names.empty()) data.categories = own_categories(*shown_, *user, names, photos_);
    if (asked_.containers && levels) data.containers = containers();
    if (asked_.subscribers && subscribers) data.subscribers = subscribers_shown();
    return Document{std::string(wire::lync::roaming_self_type), wire::lync::write_roaming_data(data)};
  }

  std::vector<wire::lync::RoamingContainer> containers() const {
    std::vector<wire::lync::RoamingContainer> all;
    for (const Container level : levels_told) {
      wire::lync::RoamingContainer one;
      one.id = static_cast<std::uint32_t>(level);
      one.version = std::max<std::uint32_t>(shown_->levels_version, 1);
      for (const domain::Levels::Entry& entry : shown_->levels)
        if (entry.level == level) one.members.push_back({member_type(entry.member.kind), entry.member.value});
      all.push_back(std::move(one));
    }
    return all;
  }

  std::vector<wire::lync::RoamingSubscriber> subscribers_shown() const {
    std::vector<wire::lync::RoamingSubscriber> all;
    for (const domain::SelfView::Subscriber& one : shown_->subscribers) {
      const domain::User* user = context_.directory->find(one.address);
      wire::lync::RoamingSubscriber subscriber;
      subscriber.user = one.address;
      subscriber.display_name = user == nullptr ? std::string() : user->display_name;
      subscriber.acknowledged = one.acknowledged;
      subscriber.type = user == nullptr ? "federated" : "sameEnterprise";
      all.push_back(std::move(subscriber));
    }
    return all;
  }

  Context& context_;
  Notices& notices_;
  const PhotoAddresses& photos_;
  base::UserId user_;
  base::WatchId watch_;
  wire::lync::RoamingSelfRequest asked_;
  domain::SelfViewPtr newest_;
  domain::SelfViewPtr shown_;
  base::Reason ended_ = base::Reason::none;
};

}  // namespace

base::Result<std::unique_ptr<Feed>> make_self_feed(Context& context, Notices& notices, const Request& request,
                                                   NoticeId id, const PhotoAddresses& photos) {
  return std::unique_ptr<Feed>(std::make_unique<Self>(context, notices, id, request.user->id, photos));
}

}  // namespace tertulia::face::lync
