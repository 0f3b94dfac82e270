// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace tertulia::face::simple {

/// Requests of one kind (sign-ins, page messages) that wait for the domain's answer, per shard.  Beyond: server_busy.
inline constexpr std::size_t waiting_answers_max = 65'536;
/// Users who may sign in over one connection; usually one.  Beyond: too_many_endpoints.
inline constexpr std::size_t users_per_connection_max = 16;
/// Defective messages in a row that a connection may send; with the last one it is closed.
inline constexpr std::uint16_t defects_in_a_row_max = 64;
/// User name of a sign-in, in octets; a longer one names nobody.
inline constexpr std::size_t sign_in_name_octets_max = 255;
/// What a record keeps of a client's own description (User-Agent, device), in octets; the rest is cut off.
inline constexpr std::size_t client_text_octets_max = 255;
/// Subject of a message, in octets; a longer one is left out.
inline constexpr std::size_t subject_octets_max = 1024;
/// What one message may hold when we look into it: contents, and containers (multiparts, message/cpim) in each other.
inline constexpr std::size_t contents_max = 64;
inline constexpr std::size_t container_depth_max = 8;
/// Peers behind one address (an office behind a translator) share its lock-out; so it permits more wrong tries.
inline constexpr std::uint32_t tries_per_address_factor = 4;
/// What a client is told to wait after a 503 (RFC 3261 20.33).
inline constexpr base::Duration retry_after = std::chrono::seconds{5};
/// A message that reaches an endpoint later than this after it was sent carries its Date.
inline constexpr base::Duration undated_delay_max = std::chrono::seconds{5};

static_assert(defects_in_a_row_max > 1);

}  // namespace tertulia::face::simple
