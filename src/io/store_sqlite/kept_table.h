// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "domain/conversation/store.h"
#include "io/store_sqlite/database.h"

/// Messages for absent users.  The caller opens transactions.
namespace tertulia::io::kept_table {

/// Gives the message the user's next sequence number; a number is never given twice, also when all were forgotten.
/// Errors: user_does_not_exist, those of Database.
base::Result<void> keep(Database& database, base::UserId to, const domain::InstantMessage& message);
/// The oldest `limit` (at most kept_loaded_max), in order.
base::Result<std::vector<domain::KeptMessage>> load(Database& database, base::UserId to, std::size_t limit);
/// Harmless when it is gone already.
base::Result<void> forget(Database& database, base::UserId to, std::uint64_t sequence);
/// Users with at least one message.
base::Result<std::vector<std::pair<base::UserId, std::uint64_t>>> count(Database& database);

}  // namespace tertulia::io::kept_table
