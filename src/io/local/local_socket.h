// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "io/loop/loop.h"

namespace tertulia::io {

/// Bounds of the administrator's socket.
inline constexpr std::size_t local_line_bytes_max = 192 * 1024;  ///< one question
inline constexpr std::size_t local_clients_max = 16;             ///< at once; further ones wait in the kernel
inline constexpr base::Duration local_client_patience =
    std::chrono::seconds{10};  ///< for a whole question, or the reading of an answer

/// Questions and answers, one line each, over a Unix socket that only the owner of the file may open (mode 0600).
/// The handler runs on the loop's thread and may take its time.  Thread: that of the loop.
class LocalServer {
 public:
  using Handler = std::function<std::string(std::string_view line)>;
  /// Errors: address_in_use when somebody answers on the path; permission_denied; file_unwritable.  A socket file that
  /// nobody serves is replaced.
  static base::Result<std::unique_ptr<LocalServer>> open(Loop& loop, const std::filesystem::path& path,
                                                         Handler handler);
  virtual ~LocalServer() = default;  ///< removes the file
};

/// Asks the server of `path` and waits.  Errors: not_running when nobody serves, server_busy when no answer came in time.
base::Result<std::string> ask_local(const std::filesystem::path& path, std::string_view line, base::Duration patience);

}  // namespace tertulia::io
