// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>

#include "base/ids.h"
#include "base/result.h"
#include "domain/contacts/events.h"
#include "domain/contacts/store.h"
#include "domain/directory/directory.h"

namespace tertulia::domain {

/// What the keeper tells others; implemented by the shard's dispatch.  Calls never come back before they return.
class ContactPorts {
 public:
  virtual ~ContactPorts() = default;
  virtual void answer(base::ShardId edge, ContactsAnswer answer) = 0;
  virtual void news(base::ShardId edge, ContactsNews news) = 0;
  /// Answered by on_stored with the same ticket.
  virtual void change(base::Ticket ticket, ContactsChange change) = 0;
  /// The user's list counts in another form from now on; for parts of this shard that look into it.
  virtual void list_changed(base::UserId user) { (void)user; }
};

/// Contact lists of the users whose home is this shard.  A change counts from the moment the store has it; changes of
/// one user keep their order, each sees the list that the one before made: only one of them is with the store at a time,
/// so that a change that the store refuses cannot spoil the ones behind it.  Pure.
class ContactKeeper {
 public:
  explicit ContactKeeper(ContactPorts& ports);
  ~ContactKeeper();

  /// At start-up.
  void restore(base::UserId user, ContactListPtr list);
  /// Refusals: those of ContactList::with, contact_list_outdated, user_does_not_exist, server_busy, store_unavailable.
  void on_change(const ChangeContacts& change, const Directory& directory);
  void on_watch(const WatchContacts& watch, const Directory& directory);
  void on_stored(base::Ticket ticket, base::Result<void> result, const Directory& directory);
  /// Answers what waits and ends the watches: user_does_not_exist.
  void on_user_removed(base::UserId user);
  /// The list as it counts now; an empty one for a user without contacts.
  ContactListPtr list(base::UserId user) const;
  std::size_t watch_count() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tertulia::domain
