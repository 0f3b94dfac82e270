// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"

/// Every bound of the SQLite store, beside each other.
namespace tertulia::io::store_limits {

// Queue of the writer.  Beyond either bound an operation is refused at once.
inline constexpr std::size_t queue_operations_max = 16384;
inline constexpr std::size_t queue_bytes_max = 64U << 20;
/// Operations in one transaction: bounds how long an acknowledgement waits behind its neighbours.
inline constexpr std::size_t group_operations_max = 1024;
/// How long a record whose writing nobody waits for may stand in the queue, so that others share its transaction: at many
/// sign-ins a second each commit costs more than the row.
inline constexpr base::Duration record_patience = std::chrono::milliseconds(50);
// Records that wait for the disk to become writable again.
inline constexpr std::size_t waiting_records_max = 20000;
inline constexpr std::size_t waiting_bytes_max = 32U << 20;

/// Between two log lines about failing writes.
inline constexpr base::Duration log_pause = std::chrono::seconds(60);

inline constexpr std::size_t statements_cached_max = 96;
inline constexpr int busy_timeout_ms = 5000;
/// Bytes of the write-ahead log that stay on disk after a checkpoint.
inline constexpr std::int64_t journal_bytes_kept = 64 << 20;
inline constexpr int checkpoint_pages = 4000;

// Columns (lengths of the product's columns); longer text of a peer is cut.
inline constexpr std::size_t address_bytes_max = 450;
inline constexpr std::size_t client_version_bytes_max = 256;
inline constexpr std::size_t content_type_bytes_max = 256;
inline constexpr std::size_t ip_address_bytes_max = 256;
inline constexpr std::size_t instance_bytes_max = 256;
inline constexpr std::size_t call_id_bytes_max = 775;
inline constexpr std::size_t file_name_bytes_max = 256;
inline constexpr std::size_t file_cookie_bytes_max = 128;
inline constexpr std::size_t correlation_id_bytes_max = 128;

inline constexpr std::size_t kept_loaded_max = 1000;   ///< messages in one answer of `load`
inline constexpr std::size_t rows_listed_max = 10000;  ///< records in one answer; go on with `beyond`
inline constexpr std::size_t findings_max = 10;        ///< of an integrity check

inline constexpr std::uint32_t keep_days_min = 1;
inline constexpr std::uint32_t keep_days_max = 2562;
inline constexpr std::uint32_t keep_days_default = 60;
inline constexpr std::int64_t purge_batch_rows = 500;
inline constexpr std::int64_t purge_batch_users = 2000;
inline constexpr std::int64_t vacuum_batch_pages = 256;
inline constexpr int backup_step_pages = 256;

static_assert(group_operations_max <= queue_operations_max);
static_assert(waiting_records_max >= queue_operations_max, "a full queue of records must be able to wait");
static_assert(keep_days_min <= keep_days_default && keep_days_default <= keep_days_max);

}  // namespace tertulia::io::store_limits
