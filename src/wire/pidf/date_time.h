// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"

namespace tertulia::wire::pidf {

/// Date and time of RFC 3339 5.6, years 0001 to 9999; finer than milliseconds is cut off, a missing offset counts as
/// UTC (XML Schema permits that).  base::to_iso8601() writes what this reads.
std::optional<base::WallTime> read_date_time(std::string_view text);

}  // namespace tertulia::wire::pidf
