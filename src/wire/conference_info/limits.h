// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace tertulia::wire::conference_info {

/// Of one document that is read; beyond, it is refused.  What is written is bounded by the conference it tells of.
inline constexpr std::size_t document_bytes_max = 2 * 1024 * 1024;
inline constexpr std::size_t elements_max = 65'536;
inline constexpr std::size_t users_max = 2'000;
inline constexpr std::size_t roles_max = 16;       ///< of one user
inline constexpr std::size_t endpoints_max = 256;  ///< of one user
inline constexpr std::size_t media_max = 16;       ///< of one endpoint, or of one view
inline constexpr std::size_t conf_uris_max = 32;
inline constexpr std::size_t views_max = 16;

}  // namespace tertulia::wire::conference_info
