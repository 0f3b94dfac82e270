// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace tertulia::wire::rlmi {

inline constexpr std::size_t list_entries_max = 1000;               ///< of a list in a body, and of an RLMI document
inline constexpr std::size_t instances_max = 64;                    ///< of one resource
inline constexpr std::size_t rlmi_document_bytes_max = 512 * 1024;  ///< 1000 resources with names and instances
inline constexpr std::size_t list_document_bytes_max = 256 * 1024;  ///< 1000 entries with names

}  // namespace tertulia::wire::rlmi
