// SPDX-License-Identifier: Apache-2.0
#include "wire/lync/registration_event.h"

#include <array>

namespace tertulia::wire::lync {

std::string write_deregistered(Deregistration event) {
  constexpr std::array<std::string_view, 3> names{"unregistered", "rejected", "deactivated"};
  return std::string("deregistered;event=").append(names[static_cast<std::size_t>(event)]);
}

}  // namespace tertulia::wire::lync
