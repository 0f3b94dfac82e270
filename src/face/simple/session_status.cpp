// SPDX-License-Identifier: Apache-2.0
#include "face/simple/session_status.h"

#include <algorithm>
#include <array>

namespace tertulia::face::simple {

namespace {

constexpr std::array session_refusals_passed_on{403, 404, 406, 408, 410, 413, 415, 480,
                                                484, 486, 488, 493, 600, 603, 604, 606};
constexpr std::array ending{404, 408, 410, 416, 481, 482, 483, 484, 485, 502, 604};

template <std::size_t n>
bool is_in(const std::array<int, n>& list, int status) {
  return std::find(list.begin(), list.end(), status) != list.end();
}

}  // namespace

bool ends_dialog(int status) { return is_in(ending, status); }

int status_towards_inviter(base::Reason reason, int status) {
  if (is_in(session_refusals_passed_on, status)) return status;
  const int own = base::status_of(reason);
  return own >= 400 ? own : 480;
}

int status_towards_sender(base::Reason reason, int status) {
  const int chosen = status_towards_inviter(reason, status);
  return ends_dialog(chosen) ? 480 : chosen;
}

int status_towards_speaker(base::Reason reason, int status) {
  const int chosen = status_towards_sender(reason, status);
  return chosen == 480 ? 504 : chosen;
}

}  // namespace tertulia::face::simple
