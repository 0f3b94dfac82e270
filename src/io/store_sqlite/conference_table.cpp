// SPDX-License-Identifier: Apache-2.0
#include "io/store_sqlite/conference_table.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/reason.h"
#include "io/store_sqlite/limits.h"
#include "io/store_sqlite/record_table.h"

namespace tertulia::io::conference_table {
namespace {

using base::Error;
using base::Reason;
using base::Result;
using domain::ConferenceFacts;
using domain::ConferenceRecord;
using domain::FocusJoinRecord;
using domain::McuJoinRecord;
namespace limits = store_limits;

ConferenceFacts facts_of(const Statement& row) {
  ConferenceFacts facts;
  facts.key = {{static_cast<std::uint32_t>(row.number(0))}, std::string(row.text(1))};
  facts.subject = row.text(2);
  facts.admission = static_cast<domain::Admission>(row.number(3));
  facts.presenters = static_cast<domain::PresenterPolicy>(row.number(4));
  facts.lobby = row.number(5) != 0;
  facts.locked = row.number(6) != 0;
  facts.muted = row.number(7) != 0;
  facts.scheduled = row.number(8) != 0;
  facts.size_max = static_cast<std::uint32_t>(row.number(9));
  facts.created = row.time(10);
  facts.expires = row.time(11);
  facts.record.value = static_cast<std::uint64_t>(row.number(12));
  facts.started = row.time(13);
  facts.conversation.value = static_cast<std::uint64_t>(row.number(14));
  facts.replaces.value = static_cast<std::uint64_t>(row.number(15));
  facts.correlation_id = row.text(16);
  return facts;
}

struct PutRow {
  Database& database;

  Result<void> operator()(const ConferenceRecord& row) const {
    const auto organizer = record_table::user_row(database, row.organizer);
    if (!organizer) return organizer.error();
    return database.run(
        "INSERT INTO conference_records (id, conversation, organizer_id, conference_id, start_us, end_us, replaces, "
        "correlation_id, diagnostic_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
        "conversation = excluded.conversation, organizer_id = excluded.organizer_id, "
        "conference_id = excluded.conference_id, start_us = excluded.start_us, end_us = excluded.end_us, "
        "replaces = excluded.replaces, correlation_id = excluded.correlation_id, "
        "diagnostic_id = excluded.diagnostic_id",
        row.id.value, row.conversation.value, *organizer, row.conference_id, row.start_time, row.end_time,
        row.replaces.value, record_table::column_text(row.correlation_id, limits::call_id_bytes_max),
        row.diagnostic_id);
  }
  Result<void> operator()(const FocusJoinRecord& row) const {
    const auto user = record_table::user_row(database, row.user);
    if (!user) return user.error();
    return database.run(
        "INSERT INTO focus_joins (id, conference, user_id, endpoint, client_version, role, join_us, leave_us, "
        "diagnostic_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
        "role = excluded.role, leave_us = excluded.leave_us, diagnostic_id = excluded.diagnostic_id",
        row.id.value, row.conference.value, *user, row.endpoint.value,
        record_table::column_text(row.client_version, limits::client_version_bytes_max), static_cast<int>(row.role),
        row.join_time, row.leave_time, row.diagnostic_id);
  }
  Result<void> operator()(const McuJoinRecord& row) const {
    const auto user = record_table::user_row(database, row.user);
    if (!user) return user.error();
    return database.run(
        "INSERT INTO mcu_joins (id, conference, mcu, user_id, endpoint, client_version, message_count, join_us, "
        "leave_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
        "message_count = excluded.message_count, leave_us = excluded.leave_us",
        row.id.value, row.conference.value, static_cast<int>(row.mcu), *user, row.endpoint.value,
        record_table::column_text(row.client_version, limits::client_version_bytes_max), row.message_count,
        row.join_time, row.leave_time);
  }
};

base::RecordId record_id(const Statement& row, int column) { return {static_cast<std::uint64_t>(row.number(column))}; }

}  // namespace

Result<std::vector<ConferenceFacts>> load(Database& database) {
  std::vector<ConferenceFacts> all;
  auto done = database.each([&](const Statement& row) { all.push_back(facts_of(row)); },
                            "SELECT organizer_id, id, subject, admission, presenters, lobby, locked, muted, scheduled, "
                            "size_max, created_us, expires_us, record, started_us, conversation, replaces, "
                            "correlation_id FROM conferences ORDER BY organizer_id, id");
  if (!done) return done.error();
  std::size_t at = 0;
  bool stray = false;
  done = database.each(
      [&](const Statement& row) {
        const domain::ConferenceKey key{{static_cast<std::uint32_t>(row.number(0))}, std::string(row.text(1))};
        while (at < all.size() && all[at].key != key) ++at;
        if (at == all.size()) {
          stray = true;
          return;
        }
        all[at].people.push_back({{static_cast<std::uint32_t>(row.number(2))},
                                  static_cast<domain::ConferenceRole>(row.number(3)),
                                  row.number(4) != 0,
                                  row.number(5) != 0,
                                  row.number(6) != 0});
      },
      "SELECT organizer_id, id, user_id, role, invited, let_in, ejected FROM conference_people "
      "ORDER BY organizer_id, id, user_id");
  if (!done) return done.error();
  if (stray) return Error{Reason::file_damaged, "table conference_people has a row without its conference"};
  return all;
}

Result<void> put(Database& database, const ConferenceFacts& facts) {
  const auto known = database.number("SELECT id FROM users WHERE id = ?", facts.key.organizer.value);
  if (!known) return known.error();
  if (!*known) return Reason::user_does_not_exist;
  auto done = remove(database, facts.key);
  if (!done) return done;
  done = database.run(
      "INSERT INTO conferences (organizer_id, id, subject, admission, presenters, lobby, locked, muted, scheduled, "
      "size_max, created_us, expires_us, record, started_us, conversation, replaces, correlation_id) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      facts.key.organizer.value, facts.key.id, facts.subject, static_cast<int>(facts.admission),
      static_cast<int>(facts.presenters), static_cast<int>(facts.lobby), static_cast<int>(facts.locked),
      static_cast<int>(facts.muted), static_cast<int>(facts.scheduled), facts.size_max, facts.created, facts.expires,
      facts.record.value, facts.started, facts.conversation.value, facts.replaces.value, facts.correlation_id);
  for (const domain::ConferencePerson& person : facts.people) {
    if (!done) return done;
    done = database.run(
        "INSERT INTO conference_people (organizer_id, id, user_id, role, invited, let_in, ejected) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        facts.key.organizer.value, facts.key.id, person.user.value, static_cast<int>(person.role),
        static_cast<int>(person.invited), static_cast<int>(person.let_in), static_cast<int>(person.ejected));
  }
  return done;
}

Result<void> remove(Database& database, const domain::ConferenceKey& key) {
  return database.run("DELETE FROM conferences WHERE organizer_id = ? AND id = ?", key.organizer.value, key.id);
}

Result<void> put(Database& database, const domain::ConferenceRow& row) { return std::visit(PutRow{database}, row); }

Result<std::int64_t> close_open_rows(Database& database, base::WallTime last_alive) {
  const auto diagnostic = base::id_of(Reason::server_restarted);
  std::int64_t closed = 0;
  auto done =
      database.run("UPDATE focus_joins SET leave_us = max(join_us, ?1), diagnostic_id = ?2 WHERE leave_us IS NULL",
                   last_alive, diagnostic);
  if (!done) return done.error();
  closed += database.changes();
  done = database.run("UPDATE mcu_joins SET leave_us = max(join_us, ?1) WHERE leave_us IS NULL", last_alive);
  if (!done) return done.error();
  closed += database.changes();
  done = database.run(
      "UPDATE conference_records SET end_us = max(start_us, ?1), diagnostic_id = ?2 WHERE end_us IS NULL "
      "AND id NOT IN (SELECT record FROM conferences)",
      last_alive, diagnostic);
  if (!done) return done.error();
  return closed + database.changes();
}

namespace {

constexpr std::string_view conference_select =
    "SELECT c.id, c.conversation, u.uri, c.conference_id, c.start_us, c.end_us, c.replaces, c.correlation_id, "
    "c.diagnostic_id FROM conference_records c JOIN record_users u ON u.id = c.organizer_id ";

ConferenceRecord conference_of(const Statement& row) {
  ConferenceRecord record;
  record.id = record_id(row, 0);
  record.conversation.value = static_cast<std::uint64_t>(row.number(1));
  record.organizer = row.text(2);
  record.conference_id = row.text(3);
  record.start_time = row.time(4);
  record.end_time = row.optional_time(5);
  record.replaces = record_id(row, 6);
  record.correlation_id = row.text(7);
  record.diagnostic_id = static_cast<std::uint32_t>(row.number(8));
  return record;
}

}  // namespace

Result<std::vector<ConferenceRecord>> list(Database& database, const RecordFilter& filter) {
  std::string sql(conference_select);
  sql += "WHERE c.start_us >= ?2 AND c.start_us < ?3 AND c.id ";
  sql += filter.oldest_first ? "> ?4" : "< ?4";
  std::int64_t user = 0;
  if (!filter.user.empty()) {
    const auto known = database.number("SELECT id FROM record_users WHERE uri = ?", filter.user);
    if (!known) return known.error();
    if (!*known) return std::vector<ConferenceRecord>{};
    user = **known;
    sql += " AND (c.organizer_id = ?1 OR c.id IN (SELECT conference FROM focus_joins WHERE user_id = ?1))";
  }
  sql += filter.oldest_first ? " ORDER BY c.id ASC LIMIT ?5" : " ORDER BY c.id DESC LIMIT ?5";
  const std::int64_t start = filter.oldest_first ? 0 : INT64_MAX;
  const std::int64_t beyond = filter.beyond ? static_cast<std::int64_t>(filter.beyond.value) : start;
  std::vector<ConferenceRecord> records;
  auto done =
      database.each([&](const Statement& row) { records.push_back(conference_of(row)); }, sql, user,
                    filter.from.value_or(base::WallTime{INT64_MIN}), filter.to.value_or(base::WallTime{INT64_MAX}),
                    beyond, std::min(filter.limit, limits::rows_listed_max));
  if (!done) return done.error();
  return records;
}

Result<std::vector<ConferenceRecord>> of_conversation(Database& database, base::ConversationId id) {
  std::vector<ConferenceRecord> records;
  auto done = database.each([&](const Statement& row) { records.push_back(conference_of(row)); },
                            std::string(conference_select) + "WHERE c.conversation = ? ORDER BY c.id", id.value);
  if (!done) return done.error();
  return records;
}

Result<ConferenceStory> show(Database& database, base::RecordId id) {
  std::optional<ConferenceStory> story;
  auto done = database.each([&](const Statement& row) { story.emplace().conference = conference_of(row); },
                            std::string(conference_select) + "WHERE c.id = ?", id.value);
  if (!done) return done.error();
  if (!story) return Reason::not_found;
  done = database.each(
      [&](const Statement& row) {
        story->focus_joins.push_back({record_id(row, 0),
                                      id,
                                      std::string(row.text(1)),
                                      {static_cast<std::uint64_t>(row.number(2))},
                                      std::string(row.text(3)),
                                      static_cast<domain::RecordedRole>(row.number(4)),
                                      row.time(5),
                                      row.optional_time(6),
                                      static_cast<std::uint32_t>(row.number(7))});
      },
      "SELECT f.id, u.uri, f.endpoint, f.client_version, f.role, f.join_us, f.leave_us, f.diagnostic_id "
      "FROM focus_joins f JOIN record_users u ON u.id = f.user_id WHERE f.conference = ? ORDER BY f.id",
      id.value);
  if (!done) return done.error();
  done = database.each(
      [&](const Statement& row) {
        story->mcu_joins.push_back({record_id(row, 0),
                                    id,
                                    static_cast<domain::McuType>(row.number(1)),
                                    std::string(row.text(2)),
                                    {static_cast<std::uint64_t>(row.number(3))},
                                    std::string(row.text(4)),
                                    static_cast<std::uint32_t>(row.number(5)),
                                    row.time(6),
                                    row.optional_time(7)});
      },
      "SELECT m.id, m.mcu, u.uri, m.endpoint, m.client_version, m.message_count, m.join_us, m.leave_us "
      "FROM mcu_joins m JOIN record_users u ON u.id = m.user_id WHERE m.conference = ? ORDER BY m.id",
      id.value);
  if (!done) return done.error();
  done = database.each(
      [&](const Statement& row) {
        story->message_counts.push_back({std::string(row.text(0)), static_cast<std::uint64_t>(row.number(1))});
      },
      "SELECT UserUri, MessageCount FROM conference_message_count_view WHERE ConferenceRecordId = ? ORDER BY UserUri",
      id.value);
  if (!done) return done.error();
  return std::move(*story);
}

}  // namespace tertulia::io::conference_table
