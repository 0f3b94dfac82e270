// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace tertulia::bench {

/// `--name value` pairs of a benchmark program.
class Options {
 public:
  /// `known`: names without dashes, separated by blanks.  An unknown name or a missing value ends the program with 2.
  Options(int argc, char** argv, const std::string& known);

  std::string text(const std::string& name, const std::string& fallback = {}) const;
  std::uint64_t number(const std::string& name, std::uint64_t fallback) const;

 private:
  std::map<std::string, std::string> values_;
};

}  // namespace tertulia::bench
