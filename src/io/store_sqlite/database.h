// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

struct sqlite3;
struct sqlite3_stmt;

namespace tertulia::io {

class Database;

/// Bytes that are not text.
struct Blob {
  std::string_view bytes;
};

/// A prepared statement, borrowed from its Database and given back (reset) at the end of its life.  Columns count from
/// 0. A failed binding is reported by the next `step`.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  /// Binds the next parameter; the value is copied.
  void bind(std::string_view text);
  void bind(const std::string& text) { bind(std::string_view(text)); }
  void bind(const char* text) { bind(std::string_view(text)); }
  void bind(Blob blob);
  void bind(std::integral auto number) { bind_number(static_cast<std::int64_t>(number)); }
  void bind(base::WallTime time) { bind_number(time.us); }
  void bind(std::optional<base::WallTime> time) { time ? bind_number(time->us) : bind_null(); }

  /// True: there is a row.  Errors: store_unavailable, file_damaged, internal_error.
  base::Result<bool> step();

  std::int64_t number(int column) const;
  /// Also of a blob.  View: until the next step.
  std::string_view text(int column) const;
  bool is_null(int column) const;
  base::WallTime time(int column) const { return {number(column)}; }
  std::optional<base::WallTime> optional_time(int column) const;

 private:
  friend class Database;
  Statement(Database& database, sqlite3_stmt* statement, bool* in_use)
      : database_(&database), statement_(statement), in_use_(in_use) {}
  void bind_number(std::int64_t number);
  void bind_null();

  Database* database_;
  sqlite3_stmt* statement_;
  bool* in_use_;  // flag in the cache; null: not cached, ours to finalize
  int bound_ = 0;
  int bind_code_ = 0;
};

/// One connection to an SQLite file.  Thread: one at a time.  Errors of all members: store_unavailable (disk full,
/// read-only, input/output, busy, memory), file_damaged, internal_error (the statement itself was refused); their
/// detail tells what the system said and never holds content.
class Database {
 public:
  enum class Access : std::uint8_t { read_write, read_only };

  /// The file must exist.  Foreign keys on, busy timeout set, full synchronisation.
  static base::Result<Database> open(const std::string& path, Access access);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  /// Several statements without parameters or rows.
  base::Result<void> execute(const char* sql);

  /// Prepares (or finds prepared) and binds.
  template <typename... Values>
  base::Result<Statement> query(std::string_view sql, const Values&... values) {
    auto statement = prepare(sql);
    if (statement) (statement->bind(values), ...);
    return statement;
  }
  /// Runs to the end.
  template <typename... Values>
  base::Result<void> run(std::string_view sql, const Values&... values) {
    return each([](const Statement&) {}, sql, values...);
  }
  /// Calls `on_row(const Statement&)` for each row.
  template <typename OnRow, typename... Values>
  base::Result<void> each(OnRow on_row, std::string_view sql, const Values&... values) {
    auto statement = query(sql, values...);
    if (!statement) return statement.error();
    while (true) {
      const auto row = statement->step();
      if (!row) return row.error();
      if (!*row) return {};
      on_row(static_cast<const Statement&>(*statement));
    }
  }
  /// First column of the first row, nothing when there is no row or it is NULL.
  template <typename... Values>
  base::Result<std::optional<std::int64_t>> number(std::string_view sql, const Values&... values) {
    auto statement = query(sql, values...);
    if (!statement) return statement.error();
    const auto row = statement->step();
    if (!row) return row.error();
    if (!*row || statement->is_null(0)) return std::optional<std::int64_t>{};
    return std::optional<std::int64_t>{statement->number(0)};
  }

  std::int64_t last_insert_id() const;
  std::int64_t changes() const;  ///< rows of the last statement
  bool in_transaction() const;
  bool read_only() const;
  /// Ends an open transaction without its changes; nothing happens when SQLite has already done so.
  void roll_back();
  std::size_t statements_cached() const;
  sqlite3* handle() const;  ///< for the backup interface

 private:
  friend class Statement;
  struct State;
  explicit Database(std::unique_ptr<State> state);
  base::Result<Statement> prepare(std::string_view sql);
  std::unique_ptr<State> state_;
};

/// The same for every caller of SQLite: reason and detail of a result code.  `database` may be null.
base::Error sqlite_error(sqlite3* database, int code, std::string_view what);

/// True when the trouble is with the disk or the file, not with one operation.
constexpr bool is_disk_trouble(base::Reason reason) {
  return reason == base::Reason::store_unavailable || reason == base::Reason::file_damaged;
}

}  // namespace tertulia::io
