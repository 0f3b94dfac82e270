// SPDX-License-Identifier: Apache-2.0
// The administrator's questions about presence and contacts, each to the home shard of the user.
#include <memory>
#include <utility>

#include "server/ask_shard.h"

namespace tertulia::server {
namespace {

using base::Reason;
using base::Result;

domain::PublishItem item(domain::PublicationKey key, std::optional<domain::PublicationValue> value) {
  domain::PublishItem out;
  out.key = std::move(key);
  out.expires = domain::ExpireType::permanent;
  out.value = std::move(value);
  return out;
}

constexpr std::uint64_t manual_state_instance = 0x20000000;  // "userState" of the product (presence-model 4)

}  // namespace

Result<domain::PresenceExplanation> LiveAdmin::presence(const domain::Address& address, const std::string& watcher) {
  const Result<domain::User> user = s_.users.show(address);
  if (!user) return user.error();
  using Answer = Result<domain::PresenceExplanation>;
  auto asked = ask_home<std::shared_ptr<Answer>>(
      s_.shards, user->id, [id = user->id, watcher](Shard& shard, base::Now now, auto done) {
        done(std::make_shared<Answer>(shard.presence().explain(id, watcher, shard.directory(), now)));
      });
  if (!asked) return shard_silent();
  return std::move(**asked);
}

Result<void> LiveAdmin::set_presence(const domain::Address& address, const face::admin::PresenceWish& wish) {
  const Result<domain::User> user = s_.users.show(address);
  if (!user) return user.error();
  domain::PublishPresence publish;
  publish.user = user->id;
  if (wish.state) {
    const bool reset = wish.state->availability == domain::availability_unset;
    publish.items.push_back(item({"state", manual_state_instance, domain::Container::devices},
                                 reset ? std::optional<domain::PublicationValue>()
                                       : domain::PublicationValue(domain::ManualState{*wish.state})));
  }
  if (wish.note) {
    domain::NoteValue note;
    note.text = *wish.note;
    publish.items.push_back(
        item({"note", 0, domain::Container::devices}, note.text.empty() ? std::optional<domain::PublicationValue>()
                                                                        : domain::PublicationValue(std::move(note))));
  }
  const auto reason =
      ask_home<Reason>(s_.shards, user->id, [publish = std::move(publish)](Shard& shard, base::Now now, auto done) {
        shard.ask(
            publish, [done](const domain::PublishAnswer& answer) { done(answer.reason); }, now);
      });
  if (!reason) return shard_silent();
  if (*reason != Reason::none) return *reason;
  return {};
}

Result<domain::Levels> LiveAdmin::levels(const domain::Address& address) {
  const Result<domain::User> user = s_.users.show(address);
  if (!user) return user.error();
  auto levels = ask_home<domain::Levels>(
      s_.shards, user->id, [id = user->id](Shard& shard, base::Now, auto done) { done(shard.presence().levels(id)); });
  if (!levels) return shard_silent();
  return *std::move(levels);
}

Result<void> LiveAdmin::set_level(const domain::Address& address, const domain::LevelMember& member,
                                  std::optional<domain::Container> level) {
  const Result<domain::User> user = s_.users.show(address);
  if (!user) return user.error();
  domain::SetLevel set;
  set.user = user->id;
  set.member = member;
  set.level = level;
  const auto reason =
      ask_home<Reason>(s_.shards, user->id, [set = std::move(set)](Shard& shard, base::Now now, auto done) {
        shard.ask(
            set, [done](const domain::SetLevelAnswer& answer) { done(answer.reason); }, now);
      });
  if (!reason) return shard_silent();
  if (*reason != Reason::none) return *reason;
  return {};
}

Result<domain::ContactListPtr> LiveAdmin::contacts(const domain::Address& address) {
  const Result<domain::User> user = s_.users.show(address);
  if (!user) return user.error();
  auto list = ask_home<domain::ContactListPtr>(
      s_.shards, user->id, [id = user->id](Shard& shard, base::Now, auto done) { done(shard.contacts().list(id)); });
  if (!list) return shard_silent();
  return *std::move(list);
}

Result<domain::ContactListPtr> LiveAdmin::change_contacts(const domain::Address& address,
                                                          const domain::ListChange& change) {
  const Result<domain::User> user = s_.users.show(address);
  if (!user) return user.error();
  domain::ChangeContacts question;
  question.user = user->id;
  question.change = change;
  const auto answer = ask_home<domain::ContactsAnswer>(
      s_.shards, user->id, [question = std::move(question)](Shard& shard, base::Now now, auto done) {
        shard.ask(
            question, [done](const domain::ContactsAnswer& given) { done(given); }, now);
      });
  if (!answer) return shard_silent();
  if (answer->reason != Reason::none) return answer->reason;
  return answer->list;
}

}  // namespace tertulia::server
