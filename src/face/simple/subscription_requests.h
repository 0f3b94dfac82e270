// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "face/simple/subscription_core.h"

namespace tertulia::face::simple {

/// SUBSCRIBE as clients send it (RFC 6665 4.2.1): judged, answered, and turned into subscriptions.
class SubscriptionRequests {
 public:
  explicit SubscriptionRequests(SubscriptionCore& core) : core_(core), context_(core.context) {}

  void add(std::unique_ptr<EventPackage> package);
  void on_subscribe(const Request& request);
  bool in_dialog(const Request& request);

 private:
  struct Judged;
  std::optional<Judged> judge(const Request& request);
  std::optional<base::Duration> lease_of(const Request& request);
  EventPackage* package_of(const SubscribeView& subscribe, std::string_view name) const;
  bool fits(const SubscribeView& subscribe, const EventPackage& package);
  bool body_fits(const SubscribeView& subscribe, const EventPackage& package);
  bool room_for(const Request& request);
  void begin(const SubscribeView& subscribe, EventPackage& package, const Judged& judged);
  void refresh(Subscription& subscription, const SubscribeView& subscribe, const Judged& judged);
  void accept(const Request& request, const Subscription& subscription, base::Duration lease);
  void refuse(const Request& request, const base::Error& error, const EventPackage& package);
  const domain::User* target_of(const Request& request) const;

  SubscriptionCore& core_;
  Context& context_;
  std::vector<std::unique_ptr<EventPackage>> packages_;
};

}  // namespace tertulia::face::simple
