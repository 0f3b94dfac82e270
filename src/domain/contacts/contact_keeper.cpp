// SPDX-License-Identifier: Apache-2.0
#include "domain/contacts/contact_keeper.h"

#include <algorithm>
#include <deque>
#include <unordered_map>
#include <utility>
#include <vector>

#include "domain/contacts/limits.h"

namespace tertulia::domain {
namespace {

using base::Reason;
using base::Result;
using base::ShardId;
using base::Ticket;
using base::UserId;
using base::WatchId;

struct Watch {
  ShardId edge;
  WatchId watch;
  friend bool operator==(const Watch&, const Watch&) = default;
};

/// What the keeper knows of one user.
struct Owner {
  ContactListPtr list;                 ///< as the store has it; null: none
  std::deque<ChangeContacts> waiting;  ///< the first is with the store when `stored` is set
  Ticket stored;                       ///< our question to the store
  ContactListPtr next;                 ///< the list when the store says yes
  std::vector<Watch> watches;
};

ContactsAnswer refusal(const ChangeContacts& change, Reason reason) { return {change.ticket, reason, nullptr, 0}; }

}  // namespace

struct ContactKeeper::State {
  explicit State(ContactPorts& contact_ports) : ports(contact_ports) {}

  /// Gives the store the first waiting change that the list accepts; answers those before it.
  void go_on(UserId user, Owner& owner, const Directory& directory);
  /// Null: refused and answered.
  ContactListPtr list_after(const ChangeContacts& change, const Owner& owner, const Directory& directory);
  void announce(const Owner& owner, const ListChange& change);
  void forget_when_empty(UserId user);
  const ContactListPtr& list_of(const Owner& owner) const { return owner.list ? owner.list : empty; }

  ContactPorts& ports;
  const ContactListPtr empty = std::make_shared<const ContactList>();
  std::unordered_map<UserId, Owner> owners;
  std::unordered_map<Ticket, UserId> asked;  ///< questions to the store
  std::uint64_t last_ticket = 0;
  std::size_t watches = 0;
};

ContactListPtr ContactKeeper::State::list_after(const ChangeContacts& change, const Owner& owner,
                                                const Directory& directory) {
  const ContactListPtr& now = list_of(owner);
  const User* user = directory.find(change.user);
  if (user == nullptr) {
    ports.answer(change.edge, refusal(change, Reason::user_does_not_exist));
    return nullptr;
  }
  if (change.expected_version && *change.expected_version != now->version()) {
    ports.answer(change.edge, {change.ticket, Reason::contact_list_outdated, now, 0});
    return nullptr;
  }
  auto next = now->with(change.change, user->policy->contacts_max);
  if (!next) {
    ContactsAnswer answer = refusal(change, next.reason());
    const AddGroup* add = std::get_if<AddGroup>(&change.change);
    const ContactGroup* there = add == nullptr ? nullptr : now->group_named(add->name);
    if (there != nullptr) answer.group = there->number;
    ports.answer(change.edge, answer);
    return nullptr;
  }
  return std::make_shared<const ContactList>(std::move(*next));
}

void ContactKeeper::State::go_on(UserId user, Owner& owner, const Directory& directory) {
  while (!owner.stored && !owner.waiting.empty()) {
    owner.next = list_after(owner.waiting.front(), owner, directory);
    if (!owner.next) {
      owner.waiting.pop_front();
      continue;
    }
    owner.stored = Ticket{++last_ticket};
    asked.emplace(owner.stored, user);
    ports.change(owner.stored, difference(user, *list_of(owner), *owner.next));
  }
}

void ContactKeeper::State::announce(const Owner& owner, const ListChange& change) {
  for (const Watch& watch : owner.watches) ports.news(watch.edge, {watch.watch, owner.list, change, Reason::none});
}

void ContactKeeper::State::forget_when_empty(UserId user) {
  const auto found = owners.find(user);
  if (found == owners.end()) return;
  const Owner& owner = found->second;
  if (!owner.list && owner.waiting.empty() && owner.watches.empty()) owners.erase(found);
}

ContactKeeper::ContactKeeper(ContactPorts& ports) : state_(std::make_unique<State>(ports)) {}
ContactKeeper::~ContactKeeper() = default;

void ContactKeeper::restore(UserId user, ContactListPtr list) { state_->owners[user].list = std::move(list); }

void ContactKeeper::on_change(const ChangeContacts& change, const Directory& directory) {
  // Also for a user without a list: what waits must not grow with questions about nobody.
  if (directory.find(change.user) == nullptr) {
    state_->ports.answer(change.edge, refusal(change, Reason::user_does_not_exist));
    return;
  }
  Owner& owner = state_->owners[change.user];
  if (owner.waiting.size() >= contact_changes_waiting_max) {
    state_->ports.answer(change.edge, refusal(change, Reason::server_busy));
    return;
  }
  owner.waiting.push_back(change);
  state_->go_on(change.user, owner, directory);
  state_->forget_when_empty(change.user);
}

void ContactKeeper::on_watch(const WatchContacts& watch, const Directory& directory) {
  const Watch key{watch.edge, watch.watch};
  if (!watch.on) {
    const auto found = state_->owners.find(watch.user);
    if (found != state_->owners.end()) state_->watches -= std::erase(found->second.watches, key);
    state_->forget_when_empty(watch.user);
    return;
  }
  const auto refuse = [&](Reason why) {
    state_->ports.news(watch.edge, {watch.watch, state_->empty, std::nullopt, why});
  };
  if (directory.find(watch.user) == nullptr) return refuse(Reason::user_does_not_exist);
  Owner& owner = state_->owners[watch.user];
  if (std::find(owner.watches.begin(), owner.watches.end(), key) == owner.watches.end()) {
    if (owner.watches.size() >= contact_watches_per_user_max) return refuse(Reason::too_many_watchers);
    owner.watches.push_back(key);
    ++state_->watches;
  }
  state_->ports.news(watch.edge, {watch.watch, state_->list_of(owner), std::nullopt, Reason::none});
}

void ContactKeeper::on_stored(Ticket ticket, Result<void> result, const Directory& directory) {
  const auto question = state_->asked.find(ticket);
  if (question == state_->asked.end()) return;  // the user was removed meanwhile, his change answered
  const UserId user = question->second;
  state_->asked.erase(question);
  Owner& owner = state_->owners.at(user);
  const ChangeContacts change = std::move(owner.waiting.front());
  owner.waiting.pop_front();
  owner.stored = {};
  const ContactListPtr next = std::exchange(owner.next, nullptr);
  if (result) {
    const bool added = std::holds_alternative<AddGroup>(change.change);
    owner.list = next;
    state_->ports.answer(change.edge, {change.ticket, Reason::none, next, added ? next->last_number() : 0});
    state_->announce(owner, change.change);
    state_->ports.list_changed(user);
  } else {
    state_->ports.answer(change.edge, refusal(change, result.reason()));
  }
  state_->go_on(user, owner, directory);
  state_->forget_when_empty(user);
}

void ContactKeeper::on_user_removed(UserId user) {
  const auto found = state_->owners.find(user);
  if (found == state_->owners.end()) return;
  const Owner owner = std::move(found->second);
  state_->owners.erase(found);
  state_->asked.erase(owner.stored);
  state_->watches -= owner.watches.size();
  for (const ChangeContacts& change : owner.waiting) {
    state_->ports.answer(change.edge, refusal(change, Reason::user_does_not_exist));
  }
  for (const Watch& watch : owner.watches) {
    state_->ports.news(watch.edge, {watch.watch, state_->empty, std::nullopt, Reason::user_does_not_exist});
  }
}

ContactListPtr ContactKeeper::list(UserId user) const {
  const auto found = state_->owners.find(user);
  return found == state_->owners.end() ? state_->empty : state_->list_of(found->second);
}

std::size_t ContactKeeper::watch_count() const { return state_->watches; }

}  // namespace tertulia::domain
