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
#include "io/store_sqlite/record_filter.h"

namespace tertulia::io {

/// Call detail records in the store.  The caller opens transactions.  Errors: those of Database.
namespace record_table {

/// Step 5 of the schema: what ties the sessions of one conversation together, and the files that were offered, within a
/// conversation or by themselves.
inline constexpr auto schema_5 = R"sql(
DROP VIEW session_details_view;
DROP VIEW voip_details_view;
ALTER TABLE sessions ADD COLUMN correlation_id TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN new_mode INTEGER NOT NULL DEFAULT 0 CHECK (new_mode IN (0, 1, 2, 3));
UPDATE sessions SET new_mode = mode WHERE mode <> 0;
ALTER TABLE sessions DROP COLUMN mode;
ALTER TABLE sessions RENAME COLUMN new_mode TO mode;
CREATE TABLE file_transfers (
  session_id INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,              -- in the order of the offers
  from_side INTEGER NOT NULL CHECK (from_side IN (1, 2)),
  file_name TEXT NOT NULL,
  file_identity TEXT NOT NULL,
  cookie TEXT NOT NULL,
  outcome INTEGER NOT NULL CHECK (outcome BETWEEN 0 AND 3),
  PRIMARY KEY (session_id, position)
) STRICT, WITHOUT ROWID;
CREATE VIEW session_details_view AS SELECT
  strftime('%Y-%m-%dT%H:%M:%fZ', ((s.id >> 8) / 1000) / 1000.0, 'unixepoch') AS SessionIdTime,
  (s.id & 255) + 1 AS SessionIdSeq,
  s.id AS RecordId, s.conversation AS ConversationId,
  u1.uri AS FromUri, u2.uri AS ToUri,
  s.user1_endpoint AS FromEndpointId, s.user2_endpoint AS ToEndpointId,
  s.user1_client_version AS FromClientVersion, s.user2_client_version AS ToClientVersion,
  s.user1_message_count AS FromMessageCount, s.user2_message_count AS ToMessageCount,
  CASE s.mode WHEN 0 THEN 'page' WHEN 1 THEN 'session' WHEN 2 THEN 'call' ELSE 'file' END AS Mode,
  s.call_id AS DialogId, s.content_type AS ContentType,
  strftime('%Y-%m-%dT%H:%M:%fZ', (s.invite_us / 1000) / 1000.0, 'unixepoch') AS InviteTime,
  strftime('%Y-%m-%dT%H:%M:%fZ', (s.response_us / 1000) / 1000.0, 'unixepoch') AS ResponseTime,
  strftime('%Y-%m-%dT%H:%M:%fZ', (s.end_us / 1000) / 1000.0, 'unixepoch') AS SessionEndTime,
  s.response_code AS ResponseCode, s.diagnostic_id AS DiagnosticId, s.media_types AS MediaTypes,
  nullif(s.referred_by, '') AS ReferredByUri,
  CASE WHEN s.replaces <> 0 THEN
    strftime('%Y-%m-%dT%H:%M:%fZ', ((s.replaces >> 8) / 1000) / 1000.0, 'unixepoch') END AS ReplaceDialogIdTime,
  CASE WHEN s.replaces <> 0 THEN (s.replaces & 255) + 1 END AS ReplaceDialogIdSeq,
  nullif(s.correlation_id, '') AS CorrelationId
FROM sessions s JOIN record_users u1 ON u1.id = s.user1_id JOIN record_users u2 ON u2.id = s.user2_id;
CREATE VIEW voip_details_view AS SELECT
  strftime('%Y-%m-%dT%H:%M:%fZ', ((s.id >> 8) / 1000) / 1000.0, 'unixepoch') AS SessionIdTime,
  (s.id & 255) + 1 AS SessionIdSeq,
  s.id AS RecordId, u1.uri AS FromUri, u2.uri AS ToUri,
  CASE s.disconnected_by WHEN 1 THEN u1.uri WHEN 2 THEN u2.uri END AS DisconnectedByUri
FROM sessions s JOIN record_users u1 ON u1.id = s.user1_id JOIN record_users u2 ON u2.id = s.user2_id
WHERE s.mode = 2;
CREATE VIEW file_transfers_view AS SELECT
  strftime('%Y-%m-%dT%H:%M:%fZ', ((s.id >> 8) / 1000) / 1000.0, 'unixepoch') AS SessionIdTime,
  (s.id & 255) + 1 AS SessionIdSeq,
  s.id AS RecordId,
  CASE f.from_side WHEN 1 THEN u1.uri ELSE u2.uri END AS FromUri,
  CASE f.from_side WHEN 1 THEN u2.uri ELSE u1.uri END AS ToUri,
  f.file_name AS FileName, nullif(f.file_identity, '') AS FileIdentity, f.cookie AS Cookie,
  CASE f.outcome WHEN 1 THEN 1 END AS Accept, CASE f.outcome WHEN 2 THEN 1 END AS Reject,
  CASE f.outcome WHEN 3 THEN 1 END AS Cancel
FROM file_transfers f JOIN sessions s ON s.id = f.session_id
JOIN record_users u1 ON u1.id = s.user1_id JOIN record_users u2 ON u2.id = s.user2_id;
)sql";

/// Step 8 of the schema: the view tells NULL for what is not known: the answer and the counts of a conversation that runs, or
/// that was open when the server ended (52405 server_restarted).
inline constexpr auto schema_8 = R"sql(
DROP VIEW session_details_view;
CREATE VIEW session_details_view AS SELECT
  strftime('%Y-%m-%dT%H:%M:%fZ', ((s.id >> 8) / 1000) / 1000.0, 'unixepoch') AS SessionIdTime,
  (s.id & 255) + 1 AS SessionIdSeq,
  s.id AS RecordId, s.conversation AS ConversationId,
  u1.uri AS FromUri, u2.uri AS ToUri,
  s.user1_endpoint AS FromEndpointId, s.user2_endpoint AS ToEndpointId,
  s.user1_client_version AS FromClientVersion, s.user2_client_version AS ToClientVersion,
  CASE WHEN s.end_us IS NOT NULL AND s.diagnostic_id <> 52405 THEN s.user1_message_count END AS FromMessageCount,
  CASE WHEN s.end_us IS NOT NULL AND s.diagnostic_id <> 52405 THEN s.user2_message_count END AS ToMessageCount,
  CASE s.mode WHEN 0 THEN 'page' WHEN 1 THEN 'session' WHEN 2 THEN 'call' ELSE 'file' END AS Mode,
  s.call_id AS DialogId, s.content_type AS ContentType,
  strftime('%Y-%m-%dT%H:%M:%fZ', (s.invite_us / 1000) / 1000.0, 'unixepoch') AS InviteTime,
  strftime('%Y-%m-%dT%H:%M:%fZ', (s.response_us / 1000) / 1000.0, 'unixepoch') AS ResponseTime,
  strftime('%Y-%m-%dT%H:%M:%fZ', (s.end_us / 1000) / 1000.0, 'unixepoch') AS SessionEndTime,
  nullif(s.response_code, 0) AS ResponseCode, s.diagnostic_id AS DiagnosticId, s.media_types AS MediaTypes,
  nullif(s.referred_by, '') AS ReferredByUri,
  CASE WHEN s.replaces <> 0 THEN
    strftime('%Y-%m-%dT%H:%M:%fZ', ((s.replaces >> 8) / 1000) / 1000.0, 'unixepoch') END AS ReplaceDialogIdTime,
  CASE WHEN s.replaces <> 0 THEN (s.replaces & 255) + 1 END AS ReplaceDialogIdSeq,
  nullif(s.correlation_id, '') AS CorrelationId
FROM sessions s JOIN record_users u1 ON u1.id = s.user1_id JOIN record_users u2 ON u2.id = s.user2_id;
)sql";

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
