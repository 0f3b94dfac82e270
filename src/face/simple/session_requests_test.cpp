// SPDX-License-Identifier: Apache-2.0
#include "face/simple/session_limits.h"
#include "face/simple/session_world.h"

namespace tertulia::face::simple::session_world {
namespace {

using domain::PostOutcome;
const ConnectionId alice{1};
const ConnectionId bob{2};
const LegId leg{900};

bool has(const Message& message, HeaderName name, std::string_view part) {
  return message.header(name).value_or("").find(part) != std::string_view::npos;
}

void answer_post(World& w, PostOutcome outcome, Reason reason = Reason::none, int status = 0) {
  EXPECT_TRUE(w.sessions->on(domain::PostAnswer{w.asked.posts.back().ticket, outcome, reason, status}, w.now));
}

TEST(SessionRequests, message_is_answered_with_its_fate) {
  struct Row {
    PostOutcome outcome;
    Reason reason;
    int status;
    int wanted;
  };
  World w;
  ClientDialog d = w.open_session();
  for (const Row& row :
       {Row{PostOutcome::delivered, Reason::none, 0, 200}, Row{PostOutcome::kept, Reason::none, 0, 202},
        Row{PostOutcome::refused, Reason::link_blocked, 0, 403},
        Row{PostOutcome::refused, Reason::recipient_refused, 415, 415},
        // Statuses that would end the sender's dialog, which is well (RFC 5057):
        Row{PostOutcome::refused, Reason::recipient_refused, 481, 480},
        Row{PostOutcome::refused, Reason::recipient_silent, 408, 480},
        Row{PostOutcome::refused, Reason::recipient_silent, 0, 480},
        Row{PostOutcome::refused, Reason::immcu_stopped, 0, 503},
        Row{PostOutcome::refused, Reason::body_too_large, 0, 413}}) {
    w.say(d, "MESSAGE", "text/plain; charset=UTF-8", "hello bob");
    EXPECT_TRUE(w.take(alice).empty());
    answer_post(w, row.outcome, row.reason, row.status);
    const Message answer = w.take_one(alice, "SIP/2.0 ");
    EXPECT_EQ(answer.status(), row.wanted) << base::name_of(row.reason);
    EXPECT_EQ(answer.header(HeaderName::ms_diagnostics).has_value(), row.wanted >= 300);
  }
  const domain::PostSession& post = w.asked.posts[0];
  EXPECT_EQ(post.conversation, ConversationId{77});
  EXPECT_EQ(post.leg, w.asked.opens[0].leg);
  EXPECT_EQ(post.message->from, UserId{1});
  EXPECT_EQ(post.message->from_address, "alice@example.com");
  EXPECT_EQ(post.message->content, "hello bob");
  EXPECT_EQ(post.message->content_type, "text/plain; charset=UTF-8");
  EXPECT_EQ(post.message->kind, domain::MessageKind::text);
  EXPECT_EQ(post.message->sent, w.now.wall);
  EXPECT_EQ(w.sessions->count(), 1u);
}

TEST(SessionRequests, content_decides_the_kind) {
  World w;
  ClientDialog d = w.open_session();
  const std::string composing =
      R"(<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>active</state></isComposing>)";
  w.say(d, "MESSAGE", "application/im-iscomposing+xml", composing);
  EXPECT_EQ(w.asked.posts.back().message->kind, domain::MessageKind::typing);
  w.say(d, "MESSAGE", "message/imdn+xml", "<imdn/>");
  EXPECT_EQ(w.asked.posts.back().message->kind, domain::MessageKind::notification);
  w.say(d, "MESSAGE", "text/x-msmsgsinvite; charset=UTF-8", "Application-Name: File Transfer\r\n\r\n");
  EXPECT_EQ(w.asked.posts.back().message->kind, domain::MessageKind::file);
  EXPECT_FALSE(w.asked.posts.back().message->file);
  EXPECT_EQ(w.asked.posts.size(), 3u);
  w.say(d, "MESSAGE", "text/x-msmsgsinvite", "Invitation-Command: INVITE\r\nApplication-File: tool.exe\r\n\r\n");
  ASSERT_TRUE(w.asked.posts.back().message->file);
  EXPECT_EQ(w.asked.posts.back().message->file->name, "tool.exe");
  w.say(d, "MESSAGE", "application/octet-stream", "??");
  EXPECT_TRUE(has(w.take_one(alice, "SIP/2.0 415"), HeaderName::accept, "text/*"));
  w.say(d, "MESSAGE", "application/im-iscomposing+xml", "<isComposing");
  w.take_one(alice, "SIP/2.0 400");
  w.say(d, "MESSAGE", "text/plain");
  w.take_one(alice, "SIP/2.0 400");
  EXPECT_EQ(w.asked.posts.size(), 4u);
}

TEST(SessionRequests, format_follows_the_policy_of_the_writer) {
  World w;
  ClientDialog d = w.open_session();
  domain::User user = *w.context().directory->find(UserId{1});
  user.settings = {{"rtf_messages", "off"}};
  user.version += 1;
  w.context().directory = w.context().directory->with(std::move(user));
  w.say(d, "MESSAGE", "text/rtf", R"({\rtf1 {\b tea}\par})");
  EXPECT_EQ(w.asked.posts.back().message->content_type, "text/plain;charset=UTF-8");
  EXPECT_EQ(w.asked.posts.back().message->content, "tea");
  w.say(d, "MESSAGE", "text/html", "<b>tea</b>");
  EXPECT_EQ(w.asked.posts.back().message->content, "<b>tea</b>");
  w.say(d, "MESSAGE", "text/rtf", R"({\rtf1{\pict 00}})");
  const Message refusal = w.take_one(alice, "SIP/2.0 415");
  EXPECT_TRUE(has(refusal, HeaderName::ms_diagnostics, "52317"));
  EXPECT_TRUE(has(refusal, HeaderName::accept, "text/plain, text/html, message/cpim"));
  EXPECT_EQ(w.asked.posts.size(), 2u);
}

TEST(SessionRequests, keyboard_activity_is_answered_at_once_and_passed_on_as_typing) {
  World w;
  ClientDialog d = w.open_session();
  w.say(d, "INFO", "application/xml",
        R"(<?xml version="1.0"?><KeyboardActivity> <status status="type" /></KeyboardActivity>)");
  w.take_one(alice, "SIP/2.0 200");
  ASSERT_EQ(w.asked.posts.size(), 1u);
  EXPECT_EQ(w.asked.posts[0].message->kind, domain::MessageKind::typing);
  EXPECT_EQ(w.asked.posts[0].message->content_type, "application/im-iscomposing+xml");
  EXPECT_NE(w.asked.posts[0].message->content.find("active"), std::string::npos);
  answer_post(w, PostOutcome::refused, Reason::recipient_unavailable);
  EXPECT_TRUE(w.take(alice).empty());
  for (const char* body : {"<ConversationInfo/>", "<KeyboardActivity", ""}) {
    w.say(d, "INFO", "application/xml", body);
    w.take_one(alice, "SIP/2.0 415");
  }
  w.say(d, "INFO", "application/dtmf-relay", "Signal=1");
  w.take_one(alice, "SIP/2.0 415");
}

/// instant-messaging 5
TEST(SessionRequests, another_topic_is_judged_like_a_subject_and_answered_when_the_other_side_has_it) {
  World w;
  ClientDialog d = w.open_session();
  const std::string type = "application/xml+conversationinfo";
  w.say(d, "INFO", type,
        "<ConversationInfo><From uri='sip:mallory@example.com'/><Subject>tea &amp; cake</Subject></ConversationInfo>");
  EXPECT_TRUE(w.take(alice).empty());
  ASSERT_EQ(w.asked.posts.size(), 1u);
  EXPECT_EQ(w.asked.posts[0].message->kind, domain::MessageKind::typing) << "neither kept nor counted";
  EXPECT_EQ(w.asked.posts[0].message->content_type, type);
  EXPECT_EQ(w.asked.posts[0].message->subject, "tea & cake");
  EXPECT_EQ(w.asked.posts[0].message->from_address, "alice@example.com") << "whatever the document says";
  answer_post(w, PostOutcome::delivered, Reason::none);
  w.take_one(alice, "SIP/2.0 200");
  for (const char* body : {"<ConversationInfo/>", "<ConversationInfo><From uri='x'/>", "tea"}) {
    w.say(d, "INFO", type, body);
    w.take_one(alice, "SIP/2.0 400");
  }
  EXPECT_EQ(w.asked.posts.size(), 1u);
}

TEST(SessionRequests, another_topic_says_nothing_to_a_standard_client) {
  World w;
  w.open_invited();
  auto topic = w.delivery(leg, 1);
  auto message = std::make_shared<domain::InstantMessage>(*topic.message);
  message->kind = domain::MessageKind::typing;
  message->content_type = "application/xml+conversationinfo";
  topic.message = message;
  w.sessions->on(topic, w.now);
  EXPECT_TRUE(w.take(bob).empty());
  EXPECT_EQ(w.asked.deliveries.back().what, domain::DeliverAnswer::What::taken);
}

TEST(SessionRequests, a_transfer_encoding_is_undone) {
  World w;
  ClientDialog d = w.open_session();
  const auto with = [&](const std::string& encoding, const std::string& body) {
    w.say(d, "MESSAGE", "text/plain\r\nContent-Transfer-Encoding: " + encoding, body);
  };
  with("base64", "w6FyYm9s");
  ASSERT_EQ(w.asked.posts.size(), 1u);
  EXPECT_EQ(w.asked.posts[0].message->content, "\u00e1rbol");
  EXPECT_EQ(w.asked.posts[0].message->content_type, "text/plain");
  with("Quoted-Printable", "=C3=A1rbol");
  with("8bit", "\u00e1rbol");
  ASSERT_EQ(w.asked.posts.size(), 3u);
  for (const auto& post : w.asked.posts) EXPECT_EQ(post.message->content, "\u00e1rbol");
  with("x-zip", "x");
  w.take_one(alice, "SIP/2.0 415");
  for (const auto& [encoding, body] : {std::pair{"base64", "!"}, std::pair{"base64", "\r\n"}}) {
    with(encoding, body);
    w.take_one(alice, "SIP/2.0 400");
  }
  EXPECT_EQ(w.asked.posts.size(), 3u);
}

TEST(SessionRequests, typing_that_the_client_has_no_use_for_is_taken) {
  World w;
  w.open_invited();
  auto typing = w.delivery(leg, 1);
  auto message = std::make_shared<domain::InstantMessage>(*typing.message);
  message->kind = domain::MessageKind::typing;
  typing.message = message;
  w.sessions->on(typing, w.now);
  w.receive(bob, World::answer(w.take_one(bob, "MESSAGE"), "415 No", {}));
  EXPECT_EQ(w.asked.deliveries.back().what, domain::DeliverAnswer::What::taken);
}

TEST(SessionRequests, messages_waiting_are_bounded) {
  World w;
  ClientDialog d = w.open_session();
  for (std::size_t i = 0; i < posts_per_session_max; ++i) w.say(d, "MESSAGE", "text/plain", "x");
  EXPECT_EQ(w.asked.posts.size(), posts_per_session_max);
  w.say(d, "MESSAGE", "text/plain", "x");
  EXPECT_TRUE(w.take_one(alice, "SIP/2.0 503").header(HeaderName::retry_after));
  answer_post(w, PostOutcome::delivered);
  w.take_one(alice, "SIP/2.0 200");
  w.say(d, "MESSAGE", "text/plain", "x");
  EXPECT_EQ(w.asked.posts.size(), posts_per_session_max + 1);
  EXPECT_TRUE(w.sessions->on_undeliverable(w.asked.posts.back().ticket, w.now));
  EXPECT_TRUE(w.take_one(alice, "SIP/2.0 503").header(HeaderName::retry_after));
}

TEST(SessionRequests, dialog_belongs_to_its_user) {
  World w;
  ClientDialog d = w.open_session();
  ClientDialog stolen = d;
  stolen.connection = bob;
  stolen.cseq = 100;
  for (const char* method : {"MESSAGE", "BYE", "INVITE", "OPTIONS", "INFO"}) {
    w.say(stolen, method, "text/plain", "boo");
    w.take_one(bob, "SIP/2.0 481");
  }
  ClientDialog wrong = d;
  wrong.own_tag = "other";
  w.say(wrong, "BYE");
  w.take_one(alice, "SIP/2.0 481");
  wrong = d;
  wrong.call_id = "other";
  w.say(wrong, "BYE");
  w.take_one(alice, "SIP/2.0 481");
  EXPECT_EQ(w.sessions->count(), 1u);
  EXPECT_TRUE(w.asked.posts.empty());
  w.say(d, "MESSAGE", "text/plain", "still mine");
  EXPECT_EQ(w.asked.posts.size(), 1u);
  const ConnectionId second{4};  // of the same user
  w.connect(second);
  d.connection = second;
  w.say(d, "MESSAGE", "text/plain", "from elsewhere");
  EXPECT_EQ(w.asked.posts.size(), 2u);
}

TEST(SessionRequests, ack_of_another_connection_does_not_count) {
  World w;
  ClientDialog d = w.dialog(alice, "alice", "bob");
  w.say(d, "INVITE", "application/sdp", offer);
  w.sessions->on(domain::OpenAnswer{w.asked.opens[0].ticket, ConversationId{77}, domain::OpenAnswer::What::accepted,
                                    Reason::none, 200},
                 w.now);
  World::learn(d, w.take_one(alice, "SIP/2.0 200"));
  ClientDialog stolen = d;
  stolen.connection = bob;
  w.say(stolen, "ACK");
  EXPECT_TRUE(w.sessions->deadline());
  w.say(d, "ACK");
  EXPECT_FALSE(w.sessions->deadline());
}

TEST(SessionRequests, cseq_must_grow) {  // RFC 3261 12.2.2
  World w;
  ClientDialog d = w.open_session();
  w.say(d, "MESSAGE", "text/plain", "two");
  d.cseq = 1;
  w.say(d, "MESSAGE", "text/plain", "two, said again");
  EXPECT_TRUE(has(w.take_one(alice, "SIP/2.0 500"), HeaderName::ms_diagnostics, "52126"));
  EXPECT_EQ(w.asked.posts.size(), 1u);
  d.cseq = 50;  // gaps are well
  w.say(d, "MESSAGE", "text/plain", "later");
  EXPECT_EQ(w.asked.posts.size(), 2u);
}

TEST(SessionRequests, refresh_of_the_session_is_accepted_and_other_media_are_not) {
  World w;
  ClientDialog d = w.open_session();
  w.say(d, "INVITE", "application/sdp", offer);
  EXPECT_NE(w.take_one(alice, "SIP/2.0 200").body().find("m=message"), std::string_view::npos);
  w.say(d, "INVITE", "application/sdp", offer);
  w.take_one(alice, "SIP/2.0 491");  // the ACK is still to come
  w.say(d, "ACK");
  w.say(d, "UPDATE");
  EXPECT_TRUE(w.take_one(alice, "SIP/2.0 200").body().empty());
  w.say(d, "UPDATE", "application/sdp", offer);
  EXPECT_FALSE(w.take_one(alice, "SIP/2.0 200").body().empty());
  w.say(d, "INVITE", "application/sdp", "v=0\r\no=- 0 1 IN IP4 h\r\ns=-\r\nt=0 0\r\nm=audio 5000 RTP/AVP 0\r\n");
  w.take_one(alice, "SIP/2.0 488");
  EXPECT_FALSE(w.sessions->deadline());
  EXPECT_EQ(w.sessions->count(), 1u);
  w.say(d, "OPTIONS");
  EXPECT_TRUE(has(w.take_one(alice, "SIP/2.0 200"), HeaderName::allow, "MESSAGE"));
  for (const char* method : {"PUBLISH", "SUBSCRIBE", "PRACK"}) {
    w.say(d, method);
    EXPECT_TRUE(has(w.take_one(alice, "SIP/2.0 405"), HeaderName::allow, "INFO")) << method;
  }
  w.say(d, "DANCE");
  EXPECT_TRUE(has(w.take_one(alice, "SIP/2.0 501"), HeaderName::allow, "INFO"));
}

TEST(SessionRequests, bye_is_answered_when_the_record_is_kept) {
  struct Row {
    Reason reason;
    int wanted;
  };
  for (const Row& row :
       {Row{Reason::none, 200}, Row{Reason::dialog_unknown, 200}, Row{Reason::store_unavailable, 503}}) {
    World w;
    ClientDialog d = w.open_session();
    w.say(d, "BYE");
    EXPECT_TRUE(w.take(alice).empty());
    ASSERT_EQ(w.asked.closes.size(), 1u);
    w.say(d, "MESSAGE", "text/plain", "after the end");
    w.take_one(alice, "SIP/2.0 481");
    w.say(d, "BYE");
    w.take_one(alice, "SIP/2.0 200");                                                      // said twice
    w.sessions->on(domain::EndLeg{w.asked.opens[0].leg, ShardId{}, Reason::none}, w.now);  // crosses
    EXPECT_TRUE(w.sessions->on(domain::CloseAnswer{w.asked.closes[0].ticket, row.reason}, w.now));
    EXPECT_EQ(w.take_one(alice, "SIP/2.0 ").status(), row.wanted);
    EXPECT_EQ(w.sessions->count(), 0u);
    EXPECT_FALSE(w.sessions->deadline());
  }
}

TEST(SessionRequests, bye_waits_a_little_for_what_is_under_way) {
  World w;
  ClientDialog d = w.open_invited();
  w.sessions->on(w.delivery(leg, 1), w.now);
  w.sessions->on(w.delivery(leg, 2), w.now);
  const auto sent = w.take(bob);
  w.say(d, "BYE");
  w.receive(bob, World::answer(sent.at(0), "200 OK", {}));
  w.pass(2s);
  EXPECT_EQ(w.asked.order, (std::vector<std::string>{"close", "taken", "gone"}));
  w.sessions->on(domain::CloseAnswer{w.asked.closes[0].ticket, Reason::none}, w.now);
  w.take_one(bob, "SIP/2.0 200");
  EXPECT_EQ(w.sessions->count(), 0u);
}

TEST(SessionRequests, bye_whose_end_is_never_confirmed_is_told_so) {
  World w;
  ClientDialog d = w.open_session();
  w.say(d, "BYE");
  w.pass(24s);
  EXPECT_TRUE(has(w.take_one(alice, "SIP/2.0 503"), HeaderName::ms_diagnostics, "52403"));
  EXPECT_EQ(w.sessions->count(), 0u);
  EXPECT_FALSE(w.sessions->on(domain::CloseAnswer{w.asked.closes[0].ticket, Reason::none}, w.now));
}

TEST(SessionRequests, end_is_told_again_when_the_mailbox_was_full) {
  World w;
  ClientDialog d = w.open_session();
  w.say(d, "BYE");
  for (std::size_t i = 1; i < static_cast<std::size_t>(close_tries_max); ++i) {
    EXPECT_TRUE(w.sessions->on_undeliverable(w.asked.closes.back().ticket, w.now));
    w.pass(500ms);
    EXPECT_EQ(w.asked.closes.size(), i + 1);
  }
  EXPECT_TRUE(w.sessions->on_undeliverable(w.asked.closes.back().ticket, w.now));
  w.take_one(alice, "SIP/2.0 503");
  EXPECT_EQ(w.sessions->count(), 0u);
}

TEST(SessionRequests, bye_crossing_bye) {
  World w;
  ClientDialog d = w.open_invited();
  w.sessions->on(domain::EndLeg{leg, ShardId{}, Reason::none}, w.now);
  const Message ours = w.take_one(bob, "BYE");
  w.say(d, "BYE");
  w.take_one(bob, "SIP/2.0 200");
  w.say(d, "MESSAGE", "text/plain", "x");
  w.take_one(bob, "SIP/2.0 481");
  w.receive(bob, World::answer(ours, "481 Gone", {}));
  EXPECT_EQ(w.sessions->count(), 0u);
  EXPECT_TRUE(w.asked.closes.empty());
}

TEST(SessionRequests, unknown_tickets_are_not_ours) {
  World w;
  EXPECT_FALSE(w.sessions->on(domain::PostAnswer{Ticket{4242}}, w.now));
  EXPECT_FALSE(w.sessions->on(domain::OpenAnswer{Ticket{4242}, {}}, w.now));
  EXPECT_FALSE(w.sessions->on(domain::CloseAnswer{Ticket{4242}}, w.now));
  EXPECT_FALSE(w.sessions->on_undeliverable(Ticket{4242}, w.now));
  w.sessions->on(domain::EndLeg{LegId{4242}, ShardId{}}, w.now);
}

}  // namespace
}  // namespace tertulia::face::simple::session_world
