// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tertulia::protocol::auth {

/// MD4 (RFC 1320) as 16 raw bytes.  Broken for every purpose but the one that needs it: the password hash of NTLM
/// ([MS-NLMP] 3.3.1).  Our own because OpenSSL 3 has it only in its legacy provider, which many machines lack.
std::string md4(std::string_view bytes);

}  // namespace tertulia::protocol::auth
