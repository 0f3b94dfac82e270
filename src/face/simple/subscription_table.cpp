// SPDX-License-Identifier: Apache-2.0
#include "face/simple/subscription_table.h"

#include "base/check.h"

namespace tertulia::face::simple {

Subscription& SubscriptionTable::add(Subscription subscription) {
  auto owned = std::make_unique<Subscription>(std::move(subscription));
  Subscription& one = *owned;
  const bool tag_new = by_tag_.emplace(one.dialog.id().local_tag, &one).second;
  const bool id_new = subscriptions_.emplace(one.id, std::move(owned)).second;
  TERTULIA_CHECK(tag_new && id_new);
  by_connection_[one.connection].insert(one.id);
  ++by_user_[one.user];
  return one;
}

Subscription* SubscriptionTable::find(SubscriptionId id) {
  const auto found = subscriptions_.find(id);
  return found == subscriptions_.end() ? nullptr : found->second.get();
}

Subscription* SubscriptionTable::find(std::string_view call_id, std::string_view local_tag,
                                      std::string_view remote_tag) {
  const auto found = by_tag_.find(local_tag);
  if (found == by_tag_.end()) return nullptr;
  const protocol::dialog::DialogId& id = found->second->dialog.id();
  return id.call_id == call_id && id.remote_tag == remote_tag ? found->second : nullptr;
}

void SubscriptionTable::erase(SubscriptionId id) {
  const auto found = subscriptions_.find(id);
  if (found == subscriptions_.end()) return;
  Subscription& one = *found->second;
  arm(one, std::nullopt);
  by_tag_.erase(one.dialog.id().local_tag);
  move(one, base::ConnectionId{});
  if (const auto user = by_user_.find(one.user); --user->second == 0) by_user_.erase(user);
  subscriptions_.erase(found);
}

void SubscriptionTable::move(Subscription& subscription, base::ConnectionId connection) {
  if (subscription.connection == connection) return;
  const auto old = by_connection_.find(subscription.connection);
  TERTULIA_CHECK(old != by_connection_.end());
  old->second.erase(subscription.id);
  if (old->second.empty()) by_connection_.erase(old);
  subscription.connection = connection;
  if (connection) by_connection_[connection].insert(subscription.id);
}

std::vector<SubscriptionId> SubscriptionTable::of(base::ConnectionId connection) const {
  const auto found = by_connection_.find(connection);
  if (found == by_connection_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

std::vector<SubscriptionId> SubscriptionTable::all() const {
  std::vector<SubscriptionId> ids;
  ids.reserve(subscriptions_.size());
  for (const auto& [id, one] : subscriptions_) ids.push_back(id);
  return ids;
}

std::size_t SubscriptionTable::count(base::ConnectionId connection) const {
  const auto found = by_connection_.find(connection);
  return found == by_connection_.end() ? 0 : found->second.size();
}

std::size_t SubscriptionTable::count(base::UserId user) const {
  const auto found = by_user_.find(user);
  return found == by_user_.end() ? 0 : found->second;
}

void SubscriptionTable::arm(Subscription& subscription, std::optional<base::TimePoint> when) {
  if (subscription.armed == when) return;
  if (subscription.armed) deadlines_.erase({*subscription.armed, subscription.id});
  if (when) deadlines_.emplace(*when, subscription.id);
  subscription.armed = when;
}

std::optional<base::TimePoint> SubscriptionTable::deadline() const {
  if (deadlines_.empty()) return std::nullopt;
  return deadlines_.begin()->first;
}

std::vector<SubscriptionId> SubscriptionTable::due(base::TimePoint now, std::size_t most) {
  std::vector<SubscriptionId> ids;
  while (!deadlines_.empty() && deadlines_.begin()->first <= now && ids.size() < most) {
    const SubscriptionId id = deadlines_.begin()->second;
    deadlines_.erase(deadlines_.begin());
    if (Subscription* one = find(id)) one->armed.reset();
    ids.push_back(id);
  }
  return ids;
}

}  // namespace tertulia::face::simple
