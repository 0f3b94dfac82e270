// SPDX-License-Identifier: Apache-2.0
// A call comes to be, or not: INVITE, its responses, CANCEL.
#include "face/simple/call_limits.h"
#include "face/simple/call_media.h"
#include "face/simple/call_world.h"

namespace tertulia::face::simple::call_world {
namespace {

//  alice            face 0        agent        face 1            bob
//    | INVITE         |             |             |                |
//    |--------------->| PlaceCall   |             |                |
//    |            100 |------------>| RingLeg     | INVITE         |
//    |<---------------|             |------------>|--------------->|
//    |            180 |             |             |            180 |
//    |<-----------------------------------------------------------|
//    |            200 |             |             |            200 |
//    |<-----------------------------------------------------------|
//    | ACK            |             |             |            ACK |
//    |----------------------------------------------------------->|
//    | BYE ...
TEST(CallSetup, two_telephones_share_one_dialog) {
  Pair p;
  p.at_alice = p.alice.line_to("sip:bob@example.com");
  p.alice.ask(p.at_alice, "INVITE", "Subject: lunch\r\n", audio);
  const Message invite = p.bob.hears("INVITE " + p.bob.contact + " SIP/2.0");
  EXPECT_EQ(value(invite, HeaderName::from), p.at_alice.own);
  EXPECT_EQ(value(invite, HeaderName::to), p.at_alice.peer);
  EXPECT_EQ(value(invite, HeaderName::call_id), p.at_alice.call_id);
  EXPECT_EQ(value(invite, HeaderName::cseq), "1 INVITE");
  EXPECT_EQ(value(invite, HeaderName::contact), "<" + p.alice.contact + ">");
  EXPECT_EQ(value(invite, HeaderName::max_forwards), "69");
  EXPECT_EQ(value(invite, HeaderName::record_route), "<sip:fe1.example.com:5061;transport=tls;lr;tertulia-call>");
  EXPECT_EQ(value(invite, "P-Asserted-Identity"), "\"The alice\" <sip:alice@example.com>");
  EXPECT_FALSE(invite.header(HeaderName::authorization));
  EXPECT_EQ(invite.count(HeaderName::via), 1U);
  EXPECT_EQ(value(invite, HeaderName::subject), "lunch");
  EXPECT_EQ(invite.body(), audio);

  p.bob.answer(invite, "100 Trying");
  EXPECT_TRUE(p.alice.heard().empty());
  p.bob.answer(invite, "183 Half way", "b1", "Alert-Info: <urn:alert:x>\r\n", audio);
  const Message progress = p.alice.hears("SIP/2.0 183 Half way");
  EXPECT_EQ(value(progress, "Alert-Info"), "<urn:alert:x>");
  EXPECT_EQ(progress.body(), audio);
  EXPECT_EQ(value(progress, HeaderName::to), "<sip:bob@example.com>;tag=b1");
  EXPECT_EQ(value(progress, HeaderName::record_route), "<sip:fe1.example.com:5061;transport=tls;lr;tertulia-call>");
  EXPECT_TRUE(value(progress, HeaderName::via).starts_with("SIP/2.0/TLS 10.0.0.101")) << progress.bytes();
  EXPECT_EQ(progress.count(HeaderName::via), 1U);
  p.bob.answer(invite, "200 OK", "b1", {}, audio);
  const Message ok = p.alice.hears("SIP/2.0 200 OK");
  EXPECT_EQ(value(ok, HeaderName::contact), "<" + p.bob.contact + ">");
  p.at_bob = Phone::line_of(invite, "b1");
  Phone::learn(p.at_alice, ok);
  p.alice.ask(p.at_alice, "ACK");
  const Message ack = p.bob.hears("ACK " + p.bob.contact + " SIP/2.0");
  EXPECT_FALSE(ack.header(HeaderName::route));
  EXPECT_EQ(value(ack, HeaderName::cseq), "1 ACK");

  p.bob.ask(p.at_bob, "BYE", "Reason: Q.850;cause=16\r\n");
  const Message bye = p.alice.hears("BYE " + p.alice.contact + " SIP/2.0");
  EXPECT_EQ(value(bye, HeaderName::reason), "Q.850;cause=16");
  EXPECT_EQ(value(bye, HeaderName::cseq), "41 BYE");
  EXPECT_EQ(value(bye, HeaderName::from), "<sip:bob@example.com>;tag=b1");
  p.alice.answer(bye, "200 Fine");
  p.bob.hears("SIP/2.0 200 Fine");
  EXPECT_EQ(p.world.legs(), 0U);
  EXPECT_TRUE(p.world.agent.lost.empty());

  ASSERT_EQ(p.world.agent.placed.size(), 1U);
  const domain::PlaceCall& placed = p.world.agent.placed[0];
  EXPECT_EQ(placed.from, UserId{1});
  EXPECT_EQ(placed.to, UserId{2});
  EXPECT_EQ(placed.from_address, "alice@example.com");
  EXPECT_EQ(placed.from_name, "The alice");
  EXPECT_EQ(placed.to_address, "bob@example.com");
  EXPECT_EQ(placed.content_type, "application/sdp");
  EXPECT_EQ(placed.media_types, 16U);
  EXPECT_FALSE(placed.device);
  ASSERT_EQ(p.world.agent.active.size(), 2U);  // who calls and who answers is there
  EXPECT_EQ(p.world.agent.active[0].user, UserId{1});
  EXPECT_EQ(p.world.agent.active[1].user, UserId{2});
}

TEST(CallSetup, first_of_three_devices_has_the_call) {
  Pair p;
  Phone second(p.world, 0, "bob");
  Phone third(p.world, 1, "bob");
  second.sign_in(UserId{2}, 0);
  third.sign_in(UserId{2}, 1);
  const Message first_invite = p.invite();
  const Message second_invite = second.hears("INVITE " + second.contact);
  const Message third_invite = third.hears("INVITE " + third.contact);
  EXPECT_NE(value(first_invite, HeaderName::via), value(second_invite, HeaderName::via));
  p.bob.answer(first_invite, "180 Ringing", "b1");
  second.answer(second_invite, "180 Ringing", "b2");
  EXPECT_EQ(p.alice.heard().size(), 2U);  // two early dialogs
  third.answer(third_invite, "486 Busy Here", "b3");
  EXPECT_TRUE(third.heard().front().bytes().starts_with("ACK"));
  EXPECT_TRUE(p.alice.heard().empty());

  second.answer(second_invite, "200 OK", "b2", {}, audio);
  Phone::learn(p.at_alice, p.alice.hears("SIP/2.0 200"));
  const Message cancel = p.bob.hears("CANCEL");
  EXPECT_EQ(value(cancel, HeaderName::reason), R"(SIP;cause=200;text="Call completed elsewhere")");
  p.bob.answer(cancel, "200 OK");
  p.bob.answer(first_invite, "487 Request Terminated", "b1");
  p.bob.hears("ACK");
  p.alice.ask(p.at_alice, "ACK");
  second.hears("ACK " + second.contact);
  EXPECT_EQ(p.world.legs(), 2U);
  p.alice.ask(p.at_alice, "BYE");
  const Message bye = second.hears("BYE");
  second.answer(bye, "200 OK");
  p.alice.hears("SIP/2.0 200");
  EXPECT_EQ(p.world.legs(), 0U);
}

TEST(CallSetup, both_answer_at_once_the_second_is_sent_away) {
  Pair p;
  Phone second(p.world, 0, "bob");
  second.sign_in(UserId{2}, 0);
  const Message first_invite = p.invite();
  const Message second_invite = second.hears("INVITE");
  p.bob.answer(first_invite, "200 OK", "b1", {}, audio);
  p.alice.hears("SIP/2.0 200");
  second.answer(second_invite, "200 OK", "b2", {}, audio);  // before it heard of the CANCEL
  EXPECT_TRUE(p.alice.heard().empty());
  const auto farewell = second.heard();
  ASSERT_EQ(farewell.size(), 2U);
  EXPECT_TRUE(farewell[0].bytes().starts_with("ACK " + second.contact)) << farewell[0].bytes();
  EXPECT_EQ(value(farewell[0], HeaderName::cseq), "1 ACK");
  EXPECT_TRUE(farewell[1].bytes().starts_with("BYE " + second.contact));
  EXPECT_EQ(value(farewell[1], HeaderName::cseq), "2 BYE");
  EXPECT_EQ(value(farewell[1], HeaderName::to), "<sip:bob@example.com>;tag=b2");
  EXPECT_EQ(value(farewell[1], HeaderName::from), p.at_alice.own);
  EXPECT_EQ(value(farewell[1], HeaderName::reason), R"(SIP;cause=200;text="Call completed elsewhere")");
  second.answer(farewell[1], "200 OK");
  EXPECT_EQ(p.world.legs(), 2U);
}

TEST(CallSetup, device_that_forks_behind_us_keeps_one_dialog) {
  Pair p;
  const Message invite = p.invite();
  p.bob.answer(invite, "180 Ringing", "b1");
  p.bob.answer(invite, "180 Ringing", "b9");
  EXPECT_EQ(p.alice.heard().size(), 2U);
  p.bob.answer(invite, "200 OK", "b9", {}, audio);
  p.alice.hears("SIP/2.0 200");
  p.bob.answer(invite, "200 OK", "b9", {}, audio);  // said again
  EXPECT_TRUE(p.bob.heard().empty());
  p.bob.answer(invite, "200 OK", "b1", {}, audio);
  const auto farewell = p.bob.heard();
  ASSERT_EQ(farewell.size(), 2U);
  EXPECT_EQ(value(farewell[1], HeaderName::to), "<sip:bob@example.com>;tag=b1");
  p.bob.answer(farewell[1], "200 OK");
  EXPECT_EQ(p.world.legs(), 2U);
}

TEST(CallSetup, caller_cancels) {
  Pair p;
  const Message invite = p.invite();
  p.bob.answer(invite, "180 Ringing", "b1");
  p.alice.hears("SIP/2.0 180");
  p.alice.ask(p.at_alice, "CANCEL");
  const auto answers = p.alice.heard();
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_TRUE(answers[0].bytes().starts_with("SIP/2.0 200"));
  EXPECT_TRUE(answers[1].bytes().starts_with("SIP/2.0 487"));
  EXPECT_EQ(value(answers[1], HeaderName::cseq), "1 INVITE");
  const Message cancel = p.bob.hears("CANCEL " + p.bob.contact);
  EXPECT_EQ(value(cancel, HeaderName::via), value(invite, HeaderName::via));
  p.bob.answer(cancel, "200 OK");
  p.bob.answer(invite, "487 Request Terminated", "b1");
  p.bob.hears("ACK");
  EXPECT_EQ(p.world.legs(), 0U);
}

TEST(CallSetup, cancel_before_any_provisional_waits_for_it) {  // RFC 3261 9.1
  Pair p;
  const Message invite = p.invite();
  p.alice.ask(p.at_alice, "CANCEL");
  EXPECT_EQ(p.alice.heard().size(), 2U);
  EXPECT_TRUE(p.bob.heard().empty());
  p.bob.answer(invite, "180 Ringing", "b1");
  p.bob.answer(p.bob.hears("CANCEL"), "200 OK");
  EXPECT_TRUE(p.alice.heard().empty());
  p.bob.answer(invite, "487 Request Terminated", "b1");
  p.bob.hears("ACK");
  EXPECT_EQ(p.world.legs(), 0U);
}

TEST(CallSetup, late_acceptance_after_cancel_is_ended) {
  Pair p;
  const Message invite = p.invite();
  p.bob.answer(invite, "180 Ringing", "b1");
  p.alice.heard();
  p.alice.ask(p.at_alice, "CANCEL");
  EXPECT_TRUE(p.alice.heard().back().bytes().starts_with("SIP/2.0 487"));
  p.bob.hears("CANCEL");
  p.bob.answer(invite, "200 OK", "b1", {}, audio);
  const auto farewell = p.bob.heard();
  ASSERT_EQ(farewell.size(), 2U);
  EXPECT_TRUE(farewell[0].bytes().starts_with("ACK"));
  EXPECT_TRUE(farewell[1].bytes().starts_with("BYE"));
  EXPECT_TRUE(value(farewell[1], HeaderName::reason).starts_with("SIP;cause=487"));
  p.bob.answer(farewell[1], "200 OK");
  EXPECT_EQ(p.world.legs(), 0U);
  EXPECT_TRUE(p.alice.heard().empty());
}

TEST(CallSetup, cancel_that_crosses_the_200_changes_nothing) {  // RFC 3261 9.1: the caller says BYE then
  Pair p;
  const Message invite = p.invite();
  p.bob.answer(invite, "200 OK", "b1", {}, audio);
  Phone::learn(p.at_alice, p.alice.hears("SIP/2.0 200"));
  Line as_sent = p.at_alice;
  as_sent.target = "sip:bob@example.com";
  as_sent.peer = "<sip:bob@example.com>";
  as_sent.routes.clear();
  p.alice.ask(as_sent, "CANCEL");
  p.alice.hears("SIP/2.0 200");
  EXPECT_TRUE(p.bob.heard().empty());
  p.alice.ask(p.at_alice, "ACK");
  p.bob.hears("ACK");
  EXPECT_EQ(p.world.legs(), 2U);
}

TEST(CallSetup, refusals_of_the_device_pass_with_their_headers) {
  for (const std::string status : {"486 Busy Here", "603 Decline", "404 Not here", "415 Unsupported Media Type",
                                   "422 Session Interval Too Small", "488 Not Acceptable Here", "420 Bad Extension"}) {
    Pair p;
    const Message invite = p.invite();
    p.bob.answer(invite, status, "b1", "Min-SE: 90\r\nX-Why: because\r\n");
    p.bob.hears("ACK");
    const Message refusal = p.alice.hears("SIP/2.0 " + status);
    EXPECT_EQ(value(refusal, HeaderName::to), "<sip:bob@example.com>;tag=b1");
    EXPECT_EQ(value(refusal, "X-Why"), "because");
    EXPECT_EQ(value(refusal, HeaderName::min_se), "90");
    EXPECT_FALSE(refusal.header(HeaderName::record_route));
    // That of the agent's reason, since the device gives none.
    EXPECT_EQ(value(refusal, HeaderName::ms_diagnostics),
              "52302;reason=\"The recipient is not signed in\";source=\"fe1.example.com\"");
    EXPECT_EQ(p.world.legs(), 0U);
  }
}

TEST(CallSetup, redirections_and_challenges_of_a_device_are_not_passed_on) {
  for (const std::string status : {"302 Moved", "401 Unauthorized", "407 Proxy Authentication Required", "503 Busy"}) {
    Pair p;
    const Message invite = p.invite();
    p.bob.answer(invite, status, "b1", "Contact: <sip:elsewhere@192.0.2.9>\r\n");
    const Message refusal = p.alice.hears("SIP/2.0 480");
    EXPECT_FALSE(refusal.header(HeaderName::contact)) << refusal.bytes();
    EXPECT_TRUE(refusal.header(HeaderName::ms_diagnostics));
    ASSERT_FALSE(p.world.agent.rings.empty());
    EXPECT_EQ(p.world.agent.rings.back().status, 480);
    EXPECT_EQ(p.world.legs(), 0U);
  }
}

TEST(CallSetup, nobody_there) {
  World world;
  Phone alice(world, 0, "alice");
  const auto call = [&](const std::string& uri) {
    Line line = alice.line_to(uri);
    alice.ask(line, "INVITE", {}, audio);
    const auto answers = alice.heard();
    return answers.empty() ? 0 : answers.back().status();
  };
  EXPECT_EQ(call("sip:bob@example.com"), 480);  // not signed in
  EXPECT_EQ(call("sip:nobody@example.com"), 404);
  EXPECT_EQ(call("sip:bob@elsewhere.org"), 404);
  EXPECT_EQ(call("sip:bob@10.0.0.9:5060;transport=tls"), 404);  // a telephone's own address is not reached through us
  EXPECT_EQ(call("sip:bob@example.com;gr=urn:uuid:1"), 480);
  EXPECT_EQ(world.agent.placed.back().device, (domain::DeviceName{"urn:uuid:1", 0}));
  EXPECT_EQ(world.legs(), 0U);
}

TEST(CallSetup, refused_before_the_agent_is_asked) {
  Pair p;
  const auto answer_to = [&](const std::string& more) {
    Line line = p.alice.line_to("sip:bob@example.com");
    p.alice.ask(line, "INVITE", more, audio);
    return p.alice.heard().at(0).status();
  };
  EXPECT_EQ(answer_to("Route: <sip:192.0.2.77;lr>\r\nRoute: <sip:192.0.2.78;lr>\r\n"), 404);
  EXPECT_EQ(answer_to("Route: <sip:fe1.example.com;lr>, <sip:192.0.2.77;lr>\r\n"), 404);
  EXPECT_EQ(answer_to("Proxy-Require: something\r\n"), 420);
  Line line = p.alice.line_to("sip:bob@example.com");
  std::string text = p.alice.request(line, "INVITE", {}, audio);
  text.replace(text.find("Contact: "), 9, "X-Other: ");
  p.alice.say(text);
  EXPECT_EQ(p.alice.heard().at(0).status(), 400);
  Line other = p.alice.line_to("sip:bob@example.com");
  text = p.alice.request(other, "INVITE", {}, audio);
  text.replace(text.find("Max-Forwards: 70"), 16, "Max-Forwards: 0");
  p.alice.say(text);
  EXPECT_EQ(p.alice.heard().at(0).status(), 483);
  Line false_name = p.alice.line_to("sip:bob@example.com");
  false_name.own = "<sip:carol@example.com>;tag=x";
  p.alice.ask(false_name, "INVITE", {}, audio);
  EXPECT_EQ(p.alice.heard().at(0).status(), 403);
  EXPECT_TRUE(p.world.agent.placed.empty());
  EXPECT_TRUE(p.bob.heard().empty());
}

TEST(CallSetup, extensions_are_for_the_other_telephone) {
  Pair p;
  const Message invite = p.invite("Require: 100rel, timer, unheardof\r\nRoute: <sip:fe1.example.com:5061;lr>\r\n");
  EXPECT_EQ(value(invite, HeaderName::require), "100rel, timer, unheardof");
  EXPECT_FALSE(invite.header(HeaderName::route));
}

TEST(CallSetup, an_outbound_proxy_by_another_name_is_us) {
  Pair p;
  const Message invite = p.invite("Route: <sip:192.0.2.77:5061;transport=tls;lr>, <sip:fe1.example.com;lr>\r\n");
  EXPECT_FALSE(invite.header(HeaderName::route));
}

TEST(CallSetup, own_identity_of_a_client_is_dropped) {
  Pair p;
  const Message invite =
      p.invite("P-Asserted-Identity: <sip:king@example.com>\r\nP-Preferred-Identity: <sip:king@example.com>\r\n");
  EXPECT_EQ(invite.bytes().find("king"), std::string_view::npos) << invite.bytes();
  p.bob.answer(invite, "180 Ringing", "b1", "P-Asserted-Identity: <sip:king@example.com>\r\n");
  EXPECT_FALSE(p.alice.hears("SIP/2.0 180").header("P-Asserted-Identity"));
  Pair q;
  EXPECT_FALSE(q.invite("Privacy: id;critical\r\n").header("P-Asserted-Identity"));
}

TEST(CallSetup, same_call_twice_is_a_loop) {
  Pair p;
  p.invite();
  p.at_alice.cseq = 5;
  p.alice.ask(p.at_alice, "INVITE", {}, audio);
  EXPECT_EQ(p.alice.heard().at(0).status(), 482);
  EXPECT_EQ(p.world.agent.placed.size(), 1U);
}

TEST(CallSetup, bound_of_calls) {
  Pair p;
  for (std::size_t i = 0; i < calls_per_connection_max; ++i) {
    Line line = p.alice.line_to("sip:bob@example.com");
    p.alice.ask(line, "INVITE", {}, audio);
  }
  EXPECT_EQ(p.bob.heard().size(), calls_per_connection_max);
  EXPECT_TRUE(p.alice.heard().empty());
  Line line = p.alice.line_to("sip:bob@example.com");
  p.alice.ask(line, "INVITE", {}, audio);
  EXPECT_EQ(p.alice.hears("SIP/2.0 503").header(HeaderName::retry_after), "5");
  Phone carol(p.world, 0, "carol");  // bob's device has no line free
  Line other = carol.line_to("sip:bob@example.com");
  carol.ask(other, "INVITE", {}, audio);
  carol.hears("SIP/2.0 486");
}

struct WantsRow {
  std::string name;
  std::string headers;
  std::string body;
  bool call;
  std::uint32_t types;
};
const WantsRow wants_rows[] = {
    {"audio", "Content-Type: application/sdp\r\n", std::string(audio), true, 16},
    {"audio_video", "c: Application/SDP;x=y\r\n", std::string(audio_video), true, 48},
    {"video_refused", "Content-Type: application/sdp\r\n", "v=0\nm=audio 1/2 X\nm=video 0 X 96\n", true, 16},
    {"unreadable_but_media", "Content-Type: application/sdp\r\n", "what\r\nm=audio\r\n", true, 16},
    {"image", "Content-Type: application/sdp\r\n", "v=0\r\nm=image 4 udptl t38\r\n", true, 0},
    {"message", "Content-Type: application/sdp\r\n", "v=0\r\nm=message 5061 sip null\r\n", false, 0},
    {"message_and_audio", "Content-Type: application/sdp\r\n", "v=0\r\nm=audio 4 X\r\nm=x-ms-message 5061 sip null\r\n",
     false, 16},
    {"message_refused", "Content-Type: application/sdp\r\n", "v=0\r\nm=audio 4 X\r\nm=message 0 sip null\r\n", true,
     16},
    {"no_media", "Content-Type: application/sdp\r\n", "v=0\r\n", false, 0},
    {"multipart", "Content-Type: multipart/mixed;boundary=b\r\n",
     "--b\r\nContent-Type: application/sdp\r\n\r\nm=audio 4 X\r\n--b--\r\n", true, 16},
    {"text", "Content-Type: text/plain\r\n", "m=audio 4 X\r\n", false, 0},
    {"offerless", "Accept: application/sdp, message/sipfrag\r\n", "", true, 0},
    {"offerless_message_client", "Contact: <sip:a@b>;+sip.message\r\n", "", false, 0},
    {"offerless_wants_message_client", "Accept-Contact: *;+sip.message\r\n", "", false, 0},
    {"offerless_takes_messages", "Accept: application/sdp, message/CPIM\r\n", "", false, 0},
};
TEST(CallMedia, which_invites_are_calls) {
  for (const WantsRow& row : wants_rows) {
    const auto message = Message::parse("INVITE sip:bob@example.com SIP/2.0\r\n" + row.headers +
                                        "Content-Length: " + std::to_string(row.body.size()) + "\r\n\r\n" + row.body);
    ASSERT_TRUE(message) << row.name;
    EXPECT_EQ(wants_call(*message, *wire::sip::Uri::parse("sip:bob@example.com")), row.call) << row.name;
    EXPECT_EQ(media_in(*message).types, row.types) << row.name;
    EXPECT_FALSE(wants_call(*message, *wire::sip::Uri::parse("im:bob@example.com"))) << row.name;
  }
}

TEST(CallMedia, message_sessions_stay_where_they_are) {
  Pair p;
  Line line = p.alice.line_to("sip:bob@example.com");
  p.alice.ask(line, "INVITE", {}, "v=0\r\no=- 0 0 IN IP4 h\r\ns=-\r\nt=0 0\r\nm=message 5061 sip null\r\n");
  EXPECT_EQ(p.world.edges[0].sessions, 1);
  EXPECT_TRUE(p.world.agent.placed.empty());
  Line offerless = p.alice.line_to("sip:bob@example.com");
  p.alice.ask(offerless, "INVITE");
  EXPECT_EQ(p.world.edges[0].sessions, 1);
  EXPECT_EQ(p.world.agent.placed.size(), 1U);
}

}  // namespace
}  // namespace tertulia::face::simple::call_world
