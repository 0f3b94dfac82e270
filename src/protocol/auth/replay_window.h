// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bitset>
#include <cstdint>

#include "protocol/auth/limits.h"

namespace tertulia::protocol::auth {

/// Which numbers of a counter were seen: each is taken once, and none that is too far behind the highest.
class ReplayWindow {
 public:
  /// False for 0, for a number taken before, and for one signature_window or more behind the highest.
  bool take(std::uint32_t number) {
    if (number == 0) return false;
    if (number > highest_) {
      const std::uint32_t step = number - highest_;
      if (step < seen_.size()) {
        seen_ <<= step;
      } else {
        seen_.reset();
      }
      seen_.set(0);
      highest_ = number;
      return true;
    }
    const std::uint32_t back = highest_ - number;
    if (back >= seen_.size() || seen_.test(back)) return false;
    seen_.set(back);
    return true;
  }
  std::uint32_t highest() const { return highest_; }

 private:
  std::bitset<signature_window> seen_;  ///< bit n: highest - n was taken
  std::uint32_t highest_ = 0;
};

}  // namespace tertulia::protocol::auth
