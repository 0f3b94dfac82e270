// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "io/store_sqlite/metrics.h"
#include "server/admin_live.h"

namespace tertulia::server {

/// All counters in the text form of Prometheus 0.0.4, read at this moment from the shards' own counters.
std::string metrics_page(const Shards& shards, const io::StoreMetrics& store, base::WallTime certificate_end);

}  // namespace tertulia::server
