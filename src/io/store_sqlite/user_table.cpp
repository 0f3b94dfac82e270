// SPDX-License-Identifier: Apache-2.0
#include "io/store_sqlite/user_table.h"

#include <fmt/format.h>

#include <unordered_map>

#include "io/store_sqlite/card_table.h"
#include "io/store_sqlite/photo_table.h"

namespace tertulia::io::user_table {
namespace {

using base::Error;
using base::Reason;
using base::Result;
using base::UserId;
using domain::Address;
using domain::User;

UserId user_id(const Statement& row, int column) { return UserId{static_cast<std::uint32_t>(row.number(column))}; }

/// Where each user stands in the list.
using Places = std::unordered_map<UserId, std::size_t>;

Result<void> load_settings(Database& database, std::vector<User>& users, const Places& places) {
  return database.each(
      [&](const Statement& row) {
        const auto place = places.find(user_id(row, 0));
        if (place != places.end()) users[place->second].settings.emplace(row.text(1), row.text(2));
      },
      "SELECT user_id, name, value FROM user_settings");
}

Result<void> load_blocked(Database& database, std::vector<User>& users, const Places& places) {
  bool sound = true;
  auto done = database.each(
      [&](const Statement& row) {
        const auto place = places.find(user_id(row, 0));
        if (place == places.end()) return;
        auto address = Address::parse(row.text(1));
        sound = sound && address;
        if (address) users[place->second].blocked.push_back(std::move(*address));
      },
      "SELECT user_id, address FROM user_blocked ORDER BY user_id, position");
  if (done && !sound) return Error{Reason::file_damaged, "a blocked address in the store is not an address"};
  return done;
}

Result<void> load_cards(Database& database, std::vector<User>& users, const Places& places) {
  return card_table::load(database, [&](UserId id, domain::CardPtr card) {
    const auto place = places.find(id);
    if (place != places.end()) users[place->second].card = std::move(card);
  });
}

Result<void> load_photos(Database& database, std::vector<User>& users, const Places& places) {
  return photo_table::load_marks(database, [&](UserId id, domain::PhotoMark mark) {
    const auto place = places.find(id);
    if (place == places.end()) return;
    domain::CardPtr& card = users[place->second].card;
    domain::Card with_photo = card ? *card : domain::Card{};
    with_photo.photo = std::move(mark);
    card = domain::shared_card(std::move(with_photo));
  });
}

Result<void> put_lists(Database& database, UserId id, const User& user) {
  if (auto done = database.run("DELETE FROM user_settings WHERE user_id = ?", id.value); !done) return done;
  if (auto done = database.run("DELETE FROM user_blocked WHERE user_id = ?", id.value); !done) return done;
  for (const auto& [name, value] : user.settings) {
    auto done =
        database.run("INSERT INTO user_settings (user_id, name, value) VALUES (?, ?, ?)", id.value, name, value);
    if (!done) return done;
  }
  std::size_t position = 0;
  for (const auto& address : user.blocked) {
    auto done = database.run("INSERT INTO user_blocked (user_id, position, address) VALUES (?, ?, ?)", id.value,
                             position++, address.text());
    if (!done) return done;
  }
  return card_table::put(database, id, user.card);
}

}  // namespace

Result<std::vector<User>> load(Database& database, Secrets secrets) {
  std::vector<User> users;
  Places places;
  bool sound = true;
  auto done = database.each(
      [&](const Statement& row) {
        User user;
        user.id = user_id(row, 0);
        auto address = Address::parse(row.text(1));
        sound = sound && address;
        if (!address) return;
        user.address = std::move(*address);
        user.display_name = row.text(2);
        user.enabled = row.number(3) != 0;
        if (secrets == Secrets::with) {
          user.credentials.password_hash = row.text(4);
          user.credentials.sealed_digests = row.text(5);
        }
        user.created = row.time(6);
        user.version = static_cast<std::uint64_t>(row.number(7));
        places.emplace(user.id, users.size());
        users.push_back(std::move(user));
      },
      "SELECT id, address, display_name, enabled, password_hash, sealed_digests, created_us, version FROM users "
      "ORDER BY address");
  if (!done) return done.error();
  if (!sound) return Error{Reason::file_damaged, "an address of a user in the store is not an address"};
  if (auto loaded = load_settings(database, users, places); !loaded) return loaded.error();
  if (auto loaded = load_blocked(database, users, places); !loaded) return loaded.error();
  if (auto loaded = load_cards(database, users, places); !loaded) return loaded.error();
  if (auto loaded = load_photos(database, users, places); !loaded) return loaded.error();
  return users;
}

Result<UserId> put(Database& database, const User& user) {
  const auto owner = database.number("SELECT id FROM users WHERE address = ?", user.address.text());
  if (!owner) return owner.error();
  if (*owner && **owner != static_cast<std::int64_t>(user.id.value)) return Reason::user_exists;
  UserId id = user.id;
  if (id) {
    if (auto known = must_exist(database, id); !known) return known.error();
    auto done = database.run(
        "UPDATE users SET address = ?, display_name = ?, enabled = ?, password_hash = ?, sealed_digests = ?, "
        "created_us = ?, version = ? WHERE id = ?",
        user.address.text(), user.display_name, user.enabled, user.credentials.password_hash,
        Blob{user.credentials.sealed_digests}, user.created, user.version, id.value);
    if (!done) return done.error();
  } else {
    auto done = database.run(
        "INSERT INTO users (address, display_name, enabled, password_hash, sealed_digests, created_us, version) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        user.address.text(), user.display_name, user.enabled, user.credentials.password_hash,
        Blob{user.credentials.sealed_digests}, user.created, user.version);
    if (!done) return done.error();
    id.value = static_cast<std::uint32_t>(database.last_insert_id());
  }
  if (auto done = put_lists(database, id, user); !done) return done.error();
  return id;
}

Result<void> remove(Database& database, UserId id) {
  if (auto known = must_exist(database, id); !known) return known;
  return database.run("DELETE FROM users WHERE id = ?", id.value);  // the rest follows (ON DELETE CASCADE)
}

Result<void> must_exist(Database& database, UserId id) {
  const auto found = database.number("SELECT id FROM users WHERE id = ?", id.value);
  if (!found) return found.error();
  if (!*found) return Reason::user_does_not_exist;
  return {};
}

}  // namespace tertulia::io::user_table
