// SPDX-License-Identifier: Apache-2.0
// Pictures of users go in and come out again, survive a restart and go with the user; an older store gets room for them.
#include <algorithm>

#include "domain/directory/photo.h"
#include "io/store_sqlite/migrations.h"
#include "io/store_sqlite/store_file.h"
#include "io/store_sqlite/store_test_support.h"

namespace tertulia::io {
namespace {

using namespace store_test;  // NOLINT: test vocabulary

domain::PhotoPtr picture(const std::string& name, std::size_t octets) {
  domain::Photo photo{{domain::PhotoKind::png, name}, std::string(octets, '\0')};
  photo.bytes.replace(0, 1, "\xff");
  return std::make_shared<const domain::Photo>(photo);
}

class StorePhotos : public ::testing::Test {
 protected:
  void SetUp() override {
    alice_ = *put(*store_, user_named("alice"));
    ASSERT_TRUE(put(*store_, user_named("bob")));
  }
  Result<void> set(domain::PhotoPtr photo) {
    return wait_for<void>([&](auto done) { store_->put_photo(alice_.id, photo, done); });
  }
  domain::PhotoPtr stored() {
    const auto photo = wait_for<domain::PhotoPtr>([&](auto done) { store_->load_photo(alice_.id, done); });
    EXPECT_TRUE(photo);
    return photo ? *photo : nullptr;
  }
  domain::User loaded() { return store_->load_users()->front(); }
  std::int64_t rows() {
    auto database = Database::open(folder_.file(), Database::Access::read_only);
    return **database->number("SELECT count(*) FROM user_photo");
  }

  TempFolder folder_;
  std::unique_ptr<SqliteStore> store_ = open_store(folder_.file());
  domain::User alice_;
};

TEST_F(StorePhotos, survive_change_and_go_with_the_user) {
  EXPECT_EQ(stored(), nullptr);
  EXPECT_EQ(loaded().card, nullptr);
  const auto first = picture("aa", 100 * 1024), second = picture("bb", 3);
  ASSERT_TRUE(set(first));
  store_.reset();
  store_ = open_store(folder_.file());
  ASSERT_TRUE(store_);
  ASSERT_TRUE(stored());
  EXPECT_EQ(*stored(), *first);
  ASSERT_TRUE(loaded().card);
  EXPECT_EQ(loaded().card->photo, first->mark);
  EXPECT_EQ(loaded().version, alice_.version + 1);

  ASSERT_TRUE(set(second));
  EXPECT_EQ(*stored(), *second);
  domain::User changed = loaded();  // a change of the card leaves the picture alone
  domain::Card card = *changed.card;
  card.title = "Baker";
  changed.card = domain::shared_card(card);
  ASSERT_TRUE(put(*store_, changed));
  EXPECT_EQ(*stored(), *second);
  EXPECT_EQ(loaded().card->title, "Baker");
  EXPECT_EQ(loaded().card->photo, second->mark);

  ASSERT_TRUE(set(domain::cleared_photo()));
  EXPECT_EQ(loaded().card->photo.kind, domain::PhotoKind::cleared);
  EXPECT_EQ(stored()->bytes, "");
  EXPECT_EQ(rows(), 1);
  ASSERT_TRUE(wait_for<void>([&](auto done) { store_->remove_user(alice_.id, done); }));
  EXPECT_EQ(rows(), 0);
  EXPECT_EQ(set(first).reason(), Reason::user_does_not_exist);
  EXPECT_TRUE(store_->check());
}

TEST_F(StorePhotos, a_backup_has_them) {
  ASSERT_TRUE(set(picture("aa", 70'000)));
  const std::string copy = folder_.file() + ".copy";
  ASSERT_TRUE(store_->backup(copy, false, {}));
  store_.reset();
  store_ = open_store(copy);
  ASSERT_TRUE(store_);
  EXPECT_EQ(*stored(), *picture("aa", 70'000));
}

TEST(StorePhotosMigration, an_older_store_gets_room_for_pictures) {
  TempFolder folder;
  ASSERT_TRUE(create_private_file(folder.file()));
  {
    auto database = Database::open(folder.file(), Database::Access::read_write);
    ASSERT_TRUE(database);
    ASSERT_TRUE(migrate(*database, folder.file(), migrations().first(6)));
    ASSERT_TRUE(
        database->execute("INSERT INTO users VALUES (5, 'alice@example.com', 'Alice', 1, 'hash', x'0102', 1000, 3);"));
  }
  auto store = open_store(folder.file());
  ASSERT_TRUE(store);
  ASSERT_TRUE(wait_for<void>([&](auto done) { store->put_photo({5}, picture("cc", 9), done); }));
  EXPECT_EQ(store->load_users()->front().card->photo.hash, "cc");
}

}  // namespace
}  // namespace tertulia::io
