// SPDX-License-Identifier: Apache-2.0
#include "io/store_sqlite/record_table.h"

#include <algorithm>
#include <string_view>

#include "base/text.h"
#include "io/store_sqlite/limits.h"

namespace tertulia::io::record_table {
namespace {

using base::Reason;
using base::Result;
using domain::RegistrationRecord;
using domain::SessionParty;
using domain::SessionRecord;
namespace limits = store_limits;

/// The product's MediaId is the place of the bit in MediaTypes.
constexpr std::uint32_t media_ids = 7;

Result<void> put_media(Database& database, const SessionRecord& record) {
  if (auto done = database.run("DELETE FROM media WHERE session_id = ?", record.id.value); !done) return done;
  for (std::uint32_t media = 1; media <= media_ids; ++media) {
    if ((record.media_types & (1U << (media - 1))) == 0) continue;
    auto done = database.run("INSERT INTO media (session_id, media_id, start_us, end_us) VALUES (?, ?, ?, ?)",
                             record.id.value, media, record.invite_time, record.end_time);
    if (!done) return done;
  }
  return {};
}

/// Most sessions have none and cost nothing here: a row that was written with files is only written again with files.
Result<void> put_files(Database& database, const SessionRecord& record) {
  if (record.files.empty()) return {};
  if (auto done = database.run("DELETE FROM file_transfers WHERE session_id = ?", record.id.value); !done) return done;
  std::int64_t position = 0;
  for (const domain::FileTransfer& file : record.files) {
    auto done = database.run(
        "INSERT INTO file_transfers (session_id, position, from_side, file_name, file_identity, cookie, outcome) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        record.id.value, position++, file.from, column_text(file.name, limits::file_name_bytes_max),
        column_text(file.identity, limits::file_cookie_bytes_max),
        column_text(file.cookie, limits::file_cookie_bytes_max), static_cast<int>(file.outcome));
    if (!done) return done;
  }
  return {};
}

Result<void> read_files(Database& database, SessionRecord& record) {
  if ((record.media_types & domain::media_file_transfer) == 0) return {};
  return database.each(
      [&](const Statement& row) {
        record.files.push_back({std::string(row.text(0)), std::string(row.text(1)), std::string(row.text(2)),
                                static_cast<std::uint8_t>(row.number(3)),
                                static_cast<domain::FileOutcome>(row.number(4))});
      },
      "SELECT file_name, file_identity, cookie, from_side, outcome FROM file_transfers WHERE session_id = ? "
      "ORDER BY position",
      record.id.value);
}

constexpr std::string_view registration_upsert =
    "INSERT INTO registrations (id, user_id, endpoint, instance, client_version, ip_address, register_us, "
    "deregister_us, "
    "deregister_type, response_code, diagnostic_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO "
    "UPDATE SET "
    "user_id = excluded.user_id, endpoint = excluded.endpoint, instance = excluded.instance, "
    "client_version = excluded.client_version, ip_address = excluded.ip_address, register_us = excluded.register_us, "
    "deregister_us = excluded.deregister_us, deregister_type = excluded.deregister_type, "
    "response_code = excluded.response_code, diagnostic_id = excluded.diagnostic_id";

constexpr std::string_view session_upsert =
    "INSERT INTO sessions (id, conversation, user1_id, user2_id, user1_endpoint, user2_endpoint, user1_client_version, "
    "user2_client_version, user1_message_count, user2_message_count, mode, call_id, content_type, invite_us, "
    "response_us, "
    "end_us, response_code, diagnostic_id, media_types, referred_by, replaces, disconnected_by, correlation_id) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (id) DO UPDATE SET conversation = excluded.conversation, user1_id = excluded.user1_id, "
    "user2_id = excluded.user2_id, user1_endpoint = excluded.user1_endpoint, user2_endpoint = excluded.user2_endpoint, "
    "user1_client_version = excluded.user1_client_version, user2_client_version = excluded.user2_client_version, "
    "user1_message_count = excluded.user1_message_count, user2_message_count = excluded.user2_message_count, "
    "mode = excluded.mode, call_id = excluded.call_id, content_type = excluded.content_type, "
    "invite_us = excluded.invite_us, response_us = excluded.response_us, end_us = excluded.end_us, "
    "response_code = excluded.response_code, diagnostic_id = excluded.diagnostic_id, "
    "media_types = excluded.media_types, referred_by = excluded.referred_by, replaces = excluded.replaces, "
    "disconnected_by = excluded.disconnected_by, correlation_id = excluded.correlation_id";

constexpr std::string_view registration_select =
    "SELECT r.id, u.uri, r.endpoint, r.instance, r.client_version, r.ip_address, r.register_us, r.deregister_us, "
    "r.deregister_type, r.response_code, r.diagnostic_id FROM registrations r JOIN record_users u ON u.id = r.user_id ";

constexpr std::string_view session_select =
    "SELECT s.id, s.conversation, u1.uri, u2.uri, s.user1_endpoint, s.user2_endpoint, s.user1_client_version, "
    "s.user2_client_version, s.user1_message_count, s.user2_message_count, s.mode, s.call_id, s.content_type, "
    "s.invite_us, "
    "s.response_us, s.end_us, s.response_code, s.diagnostic_id, s.media_types, s.referred_by, s.replaces, "
    "s.disconnected_by, s.correlation_id FROM sessions s "
    "JOIN record_users u1 ON u1.id = s.user1_id JOIN record_users u2 ON u2.id = s.user2_id ";

RegistrationRecord registration_of(const Statement& row) {
  RegistrationRecord record;
  record.id.value = static_cast<std::uint64_t>(row.number(0));
  record.user = row.text(1);
  record.endpoint.value = static_cast<std::uint64_t>(row.number(2));
  record.instance = row.text(3);
  record.client_version = row.text(4);
  record.ip_address = row.text(5);
  record.register_time = row.time(6);
  record.deregister_time = row.optional_time(7);
  record.deregister_type = static_cast<domain::DeregisterType>(row.number(8));
  record.response_code = static_cast<int>(row.number(9));
  record.diagnostic_id = static_cast<std::uint32_t>(row.number(10));
  return record;
}

SessionParty party_of(const Statement& row, int side) {
  return {std::string(row.text(2 + side)), base::EndpointId{static_cast<std::uint64_t>(row.number(4 + side))},
          std::string(row.text(6 + side)), static_cast<std::uint32_t>(row.number(8 + side))};
}

SessionRecord session_of(const Statement& row) {
  SessionRecord record;
  record.id.value = static_cast<std::uint64_t>(row.number(0));
  record.conversation.value = static_cast<std::uint64_t>(row.number(1));
  record.user1 = party_of(row, 0);
  record.user2 = party_of(row, 1);
  record.mode = static_cast<domain::SessionMode>(row.number(10));
  record.call_id = row.text(11);
  record.content_type = row.text(12);
  record.invite_time = row.time(13);
  record.response_time = row.optional_time(14);
  record.end_time = row.optional_time(15);
  record.response_code = static_cast<int>(row.number(16));
  record.diagnostic_id = static_cast<std::uint32_t>(row.number(17));
  record.media_types = static_cast<std::uint32_t>(row.number(18));
  record.referred_by = row.text(19);
  record.replaces.value = static_cast<std::uint64_t>(row.number(20));
  record.disconnected_by = static_cast<std::uint8_t>(row.number(21));
  record.correlation_id = row.text(22);
  return record;
}

/// Runs `select` with the filter as conditions; `user_condition` has one parameter ?1 used once or twice.
template <typename Record, typename Make>
Result<std::vector<Record>> list(Database& database, const RecordFilter& filter, std::string sql,
                                 std::string_view user_condition, std::string_view id, std::string_view time,
                                 Make make) {
  // The numbered parameters are always all bound: unused ones only widen the range.
  sql.append("WHERE ").append(time).append(" >= ?2 AND ").append(time).append(" < ?3 AND ").append(id);
  sql.append(filter.oldest_first ? " > ?4" : " < ?4");
  std::int64_t user = 0;
  if (!filter.user.empty()) {
    const auto known = database.number("SELECT id FROM record_users WHERE uri = ?", filter.user);
    if (!known) return known.error();
    if (!*known) return std::vector<Record>{};
    user = **known;
    sql.append(" AND ").append(user_condition);
  }
  sql.append(" ORDER BY ").append(id).append(filter.oldest_first ? " ASC" : " DESC").append(" LIMIT ?5");
  const std::int64_t start = filter.oldest_first ? 0 : INT64_MAX;
  const std::int64_t beyond = filter.beyond ? static_cast<std::int64_t>(filter.beyond.value) : start;
  std::vector<Record> records;
  auto done =
      database.each([&](const Statement& row) { records.push_back(make(row)); }, sql, user,
                    filter.from.value_or(base::WallTime{INT64_MIN}), filter.to.value_or(base::WallTime{INT64_MAX}),
                    beyond, std::min(filter.limit, limits::rows_listed_max));
  if (!done) return done.error();
  return records;
}

template <typename Record, typename Make>
Result<Record> show(Database& database, std::string sql, base::RecordId id, Make make) {
  std::optional<Record> record;
  auto done = database.each([&](const Statement& row) { record = make(row); }, sql, id.value);
  if (!done) return done.error();
  if (!record) return Reason::not_found;
  return std::move(*record);
}

}  // namespace

std::string column_text(std::string_view text, std::size_t bytes_max) {
  std::string result(text.substr(0, bytes_max));
  if (text.size() > bytes_max) {  // never end within a character
    while (!result.empty() && (static_cast<unsigned char>(text[result.size()]) & 0xC0) == 0x80) result.pop_back();
  }
  if (!base::is_utf8(result)) {
    std::replace_if(
        result.begin(), result.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
  }
  return result;
}

Result<std::int64_t> user_row(Database& database, std::string_view address) {
  const auto uri = column_text(address, limits::address_bytes_max);
  const auto known = database.number("SELECT id FROM record_users WHERE uri = ?", uri);
  if (!known) return known.error();
  if (*known) return **known;
  if (auto done = database.run("INSERT INTO record_users (uri) VALUES (?)", uri); !done) return done.error();
  return database.last_insert_id();
}

Result<void> put(Database& database, const RegistrationRecord& record) {
  const auto user = user_row(database, record.user);
  if (!user) return user.error();
  return database.run(registration_upsert, record.id.value, *user, record.endpoint.value,
                      column_text(record.instance, limits::instance_bytes_max),
                      column_text(record.client_version, limits::client_version_bytes_max),
                      column_text(record.ip_address, limits::ip_address_bytes_max), record.register_time,
                      record.deregister_time, static_cast<int>(record.deregister_type), record.response_code,
                      record.diagnostic_id);
}

Result<void> put(Database& database, const SessionRecord& record) {
  const auto user1 = user_row(database, record.user1.user);
  if (!user1) return user1.error();
  const auto user2 = user_row(database, record.user2.user);
  if (!user2) return user2.error();
  auto done = database.run(
      session_upsert, record.id.value, record.conversation.value, *user1, *user2, record.user1.endpoint.value,
      record.user2.endpoint.value, column_text(record.user1.client_version, limits::client_version_bytes_max),
      column_text(record.user2.client_version, limits::client_version_bytes_max), record.user1.message_count,
      record.user2.message_count, static_cast<int>(record.mode), column_text(record.call_id, limits::call_id_bytes_max),
      column_text(record.content_type, limits::content_type_bytes_max), record.invite_time, record.response_time,
      record.end_time, record.response_code, record.diagnostic_id, record.media_types,
      column_text(record.referred_by, limits::address_bytes_max), record.replaces.value, record.disconnected_by,
      column_text(record.correlation_id, limits::correlation_id_bytes_max));
  if (!done) return done;
  if (done = put_media(database, record); !done) return done;
  return put_files(database, record);
}

Result<std::int64_t> close_open_rows(Database& database, base::WallTime last_alive) {
  const auto diagnostic = base::id_of(Reason::server_restarted);
  // Failed sign-ins have no end and need none (product table Registration).
  auto done = database.run(
      "UPDATE registrations SET deregister_us = max(register_us, ?1), diagnostic_id = ?2 "
      "WHERE deregister_us IS NULL AND response_code < 300",
      last_alive, diagnostic);
  if (!done) return done.error();
  std::int64_t closed = database.changes();
  // A failed invitation was over when it was answered.
  const std::string end =
      "CASE WHEN response_code >= 300 THEN coalesce(response_us, invite_us) "
      "ELSE max(invite_us, coalesce(response_us, invite_us), ?1) END";
  done = database.run("UPDATE media SET end_us = (SELECT " + end +
                          " FROM sessions s WHERE s.id = media.session_id) "
                          "WHERE session_id IN (SELECT id FROM sessions WHERE end_us IS NULL)",
                      last_alive);
  if (!done) return done.error();
  done = database.run("UPDATE sessions SET end_us = " + end +
                          ", diagnostic_id = CASE WHEN response_code >= 300 THEN diagnostic_id ELSE ?2 END "
                          "WHERE end_us IS NULL",
                      last_alive, diagnostic);
  if (!done) return done.error();
  closed += database.changes();
  return closed;
}

Result<std::vector<RegistrationRecord>> list_registrations(Database& database, const RecordFilter& filter) {
  return list<RegistrationRecord>(database, filter, std::string(registration_select), "r.user_id = ?1", "r.id",
                                  "r.register_us", registration_of);
}

Result<std::vector<SessionRecord>> list_sessions(Database& database, const RecordFilter& filter) {
  auto records = list<SessionRecord>(database, filter, std::string(session_select),
                                     "(s.user1_id = ?1 OR s.user2_id = ?1)", "s.id", "s.invite_us", session_of);
  if (!records) return records;
  for (SessionRecord& record : *records)
    if (const auto read = read_files(database, record); !read) return read.error();
  return records;
}

Result<RegistrationRecord> show_registration(Database& database, base::RecordId id) {
  return show<RegistrationRecord>(database, std::string(registration_select) + "WHERE r.id = ?", id, registration_of);
}

Result<SessionRecord> show_session(Database& database, base::RecordId id) {
  auto record = show<SessionRecord>(database, std::string(session_select) + "WHERE s.id = ?", id, session_of);
  if (!record) return record;
  if (const auto read = read_files(database, *record); !read) return read.error();
  return record;
}

}  // namespace tertulia::io::record_table
