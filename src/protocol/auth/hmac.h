// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "base/digest.h"

namespace tertulia::protocol::auth {

/// HMAC (RFC 2104) of the pieces one after the other, as raw bytes.
std::string hmac(base::HashAlgorithm algorithm, std::string_view key, std::initializer_list<std::string_view> pieces);

}  // namespace tertulia::protocol::auth
