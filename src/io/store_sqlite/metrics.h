// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/metrics.h"
#include "base/result.h"
#include "base/time.h"

namespace tertulia::io {

/// What the store has done; readable on any thread.  `operations / commits` is the mean size of a group.
struct StoreMetrics {
  base::Counter commits;          ///< transactions made durable
  base::Counter operations;       ///< operations in them
  base::Counter failures;         ///< transactions rolled back
  base::Counter refused;          ///< operations answered store_unavailable
  base::Counter records_dropped;  ///< among them records that could not wait
  base::Gauge group_last;         ///< operations in the last transaction
  base::Gauge group_max;
  base::Gauge queued;           ///< operations not begun
  base::Gauge waiting_records;  ///< records that wait for the disk

  void committed(std::size_t group) {
    commits.add();
    operations.add(group);
    group_last.set(static_cast<std::int64_t>(group));
    group_max.set(std::max(group_max.value(), static_cast<std::int64_t>(group)));
  }
};

/// Can the store take changes, and if not, why?
struct StoreHealth {
  bool running = false;  ///< false after stop()
  bool writable = true;  ///< the last attempt to write succeeded
  std::size_t queued = 0;
  std::size_t waiting_records = 0;
  std::optional<base::WallTime> last_error_time;
  base::Error last_error{base::Reason::none, {}};  ///< kind and words of the system
};

}  // namespace tertulia::io
