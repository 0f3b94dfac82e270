// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace tertulia::wire::event {

/// Of one document that is read; beyond, it is refused.
inline constexpr std::size_t document_bytes_max = 256 * 1024;
inline constexpr std::size_t watchers_max = 1000;
inline constexpr std::size_t dialogs_max = 256;
inline constexpr std::size_t target_parameters_max = 32;  ///< of one side of a dialog
inline constexpr std::size_t registrations_max = 64;
inline constexpr std::size_t contacts_max = 256;       ///< of one registration
inline constexpr std::size_t unknown_params_max = 32;  ///< of one contact

}  // namespace tertulia::wire::event
