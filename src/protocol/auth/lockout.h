// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/time.h"

namespace tertulia::protocol::auth {

struct LockoutSettings {
  std::uint32_t free_tries = 5;                          ///< wrong passwords without a lock; the next one locks
  base::Duration first_lock = std::chrono::seconds{10};  ///< doubles with each further wrong one
  base::Duration longest_lock = std::chrono::minutes{15};
  base::Duration forget_after = std::chrono::hours{1};  ///< without failures; at least longest_lock counts
  std::size_t entries_max = 100000;  ///< those without failure for the longest time are forgotten first
};

/// Progressive lock-out by key (an account name as typed, known or not, so that it tells nobody whether a user exists;
/// a peer address).  Keys are compared by their first lockout_key_bytes_max bytes.  Pure.  One per shard: each shard
/// judges by what it saw and what others told it (on_failure is cheap).
class Lockout {
 public:
  explicit Lockout(const LockoutSettings& settings) : settings_(settings) {}
  /// Time left of the lock, nothing when not locked.
  std::optional<base::Duration> locked(std::string_view key, base::TimePoint now) const;
  void on_failure(std::string_view key, base::TimePoint now);
  /// True when there was something to forgive.
  bool on_success(std::string_view key);
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::uint32_t failures = 0;
    base::TimePoint last;
    base::TimePoint locked_until{};
    std::list<const std::string*>::iterator age;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const { return std::hash<std::string_view>{}(key); }
  };
  bool forgotten(const Entry& entry, base::TimePoint now) const;
  void forget_oldest();

  LockoutSettings settings_;
  std::unordered_map<std::string, Entry, Hash, std::equal_to<>> entries_;
  std::list<const std::string*> by_age_;  // keys of entries_, the oldest failure first
};

}  // namespace tertulia::protocol::auth
