// SPDX-License-Identifier: Apache-2.0
#include "io/store_sqlite/sqlite_store.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "io/store_sqlite/conference_table.h"
#include "io/store_sqlite/contact_table.h"
#include "io/store_sqlite/kept_table.h"
#include "io/store_sqlite/limits.h"
#include "io/store_sqlite/migrations.h"
#include "io/store_sqlite/photo_table.h"
#include "io/store_sqlite/presence_table.h"
#include "io/store_sqlite/record_table.h"
#include "io/store_sqlite/user_table.h"

namespace tertulia::io {
namespace {

using base::Error;
using base::Reason;
using base::Result;
using base::UserId;
using domain::KeptMessage;
using domain::User;

/// What a queued operation costs besides its texts.
constexpr std::size_t operation_bytes = 512;

/// A damaged file is reported with its name and the remedy, whichever step found it.
Error about_file(const std::string& path, const Error& error) {
  if (error.reason == Reason::file_damaged && error.detail.find(path) == std::string::npos) {
    return damaged(path, error.detail);
  }
  return {error.reason,
          error.detail.find(path) == std::string::npos ? fmt::format("{}: {}", path, error.detail) : error.detail};
}

/// Settings that stay in the file or belong to the writing connection.
Result<void> prepare_for_writing(Database& database, bool is_new) {
  // Must stand before the first table; afterwards it could only be changed by rewriting the file.
  if (is_new) {
    if (auto set = database.execute("PRAGMA auto_vacuum=INCREMENTAL"); !set) return set;
  }
  const auto sql = fmt::format("PRAGMA journal_mode=WAL; PRAGMA journal_size_limit={}; PRAGMA wal_autocheckpoint={};",
                               store_limits::journal_bytes_kept, store_limits::checkpoint_pages);
  return database.execute(sql.c_str());
}

Result<Database> open_database(const std::string& path, bool create) {
  const bool there = ::access(path.c_str(), F_OK) == 0;
  if (!there && !create) return missing(path);
  if (auto created = create_private_file(path); !created) return created.error();
  if (auto sound = there ? check_header(path) : Result<void>(); !sound) return sound.error();
  auto database = Database::open(path, Database::Access::read_write);
  if (!database) return about_file(path, database.error());
  if (database->read_only()) {
    return Error{Reason::file_unwritable, fmt::format("the store file {} may only be read; give its owner write "
                                                      "permission, or mount its file system for writing",
                                                      path)};
  }
  const auto version = schema_version(*database, path, migrations());  // before anything is changed in the file
  if (!version) return about_file(path, version.error());
  if (auto sound = maintenance::check(*database, path, maintenance::Depth::quick); !sound) {
    return about_file(path, sound.error());
  }
  if (auto set = prepare_for_writing(*database, *version == 0); !set) return about_file(path, set.error());
  if (auto done = migrate(*database, path, migrations()); !done) return about_file(path, done.error());
  return database;
}

Result<std::int64_t> close_left_open(Database& database) {
  const auto alive = database.number("SELECT number FROM meta WHERE name = 'alive_us'");
  if (!alive) return alive.error();
  if (auto begun = database.run("BEGIN IMMEDIATE"); !begun) return begun.error();
  auto closed = record_table::close_open_rows(database, base::WallTime{alive->value_or(0)});
  if (closed) {
    const auto conferences = conference_table::close_open_rows(database, base::WallTime{alive->value_or(0)});
    closed = conferences ? Result<std::int64_t>{*closed + *conferences} : Result<std::int64_t>{conferences.error()};
  }
  if (closed) {
    if (auto done = database.run("COMMIT"); done) return closed;
  }
  database.roll_back();
  if (closed) return Error{Reason::store_unavailable, "the store cannot take changes at start"};
  return closed;
}

}  // namespace

SqliteStore::SqliteStore(std::string path, LockFile lock, std::int64_t closed_at_start)
    : path_(std::move(path)), closed_at_start_(closed_at_start), lock_(std::make_unique<LockFile>(std::move(lock))) {}

SqliteStore::~SqliteStore() { stop(); }

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(StoreSettings settings, const base::Log& log) {
  auto lock = LockFile::take(settings.path + ".lock");
  if (!lock) return lock.error();
  auto database = open_database(settings.path, settings.create);
  if (!database) return database.error();
  const auto closed = close_left_open(*database);
  if (!closed) return about_file(settings.path, closed.error());
  if (*closed > 0) log.warning("store: records left open by an earlier run were closed", {{"records", *closed}});
  std::unique_ptr<SqliteStore> store{new SqliteStore(settings.path, std::move(*lock), *closed)};
  store->writer_ = std::make_unique<Writer>(std::move(*database),
                                            Writer::Settings{std::move(settings.clock), settings.retry_pause}, log);
  return store;
}

void SqliteStore::stop() {
  const std::lock_guard guard(stop_mutex_);
  if (writer_) writer_->stop();
  lock_.reset();
}

// ---- users

/// Waits for what the writer reads.  Damage is told as such: the one who starts a server needs to know what to do.
template <typename Value, typename Load>
Result<Value> SqliteStore::read_now(Load read) {
  std::optional<Result<Value>> loaded;
  auto done = writer_->run(Operation::Kind::read, [&](Database& database) -> Result<void> {
    loaded = read(database);
    if (!*loaded && loaded->reason() != Reason::file_damaged) return loaded->error();
    return {};
  });
  if (!done) return done.error();
  if (!*loaded) return about_file(path_, loaded->error());
  return std::move(*loaded);
}

Result<std::vector<User>> SqliteStore::load_users() {
  return read_now<std::vector<User>>(
      [](Database& database) { return user_table::load(database, user_table::Secrets::with); });
}

void SqliteStore::put_user(User user, std::function<void(Result<User>)> done) {
  auto shared = std::make_shared<std::pair<User, UserId>>(std::move(user), UserId{});
  const auto bytes = operation_bytes * (1 + shared->first.settings.size() + shared->first.blocked.size()) +
                     (shared->first.card ? operation_bytes * domain::card_fields().size() : 0) +
                     shared->first.display_name.size() + shared->first.credentials.sealed_digests.size();
  writer_->submit({Operation::Kind::change, bytes,
                   [shared](Database& database) -> Result<void> {
                     const auto id = user_table::put(database, shared->first);
                     if (!id) return id.error();
                     shared->second = *id;  // not into the user: a second try must insert again
                     return {};
                   },
                   [shared, done = std::move(done)](Result<void> result) {
                     if (!done) return;
                     if (!result) return done(result.error());
                     shared->first.id = shared->second;
                     done(std::move(shared->first));
                   }});
}

void SqliteStore::remove_user(UserId id, std::function<void(Result<void>)> done) {
  writer_->submit({Operation::Kind::change, operation_bytes,
                   [id](Database& database) { return user_table::remove(database, id); }, std::move(done)});
}

// ---- pictures

void SqliteStore::put_photo(UserId user, domain::PhotoPtr photo, Done done) {
  TERTULIA_CHECK(photo != nullptr);
  writer_->submit({Operation::Kind::change, operation_bytes + photo->bytes.size(),
                   [user, photo](Database& database) { return photo_table::put(database, user, *photo); },
                   std::move(done)});
}

void SqliteStore::load_photo(UserId user, std::function<void(Result<domain::PhotoPtr>)> done) {
  auto found = std::make_shared<domain::PhotoPtr>();
  writer_->submit({Operation::Kind::read, operation_bytes,
                   [user, found](Database& database) -> Result<void> {
                     auto loaded = photo_table::load(database, user);
                     if (!loaded) return loaded.error();
                     *found = *std::move(loaded);
                     return {};
                   },
                   [found, done = std::move(done)](Result<void> result) {
                     if (!result) return done(result.error());
                     done(std::move(*found));
                   }});
}

// ---- contacts and presence

Result<std::vector<domain::StoredContacts>> SqliteStore::load_contacts() {
  return read_now<std::vector<domain::StoredContacts>>(contact_table::load);
}

void SqliteStore::change_contacts(domain::ContactsChange change, Done done) {
  auto bytes = operation_bytes;
  for (const auto& contact : change.put) {
    bytes += sizeof contact + contact.address.size() + contact.name.size() + contact.extension.size();
  }
  for (const auto& group : change.put_groups) bytes += sizeof group + group.name.size() + group.extension.size();
  for (const auto& address : change.removed) bytes += sizeof address + address.size();
  writer_->submit({Operation::Kind::change, bytes,
                   [change = std::move(change)](Database& database) { return contact_table::change(database, change); },
                   std::move(done)});
}

Result<std::vector<domain::StoredPresence>> SqliteStore::load_presence() {
  return read_now<std::vector<domain::StoredPresence>>(presence_table::load);
}

void SqliteStore::change_presence(domain::PresenceChange change, Done done) {
  auto bytes = operation_bytes;
  for (const auto& publication : change.put) {
    bytes += sizeof publication + publication.key.category.size();
    const auto* opaque = std::get_if<domain::OpaqueValue>(&publication.value);
    bytes += (opaque != nullptr ? opaque->bytes.size() : operation_bytes) + publication.original.bytes.size();
  }
  for (const auto& key : change.removed) bytes += sizeof key + key.category.size();
  if (change.levels) {
    for (const auto& entry : *change.levels) bytes += sizeof entry + entry.member.value.size();
  }
  writer_->submit(
      {Operation::Kind::change, bytes,
       [change = std::move(change)](Database& database) { return presence_table::change(database, change); },
       std::move(done)});
}

// ---- kept messages

void SqliteStore::keep(UserId to, domain::InstantMessagePtr message, std::function<void(Result<void>)> done) {
  TERTULIA_CHECK(message != nullptr);
  const auto bytes = operation_bytes + message->content.size() + message->content_type.size() + message->subject.size();
  writer_->submit(
      {Operation::Kind::change, bytes,
       [to, message = std::move(message)](Database& database) { return kept_table::keep(database, to, *message); },
       std::move(done)});
}

void SqliteStore::load(UserId to, std::size_t limit, std::function<void(Result<std::vector<KeptMessage>>)> done) {
  auto messages = std::make_shared<std::vector<KeptMessage>>();
  writer_->submit({Operation::Kind::read, operation_bytes,
                   [to, limit, messages](Database& database) -> Result<void> {
                     auto loaded = kept_table::load(database, to, limit);
                     if (!loaded) return loaded.error();
                     *messages = std::move(*loaded);
                     return {};
                   },
                   [messages, done = std::move(done)](Result<void> result) {
                     if (!done) return;
                     if (!result) return done(result.error());
                     done(std::move(*messages));
                   }});
}

void SqliteStore::forget(UserId to, std::uint64_t sequence, std::function<void(Result<void>)> done) {
  writer_->submit({Operation::Kind::change, operation_bytes,
                   [to, sequence](Database& database) { return kept_table::forget(database, to, sequence); },
                   std::move(done)});
}

Result<std::vector<std::pair<UserId, std::uint64_t>>> SqliteStore::count_kept() {
  return read_now<std::vector<std::pair<UserId, std::uint64_t>>>(kept_table::count);
}

// ---- records

void SqliteStore::put_registration(domain::RegistrationRecord record, Done done) {
  const auto bytes = operation_bytes + record.user.size() + record.instance.size() + record.client_version.size();
  writer_->submit({Operation::Kind::record, bytes,
                   [record = std::move(record)](Database& database) { return record_table::put(database, record); },
                   std::move(done)});
}

void SqliteStore::put_session(domain::SessionRecord record, Done done) {
  auto bytes = operation_bytes + record.user1.user.size() + record.user1.client_version.size() +
               record.user2.user.size() + record.user2.client_version.size() + record.call_id.size() +
               record.content_type.size() + record.referred_by.size() + record.correlation_id.size();
  for (const domain::FileTransfer& file : record.files)
    bytes += sizeof(file) + file.name.size() + file.identity.size() + file.cookie.size();
  writer_->submit({Operation::Kind::record, bytes,
                   [record = std::move(record)](Database& database) { return record_table::put(database, record); },
                   std::move(done)});
}

void SqliteStore::put_conference(domain::ConferenceRow row, Done done) {
  writer_->submit({Operation::Kind::record, 2 * operation_bytes,
                   [row = std::move(row)](Database& database) { return conference_table::put(database, row); },
                   std::move(done)});
}

// ---- conferences

Result<std::vector<domain::ConferenceFacts>> SqliteStore::load_conferences() {
  return read_now<std::vector<domain::ConferenceFacts>>(conference_table::load);
}

void SqliteStore::put_conference_facts(domain::ConferenceFacts facts, Done done) {
  const auto bytes =
      2 * operation_bytes + facts.subject.size() + facts.people.size() * sizeof(domain::ConferencePerson);
  writer_->submit({Operation::Kind::change, bytes,
                   [facts = std::move(facts)](Database& database) { return conference_table::put(database, facts); },
                   std::move(done)});
}

void SqliteStore::remove_conference(domain::ConferenceKey key, Done done) {
  writer_->submit({Operation::Kind::change, operation_bytes,
                   [key = std::move(key)](Database& database) { return conference_table::remove(database, key); },
                   std::move(done)});
}

// ---- maintenance

Result<std::uint64_t> SqliteStore::purge(base::WallTime now, std::uint32_t keep_days) {
  if (keep_days < store_limits::keep_days_min || keep_days > store_limits::keep_days_max) {
    return Error{Reason::setting_out_of_bounds,
                 fmt::format("keep_days must be {} to {}", store_limits::keep_days_min, store_limits::keep_days_max)};
  }
  const base::WallTime cutoff = now + -std::chrono::duration_cast<base::Duration>(std::chrono::hours(24) * keep_days);
  // Each batch is an operation of its own, so that others get their turn in between.
  const auto run_batch = [this](auto batch, std::int64_t& answer) {
    return writer_->run(Operation::Kind::change, [&](Database& database) -> Result<void> {
      auto result = batch(database);
      if (!result) return result.error();
      answer = *result;
      return {};
    });
  };
  std::uint64_t purged = 0;
  std::int64_t answer = 0;
  do {
    auto done = run_batch([&](Database& database) { return maintenance::purge_batch(database, cutoff); }, answer);
    if (!done) return done.error();
    purged += static_cast<std::uint64_t>(answer);
  } while (answer > 0);
  std::int64_t after = 0;
  do {
    auto done = run_batch([&](Database& database) { return maintenance::purge_names(database, after); }, after);
    if (!done) return done.error();
  } while (after > 0);
  std::int64_t before = 0;
  do {  // ends when nothing is free, or when no progress is made any more
    before = answer;
    auto done = run_batch([](Database& database) { return maintenance::vacuum_batch(database); }, answer);
    if (!done) return done.error();
  } while (answer > 0 && (before == 0 || answer < before));
  return purged;
}

Result<void> SqliteStore::backup(const std::string& target, bool overwrite, const BackupProgress& progress) const {
  return backup_store(path_, target, overwrite, progress);
}

Result<void> SqliteStore::check() const {
  auto database = Database::open(path_, Database::Access::read_only);
  if (!database) return about_file(path_, database.error());
  return maintenance::check(*database, path_, maintenance::Depth::full);
}

}  // namespace tertulia::io
