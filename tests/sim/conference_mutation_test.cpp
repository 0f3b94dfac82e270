// SPDX-License-Identifier: Apache-2.0
// What holds of conferences is broken on purpose once, and exactly its checker must see it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <variant>
#include <vector>

#include "mutation_world.h"

namespace tertulia::sim {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

/// Alice has made a conference, and Bob is in; Carol is not.
class RoomOfTwo : public People {
 protected:
  explicit RoomOfTwo(Kind kind = Kind::with_sessions) : People(kind, 3) {
    phone(alice()).make_conference();
    world_.run_for(1s);
    name_ = world_.last_conference();
    phone(bob()).enter(name_);
    world_.run_for(1s);
  }
  std::size_t seat(base::UserId user) { return phone(user).open_calls().back(); }
  void say(base::UserId user) {
    phone(user).say(seat(user), {}, world_.new_text() + " to all");
    world_.run_for(1s);
  }
  void end_quietly() {
    world_.heal();
    world_.wind_up(false);
  }
  Findings found_by(void (*checker)(const Journal&, Findings&)) {
    Findings findings;
    checker(world_.journal, findings);
    return findings;
  }
  std::string name_;
};

class LyncRoomOfTwo : public RoomOfTwo {
 protected:
  LyncRoomOfTwo() : RoomOfTwo(Kind::of_lync) {}
};

TEST_F(RoomOfTwo, passes_all_checkers) {
  phone(alice()).watch_conference(name_);
  phone(carol()).enter(name_);
  world_.run_for(1s);
  for (const base::UserId user : {alice(), bob(), carol()}) say(user);
  phone(alice()).lead(seat(alice()), LeaderWish::What::put_out, carol());
  world_.run_for(1s);
  say(bob());
  EXPECT_THAT(failing(), IsEmpty());
  EXPECT_THAT(world_.journal.copies, SizeIs(7));
  EXPECT_THAT(world_.journal.ending.conference_rows, Not(IsEmpty()));
}

TEST_F(LyncRoomOfTwo, passes_all_checkers) {
  phone(carol()).enter(name_);
  world_.run_for(1s);
  for (const base::UserId user : {alice(), bob(), carol()}) say(user);
  phone(bob()).lead(seat(bob()), LeaderWish::What::lock);
  world_.run_for(1s);
  EXPECT_TRUE(world_.journal.questions.back().failed);
  EXPECT_THAT(failing(), IsEmpty());
  EXPECT_THAT(world_.journal.copies, SizeIs(6));
}

TEST_F(RoomOfTwo, another_order_is_seen) {
  phone(carol()).enter(name_);
  world_.run_for(1s);
  say(alice());
  say(alice());
  std::vector<Copy>& copies = world_.journal.copies;
  ASSERT_THAT(copies, SizeIs(4));
  for (Copy& copy : copies)
    if (copy.device == 1) copy.text = copy.text == "t1" ? "t2" : "t1";
  EXPECT_THAT(found_by(conference_order), SizeIs(1));
}

TEST_F(RoomOfTwo, a_text_that_does_not_come_is_seen) {
  phone(carol()).enter(name_);
  world_.run_for(1s);
  say(alice());
  EXPECT_THAT(found_by(conference_reaches_all), IsEmpty());
  std::erase_if(world_.journal.copies, [](const Copy& copy) { return copy.device == 1; });
  EXPECT_THAT(found_by(conference_reaches_all), SizeIs(1));
}

TEST_F(RoomOfTwo, an_outsider_is_seen) {
  say(alice());
  EXPECT_THAT(found_by(outsiders_hear_nothing), IsEmpty());
  Copy copy = world_.journal.copies.back();
  copy.user = carol();
  copy.device = 2;
  world_.journal.copies.push_back(copy);
  EXPECT_THAT(found_by(outsiders_hear_nothing), SizeIs(1));
}

TEST_F(RoomOfTwo, a_text_that_comes_again_by_another_connection_is_seen) {
  say(alice());
  EXPECT_THAT(found_by(exactly_once_per_endpoint), IsEmpty());
  Copy copy = world_.journal.copies.back();
  copy.connection = world_.journal.connections.size();
  copy.dialog = "another";
  world_.journal.copies.push_back(copy);
  EXPECT_THAT(found_by(exactly_once_per_endpoint), SizeIs(1));
}

TEST_F(RoomOfTwo, words_put_into_anothers_mouth_are_seen) {
  say(alice());
  EXPECT_THAT(found_by(speakers_are_named), IsEmpty());
  world_.journal.copies.back().speaker = address(carol());
  EXPECT_THAT(found_by(speakers_are_named), SizeIs(1));
}

TEST_F(RoomOfTwo, a_roster_that_says_something_else_is_seen) {
  tamper("NOTIFY ", "sip:bob@example.com", "sip:rob@example.com");
  phone(alice()).watch_conference(name_);
  world_.run_for(1s);
  EXPECT_THAT(failing(), ElementsAre("WatchersConverge"));
}

TEST_F(RoomOfTwo, somebody_whom_the_roster_has_not_or_has_too_much_is_seen) {
  end_quietly();
  ASSERT_THAT(found_by(rosters_are_true), IsEmpty());
  auto& roster = world_.journal.ending.rosters.at(name_);
  ASSERT_THAT(roster, SizeIs(2));
  ++roster.at(alice()).chats;
  EXPECT_THAT(found_by(rosters_are_true), SizeIs(1));
  roster.erase(bob());
  EXPECT_THAT(found_by(rosters_are_true), SizeIs(2));
  roster[carol()] = {false, 1, 1};
  EXPECT_THAT(found_by(rosters_are_true), SizeIs(3));
}

TEST_F(RoomOfTwo, a_second_record_and_none_are_seen) {
  end_quietly();
  std::vector<domain::ConferenceRow>& rows = world_.journal.ending.conference_rows;
  const auto is_record = [](const auto& row) { return std::holds_alternative<domain::ConferenceRecord>(row); };
  const auto record = std::find_if(rows.begin(), rows.end(), is_record);
  ASSERT_NE(record, rows.end());
  domain::ConferenceRow again = *record;
  std::get<domain::ConferenceRecord>(again).id.value += 1000;
  rows.push_back(again);
  EXPECT_THAT(found_by(conference_records), SizeIs(1));
  std::erase_if(rows, is_record);
  EXPECT_THAT(found_by(conference_records), SizeIs(1));
}

TEST_F(RoomOfTwo, records_that_do_not_add_up_are_seen) {
  say(alice());
  end_quietly();
  ASSERT_THAT(found_by(conference_records), IsEmpty());
  for (domain::ConferenceRow& row : world_.journal.ending.conference_rows) {
    if (auto* record = std::get_if<domain::ConferenceRecord>(&row)) record->end_time.reset();
    if (auto* join = std::get_if<domain::FocusJoinRecord>(&row)) join->leave_time.reset();
    if (auto* join = std::get_if<domain::McuJoinRecord>(&row)) join->message_count = 0;
  }
  EXPECT_THAT(found_by(conference_records), SizeIs(4));  // one open, two who stay, one text too few
}

TEST_F(LyncRoomOfTwo, a_leader_whom_nobody_has_made_is_seen) {
  phone(bob()).lead(seat(bob()), LeaderWish::What::lock);
  world_.run_for(1s);
  EXPECT_THAT(found_by(roles_stay_as_given), IsEmpty());
  world_.journal.questions[world_.journal.leader_wishes.back().question].failed = false;
  EXPECT_THAT(found_by(roles_stay_as_given), SizeIs(1));
}

TEST_F(LyncRoomOfTwo, who_leads_although_it_was_taken_from_him_is_seen) {
  for (const LeaderWish::What what : {LeaderWish::What::promote, LeaderWish::What::demote}) {
    phone(alice()).lead(seat(alice()), what, bob());
    world_.run_for(1s);
  }
  phone(bob()).lead(seat(bob()), LeaderWish::What::lock);
  world_.run_for(1s);
  EXPECT_THAT(found_by(roles_stay_as_given), IsEmpty());
  world_.journal.questions[world_.journal.leader_wishes.back().question].failed = false;
  EXPECT_THAT(found_by(roles_stay_as_given), SizeIs(1));
}

TEST_F(LyncRoomOfTwo, a_leader_on_the_roster_whom_nobody_has_made_is_seen) {
  end_quietly();
  EXPECT_THAT(found_by(roles_stay_as_given), IsEmpty());
  world_.journal.ending.rosters.at(name_).at(bob()).leads = true;
  EXPECT_THAT(found_by(roles_stay_as_given), SizeIs(1));
  world_.journal.ending.rosters.at(name_).at(alice()).leads = false;  // it is hers
  EXPECT_THAT(found_by(roles_stay_as_given), SizeIs(2));
}

TEST_F(LyncRoomOfTwo, who_was_put_out_and_is_in_again_is_seen) {
  phone(alice()).lead(seat(alice()), LeaderWish::What::put_out, bob());
  world_.run_for(1s);
  phone(bob()).enter(name_);
  world_.run_for(1s);
  Question& back = world_.journal.questions.back();
  ASSERT_EQ(back.kind, Question::Kind::enter);
  ASSERT_EQ(back.status, 403);
  EXPECT_THAT(found_by(put_out_stay_out), IsEmpty());
  back.status = 200;
  EXPECT_THAT(found_by(put_out_stay_out), SizeIs(1));
  back.asked = base::TimePoint{};  // he was there before
  EXPECT_THAT(found_by(put_out_stay_out), IsEmpty());
}

TEST_F(LyncRoomOfTwo, who_was_put_out_comes_in_when_he_is_added) {
  phone(alice()).lead(seat(alice()), LeaderWish::What::put_out, bob());
  world_.run_for(1s);
  phone(alice()).add(seat(alice()), bob());
  world_.run_for(1s);
  EXPECT_THAT(phone(bob()).open_calls(), SizeIs(1));
  EXPECT_THAT(found_by(put_out_stay_out), IsEmpty());
}

/// Random worlds seldom have all of this.
TEST_F(LyncRoomOfTwo, leaders_and_those_who_were_put_out_outlive_the_server) {
  phone(carol()).enter(name_);
  world_.run_for(1s);
  phone(alice()).lead(seat(alice()), LeaderWish::What::promote, bob());
  phone(alice()).lead(seat(alice()), LeaderWish::What::put_out, carol());
  world_.run_for(1s);
  world_.crash();
  world_.run_for(2s);
  world_.start();
  for (const base::UserId user : {alice(), bob(), carol()}) phone(user).sign_in();  // and back where they were
  world_.run_for(2s);
  phone(carol()).enter(name_);
  world_.run_for(1s);
  EXPECT_EQ(world_.journal.questions.back().kind, Question::Kind::enter);
  EXPECT_EQ(world_.journal.questions.back().status, 403);
  EXPECT_THAT(failing(), IsEmpty());
  const auto& roster = world_.journal.ending.rosters.at(name_);
  ASSERT_THAT(roster, SizeIs(2));
  EXPECT_TRUE(roster.at(bob()).leads);
}

TEST_F(LyncRoomOfTwo, whom_the_organizer_has_made_a_leader_may_lead) {
  phone(alice()).lead(seat(alice()), LeaderWish::What::promote, bob());
  world_.run_for(1s);
  phone(bob()).lead(seat(bob()), LeaderWish::What::lock);
  world_.run_for(1s);
  EXPECT_TRUE(world_.journal.questions[world_.journal.leader_wishes.back().question].succeeded());
  EXPECT_THAT(found_by(roles_stay_as_given), IsEmpty());
}

}  // namespace
}  // namespace tertulia::sim
