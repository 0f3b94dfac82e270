// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/conference/store.h"
#include "domain/record/conference_record.h"
#include "io/store_sqlite/database.h"
#include "io/store_sqlite/record_filter.h"

/// Conferences that live, and the records of conferences, in the store.  The caller opens transactions.
namespace tertulia::io::conference_table {

/// Step 6 of the schema.  Records keep names of people apart from `users`, as all records do.
inline constexpr auto schema_6 = R"sql(
CREATE TABLE conferences (
  organizer_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  id TEXT NOT NULL,
  subject TEXT NOT NULL,
  admission INTEGER NOT NULL CHECK (admission BETWEEN 0 AND 3),
  presenters INTEGER NOT NULL CHECK (presenters BETWEEN 0 AND 2),
  lobby INTEGER NOT NULL CHECK (lobby IN (0, 1)),
  locked INTEGER NOT NULL CHECK (locked IN (0, 1)),
  muted INTEGER NOT NULL CHECK (muted IN (0, 1)),
  scheduled INTEGER NOT NULL CHECK (scheduled IN (0, 1)),
  size_max INTEGER NOT NULL,
  created_us INTEGER NOT NULL,
  expires_us INTEGER NOT NULL,            -- 0: with its last session
  record INTEGER NOT NULL,                -- of the session that is under way; 0: none
  started_us INTEGER NOT NULL,
  conversation INTEGER NOT NULL,
  replaces INTEGER NOT NULL,
  correlation_id TEXT NOT NULL,
  PRIMARY KEY (organizer_id, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE conference_people (
  organizer_id INTEGER NOT NULL,
  id TEXT NOT NULL,
  user_id INTEGER NOT NULL,
  role INTEGER NOT NULL CHECK (role BETWEEN 0 AND 2),
  invited INTEGER NOT NULL CHECK (invited IN (0, 1)),
  let_in INTEGER NOT NULL CHECK (let_in IN (0, 1)),
  ejected INTEGER NOT NULL CHECK (ejected IN (0, 1)),
  PRIMARY KEY (organizer_id, id, user_id),
  FOREIGN KEY (organizer_id, id) REFERENCES conferences (organizer_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE conference_records (
  id INTEGER PRIMARY KEY,
  conversation INTEGER NOT NULL,
  organizer_id INTEGER NOT NULL REFERENCES record_users (id),
  conference_id TEXT NOT NULL,
  start_us INTEGER NOT NULL,
  end_us INTEGER,
  replaces INTEGER NOT NULL,              -- may be purged meanwhile: no reference
  correlation_id TEXT NOT NULL,
  diagnostic_id INTEGER NOT NULL
) STRICT;
CREATE INDEX conference_records_by_time ON conference_records (start_us);
CREATE INDEX conference_records_by_conversation ON conference_records (conversation);
CREATE INDEX conference_records_by_organizer ON conference_records (organizer_id);
CREATE TABLE focus_joins (
  id INTEGER PRIMARY KEY,
  conference INTEGER NOT NULL,
  user_id INTEGER NOT NULL REFERENCES record_users (id),
  endpoint INTEGER NOT NULL,
  client_version TEXT NOT NULL,
  role INTEGER NOT NULL CHECK (role BETWEEN 0 AND 2),
  join_us INTEGER NOT NULL,
  leave_us INTEGER,
  diagnostic_id INTEGER NOT NULL
) STRICT;
CREATE INDEX focus_joins_by_conference ON focus_joins (conference);
CREATE INDEX focus_joins_by_user ON focus_joins (user_id);
CREATE TABLE mcu_joins (
  id INTEGER PRIMARY KEY,
  conference INTEGER NOT NULL,
  mcu INTEGER NOT NULL CHECK (mcu BETWEEN 1 AND 3),
  user_id INTEGER NOT NULL REFERENCES record_users (id),
  endpoint INTEGER NOT NULL,
  client_version TEXT NOT NULL,
  message_count INTEGER NOT NULL,
  join_us INTEGER NOT NULL,
  leave_us INTEGER
) STRICT;
CREATE INDEX mcu_joins_by_conference ON mcu_joins (conference);
CREATE INDEX mcu_joins_by_user ON mcu_joins (user_id);
CREATE VIEW conference_message_count_view AS
  SELECT m.conference AS ConferenceRecordId, u.uri AS UserUri, sum(m.message_count) AS MessageCount
  FROM mcu_joins m JOIN record_users u ON u.id = m.user_id WHERE m.mcu = 1 GROUP BY m.conference, m.user_id;
)sql";

/// All of them, ordered by organizer and id.  Errors: file_damaged (detail: table and row), those of Database.
base::Result<std::vector<domain::ConferenceFacts>> load(Database& database);
/// Errors: user_does_not_exist (the organizer), those of Database.
base::Result<void> put(Database& database, const domain::ConferenceFacts& facts);
base::Result<void> remove(Database& database, const domain::ConferenceKey& key);

base::Result<void> put(Database& database, const domain::ConferenceRow& row);
/// Rows of an earlier run; conferences that go on (see `conferences`) keep theirs open.  Gives how many.
base::Result<std::int64_t> close_open_rows(Database& database, base::WallTime last_alive);
/// One conference with everything about it, oldest row first; for lists and exports.  Errors also: not_found.
struct ConferenceStory {
  domain::ConferenceRecord conference;
  std::vector<domain::FocusJoinRecord> focus_joins;
  std::vector<domain::McuJoinRecord> mcu_joins;
  std::vector<domain::ConferenceMessageCount> message_counts;  ///< by address
};
base::Result<ConferenceStory> show(Database& database, base::RecordId id);
/// `filter.user`: whoever organised it or was in it.
base::Result<std::vector<domain::ConferenceRecord>> list(Database& database, const RecordFilter& filter);
/// The conferences that a conversation has become, oldest first.
base::Result<std::vector<domain::ConferenceRecord>> of_conversation(Database& database, base::ConversationId id);

}  // namespace tertulia::io::conference_table
