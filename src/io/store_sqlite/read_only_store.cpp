// SPDX-License-Identifier: Apache-2.0
#include "io/store_sqlite/read_only_store.h"

#include <fmt/format.h>

#include "io/store_sqlite/kept_table.h"
#include "io/store_sqlite/maintenance.h"
#include "io/store_sqlite/migrations.h"
#include "io/store_sqlite/store_file.h"
#include "io/store_sqlite/user_table.h"

namespace tertulia::io {
namespace {

using base::Error;
using base::Reason;
using base::Result;

/// Runs `read` in one read transaction, so that several statements see the same moment.
template <typename Read>
auto at_one_moment(Database& database, Read read) -> decltype(read()) {
  if (auto begun = database.run("BEGIN"); !begun) return begun.error();
  auto result = read();
  database.roll_back();  // nothing was changed
  return result;
}

/// The file's name stands in the text, whichever step failed.
Error cannot_open(const std::string& path, const Error& error) {
  if (error.detail.find(path) != std::string::npos) return error;
  if (error.reason == Reason::file_damaged) return damaged(path, error.detail);
  return {Reason::file_unreadable, fmt::format("{}: {}", path, error.detail)};
}

}  // namespace

Result<ReadOnlyStore> ReadOnlyStore::open(const std::string& path) {
  if (auto sound = check_header(path); !sound) return sound.error();
  auto database = Database::open(path, Database::Access::read_only);
  if (!database) return cannot_open(path, database.error());
  const auto version = schema_version(*database, path, migrations());
  if (!version) return cannot_open(path, version.error());
  if (*version != migrations().back().version) {
    return Error{
        Reason::file_unreadable,
        fmt::format("the store file {} has schema version {}, expected {}; start the server once to bring it up "
                    "to date",
                    path, *version, migrations().back().version)};
  }
  return ReadOnlyStore{path, std::move(*database)};
}

Result<int> ReadOnlyStore::schema_ahead(const std::string& path) {
  if (auto sound = check_header(path); !sound) return sound.error();
  auto database = Database::open(path, Database::Access::read_only);
  if (!database) return cannot_open(path, database.error());
  const auto version = database->number("PRAGMA user_version");
  if (!version) return cannot_open(path, version.error());
  return static_cast<int>(version->value_or(0)) - migrations().back().version;
}

Result<std::vector<domain::RegistrationRecord>> ReadOnlyStore::list_registrations(const RecordFilter& filter) {
  return at_one_moment(database_, [&] { return record_table::list_registrations(database_, filter); });
}

Result<std::vector<domain::SessionRecord>> ReadOnlyStore::list_sessions(const RecordFilter& filter) {
  return at_one_moment(database_, [&] { return record_table::list_sessions(database_, filter); });
}

Result<std::vector<domain::ConferenceRecord>> ReadOnlyStore::list_conferences(const RecordFilter& filter) {
  return at_one_moment(database_, [&] { return conference_table::list(database_, filter); });
}

Result<conference_table::ConferenceStory> ReadOnlyStore::show_conference(base::RecordId id) {
  return at_one_moment(database_, [&] { return conference_table::show(database_, id); });
}

Result<std::vector<conference_table::ConferenceStory>> ReadOnlyStore::conferences_of(base::ConversationId id) {
  using Stories = std::vector<conference_table::ConferenceStory>;
  return at_one_moment(database_, [&]() -> Result<Stories> {
    const auto records = conference_table::of_conversation(database_, id);
    if (!records) return records.error();
    Stories stories;
    for (const domain::ConferenceRecord& record : *records) {
      auto story = conference_table::show(database_, record.id);
      if (!story) return story.error();
      stories.push_back(*std::move(story));
    }
    return stories;
  });
}

Result<domain::RegistrationRecord> ReadOnlyStore::show_registration(base::RecordId id) {
  return record_table::show_registration(database_, id);
}

Result<domain::SessionRecord> ReadOnlyStore::show_session(base::RecordId id) {
  return record_table::show_session(database_, id);
}

Result<std::vector<domain::User>> ReadOnlyStore::list_users() {
  return at_one_moment(database_, [&] { return user_table::load(database_, user_table::Secrets::without); });
}

Result<std::vector<domain::User>> ReadOnlyStore::list_users_with_credentials() {
  return at_one_moment(database_, [&] { return user_table::load(database_, user_table::Secrets::with); });
}

Result<std::vector<std::pair<base::UserId, std::uint64_t>>> ReadOnlyStore::count_kept() {
  return kept_table::count(database_);
}

Result<StoreCounts> ReadOnlyStore::counts() {
  StoreCounts counts;
  auto done = database_.each(
      [&](const Statement& row) {
        const auto at = [&](int column) { return static_cast<std::uint64_t>(row.number(column)); };
        counts = {at(0), at(1), at(2), at(3), at(4), at(5), 0, 0, at(6) * at(7), static_cast<int>(row.number(8))};
      },
      "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM kept_messages), "
      "(SELECT count(*) FROM registrations), "
      "(SELECT count(*) FROM registrations WHERE deregister_us IS NULL AND response_code < 300), "
      "(SELECT count(*) FROM sessions), (SELECT count(*) FROM sessions WHERE end_us IS NULL), "
      "(SELECT freelist_count FROM pragma_freelist_count), (SELECT page_size FROM pragma_page_size), "
      "(SELECT user_version FROM pragma_user_version)");
  if (!done) return done.error();
  counts.file_bytes = file_bytes(path_);
  counts.journal_bytes = file_bytes(path_ + "-wal");
  return counts;
}

Result<void> ReadOnlyStore::check() { return maintenance::check(database_, path_, maintenance::Depth::full); }

}  // namespace tertulia::io
