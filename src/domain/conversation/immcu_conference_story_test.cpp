// SPDX-License-Identifier: Apache-2.0
// What random worlds have found in conferences, one short story each.
#include <gtest/gtest.h>

#include "domain/conversation/in_memory_store.h"
#include "domain/conversation/test_bench.h"

namespace tertulia::domain::bench {
namespace {

using namespace std::chrono_literals;
using base::Reason;
using What = DeliverAnswer::What;

class ConferenceStory : public ImmcuBench, public testing::Test {
 public:
  ConferenceKey key{alice, "54BD"};

  AddPerson addition(base::ConversationId conversation, base::UserId by, base::UserId who) {
    AddPerson add;
    add.ticket = {++ticket};
    add.conversation = conversation;
    add.by = by;
    add.by_address = address_of(by);
    add.who = who;
    add.seed = "0123456789ABCDEF0123456789ABCDEF";
    return add;
  }
  void add(base::ConversationId conversation, base::UserId by, base::UserId who) {
    immcu.on_add(addition(conversation, by, who), *people, clock.now());
  }
  void create(bool lobby = false) {
    CreateConference create;
    create.ticket = {++ticket};
    create.key = key;
    create.admission = lobby ? Admission::organizer : Admission::organisation;
    create.lobby = lobby;
    immcu.on_create(create, *people, clock.now());
    for (const auto& [of, facts] : std::exchange(stored, {})) immcu.on_conference_stored(of, {}, clock.now());
  }
  void join(base::UserId user, std::uint64_t seat, PersonKind kind = PersonKind::colleague) {
    JoinConference join;
    join.ticket = {++ticket};
    join.edge = bobs_edge;
    join.key = key;
    join.seat = {seat};
    join.user = user;
    join.kind = kind;
    join.address = "somebody@example.com";
    join.endpoint = {seat * 10};
    join.chat = true;
    immcu.on_join(join, *people, clock.now());
  }
  std::uint64_t ticket = 5000;
};

TEST_F(ConferenceStory, counts_what_is_taken_after_its_speaker_has_left) {
  create();
  join(alice, 1);
  join(bob, 2);
  immcu.on_post(PostSession{{++ticket}, bobs_edge, joined.back().second.conversation, {2}, say(bob, "bye")}, *people,
                clock.now());
  immcu.on_leave({{++ticket}, bobs_edge, key, {2}}, clock.now());
  leg_delivered(0, What::taken, 200);
  InMemoryRecordStore store;
  for (const ConferenceRow& row : rows) store.put_conference(row, {});
  store.run();
  std::uint32_t counted = 0;
  for (const auto& [id, row] : store.mcu_joins()) counted += row.message_count;
  EXPECT_EQ(counted, 1U);
}

TEST_F(ConferenceStory, a_device_that_comes_again_is_in_once) {
  create();
  join(alice, 1);
  const auto enter = [&](std::uint64_t seat) {  // the focus, then the messages: by a new connection the second time
    JoinConference focus;
    focus.ticket = {++ticket};
    focus.edge = bobs_edge;
    focus.key = key;
    focus.seat = {seat};
    focus.user = bob;
    focus.endpoint = {77};
    immcu.on_join(focus, *people, clock.now());
    immcu.on_chat({{++ticket}, bobs_edge, key, {seat}, {seat + 1}, bob}, clock.now());
  };
  enter(20);
  enter(30);
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].leg, base::LegId{21});
  EXPECT_EQ(ended[0].reason, Reason::answered_elsewhere);
  ASSERT_EQ(seats_ended.size(), 1U);
  EXPECT_EQ(seats_ended[0].seat, base::LegId{20});
  immcu.on_post(PostSession{{++ticket}, bobs_edge, joined.front().second.conversation, {1}, say(alice, "once")},
                *people, clock.now());
  ASSERT_EQ(sessions.size(), 1U);
  EXPECT_EQ(sessions[0].leg, base::LegId{31});
}

TEST_F(ConferenceStory, a_device_that_has_signed_out_and_in_again_is_in_once) {
  const base::ConversationId conversation = session();  // of endpoints 10 and 20
  const base::LegId bobs = bobs_leg();
  add(conversation, alice, carol);
  key = listed.back().key;
  JoinConference again;
  again.ticket = {++ticket};
  again.edge = bobs_edge;
  again.key = key;
  again.seat = {40};
  again.user = bob;
  again.address = address_of(bob);
  again.endpoint = {21};
  again.connection = {1020};  // by which the session goes
  again.chat = true;
  ended.clear();
  immcu.on_join(again, *people, clock.now());
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].leg, bobs);
  EXPECT_EQ(ended[0].reason, Reason::answered_elsewhere);
  again.edge = alices_edge;  // another one's connections have the same numbers
  again.ticket = {++ticket};
  again.endpoint = {22};
  immcu.on_join(again, *people, clock.now());
  EXPECT_EQ(ended.size(), 1U);
  EXPECT_EQ(immcu.conference(key)->roster.size(), 2U);
}

TEST_F(ConferenceStory, who_leaves_watches_no_more_and_every_device_is_told) {
  create();
  join(alice, 1);
  join(bob, 2);
  immcu.on_watch({alices_edge, {9}, key, bob, true}, clock.now());  // by another device than the one that is in
  news.clear();
  immcu.on_leave({{++ticket}, bobs_edge, key, {2}}, clock.now());
  ASSERT_FALSE(news.empty());
  EXPECT_EQ(news[0].first, alices_edge);
  EXPECT_EQ(news[0].second.watch, base::WatchId{9});
  EXPECT_EQ(news[0].second.over, Reason::not_in_conference);
}

TEST_F(ConferenceStory, says_no_to_a_stranger_who_adds_somebody_already_invited) {
  const base::ConversationId conversation = session();
  add(conversation, alice, carol);
  add(conversation, dave, carol);
  ASSERT_EQ(added.size(), 1U);
  EXPECT_EQ(added[0].reason, Reason::not_in_conference);
}

TEST_F(ConferenceStory, keeps_its_beginning_when_another_conversation_wants_to_go_on_here) {
  const base::ConversationId conversation = session();
  add(conversation, alice, carol);
  key = listed.back().key;
  immcu.on_succession({{++ticket}, alices_edge, key, alice, dave, {999}, {888}, {}}, clock.now());
  ASSERT_EQ(commanded.size(), 1U);
  EXPECT_EQ(commanded[0].reason, Reason::conference_exists);
  EXPECT_EQ(immcu.conference(key)->facts.conversation, conversation);
}

TEST_F(ConferenceStory, answers_who_waits_when_nobody_comes_to_let_him_in) {
  create(true);
  join(bob, 2);
  ASSERT_EQ(joined.back().second.what, JoinAnswer::What::waiting);
  pass(11min);
  EXPECT_EQ(immcu.conference_count(), 0U);
  EXPECT_EQ(joined.back().second.what, JoinAnswer::What::refused);
  EXPECT_EQ(joined.back().second.reason, Reason::conference_ended);
}

TEST_F(ConferenceStory, does_not_make_a_guest_presenter_because_he_is_on_the_list) {
  create();
  immcu.on_command({{}, {}, key, {}, conference::SetAdmission{Admission::everyone, false}}, clock.now());
  immcu.on_command({{}, {}, key, {}, conference::Invite{{70}, true}}, clock.now());
  join({70}, 7, PersonKind::guest);
  ASSERT_EQ(joined.back().second.what, JoinAnswer::What::joined);
  EXPECT_EQ(joined.back().second.role, ConferenceRole::attendee);
}

TEST_F(ConferenceStory, goes_on_under_the_identity_of_the_two_that_it_was) {
  const base::ConversationId two = session();
  key = {alice, "54BD"};
  create();
  join(alice, 1);
  const base::ConversationId room = joined.back().second.conversation;
  EXPECT_EQ(immcu.conference(key)->conversation, room);
  immcu.on_escalate({{++ticket}, alices_edge, two, alice, key}, clock.now());
  immcu.on_succession(successions.at(0), clock.now());
  ASSERT_NE(room, two);
  EXPECT_EQ(immcu.conference(key)->conversation, two);
  const auto shown = immcu.conversation(two);
  ASSERT_TRUE(shown && shown->conference);
  EXPECT_EQ(*shown->conference, key);
  bye(alices_edge, alices_leg);
  pass(1min);
  const std::vector<ConversationInfo> all = immcu.conversations(10);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].id, two) << "as conference list and the records say";
}

TEST_F(ConferenceStory, records_whom_the_door_has_kept_out) {
  create();
  join(alice, 1);
  const auto keep_out = [&](conference::Command how, base::UserId who, Reason why) {
    immcu.on_command({{++ticket}, {}, key, {}, std::move(how)}, clock.now());
    join(who, 50 + who.value);
    EXPECT_EQ(joined.back().second.reason, why);
  };
  keep_out(conference::SetAdmission{Admission::invited, false}, bob, Reason::not_invited);
  keep_out(conference::SetLock{}, carol, Reason::conference_locked);
  keep_out(conference::SetLock{false}, carol, Reason::not_invited);
  immcu.on_command({{++ticket}, {}, key, {}, conference::SetAdmission{Admission::organisation, false}}, clock.now());
  keep_out(conference::SetSize{1}, dave, Reason::conference_full);
  InMemoryRecordStore store;
  for (const ConferenceRow& row : rows) store.put_conference(row, {});
  store.run();
  ASSERT_EQ(store.conferences().size(), 1U);
  std::vector<std::uint32_t> kept_out;
  for (const auto& [id, row] : store.focus_joins()) {
    EXPECT_EQ(row.conference, store.conferences().begin()->first);
    if (row.role != RecordedRole::unknown) continue;
    kept_out.push_back(row.diagnostic_id);
    EXPECT_EQ(row.leave_time, row.join_time);
    EXPECT_EQ(row.user, "somebody@example.com");
  }
  EXPECT_EQ(kept_out, (std::vector{base::id_of(Reason::not_invited), base::id_of(Reason::conference_locked),
                                   base::id_of(Reason::not_invited), base::id_of(Reason::conference_full)}));
}

/// Nobody is in, so there is no session: one row for all who came in vain, and it is over.
TEST_F(ConferenceStory, records_who_was_kept_out_of_a_sleeping_one) {
  create(true);
  const base::WallTime came = clock.now().wall;
  join(bob, 2);
  join(carol, 3);
  pass(5min);
  immcu.on_command({{++ticket}, {}, key, {}, conference::Deny{bob}}, clock.now());
  immcu.on_leave({{++ticket}, bobs_edge, key, {3}}, clock.now());
  InMemoryRecordStore store;
  const auto read = [&] {
    for (const ConferenceRow& row : std::exchange(rows, {})) store.put_conference(row, {});
    store.run();
  };
  read();
  ASSERT_EQ(store.conferences().size(), 1U);
  EXPECT_EQ(store.conferences().begin()->second.start_time, came);
  EXPECT_EQ(store.conferences().begin()->second.end_time, clock.now().wall);
  ASSERT_EQ(store.focus_joins().size(), 2U);
  EXPECT_EQ(store.focus_joins().begin()->second.diagnostic_id, base::id_of(Reason::lobby_refused));
  EXPECT_EQ(store.focus_joins().begin()->second.join_time, came);
  EXPECT_EQ(store.focus_joins().rbegin()->second.diagnostic_id, base::id_of(Reason::request_cancelled));
  join(alice, 1);  // the session has a row of its own
  read();
  EXPECT_EQ(store.conferences().size(), 2U);
  EXPECT_EQ(store.focus_joins().rbegin()->second.conference, store.conferences().rbegin()->first);
  EXPECT_EQ(store.focus_joins().rbegin()->second.role, RecordedRole::presenter);
}

TEST_F(ConferenceStory, shows_itself_once_to_members_and_its_organizer) {
  create();
  WatchConference look{alices_edge, {9}, key, alice, true};
  look.once = true;
  immcu.on_watch(look, clock.now());
  ASSERT_EQ(news.size(), 1U);
  ASSERT_TRUE(news[0].second.roster) << "it is his, also from outside";
  EXPECT_EQ(news[0].second.roster->description->key, key);
  look.user = bob;
  immcu.on_watch(look, clock.now());
  EXPECT_EQ(news.back().second.over, Reason::not_in_conference);
  look.once = false;
  look.user = alice;
  immcu.on_watch(look, clock.now());
  EXPECT_EQ(news.back().second.over, Reason::not_in_conference) << "a watch is for members";
  news.clear();
  join(bob, 2);
  pass(1s);
  EXPECT_TRUE(news.empty()) << "and a look is no watch";
}

TEST_F(ConferenceStory, passes_on_what_the_inviter_says_and_knows_the_invited_by_name) {
  User named = People::make(carol);
  named.display_name = "Carol C";
  people.put(named);
  create();
  join(alice, 1);
  AddPerson add = addition({}, alice, carol);
  add.conference = key;
  add.subject = "Lunch";
  add.first_text = "aGVsbG8=";
  immcu.on_add(add, *people, clock.now());
  found({route_of(30, true, true)});
  EXPECT_EQ(invites.back().subject, "Lunch");
  EXPECT_EQ(invites.back().conference->first_text, "aGVsbG8=");
  leg_answers(invites.size() - 1, LegAnswer::What::refused, 488);  // by single messages then
  EXPECT_EQ(immcu.conference(key)->facts.subject, "") << "it is the invitation's";
  const auto shown = immcu.conference(key)->roster;
  ASSERT_EQ(shown.size(), 2U);
  EXPECT_EQ(shown[1].name, "Carol C");
}

TEST_F(ConferenceStory, is_not_made_for_a_time_that_has_passed) {
  CreateConference create;
  create.ticket = {++ticket};
  create.key = key;
  create.expires = clock.now().wall;
  immcu.on_create(create, *people, clock.now());
  ASSERT_EQ(created.size(), 1U);
  EXPECT_EQ(created[0].reason, Reason::setting_out_of_bounds);
  EXPECT_EQ(immcu.conference_count(), 0U);
}

}  // namespace
}  // namespace tertulia::domain::bench
