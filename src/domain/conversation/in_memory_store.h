// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <utility>
#include <variant>
#include <vector>

#include "domain/conversation/store.h"
#include "domain/record/store.h"

namespace tertulia::domain {

/// Calls of a store in the making: carried out in order, when the owner says so, and failing when he says so.  For
/// tests and the simulator: a slow store is one that is stepped late, a crash is `drop_pending`.
class StoreSteps {
 public:
  /// The next calls that are carried out fail.
  void fail_next(std::size_t calls) { failing_ = calls; }
  void set_failing(bool failing) { broken_ = failing; }
  std::size_t pending() const { return steps_.size(); }
  /// Carries out the oldest call and answers it.  False: nothing to do.
  bool step() {
    if (steps_.empty()) return false;
    const std::function<void(bool)> run = std::move(steps_.front());
    steps_.pop_front();
    const bool fails = broken_ || failing_ > 0;
    if (failing_ > 0) --failing_;
    run(fails);
    return true;
  }
  void run() {
    while (step()) {
    }
  }
  /// The process dies: what was not carried out never happened.
  void drop_pending() { steps_.clear(); }

 protected:
  ~StoreSteps() = default;
  void later(std::function<void(bool fails)> run) { steps_.push_back(std::move(run)); }

 private:
  std::deque<std::function<void(bool)>> steps_;
  std::size_t failing_ = 0;
  bool broken_ = false;
};

/// KeptMessageStore in memory.  Thread: one.
class InMemoryKeptMessageStore final : public KeptMessageStore, public StoreSteps {
 public:
  void keep(base::UserId to, InstantMessagePtr message, std::function<void(base::Result<void>)> done) override {
    later([this, to, message = std::move(message), done = std::move(done)](bool fails) {
      if (fails) return done(base::Reason::store_unavailable);
      kept_[to].push_back({++last_sequence_, to, message});
      done({});
    });
  }
  void load(base::UserId to, std::size_t limit,
            std::function<void(base::Result<std::vector<KeptMessage>>)> done) override {
    later([this, to, limit, done = std::move(done)](bool fails) {
      if (fails) return done(base::Reason::store_unavailable);
      const std::vector<KeptMessage>& all = kept_[to];
      done(std::vector<KeptMessage>(all.begin(),
                                    all.begin() + static_cast<std::ptrdiff_t>(std::min(limit, all.size()))));
    });
  }
  void forget(base::UserId to, std::uint64_t sequence, std::function<void(base::Result<void>)> done) override {
    later([this, to, sequence, done = std::move(done)](bool fails) {
      if (fails) return done(base::Reason::store_unavailable);
      std::erase_if(kept_[to], [&](const KeptMessage& message) { return message.sequence == sequence; });
      done({});
    });
  }
  base::Result<std::vector<std::pair<base::UserId, std::uint64_t>>> count_kept() override {
    std::vector<std::pair<base::UserId, std::uint64_t>> counts;
    for (const auto& [user, messages] : kept_) {
      if (!messages.empty()) counts.emplace_back(user, messages.size());
    }
    return counts;
  }
  /// What is durable now, oldest first.
  const std::vector<KeptMessage>& kept(base::UserId user) { return kept_[user]; }

 private:
  std::map<base::UserId, std::vector<KeptMessage>> kept_;
  std::uint64_t last_sequence_ = 0;
};

/// RecordStore in memory.  Thread: one.
class InMemoryRecordStore final : public RecordStore, public StoreSteps {
 public:
  void put_registration(RegistrationRecord record, Done done) override {
    later([this, record = std::move(record), done = std::move(done)](bool fails) {
      if (!fails) registrations_[record.id] = record;
      if (done) done(answer(fails));
    });
  }
  void put_session(SessionRecord record, Done done) override {
    later([this, record = std::move(record), done = std::move(done)](bool fails) {
      if (!fails) sessions_[record.id] = record;
      if (done) done(answer(fails));
    });
  }
  void put_conference(ConferenceRow row, Done done) override {
    later([this, row = std::move(row), done = std::move(done)](bool fails) {
      if (!fails) std::visit([this](const auto& one) { put(one); }, row);
      if (done) done(answer(fails));
    });
  }
  const std::map<base::RecordId, ConferenceRecord>& conferences() const { return conferences_; }
  const std::map<base::RecordId, FocusJoinRecord>& focus_joins() const { return focus_joins_; }
  const std::map<base::RecordId, McuJoinRecord>& mcu_joins() const { return mcu_joins_; }
  /// Rows by id; a later row with the same id has replaced the earlier.
  const std::map<base::RecordId, SessionRecord>& sessions() const { return sessions_; }
  const std::map<base::RecordId, RegistrationRecord>& registrations() const { return registrations_; }

 private:
  void put(const ConferenceRecord& row) { conferences_[row.id] = row; }
  void put(const FocusJoinRecord& row) { focus_joins_[row.id] = row; }
  void put(const McuJoinRecord& row) { mcu_joins_[row.id] = row; }
  static base::Result<void> answer(bool fails) {
    if (fails) return base::Reason::store_unavailable;
    return {};
  }
  std::map<base::RecordId, RegistrationRecord> registrations_;
  std::map<base::RecordId, SessionRecord> sessions_;
  std::map<base::RecordId, ConferenceRecord> conferences_;
  std::map<base::RecordId, FocusJoinRecord> focus_joins_;
  std::map<base::RecordId, McuJoinRecord> mcu_joins_;
};

}  // namespace tertulia::domain
