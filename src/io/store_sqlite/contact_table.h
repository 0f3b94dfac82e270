// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/result.h"
#include "domain/contacts/store.h"
#include "io/store_sqlite/database.h"

/// Contact lists in the store.  The caller opens transactions; a refusal (user_does_not_exist) has changed nothing.
namespace tertulia::io::contact_table {

/// All lists, ordered by user.  Errors: file_damaged (detail: table, user and row), those of Database.
base::Result<std::vector<domain::StoredContacts>> load(Database& database);
/// Errors: user_does_not_exist, those of Database.
base::Result<void> change(Database& database, const domain::ContactsChange& change);

}  // namespace tertulia::io::contact_table
