// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "base/time.h"

// Bounds of this folder; each has a test at the limit (NothingUnbounded.*).
namespace tertulia::domain {

/// Calls of one shard at once, those whose end is being recorded included; one more is refused with too_many_calls.
inline constexpr std::size_t calls_max = 100'000;
/// Calls that one user may have placed at once, on one shard; one more is refused with too_many_calls.
inline constexpr std::size_t calls_placed_per_user_max = 32;
/// Devices that one call rings; the rest is not asked.
inline constexpr std::size_t call_forks_max = 64;
/// Requests of one call under way between its sides at once; one more is answered too_many_requests.  A BYE always goes
/// through: it ends the others.
inline constexpr std::size_t requests_per_call_max = 64;
/// How long a side may take to answer a BYE before the other one is told 200 (RFC 3261 timer F is 32 seconds).
inline constexpr base::Duration bye_patience = std::chrono::seconds{40};
/// Watchers of one user's calls (busy lamps); one more is refused with too_many_watchers.
inline constexpr std::size_t call_watchers_per_user_max = 1000;
/// Calls of one user that his home shard knows at once; more are not shown.
inline constexpr std::size_t calls_shown_per_user_max = 256;

}  // namespace tertulia::domain
