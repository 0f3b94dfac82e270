// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "io/store_sqlite/sqlite_store.h"
#include "server/admin_live.h"

namespace tertulia::server {

/// At start-up, before the shards run: gives each shard what the store has of its users (how many messages wait, their
/// presence, their contacts) and of its conferences.  Errors: those of the store.
base::Result<void> restore_shards(io::SqliteStore& store, Shards& shards);

}  // namespace tertulia::server
