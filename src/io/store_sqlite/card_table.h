// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "base/ids.h"
#include "base/result.h"
#include "domain/directory/card.h"
#include "io/store_sqlite/database.h"

/// Contact cards of users in the store.  The caller opens transactions and knows that the user exists.
namespace tertulia::io::card_table {

/// Step 4 of the schema.  One row for each field that is set: most cards have few, and a new field needs no new column.
inline constexpr auto schema = R"sql(
CREATE TABLE user_card (
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  field TEXT NOT NULL,                    -- as in card_fields()
  value TEXT NOT NULL CHECK (value <> ''),
  PRIMARY KEY (user_id, field)
) STRICT, WITHOUT ROWID;
)sql";

/// Hands out each card.  Fields that this program does not know or permit are left out: a card never keeps a server
/// from starting.  Errors: those of Database.
base::Result<void> load(Database& database, const std::function<void(base::UserId, domain::CardPtr)>& on_card);
/// Replaces the card; null removes it.  Errors: those of Database.
base::Result<void> put(Database& database, base::UserId user, const domain::CardPtr& card);

}  // namespace tertulia::io::card_table
