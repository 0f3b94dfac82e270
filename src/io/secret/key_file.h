// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "io/secret/limits.h"

namespace tertulia::io {

/// The key that seals digests, kept in a file outside of the store: whoever has only the store cannot sign in as
/// anybody.  Moves, never copies; wiped at the end.
class KeyFile {
 public:
  /// Makes a random key and its file (mode 0600).  Errors: file_unwritable (also when the file exists: an old key is
  /// never replaced), permission_denied.
  static base::Result<KeyFile> create(const std::string& path);
  /// Errors: file_unreadable, file_damaged, permission_denied (group or others may read the file; the detail names the
  /// command that repairs it).
  static base::Result<KeyFile> load(const std::string& path);

  KeyFile(KeyFile&& other) noexcept;
  KeyFile& operator=(KeyFile&& other) noexcept;
  KeyFile(const KeyFile&) = delete;
  KeyFile& operator=(const KeyFile&) = delete;
  ~KeyFile();

  const std::array<std::uint8_t, seal_key_octets>& bytes() const { return bytes_; }

 private:
  KeyFile() = default;
  std::array<std::uint8_t, seal_key_octets> bytes_{};
};

}  // namespace tertulia::io
