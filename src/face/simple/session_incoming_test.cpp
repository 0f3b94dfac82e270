// SPDX-License-Identifier: Apache-2.0
#include "face/simple/session_limits.h"
#include "face/simple/session_world.h"
#include "wire/sdp/description.h"

namespace tertulia::face::simple::session_world {
namespace {

using What = domain::OpenAnswer::What;
const ConnectionId alice{1};
const ConnectionId bob{2};

domain::OpenAnswer answer(Ticket ticket, What what, Reason reason = Reason::none, int status = 0) {
  return {ticket, ConversationId{77}, what, reason, status};
}

bool has(const Message& message, HeaderName name, std::string_view part) {
  return message.header(name).value_or("").find(part) != std::string_view::npos;
}

TEST(SessionIncoming, name_of_a_conversation_is_bounded) {
  const std::string longest(conversation_name_octets_max, '7');
  for (const auto& [given, kept] : {std::pair<std::string, std::string>{"", ""},
                                    {"Ms-Conversation-ID: " + longest + "\r\n", longest},
                                    {"Ms-Conversation-ID: " + longest + "7\r\n", ""},
                                    {"Ms-Conversation-ID: a b\r\n", ""},
                                    {"Ms-Conversation-ID: \xC3\xB1\r\n", ""}}) {
    World w;
    ClientDialog d = w.dialog(alice, "alice", "bob");
    w.say(d, "INVITE", "application/sdp", offer, given);
    ASSERT_EQ(w.asked.opens.size(), 1u) << given;
    EXPECT_EQ(w.asked.opens.front().correlation_id, kept);
  }
}

//  alice                face               IMMCU
//    | INVITE (SDP)       | OpenSession       |
//    |------------------->|------------------>|
//    |               180  |           ringing |
//    |<-------------------|<------------------|
//    |          200 (SDP) |          accepted |
//    |<-------------------|<------------------|
//    | ACK                |                   |
TEST(SessionIncoming, opens_as_figure_of_rfc3261_13) {
  World w;
  ClientDialog d = w.dialog(alice, "alice", "bob");
  w.say(d, "INVITE", "application/sdp", offer,
        "Subject: lunch\r\nMs-Conversation-ID: 421337\r\nRecord-Route: <sip:p.example.com;lr>\r\n");
  ASSERT_EQ(w.asked.opens.size(), 1u);
  const domain::OpenSession open = w.asked.opens.front();
  EXPECT_EQ(open.from, UserId{1});
  EXPECT_EQ(open.to, UserId{2});
  EXPECT_EQ(open.from_address, "alice@example.com");
  EXPECT_EQ(open.from_name, "alice");
  EXPECT_EQ(open.subject, "lunch");
  EXPECT_EQ(open.correlation_id, "421337");
  EXPECT_EQ(open.content_type, "application/sdp");
  EXPECT_EQ(open.call_id, d.call_id);
  EXPECT_EQ(open.client->ip_address, "192.0.2.7");
  EXPECT_TRUE(w.take(alice).empty());

  EXPECT_TRUE(w.sessions->on(answer(open.ticket, What::ringing), w.now));
  const Message ringing = w.take_one(alice, "SIP/2.0 180");
  EXPECT_TRUE(w.sessions->on(answer(open.ticket, What::ringing), w.now));  // said once
  EXPECT_TRUE(w.sessions->on(answer(open.ticket, What::accepted), w.now));
  const Message ok = w.take_one(alice, "SIP/2.0 200");
  EXPECT_EQ(ok.header(HeaderName::to), ringing.header(HeaderName::to));
  EXPECT_TRUE(has(ok, HeaderName::to, ";tag="));
  EXPECT_TRUE(has(ok, HeaderName::contact, "<sip:fe1.example.com"));
  EXPECT_TRUE(has(ok, HeaderName::allow, "MESSAGE"));
  EXPECT_TRUE(has(ok, HeaderName::record_route, "p.example.com"));
  EXPECT_FALSE(has(ok, HeaderName::supported, "ms-text-format"));  // else a client holds its first text back
  EXPECT_EQ(ok.header(HeaderName::content_type), "application/sdp");
  const auto description = wire::sdp::Description::parse(ok.body());
  ASSERT_TRUE(description);
  EXPECT_NE(description->message_medium(), nullptr);

  ASSERT_TRUE(w.sessions->deadline());
  World::learn(d, ok);
  w.say(d, "ACK");
  EXPECT_FALSE(w.sessions->deadline());
  EXPECT_EQ(w.sessions->count(), 1u);
  EXPECT_FALSE(w.sessions->on(answer(open.ticket, What::accepted), w.now));  // the ticket is used up
}

struct Refusal {
  const char* name;
  const char* to;
  const char* type;
  std::string body;
  const char* more;
  int status;
  HeaderName tells;
  const char* what;
};

TEST(SessionIncoming, refuses_what_it_cannot_answer) {
  const std::string audio = "v=0\r\no=- 0 0 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=0 0\r\nm=audio 5000 RTP/AVP 0\r\n";
  const std::string closed = "v=0\r\no=- 0 0 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=0 0\r\nm=message 0 sip null\r\n";
  const std::vector<Refusal> table = {
      {"unknown user", "dave", "application/sdp", std::string(offer), "", 404, HeaderName::ms_diagnostics, "4005"},
      {"audio only", "bob", "application/sdp", audio, "", 488, HeaderName::warning, "399"},
      {"message medium refused", "bob", "application/sdp", closed, "", 488, HeaderName::warning, "399"},
      {"other content", "bob", "text/plain", "hi", "", 415, HeaderName::accept, "application/sdp"},
      {"not a description", "bob", "application/sdp", "hello", "", 400, HeaderName::ms_diagnostics, "52101"},
      {"hostile description", "bob", "application/sdp", std::string(70'000, 'm'), "", 513, HeaderName::ms_diagnostics,
       "52108"},
      {"no form that is accepted", "bob", "application/sdp", std::string(offer), "Accept: text/plain;q=0.5\r\n", 406,
       HeaderName::ms_diagnostics, "52114"},
  };
  for (const Refusal& row : table) {
    World w;
    ClientDialog d = w.dialog(alice, "alice", row.to);
    w.say(d, "INVITE", row.type, row.body, row.more);
    const Message refused = w.take_one(alice, "SIP/2.0 ");
    EXPECT_EQ(refused.status(), row.status) << row.name << "\n" << refused.bytes();
    EXPECT_TRUE(has(refused, row.tells, row.what)) << row.name << "\n" << refused.bytes();
    EXPECT_TRUE(refused.header(HeaderName::ms_diagnostics)) << row.name;
    EXPECT_TRUE(w.asked.opens.empty()) << row.name;
    EXPECT_EQ(w.sessions->count(), 0u) << row.name;
  }
}

TEST(SessionIncoming, without_contact_is_refused) {
  World w;
  ClientDialog d = w.dialog(alice, "alice", "bob");
  std::string text = w.request(d, "INVITE", "application/sdp", offer);
  text.erase(text.find("Contact:"), text.find("Content-Type:") - text.find("Contact:"));
  w.receive(alice, text);
  w.take_one(alice, "SIP/2.0 400");
  EXPECT_EQ(w.sessions->count(), 0u);
}

TEST(SessionIncoming, accepts_description_named_by_wildcards) {
  for (const char* accept :
       {"Accept: */*\r\n", "Accept: application/*\r\n", "Accept: text/plain, application/SDP;q=0.1\r\n"}) {
    World w;
    ClientDialog d = w.dialog(alice, "alice", "bob");
    w.say(d, "INVITE", "application/sdp", offer, accept);
    EXPECT_EQ(w.asked.opens.size(), 1u) << accept;
  }
}

TEST(SessionIncoming, without_offer_gets_ours_in_the_2xx) {  // RFC 3261 13.2.1
  World w;
  ClientDialog d = w.dialog(alice, "alice", "bob");
  w.say(d, "INVITE");
  ASSERT_EQ(w.asked.opens.size(), 1u);
  w.sessions->on(answer(w.asked.opens[0].ticket, What::accepted), w.now);
  const Message ok = w.take_one(alice, "SIP/2.0 200");
  EXPECT_NE(ok.body().find("m=message"), std::string_view::npos);
  World::learn(d, ok);
  w.say(d, "ACK", "application/sdp", offer);
  EXPECT_FALSE(w.sessions->deadline());
}

TEST(SessionIncoming, declines_other_media_in_their_place) {  // RFC 3264 6
  World w;
  ClientDialog d = w.dialog(alice, "alice", "bob");
  const std::string both =
      "v=0\r\no=- 0 0 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=0 0\r\nm=audio 5000 RTP/AVP 0 8\r\n"
      "a=sendrecv\r\nm=message 5060 sip null\r\nm=video 5002 RTP/AVP 34\r\n";
  w.say(d, "INVITE", "application/sdp", both);
  ASSERT_EQ(w.asked.opens.size(), 1u);
  w.sessions->on(answer(w.asked.opens[0].ticket, What::accepted), w.now);
  const auto description = wire::sdp::Description::parse(w.take_one(alice, "SIP/2.0 200").body());
  ASSERT_TRUE(description);
  ASSERT_EQ(description->media.size(), 3u);
  EXPECT_EQ(description->media[0].type, "audio");
  EXPECT_EQ(description->media[0].port, 0);
  EXPECT_EQ(description->media[0].formats.size(), 2u);
  EXPECT_NE(description->media[1].port, 0);
  EXPECT_EQ(description->media[2].port, 0);
}

TEST(SessionIncoming, refusal_of_the_immcu_keeps_its_meaning) {
  struct Row {
    Reason reason;
    int status;
    int wanted;
  };
  for (const Row& row :
       {Row{Reason::recipient_busy, 486, 486}, Row{Reason::recipient_declined, 603, 603},
        Row{Reason::recipient_unavailable, 480, 480}, Row{Reason::recipient_silent, 408, 408},
        Row{Reason::media_not_acceptable, 488, 488}, Row{Reason::recipient_refused, 401, 480},
        Row{Reason::recipient_refused, 481, 480}, Row{Reason::immcu_stopped, 503, 503}, Row{Reason::none, 200, 480}}) {
    World w;
    ClientDialog d = w.dialog(alice, "alice", "bob");
    w.say(d, "INVITE", "application/sdp", offer);
    w.sessions->on(answer(w.asked.opens.at(0).ticket, What::refused, row.reason, row.status), w.now);
    const Message refused = w.take_one(alice, "SIP/2.0 ");
    EXPECT_EQ(refused.status(), row.wanted) << row.status;
    EXPECT_EQ(w.sessions->count(), 0u);
    World::learn(d, *Message::parse("SIP/2.0 200 OK\r\nTo: " + std::string(*refused.header(HeaderName::to)) +
                                    "\r\nContact: <sip:x@y>\r\n\r\n"));
    w.say(d, "ACK");  // of the failure
    EXPECT_TRUE(w.take(alice).empty());
  }
}

TEST(SessionIncoming, cancel_is_487_once_the_immcu_has_let_go) {
  World w;
  ClientDialog d = w.dialog(alice, "alice", "bob");
  w.say(d, "INVITE", "application/sdp", offer);
  w.say(d, "CANCEL");
  w.take_one(alice, "SIP/2.0 200");
  ASSERT_EQ(w.asked.cancels.size(), 1u);
  EXPECT_EQ(w.asked.cancels[0].leg, w.asked.opens[0].leg);
  EXPECT_EQ(w.asked.cancels[0].from, UserId{1});
  EXPECT_EQ(w.asked.cancels[0].to, UserId{2});
  w.sessions->on(answer(w.asked.opens[0].ticket, What::ringing), w.now);  // was under way
  EXPECT_TRUE(w.take(alice).empty());
  w.sessions->on(answer(w.asked.opens[0].ticket, What::refused, Reason::request_cancelled, 487), w.now);
  w.take_one(alice, "SIP/2.0 487");
  EXPECT_EQ(w.sessions->count(), 0u);
  EXPECT_FALSE(w.sessions->deadline());
}

TEST(SessionIncoming, acceptance_that_crosses_cancel_is_closed_again) {
  World w;
  ClientDialog d = w.dialog(alice, "alice", "bob");
  w.say(d, "INVITE", "application/sdp", offer);
  w.say(d, "CANCEL");
  w.take(alice);
  w.sessions->on(answer(w.asked.opens[0].ticket, What::accepted), w.now);
  w.take_one(alice, "SIP/2.0 487");
  ASSERT_EQ(w.asked.closes.size(), 1u);
  EXPECT_EQ(w.asked.closes[0].conversation, ConversationId{77});
  EXPECT_FALSE(w.asked.closes[0].ticket);
  w.sessions->on(domain::EndLeg{w.asked.opens[0].leg, ShardId{}, Reason::request_cancelled}, w.now);
  EXPECT_EQ(w.sessions->count(), 0u);
}

TEST(SessionIncoming, cancel_after_the_answer_changes_nothing) {
  World w;
  ClientDialog d = w.dialog(alice, "alice", "bob");
  w.say(d, "INVITE", "application/sdp", offer);
  w.sessions->on(answer(w.asked.opens[0].ticket, What::accepted), w.now);
  w.say(d, "CANCEL");
  EXPECT_EQ(w.take(alice).size(), 2u);  // 200 of the INVITE, 200 of the CANCEL
  EXPECT_TRUE(w.asked.cancels.empty());
  EXPECT_EQ(w.sessions->count(), 1u);
}

TEST(SessionIncoming, silent_immcu_does_not_hold_a_cancelled_invite) {
  World w;
  ClientDialog d = w.dialog(alice, "alice", "bob");
  w.say(d, "INVITE", "application/sdp", offer);
  w.say(d, "CANCEL");
  w.take(alice);
  w.pass(32s);
  w.take_one(alice, "SIP/2.0 487");
  EXPECT_EQ(w.sessions->count(), 0u);
}

TEST(SessionIncoming, bye_in_the_early_dialog_withdraws) {  // RFC 3261 15
  World w;
  ClientDialog d = w.dialog(alice, "alice", "bob");
  w.say(d, "INVITE", "application/sdp", offer);
  w.sessions->on(answer(w.asked.opens[0].ticket, What::ringing), w.now);
  World::learn(d, w.take_one(alice, "SIP/2.0 180"));
  w.say(d, "MESSAGE", "text/plain", "too early");
  w.take_one(alice, "SIP/2.0 491");
  w.say(d, "OPTIONS");
  w.take_one(alice, "SIP/2.0 200");
  w.say(d, "BYE");
  w.take_one(alice, "SIP/2.0 200");
  EXPECT_EQ(w.asked.cancels.size(), 1u);
  w.sessions->on(answer(w.asked.opens[0].ticket, What::refused, Reason::request_cancelled, 487), w.now);
  w.take_one(alice, "SIP/2.0 487");
}

TEST(SessionIncoming, without_ack_the_leg_ends_with_bye) {  // RFC 3261 13.3.1.4
  World w;
  ClientDialog d = w.dialog(alice, "alice", "bob");
  w.say(d, "INVITE", "application/sdp", offer);
  w.sessions->on(answer(w.asked.opens[0].ticket, What::accepted), w.now);
  w.take(alice);
  w.pass(31s);
  EXPECT_TRUE(w.take(alice).empty());
  w.pass(1s);
  const Message bye = w.take_one(alice, "BYE sip:client@10.0.0.1:40000");
  EXPECT_EQ(w.asked.closes.size(), 1u);
  w.receive(alice, World::answer(bye, "200 OK", {}));
  EXPECT_EQ(w.sessions->count(), 0u);
}

TEST(SessionIncoming, our_bye_waits_for_the_ack) {  // RFC 3261 15: the callee must not send it before
  World w;
  ClientDialog d = w.dialog(alice, "alice", "bob");
  w.say(d, "INVITE", "application/sdp", offer);
  w.sessions->on(answer(w.asked.opens[0].ticket, What::accepted), w.now);
  World::learn(d, w.take_one(alice, "SIP/2.0 200"));
  w.sessions->on(domain::EndLeg{w.asked.opens[0].leg, ShardId{}, Reason::conversation_idle}, w.now);
  EXPECT_TRUE(w.take(alice).empty());
  w.say(d, "ACK");
  const Message bye = w.take_one(alice, "BYE");
  EXPECT_TRUE(has(bye, HeaderName::reason, "SIP;cause=200;text=\"The conversation ended"));
  w.receive(alice, World::answer(bye, "200 OK", {}));
  EXPECT_EQ(w.sessions->count(), 0u);
  EXPECT_TRUE(w.asked.closes.empty());  // the IMMCU ended it itself
}

TEST(SessionIncoming, full_mailbox_is_503_with_retry_after) {
  World w;
  ClientDialog d = w.dialog(alice, "alice", "bob");
  w.say(d, "INVITE", "application/sdp", offer);
  EXPECT_TRUE(w.sessions->on_undeliverable(w.asked.opens[0].ticket, w.now));
  EXPECT_TRUE(w.take_one(alice, "SIP/2.0 503").header(HeaderName::retry_after));
  EXPECT_EQ(w.sessions->count(), 0u);
  EXPECT_FALSE(w.sessions->on_undeliverable(w.asked.opens[0].ticket, w.now));
}

TEST(SessionIncoming, sessions_of_a_connection_are_bounded) {
  World w;
  std::vector<ClientDialog> all;
  for (std::size_t i = 0; i < sessions_per_connection_max; ++i) {
    all.push_back(w.dialog(alice, "alice", "bob"));
    w.say(all.back(), "INVITE", "application/sdp", offer);
    w.sessions->on(answer(w.asked.opens.back().ticket, What::accepted), w.now);
    w.take_one(alice, "SIP/2.0 200");
    w.pass(1ms);
  }
  EXPECT_EQ(w.sessions->count(), sessions_per_connection_max);
  ClientDialog d = w.dialog(alice, "alice", "bob");
  w.say(d, "INVITE", "application/sdp", offer);
  EXPECT_TRUE(has(w.take_one(alice, "SIP/2.0 503"), HeaderName::ms_diagnostics, "52311"));
  ClientDialog other = w.dialog(bob, "bob", "alice");
  w.say(other, "INVITE", "application/sdp", offer);  // counts for its own connection
  EXPECT_EQ(w.asked.opens.size(), sessions_per_connection_max + 1);
  w.close(alice);
  EXPECT_EQ(w.sessions->count(), 1u);
}

TEST(SessionIncoming, stop_refuses_new_and_pending_invites) {
  World w;
  ClientDialog d = w.dialog(alice, "alice", "bob");
  w.say(d, "INVITE", "application/sdp", offer);
  w.sessions->stop(w.now);
  EXPECT_TRUE(has(w.take_one(alice, "SIP/2.0 503"), HeaderName::ms_diagnostics, "52402"));
  EXPECT_EQ(w.asked.cancels.size(), 1u);
  w.sessions->on(answer(w.asked.opens[0].ticket, What::refused, Reason::request_cancelled, 487), w.now);
  EXPECT_TRUE(w.take(alice).empty());  // was answered
  EXPECT_EQ(w.sessions->count(), 0u);
  ClientDialog late = w.dialog(alice, "alice", "bob");
  w.say(late, "INVITE", "application/sdp", offer);
  w.take_one(alice, "SIP/2.0 503");
}

}  // namespace
}  // namespace tertulia::face::simple::session_world
