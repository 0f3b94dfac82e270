// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace tertulia::wire::im {

inline constexpr std::size_t text_bytes_max = 1024;  ///< text of one element of a typing document

}  // namespace tertulia::wire::im
