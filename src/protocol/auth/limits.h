// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace tertulia::protocol::auth {

/// Nonces remembered for one connection; an older one is stale.  Requests sent side by side each get a challenge.
inline constexpr std::size_t nonces_max = 16;

/// Characters of a nonce; each has about five bits.
inline constexpr std::size_t nonce_length = 32;

/// How far a request may come behind one with a higher count (bits of the replay window).
inline constexpr std::uint32_t count_window = 64;

/// Longest cnonce taken; it comes back in Authentication-Info.
inline constexpr std::size_t cnonce_bytes_max = 256;

/// Longest user name taken as typed.
inline constexpr std::size_t user_name_bytes_max = 256;

/// Bytes of a lock-out key that count.
inline constexpr std::size_t lockout_key_bytes_max = 256;

}  // namespace tertulia::protocol::auth
