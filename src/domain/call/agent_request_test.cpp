// SPDX-License-Identifier: Apache-2.0
// Requests within a call: across and back, early dialogs, goodbyes.
#include <gtest/gtest.h>

#include "domain/call/call_bench.h"

namespace tertulia::domain::call_bench {
namespace {

using base::Reason;
using namespace std::chrono_literals;
using Ring = RingAnswer::What;
using Kind = CallRequestKind;

TEST(Request, goes_across_and_its_answers_come_back) {
  AgentBench b;
  b.up();
  const base::Ticket from_alice = b.alice_asks(Kind::relayed);
  const base::Ticket from_bob = b.bob_asks(Kind::relayed);
  ASSERT_EQ(b.relays.size(), 2U);
  EXPECT_EQ(b.relays[0].first, bobs_edge);
  EXPECT_EQ(b.relays[0].second.leg, b.bobs_leg());
  EXPECT_FALSE(b.relays[0].second.branch);
  EXPECT_EQ(b.relays[0].second.agent, agents_shard);
  EXPECT_EQ(*b.relays[0].second.signal, "request");
  EXPECT_EQ(b.relays[1].first, alices_edge);
  EXPECT_EQ(b.relays[1].second.leg, alices_leg);
  EXPECT_EQ(b.relays[1].second.branch, b.bobs_leg());  // the device it comes from
  b.relay_answers(1, 100, signal("100"));
  b.relay_answers(1, 202, signal("202"));
  b.relay_answers(0, 200, signal("200"));
  b.relay_answers(0, 200, signal("again"));
  EXPECT_EQ(b.replies.size(), 3U);
  EXPECT_EQ(b.replies[0].status, 100);
  EXPECT_EQ(b.reply(from_bob).status, 202);
  EXPECT_EQ(*b.reply(from_alice).signal, "200");
}

TEST(Request, an_ack_goes_across_and_is_never_answered) {
  AgentBench b;
  b.up();
  b.alice_asks(Kind::acknowledges, b.bobs_leg());
  b.bob_asks(Kind::acknowledges);
  ASSERT_EQ(b.relays.size(), 2U);
  EXPECT_FALSE(b.relays[0].second.ticket);
  EXPECT_EQ(b.relays[0].second.kind, Kind::acknowledges);
  b.alice_asks(Kind::acknowledges, {12345});  // no such dialog
  EXPECT_EQ(b.relays.size(), 2U);
  EXPECT_TRUE(b.replies.empty());
}

TEST(Request, in_early_dialogs_goes_to_the_device_meant) {
  AgentBench b;
  b.ringing(2);
  const base::Ticket without_branch = b.alice_asks(Kind::relayed);
  EXPECT_EQ(b.reply(without_branch).reason, Reason::dialog_unknown);
  b.rings_back(1, Ring::progress, 183);
  const base::Ticket prack = b.alice_asks(Kind::relayed, b.bobs_leg(1));
  ASSERT_EQ(b.relays.size(), 1U);
  EXPECT_EQ(b.relays[0].second.leg, b.bobs_leg(1));
  b.relay_answers(0, 200);
  EXPECT_EQ(b.reply(prack).status, 200);
  const base::Ticket update = b.bob_asks(Kind::relayed, 0);
  ASSERT_EQ(b.relays.size(), 2U);
  EXPECT_EQ(b.relays[1].second.branch, b.bobs_leg(0));
  b.rings_back(1, Ring::answered, 200);  // the first device loses with its request under way
  EXPECT_EQ(b.reply(update).reason, Reason::answered_elsewhere);
  b.relay_answers(1, 200);
  b.reply(update);
  const base::Ticket late = b.alice_asks(Kind::relayed, b.bobs_leg(0));
  EXPECT_EQ(b.reply(late).reason, Reason::dialog_unknown);
  EXPECT_EQ(b.reply(b.bob_asks(Kind::ends, 0)).reason, Reason::dialog_unknown);
  EXPECT_EQ(b.agent.call_count(), 1U);
}

TEST(Request, pending_at_a_device_that_refuses_the_call_is_answered) {
  AgentBench b;
  b.ringing(2);
  const base::Ticket prack = b.alice_asks(Kind::relayed, b.bobs_leg(0));
  b.rings_back(0, Ring::refused, 486);
  EXPECT_EQ(b.reply(prack).reason, Reason::dialog_unknown);
  EXPECT_EQ(b.reply(prack).status, 481);
}

TEST(Request, goodbye_to_an_early_dialog_is_only_carried) {  // RFC 3261 15: it ends that dialog, not the call
  AgentBench b;
  b.ringing(2);
  const base::Ticket bye = b.alice_asks(Kind::ends, b.bobs_leg(0));
  EXPECT_EQ(b.agent.call_count(), 1U);
  b.relay_answers(0, 200);
  b.rings_back(0, Ring::refused, 487);
  EXPECT_EQ(b.reply(bye).status, 200);
  b.rings_back(1, Ring::answered, 200);
  EXPECT_EQ(b.answers.size(), 1U);
}

TEST(Request, of_strangers_is_not_known_here) {
  AgentBench b;
  b.up();
  b.agent.on_request({{90}, bobs_edge, b.call(), alices_leg, {}, Kind::ends, 0, nullptr}, b.now);
  b.agent.on_request({{91}, alices_edge, b.call(), b.bobs_leg(), {}, Kind::ends, 0, nullptr}, b.now);
  b.agent.on_request({{92}, alices_edge, {4711}, alices_leg, {}, Kind::ends, 0, nullptr}, b.now);
  b.agent.on_request({{93}, alices_edge, b.call(), {4711}, {}, Kind::relayed, 0, nullptr}, b.now);
  for (std::uint64_t ticket = 90; ticket <= 93; ++ticket) {
    EXPECT_EQ(b.reply({ticket}).reason, Reason::dialog_unknown);
  }
  EXPECT_TRUE(b.relays.empty());
}

TEST(Request, while_he_is_looked_for_has_nowhere_to_go) {
  AgentBench b;
  b.place();
  EXPECT_EQ(b.reply(b.alice_asks(Kind::relayed)).reason, Reason::dialog_unknown);
}

TEST(Request, without_an_answer_of_the_device) {
  AgentBench b;
  b.up();
  const base::Ticket silent = b.alice_asks(Kind::relayed);
  b.relay_answers(0, 408, nullptr);
  EXPECT_EQ(b.reply(silent).reason, Reason::recipient_silent);
  EXPECT_EQ(b.reply(silent).status, 408);
  EXPECT_EQ(b.agent.call_count(), 1U);  // the caller decides what that means
  const base::Ticket other = b.alice_asks(Kind::renegotiates);
  const base::Ticket gone = b.alice_asks(Kind::relayed);
  b.relay_answers(2, 430, nullptr);
  EXPECT_EQ(b.reply(gone).status, 481);
  EXPECT_EQ(b.reply(other).status, 487);  // the connection has ended: so has the call
  EXPECT_EQ(b.agent.call_count(), 0U);
  EXPECT_EQ(b.stops.at(0).leg, alices_leg);
  EXPECT_EQ(b.last_record().diagnostic_id, base::id_of(Reason::call_party_vanished));
  EXPECT_EQ(b.last_record().disconnected_by, 2);
}

TEST(Renegotiation, adds_media_to_the_record_when_it_is_accepted) {
  AgentBench b;
  b.up();
  b.bob_asks(Kind::renegotiates, 0, 32);
  b.relay_answers(0, 488);
  b.alice_asks(Kind::renegotiates, {}, 16);  // hold
  b.relay_answers(1, 200);
  b.alice_asks(Kind::ends);
  EXPECT_EQ(b.last_record().media_types, 16U);

  AgentBench c;
  c.up();
  c.bob_asks(Kind::renegotiates, 0, 16 | 32);
  c.relay_answers(0, 200);
  c.alice_asks(Kind::renegotiates, {}, 16);  // back to audio: it was a video call
  c.relay_answers(1, 200);
  c.alice_asks(Kind::ends);
  EXPECT_EQ(c.last_record().media_types, 48U);
}

TEST(Renegotiation, is_taken_back_by_its_sender) {
  AgentBench b;
  b.up();
  const base::Ticket update = b.alice_asks(Kind::relayed);
  const base::Ticket invite = b.alice_asks(Kind::renegotiates);
  b.agent.on_cancel_request({alices_edge, b.call(), update}, b.now);  // only an INVITE can be
  b.agent.on_cancel_request({bobs_edge, b.call(), invite}, b.now);
  b.agent.on_cancel_request({alices_edge, {4711}, invite}, b.now);
  EXPECT_TRUE(b.cancels.empty());
  b.agent.on_cancel_request({alices_edge, b.call(), invite}, b.now);
  ASSERT_EQ(b.cancels.size(), 1U);
  EXPECT_EQ(b.cancels[0].ticket, b.relays[1].second.ticket);
  EXPECT_EQ(b.cancels[0].leg, b.bobs_leg());
  b.relay_answers(1, 487, signal("487"));
  EXPECT_EQ(*b.reply(invite).signal, "487");
  b.agent.on_cancel_request({alices_edge, b.call(), invite}, b.now);
  EXPECT_EQ(b.cancels.size(), 1U);
}

TEST(Bye, ends_the_call_and_is_answered_by_the_other_side) {
  for (const bool by_alice : {true, false}) {
    AgentBench b;
    b.up();
    b.pass(60s);
    const base::Ticket bye = by_alice ? b.alice_asks(Kind::ends) : b.bob_asks(Kind::ends);
    EXPECT_EQ(b.states(alice, true), "trying up over");
    EXPECT_EQ(b.states(bob, false), "up over");
    EXPECT_EQ(b.notices.back().endpoint, base::EndpointId{20});
    EXPECT_EQ(b.agent.call_count(), 0U);
    ASSERT_EQ(b.records.size(), 2U);
    EXPECT_TRUE(b.one_record());
    EXPECT_EQ(b.last_record().disconnected_by, by_alice ? 1 : 2);
    EXPECT_EQ(b.last_record().response_code, 200);
    EXPECT_EQ(b.last_record().diagnostic_id, 0U);
    EXPECT_EQ(b.last_record().end_time, b.now.wall);
    EXPECT_TRUE(b.replies.empty());
    EXPECT_TRUE(b.stops.empty());
    b.recorded();
    EXPECT_EQ(b.agent.pending_count(), 1U);  // the answer is under way
    b.relay_answers(0, 200, signal("200"));
    EXPECT_EQ(*b.reply(bye).signal, "200");
    EXPECT_EQ(b.agent.pending_count(), 0U);
    EXPECT_FALSE(b.agent.deadline());
    EXPECT_EQ(b.reply(b.alice_asks(Kind::relayed)).reason, Reason::dialog_unknown);
    EXPECT_EQ(b.reply(b.bob_asks(Kind::ends)).reason, Reason::dialog_unknown);
  }
}

TEST(Bye, answers_without_a_message_of_the_device_are_a_success) {
  for (const int status : {408, 430}) {
    AgentBench b;
    b.up();
    const base::Ticket bye = b.alice_asks(Kind::ends);
    b.relay_answers(0, status, nullptr);
    EXPECT_EQ(b.reply(bye).status, 200);
    EXPECT_EQ(b.reply(bye).reason, Reason::none);
    b.recorded();
    EXPECT_EQ(b.agent.pending_count(), 0U);
  }
}

TEST(Bye, glare_of_both_sides) {
  AgentBench b;
  b.up();
  const base::Ticket first = b.alice_asks(Kind::ends);
  const base::Ticket second = b.bob_asks(Kind::ends);
  EXPECT_EQ(b.reply(second).status, 200);
  b.relay_answers(0, 481, signal("481"));
  EXPECT_EQ(b.reply(first).status, 481);
  EXPECT_EQ(b.relays.size(), 1U);
  EXPECT_EQ(b.last_record().disconnected_by, 1);
  EXPECT_TRUE(b.one_record());
}

TEST(Bye, ends_what_is_pending) {  // RFC 3261 15.1.2
  AgentBench b;
  b.up();
  const base::Ticket invite = b.bob_asks(Kind::renegotiates);
  const base::Ticket info = b.alice_asks(Kind::relayed);
  const base::Ticket bye = b.alice_asks(Kind::ends);
  EXPECT_EQ(b.reply(invite).status, 487);
  EXPECT_EQ(b.reply(info).status, 487);
  b.relay_answers(0, 200);
  b.relay_answers(1, 200);
  b.relay_answers(2, 200);
  b.reply(invite);
  b.reply(info);
  b.reply(bye);
}

TEST(Bye, other_requests_after_it_find_nothing) {
  AgentBench b;
  b.up();
  b.alice_asks(Kind::ends);
  EXPECT_EQ(b.reply(b.bob_asks(Kind::renegotiates)).reason, Reason::dialog_unknown);
  EXPECT_EQ(b.reply(b.alice_asks(Kind::ends)).reason, Reason::dialog_unknown);
  b.alice_asks(Kind::acknowledges);
  EXPECT_EQ(b.relays.size(), 1U);
}

TEST(Bye, is_answered_even_if_the_other_edge_never_does) {
  AgentBench b;
  b.up();
  const base::Ticket bye = b.alice_asks(Kind::ends);
  b.recorded();
  b.pass(bye_patience);
  EXPECT_EQ(b.reply(bye).status, 200);
  EXPECT_EQ(b.agent.pending_count(), 0U);
}

TEST(Bye, is_answered_when_the_other_side_is_lost) {
  AgentBench b;
  b.up();
  const base::Ticket bye = b.alice_asks(Kind::ends);
  b.agent.on_lost({b.call(), b.bobs_leg()}, b.now);
  EXPECT_EQ(b.reply(bye).status, 200);
  EXPECT_FALSE(b.agent.deadline());
  b.recorded();
  EXPECT_EQ(b.agent.pending_count(), 0U);
}

TEST(NothingUnbounded, requests_of_one_call) {
  AgentBench b;
  b.up();
  for (std::size_t i = 0; i < requests_per_call_max; ++i) b.alice_asks(Kind::relayed);
  EXPECT_TRUE(b.replies.empty());
  EXPECT_EQ(b.reply(b.bob_asks(Kind::relayed)).reason, Reason::too_many_requests);
  b.relay_answers(0, 200);
  b.bob_asks(Kind::relayed);
  EXPECT_EQ(b.relays.size(), requests_per_call_max + 1);
  const base::Ticket bye = b.alice_asks(Kind::ends);  // always goes through
  EXPECT_EQ(b.relays.back().second.kind, Kind::ends);
  b.relay_answers(b.relays.size() - 1, 200);
  EXPECT_EQ(b.reply(bye).status, 200);
}

}  // namespace
}  // namespace tertulia::domain::call_bench
