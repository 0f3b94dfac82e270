// SPDX-License-Identifier: Apache-2.0
// Calls that end by us: lost connections in each state, silence, the agent's word, the server's stop.
#include "face/simple/call_world.h"

namespace tertulia::face::simple::call_world {
namespace {

using What = domain::RingAnswer::What;

TEST(CallLoss, caller_vanishes_while_it_rings) {
  Pair p;
  const Message invite = p.invite();
  p.bob.answer(invite, "180 Ringing", "b1");
  p.alice.hang();
  p.bob.hears("CANCEL");
  p.bob.answer(invite, "487 Request Terminated", "b1");
  EXPECT_EQ(p.world.legs(), 0U);
  EXPECT_TRUE(p.world.agent.lost.empty());
}

TEST(CallLoss, caller_vanishes_while_the_answer_is_on_its_way) {
  Pair p;
  const Message invite = p.invite();
  p.bob.answer(invite, "180 Ringing", "b1");
  p.world.edges[0].face->on_closed(p.alice.connection, false, p.world.now);
  p.bob.answer(invite, "200 OK", "b1", {}, audio);  // in the queue behind the CancelCall, or before it
  p.world.settle();
  const auto heard = p.bob.heard();
  ASSERT_FALSE(heard.empty());
  EXPECT_TRUE(heard.back().bytes().starts_with("BYE")) << heard.back().bytes();
  p.bob.answer(heard.back(), "200 OK");
  EXPECT_EQ(p.world.legs(), 0U);
}

TEST(CallLoss, answer_for_a_caller_who_has_gone_is_a_lost_call) {
  Pair p;
  const Message invite = p.invite();
  domain::CallAnswered answered;
  answered.call = p.world.agent.newest();
  answered.leg = p.world.agent.placed[0].leg;
  std::string text(invite.bytes());
  answered.signal = std::make_shared<const std::string>(face_script::answer_to(text, 200));
  p.alice.hang();
  p.world.edges[0].face->on(answered, p.world.now);
  p.world.settle();
  ASSERT_EQ(p.world.agent.lost.size(), 1U);
  EXPECT_EQ(p.world.agent.lost[0].leg, answered.leg);
}

TEST(CallLoss, withdrawal_that_crosses_the_answer_is_a_cancelled_call) {
  Pair p;
  const Message invite = p.invite();
  p.bob.answer(invite, "180 Ringing", "b1");
  p.alice.hears("SIP/2.0 180");
  const std::string cancel = p.alice.request(p.at_alice, "CANCEL");
  p.world.hold([&] {  // the agent hears of the answer first, her edge of the CANCEL
    p.bob.answer(invite, "200 OK", "b1", {}, audio);
    p.alice.say(cancel);
  });
  p.world.settle();
  const auto answers = p.alice.heard();
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0].status(), 200);
  EXPECT_EQ(value(answers[0], HeaderName::cseq), "1 CANCEL");
  EXPECT_EQ(answers[1].status(), 487);
  const auto farewell = p.bob.heard();
  ASSERT_EQ(farewell.size(), 2U);
  EXPECT_TRUE(farewell[0].bytes().starts_with("ACK"));
  EXPECT_TRUE(farewell[1].bytes().starts_with("BYE"));
  p.bob.answer(farewell[1], "200 OK");
  EXPECT_EQ(p.world.legs(), 0U);
}

TEST(CallLoss, device_vanishes_while_it_rings) {
  Pair p;
  p.invite();
  p.bob.hang();
  EXPECT_EQ(p.world.agent.rings.back().status, 430);
  p.alice.hears("SIP/2.0 480");
  EXPECT_EQ(p.world.legs(), 0U);
  Line line = p.alice.line_to("sip:bob@example.com");  // the registrar does not know yet
  p.alice.ask(line, "INVITE", {}, audio);
  p.alice.hears("SIP/2.0 480");
}

TEST(CallLoss, device_vanishes_after_it_was_stopped) {
  Pair p;
  const Message invite = p.invite();
  p.bob.answer(invite, "180 Ringing", "b1");
  p.alice.heard();
  p.alice.ask(p.at_alice, "CANCEL");
  p.bob.hang();
  EXPECT_EQ(p.world.legs(), 0U);
}

TEST(CallLoss, silent_device) {
  Pair p;
  p.invite();
  p.world.pass(33s);
  EXPECT_EQ(p.world.agent.rings.back().status, 408);
  p.alice.hears("SIP/2.0 408");
  EXPECT_EQ(p.world.legs(), 0U);
}

TEST(CallLoss, caller_vanishes_in_the_call) {
  Pair p;
  p.up();
  p.bob.ask(p.at_bob, "INFO");
  p.alice.hears("INFO");
  p.alice.hang();
  ASSERT_EQ(p.world.agent.lost.size(), 1U);
  const auto heard = p.bob.heard();
  ASSERT_EQ(heard.size(), 2U);
  EXPECT_EQ(heard[0].status(), 480);  // his INFO
  const Message& bye = heard[1];
  EXPECT_TRUE(bye.bytes().starts_with("BYE " + p.bob.contact + " SIP/2.0")) << bye.bytes();
  EXPECT_EQ(value(bye, HeaderName::from), p.at_alice.own);
  EXPECT_EQ(value(bye, HeaderName::to), "<sip:bob@example.com>;tag=b1");
  EXPECT_EQ(value(bye, HeaderName::call_id), p.at_alice.call_id);
  EXPECT_EQ(value(bye, HeaderName::cseq), "2 BYE");
  EXPECT_TRUE(value(bye, HeaderName::reason).starts_with("SIP;cause=200;text=\"The other device has lost"));
  p.bob.answer(bye, "200 OK");
  EXPECT_EQ(p.world.legs(), 0U);
}

TEST(CallLoss, callee_vanishes_in_the_call) {
  Pair p;
  p.up();
  p.alice.ask(p.at_alice, "INFO");
  p.bob.ask(p.at_bob, "INFO");
  p.alice.answer(p.alice.hears("INFO"), "200 OK");
  p.bob.hang();
  const auto heard = p.alice.heard();
  ASSERT_EQ(heard.size(), 2U);
  EXPECT_EQ(heard[0].status(), 480);
  EXPECT_TRUE(heard[1].bytes().starts_with("BYE " + p.alice.contact)) << heard[1].bytes();
  EXPECT_EQ(value(heard[1], HeaderName::from), "<sip:bob@example.com>;tag=b1");
  EXPECT_EQ(value(heard[1], HeaderName::to), p.at_alice.own);
  EXPECT_EQ(value(heard[1], HeaderName::cseq), "42 BYE");  // bob's INFO had 41
  p.world.pass(33s);                                       // she does not answer
  EXPECT_EQ(p.world.legs(), 0U);
}

TEST(CallLoss, bye_to_a_vanished_or_silent_telephone_is_answered) {
  Pair p;
  p.up();
  p.alice.ask(p.at_alice, "BYE");
  p.bob.hears("BYE");
  p.bob.hang();
  p.alice.hears("SIP/2.0 200");
  EXPECT_EQ(p.world.legs(), 0U);
  Pair q;
  q.up();
  q.alice.ask(q.at_alice, "BYE");
  q.bob.hears("BYE");
  q.world.pass(33s);
  EXPECT_EQ(q.world.legs(), 0U);
}

TEST(CallLoss, who_says_bye_and_vanishes) {
  Pair p;
  p.up();
  p.alice.ask(p.at_alice, "BYE");
  const Message bye = p.bob.hears("BYE");
  p.alice.hang();
  p.bob.answer(bye, "200 OK");
  EXPECT_EQ(p.world.legs(), 0U);
}

TEST(CallLoss, agent_ends_the_call_on_both_sides) {
  Pair p;
  p.up();
  p.world.agent.end(p.world.agent.newest(), {}, Reason::session_timer_expired);
  p.world.settle();
  const Message to_alice = p.alice.hears("BYE");
  const Message to_bob = p.bob.hears("BYE");
  EXPECT_TRUE(value(to_alice, HeaderName::reason).find("not refreshed") != std::string::npos);
  EXPECT_EQ(value(to_alice, HeaderName::cseq), "1 BYE");  // nothing was heard from bob before
  p.alice.ask(p.at_alice, "BYE");                         // crosses ours
  p.alice.hears("SIP/2.0 200");
  p.alice.ask(p.at_alice, "INFO");
  p.alice.hears("SIP/2.0 481");
  p.alice.answer(to_alice, "200 OK");
  p.bob.answer(to_bob, "481 Gone");
  EXPECT_EQ(p.world.legs(), 0U);
}

TEST(CallLoss, call_that_ends_before_its_ack) {
  Pair p;
  const Message invite = p.invite();
  p.bob.answer(invite, "200 OK", "b1", {}, audio);
  Phone::learn(p.at_alice, p.alice.hears("SIP/2.0 200"));
  p.world.agent.end(p.world.agent.newest(), {}, Reason::session_timer_expired);
  p.world.settle();
  const auto to_bob = p.bob.heard();
  ASSERT_EQ(to_bob.size(), 2U);  // the ACK that alice owes him is made by us
  EXPECT_TRUE(to_bob[0].bytes().starts_with("ACK " + p.bob.contact));
  EXPECT_EQ(value(to_bob[0], HeaderName::cseq), "1 ACK");
  EXPECT_TRUE(to_bob[1].bytes().starts_with("BYE"));
  EXPECT_TRUE(p.alice.heard().empty());  // RFC 3261 15: no BYE before her ACK
  p.alice.ask(p.at_alice, "ACK");
  p.alice.answer(p.alice.hears("BYE"), "200 OK");
  p.bob.answer(to_bob[1], "200 OK");
  EXPECT_EQ(p.world.legs(), 0U);
  Pair q;  // it never comes
  const Message other = q.invite();
  q.bob.answer(other, "200 OK", "b1", {}, audio);
  q.alice.heard();
  q.world.agent.end(q.world.agent.newest(), {}, Reason::session_timer_expired);
  q.world.settle();
  q.world.pass(33s);
  q.alice.hears("BYE");
}

TEST(CallLoss, orderly_stop) {
  Pair p;
  p.up();
  Phone carol(p.world, 0, "carol");
  Line line = carol.line_to("sip:bob@example.com");
  carol.ask(line, "INVITE", {}, audio);
  const Message ringing = p.bob.hears("INVITE");
  p.bob.answer(ringing, "180 Ringing", "b7");
  carol.hears("SIP/2.0 180");
  for (Edge& edge : p.world.edges) edge.face->stop(p.world.now);
  p.world.settle();
  EXPECT_TRUE(value(p.alice.hears("BYE"), HeaderName::reason).starts_with("SIP;cause=503"));
  carol.hears("SIP/2.0 503");
  const auto to_bob = p.bob.heard();
  ASSERT_EQ(to_bob.size(), 2U);
  p.bob.answer(ringing, "487 Request Terminated", "b7");
  p.world.pass(33s);
  EXPECT_EQ(p.world.legs(), 0U);
}

TEST(CallLoss, agent_that_never_answers_a_withdrawal) {
  Pair p;
  p.invite();
  p.world.edges[0].face->on_closed(p.alice.connection, false, p.world.now);
  p.world.edges[1].face->on_closed(p.bob.connection, false, p.world.now);
  p.world.drop();  // all events are lost
  p.world.pass(33s);
  EXPECT_EQ(p.world.legs(), 0U);
}

TEST(CallLoss, full_mailbox_is_a_refusal) {
  Pair p;
  Line line = p.alice.line_to("sip:bob@example.com");
  const std::string text = p.alice.request(line, "INVITE", {}, audio);
  p.world.edges[0].face->on_bytes(p.alice.connection, text, p.world.now);
  p.world.drop();
  ASSERT_EQ(p.world.edges[0].face->call_leg_count(), 1U);
  p.world.edges[0].face->on(domain::CallRefused{{}, p.world.edges[0].last_placed, Reason::server_busy, 0, {}},
                            p.world.now);
  p.alice.hears("SIP/2.0 503");
  EXPECT_EQ(p.world.legs(), 0U);
}

TEST(CallLoss, strange_words_of_the_agent_do_no_harm) {
  Pair p;
  p.up();
  Face& face = *p.world.edges[1].face;
  const base::CallLegId leg = p.world.agent.rings.back().leg;
  const auto junk = std::make_shared<const std::string>("junk");
  face.on(domain::StopLeg{ShardId{1}, base::CallLegId{5}, Reason::none}, p.world.now);
  face.on(domain::RelayRequest{Ticket{9}, ShardId{}, {}, leg, {}, domain::CallRequestKind::relayed, junk}, p.world.now);
  face.on(domain::RelayRequest{{}, ShardId{}, {}, leg, {}, domain::CallRequestKind::acknowledges, junk}, p.world.now);
  face.on(domain::RelayRequest{Ticket{9}, ShardId{}, {}, base::CallLegId{5}, {}, domain::CallRequestKind::ends, {}},
          p.world.now);
  face.on(domain::CallRequestAnswer{Ticket{77}, Reason::none, 200, junk}, p.world.now);
  face.on(domain::CallProgress{{}, leg, leg, 180, junk}, p.world.now);
  face.on(domain::CallRefused{{}, base::CallLegId{5}, Reason::none, 486, junk}, p.world.now);
  face.on(domain::CancelRelay{ShardId{1}, leg, Ticket{4}}, p.world.now);
  domain::RingLeg ring;
  ring.leg = base::CallLegId{6};
  ring.route.connection = p.bob.connection;
  ring.signal = junk;
  face.on(ring, p.world.now);
  p.world.settle();
  EXPECT_EQ(p.world.agent.rings.back().what, What::refused);
  EXPECT_TRUE(p.bob.heard().empty());
  EXPECT_EQ(p.world.legs(), 2U);
}

}  // namespace
}  // namespace tertulia::face::simple::call_world
