// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace tertulia::domain {

/// Groups of one user (product: 64 with the standing ones).
inline constexpr std::size_t contact_groups_max = 64;
/// Groups one contact may stand in.
inline constexpr std::size_t groups_per_contact_max = 64;
inline constexpr std::size_t group_name_octets_max = 256;
inline constexpr std::size_t contact_name_octets_max = 256;
/// Piece of a dialect that the server only keeps with a contact or group.
inline constexpr std::size_t contact_extension_octets_max = 4096;
/// Changes of one user that wait for the store; beyond: server_busy.
inline constexpr std::size_t contact_changes_waiting_max = 256;
/// Watches of one user's list at once, over all his devices; beyond: too_many_watchers.
inline constexpr std::size_t contact_watches_per_user_max = 256;

static_assert(groups_per_contact_max >= contact_groups_max, "a contact may stand in every group");

}  // namespace tertulia::domain
