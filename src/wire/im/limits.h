// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace tertulia::wire::im {

inline constexpr std::size_t document_bytes_max = 64 * 1024;  ///< XML inside SIP
inline constexpr int depth_max = 64;                          ///< elements inside each other
inline constexpr int attributes_max = 256;                    ///< of one element
inline constexpr std::size_t text_bytes_max = 1024;           ///< text of one element that we read

}  // namespace tertulia::wire::im
