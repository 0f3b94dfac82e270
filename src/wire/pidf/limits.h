// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace tertulia::wire::pidf {

/// Of one presence document; beyond, it is refused.
inline constexpr std::size_t tuples_max = 64;
inline constexpr std::size_t devices_max = 64;
/// Of one tuple, person, device or of the document itself.
inline constexpr std::size_t notes_max = 32;
inline constexpr std::size_t activities_max = 64;  ///< one of them may stand there once for each language
inline constexpr std::size_t extensions_max = 64;
/// Extensions of one document together: each carries the namespaces that it needs.
inline constexpr std::size_t extension_bytes_max = 64 * 1024;

}  // namespace tertulia::wire::pidf
