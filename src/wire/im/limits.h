// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace tertulia::wire::im {

inline constexpr std::size_t text_bytes_max = 1024;        ///< text of one element of a typing document
inline constexpr std::size_t file_name_bytes_max = 1024;   ///< of an offered file
inline constexpr std::size_t file_cookie_bytes_max = 128;  ///< name of a transfer, or of the file in it
inline constexpr std::size_t rtf_groups_max = 128;         ///< of RTF, one in another; deeper ones are passed over

}  // namespace tertulia::wire::im
