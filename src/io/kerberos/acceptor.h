// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "protocol/auth/ports.h"

namespace tertulia::io {

struct KerberosSettings {
  std::string keytab;   ///< path of the file with the keys of our service
  std::string service;  ///< sip/fe1.example.com, without a realm
};

/// Accepts the tickets of clients with the keys of `service` in any realm that the keytab has (MIT's GSS-API, RFC 4121).
/// Keys are read from the file for each ticket, so that a new version of a key is good as soon as it stands there; which
/// realms there are is learnt here.  Uses no network.  Errors: those of read_keytab; keytab_unusable without a key of the
/// service, or when the library refuses.  Thread: `accept` may be called by any; a signer by one at a time.
base::Result<std::shared_ptr<const protocol::auth::KerberosAcceptor>> open_kerberos_acceptor(
    const KerberosSettings& settings);

}  // namespace tertulia::io
