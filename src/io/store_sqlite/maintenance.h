// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "io/store_sqlite/database.h"

namespace tertulia::io {

/// Called between the steps of a backup.
using BackupProgress = std::function<void(std::uint64_t pages_done, std::uint64_t pages_total)>;

/// Copies the store as it is at this moment into one file (mode 0600), also while a server writes: writers are not held
/// up. The copy is checked and appears in one step under its name, or not at all.  Blocks; needs no lock. Errors:
/// file_unwritable (also: target exists and `overwrite` is false), file_unreadable, file_damaged, store_unavailable.
base::Result<void> backup_store(const std::string& path, const std::string& target, bool overwrite,
                                const BackupProgress& progress);

namespace maintenance {

enum class Depth : std::uint8_t { quick, full };
/// `quick_check` or `integrity_check` with foreign keys.  Errors: file_damaged (detail: the first findings), those of
/// Database.
base::Result<void> check(Database& database, const std::string& path, Depth depth);

/// Deletes at most one batch of records that ended before `cutoff`; returns how many, 0 when none is left.
base::Result<std::int64_t> purge_batch(Database& database, base::WallTime cutoff);
/// Deletes names that no record uses any more, among purge_batch_users rows after `after`; returns the last row looked
/// at, 0 at the end of the table.
base::Result<std::int64_t> purge_names(Database& database, std::int64_t after);
/// Gives some free pages back to the file system; returns how many stay free.
base::Result<std::int64_t> vacuum_batch(Database& database);

}  // namespace maintenance
}  // namespace tertulia::io
