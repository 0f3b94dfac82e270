// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace tertulia::io {

/// Shortest password, in characters (code points); longest, in octets: Argon2 and Digest read all of it.
inline constexpr std::size_t password_characters_min = 8;
inline constexpr std::size_t password_octets_max = 1024;

/// Cost of one password check: about 30 ms on one core, and a memory that special hardware finds dear (OWASP's choice).
inline constexpr std::uint64_t argon2_passes = 2;
inline constexpr std::size_t argon2_memory_bytes = 19U * 1024 * 1024;

/// Key that seals digests, in octets.
inline constexpr std::size_t seal_key_octets = 32;
/// A key file is one short line.
inline constexpr std::size_t key_file_octets_max = 256;

/// Names of one server certificate besides the domain and `sip.` of it.
inline constexpr std::size_t certificate_hosts_max = 64;
/// A certificate file that is looked at (some names, some intermediates).
inline constexpr std::size_t certificate_file_octets_max = 256U * 1024;

/// Life of an authority and of a server certificate, in days; the second is the longest that common clients accept.
inline constexpr int authority_days = 3652;
inline constexpr int server_certificate_days = 397;

}  // namespace tertulia::io
