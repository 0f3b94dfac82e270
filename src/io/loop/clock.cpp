// SPDX-License-Identifier: Apache-2.0
#include "io/loop/clock.h"

#include <chrono>

namespace tertulia::io {

base::Now SystemClock::now() const {
  using std::chrono::duration_cast;
  using std::chrono::microseconds;
  const auto mono = std::chrono::steady_clock::now().time_since_epoch();
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  return {{duration_cast<microseconds>(mono).count()}, {duration_cast<microseconds>(wall).count()}};
}

}  // namespace tertulia::io
