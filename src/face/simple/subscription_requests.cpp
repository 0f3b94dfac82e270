// SPDX-License-Identifier: Apache-2.0
#include "face/simple/subscription_requests.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "face/simple/destination.h"
#include "face/simple/offered.h"
#include "face/simple/subscription_limits.h"

namespace tertulia::face::simple {

using base::Duration;
using base::Reason;
using protocol::subscription::Actions;
using protocol::subscription::EventHeader;
using wire::sip::HeaderName;
using wire::sip::Method;
using wire::sip::Writer;

namespace {

constexpr std::string_view list_extension = "eventlist";

bool has_tag(const wire::sip::Message& message, HeaderName name, std::string_view tag) {
  const std::vector<std::string> tags = wire::sip::all_tokens(message, name);
  return std::any_of(tags.begin(), tags.end(),
                     [&](const std::string& own) { return base::equal_ignoring_case(own, tag); });
}

std::string joined(std::span<const std::string_view> types) {
  std::string text;
  for (const std::string_view type : types) text.append(text.empty() ? "" : ", ").append(type);
  return text;
}

/// RFC 3261 20.1; without Accept the package's default type is meant (RFC 6665 4.2.1.3).
bool accepts_any(const wire::sip::Message& message, std::span<const std::string_view> types) {
  if (message.count(HeaderName::accept) == 0) return true;
  for (const std::string& entry : wire::sip::all_tokens(message, HeaderName::accept)) {
    const std::string range = base::to_lower(base::trimmed(std::string_view(entry).substr(0, entry.find(';'))));
    if (range == "*/*") return true;
    for (const std::string_view type : types)
      if (range == type ||
          (range.ends_with("/*") && type.starts_with(std::string_view(range).substr(0, range.size() - 1))))
        return true;
  }
  return false;
}

/// RFC 3261 20.11: a body that may be left unread.
bool is_optional(const wire::sip::Message& message) {
  const std::string text = base::to_lower(message.header(HeaderName::content_disposition).value_or(""));
  return text.find("handling=optional") != std::string::npos;
}

std::string body_type(const wire::sip::Message& message) {
  if (message.body().empty()) return {};
  const auto type = wire::sip::MediaType::parse(
      wire::sip::unfolded(message.header(HeaderName::content_type).value_or(std::string_view())));
  return type ? type->type : "unreadable";
}

}  // namespace

/// The headers of a SUBSCRIBE that every package needs.
struct SubscriptionRequests::Judged {
  EventHeader event;
  Duration lease;
};

void SubscriptionRequests::add(std::unique_ptr<EventPackage> package) {
  std::string& names = context_.allow_events;
  const std::string_view name = package->name();
  const std::vector<std::string_view> known = base::split(names, ',');
  if (std::find(known.begin(), known.end(), name) == known.end()) names.append(names.empty() ? "" : ", ").append(name);
  packages_.push_back(std::move(package));
}

/// RFC 6665 4.2.1.1: what is asked for, or the default; zero ends or fetches.  Nothing: the request was refused.
std::optional<Duration> SubscriptionRequests::lease_of(const Request& request) {
  const auto asked = wire::sip::number_header(request.message, HeaderName::expires);
  if (!asked) {
    context_.refuse(request, asked.error().reason, 0, asked.error().detail);
    return std::nullopt;
  }
  if (!*asked) return context_.settings.subscriptions.standard;
  const Duration lease = std::min<Duration>(std::chrono::seconds{**asked}, context_.settings.subscriptions.longest);
  if (lease == Duration{} || lease >= context_.settings.subscriptions.least) return lease;
  context_.refuse(request, Reason::interval_too_brief, 0, {}, [&](Writer& writer) {
    writer.header(HeaderName::min_expires, base::whole_seconds(context_.settings.subscriptions.least));
  });
  return std::nullopt;
}

std::optional<SubscriptionRequests::Judged> SubscriptionRequests::judge(const Request& request) {
  const auto value = request.message.header(HeaderName::event);
  const auto unsupported = [&] {
    context_.refuse(request, Reason::event_unsupported, 0, {},
                    [&](Writer& writer) { writer.header(HeaderName::allow_events, context_.allow_events); });
    return std::nullopt;
  };
  if (!value) return unsupported();
  base::Result<EventHeader> event = EventHeader::parse(wire::sip::unfolded(*value));
  if (!event) {
    context_.refuse(request, event.error().reason, 0, event.error().detail);
    return std::nullopt;
  }
  const bool known = std::any_of(packages_.begin(), packages_.end(),
                                 [&](const auto& package) { return package->name() == event->package; });
  if (!known) return unsupported();
  const std::optional<Duration> lease = lease_of(request);
  if (!lease) return std::nullopt;
  return Judged{*std::move(event), *lease};
}

/// A temporary GRUU hides whose it is (RFC 5627 3.1.2), and a notification would tell: it names nobody here.
const domain::User* SubscriptionRequests::target_of(const Request& request) const {
  const wire::sip::Parameter* gruu = request.target.parameters.find("gr");
  if (gruu != nullptr && gruu->value.empty()) return nullptr;
  const base::Result<Destination> found = destination_of(context_, request.target);
  return found ? found->user : nullptr;
}

EventPackage* SubscriptionRequests::package_of(const SubscribeView& subscribe, std::string_view name) const {
  for (const auto& package : packages_)
    if (package->name() == name && package->claims(subscribe)) return package.get();
  return nullptr;
}

void SubscriptionRequests::refuse(const Request& request, const base::Error& error, const EventPackage& package) {
  context_.refuse(request, error.reason, 0, error.detail, [&](Writer& writer) {
    if (error.reason == Reason::media_type_unsupported) writer.header(HeaderName::accept, joined(package.body_types()));
    if (error.reason == Reason::extension_required) writer.header(HeaderName::require, list_extension);
  });
}

bool SubscriptionRequests::body_fits(const SubscribeView& subscribe, const EventPackage& package) {
  const auto types = package.body_types();
  if (subscribe.content_type.empty() || is_optional(subscribe.request.message)) return true;
  if (std::find(types.begin(), types.end(), subscribe.content_type) != types.end()) return true;
  refuse(subscribe.request, {Reason::media_type_unsupported, {}}, package);
  return false;
}

bool SubscriptionRequests::fits(const SubscribeView& subscribe, const EventPackage& package) {
  const Request& request = subscribe.request;
  if (!accepts_any(request.message, package.types())) {
    context_.refuse(request, Reason::answer_not_acceptable, 0, {},
                    [&](Writer& writer) { writer.header(HeaderName::accept, joined(package.types())); });
    return false;
  }
  return body_fits(subscribe, package);
}

/// A fetch counts too: it holds a dialog until its notification is out.
bool SubscriptionRequests::room_for(const Request& request) {
  const std::uint32_t most = request.user->policy ? request.user->policy->subscriptions_max : 0;
  if (core_.table.count(request.connection.id) < subscriptions_per_connection_max &&
      core_.table.count(request.user->id) < most)
    return true;
  context_.refuse(request, Reason::too_many_subscriptions);
  return false;
}

void SubscriptionRequests::on_subscribe(const Request& request) {
  const std::optional<Judged> judged = judge(request);
  if (!judged) return;
  const std::string content_type = body_type(request.message);
  const bool takes_lists =
      supports(request.message, list_extension) || has_tag(request.message, HeaderName::require, list_extension);
  const SubscribeView subscribe{request,     context_.ids.next<SubscriptionId>(), target_of(request), content_type,
                                takes_lists, judged->lease == Duration{}};
  EventPackage* package = package_of(subscribe, judged->event.package);
  if (package == nullptr)
    return context_.refuse(request, Reason::event_unsupported, 0, {},
                           [&](Writer& writer) { writer.header(HeaderName::allow_events, context_.allow_events); });
  if (fits(subscribe, *package) && room_for(request)) begin(subscribe, *package, *judged);
}

void SubscriptionRequests::begin(const SubscribeView& subscribe, EventPackage& package, const Judged& judged) {
  const Request& request = subscribe.request;
  auto dialog =
      protocol::dialog::Dialog::from_incoming(request.message, request.basics, context_.random.token(tag_length));
  if (!dialog) return context_.refuse(request, dialog.error().reason, 0, dialog.error().detail);
  auto feed = package.begin(subscribe);
  if (!feed) return refuse(request, feed.error(), package);
  Subscription& subscription =
      core_.table.add({subscribe.subscription, request.connection.id, request.user->id, &package, *std::move(feed),
                       *std::move(dialog), judged.event.to_string(), judged.event.id,
                       protocol::subscription::Notifier(judged.lease, judged.event.rates, request.now.mono)});
  context_.metrics.subscriptions.set(static_cast<std::int64_t>(core_.table.size()));
  accept(request, subscription, judged.lease);
  core_.carry_out(subscription, {}, request.now);
}

void SubscriptionRequests::accept(const Request& request, const Subscription& subscription, Duration lease) {
  Pending pending = context_.pend(request);
  pending.to_tag = subscription.dialog.id().local_tag;
  Writer writer = context_.begin(pending, 200);
  writer.copy(request.message, HeaderName::record_route)
      .header(HeaderName::contact, context_.own_contact(request.connection))
      .header(HeaderName::expires, base::whole_seconds(lease));
  if (subscription.feed->is_list()) writer.header(HeaderName::require, list_extension);
  context_.reply(pending.transaction, 200, std::move(writer), request.now);
}

bool SubscriptionRequests::in_dialog(const Request& request) {
  Subscription* subscription =
      core_.table.find(request.basics.call_id, request.basics.to.tag(), request.basics.from.tag());
  if (subscription == nullptr || subscription->user != request.user->id) return false;
  if (request.message.method() == Method::notify) return false;  // RFC 6665 4.1.3: we subscribe to nothing
  if (const auto in_order = subscription->dialog.on_request(request.message, request.basics); !in_order) {
    context_.refuse(request, in_order.error().reason, 0, in_order.error().detail);
    return true;
  }
  if (request.message.method() != Method::subscribe) {
    context_.refuse(request, Reason::method_not_allowed, 0, {},
                    [](Writer& writer) { writer.header(HeaderName::allow, "SUBSCRIBE"); });
    return true;
  }
  const std::optional<Judged> judged = judge(request);
  if (!judged) return true;
  // RFC 6665 4.5.1: one dialog is one subscription.
  if (judged->event.package != subscription->package->name() || judged->event.id != subscription->event_id)
    return false;
  const std::string content_type = body_type(request.message);
  const bool takes_lists =
      supports(request.message, list_extension) || has_tag(request.message, HeaderName::require, list_extension);
  const SubscribeView subscribe{request,      subscription->id, target_of(request),
                                content_type, takes_lists,      judged->lease == Duration{}};
  refresh(*subscription, subscribe, *judged);
  return true;
}

void SubscriptionRequests::refresh(Subscription& subscription, const SubscribeView& subscribe, const Judged& judged) {
  const Request& request = subscribe.request;
  if (judged.lease > Duration{}) {
    if (!body_fits(subscribe, *subscription.package)) return;
    if (const auto taken = subscription.feed->on_refresh(subscribe); !taken)
      return refuse(request, taken.error(), *subscription.package);
  }
  core_.table.move(subscription, request.connection.id);
  accept(request, subscription, judged.lease);
  Actions actions;
  subscription.notifier.on_subscribe(judged.lease, judged.event.rates, request.now.mono, actions);
  core_.carry_out(subscription, std::move(actions), request.now);
}

}  // namespace tertulia::face::simple
