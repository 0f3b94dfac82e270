// SPDX-License-Identifier: Apache-2.0
#include "protocol/auth/lockout.h"

#include <algorithm>

#include "protocol/auth/limits.h"

namespace tertulia::protocol::auth {

using base::Duration;
using base::TimePoint;

bool Lockout::forgotten(const Entry& entry, TimePoint now) const {
  return now - entry.last >= std::max(settings_.forget_after, settings_.longest_lock);
}

void Lockout::forget_oldest() {
  entries_.erase(entries_.find(*by_age_.front()));
  by_age_.pop_front();
}

std::optional<Duration> Lockout::locked(std::string_view key, TimePoint now) const {
  const auto found = entries_.find(key.substr(0, lockout_key_bytes_max));
  if (found == entries_.end() || found->second.locked_until <= now || forgotten(found->second, now))
    return std::nullopt;
  return found->second.locked_until - now;
}

void Lockout::on_failure(std::string_view key, TimePoint now) {
  key = key.substr(0, lockout_key_bytes_max);
  // Two at a time keep up with one new entry each, without ever a long pause.
  for (int i = 0; i < 2 && !by_age_.empty() && forgotten(entries_.find(*by_age_.front())->second, now); ++i)
    forget_oldest();
  auto found = entries_.find(key);
  if (found == entries_.end()) {
    if (settings_.entries_max == 0) return;
    while (entries_.size() >= settings_.entries_max) forget_oldest();
    found = entries_.try_emplace(std::string(key)).first;
    found->second.age = by_age_.insert(by_age_.end(), &found->first);
  } else {
    by_age_.splice(by_age_.end(), by_age_, found->second.age);
    if (forgotten(found->second, now)) found->second.failures = 0;
  }
  Entry& entry = found->second;
  entry.last = now;
  if (++entry.failures <= settings_.free_tries) return;
  Duration lock = settings_.first_lock;
  for (std::uint32_t i = settings_.free_tries + 1; i < entry.failures && lock < settings_.longest_lock; ++i) lock *= 2;
  entry.locked_until = now + std::min(lock, settings_.longest_lock);
}

bool Lockout::on_success(std::string_view key) {
  const auto found = entries_.find(key.substr(0, lockout_key_bytes_max));
  if (found == entries_.end()) return false;
  by_age_.erase(found->second.age);
  entries_.erase(found);
  return true;
}

}  // namespace tertulia::protocol::auth
