// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "face/simple/event_package.h"
#include "face/simple/presence_renderer.h"

namespace tertulia::face::simple {

/// Behind a user's name it names his contact list: `alice+contacts@example.com`.
inline constexpr std::string_view contact_list_suffix = "+contacts";

/// `presence` of many at once (RFC 4662).  Two kinds of list:
/// - the subscriber's own contact list, under a URI of its own (see contact_list_suffix); it follows each change of it;
/// - a list in the body (RFC 5367), whatever the Request-URI names.
/// A notification tells all (after each SUBSCRIBE, when the list itself changed) or what is new.  Lists inside of lists are
/// refused, duplicates stand once, people who are not ours or not there are told as terminated.
class ListPackage final : public EventPackage {
 public:
  ListPackage(Context& context, WatchTable& watches, PresenceRenderer& renderer)
      : context_(context), watches_(watches), renderer_(renderer) {}
  std::string_view name() const override { return "presence"; }
  std::span<const std::string_view> types() const override;
  std::span<const std::string_view> body_types() const override;
  bool claims(const SubscribeView& subscribe) const override;
  base::Result<std::unique_ptr<EventFeed>> begin(const SubscribeView& subscribe) override;

 private:
  Context& context_;
  WatchTable& watches_;
  PresenceRenderer& renderer_;
};

}  // namespace tertulia::face::simple
