// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tertulia::io {

/// Who may read a file: `owner` is mode 0600, `everybody` 0644.
enum class FileMode { owner, everybody };

/// Replaces or makes the file as a whole: written beside it, synced, renamed.  A reader sees the old or the new
/// content. Errors: permission_denied, file_unwritable.
base::Result<void> write_file(const std::string& path, std::string_view content, FileMode mode);
/// Makes the file; fails when there is one already.  Errors: file_unwritable, permission_denied.
base::Result<void> create_file(const std::string& path, std::string_view content, FileMode mode);
/// A regular file of at most `octets_max`.  `private_only`: refuses a file that group or others may read or change.
/// Errors: file_unreadable (missing, larger, not a file), permission_denied.
base::Result<std::string> read_file(const std::string& path, std::size_t octets_max, bool private_only = false);

}  // namespace tertulia::io
