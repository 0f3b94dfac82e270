// SPDX-License-Identifier: Apache-2.0
#include "wire/im/file_invitation.h"

#include <algorithm>

#include "base/text.h"
#include "wire/im/file_name.h"
#include "wire/im/limits.h"

namespace tertulia::wire::im {

namespace {

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

std::optional<FileInvitation> read_file_invitation(std::string_view invitation) {
  const std::string_view command = value_of(invitation, "Invitation-Command");
  FileInvitation step;
  step.cookie = value_of(invitation, "Invitation-Cookie").substr(0, file_cookie_bytes_max);
  if (base::equal_ignoring_case(command, "INVITE")) {
    step.name = plain_file_name(value_of(invitation, "Application-File"));
    if (step.name.empty()) return std::nullopt;
  } else if (base::equal_ignoring_case(command, "ACCEPT")) {
    step.command = FileInvitation::Command::accept;
  } else if (base::equal_ignoring_case(command, "CANCEL")) {
    step.command = FileInvitation::Command::cancel;
  } else {
    return std::nullopt;
  }
  return step;
}

}  // namespace tertulia::wire::im
