// SPDX-License-Identifier: Apache-2.0
#include "io/store_sqlite/maintenance.h"

#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <memory>

#include "io/store_sqlite/limits.h"
#include "io/store_sqlite/store_file.h"

namespace tertulia::io {
namespace {

using base::Error;
using base::Reason;
using base::Result;

/// Removes the unfinished copy whatever happens; after success there is nothing left to remove.
class PartialFile {
 public:
  explicit PartialFile(std::string path) : path_(std::move(path)) {}
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;
  ~PartialFile() {
    for (const char* tail : {"", "-journal", "-wal", "-shm"}) ::unlink((path_ + tail).c_str());
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

Result<void> copy_pages(Database& source, Database& target, const BackupProgress& progress) {
  // An open read transaction pins one moment: without it every write of the server would start the copy again.
  if (auto begun = source.execute("BEGIN; SELECT count(*) FROM sqlite_schema;"); !begun) return begun;
  sqlite3_backup* backup = sqlite3_backup_init(target.handle(), "main", source.handle(), "main");
  if (backup == nullptr) {
    source.roll_back();
    return sqlite_error(target.handle(), sqlite3_extended_errcode(target.handle()), "the copy cannot be begun");
  }
  int code = SQLITE_OK;
  while (code == SQLITE_OK) {
    code = sqlite3_backup_step(backup, store_limits::backup_step_pages);
    const auto total = static_cast<std::uint64_t>(sqlite3_backup_pagecount(backup));
    if (progress) progress(total - static_cast<std::uint64_t>(sqlite3_backup_remaining(backup)), total);
  }
  const int finished = sqlite3_backup_finish(backup);
  source.roll_back();
  if (code != SQLITE_DONE) return sqlite_error(target.handle(), code, "the copy failed");
  if (finished != SQLITE_OK) return sqlite_error(target.handle(), finished, "the copy failed");
  return {};
}

}  // namespace

Result<void> backup_store(const std::string& path, const std::string& target, bool overwrite,
                          const BackupProgress& progress) {
  if (!overwrite && ::access(target.c_str(), F_OK) == 0) {
    return Error{Reason::file_unwritable, fmt::format("will not overwrite {}", target)};
  }
  auto source = Database::open(path, Database::Access::read_only);
  if (!source) return source.error();
  const PartialFile partial{fmt::format("{}.{}.partial", target, ::getpid())};
  ::unlink(partial.path().c_str());
  if (auto created = create_private_file(partial.path()); !created) return created;
  {
    auto copy = Database::open(partial.path(), Database::Access::read_write);
    if (!copy) return copy.error();
    // The file is made durable as a whole at the end.
    if (auto set = copy->execute("PRAGMA synchronous=OFF; PRAGMA journal_mode=OFF;"); !set) return set;
    if (auto copied = copy_pages(*source, *copy, progress); !copied) return copied;
    // One file that stands for itself, without a write-ahead log beside it.
    if (auto set = copy->execute("PRAGMA journal_mode=DELETE;"); !set) return set;
    if (auto sound = maintenance::check(*copy, target, maintenance::Depth::quick); !sound) return sound;
  }
  return publish_file(partial.path(), target, overwrite);
}

namespace maintenance {

Result<void> check(Database& database, const std::string& path, Depth depth) {
  std::string findings;
  std::size_t count = 0;
  const auto note = [&](std::string_view finding) {
    if (finding == "ok" || count == store_limits::findings_max) return;
    findings += fmt::format("{}{}", count++ == 0 ? "" : "; ", finding);
  };
  const auto sql = fmt::format("PRAGMA {}({})", depth == Depth::quick ? "quick_check" : "integrity_check",
                               depth == Depth::quick ? std::size_t{1} : store_limits::findings_max);
  auto done = database.each([&](const Statement& row) { note(row.text(0)); }, sql);
  if (done && depth == Depth::full) {
    done = database.each([&](const Statement& row) { note(fmt::format("dangling reference in {}", row.text(0))); },
                         "PRAGMA foreign_key_check");
  }
  if (!done && done.error().reason == Reason::file_damaged) {
    note(done.error().detail);
  } else if (!done) {
    return done;
  }
  if (count > 0) return damaged(path, findings);
  return {};
}

Result<std::int64_t> purge_batch(Database& database, base::WallTime cutoff) {
  // What is still open belongs to a running conversation; failures without an end were over when they began.
  auto done = database.run(
      "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE invite_us < ?1 AND "
      "coalesce(end_us, CASE WHEN response_code >= 300 THEN invite_us END) < ?1 LIMIT ?2)",
      cutoff, store_limits::purge_batch_rows);
  if (!done) return done.error();
  const auto sessions = database.changes();
  done = database.run(
      "DELETE FROM registrations WHERE id IN (SELECT id FROM registrations WHERE register_us < ?1 AND "
      "coalesce(deregister_us, CASE WHEN response_code >= 300 THEN register_us END) < ?1 LIMIT ?2)",
      cutoff, store_limits::purge_batch_rows - sessions);
  if (!done) return done.error();
  const auto registrations = database.changes();
  done = database.run(
      "DELETE FROM conference_records WHERE id IN (SELECT id FROM conference_records WHERE end_us < ?1 LIMIT ?2)",
      cutoff, store_limits::purge_batch_rows - sessions - registrations);
  if (!done) return done.error();
  const auto conferences = database.changes();
  // The rows of a conference go with it, or when it has gone.
  for (const char* table : {"focus_joins", "mcu_joins"}) {
    const std::string sql = fmt::format(
        "DELETE FROM {0} WHERE id IN (SELECT j.id FROM {0} j LEFT JOIN conference_records c ON c.id = j.conference "
        "WHERE c.id IS NULL AND j.leave_us < ?1 LIMIT ?2)",
        table);
    done = database.run(sql, cutoff, store_limits::purge_batch_rows);
    if (!done) return done.error();
  }
  return sessions + registrations + conferences;
}

Result<std::int64_t> purge_names(Database& database, std::int64_t after) {
  const auto last =
      database.number("SELECT max(id) FROM (SELECT id FROM record_users WHERE id > ?1 ORDER BY id LIMIT ?2)", after,
                      store_limits::purge_batch_users);
  if (!last) return last.error();
  if (!*last) return std::int64_t{0};
  auto done = database.run(
      "DELETE FROM record_users WHERE id > ?1 AND id <= ?2 "
      "AND NOT EXISTS (SELECT 1 FROM registrations r WHERE r.user_id = record_users.id) "
      "AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.user1_id = record_users.id) "
      "AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.user2_id = record_users.id) "
      "AND NOT EXISTS (SELECT 1 FROM conference_records c WHERE c.organizer_id = record_users.id) "
      "AND NOT EXISTS (SELECT 1 FROM focus_joins f WHERE f.user_id = record_users.id) "
      "AND NOT EXISTS (SELECT 1 FROM mcu_joins m WHERE m.user_id = record_users.id)",
      after, **last);
  if (!done) return done.error();
  return **last;
}

Result<std::int64_t> vacuum_batch(Database& database) {
  // The number is part of the statement because a pragma takes no parameters.
  const auto sql = fmt::format("PRAGMA incremental_vacuum({})", store_limits::vacuum_batch_pages);
  if (auto done = database.run(sql); !done) return done.error();
  const auto left = database.number("PRAGMA freelist_count");
  if (!left) return left.error();
  return left->value_or(0);
}

}  // namespace maintenance
}  // namespace tertulia::io
