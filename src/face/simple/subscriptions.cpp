// SPDX-License-Identifier: Apache-2.0
#include "face/simple/subscriptions.h"

#include <utility>

#include "face/simple/subscription_limits.h"
#include "face/simple/subscription_requests.h"

namespace tertulia::face::simple {

using protocol::subscription::Actions;

struct Subscriptions::State {
  explicit State(Context& context) : core(context), requests(core) {}

  /// The subscription of the watch, its feed asked; news of a watch that has ended are nothing.
  template <typename Ask>
  void tell(base::WatchId watch, base::Now now, Ask&& ask) {
    Subscription* subscription = core.table.find(core.watches.owner(watch));
    if (subscription != nullptr) core.take_news(*subscription, ask(*subscription->feed), now);
  }

  SubscriptionCore core;
  SubscriptionRequests requests;
};

Subscriptions::Subscriptions(Context& context) : state_(std::make_unique<State>(context)) {}
Subscriptions::~Subscriptions() = default;

WatchTable& Subscriptions::watches() { return state_->core.watches; }
void Subscriptions::add(std::unique_ptr<EventPackage> package) { state_->requests.add(std::move(package)); }

void Subscriptions::on_subscribe(const Request& request) { state_->requests.on_subscribe(request); }
bool Subscriptions::in_dialog(const Request& request) { return state_->requests.in_dialog(request); }

bool Subscriptions::waits_for(protocol::transaction::ClientId id) const { return state_->core.waits_for(id); }

bool Subscriptions::on_response(protocol::transaction::ClientId id, const wire::sip::Message& message, base::Now now) {
  return state_->core.on_response(id, message, now);
}
bool Subscriptions::on_ended(const protocol::transaction::Ended& ended, base::Now now) {
  return state_->core.on_ended(ended, now);
}

void Subscriptions::on(const domain::PresenceNews& news, base::Now now) {
  for (const domain::PresenceNews::Item& item : news.items)
    state_->tell(item.watch, now, [&](EventFeed& feed) { return feed.on_presence(item, now); });
}
void Subscriptions::on(const domain::WatcherNews& news, base::Now now) {
  state_->tell(news.watch, now, [&](EventFeed& feed) { return feed.on_watchers(news, now); });
}
void Subscriptions::on(const domain::ContactsNews& news, base::Now now) {
  state_->tell(news.watch, now, [&](EventFeed& feed) { return feed.on_contacts(news, now); });
}
void Subscriptions::on(const domain::BindingsNews& news, base::Now now) {
  state_->tell(news.watch, now, [&](EventFeed& feed) { return feed.on_bindings(news, now); });
}
void Subscriptions::on(const domain::CallsNews& news, base::Now now) {
  state_->tell(news.watch, now, [&](EventFeed& feed) { return feed.on_calls(news, now); });
}

void Subscriptions::on(const domain::RosterNews& news, base::Now now) {
  state_->tell(news.watch, now, [&](EventFeed& feed) { return feed.on_roster(news, now); });
}

void Subscriptions::on_connection_closed(base::ConnectionId id) {
  SubscriptionCore& core = state_->core;
  for (const SubscriptionId one : core.table.of(id))
    if (Subscription* subscription = core.table.find(one)) core.forget(*subscription);
}

void Subscriptions::on_deadline(base::Now now) {
  SubscriptionCore& core = state_->core;
  for (const SubscriptionId id : core.table.due(now.mono, subscription_deadlines_per_turn_max)) {
    Subscription* subscription = core.table.find(id);
    if (subscription == nullptr) continue;
    Actions actions;
    subscription->notifier.on_deadline(now.mono, actions);
    core.carry_out(*subscription, std::move(actions), now);
  }
}

std::optional<base::TimePoint> Subscriptions::deadline() const { return state_->core.table.deadline(); }

void Subscriptions::stop(base::Now now) {
  SubscriptionCore& core = state_->core;
  for (const SubscriptionId id : core.table.all()) {
    Subscription* subscription = core.table.find(id);
    if (subscription == nullptr) continue;
    Actions actions;
    subscription->notifier.end(protocol::subscription::End::deactivated, {}, now.mono, actions);
    core.carry_out(*subscription, std::move(actions), now);
  }
}

std::size_t Subscriptions::count() const { return state_->core.table.size(); }
std::size_t Subscriptions::watch_count() const { return state_->core.watches.size(); }

}  // namespace tertulia::face::simple
