// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "face/simple/event_package.h"
#include "protocol/dialog/dialog.h"
#include "protocol/subscription/notifier.h"

namespace tertulia::face::simple {

/// One subscription of a client: dialog, machine, and what it shows.
struct Subscription {
  SubscriptionId id;
  base::ConnectionId connection;
  base::UserId user;  ///< the subscriber
  EventPackage* package = nullptr;
  std::unique_ptr<EventFeed> feed;
  protocol::dialog::Dialog dialog;
  std::string event;  ///< value of Event in NOTIFY
  std::string event_id;
  protocol::subscription::Notifier notifier;
  std::optional<protocol::transaction::ClientId> notify = {};  ///< the one under way
  std::optional<base::TimePoint> armed = {};
};

/// The subscriptions of one shard, found by id, by our tag of the dialog and by connection; counted by user.
class SubscriptionTable {
 public:
  /// Id and local tag must be new.  The reference is good until the subscription is erased.
  Subscription& add(Subscription subscription);
  Subscription* find(SubscriptionId id);
  /// Call-ID and both tags must agree (RFC 3261 12).
  Subscription* find(std::string_view call_id, std::string_view local_tag, std::string_view remote_tag);
  void erase(SubscriptionId id);
  /// The client goes on over another connection.
  void move(Subscription& subscription, base::ConnectionId connection);

  /// Oldest first.
  std::vector<SubscriptionId> of(base::ConnectionId connection) const;
  std::vector<SubscriptionId> all() const;
  std::size_t count(base::ConnectionId connection) const;
  std::size_t count(base::UserId user) const;
  std::size_t size() const { return subscriptions_.size(); }

  void arm(Subscription& subscription, std::optional<base::TimePoint> when);
  std::optional<base::TimePoint> deadline() const;
  /// Whose deadline has come, `most` at a time; it is taken from them.
  std::vector<SubscriptionId> due(base::TimePoint now, std::size_t most);

 private:
  std::unordered_map<SubscriptionId, std::unique_ptr<Subscription>> subscriptions_;
  std::unordered_map<std::string_view, Subscription*> by_tag_;  // keys live in the dialogs
  std::unordered_map<base::ConnectionId, std::set<SubscriptionId>> by_connection_;
  std::unordered_map<base::UserId, std::size_t> by_user_;
  std::set<std::pair<base::TimePoint, SubscriptionId>> deadlines_;
};

}  // namespace tertulia::face::simple
