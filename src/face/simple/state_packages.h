// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "face/simple/event_package.h"

namespace tertulia::face::simple {

/// `dialog` (RFC 4235): the calls of the Request-URI's user, for busy lamps.  Whom a call is with is told to the user
/// himself only; others see that there is one, and its state.
class DialogPackage final : public EventPackage {
 public:
  DialogPackage(Context& context, WatchTable& watches) : context_(context), watches_(watches) {}
  std::string_view name() const override { return "dialog"; }
  std::span<const std::string_view> types() const override;
  base::Result<std::unique_ptr<EventFeed>> begin(const SubscribeView& subscribe) override;

 private:
  Context& context_;
  WatchTable& watches_;
};

/// `reg` (RFC 3680): the registrations of the user, for himself only.
class RegistrationPackage final : public EventPackage {
 public:
  RegistrationPackage(Context& context, WatchTable& watches) : context_(context), watches_(watches) {}
  std::string_view name() const override { return "reg"; }
  std::span<const std::string_view> types() const override;
  base::Result<std::unique_ptr<EventFeed>> begin(const SubscribeView& subscribe) override;

 private:
  Context& context_;
  WatchTable& watches_;
};

}  // namespace tertulia::face::simple
