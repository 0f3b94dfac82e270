// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "base/time.h"

namespace tertulia::face::simple {

/// Subscriptions over one connection, whoever of its users holds them; one more is refused (too_many_subscriptions).
inline constexpr std::size_t subscriptions_per_connection_max = 1024;
/// Leases of subscriptions unless the settings say otherwise (RFC 6665 4.2.1.1): shorter ones are refused, longer ones shortened, RFC 3856 6.4 names the
/// default.
inline constexpr base::Duration subscription_lease_min = std::chrono::seconds{60};
inline constexpr base::Duration subscription_lease_default = std::chrono::seconds{3600};
inline constexpr base::Duration subscription_lease_max = std::chrono::hours{12};
/// Deadlines of subscriptions served in one turn; the rest has its turn after whatever else waits.
inline constexpr std::size_t subscription_deadlines_per_turn_max = 512;
/// What a client whose subscription we end for a while is told to wait.
inline constexpr base::Duration subscription_retry_after = std::chrono::seconds{5};

/// Rendered presence documents that are kept for further watchers of the same view; the oldest makes room.
inline constexpr std::size_t presence_documents_kept_max = 256;
/// Watchers that one presence.winfo document tells of; further ones are left out.
inline constexpr std::size_t watchers_told_max = 1000;

/// Leases of publications unless the settings say otherwise (RFC 3903 6, step 4); the agent shortens what is too long.
inline constexpr base::Duration publication_lease_min = std::chrono::seconds{60};
inline constexpr base::Duration publication_lease_default = std::chrono::seconds{3600};
inline constexpr base::Duration publication_lease_max = std::chrono::hours{12};
/// Octets of an entity tag that a client sends back; a longer one is none of ours.
inline constexpr std::size_t entity_tag_octets_max = 128;

/// The presence agent hears of one connection's use at most this often.
inline constexpr base::Duration active_report_interval = std::chrono::seconds{30};

static_assert(subscription_lease_min < subscription_lease_default &&
              subscription_lease_default < subscription_lease_max);

}  // namespace tertulia::face::simple
