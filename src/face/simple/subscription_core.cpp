// SPDX-License-Identifier: Apache-2.0
#include "face/simple/subscription_core.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "face/simple/subscription_limits.h"

namespace tertulia::face::simple {

using protocol::subscription::Actions;
using protocol::subscription::End;
using protocol::subscription::Notify;
using protocol::subscription::Over;
using protocol::transaction::ClientId;
using wire::sip::HeaderName;
using wire::sip::Method;

namespace {

/// `120`, `120 (at lunch)`, `18000;duration=3600` (RFC 3261 20.33).
std::optional<base::Duration> retry_after_of(const wire::sip::Message& message) {
  const auto value = message.header(HeaderName::retry_after);
  if (!value) return std::nullopt;
  const std::size_t end = std::min(value->find_first_not_of("0123456789"), value->size());
  const auto seconds = base::to_number(value->substr(0, end));
  if (!seconds) return std::nullopt;
  return std::chrono::seconds{std::min<std::uint64_t>(*seconds, 1U << 31)};
}

}  // namespace

End end_of(base::Reason reason) {
  switch (reason) {
    case base::Reason::user_does_not_exist:
    case base::Reason::destination_unknown:
    case base::Reason::not_found:
    case base::Reason::conference_unknown:
    case base::Reason::conference_ended:
      return End::noresource;
    case base::Reason::server_stopping:
      return End::deactivated;
    case base::Reason::server_busy:
    case base::Reason::store_unavailable:
    case base::Reason::too_many_watchers:  // there may be room later
      return End::probation;
    case base::Reason::subscription_expired:
      return End::timeout;
    default:
      return End::rejected;
  }
}

void SubscriptionCore::carry_out(Subscription& subscription, Actions actions, base::Now now) {
  for (std::size_t i = 0; i < actions.size(); ++i) {  // what cannot be sent makes further actions
    if (std::holds_alternative<Over>(actions[i])) return forget(subscription);
    const Notify notify = std::get<Notify>(actions[i]);
    const bool last = notify.standing.kind == protocol::subscription::Standing::Kind::terminated;
    if (send(subscription, notify, last, now) || last) continue;
    const Connection* connection = context.find(subscription.connection);
    if (connection == nullptr || connection->closing) {
      subscription.notifier.on_silence(actions);
    } else {
      subscription.notifier.on_unsent(now.mono, actions);
    }
  }
  table.arm(subscription, subscription.notifier.deadline());
}

bool SubscriptionCore::send(Subscription& subscription, const Notify& notify, bool last, base::Now now) {
  const Connection* connection = context.find(subscription.connection);
  if (connection == nullptr || connection->closing) return false;
  EventDocument document;
  if (notify.with_body) document = subscription.feed->render(notify.full, now);
  std::string branch;
  const std::string via = context.own_via(*connection, branch);
  wire::sip::Writer writer = subscription.dialog.next_request(Method::notify, via);
  writer.header(HeaderName::contact, context.own_contact(*connection))
      .header(HeaderName::event, subscription.event)
      .header(HeaderName::subscription_state, protocol::subscription::subscription_state(notify.standing));
  if (subscription.feed->is_list()) writer.header(HeaderName::require, "eventlist");
  const bool has_body = document.body && !document.content_type.empty();
  std::string wire =
      has_body ? std::move(writer).finish(document.content_type, *document.body) : std::move(writer).finish();
  const auto id =
      context.layer.request(subscription.connection, Method::notify, std::move(branch), std::move(wire), now.mono);
  if (!id) return false;
  context.metrics.notifications.add();
  if (last) return true;  // whatever the answer, nothing follows
  subscription.notify = *id;
  under_way_.emplace(*id, subscription.id);
  return true;
}

void SubscriptionCore::take_news(Subscription& subscription, const FeedNews& news, base::Now now) {
  Actions actions;
  switch (news.what) {
    case FeedNews::What::nothing:
      return;
    case FeedNews::What::changed:
      subscription.notifier.on_state(now.mono, actions);
      break;
    case FeedNews::What::ended: {
      const End end = end_of(news.reason);
      const base::Duration wait = end == End::probation ? subscription_retry_after : base::Duration{};
      subscription.notifier.end(end, wait, now.mono, actions);
      break;
    }
  }
  carry_out(subscription, std::move(actions), now);
}

void SubscriptionCore::forget(Subscription& subscription) {
  if (subscription.notify) under_way_.erase(*subscription.notify);
  subscription.feed->end();
  table.erase(subscription.id);
  context.metrics.subscriptions.set(static_cast<std::int64_t>(table.size()));
}

Subscription* SubscriptionCore::answered(ClientId id) {
  const auto found = under_way_.extract(id);
  Subscription* subscription = table.find(found.mapped());
  TERTULIA_CHECK(subscription != nullptr);  // forget() takes its notification away with it
  subscription->notify.reset();
  return subscription;
}

bool SubscriptionCore::on_response(ClientId id, const wire::sip::Message& message, base::Now now) {
  if (!under_way_.contains(id)) return false;
  if (message.status() < 200) return true;
  Subscription& subscription = *answered(id);
  if (message.status() >= 300) context.metrics.notifications_failed.add();
  Actions actions;
  subscription.notifier.on_response(message.status(), retry_after_of(message), now.mono, actions);
  carry_out(subscription, std::move(actions), now);
  return true;
}

bool SubscriptionCore::on_ended(const protocol::transaction::Ended& ended, base::Now now) {
  if (!under_way_.contains(ended.id)) return false;
  Subscription& subscription = *answered(ended.id);
  context.metrics.notifications_failed.add();
  Actions actions;
  subscription.notifier.on_silence(actions);
  carry_out(subscription, std::move(actions), now);
  return true;
}

}  // namespace tertulia::face::simple
