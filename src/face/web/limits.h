// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace tertulia::face::web {

/// Paths of one router.
inline constexpr std::size_t routes_max = 256;

}  // namespace tertulia::face::web
