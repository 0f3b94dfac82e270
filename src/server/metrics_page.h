// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <variant>

#include "io/store_sqlite/metrics.h"
#include "server/admin_live.h"

namespace tertulia::server {

/// One field of a structure of counters, as the page shows it.
template <typename Metrics>
struct MetricRow {
  const char* name;  ///< behind "tertulia_"; counters end in "_total"
  const char* help;
  std::variant<base::Counter Metrics::*, base::Gauge Metrics::*> field;
};

// Every field of each structure has a row, but for the arrays: those have a label (see metrics_page.cpp).
std::span<const MetricRow<face::simple::FaceMetrics>> face_rows();
std::span<const MetricRow<domain::PresenceMetrics>> presence_rows();
std::span<const MetricRow<domain::CallMetrics>> call_rows();
std::span<const MetricRow<domain::ImmcuMetrics>> immcu_rows();
std::span<const MetricRow<domain::InboxMetrics>> inbox_rows();
std::span<const MetricRow<io::TransportMetrics>> transport_rows();
std::span<const MetricRow<ShardMetrics>> shard_rows();
std::span<const MetricRow<face::web_ticket::WebTicketMetrics>> web_ticket_rows();
std::span<const MetricRow<io::StoreMetrics>> store_rows();

/// All counters in the text form of Prometheus 0.0.4, read at this moment from the shards' own counters.
std::string metrics_page(const Shards& shards, const io::StoreMetrics& store, base::WallTime certificate_end);

}  // namespace tertulia::server
