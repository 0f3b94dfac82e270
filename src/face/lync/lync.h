// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "face/lync/settings.h"
#include "face/simple/dialect.h"
#include "protocol/auth/ports.h"

namespace tertulia::face::lync {

/// What the schemes need of libraries; a scheme whose port is absent is not offered.
struct SchemePorts {
  std::shared_ptr<const protocol::auth::KerberosAcceptor> kerberos;
  std::shared_ptr<const protocol::auth::DskAcceptor> dsk;
};

/// The Lync dialect ([MS-SIP], [MS-SIPRE], [MS-SIPREGE], [MS-SIPAE], [MS-PRES]) for the SIP face of one shard; empty when
/// the settings switch it off.  What this client needs beyond the specifications is marked COMPAT(pidgin-sipe 1.25).
simple::DialectFactory dialect_factory(const LyncSettings& settings, const SchemePorts& ports);

}  // namespace tertulia::face::lync
