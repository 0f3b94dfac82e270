// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "domain/directory/user.h"
#include "domain/record/record.h"
#include "io/store_sqlite/conference_table.h"
#include "io/store_sqlite/database.h"
#include "io/store_sqlite/record_table.h"

namespace tertulia::io {

/// How much there is.
struct StoreCounts {
  std::uint64_t users = 0;
  std::uint64_t kept_messages = 0;
  std::uint64_t registrations = 0;
  std::uint64_t registrations_open = 0;
  std::uint64_t sessions = 0;
  std::uint64_t sessions_open = 0;
  std::uint64_t file_bytes = 0;
  std::uint64_t journal_bytes = 0;  ///< write-ahead log
  std::uint64_t free_bytes = 0;     ///< in the file, to be used again
  int schema_version = 0;
};

/// Looks into a store from another process, whether a server runs on it or not.  Each call sees one moment.  Takes no
/// lock and never holds up the server.  Thread: one at a time.  Errors of the calls: those of Database.
class ReadOnlyStore {
 public:
  /// Errors: file_unreadable (missing, not permitted, other schema version), file_damaged.
  static base::Result<ReadOnlyStore> open(const std::string& path);

  /// Schema version of the file less that of this program: below 0 an older file, above 0 a newer one.
  /// Errors: file_unreadable, file_damaged.
  static base::Result<int> schema_ahead(const std::string& path);

  base::Result<std::vector<domain::RegistrationRecord>> list_registrations(const RecordFilter& filter);
  base::Result<std::vector<domain::SessionRecord>> list_sessions(const RecordFilter& filter);
  base::Result<std::vector<domain::ConferenceRecord>> list_conferences(const RecordFilter& filter);
  /// Errors also: not_found.
  base::Result<domain::RegistrationRecord> show_registration(base::RecordId id);
  base::Result<domain::SessionRecord> show_session(base::RecordId id);
  base::Result<conference_table::ConferenceStory> show_conference(base::RecordId id);
  /// What the conversation has become, oldest first.
  base::Result<std::vector<conference_table::ConferenceStory>> conferences_of(base::ConversationId id);
  /// Ordered by address, without credentials.
  base::Result<std::vector<domain::User>> list_users();
  /// The same with them, to see whether the key opens them.
  base::Result<std::vector<domain::User>> list_users_with_credentials();
  base::Result<std::vector<std::pair<base::UserId, std::uint64_t>>> count_kept();
  base::Result<StoreCounts> counts();
  /// Full integrity check.  Errors: file_damaged (detail: file, first findings, remedy).
  base::Result<void> check();

 private:
  ReadOnlyStore(std::string path, Database database) : path_(std::move(path)), database_(std::move(database)) {}
  std::string path_;
  Database database_;
};

}  // namespace tertulia::io
