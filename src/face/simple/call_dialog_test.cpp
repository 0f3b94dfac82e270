// SPDX-License-Identifier: Apache-2.0
// What telephones say to each other within a call.
#include "face/simple/call_limits.h"
#include "face/simple/call_world.h"

namespace tertulia::face::simple::call_world {
namespace {

using Kind = domain::CallRequestKind;

TEST(CallDialog, hold_and_video_by_reinvite) {
  Pair p;
  p.up();
  p.alice.ask(p.at_alice, "INVITE", {}, audio_video);
  const Message reinvite = p.bob.hears("INVITE " + p.bob.contact);
  EXPECT_EQ(value(reinvite, HeaderName::cseq), "2 INVITE");
  EXPECT_FALSE(reinvite.header("P-Asserted-Identity"));
  EXPECT_EQ(reinvite.body(), audio_video);
  EXPECT_EQ(p.world.agent.requests.back().kind, Kind::renegotiates);
  EXPECT_EQ(p.world.agent.requests.back().media_types, 48U);
  p.bob.answer(reinvite, "180 Ringing");
  p.alice.hears("SIP/2.0 180");
  p.bob.answer(reinvite, "200 OK", {}, {}, audio);
  p.alice.hears("SIP/2.0 200");
  p.alice.ask(p.at_alice, "ACK", {}, audio);
  EXPECT_EQ(p.bob.hears("ACK").body(), audio);
  EXPECT_EQ(p.world.agent.requests.back().kind, Kind::acknowledges);

  p.bob.ask(p.at_bob, "INVITE", {}, audio);  // and the other way
  const Message other = p.alice.hears("INVITE " + p.alice.contact);
  p.alice.answer(other, "488 Not Acceptable Here");
  p.alice.hears("ACK");  // hop by hop
  p.bob.hears("SIP/2.0 488");
  p.bob.ask(p.at_bob, "ACK");
  EXPECT_TRUE(p.alice.heard().empty());
  EXPECT_EQ(p.world.legs(), 2U);
}

TEST(CallDialog, reinvite_glare_is_theirs) {  // RFC 3261 14.1
  Pair p;
  p.up();
  p.alice.ask(p.at_alice, "INVITE", {}, audio);
  p.bob.ask(p.at_bob, "INVITE", {}, audio);
  const Message at_bob = p.bob.hears("INVITE");
  const Message at_alice = p.alice.hears("INVITE");
  p.bob.answer(at_bob, "491 Request Pending");
  p.alice.answer(at_alice, "491 Request Pending");
  const auto alice = p.alice.heard();
  ASSERT_EQ(alice.size(), 2U);  // the ACK of her 491, and his
  EXPECT_TRUE(alice[0].bytes().starts_with("SIP/2.0 491")) << alice[0].bytes();
  EXPECT_TRUE(alice[1].bytes().starts_with("ACK"));
}

TEST(CallDialog, reinvite_taken_back) {
  Pair p;
  p.up();
  p.alice.ask(p.at_alice, "INVITE", {}, audio);
  const Message reinvite = p.bob.hears("INVITE");
  p.bob.answer(reinvite, "183 Asking");
  p.alice.hears("SIP/2.0 183");
  p.alice.ask(p.at_alice, "CANCEL");
  p.alice.hears("SIP/2.0 200");
  const Message cancel = p.bob.hears("CANCEL");
  EXPECT_EQ(value(cancel, HeaderName::cseq), "2 CANCEL");
  p.bob.answer(cancel, "200 OK");
  p.bob.answer(reinvite, "487 Request Terminated");
  p.bob.hears("ACK");
  p.alice.hears("SIP/2.0 487");
  EXPECT_EQ(p.world.legs(), 2U);
}

TEST(CallDialog, prack_and_update_in_an_early_dialog) {  // RFC 3262, RFC 3311
  Pair p;
  Phone second(p.world, 0, "bob");
  second.sign_in(UserId{2}, 0);
  const Message invite = p.invite("Supported: 100rel\r\n");
  const Message other = second.hears("INVITE");
  p.bob.answer(invite, "183 Session Progress", "b1", "Require: 100rel\r\nRSeq: 7\r\n", audio);
  const Message progress = p.alice.hears("SIP/2.0 183");
  EXPECT_EQ(value(progress, HeaderName::require), "100rel");
  EXPECT_EQ(value(progress, "RSeq"), "7");
  second.answer(other, "180 Ringing", "b2");
  p.alice.hears("SIP/2.0 180");
  Phone::learn(p.at_alice, progress);
  p.alice.ask(p.at_alice, "PRACK", "RAck: 7 1 INVITE\r\n");
  const Message prack = p.bob.hears("PRACK " + p.bob.contact);
  EXPECT_EQ(value(prack, "RAck"), "7 1 INVITE");
  EXPECT_TRUE(second.heard().empty());
  p.bob.answer(prack, "200 OK");
  p.alice.hears("SIP/2.0 200");
  p.alice.ask(p.at_alice, "UPDATE", {}, audio);
  p.bob.answer(p.bob.hears("UPDATE"), "200 OK", {}, {}, audio);
  EXPECT_EQ(p.alice.hears("SIP/2.0 200").body(), audio);
  p.bob.ask(p.at_bob, "UPDATE", {}, audio);  // early, from the callee
  p.alice.answer(p.alice.hears("UPDATE " + p.alice.contact), "200 OK", {}, {}, audio);
  p.bob.hears("SIP/2.0 200");
  p.alice.ask(p.at_alice, "INVITE", {}, audio);  // too early
  p.alice.hears("SIP/2.0 491");
  p.bob.answer(invite, "200 OK", "b1");
  p.alice.hears("SIP/2.0 200");
  EXPECT_TRUE(p.world.agent.refreshed.empty());
}

TEST(CallDialog, transfer_and_its_notifications) {  // RFC 3515, RFC 5589
  Pair p;
  p.up();
  p.bob.ask(p.at_bob, "REFER", "Refer-To: <sip:carol@example.com>\r\nReferred-By: <sip:bob@example.com>\r\n");
  const Message refer = p.alice.hears("REFER");
  EXPECT_EQ(value(refer, HeaderName::refer_to), "<sip:carol@example.com>");
  p.alice.answer(refer, "202 Accepted");
  p.bob.hears("SIP/2.0 202");
  p.alice.ask(p.at_alice, "NOTIFY", "Event: refer\r\nSubscription-State: active\r\n");
  const Message notify = p.bob.hears("NOTIFY");
  EXPECT_EQ(value(notify, HeaderName::event), "refer");
  p.bob.answer(notify, "200 OK");
  p.alice.hears("SIP/2.0 200");

  Phone carol(p.world, 1, "carol");
  carol.sign_in(UserId{3}, 1);
  Line line = p.alice.line_to("sip:carol@example.com");
  p.alice.ask(line, "INVITE",
              "Replaces: c9%40x;to-tag=1;from-tag=2\r\nReferred-By: <sip:Bob@example.com>;cid=\"x\"\r\n"
              "Require: replaces\r\n",
              audio);
  const Message invite = carol.hears("INVITE");
  EXPECT_EQ(value(invite, HeaderName::replaces), "c9%40x;to-tag=1;from-tag=2");
  EXPECT_EQ(value(invite, HeaderName::require), "replaces");
  EXPECT_EQ(p.world.agent.placed.back().referred_by, "bob@example.com");
}

TEST(CallDialog, call_that_takes_the_place_of_another_is_told_to_the_agent) {  // RFC 3891 3
  Pair p;
  p.up();
  const base::RecordId first = p.world.agent.record_of(p.world.agent.newest());
  const std::string tag = p.at_alice.own.substr(p.at_alice.own.find("tag=") + 4);
  Phone second(p.world, 1, "bob");
  second.sign_in(UserId{2}, 1);
  Phone carol(p.world, 0, "carol");
  carol.sign_in(UserId{3}, 0);
  const auto replaced_by = [&](Phone& caller, const std::string& to, Phone& callee, const std::string& replaces) {
    Line line = caller.line_to("sip:" + to + "@example.com");
    callee.heard();
    caller.ask(line, "INVITE", "Replaces: " + replaces + "\r\n", audio);
    callee.answer(callee.hears("INVITE"), "200 OK", "z1", {}, audio);
    p.bob.heard(), second.heard();
    return p.world.agent.rings.back().replaces;
  };
  const std::string dialog = p.at_alice.call_id + ";to-tag=b1;from-tag=" + tag;
  EXPECT_EQ(replaced_by(carol, "bob", p.bob, dialog), first);
  EXPECT_EQ(replaced_by(carol, "bob", p.bob, p.at_alice.call_id + " ; From-Tag=" + tag + ";early-only; To-Tag=b1"),
            first);
  EXPECT_FALSE(replaced_by(carol, "bob", second, dialog));  // his other device has no part in that call
  EXPECT_FALSE(replaced_by(carol, "bob", p.bob, p.at_alice.call_id + ";to-tag=" + tag + ";from-tag=b1"));
  EXPECT_FALSE(replaced_by(carol, "bob", p.bob, p.at_alice.call_id + ";to-tag=b1"));
  EXPECT_FALSE(replaced_by(p.bob, "carol", carol, dialog));  // a dialog of others
  // Who has placed the call may be asked as well.
  p.alice.sign_in(UserId{1}, 0);
  EXPECT_EQ(replaced_by(carol, "alice", p.alice, p.at_alice.call_id + ";to-tag=" + tag + ";from-tag=b1"), first);
}

TEST(CallDialog, other_methods_pass_and_unknown_ones_do_not) {
  Pair p;
  p.up();
  for (const char* method : {"INFO", "OPTIONS", "MESSAGE", "SUBSCRIBE", "NOTIFY", "UPDATE"}) {
    p.alice.ask(p.at_alice, method, "Require: strange\r\n", "any");
    const Message passed = p.bob.hears(method);
    EXPECT_EQ(passed.body(), "any");
    EXPECT_EQ(value(passed, HeaderName::require), "strange");
    EXPECT_EQ(value(passed, HeaderName::cseq), std::to_string(p.at_alice.cseq) + " " + method);
    p.bob.answer(passed, "299 Odd", {}, "Record-Route: <sip:a\r\n");
    EXPECT_TRUE(p.alice.heard().empty()) << "what is defective is not passed on: " << method;
    p.bob.answer(passed, "299 Odd", {}, "X-Odd: 1\r\n");
    EXPECT_EQ(value(p.alice.hears("SIP/2.0 299 Odd"), "X-Odd"), "1");
  }
  for (const char* method : {"PUBLISH", "SERVICE", "BENOTIFY"}) {
    p.alice.ask(p.at_alice, method);
    EXPECT_TRUE(p.alice.hears("SIP/2.0 405").header(HeaderName::allow)) << method;
  }
  p.alice.ask(p.at_alice, "FROBNICATE");
  p.alice.hears("SIP/2.0 501");
  EXPECT_TRUE(p.bob.heard().empty());
}

TEST(CallDialog, what_is_not_passed_on) {
  Pair p;
  p.up();
  const auto refusal = [&](const std::string& text) {
    p.alice.say(text);
    const auto answers = p.alice.heard();
    return answers.empty() ? 0 : answers.back().status();
  };
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string text = p.alice.request(p.at_alice, "INFO");
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return refusal(text.replace(at, from.size(), to));
  };
  EXPECT_EQ(changed("Max-Forwards: 70", "Max-Forwards: 0"), 483);
  EXPECT_EQ(changed(";tag=b1", ";tag=other"), 481);
  EXPECT_EQ(changed("Call-ID: call", "Call-ID: other"), 481);
  EXPECT_EQ(changed("Max-Forwards: 70", "Route: <sip:192.0.2.1;lr>\r\nMax-Forwards: 70"), 404);
  EXPECT_EQ(changed("Max-Forwards: 70", "Proxy-Require: x\r\nMax-Forwards: 70"), 420);
  EXPECT_EQ(changed("From: <sip:alice@example.com>", "From: <sip:bob@example.com>"), 403);
  EXPECT_EQ(changed("Max-Forwards: 70", "Max-Forwards: 70\r\nMax-Forwards: 70"), 400);
  EXPECT_EQ(changed("Authorization: Digest", "X-None: Digest"), 401);
  Phone carol(p.world, 0, "carol");  // knows the dialog, and is not in it
  Line stolen = p.at_alice;
  carol.ask(stolen, "INFO");
  carol.hears("SIP/2.0 403");
  stolen.own = "<sip:carol@example.com>" + stolen.own.substr(stolen.own.find(";tag"));
  carol.ask(stolen, "INFO");
  carol.hears("SIP/2.0 481");
  carol.ask(stolen, "ACK");
  EXPECT_TRUE(p.bob.heard().empty());
  EXPECT_EQ(p.world.legs(), 2U);
}

TEST(CallDialog, challenges_of_a_telephone_are_not_passed_on) {
  Pair p;
  p.up();
  p.alice.ask(p.at_alice, "INFO");
  p.bob.answer(p.bob.hears("INFO"), "401 Unauthorized", {}, "WWW-Authenticate: Digest realm=\"x\",nonce=\"y\"\r\n");
  EXPECT_FALSE(p.alice.hears("SIP/2.0 480").header(HeaderName::www_authenticate));
}

TEST(CallDialog, bye_glare) {
  Pair p;
  p.up();
  p.alice.ask(p.at_alice, "BYE");
  p.bob.ask(p.at_bob, "BYE");
  const Message at_bob = p.bob.hears("BYE");
  const Message at_alice = p.alice.hears("BYE");
  p.alice.answer(at_alice, "200 OK");
  p.alice.hears("SIP/2.0 200");  // her own
  p.bob.answer(at_bob, "481 Gone");
  const auto bob = p.bob.heard();
  ASSERT_EQ(bob.size(), 1U);
  EXPECT_TRUE(bob[0].bytes().starts_with("SIP/2.0 200"));
  EXPECT_EQ(p.world.legs(), 0U);
  p.alice.ask(p.at_alice, "BYE");
  p.alice.hears("SIP/2.0 481");
}

TEST(CallDialog, bye_ends_what_else_is_under_way) {  // RFC 3261 15.1.2
  Pair p;
  p.up();
  p.alice.ask(p.at_alice, "INFO");
  p.alice.ask(p.at_alice, "INVITE", {}, audio);
  EXPECT_EQ(p.bob.heard().size(), 2U);
  p.bob.ask(p.at_bob, "BYE");
  p.alice.answer(p.alice.hears("BYE"), "200 OK");
  const auto answers = p.alice.heard();
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0].status(), 481);
  EXPECT_EQ(answers[1].status(), 487);
  p.bob.hears("SIP/2.0 200");
  EXPECT_EQ(p.world.legs(), 0U);
}

TEST(CallDialog, bye_in_an_early_dialog_takes_the_call_back) {
  Pair p;
  const Message invite = p.invite();
  p.bob.answer(invite, "180 Ringing", "b1");
  Phone::learn(p.at_alice, p.alice.hears("SIP/2.0 180"));
  p.bob.ask(p.at_bob, "BYE");  // not the callee's right
  p.bob.hears("SIP/2.0 481");
  p.alice.ask(p.at_alice, "BYE");
  const auto answers = p.alice.heard();
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0].status(), 200);
  EXPECT_EQ(answers[1].status(), 487);
  p.bob.hears("CANCEL");
}

TEST(CallDialog, session_timers_are_told_to_the_agent) {  // RFC 4028
  Pair p;
  p.up("Session-Expires: 1800;refresher=uac\r\nRequire: timer\r\n");
  ASSERT_EQ(p.world.agent.refreshed.size(), 1U);
  EXPECT_EQ(p.world.agent.refreshed[0].interval, base::Duration{1800s});
  p.alice.ask(p.at_alice, "UPDATE", "Session-Expires: 900;refresher=uac\r\n");
  p.bob.answer(p.bob.hears("UPDATE"), "200 OK", {}, "x: 600\r\n");
  p.alice.hears("SIP/2.0 200");
  ASSERT_EQ(p.world.agent.refreshed.size(), 2U);
  EXPECT_EQ(p.world.agent.refreshed[1].interval, base::Duration{600s});
  p.bob.ask(p.at_bob, "INVITE", {}, audio);
  p.alice.answer(p.alice.hears("INVITE"), "200 OK", {}, {}, audio);
  p.bob.hears("SIP/2.0 200");
  ASSERT_EQ(p.world.agent.refreshed.size(), 3U);
  EXPECT_EQ(p.world.agent.refreshed[2].interval, base::Duration{});
  p.alice.ask(p.at_alice, "INFO");
  p.bob.answer(p.bob.hears("INFO"), "200 OK");
  EXPECT_EQ(p.world.agent.refreshed.size(), 3U);
}

TEST(CallDialog, contact_changes_lead_our_own_bye) {
  Pair p;
  p.up();
  p.bob.contact = "sip:bob@10.9.9.9:5999;transport=tls";
  p.bob.ask(p.at_bob, "UPDATE");
  p.alice.answer(p.alice.hears("UPDATE"), "200 OK");
  p.bob.hears("SIP/2.0 200");
  p.world.agent.end(p.world.agent.newest(), {}, Reason::session_timer_expired);
  p.world.settle();
  p.bob.hears("BYE sip:bob@10.9.9.9:5999;transport=tls SIP/2.0");
}

TEST(CallDialog, bound_of_requests) {
  Pair p;
  p.up();
  for (std::size_t i = 0; i < asked_per_call_max; ++i) p.alice.ask(p.at_alice, "INFO");
  EXPECT_EQ(p.bob.heard().size(), asked_per_call_max);
  p.alice.ask(p.at_alice, "INFO");
  p.alice.hears("SIP/2.0 503");
  EXPECT_TRUE(p.bob.heard().empty());
}

TEST(CallDialog, strict_router_and_gruu_contacts_are_understood) {
  Pair p;
  p.up();
  Line strict = p.at_alice;  // RFC 3261 16.4: our Record-Route in the request line, the target at the end
  strict.target = "sip:fe1.example.com:5061;transport=tls;lr;tertulia-call";
  strict.routes = {"<" + p.bob.contact + ">"};
  p.alice.ask(strict, "INFO");
  p.bob.answer(p.bob.hears("INFO " + p.bob.contact), "200 OK");
  p.alice.hears("SIP/2.0 200");
  Line gruu = p.at_alice;
  gruu.cseq = 10;
  gruu.target = "sip:bob@example.com;gr=urn:uuid:1";
  p.alice.ask(gruu, "INFO");
  p.bob.hears("INFO " + p.bob.contact);
}

TEST(CallDialog, outbound_proxy_before_our_entry_is_us) {
  Pair p;
  p.up();
  p.at_alice.routes.insert(p.at_alice.routes.begin(), "<sip:192.0.2.77:5061;transport=tls;lr>");
  p.alice.ask(p.at_alice, "INFO");
  EXPECT_FALSE(p.bob.hears("INFO").header(HeaderName::route));
}

TEST(CallDialog, proxies_of_the_telephones_stay_in_the_route) {
  Pair p;
  const Message invite = p.invite("Record-Route: <sip:edge.alice.example;lr>\r\n");
  const auto routes = invite.header(HeaderName::record_route);
  EXPECT_TRUE(routes->starts_with("<sip:fe1.example.com"));
  EXPECT_EQ(invite.count(HeaderName::record_route), 2U);
  // His own proxy has added itself on the way to him.
  std::string text(invite.bytes());
  text.insert(text.find("Record-Route:"), "Record-Route: <sip:edge.bob.example;lr>\r\n");
  const Message behind_proxy = *Message::parse(text);
  p.bob.answer(behind_proxy, "200 OK", "b1", {}, audio);
  const Message ok = p.alice.hears("SIP/2.0 200");
  Phone::learn(p.at_alice, ok);
  ASSERT_EQ(p.at_alice.routes.size(), 3U);
  EXPECT_EQ(p.at_alice.routes[2], "<sip:edge.bob.example;lr>");
  p.at_alice.routes.erase(p.at_alice.routes.begin());  // her proxy takes its own entry away
  p.alice.ask(p.at_alice, "ACK");
  EXPECT_EQ(value(p.bob.hears("ACK " + p.bob.contact), HeaderName::route), "<sip:edge.bob.example;lr>");
  p.bob.ask(p.at_bob, "INFO");  // at_bob: us, then her proxy
  EXPECT_EQ(value(p.alice.hears("INFO"), HeaderName::route), "<sip:edge.alice.example;lr>");
  p.world.agent.end(p.world.agent.newest(), {}, Reason::session_timer_expired);
  p.world.settle();
  EXPECT_EQ(value(p.bob.hears("BYE"), HeaderName::route), "<sip:edge.bob.example;lr>");
  const auto alice = p.alice.heard();
  ASSERT_FALSE(alice.empty());
  EXPECT_EQ(value(alice.back(), HeaderName::route), "<sip:edge.alice.example;lr>");
}

}  // namespace
}  // namespace tertulia::face::simple::call_world
