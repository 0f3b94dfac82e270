// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "protocol/transaction/deadline_heap.h"
#include "protocol/transaction/limits.h"

namespace tertulia::protocol::transaction {

/// Transactions of one kind, found four ways: by id, by connection and key, in order of begin on a connection, and by
/// the earliest deadline.  All links are numbers inside of the slots, so a transaction costs its slot, its key and
/// nothing else; slots are used again, and a deadline leaves with its transaction.  A `Slot&` is good until its erase.
template <typename Content>
class Table {
 public:
  struct Slot {
    std::uint64_t id = 0;  ///< 0: free
    base::ConnectionId connection;
    std::string key;
    std::optional<Content> content;

   private:
    friend class Table;
    std::size_t hash_ = 0;
    std::uint32_t chain_ = none, before_ = none, after_ = none;
  };

  std::size_t size() const { return slots_.size() - free_.size(); }
  bool full() const { return size() >= transactions_max; }

  std::size_t count(base::ConnectionId connection) const {
    const auto line = lines_.find(connection);
    return line == lines_.end() ? 0 : line->second.count;
  }

  Slot* find(base::ConnectionId connection, std::string_view key) {
    if (heads_.empty()) return nullptr;
    const std::size_t hash = hash_of(connection, key);
    for (std::uint32_t i = heads_[hash & (heads_.size() - 1)]; i != none; i = slots_[i].chain_) {
      Slot& slot = slots_[i];
      if (slot.hash_ == hash && slot.connection == connection && slot.key == key) return &slot;
    }
    return nullptr;
  }

  Slot* find(std::uint64_t id) {
    const std::uint64_t index = id & ((std::uint64_t{1} << slot_bits) - 1);
    if (id == 0 || index >= slots_.size() || slots_[index].id != id) return nullptr;
    return &slots_[index];
  }

  /// Oldest transaction of a connection, and the next younger one; null at the end.
  Slot* first(base::ConnectionId connection) {
    const auto line = lines_.find(connection);
    return line == lines_.end() ? nullptr : &slots_[line->second.first];
  }
  Slot* next(const Slot& slot) { return slot.after_ == none ? nullptr : &slots_[slot.after_]; }

  /// Not to be called when full().
  Slot& add(base::ConnectionId connection, std::string_view key, Content content) {
    grow_heads();
    const std::uint32_t index = take_slot();
    Slot& slot = slots_[index];
    slot.id = ++begun_ << slot_bits | index;
    slot.connection = connection;
    slot.key = key;
    slot.content.emplace(std::move(content));
    slot.hash_ = hash_of(connection, key);
    std::uint32_t& head = heads_[slot.hash_ & (heads_.size() - 1)];
    slot.chain_ = std::exchange(head, index);
    Line& line = lines_[connection];
    slot.before_ = line.count == 0 ? none : line.last;
    slot.after_ = none;
    if (line.count++ == 0) {
      line.first = index;
    } else {
      slots_[line.last].after_ = index;
    }
    line.last = index;
    return slot;
  }

  void erase(Slot& slot) {
    const std::uint32_t index = index_of(slot);
    deadlines_.remove(index);
    unchain(slot, index);
    const auto line = lines_.find(slot.connection);
    (slot.before_ == none ? line->second.first : slots_[slot.before_].after_) = slot.after_;
    (slot.after_ == none ? line->second.last : slots_[slot.after_].before_) = slot.before_;
    if (--line->second.count == 0) lines_.erase(line);
    slot.id = 0;
    slot.key = std::string();
    slot.content.reset();
    free_.push_back(index);
    if (free_.size() == slots_.size() && slots_.size() > idle_slots_max) give_back();
  }

  void schedule(const Slot& slot, std::optional<base::TimePoint> deadline) {
    if (deadline) {
      deadlines_.set(index_of(slot), *deadline, slot.id);
    } else {
      deadlines_.remove(index_of(slot));
    }
  }
  std::optional<base::TimePoint> deadline() const { return deadlines_.earliest(); }
  /// The slot with the earliest deadline if that is not after `now`; of equal ones the oldest.
  Slot* due(base::TimePoint now) {
    const std::optional<base::TimePoint> at = deadlines_.earliest();
    return at && *at <= now ? &slots_[deadlines_.top()] : nullptr;
  }

 private:
  static constexpr std::uint32_t none = UINT32_MAX;
  struct Line {
    std::uint32_t first = none, last = none, count = 0;
  };

  static std::uint32_t index_of(const Slot& slot) {
    return static_cast<std::uint32_t>(slot.id & ((std::uint64_t{1} << slot_bits) - 1));
  }

  /// The address of the table is unknown to peers, so nobody can aim keys of many connections at one chain.
  std::size_t hash_of(base::ConnectionId connection, std::string_view key) const {
    const std::uint64_t salt = base::mix(connection.value + reinterpret_cast<std::uintptr_t>(this));
    return static_cast<std::size_t>(base::mix(salt ^ std::hash<std::string_view>{}(key)));
  }

  std::uint32_t take_slot() {
    if (free_.empty()) {
      slots_.emplace_back();
      return static_cast<std::uint32_t>(slots_.size() - 1);
    }
    const std::uint32_t index = free_.back();
    free_.pop_back();
    return index;
  }

  void grow_heads() {
    if (size() < heads_.size()) return;
    heads_.assign(heads_.empty() ? 64 : heads_.size() * 2, none);
    for (std::uint32_t i = 0; i < slots_.size(); ++i) {
      if (slots_[i].id == 0) continue;
      slots_[i].chain_ = std::exchange(heads_[slots_[i].hash_ & (heads_.size() - 1)], i);
    }
  }

  void unchain(const Slot& slot, std::uint32_t index) {
    std::uint32_t* link = &heads_[slot.hash_ & (heads_.size() - 1)];
    while (*link != index) link = &slots_[*link].chain_;
    *link = slot.chain_;
  }

  void give_back() {
    slots_ = {};
    free_ = {};
    heads_ = {};
    deadlines_ = {};
  }

  std::deque<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::vector<std::uint32_t> heads_;  // chains of equal hash bits; a power of two
  std::unordered_map<base::ConnectionId, Line> lines_;
  DeadlineHeap deadlines_;
  std::uint64_t begun_ = 0;  // goes on after give_back: ids never return
};

}  // namespace tertulia::protocol::transaction
