// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/random.h"
#include "wire/sip/headers.h"

namespace tertulia::protocol::auth {

/// RFC 7616 name of an algorithm ("MD5", "SHA-256", "SHA-512-256"); empty for those that Digest does not know.
std::string_view digest_name(base::HashAlgorithm algorithm);
/// The algorithm of a name in any case, with or without "-sess"; nothing when unknown.
std::optional<base::HashAlgorithm> digest_algorithm(std::string_view name);
/// The name ends in "-sess" (any case).
bool is_session_algorithm(std::string_view name);

/// Lower-case hexadecimal H(user:realm:password), the HA1 of RFC 7616 3.4.2.
std::string make_ha1(base::HashAlgorithm algorithm, std::string_view user_name, std::string_view realm,
                     std::string_view password);
/// An HA1 that no password has, to check the answer of an unknown user against: same work, same refusal.
std::string decoy_ha1(std::string_view algorithm, base::Random& random);

/// The `response` that belongs to these credentials (RFC 7616 3.4.1, without qop RFC 2069), or the `rspauth` when
/// `method` is empty (RFC 7616 3.5).  `ha1`: lower-case hexadecimal of `algorithm`.
std::string digest_response(const wire::sip::AuthValue& credentials, base::HashAlgorithm algorithm,
                            std::string_view ha1, std::string_view method);

}  // namespace tertulia::protocol::auth
