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

/// How far a signed message may come behind one with a higher number (bits of the replay window).
inline constexpr std::uint32_t signature_window = 256;

/// Bytes of a decoded handshake token; Kerberos tickets that list many groups are the largest ones.
inline constexpr std::size_t gssapi_data_bytes_max = 48 * 1024;

/// Bytes of a signature; those of Kerberos are the longest ones.
inline constexpr std::size_t signature_bytes_max = 128;

/// Digits of crand.
inline constexpr std::size_t crand_digits_max = 8;

/// Characters of realm, targetname and opaque in credentials.
inline constexpr std::size_t gssapi_name_bytes_max = 256;

/// Bytes of an NTLM AUTHENTICATE message, all of its pieces together.
inline constexpr std::size_t ntlm_authenticate_bytes_max = 8 * 1024;

/// Bytes of an NTLM response: the proof, and our target information as the client repeats it.
inline constexpr std::size_t ntlm_response_bytes_max = 4 * 1024;

/// Bytes (UTF-8) of a user, domain or host name in NTLM messages of both directions.
inline constexpr std::size_t ntlm_name_bytes_max = user_name_bytes_max;

// Our four names come back in the response, in UTF-16 at most twice as long, with what stands around them.
static_assert(4 * (2 * ntlm_name_bytes_max + 4) + 128 <= ntlm_response_bytes_max);
static_assert(ntlm_response_bytes_max + 3 * 2 * ntlm_name_bytes_max + 256 <= ntlm_authenticate_bytes_max);

}  // namespace tertulia::protocol::auth
