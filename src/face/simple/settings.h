// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "domain/endpoint/temporary_gruu.h"
#include "face/simple/subscription_limits.h"
#include "protocol/auth/digest.h"
#include "protocol/auth/lockout.h"
#include "protocol/flow/flow_watch.h"
#include "protocol/transaction/layer.h"
#include "wire/sip/framer.h"

namespace tertulia::face::simple {

/// How long what a client asks for may live; shorter is refused (423), longer is shortened.
struct LeaseSettings {
  base::Duration least;
  base::Duration standard;  ///< when the client asks for none
  base::Duration longest;
};

/// Settings of the standard SIP face; one copy per shard, replaced as a whole on reload.
struct FaceSettings {
  std::string host = "localhost";  ///< how we name ourselves in Via, Contact, ms-diagnostics source
  protocol::auth::DigestSettings digest;
  protocol::auth::LockoutSettings lockout;
  protocol::transaction::Timers timers;
  protocol::transaction::Layer::Limits transaction_limits;
  wire::sip::Framer::Limits framer_limits;
  protocol::flow::FlowSettings flow;
  LeaseSettings subscriptions{subscription_lease_min, subscription_lease_default, subscription_lease_max};
  /// The presence agent shortens what is too long.
  LeaseSettings publications{publication_lease_min, publication_lease_default, publication_lease_max};
  /// A dialog that carries single messages (Carrier) ends when there was none for so long, as their conversation does.
  base::Duration page_idle = std::chrono::minutes{10};
  domain::GruuKey gruu_key{};                                  ///< that of the registrars; a reload leaves it as it is
  base::Duration keep_alive_told = std::chrono::seconds{120};  ///< Flow-Timer (RFC 5626 4.4.1)
};

}  // namespace tertulia::face::simple
