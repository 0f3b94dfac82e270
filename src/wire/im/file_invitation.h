// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tertulia::wire::im {

/// A step of a file transfer that a `text/x-msmsgsinvite` takes (lines `Name: value`).
struct FileInvitation {
  enum class Command : std::uint8_t { invite, accept, cancel } command = Command::invite;
  std::string cookie;  ///< at most file_cookie_bytes_max; a longer one is cut
  /// With `invite`: of the file, without a path; at most file_name_bytes_max, of a longer one the end, where its kind
  /// stands.
  std::string name;
};

/// Nothing: another application, another command, or an offer that names no file.
std::optional<FileInvitation> read_file_invitation(std::string_view invitation);

}  // namespace tertulia::wire::im
