// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

// For tests: reads tests/data.  TERTULIA_TEST_DATA names the folder.

namespace tertulia::wire::sip::testing {

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// One entry of a capture: what one side wrote at once.
struct Captured {
  std::string title;  ///< "1.169 C->S tls 127.0.0.1:44020"
  std::string bytes;  ///< what follows the title line, with the empty line that closes the entry
  bool from_client = false;
};

/// Entries of one file that hold SIP (the web side and connection events are left out).
inline std::vector<Captured> read_capture(const std::filesystem::path& path) {
  std::vector<Captured> entries;
  std::string text = "\n" + read_file(path);
  constexpr std::string_view mark = "\n=== ";
  std::size_t at = text.find(mark);
  while (at != std::string::npos) {
    const std::size_t begin = at + mark.size();
    const std::size_t title_end = text.find('\n', begin);
    if (title_end == std::string::npos) break;
    at = text.find(mark, title_end);
    Captured entry;
    entry.title = text.substr(begin, title_end - begin);
    entry.bytes = text.substr(title_end + 1, at == std::string::npos ? at : at - title_end);
    entry.from_client = entry.title.find("C->S") != std::string::npos;
    const std::string first_line = entry.bytes.substr(0, entry.bytes.find("\r\n"));
    if (first_line.find("SIP/2.0") != std::string::npos && entry.bytes.find("\r\n\r\n") != std::string::npos)
      entries.push_back(std::move(entry));
  }
  return entries;
}

inline std::vector<std::filesystem::path> capture_files(const std::filesystem::path& test_data) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(test_data / "sipe-captures"))
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace tertulia::wire::sip::testing
