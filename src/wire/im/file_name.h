// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "wire/im/limits.h"

namespace tertulia::wire::im {

/// Without a path.  Of a name that is too long (file_name_bytes_max) the end counts: there stands its kind.
inline std::string plain_file_name(std::string_view name) {
  if (const std::size_t path = name.find_last_of("/\\"); path != std::string_view::npos) name.remove_prefix(path + 1);
  if (name.size() > file_name_bytes_max) name.remove_prefix(name.size() - file_name_bytes_max);
  return std::string(name);
}

}  // namespace tertulia::wire::im
