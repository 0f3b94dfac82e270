// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "base/time.h"
#include "io/store_sqlite/database.h"
#include "io/store_sqlite/metrics.h"

namespace tertulia::io {

/// What the writer carries out.
struct Operation {
  enum class Kind : std::uint8_t {
    read,    ///< changes nothing; in the queue to come after earlier changes
    change,  ///< fails at once when the disk is in trouble
    record,  ///< waits in memory until the disk is well again
  };
  using Apply = std::function<base::Result<void>(Database&)>;
  using Done = std::function<void(base::Result<void>)>;

  Kind kind = Kind::change;
  std::size_t bytes = 0;  ///< memory it holds, about
  /// Runs inside a transaction, perhaps several times (after a roll-back).  A result that is not an error of Database
  /// is a refusal: it must have changed nothing, and the other operations of the transaction go on.
  Apply apply;
  Done done;  ///< may be empty; called exactly once

  /// Nobody waits for it.
  bool is_patient() const { return kind == Kind::record && !done; }
};

/// The only one that writes to the store: a thread with a bounded queue.  Everything queued goes into one transaction
/// (group commit); then all `done` are called on this thread.  Records for whose writing nobody waits let others catch up
/// for a moment (store_limits::record_patience).  When the transaction fails it is rolled back and its
/// operations are tried one by one, so that a bad one does not fail its neighbours; records that the disk does not take
/// wait in order and are tried again.  Members may be called on any thread.
class Writer {
 public:
  struct Settings {
    std::function<base::Now()> clock;
    base::Duration retry_pause = std::chrono::seconds(1);  ///< between two attempts to write waiting records
  };
  Writer(Database database, Settings settings, const base::Log& log);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// When the queue is full or the writer has stopped, `done` is called at once on the caller's thread:
  /// store_unavailable.
  void submit(Operation operation);
  /// The same, and waits.  Never on the writer's own thread (not in a `done`).
  base::Result<void> run(Operation::Kind kind, Operation::Apply apply);
  /// Carries out everything queued, tries waiting records a last time, calls every `done`, writes the log back into the
  /// file and closes it.  May be called again.
  void stop();

  StoreHealth health() const;
  const StoreMetrics& metrics() const { return metrics_; }

 private:
  using Group = std::vector<Operation>;
  using Results = std::vector<base::Result<void>>;

  void loop();
  const char* refusal_of(const Operation& operation) const;
  bool take(Group& group);
  bool must_go() const;
  void execute(Group& group);
  void execute_singly(Group& group);
  void retry_waiting();
  void give_up_waiting();
  bool retry_due() const;
  void let_wait(Operation operation, const base::Error& why);
  Operation take_first_waiting();
  base::Result<void> attempt(const std::vector<Operation*>& operations, Results& results);
  base::Result<void> apply_all(const std::vector<Operation*>& operations, Results& results);
  void finish(Operation& operation, base::Result<void> result);
  void note_success(std::size_t group);
  void note_failure(const base::Error& error);

  // The writer's thread alone.
  Database database_;
  Settings settings_;
  const base::Log& log_;
  std::deque<Operation> waiting_;
  std::size_t waiting_bytes_ = 0;
  base::TimePoint next_retry_;
  bool trouble_told_ = false;  ///< to the log, which is to hear of the end too
  base::TimePoint next_log_{INT64_MIN};
  bool disk_well_ = true;

  StoreMetrics metrics_;
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  std::deque<Operation> queue_;
  std::size_t queue_bytes_ = 0;
  std::size_t hurried_ = 0;  // operations in the queue that are not patient
  bool stopping_ = false;
  StoreHealth health_;

  std::mutex join_mutex_;  // two threads may call stop()
  std::thread thread_;     // last: everything above exists when it starts
};

}  // namespace tertulia::io
