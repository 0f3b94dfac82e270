// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "face/simple/conference_rosters.h"
#include "face/simple/event_package.h"

namespace tertulia::face::simple {

/// `conference` (RFC 4575): who is in a conference, for those who are.  The first document tells all, then each tells what
/// has changed; the versions are those of the roster.  A watcher who has missed one, because he was slow to answer, gets
/// all again.  Who is not in the conference is told `terminated;reason=rejected`, and at its end `noresource`.
class ConferencePackage final : public EventPackage {
 public:
  ConferencePackage(Context& context, WatchTable& watches, ConferenceRosters& rosters)
      : context_(context), watches_(watches), rosters_(rosters) {}
  std::string_view name() const override { return "conference"; }
  std::span<const std::string_view> types() const override;
  base::Result<std::unique_ptr<EventFeed>> begin(const SubscribeView& subscribe) override;

 private:
  Context& context_;
  WatchTable& watches_;
  ConferenceRosters& rosters_;
};

}  // namespace tertulia::face::simple
