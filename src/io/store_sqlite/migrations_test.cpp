// SPDX-License-Identifier: Apache-2.0
// A store of an earlier version is brought up to date with everything in it.
#include "io/store_sqlite/migrations.h"

#include <array>

#include "base/digest.h"
#include "io/store_sqlite/people_test_support.h"
#include "io/store_sqlite/read_only_store.h"

namespace tertulia::io {
namespace {

using namespace store_test;  // NOLINT: test vocabulary

/// What a server of schema version 1 has left.
constexpr auto rows_of_version_1 = R"sql(
INSERT INTO users VALUES (5, 'alice@example.com', 'Alice', 1, 'hash', x'0102', 1000, 3);
INSERT INTO user_settings VALUES (5, 'endpoints_max', '3');
INSERT INTO kept_sequences VALUES (5, 1);
INSERT INTO kept_messages VALUES (5, 1, 77, 0, 'bob@example.com', 'Bob', 0, 'text/plain', x'6869', '', 2000);
INSERT INTO record_users VALUES (1, 'alice@example.com'), (2, 'bob@example.com');
INSERT INTO registrations VALUES (256, 1, 9, '', 'Phone', '192.0.2.1', 1000, 2000, 1, 200, 0);
INSERT INTO sessions VALUES (512, 7, 1, 2, 9, 0, 'Phone', '', 1, 0, 0, 'call-1', 'text/plain', 3000, 3001, 3002, 202, 0, 1);
INSERT INTO sessions VALUES (768, 8, 2, 1, 9, 9, 'A', 'B', 4, 5, 1, 'call-2', 'application/sdp', 4000, 4001, NULL, 200, 0, 1);
INSERT INTO media VALUES (512, 1, 3000, 3002), (768, 1, 4000, NULL);
)sql";

void make_version_1(const std::string& path) {
  ASSERT_TRUE(create_private_file(path));
  auto database = Database::open(path, Database::Access::read_write);
  ASSERT_TRUE(database);
  ASSERT_TRUE(migrate(*database, path, migrations().first(1)));
  const auto filled = database->execute(rows_of_version_1);
  ASSERT_TRUE(filled) << filled.error().detail;
  EXPECT_EQ(**database->number("PRAGMA user_version"), 1);
}

TEST(Migrations, released_steps_are_never_changed) {
  base::Hasher hasher(base::HashAlgorithm::sha256);
  EXPECT_EQ(hasher.hex({migrations()[0].sql}), "6b8c1dd12505d2b6cb1f28a15ca3a2aead8255b25da0c1ba8d9a0c2041d228fe");
  EXPECT_EQ(hasher.hex({migrations()[1].sql}), "36dea8be51ca940289276d0ada729da9ba2fd2608f8681a897fbc5c44125f1e4");
}

TEST(Migrations, versions_count_from_one) {
  int version = 0;
  for (const Migration& step : migrations()) EXPECT_EQ(step.version, ++version);
}

TEST(Migrations, version_1_comes_up_to_date_with_its_data) {
  TempFolder folder;
  ASSERT_NO_FATAL_FAILURE(make_version_1(folder.file()));
  EXPECT_EQ(ReadOnlyStore::open(folder.file()).reason(), Reason::file_unreadable);  // only a server changes it
  auto store = open_store(folder.file());
  ASSERT_TRUE(store);
  EXPECT_TRUE(store->check());
  const auto users = store->load_users();
  ASSERT_EQ(users->size(), 1U);
  const auto alice = users->front().id;
  EXPECT_EQ(alice.value, 5U);
  EXPECT_EQ(users->front().settings.at("endpoints_max"), "3");
  EXPECT_EQ(load(*store, alice)->front().message->content, "hi");
  EXPECT_TRUE(store->load_contacts()->empty());
  EXPECT_TRUE(store->load_presence()->empty());
  auto look = ReadOnlyStore::open(folder.file());
  ASSERT_TRUE(look);
  EXPECT_EQ(look->counts()->schema_version, migrations().back().version);
  EXPECT_EQ(look->show_registration({256})->client_version, "Phone");
  const auto page = look->show_session({512});
  EXPECT_EQ(page->mode, domain::SessionMode::page);
  EXPECT_EQ(page->call_id, "call-1");
  EXPECT_EQ(page->end_time, base::WallTime{3002});
  const auto open = look->show_session({768});
  EXPECT_EQ(open->mode, domain::SessionMode::session);
  EXPECT_EQ(open->user2.message_count, 5U);
  EXPECT_EQ(open->diagnostic_id, base::id_of(Reason::server_restarted));  // was open: closed at this start
  for (const auto& record : {page, open}) {
    EXPECT_EQ(record->referred_by, "");
    EXPECT_EQ(record->correlation_id, "");
    EXPECT_TRUE(record->files.empty());
    EXPECT_FALSE(record->replaces);
    EXPECT_EQ(record->disconnected_by, 0U);
  }
  auto database = Database::open(folder.file(), Database::Access::read_only);
  EXPECT_EQ(**database->number("SELECT count(*) FROM media"), 2);
  EXPECT_EQ(**database->number("SELECT count(*) FROM session_details_view WHERE Mode IN ('page', 'session')"), 2);
  EXPECT_EQ(**database->number("SELECT count(*) FROM voip_details_view"), 0);
  // What the server's end has cut off is not known: no number at all.
  EXPECT_EQ(**database->number("SELECT count(*) FROM session_details_view WHERE FromMessageCount IS NULL AND "
                               "ToMessageCount IS NULL AND DiagnosticId = 52405"),
            1);
  EXPECT_EQ(**database->number("SELECT count(*) FROM session_details_view WHERE FromMessageCount IS NOT NULL"), 1);
  // And it is used from now on.
  EXPECT_TRUE(change(*store, one_contact(alice, "bob", 2)));
  EXPECT_TRUE(change(*store, one_note(alice, "new")));
  auto call = session(start_us);
  call.mode = domain::SessionMode::call;
  EXPECT_TRUE(put(*store, call));
  EXPECT_TRUE(store->check());
}

/// What a server of schema version 2 has left.
constexpr auto rows_of_version_2 = R"sql(
INSERT INTO users VALUES (5, 'alice@example.com', 'Alice', 1, 'hash', x'0102', 1000, 3);
INSERT INTO publications VALUES (5, 'state', 536870912, 2, 7, 4000, 'manual', 1, '{"availability":6500}', x'');
INSERT INTO publications VALUES (5, 'card', 0, 0, 1, 4001, 'opaque', 1, '{"media_type":"application/xml"}', x'3c00ff');
INSERT INTO privacy_levels VALUES (5, 2);
INSERT INTO privacy_members VALUES (5, 'user', 'bob@example.com', 400);
)sql";

TEST(Migrations, version_2_comes_up_to_date_with_its_presence) {
  TempFolder folder;
  ASSERT_TRUE(create_private_file(folder.file()));
  {
    auto database = Database::open(folder.file(), Database::Access::read_write);
    ASSERT_TRUE(migrate(*database, folder.file(), migrations().first(2)));
    const auto filled = database->execute(rows_of_version_2);
    ASSERT_TRUE(filled) << filled.error().detail;
  }
  auto store = open_store(folder.file());
  ASSERT_TRUE(store);
  EXPECT_TRUE(store->check());
  const base::UserId alice{5};
  auto stored = presence_in(*store, alice);
  ASSERT_EQ(stored.publications.size(), 2U);
  const auto card = publication({"card", 0, domain::Container::everyone},
                                domain::OpaqueValue{"application/xml", std::string("<\0\xff", 3)});
  EXPECT_EQ(stored.publications[0].key, card.key);
  EXPECT_EQ(stored.publications[0].value, card.value);
  EXPECT_EQ(stored.publications[1].version, 7U);
  EXPECT_EQ(stored.publications[1].since, base::WallTime{4000});
  for (const auto& one : stored.publications) EXPECT_EQ(one.original, domain::OpaqueValue{});
  EXPECT_EQ(stored.levels_version, 2U);
  EXPECT_EQ(stored.levels.size(), 1U);
  EXPECT_TRUE(stored.acknowledged.empty());
  // And it is used from now on.
  domain::PresenceChange rows = one_note(alice, "new");
  rows.put.push_back(stored.publications[1]);
  rows.put.back().original = {"application/xml", "<state/>"};
  rows.acknowledged = "bob@example.com";
  EXPECT_TRUE(change(*store, rows));
  stored = presence_in(*store, alice);
  ASSERT_EQ(stored.publications.size(), 3U);
  EXPECT_EQ(stored.publications[2].original.bytes, "<state/>");
  EXPECT_EQ(stored.acknowledged, std::vector<std::string>{"bob@example.com"});
  EXPECT_TRUE(store->check());
}

TEST(Migrations, a_step_that_fails_leaves_the_version_before_it) {
  TempFolder folder;
  ASSERT_NO_FATAL_FAILURE(make_version_1(folder.file()));
  const std::array steps{migrations()[0], Migration{2, "CREATE TABLE half (a); DROP TABLE nothing;"}};
  auto database = Database::open(folder.file(), Database::Access::read_write);
  EXPECT_FALSE(migrate(*database, folder.file(), steps));
  EXPECT_EQ(**database->number("PRAGMA user_version"), 1);
  EXPECT_EQ(**database->number("SELECT count(*) FROM sqlite_schema WHERE name = 'half'"), 0);
  EXPECT_EQ(**database->number("SELECT count(*) FROM sessions"), 2);
  EXPECT_TRUE(migrate(*database, folder.file(), migrations()));
}

TEST(Migrations, a_full_disk_in_the_middle_loses_nothing) {
  TempFolder folder;
  ASSERT_NO_FATAL_FAILURE(make_version_1(folder.file()));
  {
    auto database = Database::open(folder.file(), Database::Access::read_write);
    const auto pages = **database->number("PRAGMA page_count");
    ASSERT_TRUE(database->execute(("PRAGMA max_page_count=" + std::to_string(pages + 1)).c_str()));
    const auto done = migrate(*database, folder.file(), migrations());
    EXPECT_EQ(done.reason(), Reason::store_unavailable);
    EXPECT_EQ(**database->number("PRAGMA user_version"), 1);
  }
  auto store = open_store(folder.file());  // there is room again
  ASSERT_TRUE(store);
  EXPECT_EQ(store->load_users()->size(), 1U);
  EXPECT_TRUE(store->check());
}

}  // namespace
}  // namespace tertulia::io
