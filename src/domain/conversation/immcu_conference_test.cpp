// SPDX-License-Identifier: Apache-2.0
// Two become many: in place, by the way of clients that enter a focus of their own, and what stays of it.
#include <gtest/gtest.h>

#include "domain/conversation/conference_bench.h"
#include "domain/conversation/limits.h"

namespace tertulia::domain::bench {
namespace {

using namespace std::chrono_literals;
using base::Reason;
using What = DeliverAnswer::What;

TEST(ThirdPerson, joins_in_place_and_sees_only_what_follows) {
  Conferences t;
  t.conversation = t.session();
  t.bobs = t.bobs_leg();
  const base::Ticket before = t.in_session(alice, "before");  // in flight while Carol comes
  t.add(carol);
  ASSERT_EQ(t.finds.back().user, carol);
  t.found({route_of(30, true, true)});
  ASSERT_TRUE(t.invites.back().conference);
  t.leg_answers(t.invites.size() - 1, LegAnswer::What::accepted, 200);
  t.carols_leg = t.invites.back().leg;
  ASSERT_EQ(t.added.size(), 1U);
  EXPECT_EQ(t.added[0].reason, Reason::none);
  EXPECT_TRUE(t.ended.empty());  // nobody's leg was touched
  const base::Ticket after = t.say_by(bob, "after");
  EXPECT_EQ(t.sent(), (std::multimap<base::LegId, std::string>{
                          {t.bobs, "before"}, {alices_leg, "after"}, {t.carols_leg, "after"}}));
  t.leg_delivered(0, What::taken, 200);
  EXPECT_EQ(t.outcome(before).outcome, PostOutcome::delivered);
  EXPECT_FALSE(t.answered(after));
  t.leg_delivered(1, What::taken, 200);
  t.leg_delivered(2, What::taken, 200);
  EXPECT_EQ(t.outcome(after).outcome, PostOutcome::delivered);
  EXPECT_EQ(t.sessions[1].message.get(), t.sessions[2].message.get());  // one text for all

  // The record: two phases, one story.
  t.immcu.on_command({{1}, {}, t.added[0].key, {}, conference::End{}}, t.clock.now());
  const InMemoryRecordStore store = t.read_rows();
  ASSERT_EQ(store.sessions().size(), 1U);
  ASSERT_EQ(store.conferences().size(), 1U);
  const SessionRecord& phase = store.sessions().begin()->second;
  const ConferenceRecord& conference = store.conferences().begin()->second;
  EXPECT_EQ(conference.replaces, phase.id);
  EXPECT_EQ(conference.conversation, phase.conversation);
  EXPECT_EQ(phase.user1.message_count, 1U);  // said before, arrived after
  EXPECT_EQ(phase.user2.message_count, 0U);
  EXPECT_TRUE(phase.end_time && conference.end_time);
  EXPECT_EQ(store.focus_joins().size(), 3U);
  std::uint32_t counted = 0;
  for (const auto& [id, row] : store.mcu_joins()) counted += row.message_count;
  EXPECT_EQ(counted, 1U);
  EXPECT_EQ(t.ended.size(), 3U);
}

TEST(ThirdPerson, a_message_in_flight_to_a_leg_that_breaks_goes_to_the_inbox_once) {
  Conferences t;
  t.conversation = t.session();
  const base::Ticket before = t.in_session(alice, "before");
  t.add(carol);
  t.leg_delivered(0, What::gone);
  ASSERT_EQ(t.texts_to_inbox(), std::vector<std::string>{"before"});
  EXPECT_FALSE(t.inbox[0].conference);  // said between two: it may be kept
  t.inbox_answers(0, PostOutcome::kept);
  EXPECT_EQ(t.outcome(before).outcome, PostOutcome::kept);
}

TEST(ThirdPerson, who_enters_by_himself_by_pages_or_not_at_all) {
  Conferences t;
  t.three();
  t.add(dave);
  t.found({route_of(40, true, true)});
  t.leg_answers(t.invites.size() - 1, LegAnswer::What::will_join);
  EXPECT_EQ(t.added.back().reason, Reason::none);
  EXPECT_EQ(t.immcu.conference(t.key)->members, 3U);
  t.command(alice, conference::SetLock{});
  t.join(dave, 40);  // he was added: the lock is not for him
  EXPECT_EQ(t.joined.back().second.what, JoinAnswer::What::joined);

  Conferences pages;
  pages.three();
  pages.add(dave);
  pages.found({route_of(40, true, false)});
  EXPECT_EQ(pages.added.back().reason, Reason::none);
  pages.say_by(alice, "1");
  ASSERT_EQ(pages.inbox.size(), 1U);
  EXPECT_EQ(pages.inbox[0].to, dave);
  EXPECT_TRUE(pages.inbox[0].conference);
  pages.immcu.on_post(PostToConference{{9}, {}, pages.key, {}, say(dave, "2")}, *pages.people, pages.clock.now());
  EXPECT_EQ(pages.sent().size(), 5U);
  // With nobody else there he is out when nothing is said, as a conversation of single messages ends.
  for (const base::UserId user : {bob, carol}) pages.command(alice, conference::Eject{user});
  pages.cut(alices_edge, alices_leg);
  pages.pass(8min);
  pages.immcu.on_post(PostToConference{{9}, {}, pages.key, {}, say(dave, "3")}, *pages.people, pages.clock.now());
  pages.pass(9min);
  EXPECT_EQ(pages.immcu.conference(pages.key)->members, 1U);
  pages.pass(2min);
  EXPECT_EQ(pages.immcu.conference(pages.key)->members, 0U);

  Conferences none;
  none.three();
  none.add(dave);
  none.found({});
  EXPECT_EQ(none.added.back().reason, Reason::recipient_unavailable);
  none.people.block(dave, alice);
  none.add(dave);
  EXPECT_EQ(none.added.back().reason, Reason::sender_blocked);
  none.immcu.set_running(false, none.clock.now());
  none.add(dave);
  EXPECT_EQ(none.added.back().reason, Reason::immcu_stopped);
  EXPECT_EQ(none.outcome(none.say_by(alice, "x")).reason, Reason::immcu_stopped);
}

TEST(ThirdPerson, a_member_by_single_messages_adds_by_the_name_of_the_conference) {
  Conferences t;
  t.three();
  t.adds_to = t.key;
  t.add(dave, dave);
  EXPECT_EQ(t.added.back().reason, Reason::not_in_conference);
  t.add(dave);
  t.found({route_of(40, true, false)});
  t.command(alice, conference::Eject{carol});
  t.add(carol, dave);
  t.found({route_of(30, true, false)});
  EXPECT_EQ(t.immcu.conference(t.key)->members, 4U);
  t.adds_to->id = "NONE";
  t.add(carol, dave);
  EXPECT_EQ(t.added.back().reason, Reason::conference_unknown);
}

TEST(ThirdPerson, a_device_that_enters_by_itself_leaves_its_old_leg_in_one_step) {
  Conferences t;
  t.three();
  ASSERT_EQ(t.grown_legs.size(), 2U);
  EXPECT_EQ(t.grown_legs[1].leg, t.bobs);
  EXPECT_EQ(t.grown_legs[1].description->key, t.key);
  t.ended.clear();
  JoinConference join;
  join.ticket = {++t.ticket};
  join.edge = bobs_edge;
  join.key = t.key;
  join.seat = {77};
  join.user = bob;
  join.address = address_of(bob);
  join.endpoint = {20};  // the one that took the invitation of Alice
  t.immcu.on_join(join, *t.people, t.clock.now());
  t.say_by(alice, "one");
  EXPECT_EQ(t.sent().count(t.bobs), 1U);  // as before until the new way stands
  t.immcu.on_chat({{++t.ticket}, bobs_edge, t.key, {77}, {78}, bob}, t.clock.now());
  ASSERT_EQ(t.chats.size(), 1U);
  ASSERT_EQ(t.ended.size(), 1U);
  EXPECT_EQ(t.ended[0].leg, t.bobs);
  EXPECT_EQ(t.ended[0].reason, Reason::answered_elsewhere);
  t.sessions.clear();
  t.say_by(alice, "two");
  EXPECT_EQ(t.sent(), (std::multimap<base::LegId, std::string>{{t.carols_leg, "two"}, {{78}, "two"}}));
  EXPECT_EQ(t.immcu.conference(t.key)->members, 3U);
}

TEST(ThirdPerson, who_is_there_already_makes_no_conference) {
  Conferences t;
  t.conversation = t.session();
  t.add(bob);
  ASSERT_EQ(t.added.size(), 1U);
  EXPECT_EQ(t.added[0].reason, Reason::none);
  EXPECT_EQ(t.immcu.conference_count(), 0U);
}

TEST(ThirdPerson, one_members_trouble_is_not_the_senders) {
  Conferences t;
  t.three();
  const base::Ticket post = t.say_by(alice, "1");
  t.leg_delivered(0, What::refused, 415);
  t.leg_delivered(1, What::taken, 200);
  const PostAnswer answer = t.outcome(post);
  EXPECT_EQ(answer.outcome, PostOutcome::delivered);
  ASSERT_EQ(answer.missed.size(), 1U);
  EXPECT_EQ(answer.missed[0].reason, Reason::recipient_refused);
  EXPECT_EQ(answer.missed[0].status, 415);
  const base::Ticket nobody = t.say_by(alice, "2");
  t.leg_delivered(2, What::refused, 415);
  t.leg_delivered(3, What::silent);
  EXPECT_EQ(t.outcome(nobody).outcome, PostOutcome::refused);
}

TEST(NothingUnbounded, a_member_who_takes_nothing_is_put_out_with_the_reason) {
  Conferences t;
  t.three();
  for (std::size_t i = 0; i < conversation_limits::member_queue_max; ++i) {
    t.say_by(alice, "x");
    for (DeliverSession& deliver : t.sessions) {
      if (deliver.leg == t.bobs) t.immcu.on_delivered({deliver.ticket, What::taken, 200}, t.clock.now());
    }
    t.sessions.clear();
  }
  EXPECT_TRUE(t.ended.empty());
  const base::Ticket next = t.say_by(alice, "y");
  ASSERT_EQ(t.ended.size(), 1U);
  EXPECT_EQ(t.ended[0].leg, t.carols_leg);
  EXPECT_EQ(t.ended[0].reason, Reason::too_many_messages_waiting);
  t.leg_delivered(0, What::taken, 200);  // the others are not slowed
  const PostAnswer heard = t.outcome(next);
  ASSERT_EQ(heard.missed.size(), 1U);
  EXPECT_EQ(heard.missed[0].user, carol);
  EXPECT_EQ(heard.missed[0].reason, Reason::too_many_messages_waiting);
  EXPECT_EQ(t.immcu.conference(t.key)->members, 2U);
}

TEST(NothingUnbounded, conference_messages_in_flight_and_additions) {
  Conferences t;
  t.three();
  std::size_t refused = 0;
  // Bob and Carol are slow in turn: each is put out at his limit, so somebody else must be slow for the sum.
  for (std::size_t i = 0; i <= conversation_limits::conference_messages_in_flight_max; ++i) {
    const base::Ticket post = t.say_by(alice, "x");
    if (t.answered(post) && t.outcome(post).reason == Reason::too_many_messages_waiting) ++refused;
  }
  EXPECT_EQ(refused, 1U);  // the one at which both were put out reached nobody; later ones have nobody to wait for
  EXPECT_EQ(t.immcu.conference(t.key)->members, 1U);

  Conferences more;
  more.three();
  for (std::uint32_t i = 0; i <= conversation_limits::additions_max; ++i) {
    User user = People::make(dave);
    user.id = {100 + i};
    user.address = *Address::parse("p" + std::to_string(i) + "@example.com");
    more.people.put(user);
    more.add(user.id);
  }
  EXPECT_EQ(more.added.back().reason, Reason::server_busy);
}

TEST(Conference, own_focus_then_the_old_conversation_becomes_its_beginning) {
  Conferences t;
  t.conversation = t.session();
  t.create();
  EXPECT_EQ(t.created.back().reason, Reason::none);
  t.join(alice, 11, false, alices_edge);
  ASSERT_EQ(t.joined.back().second.what, JoinAnswer::What::joined);
  EXPECT_EQ(t.joined.back().second.role, ConferenceRole::organizer);
  t.immcu.on_chat({{2}, alices_edge, t.key, {11}, {12}, alice}, t.clock.now());
  EXPECT_EQ(t.chats.back().reason, Reason::none);
  t.immcu.on_escalate({{3}, alices_edge, t.conversation, alice, t.key}, t.clock.now());
  ASSERT_EQ(t.successions.size(), 1U);
  t.immcu.on_succession(t.successions[0], t.clock.now());
  t.durable();
  EXPECT_EQ(t.commanded.back().reason, Reason::none);
  t.bye(alices_edge, alices_leg);  // the old dialog ends as ever
  t.join(bob, 21, false);
  t.immcu.on_chat({{4}, bobs_edge, t.key, {21}, {22}, bob}, t.clock.now());
  t.immcu.on_chat({{5}, bobs_edge, t.key, {99}, {23}, carol}, t.clock.now());
  EXPECT_EQ(t.chats.back().reason, Reason::not_in_conference);
  const InMemoryRecordStore store = t.read_rows();
  ASSERT_EQ(store.conferences().size(), 1U);
  ASSERT_EQ(store.sessions().size(), 1U);
  EXPECT_EQ(store.conferences().begin()->second.conversation, t.conversation);
  EXPECT_EQ(store.conferences().begin()->second.replaces, store.sessions().begin()->first);
  // Another conversation cannot claim to be the beginning too.
  Succession other = t.successions[0];
  other.conversation = {777};
  t.immcu.on_succession(other, t.clock.now());
  EXPECT_EQ(t.commanded.back().reason, Reason::conference_exists);
  const CreateConference twice{{9}, {}, t.key, "", {}, {}, false, false, 0, {}, {}};
  t.immcu.on_create(twice, *t.people, t.clock.now());
  EXPECT_EQ(t.created.back().reason, Reason::conference_exists);
}

TEST(Conference, eject_ends_every_dialog_and_keeps_him_out) {
  Conferences t;
  t.create();
  t.join(alice, 11, false, alices_edge);
  t.join(bob, 21, false);
  t.immcu.on_chat({{4}, bobs_edge, t.key, {21}, {22}, bob}, t.clock.now());
  t.pass(1s);
  t.immcu.on_watch({bobs_edge, {5}, t.key, bob, true}, t.clock.now());
  EXPECT_EQ(t.news.back().second.roster->members.size(), 2U);
  t.command(bob, conference::Eject{alice});
  EXPECT_EQ(t.commanded.back().reason, Reason::organizer_only);
  t.command(alice, conference::Eject{bob});
  EXPECT_EQ(t.ended.back().leg, base::LegId{22});
  EXPECT_EQ(t.seats_ended.back().seat, base::LegId{21});
  EXPECT_EQ(t.news.back().second.over, Reason::ejected);
  const std::size_t answered = t.commanded.size();
  t.durable();  // only now it is sure
  EXPECT_EQ(t.commanded.size(), answered + 1);
  t.join(bob, 23, false);
  EXPECT_EQ(t.joined.back().second.reason, Reason::ejected);
  t.immcu.on_chat({{6}, bobs_edge, t.key, {21}, {24}, bob}, t.clock.now());
  EXPECT_EQ(t.chats.back().reason, Reason::not_in_conference);
}

TEST(Conference, lobby_mute_and_an_unknown_one) {
  Conferences t;
  t.create();
  t.join(alice, 11, true, alices_edge);
  t.command(alice, conference::SetAdmission{Admission::invited, true});
  t.join(bob, 21);
  EXPECT_EQ(t.joined.back().second.what, JoinAnswer::What::waiting);
  t.join(carol, 31);
  t.join(dave, 41);
  t.command(alice, conference::Admit{bob});
  EXPECT_EQ(t.joined.back().second.what, JoinAnswer::What::joined);
  t.command(alice, conference::Deny{carol});
  EXPECT_EQ(t.joined.back().second.reason, Reason::lobby_refused);
  t.pass(15min);
  EXPECT_EQ(t.joined.back().second.reason, Reason::lobby_timeout);
  t.command(alice, conference::SetRole{bob, ConferenceRole::attendee});
  t.command(alice, conference::SetMute{});
  t.conversation = t.joined.front().second.conversation;
  t.bobs = {21};
  EXPECT_EQ(t.outcome(t.say_by(bob, "x")).reason, Reason::conference_muted);
  t.key.id = "NONE";
  t.join(bob, 22);
  EXPECT_EQ(t.joined.back().second.reason, Reason::conference_unknown);
}

TEST(Conference, ends_when_empty_or_sleeps_until_it_expires) {
  for (const bool scheduled : {false, true}) {
    Conferences t;
    t.key = {alice, "54BD"};
    CreateConference create;
    create.key = t.key;
    create.scheduled = scheduled;
    if (scheduled) create.expires = t.clock.now().wall + 24h;
    t.immcu.on_create(create, *t.people, t.clock.now());
    t.durable();
    t.join(alice, 11);
    t.clock.pass(1s);
    t.immcu.on_leave({{1}, bobs_edge, t.key, {11}}, t.clock.now());
    t.pass(9min);
    EXPECT_EQ(t.immcu.conference_count(), 1U);
    t.pass(1min);
    EXPECT_EQ(t.immcu.conference_count(), scheduled ? 1U : 0U);
    EXPECT_EQ(t.read_rows().conferences().size(), 1U);
    EXPECT_TRUE(t.read_rows().conferences().begin()->second.end_time);
    if (!scheduled) {
      EXPECT_TRUE(t.listed.back().gone);
      continue;
    }
    t.join(alice, 12);  // a new session of the same conference: a row of its own
    EXPECT_EQ(t.read_rows().conferences().size(), 2U);
    t.immcu.on_leave({{1}, bobs_edge, t.key, {12}}, t.clock.now());
    t.pass(24h);
    t.pass(1h);
    EXPECT_EQ(t.immcu.conference_count(), 0U);
  }
}

TEST(Conference, a_restart_keeps_name_rights_and_row) {
  Conferences t;
  t.three();
  t.command(alice, conference::SetRole{carol, ConferenceRole::attendee});
  t.command(alice, conference::SetLock{});
  t.pass(1s);
  const ConferenceFacts facts = t.stored.back().second;
  Conferences again;
  again.clock.pass(1h);
  again.immcu.restore({facts}, *again.people, again.clock.now());
  again.key = t.key;
  again.join(dave, 41);
  EXPECT_EQ(again.joined.back().second.reason, Reason::conference_locked);
  again.join(carol, 31);
  EXPECT_EQ(again.joined.back().second.role, ConferenceRole::attendee);
  again.join(alice, 11);
  EXPECT_EQ(again.joined.back().second.role, ConferenceRole::organizer);
  again.immcu.on_command({{1}, {}, again.key, {}, conference::End{}}, again.clock.now());
  const InMemoryRecordStore before = t.read_rows();
  const InMemoryRecordStore after = again.read_rows();
  ASSERT_EQ(after.conferences().size(), 1U);
  EXPECT_EQ(after.conferences().begin()->first, before.conferences().begin()->first);
  EXPECT_EQ(after.conferences().begin()->second.replaces, before.conferences().begin()->second.replaces);
}

TEST(Conference, many_who_join_at_once_are_told_together) {
  Conferences t;
  t.create();
  t.join(alice, 1000, true, alices_edge);
  t.immcu.on_watch({alices_edge, {1}, t.key, alice, true}, t.clock.now());
  for (std::uint32_t i = 0; i < 100; ++i) {
    User user = People::make(dave);
    user.id = {100 + i};
    user.address = *Address::parse("p" + std::to_string(i) + "@example.com");
    t.people.put(user);
    JoinConference join;
    join.ticket = {1};
    join.key = t.key;
    join.seat = {i + 1};
    join.user = user.id;
    join.chat = true;
    t.immcu.on_join(join, *t.people, t.clock.now());
  }
  t.pass(1s);
  EXPECT_LE(t.news.size(), 3U);
  EXPECT_EQ(t.news.back().second.roster->size, 101U);
  EXPECT_LE(t.stored.size(), 4U);
}

TEST(Conference, a_store_in_trouble_is_told_and_tried_again) {
  Conferences t;
  t.create();
  t.join(alice, 11, true, alices_edge);
  t.pass(1s);
  t.stored.clear();
  t.command(alice, conference::SetLock{});
  t.durable(Reason::store_unavailable);
  EXPECT_EQ(t.commanded.back().reason, Reason::store_unavailable);
  EXPECT_TRUE(t.stored.empty());
  t.pass(6s);
  ASSERT_EQ(t.stored.size(), 1U);
  EXPECT_TRUE(t.stored[0].second.locked);
}

}  // namespace
}  // namespace tertulia::domain::bench
