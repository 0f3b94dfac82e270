// SPDX-License-Identifier: Apache-2.0
#include "domain/call/ring_outcome.h"

namespace tertulia::domain {

void RingOutcome::add(int status, const Signal& signal) {
  const int before = status_.best();
  status_.add(status);
  if (status_.best() != before) signal_ = signal;
}

base::Reason reason_of_refused_call(int status) {
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
      return base::Reason::call_refused;
  }
}

}  // namespace tertulia::domain
