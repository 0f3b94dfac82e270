// SPDX-License-Identifier: Apache-2.0
#include "domain/call/events.h"

namespace tertulia::domain {

std::string_view name_of(CallState state) {
  switch (state) {
    case CallState::trying:
      return "trying";
    case CallState::ringing:
      return "ringing";
    case CallState::up:
      return "up";
    case CallState::over:
      return "over";
  }
  return "unknown";
}

}  // namespace tertulia::domain
