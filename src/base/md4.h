// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tertulia::base {

/// MD4 (RFC 1320) as 16 raw bytes.  Broken for every purpose but the one that needs it: the password hash of NTLM
/// ([MS-NLMP] 3.3.1).  Our own because OpenSSL's legacy provider is missing on many machines.
std::string md4(std::string_view bytes);

}  // namespace tertulia::base
