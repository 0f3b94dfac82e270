// SPDX-License-Identifier: Apache-2.0
#include "face/simple/session_limits.h"
#include "face/simple/session_world.h"
#include "wire/sdp/description.h"

namespace tertulia::face::simple::session_world {
namespace {

using Leg = domain::LegAnswer::What;
using Delivered = domain::DeliverAnswer::What;
const ConnectionId bob{2};
const LegId leg{900};

domain::EndLeg end(Reason why, LegId id = leg) { return {id, ShardId{}, why}; }

std::string_view value(const Message& message, HeaderName name) { return message.header(name).value_or(""); }

//  IMMCU              face                 bob
//    | InviteLeg        | INVITE (SDP)      |
//    |----------------->|------------------>|
//    |        ringing   |              180  |
//    |<-----------------|<------------------|
//    |        accepted  |         200 (SDP) |
//    |<-----------------|<------------------|
//    |                  | ACK               |
//    | DeliverSession   | MESSAGE           |
//    |        taken     |              200  |
//    | EndLeg           | BYE               |
TEST(SessionOutgoing, invites_delivers_and_hangs_up) {
  World w;
  w.sessions->on(w.invitation(), w.now);
  w.sessions->on(w.invitation(), w.now);  // asked twice: one INVITE
  const Message invite = w.take_one(bob, "INVITE sip:bob@10.0.0.2:5061;transport=tls SIP/2.0");
  EXPECT_TRUE(value(invite, HeaderName::from).starts_with(R"("Alice \"A\"" <sip:alice@example.com>;tag=)"));
  EXPECT_EQ(value(invite, HeaderName::to), "<sip:bob@example.com>");
  EXPECT_EQ(value(invite, HeaderName::subject), "lunch");
  EXPECT_EQ(value(invite, HeaderName::content_type), "application/sdp");
  EXPECT_FALSE(invite.header("Ms-Conversation-ID"));  // the inviter gave none
  EXPECT_FALSE(invite.header(HeaderName::session_expires));
  const auto description = wire::sdp::Description::parse(invite.body());
  ASSERT_TRUE(description);
  EXPECT_NE(description->message_medium(), nullptr);

  w.receive(bob, World::answer(invite, "100 Trying", {}));
  EXPECT_TRUE(w.asked.legs.empty());
  w.receive(bob, World::answer(invite, "180 Ringing", "bobtag"));
  w.receive(bob, World::answer(invite, "183 Progress", "bobtag"));
  ASSERT_EQ(w.asked.legs.size(), 1u);
  EXPECT_EQ(w.asked.legs[0].what, Leg::ringing);
  w.receive(bob, World::answer(invite, "200 OK", "bobtag", offer));
  ASSERT_EQ(w.asked.legs.size(), 2u);
  EXPECT_EQ(w.asked.legs[1].what, Leg::accepted);
  EXPECT_EQ(w.asked.legs[1].leg, leg);
  EXPECT_EQ(w.asked.legs[1].conversation, ConversationId{77});
  const Message ack = w.take_one(bob, "ACK sip:client@10.0.0.1:40000;transport=tls SIP/2.0");
  EXPECT_EQ(value(ack, HeaderName::cseq), "1 ACK");
  w.receive(bob, World::answer(invite, "200 OK", "bobtag", offer));  // said again: acknowledged again
  w.take_one(bob, "ACK");
  EXPECT_EQ(w.asked.legs.size(), 2u);

  w.sessions->on(w.delivery(leg, 5), w.now);
  const Message message = w.take_one(bob, "MESSAGE");
  EXPECT_EQ(message.body(), "hello");
  EXPECT_EQ(value(message, HeaderName::content_type), "text/plain;charset=UTF-8");
  EXPECT_EQ(value(message, HeaderName::cseq), "2 MESSAGE");
  EXPECT_EQ(value(message, HeaderName::from), value(invite, HeaderName::from));
  EXPECT_NE(value(message, HeaderName::to).find(";tag=bobtag"), std::string_view::npos);
  w.receive(bob, World::answer(message, "200 OK", {}));
  ASSERT_EQ(w.asked.deliveries.size(), 1u);
  EXPECT_EQ(w.asked.deliveries[0].ticket, Ticket{5});
  EXPECT_EQ(w.asked.deliveries[0].what, Delivered::taken);

  w.sessions->on(end(Reason::none), w.now);
  const Message bye = w.take_one(bob, "BYE");
  EXPECT_FALSE(bye.header(HeaderName::reason));
  EXPECT_EQ(value(bye, HeaderName::cseq), "3 BYE");
  w.receive(bob, World::answer(bye, "200 OK", {}));
  EXPECT_EQ(w.sessions->count(), 0u);
  EXPECT_TRUE(w.asked.closes.empty());
}

TEST(SessionOutgoing, failures_are_reported_once_and_acknowledged) {
  for (const int status : {302, 403, 404, 408, 480, 486, 488, 500, 501, 603}) {
    World w;
    w.sessions->on(w.invitation(), w.now);
    const Message invite = w.take_one(bob, "INVITE");
    const std::string refusal = World::answer(invite, std::to_string(status) + " No", "bobtag");
    w.receive(bob, refusal);
    w.receive(bob, refusal);
    ASSERT_EQ(w.asked.legs.size(), 1u) << status;
    EXPECT_EQ(w.asked.legs[0].what, Leg::refused);
    EXPECT_EQ(w.asked.legs[0].status, status);
    EXPECT_TRUE(w.take(bob).front().bytes().starts_with("ACK")) << status;
    EXPECT_EQ(w.sessions->count(), 0u);
  }
}

TEST(SessionOutgoing, silence_is_408_and_lost_connection_430) {
  World w;
  w.sessions->on(w.invitation(), w.now);
  w.pass(32s);
  w.sessions->on(w.invitation(LegId{901}), w.now);
  w.close(bob);
  w.sessions->on(w.invitation(LegId{902}), w.now);
  ASSERT_EQ(w.asked.legs.size(), 3u);
  EXPECT_EQ(w.asked.legs[0].status, 408);
  EXPECT_EQ(w.asked.legs[1].status, 430);
  EXPECT_EQ(w.asked.legs[2].status, 430);
  EXPECT_EQ(w.sessions->count(), 0u);
}

TEST(SessionOutgoing, answer_without_message_medium_is_ended) {
  World w;
  w.sessions->on(w.invitation(), w.now);
  const Message invite = w.take_one(bob, "INVITE");
  w.receive(bob, World::answer(invite, "200 OK", "bobtag",
                               "v=0\r\no=- 0 0 IN IP4 h\r\ns=-\r\nt=0 0\r\nm=message 0 sip null\r\n"));
  ASSERT_EQ(w.asked.legs.size(), 1u);
  EXPECT_EQ(w.asked.legs[0].status, 488);
  const auto sent = w.take(bob);
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_TRUE(sent[0].bytes().starts_with("ACK"));
  EXPECT_TRUE(sent[1].bytes().starts_with("BYE"));
}

TEST(SessionOutgoing, answered_elsewhere_cancels_the_other_fork) {
  World w;
  w.sessions->on(w.invitation(), w.now);
  const Message invite = w.take_one(bob, "INVITE");
  w.receive(bob, World::answer(invite, "180 Ringing", "bobtag"));
  w.sessions->on(end(Reason::answered_elsewhere), w.now);
  const Message cancel = w.take_one(bob, "CANCEL");
  EXPECT_EQ(value(cancel, HeaderName::via), value(invite, HeaderName::via));
  EXPECT_EQ(value(cancel, HeaderName::reason), R"(SIP;cause=200;text="Call completed elsewhere")");  // RFC 3326
  w.receive(bob, World::answer(cancel, "200 OK", "bobtag"));
  w.receive(bob, World::answer(invite, "487 Request Terminated", "bobtag"));
  w.take_one(bob, "ACK");
  EXPECT_EQ(w.asked.legs.size(), 1u);  // the ringing: after EndLeg nothing is said
  EXPECT_EQ(w.sessions->count(), 0u);
  EXPECT_FALSE(w.sessions->deadline());
}

TEST(SessionOutgoing, late_acceptance_of_a_cancelled_invite_gets_ack_and_bye) {
  // COMPAT(pidgin-sipe 1.25): ignores CANCEL and sends its 200 ten seconds later.
  for (const bool rings : {true, false}) {
    World w;
    w.sessions->on(w.invitation(), w.now);
    const Message invite = w.take_one(bob, "INVITE");
    if (rings) w.receive(bob, World::answer(invite, "100 Trying", {}));
    w.sessions->on(end(Reason::answered_elsewhere), w.now);
    EXPECT_EQ(w.take(bob).size(), rings ? 1u : 0u);  // CANCEL waits for a provisional response (RFC 3261 9.1)
    w.pass(10s);
    w.receive(bob, World::answer(invite, "200 OK", "bobtag", offer));
    const auto sent = w.take(bob);
    ASSERT_EQ(sent.size(), 2u);
    EXPECT_TRUE(sent[0].bytes().starts_with("ACK"));
    EXPECT_TRUE(sent[1].bytes().starts_with("BYE"));
    EXPECT_EQ(value(sent[1], HeaderName::reason), R"(SIP;cause=200;text="Call completed elsewhere")");
    w.receive(bob, World::answer(invite, "200 OK", "bobtag", offer));
    w.take_one(bob, "ACK");
    w.receive(bob, World::answer(sent[1], "481 Gone", {}));
    EXPECT_TRUE(w.asked.legs.empty());
    EXPECT_EQ(w.sessions->count(), 0u);
  }
}

TEST(SessionOutgoing, cancelled_invite_that_is_never_answered_is_forgotten) {
  World w;
  w.sessions->on(w.invitation(), w.now);
  w.receive(bob, World::answer(w.take_one(bob, "INVITE"), "180 Ringing", "bobtag"));
  w.sessions->on(end(Reason::recipient_silent), w.now);
  w.pass(64s);
  EXPECT_EQ(w.sessions->count(), 0u);
}

TEST(SessionOutgoing, end_that_crosses_the_acceptance_is_bye) {
  World w;
  w.open_invited();
  w.sessions->on(end(Reason::answered_elsewhere), w.now);
  const Message bye = w.take_one(bob, "BYE");
  EXPECT_EQ(value(bye, HeaderName::reason), R"(SIP;cause=200;text="Call completed elsewhere")");
  w.sessions->on(end(Reason::answered_elsewhere), w.now);
  EXPECT_TRUE(w.take(bob).empty());
}

TEST(SessionOutgoing, second_device_behind_the_same_flow_is_sent_away) {  // RFC 3261 13.2.2.4
  World w;
  w.sessions->on(w.invitation(), w.now);
  const Message invite = w.take_one(bob, "INVITE");
  w.receive(bob, World::answer(invite, "200 OK", "one", offer));
  w.take_one(bob, "ACK");
  w.receive(bob, World::answer(invite, "200 OK", "two", offer));
  const auto sent = w.take(bob);
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_NE(value(sent[0], HeaderName::to).find("tag=two"), std::string_view::npos);
  EXPECT_TRUE(sent[1].bytes().starts_with("BYE"));
  EXPECT_NE(value(sent[1], HeaderName::to).find("tag=two"), std::string_view::npos);
  w.receive(bob, World::answer(sent[1], "200 OK", {}));
  EXPECT_EQ(w.sessions->count(), 1u);
  w.sessions->on(w.delivery(leg, 1), w.now);
  EXPECT_NE(value(w.take_one(bob, "MESSAGE"), HeaderName::to).find("tag=one"), std::string_view::npos);
}

TEST(SessionOutgoing, early_reply_waits_for_the_acceptance) {  // a quick answer before the delayed 200
  World w;
  w.sessions->on(w.invitation(), w.now);
  const Message invite = w.take_one(bob, "INVITE");
  ClientDialog d = World::callee(invite, "bobtag");
  for (std::size_t i = 0; i < early_requests_per_session_max; ++i) w.say(d, "MESSAGE", "text/plain", "quick");
  EXPECT_TRUE(w.take(bob).empty());
  w.say(d, "MESSAGE", "text/plain", "one too many");
  w.take_one(bob, "SIP/2.0 503");
  w.receive(bob, World::answer(invite, "200 OK", "bobtag", offer));
  w.take_one(bob, "ACK");
  ASSERT_EQ(w.asked.posts.size(), early_requests_per_session_max);
  EXPECT_EQ(w.asked.order[0], "leg accepted");
  w.sessions->on(domain::PostAnswer{w.asked.posts[0].ticket, domain::PostOutcome::delivered, Reason::none, 0}, w.now);
  w.take_one(bob, "SIP/2.0 200");
}

TEST(SessionOutgoing, early_reply_of_a_lost_race_is_refused) {
  World w;
  w.sessions->on(w.invitation(), w.now);
  const Message invite = w.take_one(bob, "INVITE");
  ClientDialog d = World::callee(invite, "bobtag");
  w.say(d, "MESSAGE", "text/plain", "quick");
  w.receive(bob, World::answer(invite, "486 Busy", "bobtag"));
  const auto sent = w.take(bob);
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_TRUE(sent[1].bytes().starts_with("SIP/2.0 481"));
  EXPECT_TRUE(w.asked.posts.empty());
}

TEST(SessionOutgoing, early_reply_to_a_withdrawn_invitation_is_refused_at_once) {
  World w;
  w.sessions->on(w.invitation(), w.now);
  const Message invite = w.take_one(bob, "INVITE");
  ClientDialog d = World::callee(invite, "bobtag");
  w.say(d, "MESSAGE", "text/plain", "quick");
  w.sessions->on(end(Reason::answered_elsewhere), w.now);
  w.take_one(bob, "SIP/2.0 481");
  w.say(d, "MESSAGE", "text/plain", "again");
  w.take_one(bob, "SIP/2.0 481");
}

TEST(SessionOutgoing, deliveries_keep_their_order_and_their_bound) {
  World w;
  w.open_invited();
  for (std::uint64_t i = 1; i <= deliveries_per_session_max; ++i)
    w.sessions->on(w.delivery(leg, i, std::to_string(i)), w.now);
  const auto sent = w.take(bob);
  ASSERT_EQ(sent.size(), deliveries_per_session_max);
  for (std::size_t i = 0; i < sent.size(); ++i) EXPECT_EQ(sent[i].body(), std::to_string(i + 1));
  w.sessions->on(w.delivery(leg, 999), w.now);
  ASSERT_EQ(w.asked.deliveries.size(), 1u);
  EXPECT_EQ(w.asked.deliveries[0].what, Delivered::refused);
  EXPECT_EQ(w.asked.deliveries[0].status, 503);
  w.receive(bob, World::answer(sent[1], "200 OK", {}));
  w.receive(bob, World::answer(sent[0], "415 What", {}));
  EXPECT_EQ(w.asked.deliveries[1].ticket, Ticket{2});
  EXPECT_EQ(w.asked.deliveries[2].what, Delivered::refused);
  EXPECT_EQ(w.asked.deliveries[2].status, 415);
  w.sessions->on(w.delivery(LegId{12345}, 1000), w.now);  // no such leg
  EXPECT_EQ(w.asked.deliveries.back().what, Delivered::gone);
}

TEST(SessionOutgoing, answer_that_does_not_know_the_dialog_ends_it) {  // RFC 5057 5.1, 5.2
  for (const int status : {404, 408, 410, 481, 502, 604}) {
    World w;
    w.open_invited();
    for (std::uint64_t i = 1; i <= 3; ++i) w.sessions->on(w.delivery(leg, i), w.now);
    const auto sent = w.take(bob);
    w.receive(bob, World::answer(sent.at(1), std::to_string(status) + " No", {}));
    EXPECT_EQ(w.asked.order, (std::vector<std::string>{"gone", "gone", "gone", "close"})) << status;
    EXPECT_EQ(w.asked.deliveries[0].ticket, Ticket{2});
    EXPECT_EQ(w.asked.deliveries[1].ticket, Ticket{1});
    w.take_one(bob, "BYE");
    w.receive(bob, World::answer(sent.at(0), "200 OK", {}));  // too late, and harmless
    EXPECT_EQ(w.asked.deliveries.size(), 3u);
    w.sessions->on(w.delivery(leg, 4), w.now);
    EXPECT_EQ(w.asked.deliveries.back().what, Delivered::gone);
  }
}

TEST(SessionOutgoing, silence_ends_the_dialog) {  // RFC 3261 12.2.1.2
  World w;
  w.open_invited();
  w.sessions->on(w.delivery(leg, 1), w.now);
  w.pass(1s);
  w.sessions->on(w.delivery(leg, 2), w.now);
  w.pass(31s);
  EXPECT_EQ(w.asked.order, (std::vector<std::string>{"silent", "gone", "close"}));
  w.pass(32s);  // nor is the BYE answered
  EXPECT_EQ(w.sessions->count(), 0u);
}

TEST(SessionOutgoing, invitations_of_a_connection_are_bounded) {
  World w;
  for (std::uint64_t i = 0; i < sessions_per_connection_max; ++i) w.sessions->on(w.invitation(LegId{1000 + i}), w.now);
  EXPECT_TRUE(w.asked.legs.empty());
  w.sessions->on(w.invitation(LegId{5000}), w.now);
  ASSERT_EQ(w.asked.legs.size(), 1u);
  EXPECT_EQ(w.asked.legs[0].status, 503);
  w.close(bob);
  EXPECT_EQ(w.asked.legs.size(), 1 + sessions_per_connection_max);
  EXPECT_EQ(w.sessions->count(), 0u);
}

TEST(SessionOutgoing, stop_says_bye_everywhere) {
  World w;
  w.open_invited();
  w.sessions->on(w.invitation(LegId{901}), w.now);
  const Message invite = w.take_one(bob, "INVITE");
  w.receive(bob, World::answer(invite, "180 Ringing", "bobtag"));
  w.asked.order.clear();
  w.sessions->stop(w.now);
  EXPECT_EQ(w.asked.order, (std::vector<std::string>{"close", "leg refused"}));
  const auto sent = w.take(bob);
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_TRUE(sent[0].bytes().starts_with("BYE"));
  EXPECT_TRUE(sent[1].bytes().starts_with("CANCEL"));
  w.sessions->on(w.invitation(LegId{902}), w.now);
  EXPECT_EQ(w.asked.legs.back().status, 503);
}

TEST(SessionOutgoing, tells_the_inviters_name_of_the_conversation) {
  World w;
  domain::InviteLeg invite = w.invitation();
  invite.correlation_id = "421337";
  w.sessions->on(invite, w.now);
  EXPECT_EQ(w.take_one(bob, "INVITE").header("ms-conversation-id"), "421337");
}

}  // namespace
}  // namespace tertulia::face::simple::session_world
