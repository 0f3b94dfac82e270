// SPDX-License-Identifier: Apache-2.0
#include "domain/directory/user.h"

#include <algorithm>

namespace tertulia::domain {

bool User::blocks(const Address& sender) const {
  return std::find(blocked.begin(), blocked.end(), sender) != blocked.end();
}

}  // namespace tertulia::domain
