// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "face/lync/settings.h"
#include "face/simple/dialect.h"

namespace tertulia::face::lync {

/// The Lync dialect ([MS-SIP], [MS-SIPRE], [MS-SIPREGE], [MS-SIPAE], [MS-PRES]) for the SIP face of one shard; empty when
/// the settings switch it off.  What this client needs beyond the specifications is marked COMPAT(pidgin-sipe 1.25).
simple::DialectFactory dialect_factory(const LyncSettings& settings);

}  // namespace tertulia::face::lync
