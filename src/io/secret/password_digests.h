// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"
#include "domain/directory/ports.h"

namespace tertulia::io {

/// Whether the password may be set.  Errors: password_too_weak (detail: what is wanted).
base::Result<void> check_password(std::string_view password);

/// H(A1) = H(user ":" realm ":" password), raw bytes (RFC 7616 3.4.2).
std::string digest_a1(base::HashAlgorithm algorithm, std::string_view user, std::string_view realm,
                      std::string_view password);
/// MD4 of the password in UTF-16 little endian ([MS-NLMP] 3.3.1, NTOWFv1), 16 raw bytes.  `password`: well-formed
/// UTF-8.
std::string nt_hash(std::string_view password);

/// All values of one password in a fixed order and size, ready to be sealed.  The caller wipes the result.
std::string pack_digests(const domain::Address& address, std::string_view realm, std::string_view password);
/// Reads what pack_digests made; nothing when it is not of that size.
std::optional<domain::SecretDigests> unpack_digests(std::string_view packed);

}  // namespace tertulia::io
