// SPDX-License-Identifier: Apache-2.0
#include "server/restore.h"

#include <memory>
#include <utility>

namespace tertulia::server {
namespace {

/// What one shard gets, in one task.
struct Portion {
  std::vector<std::pair<base::UserId, std::uint64_t>> kept;
  std::vector<domain::StoredPresence> presence;
  std::vector<domain::StoredContacts> contacts;
  std::vector<domain::ConferenceFacts> conferences;

  void give(Shard& shard, base::Now now) {
    for (const auto& [user, waiting] : kept) shard.set_kept(user, waiting);
    for (domain::StoredContacts& stored : contacts) shard.restore(std::move(stored));
    for (domain::StoredPresence& stored : presence) shard.restore(std::move(stored), now);
    shard.restore(conferences, now);
  }
};

}  // namespace

base::Result<void> restore_shards(io::SqliteStore& store, Shards& shards) {
  const auto kept = store.count_kept();
  if (!kept) return kept.error();
  auto presence = store.load_presence();
  if (!presence) return presence.error();
  auto contacts = store.load_contacts();
  if (!contacts) return contacts.error();
  auto conferences = store.load_conferences();
  if (!conferences) return conferences.error();
  const auto count = static_cast<std::uint16_t>(shards.size());
  const auto home = [count](base::UserId user) { return domain::home_shard(user, count).value; };
  std::vector<std::shared_ptr<Portion>> portions(count);
  for (auto& portion : portions) portion = std::make_shared<Portion>();
  for (const auto& entry : *kept) portions[home(entry.first)]->kept.push_back(entry);
  for (auto& stored : *presence) portions[home(stored.user)]->presence.push_back(std::move(stored));
  for (auto& stored : *contacts) portions[home(stored.user)]->contacts.push_back(std::move(stored));
  for (auto& facts : *conferences)
    portions[domain::conference_shard(facts.key, count).value]->conferences.push_back(std::move(facts));
  for (std::uint16_t i = 0; i < count; ++i) {
    const bool sent =
        shards[i]->post([portion = portions[i]](Shard& shard, base::Now now) { portion->give(shard, now); });
    TERTULIA_CHECK(sent);  // the mailbox is empty before the start
  }
  return {};
}

}  // namespace tertulia::server
