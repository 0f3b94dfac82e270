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
#include "domain/presence/level.h"
#include "domain/presence/publication.h"
#include "domain/presence/state.h"

namespace tertulia::domain {

/// Everything about a user as his own devices may know it, at one moment: what each of them has published, what the server
/// makes of it, who stands in which privacy level and who watches.  Immutable, shared by the devices.
struct SelfView {
  base::UserId user;
  std::uint64_t version = 0;  ///< grows from one view of a user to the next, over restarts too
  std::string display_name;
  CardPtr card = nullptr;
  std::vector<Publication> publications;  ///< all that live, ordered by key
  State state;                            ///< combined, as the colleagues see it
  State interrupt_state;                  ///< as the workgroup sees it
  base::WallTime since;                   ///< when the combined state began
  std::optional<base::WallTime> idle_since;
  std::vector<Levels::Entry> levels;
  std::uint32_t levels_version = 0;
  /// Somebody who watches the user now, once for each address; at most subscribers_shown_max, the latest ones.
  struct Subscriber {
    std::string address;
    bool acknowledged = false;  ///< the user has taken notice, or has him on his contact list
    friend bool operator==(const Subscriber&, const Subscriber&) = default;
  };
  std::vector<Subscriber> subscribers;  ///< ordered by address; without the user himself
};
using SelfViewPtr = std::shared_ptr<const SelfView>;

}  // namespace tertulia::domain
