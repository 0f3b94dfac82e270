// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tertulia::io {

/// What a keytab tells of one key, without the key.
struct KeytabKey {
  std::string principal;      ///< sip/fe1.example.com@EXAMPLE.COM
  std::uint32_t version = 0;  ///< kvno: grows with each new key of the principal
  std::string encryption;     ///< aes256-cts-hmac-sha1-96
};

/// All keys of a keytab file, at most keytab_keys_max.  Errors: file_unreadable, keytab_unusable, with the file's name.
base::Result<std::vector<KeytabKey>> read_keytab(const std::string& path);

/// The principal is `service` (sip/host) in some realm; host names are compared without case.
bool is_service(std::string_view principal, std::string_view service);

}  // namespace tertulia::io
