// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tertulia::wire::im {

/// Stands beside the session description in the INVITE that offers a file the way of Lync 2010 and later.
inline constexpr std::string_view file_transfer_type = "application/ms-filetransfer+xml";

/// The file that such a document offers (`request/publishFile/fileInfo`).
struct FileOffer {
  std::string name;     ///< as FileInvitation::name; never empty
  std::string id;       ///< at most file_cookie_bytes_max; a longer one is cut
  std::string request;  ///< `requestId`, bounded in the same way
};

/// Nothing: it offers none, names none, or is malformed.
std::optional<FileOffer> read_file_offer(std::string_view document);

/// The document takes a transfer back.  Judged by its words: COMPAT(pidgin-sipe 1.25): its own is not well-formed.
bool cancels_file(std::string_view document);

}  // namespace tertulia::wire::im
