// SPDX-License-Identifier: Apache-2.0
#include "domain/conference/facts.h"

#include <algorithm>

namespace tertulia::domain {
namespace {

/// FNV-1a: the same on every machine and in every version, unlike std::hash.
std::uint64_t stable_hash(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return hash;
}

/// Endings to try; with as many shards as a machine has processors the first few do.
constexpr unsigned endings_max = 100'000;

}  // namespace

base::Result<ConferenceKey> ConferenceKey::make(base::UserId organizer, std::string_view id) {
  if (id.empty() || id.size() > conference_limits::id_bytes_max) return base::Reason::address_malformed;
  ConferenceKey key{organizer, std::string(id)};
  for (char& c : key.id) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    const bool good = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (!good) return base::Reason::address_malformed;
  }
  return key;
}

base::ShardId conference_shard(const ConferenceKey& key, std::uint16_t shard_count) {
  const std::uint64_t hash = base::mix(stable_hash(key.id) ^ base::mix(key.organizer.value));
  return {static_cast<std::uint16_t>(hash % std::max<std::uint16_t>(shard_count, 1))};
}

base::Result<ConferenceKey> conference_key_on(base::UserId organizer, std::string_view seed, base::ShardId shard,
                                              std::uint16_t shard_count) {
  base::Result<ConferenceKey> key = ConferenceKey::make(organizer, seed);
  const std::string begin = key ? key->id : std::string();
  for (unsigned ending = 0; key && conference_shard(*key, shard_count) != shard && ending < endings_max; ++ending) {
    key = ConferenceKey::make(organizer, begin + "-" + std::to_string(ending));
  }
  return key;
}

}  // namespace tertulia::domain
