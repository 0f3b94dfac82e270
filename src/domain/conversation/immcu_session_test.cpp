// SPDX-License-Identifier: Apache-2.0
// Message sessions through the IMMCU: invitations, legs, ends.
#include <gtest/gtest.h>

#include "domain/conversation/limits.h"
#include "domain/conversation/test_bench.h"

namespace tertulia::domain::bench {
namespace {

using base::Reason;
using namespace std::chrono_literals;
using Leg = LegAnswer::What;
using Open = OpenAnswer::What;
using Texts = std::vector<std::string>;
using What = DeliverAnswer::What;

//  Alice      IMMCU       Bob's devices
//    │ INVITE   │ INVITE ×2   │
//    ├─────────>├────────────>│
//    │ 180      │ 180 ... 180 │   once
//    │<─────────┤<────────────┤
//    │ 200      │ 200 (second)│
//    │<─────────┤<────────────┤
//    │          │ CANCEL first│
//    │          ├────────────>│
TEST(Invitation, forks_rings_once_and_the_first_acceptance_wins) {
  ImmcuBench b;
  const auto ticket = b.open();
  EXPECT_EQ(b.finds.at(0).user, bob);
  b.found({route_of(20, true, true), route_of(21, true, true), route_of(22, true, false)});
  ASSERT_EQ(b.invites.size(), 2U);  // the third does single messages only
  EXPECT_NE(b.invites[0].leg, b.invites[1].leg);
  EXPECT_EQ(b.invites[0].to_address, "bob@example.com");
  b.leg_answers(0, Leg::ringing);
  b.leg_answers(1, Leg::ringing);
  ASSERT_EQ(b.opened.size(), 1U);
  EXPECT_EQ(b.opened[0].what, Open::ringing);
  b.leg_answers(1, Leg::accepted, 200);
  ASSERT_EQ(b.opened.size(), 2U);
  EXPECT_EQ(b.opened[1].what, Open::accepted);
  EXPECT_EQ(b.opened[1].ticket, ticket);
  EXPECT_TRUE(b.opened[1].conversation);
  ASSERT_EQ(b.ended.size(), 1U);
  EXPECT_EQ(b.ended[0].leg, b.invites[0].leg);
  EXPECT_EQ(b.ended[0].reason, Reason::answered_elsewhere);
  b.leg_answers(1, Leg::accepted, 200);  // said twice: nothing happens to the winner
  EXPECT_EQ(b.ended.size(), 1U);
  b.leg_answers(0, Leg::accepted, 200);  // crossed with our withdrawal
  ASSERT_EQ(b.ended.size(), 2U);
  EXPECT_EQ(b.ended[1].leg, b.invites[0].leg);
  EXPECT_EQ(b.opened.size(), 2U);
  ASSERT_EQ(b.records.size(), 1U);
  EXPECT_EQ(b.records[0].second.response_code, 200);
  EXPECT_EQ(b.records[0].second.user2.endpoint, base::EndpointId{21});
  EXPECT_EQ(b.records[0].second.user2.client_version, "Phone/21");
}

TEST(Invitation, the_inviters_name_of_it_reaches_the_devices_and_the_record) {
  ImmcuBench b;
  b.correlation_id = "421337";
  b.open();
  b.found({route_of(20, true, true), route_of(21, true, true)});
  ASSERT_EQ(b.invites.size(), 2U);
  for (const InviteLeg& invite : b.invites) EXPECT_EQ(invite.correlation_id, "421337");
  b.leg_answers(0, Leg::accepted, 200);
  ASSERT_EQ(b.records.size(), 1U);
  EXPECT_EQ(b.records[0].second.correlation_id, "421337");
}

TEST(Invitation, legs_of_the_immcu_are_never_those_of_an_edge) {
  ImmcuBench b;
  b.session();
  EXPECT_GE(b.bobs_leg().value >> 48U, 0x8000U);
}

TEST(Invitation, best_refusal_speaks_for_all) {  // RFC 3261 16.7 step 6
  struct Case {
    std::vector<int> answers;
    int status;
    Reason reason;
  };
  for (const Case& c : std::vector<Case>{{{486, 480}, 486, Reason::recipient_busy},
                                         {{480, 401}, 480, Reason::recipient_refused},  // a status between us and him
                                         {{500, 500}, 480, Reason::recipient_refused},
                                         {{500, 404}, 404, Reason::recipient_refused},
                                         {{408, 486}, 486, Reason::recipient_busy},
                                         {{480, 603}, 603, Reason::recipient_declined},
                                         {{503, 600}, 600, Reason::recipient_busy},
                                         {{408, 408}, 408, Reason::recipient_silent},
                                         {{488, 486}, 486, Reason::recipient_busy}}) {
    ImmcuBench b;
    b.open();
    b.found({route_of(20, true, true), route_of(21, true, true)});
    for (std::size_t i = 0; i < c.answers.size(); ++i) b.leg_answers(i, Leg::refused, c.answers[i]);
    ASSERT_EQ(b.opened.size(), 1U);
    EXPECT_EQ(b.opened[0].what, Open::refused);
    EXPECT_EQ(b.opened[0].status, c.status);
    EXPECT_EQ(b.opened[0].reason, c.reason);
    ASSERT_EQ(b.records.size(), 1U);  // a failed invitation leaves its record
    EXPECT_EQ(b.records[0].second.response_code, c.status);
    EXPECT_TRUE(b.records[0].second.end_time.has_value());
    EXPECT_EQ(b.immcu.conversation_count(), 0U);
  }
}

TEST(Invitation, a_global_no_ends_the_other_forks) {
  ImmcuBench b;
  b.open();
  b.found({route_of(20, true, true), route_of(21, true, true)});
  b.leg_answers(0, Leg::refused, 603);
  EXPECT_EQ(b.opened.at(0).reason, Reason::recipient_declined);
  EXPECT_EQ(b.ended.at(0).leg, b.invites[1].leg);
}

TEST(Invitation, devices_that_cannot_do_sessions_are_reached_by_pages) {
  struct Case {
    std::vector<EndpointRoute> routes;
    std::vector<int> refusals;
    const char* offline;
    Open what;
    Reason reason;
  };
  const std::vector<Case> cases = {
      {{route_of(20, true, false)}, {}, "off", Open::accepted, Reason::none},
      {{}, {}, "on", Open::accepted, Reason::none},
      {{}, {}, "off", Open::refused, Reason::recipient_unavailable},
      {{route_of(20, true, true)}, {488}, "off", Open::accepted, Reason::none},
      {{route_of(20, true, true), route_of(21, true, true)}, {405, 501}, "off", Open::accepted, Reason::none},
      {{route_of(20, false, true)}, {488}, "on", Open::refused, Reason::recipient_refused},
      {{route_of(20, true, true)}, {430}, "on", Open::accepted, Reason::none},
      {{route_of(20, false, true)}, {430}, "off", Open::refused, Reason::recipient_unavailable},
      {{route_of(20, true, true)}, {486}, "on", Open::refused, Reason::recipient_busy},
  };
  for (const Case& c : cases) {
    ImmcuBench b;
    b.people.set(bob, "offline_messages", c.offline);
    b.open();
    b.found(c.routes);
    for (std::size_t i = 0; i < c.refusals.size(); ++i) b.leg_answers(i, Leg::refused, c.refusals[i]);
    ASSERT_EQ(b.opened.size(), 1U);
    EXPECT_EQ(b.opened[0].what, c.what);
    EXPECT_EQ(b.opened[0].reason, c.reason);
    if (c.what != Open::accepted) continue;
    b.in_session(alice, "hello");
    EXPECT_EQ(b.texts_to_inbox(), (Texts{"hello"}));
  }
}

TEST(Invitation, silence_ends_it) {
  ImmcuBench b;
  b.open();
  b.found({route_of(20, true, true)});
  b.pass(59s);
  EXPECT_TRUE(b.opened.empty());
  b.pass(1s);
  EXPECT_EQ(b.opened.at(0).reason, Reason::recipient_silent);
  EXPECT_EQ(b.opened.at(0).status, 408);
  EXPECT_EQ(b.ended.at(0).leg, b.invites[0].leg);
  EXPECT_EQ(b.records.at(0).second.response_code, 408);
}

TEST(Invitation, withdrawn) {
  ImmcuBench b;
  b.open();
  b.found({route_of(20, true, true)});
  b.immcu.on_cancel({alices_leg, bobs_edge, alice, bob}, b.clock.now());  // another edge's leg of the same number
  EXPECT_TRUE(b.opened.empty());
  b.immcu.on_cancel({alices_leg, alices_edge, alice, bob}, b.clock.now());
  EXPECT_EQ(b.opened.at(0).status, 487);
  EXPECT_EQ(b.opened.at(0).reason, Reason::request_cancelled);
  EXPECT_EQ(b.ended.at(0).leg, b.invites[0].leg);
  EXPECT_EQ(b.records.at(0).second.response_code, 487);
  EXPECT_EQ(b.records.at(0).second.user1.message_count, 0U);
  b.leg_answers(0, Leg::accepted, 200);  // its edge ends it, or we do
  EXPECT_EQ(b.opened.size(), 1U);
}

TEST(Invitation, withdrawn_before_anybody_was_found_and_after_the_acceptance) {
  ImmcuBench b;
  b.open();
  b.immcu.on_cancel({alices_leg, alices_edge, alice, bob}, b.clock.now());
  b.found({route_of(20, true, true)});
  EXPECT_TRUE(b.invites.empty());
  ImmcuBench c;
  c.session();
  c.immcu.on_cancel({alices_leg, alices_edge, alice, bob}, c.clock.now());
  ASSERT_EQ(c.ended.size(), 2U);  // both legs
  EXPECT_EQ(c.immcu.conversation_count(), 0U);
}

TEST(EveryRefusalSaysWhy, invitations_and_session_messages) {
  ImmcuBench b;
  b.session();
  b.people.set(alice, "message_bytes_max", "3");
  EXPECT_EQ(b.outcome(b.in_session(alice, "1234")).reason, Reason::body_too_large);
  EXPECT_EQ(b.outcome(b.in_session(alice, "")).reason, Reason::message_empty);
  b.people.block(bob, alice);
  EXPECT_EQ(b.outcome(b.in_session(alice, "hi")).reason, Reason::sender_blocked);
  b.open(alice, bob, base::LegId{5});
  EXPECT_EQ(b.opened.back().reason, Reason::sender_blocked);
  b.open(alice, base::UserId{99}, base::LegId{5});
  EXPECT_EQ(b.opened.back().reason, Reason::destination_unknown);
  EXPECT_EQ(b.opened.back().status, 404);
  b.immcu.set_running(false, b.clock.now());
  b.open(alice, carol, base::LegId{5});
  EXPECT_EQ(b.opened.back().reason, Reason::immcu_stopped);
  EXPECT_EQ(b.opened.back().status, 503);
}

TEST(EveryRefusalSaysWhy, unknown_conversation_leg_or_sender) {
  ImmcuBench b;
  const auto id = b.session();
  const auto post = [&](std::uint64_t ticket, base::ShardId edge, base::ConversationId conversation, base::LegId leg,
                        base::UserId from) {
    b.immcu.on_post(PostSession{{ticket}, edge, conversation, leg, say(from, "x")}, *b.people, b.clock.now());
    return b.outcome({ticket}).reason;
  };
  EXPECT_EQ(post(901, alices_edge, {999}, alices_leg, alice), Reason::dialog_unknown);
  EXPECT_EQ(post(902, alices_edge, id, base::LegId{999}, alice), Reason::dialog_unknown);
  EXPECT_EQ(post(903, bobs_edge, id, alices_leg, alice), Reason::dialog_unknown);
  EXPECT_EQ(post(904, alices_edge, id, alices_leg, carol), Reason::identity_mismatch);
  EXPECT_TRUE(b.sessions.empty());
}

TEST(SenderIsToldTheTruth, session_messages) {
  ImmcuBench b;
  b.session();
  const auto first = b.in_session(alice, "1");
  const auto second = b.in_session(alice, "2");
  const auto third = b.in_session(bob, "3");
  EXPECT_EQ(b.texts_to_legs(), (Texts{"1", "2", "3"}));
  EXPECT_TRUE(b.answers.empty());
  b.leg_delivered(2, What::taken);
  b.leg_delivered(1, What::refused, 415);
  b.leg_delivered(0, What::silent);
  EXPECT_EQ(b.outcome(first).reason, Reason::recipient_silent);
  EXPECT_EQ(b.outcome(second).reason, Reason::recipient_refused);
  EXPECT_EQ(b.outcome(second).status, 415);
  EXPECT_EQ(b.outcome(third).outcome, PostOutcome::delivered);
}

TEST(ConversationOrder, a_lost_leg_hands_over_to_the_inbox_in_order_when_its_last_answer_is_in) {
  ImmcuBench b;
  b.session();
  std::vector<base::Ticket> posts;
  for (const char* text : {"1", "2", "3"}) posts.push_back(b.in_session(alice, text));
  b.leg_delivered(2, What::gone);             // answers come in any order
  posts.push_back(b.in_session(alice, "4"));  // and so does what is said meanwhile
  EXPECT_TRUE(b.inbox.empty());
  b.leg_delivered(0, What::taken);
  EXPECT_TRUE(b.inbox.empty());
  b.leg_delivered(1, What::gone);
  EXPECT_EQ(b.texts_to_inbox(), (Texts{"2", "3", "4"}));
  EXPECT_EQ(b.texts_to_legs(), (Texts{"1", "2", "3"}));
  EXPECT_TRUE(b.ended.empty());
  for (std::size_t i = 0; i < 3; ++i) b.inbox_answers(i, PostOutcome::kept);
  ASSERT_EQ(b.ended.size(), 1U);  // nothing in flight any more: Alice's leg ends
  EXPECT_EQ(b.ended[0].leg, alices_leg);
  EXPECT_EQ(b.outcome(posts[0]).outcome, PostOutcome::delivered);
  for (std::size_t i = 1; i < 4; ++i) EXPECT_EQ(b.outcome(posts[i]).outcome, PostOutcome::kept);
  EXPECT_EQ(b.records.back().second.user1.message_count, 4U);
  EXPECT_EQ(b.records.back().second.diagnostic_id, base::id_of(Reason::flow_failed));
}

TEST(Session, a_page_answer_goes_into_the_session_leg) {
  ImmcuBench b;
  b.page(bob, alice, "old page conversation");
  b.open();
  b.found({route_of(20, true, false)});  // Bob has a page-mode phone
  b.in_session(alice, "hello");
  EXPECT_EQ(b.inbox.back().to, bob);
  const auto answer = b.page(bob, alice, "hi");
  ASSERT_EQ(b.sessions.size(), 1U);
  EXPECT_EQ(b.sessions[0].leg, alices_leg);
  EXPECT_EQ(b.sessions[0].message->content, "hi");
  b.leg_delivered(0, What::taken);
  EXPECT_EQ(b.outcome(answer).outcome, PostOutcome::delivered);
  b.page(alice, bob, "from another device");  // Alice takes part by her leg, so her page is another conversation
  EXPECT_NE(b.inbox.back().conversation, b.opened.back().conversation);
}

TEST(AcknowledgedMeansKept, goodbye_is_answered_when_the_record_is_durable) {
  ImmcuBench b;
  b.session();
  b.in_session(alice, "1");
  b.leg_delivered(0, What::taken);
  const auto post = b.in_session(alice, "2");
  const auto bye = b.bye(alices_edge, alices_leg);
  EXPECT_TRUE(b.ended.empty());  // "2" is under way to Bob
  EXPECT_EQ(b.outcome(b.in_session(bob, "too late")).reason, Reason::dialog_unknown);
  b.leg_delivered(1, What::taken);
  EXPECT_EQ(b.outcome(post).outcome, PostOutcome::delivered);
  ASSERT_EQ(b.ended.size(), 1U);
  EXPECT_EQ(b.ended[0].leg, b.bobs_leg());
  EXPECT_EQ(b.ended[0].edge, bobs_edge);
  ASSERT_EQ(b.records.size(), 2U);
  EXPECT_EQ(b.records[0].second.id, b.records[1].second.id);
  EXPECT_EQ(b.records[1].second.user1.message_count, 2U);
  EXPECT_TRUE(b.records[1].second.end_time.has_value());
  EXPECT_TRUE(b.closed.empty());
  const auto crossed = b.bye(bobs_edge, b.bobs_leg());  // Bob said goodbye at the same time
  EXPECT_TRUE(b.closed.empty());
  b.immcu.on_recorded(b.records[1].first, {}, b.clock.now());
  ASSERT_EQ(b.closed.size(), 2U);
  EXPECT_EQ(b.closed[0].ticket, bye);
  EXPECT_EQ(b.closed[1].ticket, crossed);
  EXPECT_EQ(b.closed[0].reason, Reason::none);
  EXPECT_EQ(b.records.size(), 2U);
}

TEST(AcknowledgedMeansKept, goodbye_with_a_failing_store_says_so_and_ends_anyway) {
  ImmcuBench b;
  b.session();
  b.bye(alices_edge, alices_leg);
  b.immcu.on_recorded(b.records.back().first, Reason::store_unavailable, b.clock.now());
  EXPECT_EQ(b.closed.at(0).reason, Reason::store_unavailable);
  EXPECT_EQ(b.immcu.conversation_count(), 0U);
  b.bye(alices_edge, alices_leg);
  EXPECT_EQ(b.closed.at(1).reason, Reason::dialog_unknown);
}

TEST(Session, goodbye_of_the_recipient_with_messages_under_way_loses_none) {
  ImmcuBench b;
  b.session();
  b.in_session(alice, "1");
  b.in_session(alice, "2");
  b.bye(bobs_edge, b.bobs_leg());
  b.leg_delivered(0, What::taken);
  b.leg_delivered(1, What::gone);
  EXPECT_EQ(b.texts_to_inbox(), (Texts{"2"}));
  b.inbox_answers(0, PostOutcome::delivered);
  EXPECT_EQ(b.ended.at(0).leg, alices_leg);
  EXPECT_EQ(b.records.back().second.user1.message_count, 2U);
}

TEST(Session, a_broken_connection_ends_it_without_an_answer) {
  ImmcuBench b;
  b.session();
  b.cut(bobs_edge, b.bobs_leg());
  EXPECT_EQ(b.ended.at(0).leg, alices_leg);
  EXPECT_EQ(b.ended.at(0).reason, Reason::flow_failed);
  EXPECT_EQ(b.ended.size(), 1U);
  b.immcu.on_recorded(b.records.back().first, {}, b.clock.now());
  EXPECT_TRUE(b.closed.empty());
}

TEST(ImmcuInTheMiddle, sessions_survive_a_stop_of_the_component) {
  ImmcuBench b;
  b.session();
  b.immcu.set_running(false, b.clock.now());
  EXPECT_EQ(b.outcome(b.in_session(alice, "1")).reason, Reason::immcu_stopped);
  EXPECT_EQ(b.outcome(b.in_session(bob, "2", MessageKind::typing)).reason, Reason::immcu_stopped);
  EXPECT_TRUE(b.ended.empty());
  b.immcu.set_running(true, b.clock.now());
  b.in_session(alice, "3");
  EXPECT_EQ(b.texts_to_legs(), (Texts{"3"}));
}

TEST(Immcu, a_stop_of_the_component_refuses_what_rings) {
  ImmcuBench b;
  b.open();
  b.found({route_of(20, true, true)});
  b.leg_answers(0, Leg::ringing, 180);
  b.immcu.set_running(false, b.clock.now());
  ASSERT_EQ(b.opened.size(), 2U);
  EXPECT_EQ(b.opened[1].what, Open::refused);
  EXPECT_EQ(b.opened[1].reason, Reason::immcu_stopped);
  EXPECT_EQ(b.opened[1].status, 503);
  ASSERT_EQ(b.ended.size(), 1U);  // the callee's device stops ringing
  EXPECT_EQ(b.ended[0].leg, b.invites[0].leg);
  EXPECT_EQ(b.ended[0].reason, Reason::immcu_stopped);
  ASSERT_EQ(b.records.size(), 1U);
  EXPECT_EQ(b.records[0].second.response_code, 503);
  b.leg_answers(0, Leg::accepted, 200);  // too late
  EXPECT_EQ(b.opened.size(), 2U);
}

TEST(OneRecordPerConversation, session_with_both_sides) {
  ImmcuBench b;
  b.session();
  for (const char* text : {"1", "2", "3"}) b.in_session(alice, text);
  for (const char* text : {"4", "5"}) b.in_session(bob, text);
  b.in_session(bob, "...", MessageKind::typing);
  b.in_session(bob, "imdn", MessageKind::notification);
  for (std::size_t i = 0; i < 7; ++i) b.leg_delivered(i, i == 2 ? What::refused : What::taken, 488);
  b.bye(bobs_edge, b.bobs_leg());
  ASSERT_EQ(b.records.size(), 2U);
  const SessionRecord record = b.records[1].second;
  EXPECT_EQ(record.user1.message_count, 2U);  // the refused one does not count
  EXPECT_EQ(record.user2.message_count, 2U);
  EXPECT_EQ(record.mode, SessionMode::session);
  EXPECT_EQ(record.content_type, "application/sdp");
  EXPECT_EQ(record.call_id, "call-2");
  EXPECT_EQ(record.response_code, 200);
  EXPECT_EQ(record.diagnostic_id, 0U);
  EXPECT_LE(record.invite_time, *record.response_time);
}

TEST(NothingUnbounded, forks_and_sessions_of_one_pair) {
  ImmcuBench b;
  b.open();
  std::vector<EndpointRoute> routes;
  for (std::uint64_t i = 0; i < conversation_limits::forks_max + 5; ++i)
    routes.push_back(route_of(100 + i, true, true));
  b.found(routes);
  EXPECT_EQ(b.invites.size(), conversation_limits::forks_max);
  for (std::uint64_t i = 1; i < conversation_limits::conversations_per_pair_max; ++i)
    b.open(alice, bob, base::LegId{500 + i});
  EXPECT_TRUE(b.opened.empty());
  b.open(alice, bob, base::LegId{600});
  EXPECT_EQ(b.opened.back().reason, Reason::too_many_conversations);
}

TEST(NothingUnbounded, session_messages_in_flight) {
  ImmcuBench b;
  b.session();
  for (std::size_t i = 0; i < conversation_limits::messages_in_flight_max; ++i) b.in_session(alice, "x");
  EXPECT_EQ(b.outcome(b.in_session(alice, "more")).reason, Reason::too_many_messages_waiting);
}

TEST(Immcu, orderly_stop_ends_legs_and_forks) {
  ImmcuBench b;
  b.session();
  b.in_session(alice, "1");
  b.open(alice, carol, base::LegId{5});
  b.found({route_of(30, true, true)});
  b.immcu.stop(b.clock.now());
  EXPECT_EQ(b.ended.size(), 3U);  // Alice, Bob, and the fork to Carol
  EXPECT_EQ(b.opened.back().reason, Reason::server_stopping);
  EXPECT_EQ(b.answers.back().second.reason, Reason::server_stopping);
  EXPECT_EQ(b.immcu.conversation_count(), 0U);
  EXPECT_EQ(b.immcu.deadline(), std::nullopt);
}

}  // namespace
}  // namespace tertulia::domain::bench
