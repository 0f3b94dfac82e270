// SPDX-License-Identifier: Apache-2.0
#include "fake_store.h"

#include <algorithm>
#include <string>

namespace tertulia::sim {

using base::Reason;
using base::Result;
using domain::KeptMessage;

namespace {
constexpr base::Duration record_retry = std::chrono::seconds{1};
}

std::string first_word(std::string_view content) {
  return std::string(content.substr(0, content.find_first_of(" \r\n")));
}

base::TimePoint FakeStore::slot(base::TimePoint& last, base::Duration most) {
  const base::Duration wait{static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(most.count()) + 1))};
  last = std::max(last, scheduler_.mono() + wait);
  return last;
}

void FakeStore::commit(std::function<void()> work) {
  scheduler_.at(slot(last_commit_, manners_.commit_max), [this, life = life_, work = std::move(work)] {
    if (life == life_) work();
  });
}

void FakeStore::answer(std::function<void()> work) {
  scheduler_.at(slot(last_answer_, manners_.answer_max), [this, life = life_, work = std::move(work)] {
    if (life == life_) work();
  });
}

void FakeStore::keep(base::UserId to, domain::InstantMessagePtr message, std::function<void(Result<void>)> done) {
  commit([this, to, message = std::move(message), done = std::move(done)] {
    Result<void> result;
    if (manners_.failing) {
      result = Reason::store_unavailable;
    } else {
      kept_[to].push_back({++last_sequence_, to, message});
      journal_.kept_at.emplace(first_word(message->content), scheduler_.mono());
    }
    answer([done, result] { done(result); });
  });
}

template <typename Table, typename Change>
void FakeStore::change(Table& table, Change change, void (Table::*enqueue)(Change, std::function<void(Result<void>)>),
                       std::function<void(Result<void>)> done) {
  commit([this, &table, enqueue, change = std::move(change), done = std::move(done)] {
    if (changes_lost_) {
      if (done) answer([done] { done({}); });
      return;
    }
    table.set_failing(manners_.failing);
    (table.*enqueue)(change, [this, done](const Result<void>& result) {
      if (done) answer([done, result] { done(result); });
    });
    table.run();
  });
}

void FakeStore::change(domain::PresenceChange wanted, std::function<void(Result<void>)> done) {
  change(presence_, std::move(wanted), &domain::InMemoryPresenceStore::change_presence, std::move(done));
}

void FakeStore::change(domain::ContactsChange wanted, std::function<void(Result<void>)> done) {
  change(contacts_, std::move(wanted), &domain::InMemoryContactStore::change_contacts, std::move(done));
}

void FakeStore::change(domain::ConferenceFacts facts, std::function<void(Result<void>)> done) {
  change(conferences_, std::move(facts), &domain::InMemoryConferenceStore::put_conference_facts, std::move(done));
}

void FakeStore::remove(domain::ConferenceKey key, std::function<void(Result<void>)> done) {
  change(conferences_, std::move(key), &domain::InMemoryConferenceStore::remove_conference, std::move(done));
}

/// Rows are written in the order of the calls, since a later one replaces an earlier one of its id.
void FakeStore::record(domain::ConferenceRow row) {
  if (const auto* record = std::get_if<domain::ConferenceRecord>(&row))
    journal_.conference_begun.try_emplace(record->id, scheduler_.mono());
  commit([this, row = std::move(row)] {
    waiting_rows_.push_back(row);
    write_rows();
  });
}

void FakeStore::write_rows() {
  if (manners_.failing && !waiting_rows_.empty()) {
    scheduler_.after(record_retry, [this, life = life_] {
      if (life == life_) write_rows();
    });
    return;
  }
  for (domain::ConferenceRow& row : std::exchange(waiting_rows_, {}))
    if (!records_lost_) conference_rows_.put_conference(std::move(row), {});
  conference_rows_.run();
}

void FakeStore::load(base::UserId to, std::size_t limit, std::function<void(Result<std::vector<KeptMessage>>)> done) {
  commit([this, to, limit, done = std::move(done)] {
    Result<std::vector<KeptMessage>> result = Reason::store_unavailable;
    if (!manners_.failing) {
      const std::vector<KeptMessage>& all = kept_[to];
      const auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min(limit, all.size()));
      result = std::vector<KeptMessage>(all.begin(), end);
    }
    answer([done, result] { done(result); });
  });
}

void FakeStore::forget(base::UserId to, std::uint64_t sequence, std::function<void(Result<void>)> done) {
  commit([this, to, sequence, done = std::move(done)] {
    Result<void> result;
    if (manners_.failing) {
      result = Reason::store_unavailable;
    } else {
      std::erase_if(kept_[to], [&](const KeptMessage& one) { return one.sequence == sequence; });
    }
    answer([done, result] { done(result); });
  });
}

void FakeStore::record(domain::SessionRecord record, std::function<void(Result<void>)> done) {
  put(std::move(record), ++last_version_, std::move(done));
}

void FakeStore::put(domain::SessionRecord record, std::uint64_t version, std::function<void(Result<void>)> done) {
  commit([this, record = std::move(record), version, done = std::move(done)] {
    if (manners_.failing) {
      scheduler_.after(record_retry, [this, life = life_, record, version, done] {
        if (life == life_) put(record, version, done);
      });
      return;
    }
    std::uint64_t& stored = versions_[record.id];
    if (stored < version && !records_lost_) {
      stored = version;
      sessions_[record.id] = record;
    }
    if (done) answer([done] { done({}); });
  });
}

void FakeStore::record(domain::RegistrationRecord record) {
  commit([this, record = std::move(record)] {
    if (!manners_.failing) registrations_[record.id] = record;
  });
}

}  // namespace tertulia::sim
