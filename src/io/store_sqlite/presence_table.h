// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/result.h"
#include "domain/presence/store.h"
#include "io/store_sqlite/database.h"

/// Permanent publications, privacy levels and acknowledged watchers in the store.  The caller opens transactions; a refusal
/// (user_does_not_exist) has changed nothing.
namespace tertulia::io::presence_table {

/// Step 3 of the schema: the documents that publications were read from, and whom a user has taken notice of.
inline constexpr auto schema_3 = R"sql(
ALTER TABLE publications ADD COLUMN original_type TEXT NOT NULL DEFAULT '';
ALTER TABLE publications ADD COLUMN original BLOB NOT NULL DEFAULT x'';
CREATE TABLE acknowledged_watchers (
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,              -- the oldest has the lowest; without gaps
  address TEXT NOT NULL CHECK (address <> ''),
  PRIMARY KEY (user_id, position),
  UNIQUE (user_id, address)
) STRICT, WITHOUT ROWID;
)sql";

/// All users that have something stored, ordered by user.  Publications and members of a kind that only a later version
/// knows are left out and stay in the file.  Errors: file_damaged (detail: table, user and row), those of Database.
base::Result<std::vector<domain::StoredPresence>> load(Database& database);
/// Errors: user_does_not_exist, those of Database.
base::Result<void> change(Database& database, const domain::PresenceChange& change);

}  // namespace tertulia::io::presence_table
