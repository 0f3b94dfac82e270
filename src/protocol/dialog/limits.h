// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace tertulia::protocol::dialog {

/// Entries of one route set; a dialog over more proxies is refused.
inline constexpr std::size_t route_set_max = 20;

}  // namespace tertulia::protocol::dialog
