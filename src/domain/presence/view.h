// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "domain/directory/card.h"
#include "domain/endpoint/events.h"
#include "domain/presence/publication.h"
#include "domain/presence/state.h"

namespace tertulia::domain {

/// How a person can be reached on one device, without saying which device it is.
struct ReachableBy {
  bool text = false, audio = false, video = false;
  std::string device_type;  ///< "computer", "deskphone" ...; empty: not known
  friend bool operator==(const ReachableBy&, const ReachableBy&) = default;
};

/// What watchers of one privacy level see of a user at one moment: immutable, shared by all of them, rendered once per
/// protocol.  A later view of the same user has a higher version, over restarts too.
struct PresenceView {
  base::UserId user;
  std::string address;  ///< user@domain
  std::string display_name;
  CardPtr card = nullptr;  ///< whole: the face shows what the level may read; none when blocked
  std::uint64_t version = 0;
  Container level = Container::everyone;
  State state;                                                 ///< combined
  base::WallTime since;                                        ///< when this state began
  std::optional<base::WallTime> idle_since;                    ///< last use of any device, when idle
  std::vector<NoteValue> notes;                                ///< personal first
  std::vector<base::WallTime> notes_since;                     ///< when each of them was published; same order
  std::vector<ReachableBy> devices;                            ///< living ones; empty when offline or blocked
  std::vector<std::pair<PublicationKey, OpaqueValue>> extras;  ///< pieces of dialects shown to this level
  std::string meeting_subject, meeting_place;                  ///< workgroup only
};
using PresenceViewPtr = std::shared_ptr<const PresenceView>;

/// The two tell a watcher the same (versions may differ).
bool shows_the_same(const PresenceView& a, const PresenceView& b);

}  // namespace tertulia::domain
