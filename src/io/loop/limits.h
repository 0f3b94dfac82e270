// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "base/time.h"

namespace tertulia::io {

/// Calls waiting in one loop's `post` queue; further ones are refused.
inline constexpr std::size_t posted_calls_max = 65'536;

/// Ready descriptors, and also posted calls, that are served before the turn ends, so that gathered writes and due
/// timers never wait behind a flood of events.
inline constexpr std::size_t handlers_per_turn_max = 64;

/// Longest single wait for a timer; the loop then looks again, so no deadline is too far away to count.
inline constexpr base::Duration wait_max = base::Duration{3'600'000'000};

/// Signal watchers of the process at once.
inline constexpr std::size_t signal_watchers_max = 8;

static_assert(handlers_per_turn_max < posted_calls_max);

}  // namespace tertulia::io
