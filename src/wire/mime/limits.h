// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace tertulia::wire::mime {

inline constexpr std::size_t parts_max = 32;              ///< of one multipart body; a part's own parts are not opened
inline constexpr std::size_t part_head_bytes_max = 8192;  ///< headers of one part
inline constexpr std::size_t boundary_bytes_max = 70;     ///< RFC 2046 5.1.1

}  // namespace tertulia::wire::mime
