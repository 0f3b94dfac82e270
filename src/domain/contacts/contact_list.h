// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace tertulia::domain {

/// Number of a group within its user's list; given by the server, never used again.
using GroupNumber = std::uint32_t;
/// The standing group that holds contacts without another ("~" of the dialect).
inline constexpr GroupNumber group_standing = 1;

struct ContactGroup {
  GroupNumber number = 0;
  std::string name;
  std::string extension;  ///< a dialect's own piece
  friend bool operator==(const ContactGroup&, const ContactGroup&) = default;
};

struct Contact {
  std::string address;              ///< user@domain in lower case: ours or foreign
  std::string name;                 ///< the user's own name for it; empty: the person's own
  std::vector<GroupNumber> groups;  ///< ordered; never empty
  bool subscribed = true;           ///< the user wants to see this contact's presence
  std::string extension;
  friend bool operator==(const Contact&, const Contact&) = default;
};

// One change of a list.
struct AddGroup {
  std::string name;
  std::string extension;
};
struct RenameGroup {
  GroupNumber number = 0;
  std::string name;
  std::optional<std::string> extension;
};
struct RemoveGroup {
  GroupNumber number = 0;  ///< its contacts that stand in no other go to the standing group
};
/// Adds the contact or replaces all its fields.  The address may be written in any case, the groups in any order; no group
/// means the standing one.
struct PutContact {
  Contact contact;
  /// Groups that do not exist (any more) are left out, rather than group_unknown.
  bool known_groups_only = false;
};
struct RemoveContact {
  std::string address;
};
using ListChange = std::variant<AddGroup, RenameGroup, RemoveGroup, PutContact, RemoveContact>;

/// Everything one user has on his list, at one version: a value, immutable once shared.
class ContactList {
 public:
  ContactList();  ///< the standing group (its name: "~"), version 1
  std::uint64_t version() const { return version_; }
  const std::vector<ContactGroup>& groups() const { return groups_; }  ///< ordered by number
  const std::vector<Contact>& contacts() const { return contacts_; }   ///< ordered by address
  const Contact* find(std::string_view address) const;
  const ContactGroup* group(GroupNumber number) const;
  const ContactGroup* group_named(std::string_view name) const;
  /// The list after this change, with the next version.  `contacts_max`: what the user's policy permits; a list that is
  /// longer already keeps what it has.  Errors: group_unknown, group_exists (same name), contact_unknown,
  /// too_many_contacts, too_many_groups, group_standing_stays, address_malformed, name_malformed (not UTF-8, control
  /// characters, too long; a group's also when empty), body_too_large (extension).
  base::Result<ContactList> with(const ListChange& change, std::size_t contacts_max) const;
  /// At start-up, from the store; rows in any order.  Repairs nothing: errors file_damaged (detail: which row, counted
  /// from 1 in order of number or address, and what is wrong with it).
  static base::Result<ContactList> restored(std::vector<ContactGroup> groups, std::vector<Contact> contacts,
                                            std::uint64_t version, GroupNumber last_number);
  GroupNumber last_number() const { return last_number_; }
  friend bool operator==(const ContactList&, const ContactList&) = default;

 private:
  using Outcome = base::Result<void>;
  Outcome apply(const AddGroup& add, std::size_t contacts_max);
  Outcome apply(const RenameGroup& rename, std::size_t contacts_max);
  Outcome apply(const RemoveGroup& remove, std::size_t contacts_max);
  Outcome apply(const PutContact& put, std::size_t contacts_max);
  Outcome apply(const RemoveContact& remove, std::size_t contacts_max);
  Outcome check_rows() const;

  std::vector<ContactGroup> groups_;
  std::vector<Contact> contacts_;
  std::uint64_t version_ = 1;
  GroupNumber last_number_ = group_standing;
};
using ContactListPtr = std::shared_ptr<const ContactList>;

}  // namespace tertulia::domain
