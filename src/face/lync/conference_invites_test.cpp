// SPDX-License-Identifier: Apache-2.0
#include "face/lync/conference_invites.h"

#include "face/lync/conference_script.h"
#include "face/lync/limits.h"

namespace tertulia::face::lync {
namespace {

using namespace lync_script;
using What = domain::LegAnswer::What;

struct Invited : Meeting {
  Ask invitation(LyncClient& who, std::string_view whom, std::string_view focus = focus_address) {
    return typed({.method = "INVITE",
                  .uri = std::string(whom),
                  .headers = contact(who),
                  .body = wire::lync::write_conference_invite({std::string(focus), "Budget"}),
                  .call_id = "invitation" + std::to_string(++invitations)},
                 wire::lync::conference_invite_type);
  }
  /// bob's client has begun a conversation with alice's; gives its leg.
  base::ConversationId talk(LyncClient& from, std::string_view to) {
    from.ask(typed({.method = "INVITE",
                    .uri = std::string(to),
                    .headers = contact(from),
                    .body = "v=0\r\no=- 0 0 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=0 0\r\nm=message 5061 sip null\r\n",
                    .call_id = "talk"},
                   "application/sdp"));
    const base::ConversationId conversation{12};
    script.face.on(domain::OpenAnswer{script.world.opens.back().ticket, conversation,
                                      domain::OpenAnswer::What::accepted, Reason::none, 200},
                   script.now);
    from.heard();
    return conversation;
  }
  static domain::ConferenceDescriptionPtr described() {
    auto description = std::make_shared<domain::ConferenceDescription>();
    description->key = conference_key();
    description->organizer_address = "alice@example.com";
    return description;
  }
  static domain::InviteLeg leg_for(const LyncClient& who, base::LegId leg = base::LegId{900}) {
    domain::InviteLeg invite;
    invite.conversation = talk_of_conference;
    invite.leg = leg;
    invite.route.connection = who.connection;
    invite.route.remote_target = std::make_shared<const std::string>(device_target);
    invite.to = base::UserId{2};
    invite.to_address = "bob@example.com";
    invite.from_address = "alice@example.com";
    invite.from_name = "Alice";
    invite.subject = "R&D";
    invite.conference =
        std::make_shared<const domain::ConferenceInvitation>(domain::ConferenceInvitation{described(), "aGVsbG8="});
    return invite;
  }
  static domain::LegGrown grown(base::LegId leg) { return {leg, {}, described()}; }
  unsigned invitations = 0;
};

// ---- of a client

/// conferences 3 and 6: the conversation of the two goes on in the conference, then he is added.
TEST(ConferenceInvites, two_who_talk_escalate) {
  Invited t;
  t.enter(t.alice);
  const auto conversation = t.talk(t.alice, "sip:bob@example.com");
  EXPECT_EQ(status_of_text(t.alice.ask(t.invitation(t.alice, "sip:bob@example.com"))), 100);
  ASSERT_EQ(t.script.world.escalations.size(), 1U);
  EXPECT_TRUE(t.script.world.adds.empty());
  const domain::Escalate escalate = t.script.world.escalations[0];
  EXPECT_EQ(escalate.conversation, conversation);
  EXPECT_EQ(escalate.by, base::UserId{1});
  EXPECT_EQ(escalate.key, conference_key());
  t.script.face.on(domain::CommandAnswer{escalate.ticket, Reason::none}, t.script.now);
  ASSERT_EQ(t.script.world.adds.size(), 1U);
  const domain::AddPerson& add = t.script.world.adds[0];
  EXPECT_EQ(add.conversation, talk_of_conference);
  EXPECT_EQ(add.who, base::UserId{2});
  EXPECT_EQ(add.by, base::UserId{1});
  EXPECT_EQ(add.seed.size(), 32U);
  EXPECT_EQ(Meeting::last(t.alice), "");
  t.script.face.on(domain::AddAnswer{add.ticket, Reason::none, 0, conference_key()}, t.script.now);
  const std::string answer = Meeting::last(t.alice);
  EXPECT_EQ(status_of_text(answer), 200);
  EXPECT_NE(tag_in(answer), "");
  EXPECT_NE(value_of(answer, "Contact"), "");
  EXPECT_EQ(body_of(answer), "");
}

/// Whoever began the conversation.
TEST(ConferenceInvites, who_was_called_escalates_too) {
  Invited t;
  domain::InviteLeg call;
  call.conversation = base::ConversationId{13};
  call.leg = base::LegId{800};
  call.route.connection = t.alice.connection;
  call.route.remote_target = std::make_shared<const std::string>(device_target);
  call.to = base::UserId{1};
  call.to_address = "alice@example.com";
  call.from_address = "bob@example.com";
  t.script.face.on(call, t.script.now);
  const std::string description = "v=0\r\no=- 0 0 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=0 0\r\nm=message 1 sip null\r\n";
  std::string accepted = with_line(answer_to(Meeting::last(t.alice), 200), "Contact: <" + t.alice.own() + ">");
  accepted =
      replaced(accepted, "Content-Length: 0\r\n",
               "Content-Type: application/sdp\r\nContent-Length: " + std::to_string(description.size()) + "\r\n") +
      description;
  t.alice.say(t.alice.signed_text(accepted));
  ASSERT_EQ(t.script.world.leg_answers.size(), 1U);
  t.enter(t.alice);
  t.alice.ask(t.invitation(t.alice, "sip:bob@example.com"));
  ASSERT_EQ(t.script.world.escalations.size(), 1U);
  EXPECT_EQ(t.script.world.escalations[0].conversation, base::ConversationId{13});
}

TEST(ConferenceInvites, a_third_person_is_added_alone) {
  Invited t;
  t.enter(t.alice);
  t.talk(t.alice, "sip:bob@example.com");
  t.script.change(make_user(3, "carol@example.com", "x"));
  t.alice.ask(t.invitation(t.alice, "sip:carol@example.com"));
  EXPECT_TRUE(t.script.world.escalations.empty());
  ASSERT_EQ(t.script.world.adds.size(), 1U);
  EXPECT_EQ(t.script.world.adds[0].who, base::UserId{3});
}

TEST(ConferenceInvites, a_conversation_that_cannot_go_on_there_hinders_nobody) {
  Invited t;
  t.enter(t.alice);
  t.talk(t.alice, "sip:bob@example.com");
  t.alice.ask(t.invitation(t.alice, "sip:bob@example.com"));
  t.script.face.on(domain::CommandAnswer{t.script.world.escalations[0].ticket, Reason::conference_exists},
                   t.script.now);
  EXPECT_EQ(t.script.world.adds.size(), 1U);
}

TEST(ConferenceInvites, refusals_reach_who_invites) {
  const std::pair<domain::AddAnswer, int> table[] = {
      {{{}, Reason::recipient_declined, 603, {}}, 603},
      {{{}, Reason::recipient_unavailable, 480, {}}, 480},
      {{{}, Reason::conference_full, base::status_of(Reason::conference_full), {}}, 486},
      {{{}, Reason::presenters_only, 403, {}}, 403}};
  for (auto [answer, status] : table) {
    Invited t;
    t.enter(t.alice);
    t.alice.ask(t.invitation(t.alice, "sip:bob@example.com"));
    answer.ticket = t.script.world.adds[0].ticket;
    t.script.face.on(answer, t.script.now);
    const std::string heard = Meeting::last(t.alice);
    EXPECT_EQ(status_of_text(heard), status);
    EXPECT_TRUE(has_reason(heard, answer.reason)) << heard;
  }
}

TEST(ConferenceInvites, what_invites_nobody) {
  Invited t;
  EXPECT_TRUE(has_reason(t.alice.ask(t.invitation(t.alice, "sip:bob@example.com")), Reason::not_in_conference));
  t.enter(t.alice);
  EXPECT_EQ(status_of_text(t.alice.ask(t.invitation(t.alice, "sip:nobody@example.com"))), 404);
  EXPECT_TRUE(has_reason(t.alice.ask(t.invitation(t.alice, "sip:bob@example.com", "sip:bob@example.com")),
                         Reason::conference_unknown));
  EXPECT_TRUE(
      has_reason(t.alice.ask(t.invitation(t.alice, "sip:bob@example.com", "(null)")), Reason::conference_unknown));
  Ask empty = t.invitation(t.alice, "sip:bob@example.com");
  empty.body = "<Conferencing/>";
  EXPECT_TRUE(has_reason(t.alice.ask(empty), Reason::command_malformed));
  EXPECT_TRUE(has_reason(t.bob.ask(t.invitation(t.bob, "sip:alice@example.com")), Reason::not_in_conference));
  EXPECT_TRUE(t.script.world.adds.empty());
}

/// COMPAT: the client does not escape a subject.
TEST(ConferenceInvites, a_subject_that_is_not_well_formed_is_taken) {
  Invited t;
  t.enter(t.alice);
  Ask ask = t.invitation(t.alice, "sip:bob@example.com");
  ask.body =
      "<Conferencing version=\"2.0\"><focus-uri>" + std::string(focus_address) +
      "</focus-uri><subject>R&D < 5</subject><im available=\"true\"><first-im>aGVsbG8=</first-im></im></Conferencing>";
  t.alice.ask(ask);
  ASSERT_EQ(t.script.world.adds.size(), 1U);
  EXPECT_EQ(t.script.world.adds[0].subject, "R&D < 5");
  EXPECT_EQ(t.script.world.adds[0].first_text, "aGVsbG8=");
}

TEST(ConferenceInvites, what_waits_is_bounded) {
  Invited t;
  t.enter(t.alice);
  for (std::size_t i = 0; i < invitations_per_connection_max; ++i)
    EXPECT_EQ(status_of_text(t.alice.ask(t.invitation(t.alice, "sip:bob@example.com"))), 100) << i;
  EXPECT_TRUE(has_reason(t.alice.ask(t.invitation(t.alice, "sip:bob@example.com")), Reason::too_many_conversations));
  t.script.face.on(domain::AddAnswer{t.script.world.adds[0].ticket, Reason::none, 0, {}}, t.script.now);
  EXPECT_EQ(status_of_text(t.alice.ask(t.invitation(t.alice, "sip:bob@example.com"))), 100);
}

TEST(ConferenceInvites, at_the_stop_and_after_a_loss_nobody_is_owed_an_answer) {
  Invited t;
  t.enter(t.alice);
  t.alice.ask(t.invitation(t.alice, "sip:bob@example.com"));
  t.script.face.stop(t.script.now);
  EXPECT_TRUE(has_reason(Meeting::last(t.alice), Reason::server_stopping));
  t.script.face.on_closed(t.alice.connection, false, t.script.now);
  t.script.face.on(domain::AddAnswer{t.script.world.adds[0].ticket, Reason::none, 0, {}}, t.script.now);
}

// ---- to a client

TEST(ConferenceInvites, a_device_is_invited_and_comes_by_itself) {
  Invited t;
  t.script.face.on(t.leg_for(t.bob), t.script.now);
  const std::string invite = Meeting::last(t.bob);
  EXPECT_TRUE(invite.starts_with("INVITE " + std::string(device_target) + " SIP/2.0")) << invite;
  EXPECT_TRUE(value_of(invite, "From").starts_with("<sip:alice@example.com>;tag="));
  EXPECT_EQ(value_of(invite, "To"), "<sip:bob@example.com>");
  EXPECT_EQ(value_of(invite, "Content-Type"), "application/ms-conf-invite+xml");
  EXPECT_GT(t.bob.signature_number(invite), 0U);
  const auto asked = wire::lync::read_conference_invite(body_of(invite));
  ASSERT_TRUE(asked);
  EXPECT_EQ(*asked, (wire::lync::ConferenceInvite{std::string(focus_address), "R&D", "aGVsbG8="}));
  const std::string heard = t.bob.say(t.bob.signed_text(answer_to(invite, 200)));
  EXPECT_TRUE(heard.starts_with("ACK " + std::string(device_target) + " SIP/2.0")) << "its answer has no Contact";
  EXPECT_EQ(value_of(heard, "Call-ID"), value_of(invite, "Call-ID"));
  EXPECT_EQ(value_of(heard, "CSeq"), "1 ACK");
  EXPECT_TRUE(has(value_of(heard, "To"), ";tag=e1"));
  ASSERT_EQ(t.script.world.leg_answers.size(), 1U);
  EXPECT_EQ(t.script.world.leg_answers[0].what, What::will_join);
  EXPECT_EQ(t.script.world.leg_answers[0].leg, base::LegId{900});
  EXPECT_EQ(t.script.world.leg_answers[0].conversation, talk_of_conference);
  t.script.face.on(domain::EndLeg{base::LegId{900}, {}, Reason::none}, t.script.now);
  EXPECT_EQ(Meeting::last(t.bob), "") << "no BYE follows";
}

TEST(ConferenceInvites, the_contact_of_the_answer_is_acknowledged) {
  Invited t;
  t.script.face.on(t.leg_for(t.bob), t.script.now);
  const std::string answer = with_line(answer_to(Meeting::last(t.bob), 200), "Contact: <sip:bob@192.0.2.8:5061;x=y>");
  EXPECT_TRUE(t.bob.say(t.bob.signed_text(answer)).starts_with("ACK sip:bob@192.0.2.8:5061;x=y SIP/2.0"));
}

TEST(ConferenceInvites, a_device_may_ring_and_decline) {
  Invited t;
  t.script.face.on(t.leg_for(t.bob), t.script.now);
  t.script.face.on(t.leg_for(t.bob), t.script.now);
  const std::vector<std::string> heard = t.bob.heard();
  ASSERT_EQ(heard.size(), 1U) << "asked twice, invited once";
  t.bob.say(t.bob.signed_text(answer_to(heard[0], 180)));
  t.bob.say(t.bob.signed_text(answer_to(heard[0], 180)));
  t.bob.say(t.bob.signed_text(answer_to(heard[0], 603)));
  const auto& answers = t.script.world.leg_answers;
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0].what, What::ringing);
  EXPECT_EQ(answers[1].what, What::refused);
  EXPECT_EQ(answers[1].status, 603);
}

TEST(ConferenceInvites, an_invitation_is_taken_back) {
  Invited t;
  t.script.face.on(t.leg_for(t.bob), t.script.now);
  const std::string invite = Meeting::last(t.bob);
  t.bob.say(t.bob.signed_text(answer_to(invite, 180)));
  t.script.world.leg_answers.clear();
  t.script.face.on(domain::EndLeg{base::LegId{900}, {}, Reason::answered_elsewhere}, t.script.now);
  const std::string cancel = Meeting::last(t.bob);
  EXPECT_TRUE(cancel.starts_with("CANCEL ")) << cancel;
  EXPECT_TRUE(has(value_of(cancel, "Reason"), "cause=200"));
  // COMPAT: the client ignores it.
  EXPECT_TRUE(t.bob.say(t.bob.signed_text(answer_to(invite, 200))).starts_with("ACK "));
  EXPECT_TRUE(t.script.world.leg_answers.empty()) << "the conference knows already";
}

TEST(ConferenceInvites, silence_and_loss) {
  Invited t;
  t.script.face.on(t.leg_for(t.bob), t.script.now);
  t.script.wait(std::chrono::seconds{40});
  ASSERT_EQ(t.script.world.leg_answers.size(), 1U);
  EXPECT_EQ(t.script.world.leg_answers[0].status, 408);
  t.script.face.on(t.leg_for(t.bob, base::LegId{901}), t.script.now);
  t.script.face.on_closed(t.bob.connection, false, t.script.now);
  ASSERT_EQ(t.script.world.leg_answers.size(), 2U);
  EXPECT_EQ(t.script.world.leg_answers[1].status, 430);
}

TEST(ConferenceInvites, invitations_of_a_connection_are_bounded) {
  Invited t;
  for (std::size_t i = 0; i < invitations_per_connection_max; ++i)
    t.script.face.on(t.leg_for(t.bob, base::LegId{1000 + i}), t.script.now);
  EXPECT_TRUE(t.script.world.leg_answers.empty());
  t.script.face.on(t.leg_for(t.bob, base::LegId{2000}), t.script.now);
  ASSERT_EQ(t.script.world.leg_answers.size(), 1U);
  EXPECT_EQ(t.script.world.leg_answers[0].status, 503);
}

/// Somebody with another kind of client has added a third person to the conversation.
TEST(ConferenceInvites, a_device_whose_conversation_has_grown_is_invited) {
  Invited t;
  t.talk(t.bob, "sip:alice@example.com");
  t.script.face.on(t.grown(t.script.world.opens.back().leg), t.script.now);
  const std::string invite = Meeting::last(t.bob);
  EXPECT_TRUE(invite.starts_with("INVITE sip:bob@example.com;opaque=user:epid:x;gruu SIP/2.0")) << invite;
  EXPECT_TRUE(value_of(invite, "From").starts_with("<sip:alice@example.com>;tag="));
  t.bob.say(t.bob.signed_text(answer_to(invite, 200)));
  EXPECT_TRUE(t.script.world.leg_answers.empty()) << "nobody waits for it";
  t.enter(t.bob);
  t.script.face.on(t.grown(t.script.world.opens.back().leg), t.script.now);
  EXPECT_EQ(Meeting::last(t.bob), "") << "it is in already";
}

}  // namespace
}  // namespace tertulia::face::lync
