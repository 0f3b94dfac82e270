// SPDX-License-Identifier: Apache-2.0
#include "io/store_sqlite/contact_table.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "io/store_sqlite/user_table.h"

namespace tertulia::io::contact_table {
namespace {

using base::Error;
using base::Reason;
using base::Result;
using base::UserId;
using domain::Contact;
using domain::ContactGroup;
using domain::ContactList;
using domain::ContactsChange;
using domain::GroupNumber;
using domain::StoredContacts;

/// The rows of one list until all are there.
struct Rows {
  UserId user;
  std::uint64_t version = 0;
  GroupNumber last_number = 0;
  std::vector<ContactGroup> groups;
  std::vector<Contact> contacts;
};

class Loader {
 public:
  explicit Loader(Database& database) : database_(database) {}
  Result<std::vector<StoredContacts>> load();

 private:
  Result<void> read_lists();
  Result<void> read_groups();
  Result<void> read_contacts();
  Rows* rows_of(std::int64_t user);

  Database& database_;
  std::vector<Rows> all_;
  std::unordered_map<std::int64_t, std::size_t> places_;
};

/// Numbers joined by blanks; nothing when it is something else.
std::optional<std::vector<GroupNumber>> numbers_of(std::string_view text) {
  std::vector<GroupNumber> numbers;
  for (const std::string_view word : base::split(text, ' ')) {
    const auto number = base::to_number(word);
    if (!number || *number > UINT32_MAX) return std::nullopt;
    numbers.push_back(static_cast<GroupNumber>(*number));
  }
  return numbers;
}

std::string text_of(const std::vector<GroupNumber>& numbers) { return fmt::format("{}", fmt::join(numbers, " ")); }

Error damaged(std::string_view table, std::int64_t user, std::string_view finding) {
  return {Reason::file_damaged, fmt::format("table {}, user {}: {}", table, user, finding)};
}

/// Rows without their list: foreign keys forbid them.
Error ownerless(std::string_view table, std::int64_t user) { return damaged(table, user, "the user has no list"); }

Rows* Loader::rows_of(std::int64_t user) {
  if (!all_.empty() && all_.back().user.value == user) return &all_.back();
  const auto place = places_.find(user);
  return place != places_.end() ? &all_[place->second] : nullptr;
}

Result<void> Loader::read_lists() {
  return database_.each(
      [&](const Statement& row) {
        Rows rows;
        rows.user.value = static_cast<std::uint32_t>(row.number(0));
        rows.version = static_cast<std::uint64_t>(row.number(1));
        rows.last_number = static_cast<GroupNumber>(row.number(2));
        places_.emplace(row.number(0), all_.size());
        all_.push_back(std::move(rows));
      },
      "SELECT user_id, version, last_number FROM contact_lists ORDER BY user_id");
}

Result<void> Loader::read_groups() {
  std::optional<Error> trouble;
  auto done = database_.each(
      [&](const Statement& row) {
        if (trouble) return;
        Rows* rows = rows_of(row.number(0));
        if (rows == nullptr) {
          trouble = ownerless("contact_groups", row.number(0));
          return;
        }
        rows->groups.push_back(
            {static_cast<GroupNumber>(row.number(1)), std::string(row.text(2)), std::string(row.text(3))});
      },
      "SELECT user_id, number, name, extension FROM contact_groups ORDER BY user_id, number");
  if (done && trouble) return *trouble;
  return done;
}

Result<void> Loader::read_contacts() {
  std::optional<Error> trouble;
  auto done = database_.each(
      [&](const Statement& row) {
        if (trouble) return;
        Rows* rows = rows_of(row.number(0));
        if (rows == nullptr) {
          trouble = ownerless("contacts", row.number(0));
          return;
        }
        auto groups = numbers_of(row.text(3));
        if (!groups) {
          trouble = damaged("contacts", row.number(0),
                            fmt::format("contact {}: its groups are malformed", rows->contacts.size() + 1));
          return;
        }
        rows->contacts.push_back({std::string(row.text(1)), std::string(row.text(2)), std::move(*groups),
                                  row.number(4) != 0, std::string(row.text(5))});
      },
      "SELECT user_id, address, name, in_groups, subscribed, extension FROM contacts ORDER BY user_id, address");
  if (done && trouble) return *trouble;
  return done;
}

Result<std::vector<StoredContacts>> Loader::load() {
  if (auto done = read_lists(); !done) return done.error();
  if (auto done = read_groups(); !done) return done.error();
  if (auto done = read_contacts(); !done) return done.error();
  std::vector<StoredContacts> lists;
  lists.reserve(all_.size());
  for (Rows& rows : all_) {
    // The standing group has a row only when something was changed in it.
    if (rows.groups.empty() || rows.groups.front().number != domain::group_standing) {
      const auto standing = ContactList().groups();
      rows.groups.insert(rows.groups.begin(), standing.begin(), standing.end());
    }
    auto list = ContactList::restored(std::move(rows.groups), std::move(rows.contacts), rows.version, rows.last_number);
    if (!list) {
      const bool about_contact = list.error().detail.starts_with("contact");
      const bool about_group = list.error().detail.starts_with("group");
      return damaged(about_contact ? "contacts"
                     : about_group ? "contact_groups"
                                   : "contact_lists",
                     rows.user.value, list.error().detail);
    }
    lists.push_back({rows.user, std::make_shared<const ContactList>(std::move(*list))});
    rows = {};
  }
  return lists;
}

Result<void> change_groups(Database& database, const ContactsChange& change) {
  const auto user = change.user.value;
  for (const GroupNumber number : change.removed_groups) {
    auto done = database.run("DELETE FROM contact_groups WHERE user_id = ? AND number = ?", user, number);
    if (!done) return done;
  }
  for (const ContactGroup& group : change.put_groups) {
    auto done = database.run(
        "INSERT INTO contact_groups (user_id, number, name, extension) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (user_id, number) DO UPDATE SET name = excluded.name, extension = excluded.extension",
        user, group.number, group.name, Blob{group.extension});
    if (!done) return done;
  }
  return {};
}

}  // namespace

Result<std::vector<StoredContacts>> load(Database& database) { return Loader(database).load(); }

Result<void> change(Database& database, const ContactsChange& change) {
  const auto user = change.user.value;
  if (auto known = user_table::must_exist(database, change.user); !known) return known;
  auto done = database.run(
      "INSERT INTO contact_lists (user_id, version, last_number) VALUES (?, ?, ?) ON CONFLICT (user_id) DO UPDATE SET "
      "version = excluded.version, last_number = excluded.last_number",
      user, change.version, change.last_number);
  if (!done) return done;
  if (done = change_groups(database, change); !done) return done;
  for (const std::string& address : change.removed) {
    done = database.run("DELETE FROM contacts WHERE user_id = ? AND address = ?", user, address);
    if (!done) return done;
  }
  for (const Contact& contact : change.put) {
    done = database.run(
        "INSERT INTO contacts (user_id, address, name, in_groups, subscribed, extension) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (user_id, address) DO UPDATE SET name = excluded.name, in_groups = excluded.in_groups, "
        "subscribed = excluded.subscribed, extension = excluded.extension",
        user, contact.address, contact.name, text_of(contact.groups), contact.subscribed, Blob{contact.extension});
    if (!done) return done;
  }
  return {};
}

}  // namespace tertulia::io::contact_table
