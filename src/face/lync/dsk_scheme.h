// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "face/lync/scheme.h"
#include "protocol/auth/ports.h"

namespace tertulia::face::lync {

/// TLS-DSK ([MS-SIPAE] 3.2.5.2): a TLS handshake inside of REGISTER in which the client shows a certificate that we gave
/// him for his password.  `host`: our name; `certificate_service`: where he gets one.
std::unique_ptr<Scheme> make_dsk_scheme(simple::Context& context, simple::SignInGuard& guard,
                                        std::shared_ptr<const protocol::auth::DskAcceptor> acceptor, std::string host,
                                        std::string certificate_service);

}  // namespace tertulia::face::lync
