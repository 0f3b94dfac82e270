// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tertulia::protocol::auth {

/// RC4 of `bytes` under a fresh key; the same call decrypts.  `key`: 1 to 256 bytes.  Broken for every purpose but the
/// one that needs it: NTLM is defined with it ([MS-NLMP] 3.4.3), and with us stands only inside of TLS.  Our own because
/// OpenSSL 3 has it only in its legacy provider, which many machines lack.
std::string rc4(std::string_view key, std::string_view bytes);

}  // namespace tertulia::protocol::auth
