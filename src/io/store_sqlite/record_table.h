// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/record/record.h"
#include "io/store_sqlite/database.h"

namespace tertulia::io {

/// Which records are wanted.  Rows come ordered by id, that is by the time at which they began.
struct RecordFilter {
  std::string user{};                    ///< address (either side); empty: everybody
  std::optional<base::WallTime> from{};  ///< began at or after
  std::optional<base::WallTime> to{};    ///< began before
  std::size_t limit = 100;               ///< at most rows_listed_max
  bool oldest_first = false;
  base::RecordId beyond{};  ///< go on after this row of the same order; 0: from the start
};

/// Call detail records in the store.  The caller opens transactions.  Errors: those of Database.
namespace record_table {

/// Text of a peer as the reports can show it: valid UTF-8, not longer than its column.
std::string column_text(std::string_view text, std::size_t bytes_max);
/// Row of record_users for an address, made when needed.
base::Result<std::int64_t> user_row(Database& database, std::string_view address);

/// A row with the same id is replaced.  Texts of a client are cut to the column's length (limits.h).
base::Result<void> put(Database& database, const domain::RegistrationRecord& record);
base::Result<void> put(Database& database, const domain::SessionRecord& record);

/// Ends what a server left open when it ended without saying so: end time = the last moment that server is known to
/// have run, diagnostic server_restarted.  Returns how many rows.
base::Result<std::int64_t> close_open_rows(Database& database, base::WallTime last_alive);

base::Result<std::vector<domain::RegistrationRecord>> list_registrations(Database& database,
                                                                         const RecordFilter& filter);
base::Result<std::vector<domain::SessionRecord>> list_sessions(Database& database, const RecordFilter& filter);
/// Errors also: not_found.
base::Result<domain::RegistrationRecord> show_registration(Database& database, base::RecordId id);
base::Result<domain::SessionRecord> show_session(Database& database, base::RecordId id);

}  // namespace record_table
}  // namespace tertulia::io
