// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "domain/contacts/contact_keeper.h"
#include "domain/contacts/in_memory_store.h"

/// What the tests of the keeper share.
namespace tertulia::domain {

/// A keeper with a directory and a store that is stepped by hand; remembers what the keeper says.
class KeeperWorld final : public ContactPorts {
 public:
  KeeperWorld() : keeper(*this) {
    for (const std::uint32_t id : {1U, 2U, 3U}) add_user(id);
  }

  void add_user(std::uint32_t id, const std::string& contacts_max = "250") {
    User user;
    user.id = {id};
    user.address = *Address::parse("user" + std::to_string(id) + "@example.com");
    user.settings = {{"contacts_max", contacts_max}};
    directory = directory->with(std::move(user));
  }
  void remove_user(std::uint32_t id) {
    directory = directory->without({id});
    store.remove_user({id});
    keeper.on_user_removed({id});
  }

  /// Asks for a change; the ticket is new.
  base::Ticket change(std::uint32_t user, ListChange change, std::optional<std::uint64_t> expected = std::nullopt,
                      std::uint16_t edge = 0) {
    const base::Ticket ticket{++last_ticket_};
    keeper.on_change({ticket, {edge}, {user}, expected, std::move(change)}, *directory);
    return ticket;
  }
  void watch(std::uint32_t user, std::uint64_t watch, bool on = true, std::uint16_t edge = 0) {
    keeper.on_watch({{edge}, {watch}, {user}, on}, *directory);
  }
  ContactListPtr list(std::uint32_t user) const { return keeper.list({user}); }

  void answer(base::ShardId edge, ContactsAnswer said) override {
    EXPECT_TRUE(answers.emplace(said.ticket, said).second) << "answered twice";
    answer_edges[said.ticket] = edge;
    answer_order.push_back(said.ticket);
  }
  void news(base::ShardId edge, ContactsNews said) override { heard[{edge, said.watch}].push_back(std::move(said)); }
  void change(base::Ticket ticket, ContactsChange rows) override {
    store.change_contacts(std::move(rows), [this, ticket](base::Result<void> result) {
      keeper.on_stored(ticket, std::move(result), *directory);
    });
  }
  const ContactsAnswer& answer_to(base::Ticket ticket) const { return answers.at(ticket); }

  DirectoryPtr directory =
      std::make_shared<const Directory>(std::vector<std::string>{"example.com"}, Policy::defaults());
  InMemoryContactStore store;
  ContactKeeper keeper;
  std::map<base::Ticket, ContactsAnswer> answers;
  std::map<base::Ticket, base::ShardId> answer_edges;
  std::vector<base::Ticket> answer_order;
  std::map<std::pair<base::ShardId, base::WatchId>, std::vector<ContactsNews>> heard;

 private:
  std::uint64_t last_ticket_ = 0;
};

inline PutContact put_of(const std::string& name, std::vector<GroupNumber> groups = {group_standing}) {
  return {{name + "@example.com", name, std::move(groups), true, {}}};
}

}  // namespace tertulia::domain
