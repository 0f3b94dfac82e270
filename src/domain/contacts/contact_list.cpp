// SPDX-License-Identifier: Apache-2.0
#include "domain/contacts/contact_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "base/text.h"
#include "domain/contacts/limits.h"
#include "domain/directory/address.h"

namespace tertulia::domain {
namespace {

using base::Error;
using base::Reason;
using base::Result;

constexpr auto standing_name = "~";

/// Clients show names on one line.
bool is_name(std::string_view text, std::size_t octets_max) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  return text.size() <= octets_max && base::is_utf8(text) && std::none_of(text.begin(), text.end(), is_control);
}
bool is_group_name(std::string_view text) { return !text.empty() && is_name(text, group_name_octets_max); }
bool is_extension(std::string_view text) { return text.size() <= contact_extension_octets_max; }

Error extension_too_long() { return {Reason::body_too_large, "the extension is too long"}; }

/// Where the contact with this address stands, or would.
template <typename Contacts>
auto place_of(Contacts& contacts, std::string_view address) {
  return std::lower_bound(contacts.begin(), contacts.end(), address,
                          [](const Contact& contact, std::string_view wanted) {
                            return std::string_view(contact.address) < wanted;  // clang 14 compares no mixed pair
                          });
}
template <typename Groups>
auto place_of_group(Groups& groups, GroupNumber number) {
  return std::lower_bound(groups.begin(), groups.end(), number,
                          [](const ContactGroup& group, GroupNumber wanted) { return group.number < wanted; });
}

bool is_ascending(const std::vector<GroupNumber>& numbers) {
  return std::adjacent_find(numbers.begin(), numbers.end(), std::greater_equal<>()) == numbers.end();
}

Error damaged(std::string_view what, std::size_t row, std::string_view finding) {
  return {Reason::file_damaged, fmt::format("{} {}: {}", what, row, finding)};
}

}  // namespace

ContactList::ContactList() : groups_{{group_standing, standing_name, {}}} {}

const Contact* ContactList::find(std::string_view address) const {
  const auto place = place_of(contacts_, address);
  return place != contacts_.end() && place->address == address ? &*place : nullptr;
}

const ContactGroup* ContactList::group(GroupNumber number) const {
  const auto place = place_of_group(groups_, number);
  return place != groups_.end() && place->number == number ? &*place : nullptr;
}

const ContactGroup* ContactList::group_named(std::string_view name) const {
  const auto place =
      std::find_if(groups_.begin(), groups_.end(), [name](const ContactGroup& group) { return group.name == name; });
  return place != groups_.end() ? &*place : nullptr;
}

Result<ContactList> ContactList::with(const ListChange& change, std::size_t contacts_max) const {
  ContactList next = *this;
  auto done = std::visit([&](const auto& one) { return next.apply(one, contacts_max); }, change);
  if (!done) return done.error();
  ++next.version_;
  return next;
}

Result<void> ContactList::apply(const AddGroup& add, std::size_t /*contacts_max*/) {
  if (!is_group_name(add.name)) return Reason::name_malformed;
  if (!is_extension(add.extension)) return extension_too_long();
  if (group_named(add.name) != nullptr) return Reason::group_exists;
  // A number is never used again: a client that was away must not take a new group for an old one.
  if (groups_.size() >= contact_groups_max || last_number_ == std::numeric_limits<GroupNumber>::max()) {
    return Reason::too_many_groups;
  }
  groups_.push_back({++last_number_, add.name, add.extension});
  return {};
}

Result<void> ContactList::apply(const RenameGroup& rename, std::size_t /*contacts_max*/) {
  const auto place = place_of_group(groups_, rename.number);
  if (place == groups_.end() || place->number != rename.number) return Reason::group_unknown;
  if (rename.number == group_standing && rename.name != place->name) return Reason::group_standing_stays;
  if (!is_group_name(rename.name)) return Reason::name_malformed;
  if (rename.extension && !is_extension(*rename.extension)) return extension_too_long();
  const ContactGroup* same_name = group_named(rename.name);
  if (same_name != nullptr && same_name != &*place) return Reason::group_exists;
  place->name = rename.name;
  if (rename.extension) place->extension = *rename.extension;
  return {};
}

Result<void> ContactList::apply(const RemoveGroup& remove, std::size_t /*contacts_max*/) {
  if (remove.number == group_standing) return Reason::group_standing_stays;
  const auto place = place_of_group(groups_, remove.number);
  if (place == groups_.end() || place->number != remove.number) return Reason::group_unknown;
  groups_.erase(place);
  for (Contact& contact : contacts_) {
    std::erase(contact.groups, remove.number);
    if (contact.groups.empty()) contact.groups.push_back(group_standing);
  }
  return {};
}

Result<void> ContactList::apply(const PutContact& put, std::size_t contacts_max) {
  const auto address = Address::parse(put.contact.address);
  if (!address) return address.error();
  if (!is_name(put.contact.name, contact_name_octets_max)) return Reason::name_malformed;
  if (!is_extension(put.contact.extension)) return extension_too_long();
  if (put.contact.groups.size() > groups_per_contact_max) return Reason::too_many_groups;
  Contact contact = put.contact;
  contact.address = address->text();
  if (put.known_groups_only)
    std::erase_if(contact.groups, [this](GroupNumber number) { return group(number) == nullptr; });
  if (contact.groups.empty()) contact.groups.push_back(group_standing);
  std::sort(contact.groups.begin(), contact.groups.end());
  contact.groups.erase(std::unique(contact.groups.begin(), contact.groups.end()), contact.groups.end());
  for (const GroupNumber number : contact.groups) {
    if (group(number) == nullptr) return Reason::group_unknown;
  }
  const auto place = place_of(contacts_, contact.address);
  if (place != contacts_.end() && place->address == contact.address) {
    *place = std::move(contact);
    return {};
  }
  if (contacts_.size() >= contacts_max) return Reason::too_many_contacts;
  contacts_.insert(place, std::move(contact));
  return {};
}

Result<void> ContactList::apply(const RemoveContact& remove, std::size_t /*contacts_max*/) {
  const auto address = Address::parse(remove.address);
  if (!address) return address.error();
  const auto place = place_of(contacts_, address->text());
  if (place == contacts_.end() || place->address != address->text()) return Reason::contact_unknown;
  contacts_.erase(place);
  return {};
}

Result<ContactList> ContactList::restored(std::vector<ContactGroup> groups, std::vector<Contact> contacts,
                                          std::uint64_t version, GroupNumber last_number) {
  ContactList list;
  list.groups_ = std::move(groups);
  list.contacts_ = std::move(contacts);
  list.version_ = version;
  list.last_number_ = last_number;
  std::sort(list.groups_.begin(), list.groups_.end(),
            [](const ContactGroup& a, const ContactGroup& b) { return a.number < b.number; });
  std::sort(list.contacts_.begin(), list.contacts_.end(),
            [](const Contact& a, const Contact& b) { return a.address < b.address; });
  if (auto sound = list.check_rows(); !sound) return sound.error();
  return list;
}

Result<void> ContactList::check_rows() const {
  if (version_ == 0) return Error{Reason::file_damaged, "the version is 0"};
  if (groups_.size() > contact_groups_max) return Error{Reason::file_damaged, "there are too many groups"};
  if (group(group_standing) == nullptr) return Error{Reason::file_damaged, "the standing group is missing"};
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    const ContactGroup& one = groups_[i];
    if (one.number == 0 || one.number > last_number_) return damaged("group", i + 1, "its number was never given");
    if (i > 0 && groups_[i - 1].number == one.number) return damaged("group", i + 1, "its number is there twice");
    if (!is_group_name(one.name)) return damaged("group", i + 1, "its name is malformed");
    if (group_named(one.name) != &one) return damaged("group", i + 1, "its name is there twice");
    if (!is_extension(one.extension)) return damaged("group", i + 1, "its extension is too long");
  }
  for (std::size_t i = 0; i < contacts_.size(); ++i) {
    const Contact& one = contacts_[i];
    const auto address = Address::parse(one.address);
    if (!address || address->text() != one.address) return damaged("contact", i + 1, "its address is malformed");
    if (i > 0 && contacts_[i - 1].address == one.address) return damaged("contact", i + 1, "it is there twice");
    if (!is_name(one.name, contact_name_octets_max)) return damaged("contact", i + 1, "its name is malformed");
    if (!is_extension(one.extension)) return damaged("contact", i + 1, "its extension is too long");
    if (one.groups.empty() || !is_ascending(one.groups)) return damaged("contact", i + 1, "its groups are malformed");
    for (const GroupNumber number : one.groups) {
      if (group(number) == nullptr) return damaged("contact", i + 1, "one of its groups does not exist");
    }
  }
  return {};
}

}  // namespace tertulia::domain
