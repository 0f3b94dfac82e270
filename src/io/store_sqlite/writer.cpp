// SPDX-License-Identifier: Apache-2.0
#include "io/store_sqlite/writer.h"

#include <algorithm>
#include <future>
#include <memory>
#include <utility>

#include "io/store_sqlite/limits.h"

namespace tertulia::io {
namespace {

using base::Error;
using base::Reason;
using base::Result;
namespace limits = store_limits;

/// Trouble of the store itself, as opposed to a refusal that the caller can understand.
bool is_trouble(Reason reason) { return is_disk_trouble(reason) || reason == Reason::internal_error; }

bool writes(const std::vector<Operation*>& operations) {
  return std::any_of(operations.begin(), operations.end(),
                     [](const Operation* operation) { return operation->kind != Operation::Kind::read; });
}

/// What callers are promised: one reason for all kinds of trouble, with the words of the system.
Error unavailable(const Error& trouble) { return {Reason::store_unavailable, trouble.detail}; }

}  // namespace

Writer::Writer(Database database, Settings settings, const base::Log& log)
    : database_(std::move(database)), settings_(std::move(settings)), log_(log) {
  TERTULIA_CHECK(settings_.clock != nullptr);
  health_.running = true;
  thread_ = std::thread([this] { loop(); });
}

Writer::~Writer() { stop(); }

/// Under the mutex.  Null: there is room for it.
const char* Writer::refusal_of(const Operation& operation) const {
  if (stopping_) return "the store has stopped";
  const bool full = queue_.size() >= limits::queue_operations_max ||
                    (!queue_.empty() && queue_bytes_ + operation.bytes > limits::queue_bytes_max);
  return full ? "too many changes wait for the disk" : nullptr;
}

void Writer::submit(Operation operation) {
  std::unique_lock lock(mutex_);
  if (const char* refusal = refusal_of(operation)) {
    metrics_.refused.add();  // under the lock: a counter has one writer at a time
    lock.unlock();
    if (operation.done) operation.done(Error{Reason::store_unavailable, refusal});
    return;
  }
  queue_bytes_ += operation.bytes;
  if (!operation.is_patient()) ++hurried_;
  queue_.push_back(std::move(operation));
  metrics_.queued.set(static_cast<std::int64_t>(queue_.size()));
  const bool wakes = queue_.size() == 1 || must_go();
  lock.unlock();
  if (wakes) wake_.notify_one();
}

Result<void> Writer::run(Operation::Kind kind, Operation::Apply apply) {
  TERTULIA_CHECK(std::this_thread::get_id() != thread_.get_id());
  // Shared, so that the promise outlives the call that fulfils it.
  auto promise = std::make_shared<std::promise<Result<void>>>();
  auto answer = promise->get_future();
  submit({kind, 0, std::move(apply), [promise](Result<void> result) { promise->set_value(std::move(result)); }});
  return answer.get();
}

void Writer::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  const std::lock_guard lock(join_mutex_);
  if (thread_.joinable()) thread_.join();
}

StoreHealth Writer::health() const {
  const std::lock_guard lock(mutex_);
  StoreHealth health = health_;
  health.queued = queue_.size();
  health.waiting_records = static_cast<std::size_t>(metrics_.waiting_records.value());
  return health;
}

void Writer::loop() {
  Group group;
  while (take(group)) {
    if (!group.empty()) execute(group);
    group.clear();
    if (retry_due()) retry_waiting();
  }
  if (!waiting_.empty()) retry_waiting();
  give_up_waiting();
  // Not fatal when it fails: the log stays beside the file and is read at the next start.
  auto written = database_.execute("PRAGMA wal_checkpoint(TRUNCATE)");
  if (!written) log_.warning("store: write-ahead log stays beside the file", {{"why", written.error().detail}});
  const std::lock_guard lock(mutex_);
  health_.running = false;
  const Database closed = std::move(database_);  // closes the file on the thread that used it
}

/// Under the mutex.  No longer wait for company.
bool Writer::must_go() const { return stopping_ || hurried_ > 0 || queue_.size() >= limits::group_operations_max; }

/// False when the writer shall stop and nothing is queued any more.
bool Writer::take(Group& group) {
  std::unique_lock lock(mutex_);
  const auto ready = [this] { return stopping_ || !queue_.empty(); };
  if (waiting_.empty()) {
    wake_.wait(lock, ready);
    wake_.wait_for(lock, limits::record_patience, [this] { return must_go(); });
  } else {
    const auto pause = next_retry_ - settings_.clock().mono;
    if (pause > base::Duration::zero()) wake_.wait_for(lock, pause, ready);
  }
  const auto count = std::min(queue_.size(), limits::group_operations_max);
  for (std::size_t i = 0; i < count; ++i) {
    queue_bytes_ -= queue_.front().bytes;
    if (!queue_.front().is_patient()) --hurried_;
    group.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  metrics_.queued.set(static_cast<std::int64_t>(queue_.size()));
  return count > 0 || !stopping_;
}

void Writer::execute(Group& group) {
  if (!waiting_.empty()) {  // a record never overtakes another
    const Error why{Reason::store_unavailable, "earlier records wait for the disk"};
    for (auto& operation : group) {
      if (operation.kind == Operation::Kind::record) let_wait(std::exchange(operation, {}), why);
    }
    std::erase_if(group, [](const Operation& operation) { return operation.apply == nullptr; });
    if (group.empty()) return;
  }
  std::vector<Operation*> operations;
  for (auto& operation : group) operations.push_back(&operation);
  Results results;
  if (!attempt(operations, results)) {
    execute_singly(group);
    return;
  }
  for (std::size_t i = 0; i < group.size(); ++i) finish(group[i], std::move(results[i]));
}

void Writer::execute_singly(Group& group) {
  Results results;
  for (auto& operation : group) {
    const bool record = operation.kind == Operation::Kind::record;
    if (record && !waiting_.empty()) {
      let_wait(std::move(operation), {Reason::store_unavailable, "earlier records wait for the disk"});
      continue;
    }
    auto done = attempt({&operation}, results);
    if (done) {
      finish(operation, std::move(results.front()));
    } else if (record && is_disk_trouble(done.error().reason)) {
      let_wait(std::move(operation), done.error());
    } else {
      finish(operation, unavailable(done.error()));
    }
  }
}

/// One transaction.  Error: nothing of it has happened.  Otherwise `results` holds the answer of each operation.
Result<void> Writer::attempt(const std::vector<Operation*>& operations, Results& results) {
  results.clear();
  auto done = apply_all(operations, results);
  if (done) {
    if (writes(operations)) note_success(operations.size());
  } else {
    database_.roll_back();
    note_failure(done.error());
  }
  return done;
}

Result<void> Writer::apply_all(const std::vector<Operation*>& operations, Results& results) {
  const bool changes = writes(operations);
  if (auto begun = database_.run(changes ? "BEGIN IMMEDIATE" : "BEGIN"); !begun) return begun;
  for (const Operation* operation : operations) {
    auto result = operation->apply(database_);
    if (!result && is_trouble(result.error().reason)) return result;
    results.push_back(std::move(result));
  }
  if (changes) {  // what a crash leaves open is closed with the last time at which we are known to have lived
    auto touched = database_.run(
        "INSERT INTO meta (name, number) VALUES ('alive_us', ?) ON CONFLICT (name) DO UPDATE SET number = "
        "excluded.number",
        settings_.clock().wall);
    if (!touched) return touched;
  }
  return database_.run("COMMIT");
}

bool Writer::retry_due() const { return !waiting_.empty() && (disk_well_ || settings_.clock().mono >= next_retry_); }

void Writer::retry_waiting() {
  Results results;
  while (!waiting_.empty()) {
    const auto count = std::min(waiting_.size(), limits::group_operations_max);
    std::vector<Operation*> operations;
    for (std::size_t i = 0; i < count; ++i) operations.push_back(&waiting_[i]);
    if (attempt(operations, results)) {
      for (auto& result : results) {
        Operation operation = take_first_waiting();
        finish(operation, std::move(result));
      }
      continue;
    }
    for (std::size_t i = 0; i < count; ++i) {
      auto done = attempt({&waiting_.front()}, results);
      if (!done && is_disk_trouble(done.error().reason)) {
        next_retry_ = settings_.clock().mono + settings_.retry_pause;
        return;
      }
      Operation operation = take_first_waiting();
      finish(operation, done ? std::move(results.front()) : Result<void>(unavailable(done.error())));
    }
  }
}

void Writer::give_up_waiting() {
  while (!waiting_.empty()) {
    Operation operation = take_first_waiting();
    metrics_.records_dropped.add();
    finish(operation, Error{Reason::store_unavailable, "the store stopped before the disk took the record"});
  }
}

void Writer::let_wait(Operation operation, const Error& why) {
  if (waiting_.size() >= limits::waiting_records_max || waiting_bytes_ + operation.bytes > limits::waiting_bytes_max) {
    metrics_.records_dropped.add();
    finish(operation, unavailable(why));
    return;
  }
  if (waiting_.empty()) next_retry_ = settings_.clock().mono + settings_.retry_pause;
  waiting_bytes_ += operation.bytes;
  waiting_.push_back(std::move(operation));
  metrics_.waiting_records.set(static_cast<std::int64_t>(waiting_.size()));
}

Operation Writer::take_first_waiting() {
  Operation operation = std::move(waiting_.front());
  waiting_.pop_front();
  waiting_bytes_ -= operation.bytes;
  metrics_.waiting_records.set(static_cast<std::int64_t>(waiting_.size()));
  return operation;
}

void Writer::finish(Operation& operation, Result<void> result) {
  if (!result && result.error().reason == Reason::store_unavailable) {
    const std::lock_guard lock(mutex_);  // `refused` is also counted by submit
    metrics_.refused.add();
  }
  if (operation.done) operation.done(std::move(result));
  operation = {};  // frees what it holds now, not when the whole group is through
}

void Writer::note_success(std::size_t group) {
  metrics_.committed(group);
  if (disk_well_) return;
  disk_well_ = true;
  if (std::exchange(trouble_told_, false)) log_.info("store: changes are written again");
  const std::lock_guard lock(mutex_);
  health_.writable = true;
}

void Writer::note_failure(const Error& error) {
  metrics_.failures.add();
  const auto now = settings_.clock();
  if (now.mono >= next_log_) {  // on a full disk every change fails: one line in a while says so
    next_log_ = now.mono + limits::log_pause;
    log_.error("store: a change could not be written", {{"why", error.detail}});
    trouble_told_ = is_disk_trouble(error.reason);
  }
  const std::lock_guard lock(mutex_);
  health_.last_error = error;
  health_.last_error_time = now.wall;
  if (!is_disk_trouble(error.reason)) return;  // one bad operation says nothing about the disk
  disk_well_ = false;
  health_.writable = false;
}

}  // namespace tertulia::io
