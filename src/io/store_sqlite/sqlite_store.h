// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/conference/store.h"
#include "domain/contacts/store.h"
#include "domain/conversation/store.h"
#include "domain/directory/photo_store.h"
#include "domain/directory/store.h"
#include "domain/presence/store.h"
#include "domain/record/store.h"
#include "io/store_sqlite/maintenance.h"
#include "io/store_sqlite/metrics.h"
#include "io/store_sqlite/store_file.h"
#include "io/store_sqlite/writer.h"

namespace tertulia::io {

struct StoreSettings {
  std::string path;                                      ///< of the file; `-wal`, `-shm` and `.lock` stand beside it
  std::function<base::Now()> clock;                      ///< called on the writer's thread
  base::Duration retry_pause = std::chrono::seconds(1);  ///< between attempts to write records on a disk in trouble
  bool create = true;                                    ///< make the file when it is missing
};

/// Users with contacts and lasting presence, kept messages and records in one SQLite file, with a writer thread of its own.  Members may be called on any
/// thread; `done` is called on the writer's thread, or at once on the caller's when the queue is full or the store has
/// stopped (store_unavailable).  What `done` reported without error survives kill -9 and loss of power.
class SqliteStore final : public domain::DirectoryStore,
                          public domain::PhotoStore,
                          public domain::ContactStore,
                          public domain::PresenceStore,
                          public domain::KeptMessageStore,
                          public domain::RecordStore,
                          public domain::ConferenceStore {
 public:
  /// Creates the file (mode 0600; without `create` a missing one is an error) or checks it, brings its schema up to date, closes records that an earlier run left
  /// open, starts the writer.  Blocks.  `log` outlives the store. Errors: already_running, file_damaged (detail names
  /// the file and the remedy), file_unreadable (also: missing, written by a newer version), file_unwritable, store_unavailable.
  static base::Result<std::unique_ptr<SqliteStore>> open(StoreSettings settings, const base::Log& log);
  ~SqliteStore() override;

  /// Errors of this and the other two that load: store_unavailable, file_damaged (detail names file, table, row and
  /// remedy).
  base::Result<std::vector<domain::User>> load_users() override;
  void put_user(domain::User user, std::function<void(base::Result<domain::User>)> done) override;
  void remove_user(base::UserId id, std::function<void(base::Result<void>)> done) override;

  void put_photo(base::UserId user, domain::PhotoPtr photo, Done done) override;
  void load_photo(base::UserId user, std::function<void(base::Result<domain::PhotoPtr>)> done) override;

  base::Result<std::vector<domain::StoredContacts>> load_contacts() override;
  void change_contacts(domain::ContactsChange change, Done done) override;
  base::Result<std::vector<domain::StoredPresence>> load_presence() override;
  void change_presence(domain::PresenceChange change, Done done) override;

  /// Errors also: user_does_not_exist (removed meanwhile).
  void keep(base::UserId to, domain::InstantMessagePtr message, std::function<void(base::Result<void>)> done) override;
  /// At most kept_loaded_max messages.
  void load(base::UserId to, std::size_t limit,
            std::function<void(base::Result<std::vector<domain::KeptMessage>>)> done) override;
  void forget(base::UserId to, std::uint64_t sequence, std::function<void(base::Result<void>)> done) override;
  base::Result<std::vector<std::pair<base::UserId, std::uint64_t>>> count_kept() override;

  void put_registration(domain::RegistrationRecord record, Done done) override;
  void put_session(domain::SessionRecord record, Done done) override;
  void put_conference(domain::ConferenceRow row, Done done) override;

  base::Result<std::vector<domain::ConferenceFacts>> load_conferences() override;
  void put_conference_facts(domain::ConferenceFacts facts, Done done) override;
  void remove_conference(domain::ConferenceKey key, Done done) override;

  /// Deletes records that ended more than `keep_days` ago, in batches between the other writes, and gives the space
  /// back. Returns how many records.  Blocks: never on a shard nor in a `done`. Errors: setting_out_of_bounds
  /// (keep_days_min to keep_days_max), store_unavailable.
  base::Result<std::uint64_t> purge(base::WallTime now, std::uint32_t keep_days);
  /// See backup_store.  Blocks: never on a shard nor in a `done`.
  base::Result<void> backup(const std::string& target, bool overwrite, const BackupProgress& progress) const;
  /// Full integrity check on a connection of its own; writers go on.  Blocks.  Errors: file_damaged, those of Database.
  base::Result<void> check() const;

  /// Carries out what is queued, calls every `done`, writes everything back into the file, closes it and frees the
  /// lock.
  void stop();

  StoreHealth health() const { return writer_->health(); }
  const StoreMetrics& metrics() const { return writer_->metrics(); }
  /// For maintenance that must stand in the order of the writes.
  Writer& writer() { return *writer_; }
  /// Records that open() closed because an earlier run had left them open.
  std::int64_t closed_at_start() const { return closed_at_start_; }

 private:
  template <typename Value, typename Load>
  base::Result<Value> read_now(Load read);
  SqliteStore(std::string path, LockFile lock, std::int64_t closed_at_start);

  std::string path_;
  std::int64_t closed_at_start_;
  std::mutex stop_mutex_;
  std::unique_ptr<LockFile> lock_;
  std::unique_ptr<Writer> writer_;  // after the lock: stops before it is freed
};

}  // namespace tertulia::io
