// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/result.h"
#include "domain/presence/store.h"
#include "io/store_sqlite/database.h"

/// Permanent publications and privacy levels in the store.  The caller opens transactions; a refusal
/// (user_does_not_exist) has changed nothing.
namespace tertulia::io::presence_table {

/// All users that have something stored, ordered by user.  Publications and members of a kind that only a later version
/// knows are left out and stay in the file.  Errors: file_damaged (detail: table, user and row), those of Database.
base::Result<std::vector<domain::StoredPresence>> load(Database& database);
/// Errors: user_does_not_exist, those of Database.
base::Result<void> change(Database& database, const domain::PresenceChange& change);

}  // namespace tertulia::io::presence_table
