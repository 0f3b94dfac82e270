// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "domain/directory/limits.h"

namespace tertulia::domain {

/// Contacts in one sign-in request; more could never be bound.
inline constexpr std::size_t contacts_per_request_max = policy_endpoints_max;
/// What one binding may keep of a client's own text, in octets: longer is refused as malformed.
inline constexpr std::size_t contact_uri_octets_max = 1024;
inline constexpr std::size_t contact_parameters_octets_max = 1024;
inline constexpr std::size_t contact_instance_octets_max = 256;
inline constexpr std::size_t call_id_octets_max = 256;
/// Length of a temporary GRUU's token: 240 bits, 5 in a character (see temporary_gruu.h).
inline constexpr std::size_t temporary_gruu_octets = 48;
/// Watchers of one user's registrations; one more is refused with too_many_watchers.
inline constexpr std::size_t binding_watchers_per_user_max = 64;

static_assert(contacts_per_request_max >= policy_endpoints_max);

}  // namespace tertulia::domain
