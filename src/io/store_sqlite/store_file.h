// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace tertulia::io {

/// Holds an advisory lock on a file for as long as it lives; the system frees it when the process ends, however it
/// ends.
class LockFile {
 public:
  /// Creates the file (mode 0600) when needed.  Errors: already_running (somebody holds it), file_unwritable.
  static base::Result<LockFile> take(const std::string& path);
  LockFile(LockFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  LockFile& operator=(LockFile&& other) noexcept;
  ~LockFile();

 private:
  explicit LockFile(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

/// Creates an empty file with mode 0600 unless there is one.  Errors: file_unwritable (also when there is one that may
/// only be read: SQLite would open it for reading and leave files beside it that stand in the way later).
base::Result<void> create_private_file(const std::string& path);
/// First bytes are those of an SQLite file.  Errors: file_damaged (also: empty), file_unreadable (also: missing).
base::Result<void> check_header(const std::string& path);
/// Names the file and what to do about it: file_unreadable.
base::Error missing(const std::string& path);
/// Names the file and what to do about it.
base::Error damaged(const std::string& path, std::string_view finding);
/// Renames a finished file (its content is made durable first) in one step.  Errors: file_unwritable (also when the
/// target exists and `overwrite` is false).
base::Result<void> publish_file(const std::string& from, const std::string& to, bool overwrite);
/// Bytes, 0 when there is no such file.
std::uint64_t file_bytes(const std::string& path);

}  // namespace tertulia::io
