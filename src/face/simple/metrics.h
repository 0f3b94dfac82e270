// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "base/metrics.h"

namespace tertulia::face::simple {

/// Counters of the standard SIP face; one per shard.
struct FaceMetrics {
  base::Gauge connections;
  base::Counter requests;
  base::Counter responses;
  base::Counter malformed;
  base::Counter challenged;
  base::Counter sign_in_failures;
  base::Counter locked_out;
  base::Counter registrations;
  base::Counter redirections;  ///< REGISTER requests sent to the server that serves the user
  base::Counter messages_in;
  base::Counter messages_out;
  base::Counter sessions_opened;
  base::Gauge subscriptions;
  base::Counter notifications;         ///< NOTIFY requests sent
  base::Counter notifications_failed;  ///< refused or not answered
  base::Counter presence_documents;    ///< rendered; each may go to many watchers
  base::Counter conference_documents;  ///< rendered; each may go to many watchers
  base::Counter publications;          ///< PUBLISH requests that reached the presence agent
  base::Counter calls_placed;          ///< INVITEs of callers
  base::Counter calls_relayed;         ///< INVITEs to devices
  base::Counter calls_answered;
  base::Counter call_requests_relayed;  ///< requests within calls
  base::Counter keep_alives;
  base::Counter closed_by_bound;         ///< connections closed because a named limit was passed
  std::array<base::Counter, 6> answers;  ///< by status class, index 1..6 minus 1
  void answered(int status) {
    if (status >= 100 && status < 700) answers[static_cast<std::size_t>(status / 100 - 1)].add();
  }
};

}  // namespace tertulia::face::simple
