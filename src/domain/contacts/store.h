// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "domain/contacts/contact_list.h"

namespace tertulia::domain {

struct StoredContacts {
  base::UserId user;
  ContactListPtr list;
};

/// One durable change of one user's list, as a whole or not at all.
struct ContactsChange {
  base::UserId user;
  std::vector<Contact> put;
  std::vector<std::string> removed;  ///< addresses
  std::vector<ContactGroup> put_groups;
  std::vector<GroupNumber> removed_groups;
  std::uint64_t version = 0;  ///< of the list after it
  GroupNumber last_number = 0;
};

class ContactStore {
 public:
  virtual ~ContactStore() = default;
  /// At start-up, before any shard runs; blocks.  Only users that have a list.  Errors: file_damaged, store_unavailable.
  virtual base::Result<std::vector<StoredContacts>> load_contacts() = 0;
  /// `done` is called on the store's thread when the change is durable.  In order of the calls.  Errors:
  /// store_unavailable, user_does_not_exist (removed meanwhile).  Rows of removed users go with the user.
  virtual void change_contacts(ContactsChange change, std::function<void(base::Result<void>)> done) = 0;
};

/// The rows that differ between two lists of one user.  The standing group of an empty list is no row: who loads a list
/// without one adds it (ContactList().groups()).
ContactsChange difference(base::UserId user, const ContactList& before, const ContactList& after);

}  // namespace tertulia::domain
