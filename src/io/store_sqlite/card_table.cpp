// SPDX-License-Identifier: Apache-2.0
#include "io/store_sqlite/card_table.h"

#include <utility>

namespace tertulia::io::card_table {

using base::Result;
using base::UserId;
using domain::Card;
using domain::CardField;

Result<void> load(Database& database, const std::function<void(UserId, domain::CardPtr)>& on_card) {
  UserId user;
  Card card;
  const auto hand_out = [&] {
    if (auto shared = domain::shared_card(std::exchange(card, Card{}))) on_card(user, std::move(shared));
  };
  auto done = database.each(
      [&](const Statement& row) {
        const UserId of{static_cast<std::uint32_t>(row.number(0))};
        if (of != user) hand_out();
        user = of;
        const Result<void> set = domain::set_card(card, row.text(1), row.text(2));
        if (!set) return;  // left out, see the header
      },
      "SELECT user_id, field, value FROM user_card ORDER BY user_id");
  if (done) hand_out();
  return done;
}

Result<void> put(Database& database, UserId user, const domain::CardPtr& card) {
  if (auto done = database.run("DELETE FROM user_card WHERE user_id = ?", user.value); !done || !card) return done;
  for (const CardField& field : domain::card_fields()) {
    const std::string& value = (*card).*field.value;
    if (value.empty()) continue;
    auto done =
        database.run("INSERT INTO user_card (user_id, field, value) VALUES (?, ?, ?)", user.value, field.name, value);
    if (!done) return done;
  }
  return {};
}

}  // namespace tertulia::io::card_table
