// SPDX-License-Identifier: Apache-2.0
#include "io/store_sqlite/database.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <map>
#include <system_error>
#include <utility>

#include "io/store_sqlite/limits.h"

namespace tertulia::io {
namespace {

using base::Error;
using base::Reason;
using base::Result;

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};

struct Prepared {
  sqlite3_stmt* statement = nullptr;
  bool in_use = false;
};

Reason reason_of(int code) {
  switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Reason::file_damaged;
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_PROTOCOL:
    case SQLITE_INTERRUPT:
      return Reason::store_unavailable;
    default:
      return Reason::internal_error;  // constraint, too big, wrong type, wrong statement
  }
}

bool has_system_error(int code) {
  const int primary = code & 0xff;
  return primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN || primary == SQLITE_FULL;
}

}  // namespace

Error sqlite_error(sqlite3* database, int code, std::string_view what) {
  std::string detail = fmt::format("{}: {} (SQLite code {}", what, sqlite3_errstr(code), code);
  if (database != nullptr && has_system_error(code)) {
    if (const int number = sqlite3_system_errno(database); number != 0) {
      detail += fmt::format(", system error {}: {}", number, std::generic_category().message(number));
    }
  }
  return {reason_of(code), detail + ')'};
}

// ---- Statement

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_),
      statement_(std::exchange(other.statement_, nullptr)),
      in_use_(std::exchange(other.in_use_, nullptr)),
      bound_(other.bound_),
      bind_code_(other.bind_code_) {}

Statement::~Statement() {
  if (statement_ == nullptr) return;
  if (in_use_ == nullptr) {
    sqlite3_finalize(statement_);
    return;
  }
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  *in_use_ = false;
}

void Statement::bind(std::string_view text) {
  // An empty view may have no address, which SQLite would take for NULL.
  const int code = sqlite3_bind_text64(statement_, ++bound_, text.data() == nullptr ? "" : text.data(), text.size(),
                                       SQLITE_TRANSIENT, SQLITE_UTF8);  // NOLINT: SQLite's own cast
  if (bind_code_ == SQLITE_OK) bind_code_ = code;
}

void Statement::bind(Blob blob) {
  const int code = sqlite3_bind_blob64(statement_, ++bound_, blob.bytes.empty() ? "" : blob.bytes.data(),
                                       blob.bytes.size(), SQLITE_TRANSIENT);  // NOLINT: SQLite's own cast
  if (bind_code_ == SQLITE_OK) bind_code_ = code;
}

void Statement::bind_number(std::int64_t number) {
  const int code = sqlite3_bind_int64(statement_, ++bound_, number);
  if (bind_code_ == SQLITE_OK) bind_code_ = code;
}

void Statement::bind_null() {
  const int code = sqlite3_bind_null(statement_, ++bound_);
  if (bind_code_ == SQLITE_OK) bind_code_ = code;
}

Result<bool> Statement::step() {
  if (bind_code_ != SQLITE_OK) return sqlite_error(database_->handle(), bind_code_, "a value was refused");
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return sqlite_error(database_->handle(), code, "a statement failed");
}

std::int64_t Statement::number(int column) const { return sqlite3_column_int64(statement_, column); }

std::string_view Statement::text(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  return bytes == nullptr ? std::string_view{}
                          : std::string_view{static_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

bool Statement::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

std::optional<base::WallTime> Statement::optional_time(int column) const {
  if (is_null(column)) return std::nullopt;
  return time(column);
}

// ---- Database

struct Database::State {
  std::unique_ptr<sqlite3, CloseDatabase> database;
  std::map<std::string, Prepared, std::less<>> cache;

  ~State() {
    for (auto& [sql, prepared] : cache) sqlite3_finalize(prepared.statement);
  }
};

Database::Database(std::unique_ptr<State> state) : state_(std::move(state)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Result<Database> Database::open(const std::string& path, Access access) {
  sqlite3* raw = nullptr;
  const int flags = (access == Access::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) | SQLITE_OPEN_NOMUTEX |
                    SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
  auto state = std::make_unique<State>();
  state->database.reset(raw);
  if (code != SQLITE_OK) return sqlite_error(raw, code, "the store file cannot be opened");
  sqlite3_busy_timeout(raw, store_limits::busy_timeout_ms);
  // A file that somebody else has written must not be able to run functions through its schema.
  sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  Database database{std::move(state)};
  if (auto set = database.execute("PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL;"); !set) return set.error();
  return database;
}

Result<void> Database::execute(const char* sql) {
  const int code = sqlite3_exec(handle(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return sqlite_error(handle(), code, "a statement failed");
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
  auto found = state_->cache.find(sql);
  if (found != state_->cache.end() && !found->second.in_use) {
    found->second.in_use = true;
    return Statement{*this, found->second.statement, &found->second.in_use};
  }
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &statement, nullptr);
  if (code != SQLITE_OK) {
    auto error = sqlite_error(handle(), code, "a statement was not understood");
    if ((code & 0xff) == SQLITE_ERROR) error.detail += fmt::format(": {}", sqlite3_errmsg(handle()));
    return error;
  }
  if (found != state_->cache.end() || state_->cache.size() >= store_limits::statements_cached_max) {
    return Statement{*this, statement, nullptr};
  }
  auto& prepared = state_->cache.emplace(std::string(sql), Prepared{statement, true}).first->second;
  return Statement{*this, statement, &prepared.in_use};
}

std::int64_t Database::last_insert_id() const { return sqlite3_last_insert_rowid(handle()); }
std::int64_t Database::changes() const { return sqlite3_changes64(handle()); }
bool Database::in_transaction() const { return sqlite3_get_autocommit(handle()) == 0; }
bool Database::read_only() const { return sqlite3_db_readonly(handle(), "main") == 1; }
std::size_t Database::statements_cached() const { return state_->cache.size(); }
sqlite3* Database::handle() const { return state_->database.get(); }

void Database::roll_back() {
  if (in_transaction()) sqlite3_exec(handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

}  // namespace tertulia::io
