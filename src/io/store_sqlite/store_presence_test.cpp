// SPDX-License-Identifier: Apache-2.0
// Lasting publications and privacy levels go in and come out again.
#include <optional>

#include "io/store_sqlite/people_test_support.h"

namespace tertulia::io {
namespace {

using namespace store_test;  // NOLINT: test vocabulary
using base::UserId;
using domain::Container;
using domain::Levels;
using domain::MemberKind;

class StorePresence : public ::testing::Test {
 protected:
  void SetUp() override {
    alice_ = put(*store_, user_named("alice"))->id;
    bob_ = put(*store_, user_named("bob"))->id;
  }
  void reopen() {
    store_.reset();
    store_ = open_store(folder_.file());
    ASSERT_TRUE(store_);
  }
  void expect_damaged(const std::string& sql, const std::string& place, const std::string& finding) {
    tamper(*store_, sql);
    const auto all = store_->load_presence();
    ASSERT_FALSE(all) << sql;
    EXPECT_EQ(all.reason(), Reason::file_damaged) << sql;
    const auto& detail = all.error().detail;
    for (const auto& word : {folder_.file(), place, finding}) EXPECT_NE(detail.find(word), std::string::npos) << detail;
    EXPECT_EQ(detail.find("secret"), std::string::npos) << detail;
  }
  TempFolder folder_;
  std::unique_ptr<SqliteStore> store_ = open_store(folder_.file());
  UserId alice_, bob_;
};

/// One of each kind; instances and containers at their ends.
std::vector<domain::Publication> some_publications() {
  const domain::State busy{6500, domain::Activity::in_a_meeting, {}};
  std::vector<domain::Publication> all;
  all.push_back(publication({"calendarData", 0, Container::workgroup},
                            domain::CalendarState{busy, {start_us}, {start_us + 5}, "Plan", "Room"}));
  all.push_back(publication({"contactCard", 0, Container::everyone},
                            domain::OpaqueValue{"application/xml", std::string("<c>\0\xff</c>", 9)}, 7));
  all.push_back(publication({"device", 1, Container::devices},
                            domain::DeviceState{{3500, {}, {}}, false, base::WallTime{3}, true, "web", "+01:00"}));
  all.push_back(note("gone fishing"));
  all.push_back(publication(
      {"state", 1, Container::devices},
      domain::ManualState{{9500, domain::Activity::custom, {{"Digging", "en-US"}, {"Cavando", "es-ES"}, {"Graben"}}}}));
  all.push_back(
      publication({"state", 0x7fff'ffff'ffff'ffff, Container::blocked}, domain::ManualState{busy}, UINT32_MAX));
  all.back().original = {"application/xml", std::string("<state>\0\xff</state>", 17)};
  return all;
}

TEST_F(StorePresence, publications_survive_with_all_their_fields) {
  EXPECT_TRUE(store_->load_presence()->empty());
  const auto all = some_publications();
  ASSERT_TRUE(change(*store_, domain::PresenceChange{alice_, all, {}, std::nullopt, 0}));
  reopen();
  const auto stored = presence_in(*store_, alice_);
  ASSERT_EQ(stored.publications.size(), all.size());
  for (std::size_t i = 0; i < all.size(); ++i) expect_equal(stored.publications[i], all[i]);
  EXPECT_TRUE(stored.levels.empty());
  EXPECT_EQ(stored.levels_version, 0U);
  EXPECT_EQ(store_->load_presence()->size(), 1U);
  EXPECT_TRUE(store_->check());
}

TEST_F(StorePresence, an_instance_uses_all_64_bits) {
  const auto high = publication({"state", 0xffff'ffff'0000'0001, Container::devices}, domain::ManualState{});
  ASSERT_TRUE(change(*store_, domain::PresenceChange{alice_, {high}, {}, std::nullopt, 0}));
  expect_equal(presence_in(*store_, alice_).publications.at(0), high);
  ASSERT_TRUE(change(*store_, domain::PresenceChange{alice_, {}, {high.key}, std::nullopt, 0}));
  EXPECT_TRUE(presence_in(*store_, alice_).publications.empty());
}

TEST_F(StorePresence, a_publication_is_replaced_by_its_key_and_removed_by_it) {
  ASSERT_TRUE(change(*store_, domain::PresenceChange{alice_, some_publications(), {}, std::nullopt, 0}));
  const auto newer = publication(note("").key, domain::OpaqueValue{"text/plain", "x"}, 2);  // of another kind
  const std::vector<domain::PublicationKey> removed{{"contactCard", 0, Container::everyone},
                                                    {"nothing", 0, Container::everyone}};
  ASSERT_TRUE(change(*store_, domain::PresenceChange{alice_, {newer}, removed, std::nullopt, 0}));
  reopen();
  const auto stored = presence_in(*store_, alice_).publications;
  ASSERT_EQ(stored.size(), some_publications().size() - 1);
  expect_equal(stored[2], newer);
}

TEST_F(StorePresence, levels_are_replaced_as_a_whole) {
  const std::vector<Levels::Entry> first{{{MemberKind::user, "bob@example.com"}, Container::friends},
                                         {{MemberKind::user, "eve@example.com"}, Container::blocked},
                                         {{MemberKind::domain, "example.org"}, Container::workgroup},
                                         {{MemberKind::same_enterprise, ""}, Container::colleagues},
                                         {{MemberKind::federated, ""}, Container::external},
                                         {{MemberKind::public_cloud, ""}, Container::blocked},
                                         {{MemberKind::everyone, ""}, Container::external}};
  ASSERT_TRUE(change(*store_, domain::PresenceChange{alice_, {}, {}, first, 4}));
  reopen();
  EXPECT_EQ(presence_in(*store_, alice_).levels, first);
  EXPECT_EQ(presence_in(*store_, alice_).levels_version, 4U);
  ASSERT_TRUE(change(*store_, one_note(alice_, "levels stay")));
  EXPECT_EQ(presence_in(*store_, alice_).levels, first);
  const std::vector<Levels::Entry> second{first[1]};
  ASSERT_TRUE(change(*store_, domain::PresenceChange{alice_, {}, {}, second, 5}));
  ASSERT_TRUE(change(*store_, domain::PresenceChange{bob_, {}, {}, std::vector<Levels::Entry>{}, 1}));
  reopen();
  EXPECT_EQ(presence_in(*store_, alice_).levels, second);
  EXPECT_EQ(presence_in(*store_, alice_).levels_version, 5U);
  EXPECT_EQ(presence_in(*store_, bob_).levels_version, 1U);  // taken out of all levels is not the same as never asked
}

TEST_F(StorePresence, a_publication_has_its_original_as_long_as_it_is_published_with_one) {
  auto one = note("hello");
  one.original = {"application/xml", "<note>hello</note>"};
  ASSERT_TRUE(change(*store_, domain::PresenceChange{alice_, {one}, {}, std::nullopt, 0}));
  expect_equal(presence_in(*store_, alice_).publications.at(0), one);
  one.original = {};
  ASSERT_TRUE(change(*store_, domain::PresenceChange{alice_, {one}, {}, std::nullopt, 0}));
  reopen();
  expect_equal(presence_in(*store_, alice_).publications.at(0), one);
}

TEST_F(StorePresence, acknowledged_watchers_are_kept_in_order_each_once) {
  const auto acknowledge = [&](UserId user, const std::string& address) {
    domain::PresenceChange rows;
    rows.user = user;
    rows.acknowledged = address;
    return change(*store_, std::move(rows));
  };
  for (const char* address : {"zoe@example.com", "dan@example.com", "zoe@example.com", "eve@example.com"})
    ASSERT_TRUE(acknowledge(alice_, address));
  ASSERT_TRUE(acknowledge(bob_, "dan@example.com"));
  EXPECT_EQ(acknowledge(UserId{99}, "dan@example.com").reason(), Reason::user_does_not_exist);
  reopen();
  EXPECT_EQ(presence_in(*store_, alice_).acknowledged,
            (std::vector<std::string>{"zoe@example.com", "dan@example.com", "eve@example.com"}));
  EXPECT_EQ(presence_in(*store_, bob_).acknowledged, std::vector<std::string>{"dan@example.com"});
  ASSERT_TRUE(change(*store_, one_note(alice_, "they stay")));
  EXPECT_EQ(presence_in(*store_, alice_).acknowledged.size(), 3U);
}

TEST_F(StorePresence, beyond_the_limit_the_oldest_acknowledged_watchers_are_forgotten) {
  tamper(*store_, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
                      std::to_string(domain::acknowledged_max - 1) + ") INSERT INTO acknowledged_watchers SELECT " +
                      std::to_string(alice_.value) + ", i, 'w' || i || '@example.com' FROM n");
  for (const char* address : {"at@example.com", "beyond@example.com", "further@example.com"}) {
    domain::PresenceChange rows;
    rows.user = alice_;
    rows.acknowledged = address;
    ASSERT_TRUE(change(*store_, std::move(rows)));
  }
  const auto all = presence_in(*store_, alice_).acknowledged;
  ASSERT_EQ(all.size(), domain::acknowledged_max);
  EXPECT_EQ(all.front(), "w3@example.com");
  EXPECT_EQ(all.back(), "further@example.com");
}

TEST_F(StorePresence, goes_with_the_user) {
  const std::vector<Levels::Entry> levels{{{MemberKind::user, "bob@example.com"}, Container::friends}};
  ASSERT_TRUE(change(*store_, domain::PresenceChange{alice_, some_publications(), {}, levels, 1, "bob@example.com"}));
  ASSERT_TRUE(change(*store_, one_note(bob_, "stays")));
  ASSERT_TRUE(wait_for<void>([&](auto done) { store_->remove_user(alice_, done); }));
  EXPECT_EQ(change(*store_, one_note(alice_, "late")).reason(), Reason::user_does_not_exist);
  reopen();
  ASSERT_EQ(store_->load_presence()->size(), 1U);
  EXPECT_EQ(store_->load_presence()->front().user, bob_);
  auto database = Database::open(folder_.file(), Database::Access::read_only);
  for (const char* table : {"publications", "privacy_levels", "privacy_members", "acknowledged_watchers"}) {
    EXPECT_EQ(**database->number(std::string("SELECT count(*) FROM ") + table + " WHERE user_id = ?", alice_.value), 0)
        << table;
  }
  EXPECT_TRUE(store_->check());
}

TEST_F(StorePresence, what_a_later_version_wrote_is_left_out_and_stays) {
  ASSERT_TRUE(change(*store_, one_note(alice_, "old")));
  const std::vector<Levels::Entry> levels{{{MemberKind::user, "bob@example.com"}, Container::friends}};
  ASSERT_TRUE(change(*store_, domain::PresenceChange{alice_, {}, {}, levels, 1}));
  const auto user = std::to_string(alice_.value);
  const std::string insert =
      "INSERT INTO publications (user_id, category, instance, container, version, since_us, kind, format, fields, "
      "bytes) "
      "VALUES (";
  tamper(*store_, insert + user + ", 'mood', 0, 0, 1, 0, 'mood', 1, '{}', x'')");
  tamper(*store_, insert + user + ", 'note', 9, 0, 1, 0, 'note', 2, 'new', x'')");
  tamper(*store_, "INSERT INTO privacy_members VALUES (" + user + ", 'team', 'sales', 300)");
  reopen();
  const auto stored = presence_in(*store_, alice_);
  ASSERT_EQ(stored.publications.size(), 1U);
  EXPECT_EQ(std::get<domain::NoteValue>(stored.publications[0].value).text, "old");
  EXPECT_EQ(stored.levels, levels);
  auto database = Database::open(folder_.file(), Database::Access::read_only);
  EXPECT_EQ(**database->number("SELECT count(*) FROM publications"), 3);
  EXPECT_EQ(**database->number("SELECT count(*) FROM privacy_members"), 2);
}

TEST_F(StorePresence, damage_is_told_with_file_table_and_row) {
  ASSERT_TRUE(change(*store_, domain::PresenceChange{alice_, some_publications(), {}, std::nullopt, 0}));
  ASSERT_TRUE(change(*store_, one_note(bob_, "sound")));
  const std::string user = "user " + std::to_string(alice_.value) + ", row ";
  const std::string mine = " WHERE category = 'note' AND user_id = " + std::to_string(alice_.value);
  const auto set = [&](const std::string& what) { return "UPDATE publications SET " + what + mine; };
  expect_damaged(set("fields = '{\"note\":\"secret'"), "table publications, " + user + "4", "JSON");
  expect_damaged(set("fields = '{\"note\":\"secret\"}'"), "table publications, " + user + "4", "field note");
  tamper(*store_, set("fields = '{\"note\":\"personal\"}'"));
  expect_damaged(set("version = -1"), "table publications, " + user + "4", "version");
  expect_damaged(set("version = 4294967296"), "table publications, " + user + "4", "version");
  tamper(*store_, set("version = 1"));
  expect_damaged(set("format = 0"), "table publications, " + user + "4", "format");
  tamper(*store_, set("format = 1"));
  expect_damaged(set("container = 65536"), "table publications, " + user + "4", "container");
}

TEST_F(StorePresence, damaged_levels_are_told_too) {
  const std::vector<Levels::Entry> levels{{{MemberKind::user, "bob@example.com"}, Container::friends},
                                          {{MemberKind::user, "eve@example.com"}, Container::blocked}};
  ASSERT_TRUE(change(*store_, domain::PresenceChange{alice_, {}, {}, levels, 1}));
  const std::string place = "table privacy_members, user " + std::to_string(alice_.value) + ", row ";
  const std::string eve = " WHERE member = 'eve@example.com'";
  expect_damaged("UPDATE privacy_members SET container = 12345" + eve, place + "2", "level");
  expect_damaged("UPDATE privacy_members SET container = -1" + eve, place + "2", "level");
  tamper(*store_, "UPDATE privacy_members SET container = 32000" + eve);
  expect_damaged("UPDATE privacy_members SET member = ''" + eve, place + "1", "member");
  tamper(*store_, "UPDATE privacy_members SET member = 'eve@example.com' WHERE member = ''");
  expect_damaged("UPDATE privacy_levels SET version = 4294967296", "table privacy_levels", "version");
  tamper(*store_, "UPDATE privacy_levels SET version = 1");
  EXPECT_EQ(presence_in(*store_, alice_).levels, levels);
  EXPECT_TRUE(store_->health().writable);
}

TEST_F(StorePresence, disk_in_trouble_refuses_and_changes_nothing) {
  ASSERT_TRUE(change(*store_, one_note(alice_, "before")));
  set_pragma(*store_, "PRAGMA query_only=1");
  EXPECT_EQ(change(*store_, one_note(alice_, "after", 2)).reason(), Reason::store_unavailable);
  EXPECT_EQ(presence_in(*store_, alice_).publications.at(0).version, 1U);
  set_pragma(*store_, "PRAGMA query_only=0");
  set_pragma(*store_, "PRAGMA max_page_count=80");
  std::uint32_t version = 1;
  Result<void> last;
  while (version < 1000) {
    auto rows = one_note(alice_, "note", version + 1);
    rows.put.push_back(
        publication({"blob", version, Container::devices}, domain::OpaqueValue{"text/plain", std::string(8192, 'x')}));
    last = change(*store_, std::move(rows));
    if (!last) break;
    ++version;
  }
  EXPECT_EQ(last.reason(), Reason::store_unavailable);
  EXPECT_GT(version, 3U);
  const auto full = presence_in(*store_, alice_).publications;
  ASSERT_EQ(full.size(), version);
  EXPECT_EQ(full.back().version, version);  // "note" stands behind "blob"
  set_pragma(*store_, "PRAGMA max_page_count=100000");
  EXPECT_TRUE(change(*store_, one_note(alice_, "fits", version + 1)));
}

TEST_F(StorePresence, stands_in_a_backup) {
  const std::vector<Levels::Entry> levels{{{MemberKind::user, "bob@example.com"}, Container::friends}};
  ASSERT_TRUE(change(*store_, domain::PresenceChange{alice_, {note("kept")}, {}, levels, 1}));
  ASSERT_TRUE(store_->backup(folder_.file("copy.db"), false, {}));
  auto copy = open_store(folder_.file("copy.db"));
  ASSERT_TRUE(copy);
  const auto stored = presence_in(*copy, alice_);
  ASSERT_EQ(stored.publications.size(), 1U);
  expect_equal(stored.publications[0], note("kept"));
  EXPECT_EQ(stored.levels, levels);
}

}  // namespace
}  // namespace tertulia::io
