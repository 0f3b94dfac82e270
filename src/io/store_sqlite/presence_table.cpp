// SPDX-License-Identifier: Apache-2.0
#include "io/store_sqlite/presence_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "io/store_sqlite/publication_codec.h"
#include "io/store_sqlite/user_table.h"

namespace tertulia::io::presence_table {
namespace {

using base::Error;
using base::Reason;
using base::Result;
using base::UserId;
using domain::Container;
using domain::LevelMember;
using domain::Levels;
using domain::MemberKind;
using domain::PresenceChange;
using domain::Publication;
using domain::PublicationKey;
using domain::StoredPresence;

constexpr std::array<std::pair<MemberKind, std::string_view>, 6> member_words{{
    {MemberKind::user, "user"},
    {MemberKind::domain, "domain"},
    {MemberKind::same_enterprise, "same_enterprise"},
    {MemberKind::federated, "federated"},
    {MemberKind::public_cloud, "public_cloud"},
    {MemberKind::everyone, "everyone"},
}};

std::string_view word_of(MemberKind kind) {
  for (const auto& [one, word] : member_words) {
    if (one == kind) return word;
  }
  return "everyone";
}

std::optional<MemberKind> member_kind_from(std::string_view text) {
  for (const auto& [kind, word] : member_words) {
    if (word == text) return kind;
  }
  return std::nullopt;
}

template <typename Number>
bool fits(std::int64_t number) {
  return number >= 0 && static_cast<std::uint64_t>(number) <= std::numeric_limits<Number>::max();
}

using ByUser = std::map<std::int64_t, StoredPresence>;

/// Calls `on_row` until it finds something wrong; says where that was.
template <typename OnRow>
Result<void> read_rows(Database& database, std::string_view table, std::string_view sql, OnRow on_row) {
  std::optional<Error> trouble;
  std::int64_t user = 0;
  std::size_t number = 0;
  auto done = database.each(
      [&](const Statement& row) {
        if (trouble) return;
        number = row.number(0) == std::exchange(user, row.number(0)) ? number + 1 : 1;
        Result<void> sound = on_row(row);
        if (sound) return;
        trouble = Error{sound.reason(), fmt::format("table {}, user {}, row {} in order of the key: {}", table, user,
                                                    number, sound.error().detail)};
      },
      sql);
  if (done && trouble) return *trouble;
  return done;
}

Result<void> take_publication(const Statement& row, ByUser& users) {
  if (!fits<std::uint16_t>(row.number(3))) return Error{Reason::file_damaged, "the container is not one"};
  if (!fits<std::uint32_t>(row.number(4))) return Error{Reason::file_damaged, "the version is out of bounds"};
  auto value = publication_codec::decode(row.text(6), row.number(7), row.text(8), row.text(9));
  if (!value) return value.error();
  if (!*value) return {};  // of a later version
  Publication publication;
  publication.key.category = row.text(1);
  publication.key.instance = static_cast<std::uint64_t>(row.number(2));
  publication.key.container = static_cast<Container>(row.number(3));
  publication.version = static_cast<std::uint32_t>(row.number(4));
  publication.expires = domain::ExpireType::permanent;
  publication.since = row.time(5);
  publication.value = std::move(**value);
  publication.original = {std::string(row.text(10)), std::string(row.text(11))};
  users[row.number(0)].publications.push_back(std::move(publication));
  return {};
}

Result<void> take_version(const Statement& row, ByUser& users) {
  if (!fits<std::uint32_t>(row.number(1))) return Error{Reason::file_damaged, "the version is out of bounds"};
  users[row.number(0)].levels_version = static_cast<std::uint32_t>(row.number(1));
  return {};
}

Result<void> take_member(const Statement& row, ByUser& users) {
  const auto kind = member_kind_from(row.text(1));
  if (!kind) return {};  // of a later version
  const bool named = *kind == MemberKind::user || *kind == MemberKind::domain;
  if (named == row.text(2).empty()) return Error{Reason::file_damaged, "the member is malformed"};
  if (!fits<std::uint16_t>(row.number(3)) || !domain::is_level(static_cast<Container>(row.number(3)))) {
    return Error{Reason::file_damaged, "the level is not one"};
  }
  const auto found = users.find(row.number(0));
  if (found == users.end() || found->second.levels_version == 0) {
    return Error{Reason::file_damaged, "the user has no levels"};
  }
  found->second.levels.push_back({{*kind, std::string(row.text(2))}, static_cast<Container>(row.number(3))});
  return {};
}

Result<void> take_acknowledged(const Statement& row, ByUser& users) {
  users[row.number(0)].acknowledged.emplace_back(row.text(1));
  return {};
}

Result<void> put(Database& database, UserId user, const Publication& publication) {
  const auto encoded = publication_codec::encode(publication.value);
  return database.run(
      "INSERT INTO publications (user_id, category, instance, container, version, since_us, kind, format, fields, "
      "bytes, original_type, original) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (user_id, category, instance, container) DO UPDATE SET "
      "version = excluded.version, since_us = excluded.since_us, kind = excluded.kind, format = excluded.format, "
      "fields = excluded.fields, bytes = excluded.bytes, original_type = excluded.original_type, "
      "original = excluded.original",
      user.value, publication.key.category, publication.key.instance,
      static_cast<std::uint16_t>(publication.key.container), publication.version, publication.since, encoded.kind,
      encoded.format, encoded.fields, Blob{encoded.bytes}, publication.original.media_type,
      Blob{publication.original.bytes});
}

/// One more, and the oldest is forgotten when there are too many.
Result<void> acknowledge(Database& database, UserId user, const std::string& address) {
  auto done = database.run(
      "INSERT INTO acknowledged_watchers (user_id, position, address) SELECT ?1, coalesce(max(position), 0) + 1, ?2 "
      "FROM acknowledged_watchers WHERE user_id = ?1 ON CONFLICT (user_id, address) DO NOTHING",
      user.value, address);
  if (!done) return done;
  return database.run(
      "DELETE FROM acknowledged_watchers WHERE user_id = ?1 AND position <= "
      "(SELECT max(position) FROM acknowledged_watchers WHERE user_id = ?1) - ?2",
      user.value, domain::acknowledged_max);
}

Result<void> put_levels(Database& database, UserId user, const std::vector<Levels::Entry>& entries,
                        std::uint32_t version) {
  auto done = database.run(
      "INSERT INTO privacy_levels (user_id, version) VALUES (?, ?) ON CONFLICT (user_id) DO UPDATE SET "
      "version = excluded.version",
      user.value, version);
  if (!done) return done;
  done = database.run("DELETE FROM privacy_members WHERE user_id = ?", user.value);
  if (!done) return done;
  for (const Levels::Entry& entry : entries) {
    done =
        database.run("INSERT INTO privacy_members (user_id, kind, member, container) VALUES (?, ?, ?, ?)", user.value,
                     word_of(entry.member.kind), entry.member.value, static_cast<std::uint16_t>(entry.level));
    if (!done) return done;
  }
  return {};
}

}  // namespace

Result<std::vector<StoredPresence>> load(Database& database) {
  ByUser users;
  auto done =
      read_rows(database, "publications",
                "SELECT user_id, category, instance, container, version, since_us, kind, format, fields, bytes, "
                "original_type, original FROM publications ORDER BY user_id, category, instance, container",
                [&](const Statement& row) { return take_publication(row, users); });
  if (!done) return done.error();
  done = read_rows(database, "privacy_levels", "SELECT user_id, version FROM privacy_levels ORDER BY user_id",
                   [&](const Statement& row) { return take_version(row, users); });
  if (!done) return done.error();
  done = read_rows(database, "privacy_members",
                   "SELECT user_id, kind, member, container FROM privacy_members ORDER BY user_id, kind, member",
                   [&](const Statement& row) { return take_member(row, users); });
  if (!done) return done.error();
  done = read_rows(database, "acknowledged_watchers",
                   "SELECT user_id, address FROM acknowledged_watchers ORDER BY user_id, position",
                   [&](const Statement& row) { return take_acknowledged(row, users); });
  if (!done) return done.error();
  std::vector<StoredPresence> all;
  all.reserve(users.size());
  for (auto& [user, presence] : users) {
    presence.user.value = static_cast<std::uint32_t>(user);
    std::sort(presence.levels.begin(), presence.levels.end(),
              [](const Levels::Entry& a, const Levels::Entry& b) { return a.member < b.member; });
    all.push_back(std::move(presence));
  }
  return all;
}

Result<void> change(Database& database, const PresenceChange& change) {
  if (auto known = user_table::must_exist(database, change.user); !known) return known;
  for (const PublicationKey& key : change.removed) {
    auto done =
        database.run("DELETE FROM publications WHERE user_id = ? AND category = ? AND instance = ? AND container = ?",
                     change.user.value, key.category, key.instance, static_cast<std::uint16_t>(key.container));
    if (!done) return done;
  }
  for (const Publication& publication : change.put) {
    if (auto done = put(database, change.user, publication); !done) return done;
  }
  if (change.acknowledged) {
    if (auto done = acknowledge(database, change.user, *change.acknowledged); !done) return done;
  }
  if (!change.levels) return {};
  return put_levels(database, change.user, *change.levels, change.levels_version);
}

}  // namespace tertulia::io::presence_table
