// SPDX-License-Identifier: Apache-2.0
#include "io/store_sqlite/database.h"

#include <gtest/gtest.h>

#include "io/store_sqlite/limits.h"
#include "io/store_sqlite/migrations.h"
#include "io/store_sqlite/store_test_support.h"

namespace tertulia::io {
namespace {

using store_test::TempFolder;

class DatabaseTest : public ::testing::Test {
 protected:
  DatabaseTest() : database_(open()) {
    EXPECT_TRUE(database_.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT NOT NULL) STRICT"));
  }
  Database open() {
    EXPECT_TRUE(create_private_file(folder_.file()));
    return std::move(*Database::open(folder_.file(), Database::Access::read_write));
  }
  TempFolder folder_;
  Database database_;
};

TEST_F(DatabaseTest, binds_and_reads_values) {
  ASSERT_TRUE(database_.run("INSERT INTO t VALUES (?, ?)", 7, std::string("a\0b", 3)));
  EXPECT_EQ(database_.changes(), 1);
  EXPECT_EQ(database_.last_insert_id(), 7);
  std::string text;
  ASSERT_TRUE(database_.each([&](const Statement& row) { text = row.text(0); }, "SELECT b FROM t WHERE a = ?", 7));
  EXPECT_EQ(text, std::string("a\0b", 3));
  EXPECT_FALSE(database_.number("SELECT a FROM t WHERE a = ?", 8)->has_value());
  EXPECT_EQ(**database_.number("SELECT a FROM t"), 7);
}

TEST_F(DatabaseTest, empty_text_is_not_null) {
  EXPECT_TRUE(database_.run("INSERT INTO t VALUES (1, ?)", std::string_view{}));
}

TEST_F(DatabaseTest, error_names_code_and_no_content) {
  ASSERT_TRUE(database_.run("INSERT INTO t VALUES (1, ?)", "secret"));
  const auto done = database_.run("INSERT INTO t VALUES (1, ?)", "secret");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().reason, base::Reason::internal_error);
  EXPECT_NE(done.error().detail.find("constraint"), std::string::npos);
  EXPECT_EQ(done.error().detail.find("secret"), std::string::npos);
  EXPECT_EQ(database_.run("SELECT nothing FROM t").reason(), base::Reason::internal_error);
}

TEST_F(DatabaseTest, same_statement_may_run_within_itself) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(database_.run("INSERT INTO t VALUES (?, 'x')", i));
  int pairs = 0;
  constexpr std::string_view all = "SELECT a FROM t";
  ASSERT_TRUE(database_.each(
      [&](const Statement&) { EXPECT_TRUE(database_.each([&](const Statement&) { ++pairs; }, all)); }, all));
  EXPECT_EQ(pairs, 9);
}

TEST_F(DatabaseTest, cache_is_bounded) {
  for (std::size_t i = 0; i < store_limits::statements_cached_max + 10; ++i) {
    ASSERT_TRUE(database_.run("SELECT " + std::to_string(i)));
  }
  EXPECT_EQ(database_.statements_cached(), store_limits::statements_cached_max);
}

TEST_F(DatabaseTest, missing_file_is_an_error) {
  EXPECT_FALSE(Database::open(folder_.file("nothing"), Database::Access::read_write));
}

// ---- migrations

class MigrationTest : public ::testing::Test {
 protected:
  /// A store as the first released schema wrote it, made without the code of today.
  void build_version_1() {
    ASSERT_TRUE(create_private_file(folder_.file()));
    auto database = Database::open(folder_.file(), Database::Access::read_write);
    ASSERT_TRUE(database);
    ASSERT_TRUE(database->execute("PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL;"));
    ASSERT_TRUE(migrate(*database, folder_.file(), migrations().subspan(0, 1)));
    const auto done = database->execute(
        "INSERT INTO meta VALUES ('alive_us', 5000);"
        "INSERT INTO users VALUES (4, 'alice@example.com', 'Alice', 1, 'hash', x'00ff', 1000, 3);"
        "INSERT INTO user_settings VALUES (4, 'endpoints_max', '3');"
        "INSERT INTO user_blocked VALUES (4, 0, 'carol@example.com');"
        "INSERT INTO kept_sequences VALUES (4, 9);"
        "INSERT INTO kept_messages VALUES (4, 9, 1, 2, 'bob@example.com', 'Bob', 0, 'text/plain', x'6869', '', 2000);"
        "INSERT INTO record_users VALUES (1, 'alice@example.com'), (2, 'bob@example.com');"
        "INSERT INTO registrations VALUES (256, 1, 1, 'i', 'c', '::1', 1000, NULL, 0, 200, 0);"
        "INSERT INTO sessions VALUES (512, 1, 1, 2, 1, 2, 'c', 'd', 1, 0, 0, 'id', 't', 2000, NULL, NULL, 0, 0, 1);"
        "INSERT INTO media VALUES (512, 1, 2000, NULL);");
    ASSERT_TRUE(done) << done.error().detail;
  }
  TempFolder folder_;
};

TEST_F(MigrationTest, version_1_can_be_read) {
  build_version_1();
  auto store = store_test::open_store(folder_.file());
  ASSERT_TRUE(store);
  EXPECT_EQ(store->closed_at_start(), 2);
  const auto users = store->load_users();
  ASSERT_TRUE(users);
  ASSERT_EQ(users->size(), 1U);
  const auto& alice = users->front();
  EXPECT_EQ(alice.id.value, 4U);
  EXPECT_EQ(alice.credentials.sealed_digests, std::string("\0\xff", 2));
  EXPECT_EQ(alice.settings.at("endpoints_max"), "3");
  ASSERT_EQ(alice.blocked.size(), 1U);
  EXPECT_EQ(alice.version, 3U);
  const auto kept = store_test::load(*store, alice.id);
  ASSERT_TRUE(kept);
  ASSERT_EQ(kept->size(), 1U);
  EXPECT_EQ(kept->front().sequence, 9U);
  EXPECT_EQ(kept->front().message->content, "hi");
}

TEST_F(MigrationTest, later_steps_are_added_once) {
  build_version_1();
  const std::vector<Migration> steps{migrations()[0], {2, "CREATE TABLE later (a INTEGER) STRICT;"}};
  auto database = Database::open(folder_.file(), Database::Access::read_write);
  ASSERT_TRUE(database);
  ASSERT_TRUE(migrate(*database, folder_.file(), steps));
  ASSERT_TRUE(migrate(*database, folder_.file(), steps));
  EXPECT_EQ(*schema_version(*database, folder_.file(), steps), 2);
  EXPECT_EQ(**database->number("SELECT count(*) FROM users"), 1);
}

TEST_F(MigrationTest, failing_step_leaves_the_version_before) {
  build_version_1();
  const std::vector<Migration> steps{migrations()[0], {2, "CREATE TABLE later (a INTEGER) STRICT; SELECT wrong;"}};
  auto database = Database::open(folder_.file(), Database::Access::read_write);
  ASSERT_TRUE(database);
  EXPECT_FALSE(migrate(*database, folder_.file(), steps));
  EXPECT_EQ(*schema_version(*database, folder_.file(), migrations()), 1);
  EXPECT_EQ(**database->number("SELECT count(*) FROM sqlite_schema WHERE name = 'later'"), 0);
}

TEST_F(MigrationTest, newer_version_and_foreign_file_are_refused_unchanged) {
  build_version_1();
  const auto set = [&](const char* sql) {
    auto database = Database::open(folder_.file(), Database::Access::read_write);
    ASSERT_TRUE(database);
    ASSERT_TRUE(database->execute(sql));
  };
  set("PRAGMA user_version=99");
  auto store = SqliteStore::open(store_test::settings_for(folder_.file()), base::Log::silent());
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().reason, base::Reason::file_unreadable);
  EXPECT_NE(store.error().detail.find("99"), std::string::npos);
  set("PRAGMA user_version=1; PRAGMA application_id=5;");
  store = SqliteStore::open(store_test::settings_for(folder_.file()), base::Log::silent());
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().reason, base::Reason::file_damaged);
  EXPECT_NE(store.error().detail.find(folder_.file()), std::string::npos);
}

}  // namespace
}  // namespace tertulia::io
