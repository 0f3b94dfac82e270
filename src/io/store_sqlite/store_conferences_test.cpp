// SPDX-License-Identifier: Apache-2.0
// Conferences and their records survive, and end when they should.
#include <gtest/gtest.h>

#include "io/store_sqlite/conference_table.h"
#include "io/store_sqlite/store_test_support.h"

namespace tertulia::io::store_test {
namespace {

domain::ConferenceFacts facts_of(base::UserId organizer, const std::string& id) {
  domain::ConferenceFacts facts;
  facts.key = {organizer, id};
  facts.subject = "Budget & <more>";
  facts.admission = domain::Admission::invited;
  facts.presenters = domain::PresenterPolicy::nobody;
  facts.lobby = true;
  facts.locked = true;
  facts.muted = true;
  facts.scheduled = true;
  facts.size_max = 77;
  facts.created = {start_us};
  facts.expires = {start_us + 9};
  facts.people = {{{5}, domain::ConferenceRole::presenter, true, false, false},
                  {{6}, domain::ConferenceRole::attendee, false, true, false},
                  {{7}, domain::ConferenceRole::attendee, false, false, true}};
  facts.record = {512};
  facts.started = {start_us + 1};
  facts.conversation = {~0ULL};
  facts.replaces = {256};
  facts.correlation_id = "c";
  return facts;
}

class StoreConferences : public testing::Test {
 protected:
  void SetUp() override { open(); }
  void open() {
    store_.reset();
    store_ = open_store(folder_.file());
  }
  Result<void> put(const domain::ConferenceFacts& facts) {
    return wait_for<void>([&](auto done) { store_->put_conference_facts(facts, done); });
  }
  Result<void> put(domain::ConferenceRow row) {
    return wait_for<void>([&](auto done) { store_->put_conference(std::move(row), done); });
  }
  Result<conference_table::ConferenceStory> story(base::RecordId id) {
    auto database = Database::open(folder_.file(), Database::Access::read_only);
    return conference_table::show(*database, id);
  }
  base::UserId put_alice() { return store_test::put(*store_, user_named("alice"))->id; }
  TempFolder folder_;
  std::unique_ptr<SqliteStore> store_;
};

TEST_F(StoreConferences, facts_come_back_as_they_were) {
  const base::UserId alice = put_alice();
  EXPECT_EQ(put(facts_of({999}, "X")).reason(), Reason::user_does_not_exist);
  domain::ConferenceFacts first = facts_of(alice, "A");
  domain::ConferenceFacts second = facts_of(alice, "B");
  ASSERT_TRUE(put(second));
  ASSERT_TRUE(put(first));
  first.people.pop_back();
  first.locked = false;
  ASSERT_TRUE(put(first));
  open();
  const auto loaded = store_->load_conferences();
  ASSERT_TRUE(loaded);
  EXPECT_EQ(*loaded, (std::vector<domain::ConferenceFacts>{first, second}));
  ASSERT_TRUE(wait_for<void>([&](auto done) { store_->remove_conference(first.key, done); }));
  EXPECT_EQ(store_->load_conferences()->size(), 1U);
  ASSERT_TRUE(wait_for<void>([&](auto done) { store_->remove_user(alice, done); }));
  EXPECT_TRUE(store_->load_conferences()->empty());
}

TEST_F(StoreConferences, rows_tell_one_story_and_those_left_open_are_closed) {
  const base::UserId alice = put_alice();
  domain::ConferenceFacts running = facts_of(alice, "A");
  ASSERT_TRUE(put(running));  // its record is 512
  for (const std::uint64_t id : {512U, 1024U}) {
    ASSERT_TRUE(put(domain::ConferenceRecord{{id}, {8}, "alice@example.com", "A", {start_us}, {}, {256}, "c", 0}));
    ASSERT_TRUE(put(domain::FocusJoinRecord{
        {id + 1}, {id}, "bob@example.com", {3}, "UCCAPI", domain::RecordedRole::presenter, {start_us}, {}, 0}));
    ASSERT_TRUE(put(domain::McuJoinRecord{
        {id + 2}, {id}, domain::McuType::chat, "bob@example.com", {3}, "UCCAPI", 2, {start_us}, {{start_us + 1}}}));
    ASSERT_TRUE(put(domain::McuJoinRecord{
        {id + 3}, {id}, domain::McuType::chat, "bob@example.com", {3}, "UCCAPI", 3, {start_us + 1}, {}}));
  }
  open();  // the server had ended without saying so
  const auto going_on = story({512});
  ASSERT_TRUE(going_on);
  EXPECT_FALSE(going_on->conference.end_time);  // its people may come back
  EXPECT_TRUE(going_on->focus_joins.at(0).leave_time);
  EXPECT_TRUE(going_on->mcu_joins.at(1).leave_time);
  const auto over = story({1024});
  ASSERT_TRUE(over);
  EXPECT_TRUE(over->conference.end_time);
  EXPECT_EQ(over->conference.replaces, base::RecordId{256});
  EXPECT_EQ(over->focus_joins.at(0).client_version, "UCCAPI");
  EXPECT_EQ(over->message_counts, (std::vector<domain::ConferenceMessageCount>{{"bob@example.com", 5}}));
  EXPECT_EQ(story({7}).reason(), Reason::not_found);
}

TEST_F(StoreConferences, purge_takes_the_ended_with_their_rows) {
  ASSERT_TRUE(put(domain::ConferenceRecord{{512}, {8}, "a@example.com", "A", {1}, {{2}}, {}, "", 0}));
  ASSERT_TRUE(put(domain::FocusJoinRecord{{513}, {512}, "b@example.com", {}, "", {}, {1}, {{2}}, 0}));
  ASSERT_TRUE(put(domain::McuJoinRecord{{514}, {512}, domain::McuType::chat, "b@example.com", {}, "", 1, {1}, {{2}}}));
  const auto purged = store_->purge({start_us}, 1);
  ASSERT_TRUE(purged);
  EXPECT_EQ(*purged, 1U);
  auto database = Database::open(folder_.file(), Database::Access::read_only);
  EXPECT_EQ(**database->number("SELECT (SELECT count(*) FROM focus_joins) + (SELECT count(*) FROM mcu_joins) + "
                               "(SELECT count(*) FROM record_users)"),
            0);
}

}  // namespace
}  // namespace tertulia::io::store_test
