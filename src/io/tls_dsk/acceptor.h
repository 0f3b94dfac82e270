// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "io/tls_dsk/client_authority.h"
#include "protocol/auth/ports.h"

namespace tertulia::io {

/// TLS-DSK handshakes ([MS-SIPAE] 3.2.5.2): TLS 1.0 with RSA key exchange on memory, inside of an outer TLS that protects
/// it.  Clients must show a certificate of `authority`.  `host`: our name, in the certificate that clients are shown; it
/// is made here with a key that lives as long as the process, since clients do not look at it.
/// Errors: certificate_unusable when the library refuses TLS 1.0.
base::Result<std::shared_ptr<const protocol::auth::DskAcceptor>> make_dsk_acceptor(const ClientAuthority& authority,
                                                                                   const std::string& host,
                                                                                   base::WallTime now);

}  // namespace tertulia::io
