// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tertulia::wire::lync {

/// How long a publication lives ([MS-PRES]): until deleted, until the endpoint's or the user's last registration ends,
/// or for a time.
enum class ExpireType : std::uint8_t { static_, endpoint, user, time };

/// "static", "endpoint", "user", "time".
std::string_view name_of(ExpireType type);
std::optional<ExpireType> expire_type_of(std::string_view name);

}  // namespace tertulia::wire::lync
