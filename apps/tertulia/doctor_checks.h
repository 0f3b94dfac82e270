// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "server/data_folder.h"

namespace tertulia::app {

/// What one check found.
struct Finding {
  enum class Grade { ok, warning, fault } grade = Grade::ok;
  std::string check;   ///< "certificate", "ports" ...
  std::string text;    ///< what is so
  std::string remedy;  ///< what to do; empty when ok
};

/// All checks in a sensible order; later ones are left out when an earlier one makes them pointless (no data folder).
/// Takes up to a few seconds (DNS, integrity of the store).
std::vector<Finding> examine(const server::DataFolder& folder,
                             const std::optional<std::filesystem::path>& configuration,
                             base::Language language = base::Language::english);

/// Free space in octets below which the store is in danger, and below which it takes no more changes, or soon.
inline constexpr std::uintmax_t disk_free_warning = 512ULL * 1024 * 1024;
inline constexpr std::uintmax_t disk_free_needed = 4ULL * 1024 * 1024;

}  // namespace tertulia::app
