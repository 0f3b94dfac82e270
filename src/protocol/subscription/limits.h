// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "base/time.h"

namespace tertulia::protocol::subscription {

/// Octets of a package name and of the id of an Event header; a longer one is malformed.
inline constexpr std::size_t event_name_octets_max = 64;
inline constexpr std::size_t event_id_octets_max = 128;

/// Two notifications of one subscription are at least this far apart when the client asks for nothing else.  RFC 3856
/// 6.10 recommends 5 s; people who watch a telephone ring do not wait that long, and the first change after a quiet time
/// goes at once anyway.
inline constexpr base::Duration default_pace = std::chrono::milliseconds{500};
/// The slowest pace a client may ask for (RFC 6446 4: max-rate); a slower one becomes this.
inline constexpr base::Duration pace_slowest = std::chrono::hours{1};
/// Notifications without a change (RFC 6446 5, 6: min-rate) come no oftener than this, whatever is asked.
inline constexpr base::Duration repeat_interval_min = std::chrono::seconds{10};
/// Notifications that an adaptive minimum rate looks back on (RFC 6446 6), and how far.
inline constexpr std::size_t adaptive_memory_max = 16;
inline constexpr base::Duration adaptive_period = std::chrono::minutes{5};

/// The first notification waits this long for the state, then it goes without (pending).
inline constexpr base::Duration state_wait = std::chrono::seconds{3};
/// A subscription that has no state after this ends (giveup).
inline constexpr base::Duration pending_max = std::chrono::seconds{30};
/// What a client whose subscription was given up waits before it tries again.
inline constexpr base::Duration retry_after_giveup = std::chrono::seconds{5};

/// A notification that was refused for a while is tried again after this when the client says nothing (Retry-After), and
/// after this at the latest when it does.
inline constexpr base::Duration retry_default = std::chrono::seconds{10};
inline constexpr base::Duration retry_longest = std::chrono::minutes{5};
/// One that could not be sent because too much is under way on the connection.
inline constexpr base::Duration unsent_retry = std::chrono::milliseconds{500};
/// Refused notifications in a row; with the last one the subscription ends.
inline constexpr int failures_in_a_row_max = 4;

static_assert(default_pace < state_wait && state_wait < pending_max);
static_assert(retry_default <= retry_longest);

}  // namespace tertulia::protocol::subscription
