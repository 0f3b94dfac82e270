// SPDX-License-Identifier: Apache-2.0
// The dialog with a conference as such, and that with its unit for messages.
#include "face/lync/focus_dialogs.h"

#include "face/lync/conference_script.h"
#include "face/lync/limits.h"

namespace tertulia::face::lync {
namespace {

using namespace lync_script;
using What = domain::JoinAnswer::What;

constexpr std::string_view description =
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=session\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=message 5061 sip null\r\n"
    "a=accept-types:text/plain text/html\r\n";

Ask chat_invite(const LyncClient& who, unsigned cseq = 1) {
  return Meeting::typed({.method = "INVITE",
                         .uri = std::string(chat_address),
                         .headers = Meeting::contact(who),
                         .body = std::string(description),
                         .call_id = "chat-" + who.user,
                         .cseq = cseq},
                        "application/sdp");
}

// ---- entering

/// conferences 3.2
TEST(FocusDialogs, an_invite_enters_the_conference) {
  Meeting t;
  const std::string answer = t.enter(t.alice);
  ASSERT_EQ(t.script.world.joins.size(), 1U);
  const domain::JoinConference& join = t.script.world.joins[0];
  EXPECT_EQ(join.key, conference_key());
  EXPECT_EQ(join.user, base::UserId{1});
  EXPECT_EQ(join.address, "alice@example.com");
  EXPECT_EQ(join.entity, "{64BC69AF}");
  EXPECT_TRUE(join.endpoint);
  EXPECT_FALSE(join.chat);
  EXPECT_EQ(status_of_text(answer), 200);
  EXPECT_EQ(value_of(answer, "Contact"), "<" + std::string(focus_address) + ">;isfocus");
  EXPECT_TRUE(value_of(answer, "To").starts_with("<" + std::string(focus_address) + ">;tag=")) << answer;
  EXPECT_EQ(value_of(answer, "Session-Expires"), "");
  EXPECT_EQ(verdict_of(answer), "success");
  EXPECT_TRUE(has(body_of(answer), "<conferenceKeys confEntity=\"" + std::string(focus_address) + "\"/>")) << answer;
  EXPECT_TRUE(has(body_of(answer), "<ci:entry>presenter</ci:entry>")) << "asked for or not: " << answer;
  EXPECT_TRUE(has(body_of(t.enter(t.bob)), "<ci:entry>attendee</ci:entry>"));
}

TEST(FocusDialogs, the_document_names_this_conference_or_none) {
  Meeting t;
  for (const char* other : {"sip:alice@example.com;gruu;opaque=app:conf:focus:id:ANOTHER", "sip:nobody", "x"}) {
    Ask ask = t.entry(t.bob);
    ask.body = replaced(ask.body, "confEntity=\"" + std::string(focus_address), "confEntity=\"" + std::string(other));
    const std::string answer = t.bob.ask(ask);
    EXPECT_EQ(status_of_text(answer), 400) << ask.body;
    EXPECT_TRUE(has_reason(answer, Reason::command_malformed));
  }
  EXPECT_TRUE(t.script.world.joins.empty());
  Ask ask = t.entry(t.bob);
  ask.body = replaced(ask.body, "confEntity=\"" + std::string(focus_address) + "\"", "");
  t.bob.ask(ask);
  EXPECT_EQ(t.script.world.joins.size(), 1U);
}

TEST(FocusDialogs, an_acknowledgement_is_nothing_to_answer) {
  Meeting t;
  t.enter(t.alice);
  Ask ack = t.inside(t.alice, "ACK");
  ack.cseq = 1;
  EXPECT_EQ(t.alice.ask(ack), "");
}

TEST(FocusDialogs, refusals_tell_why) {
  for (const Reason reason : {Reason::conference_locked, Reason::conference_unknown, Reason::ejected,
                              Reason::conference_full, Reason::lobby_refused, Reason::server_busy}) {
    Meeting t;
    t.bob.ask(t.entry(t.bob));
    t.script.face.on(t.join_answer(What::refused, reason), t.script.now);
    const std::string answer = Meeting::last(t.bob);
    EXPECT_EQ(status_of_text(answer), base::status_of(reason));
    EXPECT_TRUE(has_reason(answer, reason)) << answer;
    EXPECT_EQ(t.enter(t.bob).substr(0, 11), "SIP/2.0 200") << "another try is another dialog";
  }
}

TEST(FocusDialogs, who_waits_in_the_lobby_comes_in_later) {
  Meeting t;
  t.bob.ask(t.entry(t.bob));
  t.script.face.on(t.join_answer(What::waiting), t.script.now);
  EXPECT_EQ(status_of_text(Meeting::last(t.bob)), 182);
  t.script.face.on(t.join_answer(What::joined, Reason::none, domain::ConferenceRole::attendee), t.script.now);
  EXPECT_EQ(status_of_text(Meeting::last(t.bob)), 200);
}

TEST(FocusDialogs, who_waits_may_give_up) {
  Meeting t;
  const Ask invite = t.entry(t.bob);
  const std::string text = t.bob.signed_text(t.bob.text_of(invite));
  t.bob.say(text);
  t.script.face.on(t.join_answer(What::waiting), t.script.now);
  const std::string branch = value_of(text, "Via");
  std::string cancel = t.bob.text_of({.method = "CANCEL", .uri = invite.uri, .call_id = invite.call_id});
  cancel.replace(cancel.find("Via: ") + 5, value_of(cancel, "Via").size(), branch);
  const std::string heard = t.bob.say(cancel);
  EXPECT_TRUE(has(heard, "SIP/2.0 487")) << heard;
  ASSERT_EQ(t.script.world.leaves.size(), 1U);
  EXPECT_FALSE(t.script.world.leaves[0].ticket);
  t.script.face.on(t.join_answer(What::joined), t.script.now);  // it has crossed
  EXPECT_EQ(Meeting::last(t.bob), "");
  EXPECT_EQ(status_of_text(t.bob.ask(chat_invite(t.bob))), 403) << "he is not in";
}

TEST(FocusDialogs, what_does_not_enter) {
  Meeting t;
  const auto with_body = [&](std::string body) {
    Ask ask = t.entry(t.bob);
    ask.body = std::move(body);
    return t.bob.ask(ask);
  };
  const auto to = [&](std::string uri) {
    Ask ask = t.entry(t.bob);
    ask.uri = std::move(uri);
    return t.bob.ask(ask);
  };
  const std::string another =
      Meeting::c3p(t.bob, focus_address, "addUser", cccp::AddUser{"", "sip:alice@example.com", "", ""});
  const std::string refused = with_body(another);
  EXPECT_EQ(status_of_text(refused), 403);
  EXPECT_TRUE(has(value_of(refused, "ms-diagnostics"), "nobody but who asks")) << refused;
  const std::string question = Meeting::c3p(t.bob, focus_address, "getConference", cccp::GetConference{});
  EXPECT_TRUE(has_reason(with_body(question), Reason::command_malformed));
  EXPECT_EQ(status_of_text(with_body("(null)")), 400);
  EXPECT_TRUE(has_reason(to("sip:nobody@example.com;gruu;opaque=app:conf:focus:id:A1"), Reason::conference_unknown));
  EXPECT_TRUE(has_reason(to("sip:alice@example.com"), Reason::conference_unknown));
  Ask bare = t.entry(t.bob);
  bare.headers = "Content-Type: application/cccp+xml\r\n";
  EXPECT_EQ(status_of_text(t.bob.ask(bare)), 400) << "without Contact there is no dialog";
  EXPECT_TRUE(t.script.world.joins.empty());
}

TEST(FocusDialogs, dialogs_of_a_connection_are_bounded) {
  Meeting t;
  for (std::size_t i = 0; i < focus_dialogs_per_connection_max; ++i)
    EXPECT_EQ(status_of_text(t.alice.ask(t.entry(t.alice))), 100) << i;
  EXPECT_TRUE(has_reason(t.alice.ask(t.entry(t.alice)), Reason::too_many_conversations));
}

/// A client that has lost its dialog enters again.
TEST(FocusDialogs, a_newer_dialog_takes_the_place_of_the_older) {
  Meeting t;
  t.enter(t.alice);
  const base::LegId first = t.script.world.joins.back().seat;
  t.enter(t.alice);
  ASSERT_EQ(t.script.world.leaves.size(), 1U);
  EXPECT_EQ(t.script.world.leaves[0].seat, first);
  EXPECT_EQ(t.info(t.alice, "modifyConferenceLock", cccp::ModifyConferenceLock{"", true}), "");
  EXPECT_EQ(t.script.world.commands.size(), 1U);
}

// ---- commands in the dialog

/// conferences 7
TEST(FocusDialogs, a_leader_commands) {
  Meeting t;
  t.enter(t.alice);
  const auto& commands = t.script.world.commands;
  t.info(t.alice, "modifyConferenceLock", cccp::ModifyConferenceLock{std::string(focus_address), true});
  ASSERT_EQ(commands.size(), 1U);
  EXPECT_TRUE(std::get<domain::conference::SetLock>(commands[0].command).on);
  EXPECT_EQ(commands[0].by, base::UserId{1});
  EXPECT_EQ(verdict_of(t.command_answered(t.alice)), "success");
  t.info(t.alice, "modifyUserRoles", cccp::ModifyUserRoles{"", "sip:bob@example.com", "presenter"});
  EXPECT_EQ(std::get<domain::conference::SetRole>(commands.back().command).role, domain::ConferenceRole::presenter);
  EXPECT_EQ(std::get<domain::conference::SetRole>(commands.back().command).user, base::UserId{2});
  EXPECT_EQ(verdict_of(t.command_answered(t.alice, Reason::presenters_only)), "failure unauthorized");
  t.info(t.alice, "deleteUser", cccp::DeleteUser{"", "sip:bob@example.com"});
  EXPECT_EQ(std::get<domain::conference::Eject>(commands.back().command).user, base::UserId{2});
  EXPECT_EQ(verdict_of(t.info(t.alice, "deleteUser", cccp::DeleteUser{"", "sip:x@example.org"})),
            "failure userDoesntExist");
  EXPECT_EQ(verdict_of(t.info(t.alice, "modifyUserRoles", cccp::ModifyUserRoles{"", "sip:bob@example.com", "boss"})),
            "failure requestMalformed");
  EXPECT_EQ(verdict_of(t.info(t.alice, "modifyEndpointMedia", cccp::Other{})), "failure notSupported");
}

TEST(FocusDialogs, what_else_comes_in_the_dialog) {
  Meeting t;
  t.enter(t.alice);
  const std::string again = t.alice.ask(t.inside(t.alice, "INVITE"));
  EXPECT_EQ(status_of_text(again), 405);
  EXPECT_EQ(value_of(again, "Allow"), "INVITE, ACK, CANCEL, BYE, INFO");
  Ask typing = Meeting::typed(t.inside(t.alice, "INFO"), "application/xml");
  typing.body = "<KeyboardActivity/>";
  EXPECT_EQ(status_of_text(t.alice.ask(typing)), 415);
  Ask old = t.inside(t.alice, "INFO");
  old.cseq = 1;
  EXPECT_EQ(status_of_text(t.alice.ask(old)), 500);
  Ask foreign = t.inside(t.alice, "INFO");
  EXPECT_EQ(status_of_text(t.bob.ask(foreign)), 481);
}

// ---- leaving

TEST(FocusDialogs, bye_leaves_and_ends_the_subscription) {
  Meeting t;
  t.enter(t.alice);
  t.subscribe(t.alice);
  t.tell(Meeting::roster(1));
  t.alice.heard();
  EXPECT_EQ(t.alice.ask(t.inside(t.alice, "BYE")), "");
  ASSERT_EQ(t.script.world.leaves.size(), 1U);
  EXPECT_TRUE(t.script.world.leaves[0].ticket) << "he goes by himself";
  EXPECT_EQ(t.script.world.leaves[0].seat, t.script.world.joins[0].seat);
  EXPECT_EQ(t.script.face.subscription_count(), 0U);
  t.script.face.on(domain::CommandAnswer{t.script.world.leaves[0].ticket, Reason::none}, t.script.now);
  EXPECT_EQ(status_of_text(Meeting::last(t.alice)), 200);
  EXPECT_EQ(status_of_text(t.alice.ask(t.inside(t.alice, "BYE"))), 481);
}

TEST(FocusDialogs, a_lost_connection_leaves_without_a_word) {
  Meeting t;
  t.enter(t.alice);
  t.bob.ask(t.entry(t.bob));
  t.script.face.on_closed(t.alice.connection, false, t.script.now);
  t.script.face.on_closed(t.bob.connection, false, t.script.now);
  ASSERT_EQ(t.script.world.leaves.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_FALSE(t.script.world.leaves[i].ticket);
    EXPECT_EQ(t.script.world.leaves[i].seat, t.script.world.joins[i].seat);
  }
  t.script.face.on(t.join_answer(What::joined), t.script.now);  // too late for bob
}

/// conferences 7.1: dialog and subscription end, nothing more is told, and he stays out.
TEST(FocusDialogs, who_is_put_out_gets_bye) {
  Meeting t;
  t.enter(t.bob);
  t.subscribe(t.bob);
  t.tell(Meeting::roster(1));
  t.bob.heard();
  t.script.face.on(domain::SeatEnded{t.script.world.joins[0].seat, {}, Reason::ejected}, t.script.now);
  const std::string bye = Meeting::last(t.bob);
  EXPECT_TRUE(bye.starts_with("BYE ")) << bye;
  EXPECT_EQ(value_of(bye, "Call-ID"), t.focus_call);
  EXPECT_TRUE(has(value_of(bye, "Reason"), "cause=403")) << bye;
  EXPECT_GT(t.bob.signature_number(bye), 0U);
  t.bob.say(t.bob.signed_text(answer_to(bye, 200)));
  EXPECT_EQ(t.script.face.subscription_count(), 0U);
  t.tell(Meeting::roster(2), 1);
  t.tell(nullptr, 1, Reason::ejected);
  EXPECT_EQ(Meeting::last(t.bob), "") << "no notification: it would make the client come back";
  EXPECT_EQ(status_of_text(t.bob.ask(chat_invite(t.bob))), 403);
  EXPECT_EQ(status_of_text(t.info(t.bob, "getConference", cccp::GetConference{})), 481);
}

TEST(FocusDialogs, at_the_stop_who_asks_is_refused) {
  Meeting t;
  t.bob.ask(t.entry(t.bob));
  t.script.face.stop(t.script.now);
  EXPECT_TRUE(has_reason(Meeting::last(t.bob), Reason::server_stopping));
}

// ---- the messages (conferences 5)

TEST(ConferenceChat, who_is_in_opens_the_dialog_for_messages) {
  Meeting t;
  t.enter(t.alice);
  EXPECT_EQ(status_of_text(t.alice.ask(chat_invite(t.alice))), 100);
  ASSERT_EQ(t.script.world.chats.size(), 1U);
  const domain::OpenChat open = t.script.world.chats[0];
  EXPECT_EQ(open.key, conference_key());
  EXPECT_EQ(open.seat, t.script.world.joins[0].seat);
  EXPECT_EQ(open.user, base::UserId{1});
  t.script.face.on(domain::ChatAnswer{open.ticket, Reason::none, talk_of_conference}, t.script.now);
  const std::string answer = Meeting::last(t.alice);
  EXPECT_EQ(status_of_text(answer), 200);
  EXPECT_EQ(value_of(answer, "Contact"), "<" + std::string(chat_address) + ">;isfocus");
  EXPECT_TRUE(value_of(answer, "To").starts_with("<" + std::string(chat_address) + ">;tag="));
  EXPECT_TRUE(has(body_of(answer), "m=message"));

  auto message = std::make_shared<domain::InstantMessage>();
  message->from = base::UserId{2};
  message->from_address = "bob@example.com";
  message->content_type = "text/plain; charset=UTF-8";
  message->content = "hello";
  auto conference = std::make_shared<domain::ConferenceDescription>();
  conference->key = conference_key();
  domain::DeliverSession deliver{base::Ticket{5}, {}, talk_of_conference, open.leg, message, conference};
  t.script.face.on(deliver, t.script.now);
  const std::string said = Meeting::last(t.alice);
  EXPECT_TRUE(said.starts_with("MESSAGE ")) << said;
  EXPECT_EQ(value_of(said, "Ms-Sender"), "<sip:bob@example.com>");
  EXPECT_TRUE(value_of(said, "From").starts_with("<" + std::string(chat_address) + ">;tag="));
  EXPECT_EQ(value_of(said, "Call-ID"), "chat-alice");
  EXPECT_EQ(body_of(said), "hello");

  auto typing = std::make_shared<domain::InstantMessage>(*message);
  typing->kind = domain::MessageKind::typing;
  deliver.ticket = base::Ticket{6};
  deliver.message = typing;
  t.script.face.on(deliver, t.script.now);
  EXPECT_TRUE(t.alice.heard().empty()) << "rooms know no typing";
}

TEST(ConferenceChat, one_may_come_again_with_the_same_call_id) {
  Meeting t;
  t.enter(t.alice);
  t.alice.ask(chat_invite(t.alice));
  t.script.face.on(domain::ChatAnswer{t.script.world.chats[0].ticket, Reason::none, talk_of_conference}, t.script.now);
  t.script.face.on(domain::EndLeg{t.script.world.chats[0].leg, {}, Reason::too_many_messages_waiting}, t.script.now);
  t.alice.heard();
  const std::string text = replaced(t.alice.text_of(chat_invite(t.alice)), ";tag=f1", ";tag=f2");
  EXPECT_EQ(status_of_text(t.alice.say(t.alice.signed_text(text))), 100);
  EXPECT_EQ(t.script.world.chats.size(), 2U);
}

TEST(ConferenceChat, others_may_not) {
  Meeting t;
  t.enter(t.alice);
  const std::string answer = t.bob.ask(chat_invite(t.bob));
  EXPECT_EQ(status_of_text(answer), 403);
  EXPECT_TRUE(has_reason(answer, Reason::not_in_conference));
  t.alice.ask(chat_invite(t.alice));
  t.script.face.on(domain::ChatAnswer{t.script.world.chats[0].ticket, Reason::not_in_conference, {}}, t.script.now);
  EXPECT_EQ(status_of_text(Meeting::last(t.alice)), 403);
}

}  // namespace
}  // namespace tertulia::face::lync
