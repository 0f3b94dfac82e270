// SPDX-License-Identifier: Apache-2.0
#include "domain/contacts/store.h"

namespace tertulia::domain {
namespace {

/// Walks through two ordered lists side by side.
template <typename Row, typename Key, typename Removed>
void compare(const std::vector<Row>& before, const std::vector<Row>& after, Key Row::*key, std::vector<Row>& put,
             std::vector<Removed>& removed) {
  auto old = before.begin();
  for (const Row& row : after) {
    for (; old != before.end() && (*old).*key < row.*key; ++old) removed.push_back((*old).*key);
    const bool known = old != before.end() && (*old).*key == row.*key;
    if (!known || !(*old == row)) put.push_back(row);
    if (known) ++old;
  }
  for (; old != before.end(); ++old) removed.push_back((*old).*key);
}

}  // namespace

ContactsChange difference(base::UserId user, const ContactList& before, const ContactList& after) {
  ContactsChange change;
  change.user = user;
  compare(before.contacts(), after.contacts(), &Contact::address, change.put, change.removed);
  compare(before.groups(), after.groups(), &ContactGroup::number, change.put_groups, change.removed_groups);
  change.version = after.version();
  change.last_number = after.last_number();
  return change;
}

}  // namespace tertulia::domain
