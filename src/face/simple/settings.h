// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "protocol/auth/digest.h"
#include "protocol/auth/lockout.h"
#include "protocol/flow/flow_watch.h"
#include "protocol/transaction/layer.h"
#include "wire/sip/framer.h"

namespace tertulia::face::simple {

/// Settings of the standard SIP face; one copy per shard, replaced as a whole on reload.
struct FaceSettings {
  std::string host = "localhost";  ///< how we name ourselves in Via, Contact, ms-diagnostics source
  protocol::auth::DigestSettings digest;
  protocol::auth::LockoutSettings lockout;
  protocol::transaction::Timers timers;
  protocol::transaction::Layer::Limits transaction_limits;
  wire::sip::Framer::Limits framer_limits;
  protocol::flow::FlowSettings flow;
  base::Duration keep_alive_told = std::chrono::seconds{120};  ///< Flow-Timer (RFC 5626 4.4.1)
};

}  // namespace tertulia::face::simple
