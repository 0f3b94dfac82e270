// SPDX-License-Identifier: Apache-2.0
#include "base/secret.h"

namespace tertulia::base {

void wipe_bytes(void* bytes, std::size_t count) {
  volatile char* octets = static_cast<volatile char*>(bytes);
  for (std::size_t i = 0; i < count; ++i) octets[i] = 0;
}

void wipe(std::string& secret) {
  wipe_bytes(secret.data(), secret.size());
  secret.clear();
}

}  // namespace tertulia::base
