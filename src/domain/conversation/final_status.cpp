// SPDX-License-Identifier: Apache-2.0
#include "domain/conversation/final_status.h"

#include <algorithm>
#include <array>

namespace tertulia::domain {

namespace {

constexpr std::array session_refusals_passed_on{403, 404, 406, 408, 410, 413, 415, 480,
                                                484, 486, 488, 493, 600, 603, 604, 606};

}  // namespace

bool refuses_sessions(int status) {
  return status == 405 || status == 415 || status == 488 || status == 501 || status == 606;
}

bool refuses_for_good(int status) { return status != status_silent && status != 480 && status != 503; }

bool refuses_this_message(int status) {
  return status == 400 || status == 413 || status == 415 || status == 488 || status == 493 || status == 513 ||
         status >= 600;
}

base::Reason reason_of_refused_invitation(int status) {
  switch (status) {
    case 486:
    case 600:
      return base::Reason::recipient_busy;
    case 603:
      return base::Reason::recipient_declined;
    case status_silent:
      return base::Reason::recipient_silent;
    case status_connection_gone:
      return base::Reason::recipient_unavailable;
    default:
      return base::Reason::recipient_refused;
  }
}

int status_told(base::Reason reason, int status) {
  const auto& passed = session_refusals_passed_on;
  if (std::find(passed.begin(), passed.end(), status) != passed.end()) return status;
  const int own = base::status_of(reason);
  return own >= 400 ? own : 480;
}

}  // namespace tertulia::domain
