// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tertulia::face::lync {

/// Settings of the Lync dialect; one copy per shard, taken at the start.
struct LyncSettings {
  bool enabled = true;                   ///< off: clients of the dialect are treated like standard ones
  bool ntlm = true;                      ///< offered as a way to sign in
  std::string host;                      ///< our name as the target of signatures
  std::string version;                   ///< of the server, for Server
  std::string certificate_service = {};  ///< where clients get certificates for TLS-DSK
};

}  // namespace tertulia::face::lync
