// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace tertulia::wire::sdp {

inline constexpr std::size_t description_bytes_max = 64 * 1024;
inline constexpr std::size_t media_max = 32;        ///< `m=` lines of one description
inline constexpr std::size_t attributes_max = 512;  ///< `a=` lines of one description, over all levels
inline constexpr std::size_t formats_max = 64;      ///< formats of one `m=` line

}  // namespace tertulia::wire::sdp
