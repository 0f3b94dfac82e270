// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

// For tests: tests/data/lync has documents that a client (pidgin-sipe 1.25) sent.

namespace tertulia::wire::lync::testing {

inline std::string sample(std::string_view name) {
  const std::filesystem::path path = std::filesystem::path(TERTULIA_TEST_DATA) / "lync" / name;
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline bool contains(std::string_view text, std::string_view wanted) {
  return text.find(wanted) != std::string_view::npos;
}

}  // namespace tertulia::wire::lync::testing
