// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "domain/contacts/store.h"

namespace tertulia::domain {

/// ContactStore in memory that keeps rows as a database does.  Changes are carried out in order, when the owner says so,
/// and fail when he says so.  For tests and the simulator: a slow store is one that is stepped late, a crash is
/// `drop_pending`.  Thread: one.
class InMemoryContactStore final : public ContactStore {
 public:
  base::Result<std::vector<StoredContacts>> load_contacts() override {
    std::vector<StoredContacts> all;
    for (const auto& [user, rows] : users_) {
      auto list = restored(rows);
      if (!list) return list.error();
      all.push_back({user, std::make_shared<const ContactList>(std::move(*list))});
    }
    return all;
  }
  void change_contacts(ContactsChange change, std::function<void(base::Result<void>)> done) override {
    steps_.push_back([this, change = std::move(change), done = std::move(done)](bool fails) {
      if (!fails) carry_out(change);
      if (!done) return;
      if (fails) return done(base::Reason::store_unavailable);
      done({});
    });
  }
  /// With everything that belongs to the user.
  void remove_user(base::UserId user) { users_.erase(user); }

  /// The next changes that are carried out fail.
  void fail_next(std::size_t calls) { failing_ = calls; }
  void set_failing(bool failing) { broken_ = failing; }
  std::size_t pending() const { return steps_.size(); }
  /// Carries out the oldest change and answers it.  False: nothing to do.
  bool step() {
    if (steps_.empty()) return false;
    const std::function<void(bool)> run_one = std::move(steps_.front());
    steps_.pop_front();
    const bool fails = broken_ || failing_ > 0;
    if (failing_ > 0) --failing_;
    run_one(fails);
    return true;
  }
  void run() {
    while (step()) {
    }
  }
  /// The process dies: what was not carried out never happened.
  void drop_pending() { steps_.clear(); }

 private:
  struct Rows {
    std::map<std::string, Contact> contacts;
    std::map<GroupNumber, ContactGroup> groups;
    std::uint64_t version = 0;
    GroupNumber last_number = 0;
  };
  static base::Result<ContactList> restored(const Rows& rows) {
    std::vector<ContactGroup> groups;
    std::vector<Contact> contacts;
    if (!rows.groups.contains(group_standing)) groups = ContactList().groups();
    for (const auto& [number, group] : rows.groups) groups.push_back(group);
    for (const auto& [address, contact] : rows.contacts) contacts.push_back(contact);
    return ContactList::restored(std::move(groups), std::move(contacts), rows.version, rows.last_number);
  }
  void carry_out(const ContactsChange& change) {
    Rows& rows = users_[change.user];
    for (const std::string& address : change.removed) rows.contacts.erase(address);
    for (const GroupNumber number : change.removed_groups) rows.groups.erase(number);
    for (const ContactGroup& group : change.put_groups) rows.groups[group.number] = group;
    for (const Contact& contact : change.put) rows.contacts[contact.address] = contact;
    rows.version = change.version;
    rows.last_number = change.last_number;
  }

  std::map<base::UserId, Rows> users_;
  std::deque<std::function<void(bool)>> steps_;
  std::size_t failing_ = 0;
  bool broken_ = false;
};

}  // namespace tertulia::domain
