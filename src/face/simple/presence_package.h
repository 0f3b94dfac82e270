// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "face/simple/event_package.h"
#include "face/simple/presence_renderer.h"

namespace tertulia::face::simple {

/// `presence` of one person (RFC 3856): what the subscriber may see of the Request-URI's user, as PIDF.
class PresencePackage final : public EventPackage {
 public:
  PresencePackage(Context& context, WatchTable& watches, PresenceRenderer& renderer)
      : context_(context), watches_(watches), renderer_(renderer) {}
  std::string_view name() const override { return "presence"; }
  std::span<const std::string_view> types() const override;
  base::Result<std::unique_ptr<EventFeed>> begin(const SubscribeView& subscribe) override;

 private:
  Context& context_;
  WatchTable& watches_;
  PresenceRenderer& renderer_;
};

/// `presence.winfo` (RFC 3857): who watches the user; for himself only.
class WatcherPackage final : public EventPackage {
 public:
  WatcherPackage(Context& context, WatchTable& watches) : context_(context), watches_(watches) {}
  std::string_view name() const override { return "presence.winfo"; }
  std::span<const std::string_view> types() const override;
  base::Result<std::unique_ptr<EventFeed>> begin(const SubscribeView& subscribe) override;

 private:
  Context& context_;
  WatchTable& watches_;
};

}  // namespace tertulia::face::simple
