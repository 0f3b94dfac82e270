// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "base/random.h"
#include "domain/conference/in_memory_store.h"
#include "domain/contacts/in_memory_store.h"
#include "domain/conversation/in_memory_store.h"
#include "domain/conversation/store.h"
#include "domain/presence/in_memory_store.h"
#include "domain/record/record.h"
#include "journal.h"
#include "scheduler.h"

namespace tertulia::sim {

struct StoreManners {
  base::Duration commit_max = std::chrono::milliseconds{10};  ///< until a call is durable
  base::Duration answer_max = std::chrono::milliseconds{10};  ///< from there to its answer
  bool failing = false;
};

/// A store that is slow and fails, but never loses what it has committed.  Commit and answer are two events, so a crash
/// may come between them.  Calls are carried out in order.
class FakeStore {
 public:
  FakeStore(Scheduler& scheduler, base::Random& random, Journal& journal)
      : scheduler_(scheduler), random_(random), journal_(journal) {}

  void keep(base::UserId to, domain::InstantMessagePtr message, std::function<void(base::Result<void>)> done);
  void load(base::UserId to, std::size_t limit,
            std::function<void(base::Result<std::vector<domain::KeptMessage>>)> done);
  void forget(base::UserId to, std::uint64_t sequence, std::function<void(base::Result<void>)> done);
  /// Tried again until it succeeds, as the contract of domain::RecordStore has it.
  void record(domain::SessionRecord record, std::function<void(base::Result<void>)> done);
  void record(domain::RegistrationRecord record);
  void change(domain::PresenceChange change, std::function<void(base::Result<void>)> done);
  void change(domain::ContactsChange change, std::function<void(base::Result<void>)> done);
  void change(domain::ConferenceFacts facts, std::function<void(base::Result<void>)> done);
  void remove(domain::ConferenceKey key, std::function<void(base::Result<void>)> done);
  void record(domain::ConferenceRow row);
  /// As the next start finds it.
  std::vector<domain::StoredPresence> presence() { return *presence_.load_presence(); }
  std::vector<domain::StoredContacts> contacts() { return *contacts_.load_contacts(); }
  std::vector<domain::ConferenceFacts> conferences() { return *conferences_.load_conferences(); }
  /// The process dies: calls that are not committed never happen, answers never come.
  void crash() {
    ++life_;
    waiting_rows_.clear();
  }

  StoreManners& manners() { return manners_; }
  const std::map<base::UserId, std::vector<domain::KeptMessage>>& kept() const { return kept_; }
  const std::map<base::RecordId, domain::SessionRecord>& sessions() const { return sessions_; }
  const std::map<base::RecordId, domain::RegistrationRecord>& registrations() const { return registrations_; }
  const domain::InMemoryRecordStore& conference_rows() const { return conference_rows_; }

  // broken on purpose
  void lose_kept() { kept_.clear(); }
  void set_records_lost(bool lost) { records_lost_ = lost; }
  /// Changes of presence and contacts are answered, but not written.
  void set_changes_lost(bool lost) { changes_lost_ = lost; }

 private:
  void write_rows();
  base::TimePoint slot(base::TimePoint& last, base::Duration most);
  void commit(std::function<void()> work);
  void answer(std::function<void()> work);
  /// A change of one of the tables: durable at its commit, answered later.
  template <typename Table, typename Change>
  void change(Table& table, Change change, void (Table::*enqueue)(Change, std::function<void(base::Result<void>)>),
              std::function<void(base::Result<void>)> done);
  void put(domain::SessionRecord record, std::uint64_t version, std::function<void(base::Result<void>)> done);

  Scheduler& scheduler_;
  base::Random& random_;
  Journal& journal_;
  StoreManners manners_;
  domain::InMemoryPresenceStore presence_;
  domain::InMemoryContactStore contacts_;
  domain::InMemoryConferenceStore conferences_;
  domain::InMemoryRecordStore conference_rows_;
  std::deque<domain::ConferenceRow> waiting_rows_;
  std::map<base::UserId, std::vector<domain::KeptMessage>> kept_;
  std::map<base::RecordId, domain::SessionRecord> sessions_;
  std::map<base::RecordId, std::uint64_t> versions_;
  std::map<base::RecordId, domain::RegistrationRecord> registrations_;
  std::uint64_t last_sequence_ = 0;
  std::uint64_t last_version_ = 0;
  base::TimePoint last_commit_{};
  base::TimePoint last_answer_{};
  int life_ = 0;
  bool records_lost_ = false;
  bool changes_lost_ = false;
};

/// First word of a message's content: the name of a text in the journal.
std::string first_word(std::string_view content);

}  // namespace tertulia::sim
