// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "base/time.h"
#include "domain/directory/user.h"
#include "domain/presence/combine.h"
#include "domain/presence/publication.h"
#include "domain/presence/view.h"

namespace tertulia::domain {

/// Categories of pieces that come in documents (RFC 3903), which have no names of their own.
inline constexpr std::string_view category_state = "state";
inline constexpr std::string_view category_note = "note";
inline constexpr std::string_view category_document = "document";

/// What a view is made of.  Lives inside the handling of one event.
struct ViewSources {
  const User& user;
  const Aggregate& aggregate;
  const std::vector<const Publication*>& publications;
  const std::vector<ReachableBy>& devices;  ///< living ones that take part
  const CalendarState* meeting = nullptr;   ///< holds now
  base::WallTime now;
};

/// What a watcher of this level sees; version 0.  Which field is for whom: presence-model 8.
///
/// A note or piece counts for a level when it was published into its container; an empty one there hides what would be
/// seen otherwise.  Without one: pieces for everyone, and from the colleagues on what devices published for the
/// combination (notes and documents of standard clients, which know no levels).
PresenceView make_view(const ViewSources& sources, Container level);

}  // namespace tertulia::domain
