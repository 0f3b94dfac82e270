// SPDX-License-Identifier: Apache-2.0
#include "io/store_sqlite/photo_table.h"

#include <memory>
#include <string>
#include <utility>

#include "io/store_sqlite/user_table.h"

namespace tertulia::io::photo_table {

using base::Result;
using base::UserId;
using domain::Photo;
using domain::PhotoMark;

Result<void> load_marks(Database& database, const std::function<void(UserId, PhotoMark)>& on_mark) {
  return database.each(
      [&](const Statement& row) {
        const auto kind = domain::photo_kind_of(row.text(1));
        if (kind) on_mark(UserId{static_cast<std::uint32_t>(row.number(0))}, {*kind, std::string(row.text(2))});
      },
      "SELECT user_id, kind, hash FROM user_photo");
}

Result<domain::PhotoPtr> load(Database& database, UserId user) {
  domain::PhotoPtr found;
  auto done = database.each(
      [&](const Statement& row) {
        const auto kind = domain::photo_kind_of(row.text(0));
        if (!kind) return;
        found = std::make_shared<const Photo>(Photo{{*kind, std::string(row.text(1))}, std::string(row.text(2))});
      },
      "SELECT kind, hash, picture FROM user_photo WHERE user_id = ?", user.value);
  if (!done) return done.error();
  return found;
}

Result<void> put(Database& database, UserId user, const Photo& photo) {
  if (auto known = user_table::must_exist(database, user); !known) return known;
  auto done = database.run("INSERT OR REPLACE INTO user_photo (user_id, kind, hash, picture) VALUES (?, ?, ?, ?)",
                           user.value, domain::name_of(photo.mark.kind), photo.mark.hash, Blob{photo.bytes});
  if (!done) return done;
  return database.run("UPDATE users SET version = version + 1 WHERE id = ?", user.value);
}

}  // namespace tertulia::io::photo_table
