// SPDX-License-Identifier: Apache-2.0
#include "domain/directory/user.h"

#include <algorithm>

namespace tertulia::domain {

bool User::blocks(const Address& sender) const {
  return std::find(blocked.begin(), blocked.end(), sender) != blocked.end();
}

bool User::is_served_elsewhere() const { return policy && !policy->home_server.empty(); }

base::Reason refusal_to_reach(const User* recipient) {
  if (recipient == nullptr || !recipient->enabled) return base::Reason::destination_unknown;
  return recipient->is_served_elsewhere() ? base::Reason::home_elsewhere : base::Reason::none;
}

}  // namespace tertulia::domain
