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

}  // namespace
}  // namespace tertulia::domain::bench
