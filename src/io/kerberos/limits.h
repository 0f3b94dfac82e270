// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace tertulia::io {

/// Longest token of a client; the tickets of Active Directory with many groups have up to 48,000 octets.  Beyond:
/// header_malformed.
inline constexpr std::size_t kerberos_token_octets_max = 48 * 1024;
/// Keys in a keytab; beyond: keytab_unusable.
inline constexpr std::size_t keytab_keys_max = 1024;
/// Realms in which our service has keys, tried one after the other; beyond: keytab_unusable.
inline constexpr std::size_t kerberos_principals_max = 8;
/// Octets of what the library says of an error.
inline constexpr std::size_t kerberos_detail_octets_max = 300;

}  // namespace tertulia::io
