// SPDX-License-Identifier: Apache-2.0
#include "wire/im/file_invitation.h"

#include <algorithm>

#include "base/text.h"

namespace tertulia::wire::im {

namespace {

constexpr std::size_t file_name_bytes_max = 1024;

/// Value of the first line of this name; empty when there is none.
std::string_view value_of(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && base::equal_ignoring_case(base::trimmed(line.substr(0, colon)), name))
      return base::trimmed(line.substr(colon + 1));
  }
  return {};
}

}  // namespace

std::string offered_file_name(std::string_view invitation) {
  if (!base::equal_ignoring_case(value_of(invitation, "Invitation-Command"), "INVITE")) return {};
  std::string_view name = value_of(invitation, "Application-File");
  if (const std::size_t path = name.find_last_of("/\\"); path != std::string_view::npos) name.remove_prefix(path + 1);
  // Of a name that is too long the end counts: there stands its kind.
  if (name.size() > file_name_bytes_max) name.remove_prefix(name.size() - file_name_bytes_max);
  return std::string(name);
}

}  // namespace tertulia::wire::im
