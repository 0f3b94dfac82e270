// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "base/ids.h"
#include "base/result.h"
#include "domain/directory/photo.h"
#include "io/store_sqlite/database.h"

/// Pictures of users in the store.  The caller opens transactions.
namespace tertulia::io::photo_table {

/// Step 7 of the schema.  Which picture it is stands before the picture itself, so that the start reads no picture.
inline constexpr auto schema_7 = R"sql(
CREATE TABLE user_photo (
  user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,                     -- jpeg, png; cleared: there was one
  hash TEXT NOT NULL,                     -- SHA-1 in hexadecimal
  picture BLOB NOT NULL
) STRICT;
)sql";

/// Hands out which picture each user has; kinds that this program does not know are left out.  Errors: those of Database.
base::Result<void> load_marks(Database& database, const std::function<void(base::UserId, domain::PhotoMark)>& on_mark);
/// Null: there is none.  Errors: those of Database.
base::Result<domain::PhotoPtr> load(Database& database, base::UserId user);
/// Replaces the picture and counts the user's version up.  Errors: user_does_not_exist, those of Database.
base::Result<void> put(Database& database, base::UserId user, const domain::Photo& photo);

}  // namespace tertulia::io::photo_table
