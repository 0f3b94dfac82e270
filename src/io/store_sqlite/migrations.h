// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "base/result.h"
#include "io/store_sqlite/database.h"

namespace tertulia::io {

/// One step of the schema.  A step that was released is never changed: a new one is added.
struct Migration {
  int version;  ///< `PRAGMA user_version` after it
  const char* sql;
};

/// All steps in order, versions 1, 2, 3 …
std::span<const Migration> migrations();
/// Marks the file as ours (`PRAGMA application_id`): "TERT".
inline constexpr std::int64_t store_application_id = 0x54455254;

/// Version of the file; 0 when it is empty.  Errors: file_damaged (belongs to another program), file_unreadable
/// (written by a newer version of this program).  `path` is for the error text.
base::Result<int> schema_version(Database& database, const std::string& path, std::span<const Migration> steps);
/// Carries out the missing steps, each in one transaction: a failing one leaves the version before it.
base::Result<void> migrate(Database& database, const std::string& path, std::span<const Migration> steps);

}  // namespace tertulia::io
