// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "domain/directory/user.h"
#include "io/store_sqlite/database.h"

/// Users in the store.  The caller opens transactions; a refusal (user_exists, user_does_not_exist) has changed
/// nothing.
namespace tertulia::io::user_table {

enum class Secrets : std::uint8_t { with, without };

/// All users, ordered by address.  `policy` is not filled.  Errors: of Database, file_damaged when an address is not
/// one.
base::Result<std::vector<domain::User>> load(Database& database, Secrets secrets);
/// Inserts (id 0) or replaces; returns the id.  Errors: user_exists, user_does_not_exist, those of Database.
base::Result<base::UserId> put(Database& database, const domain::User& user);
/// With settings, card, contacts, presence and kept messages.  Errors: user_does_not_exist, those of Database.
base::Result<void> remove(Database& database, base::UserId id);
/// Nothing, or user_does_not_exist.
base::Result<void> must_exist(Database& database, base::UserId id);

}  // namespace tertulia::io::user_table
