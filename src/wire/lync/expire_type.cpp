// SPDX-License-Identifier: Apache-2.0
#include "wire/lync/expire_type.h"

#include <array>

#include "wire/lync/reading.h"

namespace tertulia::wire::lync {

namespace {
constexpr std::array<std::string_view, 4> names{"static", "endpoint", "user", "time"};
}  // namespace

std::string_view name_of(ExpireType type) { return names[static_cast<std::size_t>(type)]; }
std::optional<ExpireType> expire_type_of(std::string_view name) { return enum_of<ExpireType>(name, names); }

}  // namespace tertulia::wire::lync
