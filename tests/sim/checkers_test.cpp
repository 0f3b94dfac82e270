// SPDX-License-Identifier: Apache-2.0
// The checkers on journals written by hand: what must be found, and what must not.
#include "checkers.h"

#include <gtest/gtest.h>

#include <chrono>

#include "scheduler.h"

namespace tertulia::sim {
namespace {

using namespace std::chrono_literals;

base::TimePoint at(base::Duration time) { return Scheduler::start + time; }

Journal with_connection() {
  Journal journal;
  journal.connections.push_back({at(0s)});
  journal.connections.push_back({at(0s)});
  journal.closed = at(1000s);
  journal.addresses = {{{1}, "alice@example.com"}, {{2}, "bob@example.com"}};
  return journal;
}

Question page(std::string text, base::Duration asked, int status, base::Duration answered) {
  Question question;
  question.from = {1};
  question.to = {2};
  question.call_id = "call-" + text;
  question.from_tag = "tag-" + text;
  question.text = std::move(text);
  question.asked = at(asked);
  question.answered = at(answered);
  question.status = status;
  question.finals = 1;
  return question;
}

Copy copy(std::string text, base::Duration received, int status = 200) {
  Copy made;
  made.text = std::move(text);
  made.user = {2};
  made.device = 1;
  made.connection = 1;
  made.sent = made.received = at(received);
  made.answered = at(received);
  made.answer_arrived = at(received + 10ms);
  made.status = status;
  return made;
}

std::size_t found(void (*checker)(const Journal&, Findings&), const Journal& journal) {
  Findings findings;
  checker(journal, findings);
  return findings.size();
}

TEST(Checkers, a_kept_message_may_wait_be_delivered_or_be_refused_for_good) {
  Journal journal = with_connection();
  journal.questions = {page("t1", 1s, 202, 2s), page("t2", 1s, 202, 2s), page("t3", 1s, 202, 2s),
                       page("t4", 1s, 202, 2s)};
  journal.ending.kept = {"t1"};
  journal.copies = {copy("t2", 9s), copy("t3", 9s, 603), copy("t4", 9s, 480)};
  EXPECT_EQ(found(acknowledged_means_kept, journal), 1U);  // t4: the device only said "not now"
}

TEST(Checkers, a_kept_message_may_end_with_the_no_to_its_dialog) {
  Journal journal = with_connection();
  journal.questions = {page("t1", 2s, 202, 3s), page("t2", 9s, 202, 10s)};
  journal.questions[1].from = {2};
  journal.questions[1].to = {3};
  journal.questions[1].device = 1;
  Call call;
  call.device = 1;
  call.peer = "alice@example.com";
  call.state = Call::State::refused;
  call.status = 603;
  call.ended = at(5s);
  journal.calls = {call};
  EXPECT_EQ(found(acknowledged_means_kept, journal), 1U);  // t2: somebody else's
  journal.calls[0].status = 486;
  EXPECT_EQ(found(acknowledged_means_kept, journal), 2U);  // busy is not no
  journal.calls[0].status = 603;
  journal.calls[0].ended = at(1s);
  EXPECT_EQ(found(acknowledged_means_kept, journal), 2U);  // that was before
}

TEST(Checkers, a_success_needs_a_device_of_the_recipient) {
  Journal journal = with_connection();
  journal.questions = {page("t1", 1s, 200, 2s)};
  journal.copies = {copy("t1", 1500ms)};
  EXPECT_EQ(found(acknowledged_means_kept, journal), 0U);
  journal.copies[0].user = {3};
  EXPECT_EQ(found(acknowledged_means_kept, journal), 1U);
}

TEST(Checkers, order_holds_for_who_waited_and_for_one_breath) {
  Journal journal = with_connection();
  journal.questions = {page("t1", 1s, 200, 2s), page("t2", 3s, 200, 4s)};
  journal.copies = {copy("t2", 5s), copy("t1", 6s)};
  EXPECT_EQ(found(conversation_order, journal), 1U);
  // Over two connections without waiting there is no order.
  journal.questions = {page("t1", 1s, 200, 9s), page("t2", 3s, 200, 9s)};
  EXPECT_EQ(found(conversation_order, journal), 1U);
  journal.questions[1].connection = 1;
  EXPECT_EQ(found(conversation_order, journal), 0U);
  // One came as a page, the other in a session.
  journal.questions[1].connection = 0;
  journal.copies[0].dialog = "d";
  EXPECT_EQ(found(conversation_order, journal), 0U);
}

TEST(Checkers, a_second_copy_is_excused_by_a_new_connection_or_a_late_answer) {
  Journal journal = with_connection();
  journal.copies = {copy("t1", 5s), copy("t1", 6s)};
  EXPECT_EQ(found(exactly_once_per_endpoint, journal), 1U);
  journal.copies[1].connection = 0;
  EXPECT_EQ(found(exactly_once_per_endpoint, journal), 0U);
  journal.copies[1].connection = 1;
  journal.copies[0].answered = at(30s);
  EXPECT_EQ(found(exactly_once_per_endpoint, journal), 0U);
}

TEST(Checkers, a_success_is_not_told_before_it_is_one) {
  Journal journal = with_connection();
  journal.questions = {page("t1", 1s, 200, 2s)};
  journal.copies = {copy("t1", 3s)};
  EXPECT_EQ(found(sender_is_told_the_truth, journal), 1U);
  journal.questions = {page("t2", 1s, 202, 2s)};
  journal.kept_at = {{"t2", at(3s)}};
  EXPECT_EQ(found(sender_is_told_the_truth, journal), 1U);
  journal.kept_at = {{"t2", at(1500ms)}};
  EXPECT_EQ(found(sender_is_told_the_truth, journal), 0U);
}

TEST(Checkers, a_failure_is_not_followed_by_a_delivery) {
  Journal journal = with_connection();
  journal.questions = {page("t1", 1s, 408, 33s)};
  journal.copies = {copy("t1", 40s)};
  EXPECT_EQ(found(sender_is_told_the_truth, journal), 1U);
  journal.copies = {copy("t1", 32s)};  // crossed
  EXPECT_EQ(found(sender_is_told_the_truth, journal), 0U);
}

TEST(Checkers, an_answer_is_owed_only_while_the_connection_lives) {
  Journal journal = with_connection();
  journal.questions = {page("t1", 1s, 0, 0s)};
  journal.questions[0].answered.reset();
  EXPECT_EQ(found(sender_is_told_the_truth, journal), 1U);
  journal.connections[0].ended = at(60s);
  EXPECT_EQ(found(sender_is_told_the_truth, journal), 0U);
}

TEST(Checkers, a_stopped_component_answers_503) {
  Journal journal = with_connection();
  journal.immcu_stopped = {{at(10s), at(20s)}};
  journal.questions = {page("t1", 11s, 503, 12s), page("t2", 9s, 200, 12s), page("t3", 11s, 480, 12s)};
  EXPECT_EQ(found(immcu_in_the_middle, journal), 1U);
}

TEST(Checkers, records_count_what_was_acknowledged) {
  Journal journal = with_connection();
  domain::SessionRecord record;
  record.conversation = {1};
  record.user1 = {"alice@example.com", {}, {}, 1};
  record.user2 = {"bob@example.com", {}, {}, 0};
  record.invite_time = {Scheduler::calendar_start_us + at(1s).us};
  record.end_time = record.invite_time;
  journal.ending.sessions = {record};
  journal.questions = {page("t1", 1s, 200, 2s)};
  EXPECT_EQ(found(one_record_per_conversation, journal), 0U);
  journal.questions.push_back(page("t2", 1s, 200, 2s));
  EXPECT_EQ(found(one_record_per_conversation, journal), 1U);  // one is missing
  journal.questions.clear();
  EXPECT_EQ(found(one_record_per_conversation, journal), 1U);  // one too many
  journal.questions = {page("t1", 1s, 200, 2s)};
  journal.ending.sessions[0].end_time.reset();
  EXPECT_EQ(found(one_record_per_conversation, journal), 1U);  // still open
}

TEST(Checkers, invitations_that_cross_share_a_record) {
  Journal journal = with_connection();
  const auto invitation = [](std::string call_id, base::UserId from, base::UserId to, base::Duration asked,
                             base::Duration answered) {
    Question question;
    question.kind = Question::Kind::invite;
    question.call_id = std::move(call_id);
    question.from = from;
    question.to = to;
    question.asked = at(asked);
    question.answered = at(answered);
    question.status = 200;
    return question;
  };
  domain::SessionRecord record;
  record.mode = domain::SessionMode::session;
  record.call_id = "a";
  record.end_time = base::WallTime{1};
  journal.ending.sessions = {record};
  const base::UserId one{1}, other{2};
  journal.questions = {invitation("a", one, other, 1s, 3s), invitation("b", other, one, 2s, 3s)};
  EXPECT_EQ(found(one_record_per_conversation, journal), 0U);
  journal.questions[1] = invitation("b", other, one, 4s, 5s);  // it did not cross
  EXPECT_EQ(found(one_record_per_conversation, journal), 1U);
  journal.questions[1] = invitation("b", one, other, 2s, 3s);  // the same way
  EXPECT_EQ(found(one_record_per_conversation, journal), 1U);
}

TEST(Checkers, every_refusal_and_every_count_is_looked_at) {
  Journal journal = with_connection();
  journal.refusals = {{at(1s), 0, "1 MESSAGE", 480, false}, {at(1s), 0, "2 MESSAGE", 480, true}};
  journal.ending.counts = {{"sessions", 0}, {"endpoints", 2}};
  EXPECT_EQ(found(every_refusal_says_why, journal), 1U);
  EXPECT_EQ(found(nothing_unbounded, journal), 1U);
}

}  // namespace
}  // namespace tertulia::sim
