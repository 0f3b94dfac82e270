// SPDX-License-Identifier: Apache-2.0
// The administrator's questions about conversations and conferences, each to the shard where they live.
#include <memory>
#include <mutex>
#include <utility>

#include "base/random.h"
#include "base/text.h"
#include "face/simple/conference_address.h"
#include "server/ask_shard.h"

namespace tertulia::server {
namespace {

using base::Reason;
using base::Result;
using face::admin::ConferenceFact;

/// Characters of an id that nobody guesses.
constexpr std::size_t id_characters = 32;

std::uint16_t count_of(const Shards& shards) { return static_cast<std::uint16_t>(shards.size()); }

Result<void> as_result(const std::optional<Reason>& reason) {
  if (!reason) return shard_silent();
  if (*reason != Reason::none) return *reason;
  return {};
}

}  // namespace

Result<domain::ConversationInfo> LiveAdmin::conversation(base::ConversationId id) {
  if (domain::conversation_shard(id).value >= s_.shards.size()) return Reason::not_found;
  struct Found {
    std::mutex mutex;
    std::optional<domain::ConversationInfo> info;
  };
  const auto found = std::make_shared<Found>();
  // A conference that goes on for two people has their conversation's id, and lives where its own name says.
  const bool answered = on_all_shards(s_.shards, [found, id](Shard& shard, base::Now) {
    auto here = shard.immcu().conversation(id);
    const std::lock_guard lock(found->mutex);
    if (here && (!found->info || here->conference)) found->info = std::move(here);
  });
  if (!answered) return shard_silent();
  const std::lock_guard lock(found->mutex);
  if (!found->info) return Reason::not_found;
  return *std::move(found->info);
}

ConferenceFact LiveAdmin::fact_of(domain::ConferenceInfo info) {
  ConferenceFact fact;
  fact.info = std::move(info);
  const domain::ConferenceKey& key = fact.info.facts.key;
  if (const domain::User* organizer = s_.users.directory()->find(key.organizer)) {
    fact.organizer = organizer->address.text();
    fact.join_uri = face::simple::conference_uri(fact.organizer, key.id);
    if (!s_.join_pages.empty()) fact.join_url = s_.join_pages + fact.organizer + "/" + key.id;
    fact.focus_uri = face::simple::dialect_conference_uri(fact.organizer, "focus", key.id);
  }
  return fact;
}

Result<std::vector<ConferenceFact>> LiveAdmin::conferences(const domain::Address& organizer, std::size_t limit) {
  base::UserId only;
  if (!organizer.empty()) {
    const Result<domain::User> user = s_.users.show(organizer);
    if (!user) return user.error();
    only = user->id;
  }
  struct Found {
    std::mutex mutex;
    std::vector<domain::ConferenceInfo> list;
  };
  const auto found = std::make_shared<Found>();
  const bool answered = on_all_shards(s_.shards, [found, limit, only](Shard& shard, base::Now) {
    auto here = shard.immcu().conferences(only ? SIZE_MAX : limit);
    const std::lock_guard lock(found->mutex);
    for (domain::ConferenceInfo& info : here)
      if (!only || info.facts.key.organizer == only) found->list.push_back(std::move(info));
  });
  if (!answered) return shard_silent();
  std::vector<ConferenceFact> facts;
  for (domain::ConferenceInfo& info : found->list) {
    if (facts.size() >= limit) break;
    facts.push_back(fact_of(std::move(info)));
  }
  return facts;
}

Result<ConferenceFact> LiveAdmin::conference(const face::admin::ConferenceName& name) {
  const Result<domain::User> user = s_.users.show(name.organizer);
  if (!user) return user.error();
  const auto key = domain::ConferenceKey::make(user->id, name.id);
  if (!key) return Reason::conference_unknown;
  auto info = ask_shard<std::optional<domain::ConferenceInfo>>(
      s_.shards, domain::conference_shard(*key, count_of(s_.shards)),
      [key = *key](Shard& shard, base::Now, auto done) { done(shard.immcu().conference(key)); });
  if (!info) return shard_silent();
  if (!*info) return Reason::conference_unknown;
  return fact_of(**std::move(info));
}

Result<ConferenceFact> LiveAdmin::create_conference(const domain::Address& organizer,
                                                    const face::admin::ConferenceWish& wish) {
  const Result<domain::User> user = s_.users.show(organizer);
  if (!user) return user.error();
  const std::string id = wish.id.empty() ? base::Random::from_system().token(id_characters) : wish.id;
  const auto key = domain::ConferenceKey::make(user->id, id);
  if (!key) return base::Error{key.reason(), id};
  domain::CreateConference create;
  create.key = *key;
  create.subject = wish.subject;
  create.admission = wish.admission;
  create.lobby = wish.lobby;
  create.scheduled = true;
  create.size_max = wish.size_max;
  create.expires = wish.expires;
  for (const domain::Address& address : wish.invited) {
    const Result<domain::User> invited = s_.users.show(address);
    if (!invited) return invited.error();
    create.invited.push_back(invited->id);
  }
  const auto done = as_result(
      ask_home<Reason>(s_.shards, user->id, [create = std::move(create)](Shard& shard, base::Now now, auto tell) {
        shard.ask(
            create, [tell](const domain::CreateAnswer& answer) { tell(answer.reason); }, now);
      }));
  if (!done) return done.error();
  return conference({organizer, key->id});
}

Result<void> LiveAdmin::command_conference(const face::admin::ConferenceName& name,
                                           const domain::conference::Command& command) {
  const Result<domain::User> user = s_.users.show(name.organizer);
  if (!user) return user.error();
  const auto key = domain::ConferenceKey::make(user->id, name.id);
  if (!key) return Reason::conference_unknown;
  domain::ConferenceCommand wanted;
  wanted.key = *key;
  wanted.command = command;
  return as_result(ask_shard<Reason>(
      s_.shards, domain::conference_shard(*key, count_of(s_.shards)), [wanted](Shard& shard, base::Now now, auto tell) {
        shard.ask(
            wanted, [tell](const domain::CommandAnswer& answer) { tell(answer.reason); }, now);
      }));
}

}  // namespace tertulia::server
