// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/ids.h"
#include "base/time.h"

namespace tertulia::io {

/// Which records are wanted.  Rows come ordered by id, that is by the time at which they began.
struct RecordFilter {
  std::string user{};                    ///< address (either side); empty: everybody
  std::optional<base::WallTime> from{};  ///< began at or after
  std::optional<base::WallTime> to{};    ///< began before
  std::size_t limit = 100;               ///< at most rows_listed_max
  bool oldest_first = false;
  base::RecordId beyond{};  ///< go on after this row of the same order; 0: from the start
};

}  // namespace tertulia::io
