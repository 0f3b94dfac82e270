// SPDX-License-Identifier: Apache-2.0
#include "face/simple/session_status.h"

#include <algorithm>
#include <array>

#include "domain/conversation/final_status.h"

namespace tertulia::face::simple {

namespace {

constexpr std::array ending{404, 408, 410, 416, 481, 482, 483, 484, 485, 502, 604};

template <std::size_t n>
bool is_in(const std::array<int, n>& list, int status) {
  return std::find(list.begin(), list.end(), status) != list.end();
}

}  // namespace

bool ends_dialog(int status) { return is_in(ending, status); }

int status_of_carried(int status) { return status < 600 && domain::refuses_this_message(status) ? 480 : status; }

bool knows_no_method(int status) { return status == 405 || status == 501; }

bool typing_has_no_use(int status) { return status == 415 || knows_no_method(status); }

int status_towards_sender(base::Reason reason, int status) {
  const int chosen = domain::status_told(reason, status);
  return ends_dialog(chosen) ? 480 : chosen;
}

int status_towards_speaker(base::Reason reason, int status) {
  const int chosen = status_towards_sender(reason, status);
  return chosen == 480 ? 504 : chosen;
}

}  // namespace tertulia::face::simple
