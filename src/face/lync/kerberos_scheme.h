// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "face/lync/scheme.h"
#include "face/lync/settings.h"
#include "protocol/auth/ports.h"

namespace tertulia::face::lync {

/// Kerberos ([MS-SIPAE], RFC 4121): one ticket proves the user, and the request that brings it is signed already.  Nobody
/// can guess a password here, so nothing counts for the lock-out and a lock does not hold up a ticket.
std::unique_ptr<Scheme> make_kerberos_scheme(simple::Context& context, simple::SignInGuard& guard,
                                             std::shared_ptr<const protocol::auth::KerberosAcceptor> acceptor,
                                             std::vector<KerberosRealm> realms);

}  // namespace tertulia::face::lync
