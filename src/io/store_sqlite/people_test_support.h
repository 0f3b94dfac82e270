// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "io/store_sqlite/store_test_support.h"

/// Contact lists and presence for the tests of this folder.
namespace tertulia::io::store_test {

inline domain::Contact contact_named(const std::string& name, std::vector<domain::GroupNumber> groups = {1}) {
  return {name + "@example.com", name, std::move(groups), true, {}};
}
inline Result<void> change(SqliteStore& store, domain::ContactsChange rows) {
  return wait_for<void>([&](auto done) { store.change_contacts(std::move(rows), done); });
}
inline Result<void> change(SqliteStore& store, domain::PresenceChange rows) {
  return wait_for<void>([&](auto done) { store.change_presence(std::move(rows), done); });
}

/// One contact more: the change from a list of `version` - 1.
inline domain::ContactsChange one_contact(base::UserId user, const std::string& name, std::uint64_t version) {
  domain::ContactsChange rows;
  rows.user = user;
  rows.put = {contact_named(name)};
  rows.version = version;
  rows.last_number = domain::group_standing;
  return rows;
}

/// A user's list as the store gives it; null: none.
inline domain::ContactListPtr list_in(SqliteStore& store, base::UserId user) {
  const auto lists = store.load_contacts();
  EXPECT_TRUE(lists) << (lists ? "" : lists.error().detail);
  if (!lists) return nullptr;
  for (const auto& one : *lists) {
    if (one.user == user) return one.list;
  }
  return nullptr;
}

inline domain::Publication publication(domain::PublicationKey key, domain::PublicationValue value,
                                       std::uint32_t version = 1) {
  domain::Publication one;
  one.key = std::move(key);
  one.version = version;
  one.expires = domain::ExpireType::permanent;
  one.since = {start_us + version};
  one.value = std::move(value);
  return one;
}
inline domain::Publication note(const std::string& text, std::uint32_t version = 1) {
  return publication({"note", 0, domain::Container::external},
                     domain::NoteValue{domain::NoteKind::personal, text, {}, {}}, version);
}
inline domain::PresenceChange one_note(base::UserId user, const std::string& text, std::uint32_t version = 1) {
  return {user, {note(text, version)}, {}, std::nullopt, 0};
}

/// A user's presence as the store gives it; empty when there is none.
inline domain::StoredPresence presence_in(SqliteStore& store, base::UserId user) {
  const auto all = store.load_presence();
  EXPECT_TRUE(all) << (all ? "" : all.error().detail);
  if (!all) return {};
  for (const auto& one : *all) {
    if (one.user == user) return one;
  }
  return {};
}

inline void expect_equal(const domain::Publication& a, const domain::Publication& b) {
  EXPECT_EQ(a.key, b.key);
  EXPECT_EQ(a.version, b.version);
  EXPECT_EQ(a.expires, b.expires);
  EXPECT_EQ(a.endpoint, b.endpoint);
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.since, b.since);
  EXPECT_EQ(a.value, b.value);
  EXPECT_EQ(a.original, b.original);
}

/// Changes the file behind the store's back.
inline void tamper(SqliteStore& store, const std::string& sql) {
  auto done = store.writer().run(Operation::Kind::change, [&](Database& database) { return database.run(sql); });
  EXPECT_TRUE(done) << (done ? "" : done.error().detail);
}

}  // namespace tertulia::io::store_test
