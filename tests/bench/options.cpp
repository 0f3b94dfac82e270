// SPDX-License-Identifier: Apache-2.0
#include "options.h"

#include <fmt/format.h>

#include <cstdlib>

namespace tertulia::bench {

Options::Options(int argc, char** argv, const std::string& known) {
  for (int i = 1; i < argc; i += 2) {
    const std::string name(argv[i]);
    const bool is_known = name.starts_with("--") && (" " + known + " ").find(" " + name.substr(2) + " ") != known.npos;
    if (!is_known || i + 1 >= argc) {
      fmt::print(stderr, "{}: unknown option or missing value; options: {}\n", name, known);
      std::exit(2);
    }
    values_[name.substr(2)] = argv[i + 1];
  }
}

std::string Options::text(const std::string& name, const std::string& fallback) const {
  const auto found = values_.find(name);
  return found == values_.end() ? fallback : found->second;
}

std::uint64_t Options::number(const std::string& name, std::uint64_t fallback) const {
  const auto found = values_.find(name);
  return found == values_.end() ? fallback : std::strtoull(found->second.c_str(), nullptr, 10);
}

}  // namespace tertulia::bench
