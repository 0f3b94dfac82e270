// SPDX-License-Identifier: Apache-2.0
// Single messages through the IMMCU.  Left: what somebody says or answers; below: what must be seen.
#include <gtest/gtest.h>

#include "domain/conversation/conversation.h"
#include "domain/conversation/limits.h"
#include "domain/conversation/test_bench.h"

namespace tertulia::domain::bench {
namespace {

using base::Reason;
using namespace std::chrono_literals;
using What = DeliverAnswer::What;
using Texts = std::vector<std::string>;

TEST(ConversationOrder, messages_of_one_conversation_go_out_as_they_came) {
  ImmcuBench b;
  b.page(alice, bob, "1");
  b.page(bob, alice, "2");
  b.page(alice, bob, "3");
  EXPECT_EQ(b.texts_to_inbox(), (Texts{"1", "2", "3"}));  // all under way at once
  EXPECT_EQ(b.inbox[0].conversation, b.inbox[1].conversation);
  EXPECT_EQ(b.inbox[1].to, alice);
  EXPECT_EQ(b.immcu.conversation_count(), 1U);
}

TEST(SenderIsToldTheTruth, an_answer_comes_once_and_only_when_the_outcome_is_known) {
  ImmcuBench b;
  const auto first = b.page(alice, bob, "1");
  const auto second = b.page(alice, bob, "2");
  const auto third = b.page(alice, bob, "3");
  EXPECT_TRUE(b.answers.empty());
  b.inbox_answers(1, PostOutcome::kept);
  EXPECT_EQ(b.outcome(second).outcome, PostOutcome::kept);
  EXPECT_FALSE(b.answered(first));
  b.inbox_answers(0, PostOutcome::delivered);
  b.inbox_answers(0, PostOutcome::refused, Reason::recipient_refused, 486);  // a second answer changes nothing
  EXPECT_EQ(b.outcome(first).outcome, PostOutcome::delivered);
  b.inbox_answers(2, PostOutcome::refused, Reason::recipient_refused, 486);
  EXPECT_EQ(b.outcome(third).outcome, PostOutcome::refused);
  EXPECT_EQ(b.outcome(third).status, 486);
  EXPECT_EQ(b.outcome(third).reason, Reason::recipient_refused);
  EXPECT_EQ(b.answers.front().first, alices_edge);
}

TEST(EveryRefusalSaysWhy, page) {
  ImmcuBench b;
  b.people.set(alice, "message_bytes_max", "10");
  EXPECT_EQ(b.outcome(b.page(alice, bob, "12345678901")).reason, Reason::body_too_large);
  EXPECT_EQ(b.outcome(b.page(alice, bob, "")).reason, Reason::message_empty);
  EXPECT_EQ(b.outcome(b.page(alice, base::UserId{99}, "hi")).reason, Reason::destination_unknown);
  b.people.block(bob, alice);
  EXPECT_EQ(b.outcome(b.page(alice, bob, "hi")).reason, Reason::sender_blocked);
  b.people.set(dave, "home_server", "fe2.example.com");
  EXPECT_EQ(b.outcome(b.page(alice, dave, "hi")).reason, Reason::home_elsewhere) << "not kept: nobody would fetch it";
  b.people.disable(bob);
  EXPECT_EQ(b.outcome(b.page(alice, bob, "hi")).reason, Reason::destination_unknown);
  b.people.disable(alice);
  EXPECT_EQ(b.outcome(b.page(alice, carol, "hi")).reason, Reason::account_disabled);
  b.immcu.set_running(false, b.clock.now());
  EXPECT_EQ(b.outcome(b.page(carol, bob, "hi")).reason, Reason::immcu_stopped);
  EXPECT_TRUE(b.inbox.empty());
  EXPECT_EQ(b.immcu.conversation_count(), 0U);
}

TEST(EveryRefusalSaysWhy, link_policy_of_the_sender_counts) {
  ImmcuBench b;
  b.people.set(alice, "link_action", "block");
  EXPECT_EQ(b.outcome(b.page(alice, bob, "see http://evil.test/")).reason, Reason::link_blocked);
  b.page(bob, alice, "see http://evil.test/");
  EXPECT_EQ(b.inbox.back().message->content, "see _http://evil.test/");
  b.page(alice, bob, "http://typing", MessageKind::typing);  // no text, not filtered
  EXPECT_EQ(b.inbox.back().message->content, "http://typing");
  // A subject is read whatever it stands with.
  auto topic = std::make_shared<InstantMessage>(*b.inbox.back().message);
  topic->subject = "see http://evil.test/";
  EXPECT_EQ(b.outcome(b.page(bob, topic)).reason, Reason::link_blocked);
  topic = std::make_shared<InstantMessage>(*topic);
  topic->from = bob;
  b.page(alice, topic);
  EXPECT_EQ(b.inbox.back().message->subject, "see _http://evil.test/");
}

TEST(ImmcuInTheMiddle, stopped_every_message_fails_at_once_and_started_all_works_again) {
  ImmcuBench b;
  const auto before = b.page(alice, bob, "1");
  b.immcu.set_running(false, b.clock.now());
  EXPECT_FALSE(b.immcu.running());
  EXPECT_EQ(b.outcome(b.page(alice, bob, "2")).reason, Reason::immcu_stopped);
  EXPECT_TRUE(b.records.size() == 1 && b.inbox.size() == 1);
  b.inbox_answers(0, PostOutcome::delivered);  // what was under way still gets its answer
  EXPECT_EQ(b.outcome(before).outcome, PostOutcome::delivered);
  b.immcu.set_running(true, b.clock.now());
  b.page(alice, bob, "3");
  EXPECT_EQ(b.texts_to_inbox(), (Texts{"1", "3"}));
  EXPECT_EQ(b.inbox[0].conversation, b.inbox[1].conversation);
}

TEST(OneRecordPerConversation, page_conversation_with_answers_of_both_sides) {
  ImmcuBench b;
  const auto began = b.clock.now().wall;
  b.page(alice, bob, "1");
  ASSERT_EQ(b.records.size(), 1U);
  EXPECT_EQ(b.records[0].first, base::Ticket{});
  EXPECT_EQ(b.records[0].second.response_code, 0);
  b.inbox_answers(0, PostOutcome::delivered);
  b.pass(60s);
  b.page(bob, alice, "2");
  b.page(alice, bob, "typing", MessageKind::typing);
  b.page(alice, bob, "3");
  const auto last = b.clock.now().wall;
  for (std::size_t i = 1; i < 4; ++i) b.inbox_answers(i, PostOutcome::delivered);
  b.pass(599s);
  EXPECT_EQ(b.immcu.conversation_count(), 1U);
  b.pass(2s);
  EXPECT_EQ(b.immcu.conversation_count(), 0U);
  ASSERT_EQ(b.records.size(), 2U);
  const SessionRecord record = b.records[1].second;
  EXPECT_EQ(record.id, b.records[0].second.id);
  EXPECT_NE(b.records[1].first, base::Ticket{});
  EXPECT_EQ(record.user1.user, "alice@example.com");
  EXPECT_EQ(record.user1.message_count, 2U);
  EXPECT_EQ(record.user1.client_version, "Desk/1");
  EXPECT_EQ(record.user1.endpoint, base::EndpointId{10});
  EXPECT_EQ(record.user2.user, "bob@example.com");
  EXPECT_EQ(record.user2.message_count, 1U);
  EXPECT_EQ(record.user2.client_version, "Phone/20");
  EXPECT_EQ(record.mode, SessionMode::page);
  EXPECT_EQ(record.content_type, "text/plain");
  EXPECT_EQ(record.call_id, "call-1");
  EXPECT_EQ(record.invite_time, began);
  EXPECT_EQ(record.end_time, last);  // when the last text was said, not when we noticed
  EXPECT_EQ(record.response_code, 200);
  EXPECT_EQ(record.diagnostic_id, base::id_of(Reason::conversation_idle));
  b.immcu.on_recorded(b.records[1].first, {}, b.clock.now());
  b.page(alice, bob, "again");
  EXPECT_NE(b.records.back().second.id, record.id);
}

TEST(OneRecordPerConversation, first_message_that_fails_leaves_one_and_ends_the_conversation) {
  ImmcuBench b;
  b.page(alice, bob, "1");
  b.inbox_answers(0, PostOutcome::refused, Reason::recipient_refused, 486);
  ASSERT_EQ(b.records.size(), 2U);
  EXPECT_EQ(b.records[0].second.id, b.records[1].second.id);
  EXPECT_EQ(b.records[1].second.response_code, 486);
  EXPECT_EQ(b.records[1].second.diagnostic_id, base::id_of(Reason::recipient_refused));
  EXPECT_EQ(b.records[1].second.user1.message_count, 0U);
  EXPECT_TRUE(b.records[1].second.end_time.has_value());
  EXPECT_EQ(b.immcu.conversation_count(), 0U);
  b.people.block(bob, alice);  // refused before there is a conversation: one row too
  b.page(alice, bob, "2");
  ASSERT_EQ(b.records.size(), 3U);
  EXPECT_EQ(b.records[2].second.response_code, 480);
  EXPECT_EQ(b.records[2].second.user2.user, "bob@example.com");
  EXPECT_TRUE(b.records[2].second.end_time.has_value());
}

TEST(OneRecordPerConversation, kept_is_202_and_a_later_delivery_does_not_change_it) {
  ImmcuBench b;
  b.page(alice, bob, "1");
  b.inbox_answers(0, PostOutcome::kept);
  b.page(alice, bob, "2");
  b.inbox_answers(1, PostOutcome::delivered);
  b.immcu.stop(b.clock.now());
  EXPECT_EQ(b.records.back().second.response_code, 202);
  EXPECT_EQ(b.records.back().second.user1.message_count, 2U);
  EXPECT_EQ(b.records.back().second.diagnostic_id, base::id_of(Reason::server_stopping));
}

TEST(OneRecordPerConversation, typing_alone_leaves_none_and_does_not_keep_a_conversation) {
  ImmcuBench b;
  b.page(alice, bob, "...", MessageKind::typing);
  b.inbox_answers(0, PostOutcome::delivered);
  EXPECT_EQ(b.immcu.conversation_count(), 1U);
  b.pass(601s);
  EXPECT_EQ(b.immcu.conversation_count(), 0U);
  EXPECT_TRUE(b.records.empty());
  b.page(alice, bob, "1");
  b.inbox_answers(1, PostOutcome::delivered);
  b.pass(400s);
  b.page(alice, bob, "...", MessageKind::typing);
  b.inbox_answers(2, PostOutcome::delivered);
  b.pass(201s);
  EXPECT_EQ(b.immcu.conversation_count(), 0U);
}

TEST(OneRecordPerConversation, a_message_to_oneself_is_a_conversation) {
  ImmcuBench b;
  const auto note = b.page(alice, alice, "buy milk");
  EXPECT_EQ(b.inbox.at(0).to, alice);
  b.inbox_answers(0, PostOutcome::delivered);
  EXPECT_EQ(b.outcome(note).outcome, PostOutcome::delivered);
  EXPECT_EQ(b.inbox.size(), 1U);
}

TEST(NothingUnbounded, messages_in_flight_of_one_conversation) {
  ImmcuBench b;
  for (std::size_t i = 0; i < conversation_limits::messages_in_flight_max; ++i) b.page(alice, bob, "x");
  EXPECT_EQ(b.outcome(b.page(alice, bob, "more")).reason, Reason::too_many_messages_waiting);
  b.page(alice, carol, "other conversations go on");
  EXPECT_EQ(b.inbox.back().to, carol);
  b.inbox_answers(5, PostOutcome::delivered);
  EXPECT_FALSE(b.answered(b.page(alice, bob, "fits again")));
}

TEST(NothingUnbounded, conversations_of_one_shard) {
  ImmcuBench b;
  const base::UserId first{1000};
  User user = People::make(alice);
  for (std::uint32_t i = 0; i < 450; ++i) {
    user.id = {first.value + i};
    user.address = *Address::parse("u" + std::to_string(i) + "@example.com");
    b.people.put(user);
  }
  std::size_t begun = 0;
  for (std::uint32_t i = 0; i < 450 && begun < conversation_limits::conversations_max; ++i) {
    for (std::uint32_t j = i + 1; j < 450 && begun < conversation_limits::conversations_max; ++j, ++begun) {
      auto message = std::make_shared<InstantMessage>(*say(alice, "x"));
      message->from = {first.value + i};
      b.page({first.value + j}, std::move(message));
    }
  }
  ASSERT_EQ(b.immcu.conversation_count(), conversation_limits::conversations_max);
  EXPECT_EQ(b.immcu.conversations(3).size(), 3U);
  EXPECT_EQ(b.outcome(b.page(alice, bob, "one more")).reason, Reason::too_many_conversations);
}

TEST(Immcu, orderly_stop_answers_everything_and_closes_the_records) {
  ImmcuBench b;
  const auto under_way = b.page(alice, bob, "1");
  b.immcu.stop(b.clock.now());
  EXPECT_EQ(b.outcome(under_way).reason, Reason::server_stopping);
  EXPECT_EQ(b.outcome(b.page(alice, bob, "2")).reason, Reason::server_stopping);
  EXPECT_TRUE(b.records.back().second.end_time.has_value());
  b.inbox_answers(0, PostOutcome::delivered);  // too late to change anything
  EXPECT_EQ(b.answers.size(), 2U);
  EXPECT_EQ(b.immcu.deadline(), std::nullopt);
}

TEST(Immcu, shards_of_pairs_and_ids) {
  EXPECT_EQ(conversation_shard(alice, bob, 8), conversation_shard(bob, alice, 8));
  EXPECT_LT(home_shard(bob, 3).value, 3);
  ImmcuBench b;
  b.page(alice, bob, "1");
  EXPECT_EQ(conversation_shard(b.inbox[0].conversation), mcu);
}

/// A conversation of three, without an Immcu around it.
class Three : private ImmcuPorts {
 public:
  DeliveryBook book;
  ConversationOutlet out{mcu, *this, book};
  Conversation talk{base::ConversationId{5}, SessionRecord{}};
  std::vector<InboxDeliver> inbox;
  std::vector<DeliverSession> sessions;
  std::vector<PostAnswer> answers;
  Clock clock;

  void join(base::UserId user, base::LegId leg = {}) {
    Participant person;
    person.user = user;
    ASSERT_TRUE(talk.add(person));
    if (leg) talk.take_leg(talk.participants().size() - 1, bobs_edge, leg, {});
  }
  void post(std::size_t sender, const char* text) {
    talk.post({{++last_}, alices_edge, sender, say(talk.participants()[sender].user, text)}, out, clock.now());
  }
  void inbox_answers(std::size_t index, PostOutcome outcome, Reason reason = Reason::none) {
    const auto delivery = book.close(inbox[index].ticket);
    if (delivery) talk.on_inbox_answer(*delivery, {inbox[index].ticket, {5}, outcome, reason, 0, {}}, out, clock.now());
  }
  void leg_answers(std::size_t index, What what) {
    const auto delivery = book.close(sessions[index].ticket);
    if (delivery) talk.on_leg_answer(*delivery, {sessions[index].ticket, what, 0}, out, clock.now());
  }

 private:
  void answer(base::ShardId, PostAnswer answer) override { answers.push_back(answer); }
  void answer(base::ShardId, OpenAnswer) override {}
  void answer(base::ShardId, CloseAnswer) override {}
  void deliver(base::ShardId, DeliverSession deliver) override { sessions.push_back(std::move(deliver)); }
  void invite(base::ShardId, InviteLeg) override {}
  void end(base::ShardId, EndLeg) override {}
  void deliver(InboxDeliver deliver) override { inbox.push_back(std::move(deliver)); }
  void find(FindEndpoints) override {}
  void record(base::Ticket, SessionRecord) override {}
  std::uint64_t last_ = 0;
};

TEST(ConversationOfThree, newcomer_gets_what_follows_and_the_sender_hears_when_all_have_it) {
  Three t;
  t.join(alice);
  t.join(bob);
  t.post(0, "1");
  t.join(carol, base::LegId{9});
  t.post(0, "2");
  ASSERT_EQ(t.inbox.size(), 2U);
  ASSERT_EQ(t.sessions.size(), 1U);  // "2" only
  t.inbox_answers(0, PostOutcome::delivered);
  ASSERT_EQ(t.answers.size(), 1U);
  t.inbox_answers(1, PostOutcome::kept);
  EXPECT_EQ(t.answers.size(), 1U);  // Carol's leg has not answered
  t.leg_answers(0, What::taken);
  ASSERT_EQ(t.answers.size(), 2U);
  EXPECT_EQ(t.answers[1].outcome, PostOutcome::kept);
}

TEST(ConversationOfThree, one_refusal_is_told_and_one_who_leaves_gets_nothing_new) {
  Three t;
  t.join(alice);
  t.join(bob);
  t.join(carol, base::LegId{9});
  t.post(0, "1");
  t.inbox_answers(0, PostOutcome::delivered);
  t.leg_answers(0, What::silent);
  ASSERT_EQ(t.answers.size(), 1U);
  EXPECT_EQ(t.answers[0].reason, Reason::recipient_silent);
  t.talk.lose_leg(2, true, t.out);
  EXPECT_EQ(t.talk.present(), 2U);
  t.post(0, "2");
  EXPECT_EQ(t.sessions.size(), 1U);
  t.inbox_answers(1, PostOutcome::delivered);
  EXPECT_EQ(t.answers.back().outcome, PostOutcome::delivered);
}

TEST(NothingUnbounded, participants) {
  Three t;
  for (std::size_t i = 0; i < conversation_limits::participants_max; ++i) t.join(alice);
  EXPECT_FALSE(t.talk.add(Participant{}));
}

}  // namespace
}  // namespace tertulia::domain::bench
