// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/result.h"
#include "domain/directory/user.h"
#include "face/simple/context.h"

namespace tertulia::face::simple {

/// Whom a Request-URI names.
struct Destination {
  const domain::User* user = nullptr;        ///< never null; lives as long as the directory of this event
  std::optional<domain::DeviceName> device;  ///< of a GRUU (RFC 5627): this one alone
};

/// Errors: destination_unknown, domain_foreign.  Whether a device is there is known on its user's home shard only.
base::Result<Destination> destination_of(const Context& context, const wire::sip::Uri& target);

}  // namespace tertulia::face::simple
