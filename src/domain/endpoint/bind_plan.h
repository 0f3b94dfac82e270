// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/reason.h"
#include "base/time.h"
#include "domain/endpoint/binding_table.h"
#include "domain/endpoint/events.h"
#include "domain/endpoint/registrar.h"

namespace tertulia::domain {

/// What one contact will do, decided before anything is changed.  Lives inside the handling of one request.
struct BindStep {
  const ContactChange* contact = nullptr;
  std::optional<base::EndpointId> existing;
  base::Duration lease{};  ///< zero: remove
};

/// Checks a whole request against the user's bindings (`entry`, null when there are none) and lists what is to be done,
/// in the order of the request.  Nothing is changed.  Refusals: see Registrar::on_bind.  Source: RFC 3261 10.3 steps 6
/// and 7.
base::Reason plan_bind(const BindRequest& request, const UserBindings* entry, const RegistrarSettings& settings,
                       std::uint32_t endpoints_max, std::vector<BindStep>& steps);

}  // namespace tertulia::domain
