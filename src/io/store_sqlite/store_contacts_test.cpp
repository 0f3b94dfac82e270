// SPDX-License-Identifier: Apache-2.0
// Contact lists go in and come out again.
#include <chrono>
#include <optional>

#include "io/store_sqlite/people_test_support.h"

namespace tertulia::io {
namespace {

using namespace store_test;  // NOLINT: test vocabulary
using base::UserId;
using domain::AddGroup;
using domain::ContactList;
using domain::PutContact;
using domain::RemoveContact;
using domain::RemoveGroup;
using domain::RenameGroup;

class StoreContacts : public ::testing::Test {
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
  /// One step of a list, written as the keeper does.
  ContactList step(UserId user, const ContactList& list, const domain::ListChange& one) {
    auto next = list.with(one, 100);
    EXPECT_TRUE(next);
    EXPECT_TRUE(change(*store_, domain::difference(user, list, *next)));
    return *next;
  }
  void expect_damaged(const std::string& sql, const std::string& table, const std::string& finding) {
    tamper(*store_, sql);
    const auto lists = store_->load_contacts();
    ASSERT_FALSE(lists) << sql;
    EXPECT_EQ(lists.reason(), Reason::file_damaged) << sql;
    const auto& detail = lists.error().detail;
    EXPECT_NE(detail.find(folder_.file()), std::string::npos) << detail;
    EXPECT_NE(detail.find("table " + table + ", user " + std::to_string(alice_.value)), std::string::npos) << detail;
    EXPECT_NE(detail.find(finding), std::string::npos) << detail;
    EXPECT_EQ(detail.find("carol"), std::string::npos) << detail;
  }
  TempFolder folder_;
  std::unique_ptr<SqliteStore> store_ = open_store(folder_.file());
  UserId alice_, bob_;
};

TEST_F(StoreContacts, survive_with_all_their_fields) {
  EXPECT_TRUE(store_->load_contacts()->empty());
  ContactList list;
  list = step(alice_, list, AddGroup{"Work", std::string("<g>\0</g>", 8)});
  list = step(alice_, list, AddGroup{"Música", {}});
  list = step(alice_, list, PutContact{{"carol@example.com", "Carola", {1, 3}, false, "<c/>"}});
  list = step(alice_, list, PutContact{contact_named("dave", {2})});
  list = step(alice_, list, PutContact{contact_named("erin", {2})});
  const auto other = step(bob_, ContactList(), PutContact{contact_named("alice")});
  reopen();
  EXPECT_EQ(*list_in(*store_, alice_), list);
  EXPECT_EQ(*list_in(*store_, bob_), other);
  list = step(alice_, list, RemoveGroup{2});
  list = step(alice_, list, RenameGroup{3, "Music", "<m/>"});
  list = step(alice_, list, RemoveContact{"erin@example.com"});
  list = step(alice_, list, PutContact{{"carol@example.com", "", {3}, true, ""}});
  list = step(alice_, list, RenameGroup{1, "~", "<s/>"});  // the standing group now has a row
  reopen();
  EXPECT_EQ(*list_in(*store_, alice_), list);
  EXPECT_EQ(list_in(*store_, alice_)->group(1)->extension, "<s/>");
  EXPECT_TRUE(store_->check());
}

TEST_F(StoreContacts, an_emptied_list_keeps_version_and_numbers) {
  ContactList list;
  list = step(alice_, list, AddGroup{"Work", {}});
  list = step(alice_, list, RemoveGroup{2});
  reopen();
  EXPECT_EQ(*list_in(*store_, alice_), list);
  EXPECT_EQ(list_in(*store_, alice_)->version(), 3U);
  EXPECT_EQ(list_in(*store_, alice_)->last_number(), 2U);
}

TEST_F(StoreContacts, go_with_the_user) {
  ContactList list = step(alice_, ContactList(), AddGroup{"Work", {}});
  list = step(alice_, list, PutContact{contact_named("carol", {2})});
  step(bob_, ContactList(), PutContact{contact_named("alice")});
  ASSERT_TRUE(wait_for<void>([&](auto done) { store_->remove_user(alice_, done); }));
  EXPECT_EQ(change(*store_, one_contact(alice_, "late", 9)).reason(), Reason::user_does_not_exist);
  reopen();
  EXPECT_EQ(list_in(*store_, alice_), nullptr);
  EXPECT_NE(list_in(*store_, bob_), nullptr);  // he keeps her on his list
  auto database = Database::open(folder_.file(), Database::Access::read_only);
  for (const char* table : {"contact_lists", "contact_groups", "contacts"}) {
    EXPECT_EQ(**database->number(std::string("SELECT count(*) FROM ") + table + " WHERE user_id = ?", alice_.value), 0)
        << table;
  }
  EXPECT_TRUE(store_->check());
}

TEST_F(StoreContacts, changes_are_carried_out_in_order_in_few_transactions) {
  const auto commits = store_->metrics().commits.value();
  Obstacle obstacle(*store_);
  std::vector<std::uint64_t> order;
  for (std::uint64_t version = 2; version <= 501; ++version) {
    store_->change_contacts(one_contact(alice_, version % 2 == 0 ? "even" : "odd", version),
                            [&, version](Result<void> result) {
                              EXPECT_TRUE(result);
                              order.push_back(version);
                            });
  }
  obstacle.remove();
  const auto list = list_in(*store_, alice_);
  EXPECT_EQ(list->version(), 501U);
  EXPECT_EQ(list->contacts().size(), 2U);
  EXPECT_EQ(order.size(), 500U);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  EXPECT_LE(store_->metrics().commits.value(), commits + 2);
}

TEST_F(StoreContacts, damage_is_told_with_file_table_and_row) {
  ContactList list = step(alice_, ContactList(), AddGroup{"Work", {}});
  for (const char* name : {"carol1", "carol2", "carol3"})
    list = step(alice_, list, PutContact{contact_named(name, {2})});
  const std::string carol2 = " WHERE address = 'carol2@example.com'";
  const auto groups = [&](const std::string& text) {
    return "UPDATE contacts SET in_groups = '" + text + "'" + carol2;
  };
  for (const char* text : {"2 x", "-2", "4294967296", "9999999999999999999999", "", "2 2", "3 2"}) {
    expect_damaged(groups(text), "contacts", "contact 2: its groups are malformed");
  }
  expect_damaged(groups("9"), "contacts", "contact 2: one of its groups does not exist");
  tamper(*store_, groups("2"));
  EXPECT_EQ(*list_in(*store_, alice_), list);
}

TEST_F(StoreContacts, each_column_is_looked_at) {
  ContactList list = step(alice_, ContactList(), AddGroup{"Work", {}});
  step(alice_, list, PutContact{contact_named("carol", {2})});
  expect_damaged("UPDATE contacts SET address = 'Carol'", "contacts", "contact 1: its address");
  tamper(*store_, "UPDATE contacts SET address = 'carol@example.com'");
  expect_damaged("UPDATE contact_groups SET name = ''", "contact_groups", "group 2: its name");
  tamper(*store_, "UPDATE contact_groups SET name = 'Work'");
  expect_damaged("UPDATE contact_lists SET version = 0", "contact_lists", "version");
  tamper(*store_, "UPDATE contact_lists SET version = 3");
  expect_damaged("UPDATE contact_lists SET last_number = 1", "contact_groups", "group 2: its number");
  tamper(*store_, "UPDATE contact_lists SET last_number = 2");
  EXPECT_TRUE(store_->load_contacts());
  EXPECT_TRUE(store_->health().writable);  // damage of a row says nothing about the disk
}

TEST_F(StoreContacts, rows_without_a_list_are_damage_that_doctor_finds_too) {
  step(alice_, ContactList(), PutContact{contact_named("carol")});
  store_.reset();
  {
    auto database = Database::open(folder_.file(), Database::Access::read_write);
    ASSERT_TRUE(database->execute("PRAGMA foreign_keys=OFF; DELETE FROM contact_lists"));
  }
  store_ = open_store(folder_.file());
  const auto lists = store_->load_contacts();
  ASSERT_FALSE(lists);
  EXPECT_EQ(lists.reason(), Reason::file_damaged);
  EXPECT_NE(lists.error().detail.find("table contacts, user " + std::to_string(alice_.value)), std::string::npos);
  EXPECT_EQ(store_->check().reason(), Reason::file_damaged);
}

TEST_F(StoreContacts, disk_in_trouble_refuses_and_changes_nothing) {
  const auto list = step(alice_, ContactList(), PutContact{contact_named("carol")});
  set_pragma(*store_, "PRAGMA query_only=1");
  EXPECT_EQ(change(*store_, one_contact(alice_, "dave", 3)).reason(), Reason::store_unavailable);
  EXPECT_EQ(*list_in(*store_, alice_), list);
  set_pragma(*store_, "PRAGMA query_only=0");
  set_pragma(*store_, "PRAGMA max_page_count=80");
  std::uint64_t version = 2;
  Result<void> last;
  while (version < 1000) {
    auto rows = one_contact(alice_, "c" + std::to_string(version + 1), version + 1);
    rows.put.front().extension.assign(4096, 'x');
    rows.put.push_back(contact_named("d" + std::to_string(version + 1)));
    last = change(*store_, std::move(rows));
    if (!last) break;
    ++version;
  }
  EXPECT_EQ(last.reason(), Reason::store_unavailable);
  EXPECT_GT(version, 5U);
  const auto full = list_in(*store_, alice_);
  EXPECT_EQ(full->version(), version);
  EXPECT_EQ(full->contacts().size(), 1 + 2 * (version - 2));  // both of a change, or none
  set_pragma(*store_, "PRAGMA max_page_count=100000");
  EXPECT_TRUE(change(*store_, one_contact(alice_, "fits", version + 1)));
  reopen();
  EXPECT_EQ(list_in(*store_, alice_)->version(), version + 1);
}

TEST_F(StoreContacts, stand_in_a_backup) {
  const auto list = step(alice_, ContactList(), PutContact{contact_named("carol")});
  ASSERT_TRUE(store_->backup(folder_.file("copy.db"), false, {}));
  auto copy = open_store(folder_.file("copy.db"));
  ASSERT_TRUE(copy);
  EXPECT_EQ(*list_in(*copy, alice_), list);
}

TEST_F(StoreContacts, load_quickly) {
  constexpr std::uint32_t users = 1000, contacts = 50;
  std::vector<domain::Contact> all;
  for (std::uint32_t i = 0; i < contacts; ++i) all.push_back(contact_named("contact" + std::to_string(i)));
  std::vector<UserId> ids;
  for (std::uint32_t i = 0; i < users; ++i) {
    store_->put_user(user_named("user" + std::to_string(i)),
                     [&](Result<domain::User> user) { ids.push_back(user->id); });
  }
  ASSERT_TRUE(store_->load_users());  // after them
  for (const UserId id : ids) store_->change_contacts({id, all, {}, {}, {}, 2, 1}, {});
  ASSERT_TRUE(store_->load_users());
  const auto start = std::chrono::steady_clock::now();
  const auto lists = store_->load_contacts();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  ASSERT_TRUE(lists);
  EXPECT_EQ(lists->size(), users);
  EXPECT_EQ(lists->back().list->contacts().size(), contacts);
  EXPECT_LT(took.count(), 5.0);  // far above the truth: a test machine may be busy
  RecordProperty("contacts_per_second", std::to_string(static_cast<int>(users * contacts / took.count())));
}

}  // namespace
}  // namespace tertulia::io
