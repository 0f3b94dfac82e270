// SPDX-License-Identifier: Apache-2.0
// Contact cards of users go in and come out again; an older store gets room for them.
#include <algorithm>
#include <string>

#include "domain/directory/card.h"
#include "io/store_sqlite/migrations.h"
#include "io/store_sqlite/read_only_store.h"
#include "io/store_sqlite/store_file.h"
#include "io/store_sqlite/store_test_support.h"

namespace tertulia::io {
namespace {

using namespace store_test;  // NOLINT: test vocabulary
using domain::Card;
using domain::CardField;
using domain::CardKind;

/// Every field, as long as it may be.
Card full_card() {
  Card card;
  for (const CardField& field : domain::card_fields()) {
    const std::string begin = field.kind == CardKind::url ? "https://" : field.kind == CardKind::mail ? "a@" : "";
    const char fill = field.kind == CardKind::phone ? ' ' : 'z';
    std::string value = field.kind == CardKind::phone ? "+34" + std::string(field.octets_max - 5, fill) + "91"
                                                      : begin + std::string(field.octets_max - begin.size(), fill);
    const auto set = domain::set_card(card, field.name, value);
    EXPECT_TRUE(set) << field.name;
  }
  return card;
}

class StoreCards : public ::testing::Test {
 protected:
  domain::CardPtr card_of(const std::string& name) {
    const auto users = store_->load_users();
    EXPECT_TRUE(users) << (users ? "" : users.error().detail);
    for (const domain::User& user : *users)
      if (user.address.user() == name) return user.card;
    ADD_FAILURE() << name << " is not there";
    return nullptr;
  }
  std::int64_t rows(const std::string& condition = "1") {
    auto database = Database::open(folder_.file(), Database::Access::read_only);
    EXPECT_TRUE(database);
    return **database->number("SELECT count(*) FROM user_card WHERE " + condition);
  }
  void execute(const std::string& sql) {
    store_.reset();
    {
      auto database = Database::open(folder_.file(), Database::Access::read_write);
      ASSERT_TRUE(database);
      const auto done = database->execute(sql.c_str());
      ASSERT_TRUE(done) << done.error().detail;
    }
    store_ = open_store(folder_.file());
    ASSERT_TRUE(store_);
  }

  TempFolder folder_;
  std::unique_ptr<SqliteStore> store_ = open_store(folder_.file());
};

TEST_F(StoreCards, survive_change_and_go_with_the_user) {
  auto alice = user_named("alice");
  alice.card = domain::shared_card(full_card());
  auto stored = put(*store_, alice);
  ASSERT_TRUE(stored);
  EXPECT_EQ(*stored->card, full_card());
  ASSERT_TRUE(put(*store_, user_named("bob")));
  auto carol = user_named("carol");
  carol.card = domain::shared_card([] {
    Card card;
    card.city = "Bilbao";
    return card;
  }());
  ASSERT_TRUE(put(*store_, carol));
  store_.reset();
  store_ = open_store(folder_.file());
  ASSERT_TRUE(store_);
  ASSERT_TRUE(card_of("alice"));
  EXPECT_EQ(*card_of("alice"), full_card());
  EXPECT_EQ(card_of("bob"), nullptr);
  EXPECT_EQ(card_of("carol")->city, "Bilbao");

  Card shorter;
  shorter.title = "Ingeniera";
  stored->card = domain::shared_card(shorter);
  ASSERT_TRUE(put(*store_, *stored));
  EXPECT_EQ(*card_of("alice"), shorter);
  EXPECT_EQ(rows(), 2);
  stored->card = nullptr;
  ASSERT_TRUE(put(*store_, *stored));
  EXPECT_EQ(card_of("alice"), nullptr);

  stored->card = domain::shared_card(full_card());
  ASSERT_TRUE(put(*store_, *stored));
  auto reader = ReadOnlyStore::open(folder_.file());
  ASSERT_TRUE(reader);
  EXPECT_EQ(*reader->list_users()->front().card, full_card());
  ASSERT_TRUE(wait_for<void>([&](auto done) { store_->remove_user(stored->id, done); }));
  EXPECT_EQ(rows(), 1);
  EXPECT_TRUE(store_->check());
}

TEST_F(StoreCards, what_this_program_does_not_know_or_permit_is_left_out) {
  ASSERT_TRUE(put(*store_, user_named("alice")));
  ASSERT_TRUE(put(*store_, user_named("bob")));
  execute(
      "INSERT INTO user_card SELECT id, 'title', 'Boss' FROM users WHERE display_name = 'alice';"
      "INSERT INTO user_card SELECT id, 'of_a_later_version', 'x' FROM users;"
      "INSERT INTO user_card SELECT id, 'work_phone', 'call me' FROM users;");
  ASSERT_TRUE(card_of("alice"));
  Card expected;
  expected.title = "Boss";
  EXPECT_EQ(*card_of("alice"), expected);
  EXPECT_EQ(card_of("bob"), nullptr);
}

TEST(StoreCardsMigration, an_older_store_gets_room_for_cards) {
  TempFolder folder;
  ASSERT_TRUE(create_private_file(folder.file()));
  {
    const auto steps = migrations();
    const auto first =
        std::find_if(steps.begin(), steps.end(), [](const Migration& step) { return step.version == 4; });
    ASSERT_NE(first, steps.end());
    auto database = Database::open(folder.file(), Database::Access::read_write);
    ASSERT_TRUE(database);
    ASSERT_TRUE(migrate(*database, folder.file(), steps.first(static_cast<std::size_t>(first - steps.begin()))));
    ASSERT_TRUE(
        database->execute("INSERT INTO users VALUES (5, 'alice@example.com', 'Alice', 1, 'hash', x'0102', 1000, 3);"));
    EXPECT_EQ(**database->number("SELECT count(*) FROM sqlite_schema WHERE name = 'user_card'"), 0);
  }
  auto store = open_store(folder.file());
  ASSERT_TRUE(store);
  auto users = store->load_users();
  ASSERT_TRUE(users);
  ASSERT_EQ(users->size(), 1U);
  EXPECT_EQ(users->front().card, nullptr);
  users->front().card = domain::shared_card(full_card());
  ASSERT_TRUE(put(*store, users->front()));
  EXPECT_EQ(*store->load_users()->front().card, full_card());
  EXPECT_TRUE(store->check());
}

}  // namespace
}  // namespace tertulia::io
