// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>
#include <unordered_map>

#include "face/simple/subscription_table.h"
#include "face/simple/watch_table.h"

namespace tertulia::face::simple {

/// What the engine's parts share: the subscriptions, the notifications under way, and the ways a subscription ends.
class SubscriptionCore {
 public:
  explicit SubscriptionCore(Context& context_in) : context(context_in), watches(context_in.ids) {}

  Context& context;
  WatchTable watches;
  SubscriptionTable table;

  /// Does what the machine asks for; the subscription may be gone afterwards.
  void carry_out(Subscription& subscription, protocol::subscription::Actions actions, base::Now now);
  /// What the feed has made of news.
  void take_news(Subscription& subscription, const FeedNews& news, base::Now now);
  /// Without a word to the client: the watches end, nothing is left.
  void forget(Subscription& subscription);

  bool waits_for(protocol::transaction::ClientId id) const { return under_way_.contains(id); }
  bool on_response(protocol::transaction::ClientId id, const wire::sip::Message& message, base::Now now);
  bool on_ended(const protocol::transaction::Ended& ended, base::Now now);

 private:
  /// False: it could not be sent now.
  bool send(Subscription& subscription, const protocol::subscription::Notify& notify, bool last, base::Now now);
  Subscription* answered(protocol::transaction::ClientId id);

  std::unordered_map<protocol::transaction::ClientId, SubscriptionId> under_way_;
};

/// What the client is told when a subscription ends for this reason.
protocol::subscription::End end_of(base::Reason reason);

}  // namespace tertulia::face::simple
