// SPDX-License-Identifier: Apache-2.0
#include "io/store_sqlite/migrations.h"

#include <fmt/format.h>

#include <array>

#include "io/store_sqlite/card_table.h"
#include "io/store_sqlite/conference_table.h"
#include "io/store_sqlite/photo_table.h"
#include "io/store_sqlite/presence_table.h"
#include "io/store_sqlite/record_table.h"
#include "io/store_sqlite/store_file.h"

namespace tertulia::io {
namespace {

using base::Error;
using base::Reason;
using base::Result;

// Times are microseconds since 1970 UTC.  Names of people in records are kept apart from `users`, because records
// outlive users.  What a client says about itself stays in the row: a table of such texts would grow with what
// strangers send.
constexpr auto version_1 = R"sql(
CREATE TABLE meta (name TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE users (
  id INTEGER PRIMARY KEY AUTOINCREMENT,   -- never given twice
  address TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL,
  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  password_hash TEXT NOT NULL,
  sealed_digests BLOB NOT NULL,
  created_us INTEGER NOT NULL,
  version INTEGER NOT NULL
) STRICT;
CREATE TABLE user_settings (
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (user_id, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE user_blocked (
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  address TEXT NOT NULL,
  PRIMARY KEY (user_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE kept_sequences (
  user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  last INTEGER NOT NULL
) STRICT;
CREATE TABLE kept_messages (
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  sequence INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  from_id INTEGER NOT NULL,
  from_address TEXT NOT NULL,
  from_name TEXT NOT NULL,
  kind INTEGER NOT NULL,
  content_type TEXT NOT NULL,
  content BLOB NOT NULL,
  subject TEXT NOT NULL,
  sent_us INTEGER NOT NULL,
  PRIMARY KEY (user_id, sequence)
) STRICT;

CREATE TABLE record_users (id INTEGER PRIMARY KEY, uri TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE registrations (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES record_users (id),
  endpoint INTEGER NOT NULL,
  instance TEXT NOT NULL,
  client_version TEXT NOT NULL,
  ip_address TEXT NOT NULL,
  register_us INTEGER NOT NULL,
  deregister_us INTEGER,
  deregister_type INTEGER NOT NULL CHECK (deregister_type BETWEEN 0 AND 6),
  response_code INTEGER NOT NULL,
  diagnostic_id INTEGER NOT NULL
) STRICT;
CREATE INDEX registrations_by_time ON registrations (register_us);
CREATE INDEX registrations_by_user ON registrations (user_id);
CREATE INDEX registrations_open ON registrations (id) WHERE deregister_us IS NULL;
CREATE TABLE sessions (
  id INTEGER PRIMARY KEY,
  conversation INTEGER NOT NULL,
  user1_id INTEGER NOT NULL REFERENCES record_users (id),
  user2_id INTEGER NOT NULL REFERENCES record_users (id),
  user1_endpoint INTEGER NOT NULL,
  user2_endpoint INTEGER NOT NULL,
  user1_client_version TEXT NOT NULL,
  user2_client_version TEXT NOT NULL,
  user1_message_count INTEGER NOT NULL,
  user2_message_count INTEGER NOT NULL,
  mode INTEGER NOT NULL CHECK (mode IN (0, 1)),
  call_id TEXT NOT NULL,
  content_type TEXT NOT NULL,
  invite_us INTEGER NOT NULL,
  response_us INTEGER,
  end_us INTEGER,
  response_code INTEGER NOT NULL,
  diagnostic_id INTEGER NOT NULL,
  media_types INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_time ON sessions (invite_us);
CREATE INDEX sessions_by_user1 ON sessions (user1_id);
CREATE INDEX sessions_by_user2 ON sessions (user2_id);
CREATE INDEX sessions_open ON sessions (id) WHERE end_us IS NULL;
CREATE TABLE media (
  session_id INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  media_id INTEGER NOT NULL CHECK (media_id BETWEEN 1 AND 7),
  start_us INTEGER NOT NULL,
  end_us INTEGER,
  PRIMARY KEY (session_id, media_id)
) STRICT, WITHOUT ROWID;

CREATE VIEW session_details_view AS SELECT
  strftime('%Y-%m-%dT%H:%M:%fZ', ((s.id >> 8) / 1000) / 1000.0, 'unixepoch') AS SessionIdTime,
  (s.id & 255) + 1 AS SessionIdSeq,
  s.id AS RecordId, s.conversation AS ConversationId,
  u1.uri AS FromUri, u2.uri AS ToUri,
  s.user1_endpoint AS FromEndpointId, s.user2_endpoint AS ToEndpointId,
  s.user1_client_version AS FromClientVersion, s.user2_client_version AS ToClientVersion,
  s.user1_message_count AS FromMessageCount, s.user2_message_count AS ToMessageCount,
  CASE s.mode WHEN 0 THEN 'page' ELSE 'session' END AS Mode,
  s.call_id AS DialogId, s.content_type AS ContentType,
  strftime('%Y-%m-%dT%H:%M:%fZ', (s.invite_us / 1000) / 1000.0, 'unixepoch') AS InviteTime,
  strftime('%Y-%m-%dT%H:%M:%fZ', (s.response_us / 1000) / 1000.0, 'unixepoch') AS ResponseTime,
  strftime('%Y-%m-%dT%H:%M:%fZ', (s.end_us / 1000) / 1000.0, 'unixepoch') AS SessionEndTime,
  s.response_code AS ResponseCode, s.diagnostic_id AS DiagnosticId, s.media_types AS MediaTypes
FROM sessions s JOIN record_users u1 ON u1.id = s.user1_id JOIN record_users u2 ON u2.id = s.user2_id;
CREATE VIEW registration_view AS SELECT
  strftime('%Y-%m-%dT%H:%M:%fZ', ((r.id >> 8) / 1000) / 1000.0, 'unixepoch') AS SessionIdTime,
  (r.id & 255) + 1 AS SessionIdSeq,
  r.id AS RecordId, u.uri AS UserUri, r.endpoint AS EndpointId, r.instance AS Instance,
  r.client_version AS ClientVersion, r.ip_address AS IPAddress,
  strftime('%Y-%m-%dT%H:%M:%fZ', (r.register_us / 1000) / 1000.0, 'unixepoch') AS RegisterTime,
  strftime('%Y-%m-%dT%H:%M:%fZ', (r.deregister_us / 1000) / 1000.0, 'unixepoch') AS DeRegisterTime,
  r.deregister_type AS DeRegisterTypeId,
  CASE r.deregister_type WHEN 1 THEN 'client initiated' WHEN 2 THEN 'expired' WHEN 3 THEN 'client crashed'
    WHEN 4 THEN 'user attributes changed' ELSE 'unknown' END AS DeRegisterType,
  r.response_code AS ResponseCode, r.diagnostic_id AS DiagnosticId
FROM registrations r JOIN record_users u ON u.id = r.user_id;
)sql";

// Contact lists, lasting presence, calls.
// - contacts.in_groups: numbers of contact_groups joined by blanks; group 1 stands always and needs no row.
// - publications: fields is a JSON object, see publication_codec.h; kinds that this program does not know stay unread.
// - sessions.mode: SQLite cannot change a CHECK, so the column is made anew.
constexpr auto version_2 = R"sql(
CREATE TABLE contact_lists (
  user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  version INTEGER NOT NULL,
  last_number INTEGER NOT NULL            -- of its groups, never used again
) STRICT;
CREATE TABLE contact_groups (
  user_id INTEGER NOT NULL REFERENCES contact_lists (user_id) ON DELETE CASCADE,
  number INTEGER NOT NULL CHECK (number BETWEEN 1 AND 4294967295),
  name TEXT NOT NULL,
  extension BLOB NOT NULL,
  PRIMARY KEY (user_id, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE contacts (
  user_id INTEGER NOT NULL REFERENCES contact_lists (user_id) ON DELETE CASCADE,
  address TEXT NOT NULL,
  name TEXT NOT NULL,
  in_groups TEXT NOT NULL,
  subscribed INTEGER NOT NULL CHECK (subscribed IN (0, 1)),
  extension BLOB NOT NULL,
  PRIMARY KEY (user_id, address)
) STRICT, WITHOUT ROWID;

CREATE TABLE publications (
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  category TEXT NOT NULL,
  instance INTEGER NOT NULL,              -- all 64 bits: may show as negative
  container INTEGER NOT NULL,
  version INTEGER NOT NULL,
  since_us INTEGER NOT NULL,
  kind TEXT NOT NULL,
  format INTEGER NOT NULL,
  fields TEXT NOT NULL,
  bytes BLOB NOT NULL,                    -- of an opaque piece
  PRIMARY KEY (user_id, category, instance, container)
) STRICT;
CREATE TABLE privacy_levels (
  user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  version INTEGER NOT NULL CHECK (version > 0)
) STRICT;
CREATE TABLE privacy_members (
  user_id INTEGER NOT NULL REFERENCES privacy_levels (user_id) ON DELETE CASCADE,
  kind TEXT NOT NULL,                     -- user, domain, same_enterprise, federated, public_cloud, everyone
  member TEXT NOT NULL,                   -- address or domain, else empty
  container INTEGER NOT NULL,             -- the level: 100 external, 200 colleagues, 300 workgroup, 400 friends ...
  PRIMARY KEY (user_id, kind, member)
) STRICT, WITHOUT ROWID;

DROP VIEW session_details_view;
ALTER TABLE sessions ADD COLUMN new_mode INTEGER NOT NULL DEFAULT 0 CHECK (new_mode IN (0, 1, 2));
UPDATE sessions SET new_mode = mode WHERE mode <> 0;
ALTER TABLE sessions DROP COLUMN mode;
ALTER TABLE sessions RENAME COLUMN new_mode TO mode;
ALTER TABLE sessions ADD COLUMN referred_by TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN replaces INTEGER NOT NULL DEFAULT 0;  -- may be purged meanwhile: no reference
ALTER TABLE sessions ADD COLUMN disconnected_by INTEGER NOT NULL DEFAULT 0 CHECK (disconnected_by IN (0, 1, 2));
CREATE VIEW session_details_view AS SELECT
  strftime('%Y-%m-%dT%H:%M:%fZ', ((s.id >> 8) / 1000) / 1000.0, 'unixepoch') AS SessionIdTime,
  (s.id & 255) + 1 AS SessionIdSeq,
  s.id AS RecordId, s.conversation AS ConversationId,
  u1.uri AS FromUri, u2.uri AS ToUri,
  s.user1_endpoint AS FromEndpointId, s.user2_endpoint AS ToEndpointId,
  s.user1_client_version AS FromClientVersion, s.user2_client_version AS ToClientVersion,
  s.user1_message_count AS FromMessageCount, s.user2_message_count AS ToMessageCount,
  CASE s.mode WHEN 0 THEN 'page' WHEN 1 THEN 'session' ELSE 'call' END AS Mode,
  s.call_id AS DialogId, s.content_type AS ContentType,
  strftime('%Y-%m-%dT%H:%M:%fZ', (s.invite_us / 1000) / 1000.0, 'unixepoch') AS InviteTime,
  strftime('%Y-%m-%dT%H:%M:%fZ', (s.response_us / 1000) / 1000.0, 'unixepoch') AS ResponseTime,
  strftime('%Y-%m-%dT%H:%M:%fZ', (s.end_us / 1000) / 1000.0, 'unixepoch') AS SessionEndTime,
  s.response_code AS ResponseCode, s.diagnostic_id AS DiagnosticId, s.media_types AS MediaTypes,
  nullif(s.referred_by, '') AS ReferredByUri,
  CASE WHEN s.replaces <> 0 THEN
    strftime('%Y-%m-%dT%H:%M:%fZ', ((s.replaces >> 8) / 1000) / 1000.0, 'unixepoch') END AS ReplaceDialogIdTime,
  CASE WHEN s.replaces <> 0 THEN (s.replaces & 255) + 1 END AS ReplaceDialogIdSeq
FROM sessions s JOIN record_users u1 ON u1.id = s.user1_id JOIN record_users u2 ON u2.id = s.user2_id;
CREATE VIEW voip_details_view AS SELECT
  strftime('%Y-%m-%dT%H:%M:%fZ', ((s.id >> 8) / 1000) / 1000.0, 'unixepoch') AS SessionIdTime,
  (s.id & 255) + 1 AS SessionIdSeq,
  s.id AS RecordId, u1.uri AS FromUri, u2.uri AS ToUri,
  CASE s.disconnected_by WHEN 1 THEN u1.uri WHEN 2 THEN u2.uri END AS DisconnectedByUri
FROM sessions s JOIN record_users u1 ON u1.id = s.user1_id JOIN record_users u2 ON u2.id = s.user2_id
WHERE s.mode = 2;
)sql";

constexpr std::array all_steps{
    Migration{1, version_1},
    Migration{2, version_2},
    Migration{3, presence_table::schema_3},
    Migration{4, card_table::schema},
    Migration{5, record_table::schema_5},
    Migration{6, conference_table::schema_6},
    Migration{7, photo_table::schema_7},
    Migration{8, record_table::schema_8},
};

}  // namespace

std::span<const Migration> migrations() { return all_steps; }

Result<int> schema_version(Database& database, const std::string& path, std::span<const Migration> steps) {
  const auto version = database.number("PRAGMA user_version");
  if (!version) return version.error();
  const auto application = database.number("PRAGMA application_id");
  if (!application) return application.error();
  const auto tables = database.number("SELECT count(*) FROM sqlite_schema");
  if (!tables) return tables.error();
  const auto found = static_cast<int>(version->value_or(0));
  if (found == 0 && tables->value_or(0) == 0) return 0;
  if (application->value_or(0) != store_application_id || found < 1) {
    return damaged(path, "it is a database of another program");
  }
  const int newest = steps.empty() ? 0 : steps.back().version;
  if (found > newest) {
    return Error{
        Reason::file_unreadable,
        fmt::format("the store file {} has schema version {}, this program knows versions up to {}; install the "
                    "version of Tertulia that wrote it, or restore a backup",
                    path, found, newest)};
  }
  return found;
}

Result<void> migrate(Database& database, const std::string& path, std::span<const Migration> steps) {
  const auto version = schema_version(database, path, steps);
  if (!version) return version.error();
  for (const auto& step : steps) {
    if (step.version <= *version) continue;
    const auto sql = fmt::format("BEGIN IMMEDIATE; {} PRAGMA application_id={}; PRAGMA user_version={}; COMMIT;",
                                 step.sql, store_application_id, step.version);
    if (auto done = database.execute(sql.c_str()); !done) {
      database.roll_back();
      return Error{done.error().reason,
                   fmt::format("step {} of the schema of {} failed: {}", step.version, path, done.error().detail)};
    }
  }
  return {};
}

}  // namespace tertulia::io
