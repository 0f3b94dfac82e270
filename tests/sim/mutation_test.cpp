// SPDX-License-Identifier: Apache-2.0
// Each invariant is broken on purpose once, and exactly its checker must see it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "mutation_world.h"

namespace tertulia::sim {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

bool is_delivery(bool to_client, std::string_view message) { return to_client && message.starts_with("MESSAGE "); }
bool is_answer_to_message(std::string_view message) {
  return message.starts_with("SIP/2.0 ") && message.find(" MESSAGE\r\n") != std::string_view::npos;
}
/// Alice and Bob, who take sessions.
class TwoPeople : public People {
 protected:
  TwoPeople() : People(Kind::with_sessions) {}

  void alice_says(const std::string& text) { phone(alice()).page(bob(), address(bob()), text); }
  std::set<std::string_view> failing(bool orderly_stop = true) { return People::failing(orderly_stop); }
};

class SoundWorld : public TwoPeople {};
class AcknowledgedMeansKept : public TwoPeople {};
class ConversationOrder : public TwoPeople {};
class ExactlyOncePerEndpoint : public TwoPeople {};
class SenderIsToldTheTruth : public TwoPeople {};
class ImmcuInTheMiddle : public TwoPeople {};
class OneRecordPerConversation : public TwoPeople {};
class EveryRefusalSaysWhy : public TwoPeople {};
class NothingUnbounded : public TwoPeople {};

TEST_F(SoundWorld, passes_all_checkers) {
  alice_says("one");
  world_.run_for(1s);
  const auto call = phone(alice()).invite(bob(), address(bob()));
  world_.run_for(1s);
  phone(alice()).say(*call, bob(), "two");
  world_.run_for(1s);
  phone(alice()).bye(*call, bob());
  phone(bob()).hang_up();
  world_.run_for(1s);
  alice_says("three");
  world_.run_for(1s);
  world_.crash();
  world_.run_for(2s);
  EXPECT_THAT(failing(), IsEmpty());
  EXPECT_EQ(world_.journal.copies.size(), 3U);
}

TEST_F(SoundWorld, fades_away_without_an_orderly_stop) {
  alice_says("one");
  world_.run_for(1s);
  EXPECT_THAT(failing(false), IsEmpty());
}

TEST_F(AcknowledgedMeansKept, fails_when_the_store_loses_a_message) {
  phone(bob()).hang_up();
  world_.run_for(1s);
  alice_says("one");
  world_.run_for(1s);
  ASSERT_EQ(world_.journal.questions.back().status, 202);
  world_.store.lose_kept();
  EXPECT_THAT(failing(), ElementsAre("AcknowledgedMeansKept"));
}

TEST_F(AcknowledgedMeansKept, fails_when_a_restart_forgets_what_was_kept) {
  phone(bob()).hang_up();
  world_.run_for(1s);
  alice_says("one");
  world_.run_for(1s);
  world_.crash();
  world_.store.lose_kept();
  world_.run_for(2s);
  EXPECT_THAT(failing(), ElementsAre("AcknowledgedMeansKept"));
}

TEST_F(ConversationOrder, fails_when_two_messages_are_swapped) {
  std::string held;
  world_.network.set_tamper([&](Link&, bool to_client, std::string message) -> std::vector<std::string> {
    if (!is_delivery(to_client, message)) return {message};
    if (held.empty()) return held = message, std::vector<std::string>{};
    return {message, held};
  });
  alice_says("one");
  alice_says("two");
  world_.run_for(1s);
  world_.network.set_tamper({});
  EXPECT_THAT(failing(), ElementsAre("ConversationOrder"));
}

TEST_F(ExactlyOncePerEndpoint, fails_when_a_message_is_repeated) {
  world_.network.set_tamper([](Link&, bool to_client, std::string message) -> std::vector<std::string> {
    if (!is_delivery(to_client, message)) return {message};
    return {message, replaced(message, "branch=z9hG4bK", "branch=z9hG4bKagain")};
  });
  alice_says("one");
  world_.run_for(1s);
  EXPECT_THAT(failing(), ElementsAre("ExactlyOncePerEndpoint"));
}

TEST_F(SenderIsToldTheTruth, fails_when_a_taken_message_is_called_a_failure) {
  // The server never learns that Bob has taken it.
  world_.network.set_tamper([](Link&, bool to_client, std::string message) -> std::vector<std::string> {
    if (to_client || !is_answer_to_message(message)) return {message};
    return {replaced(message, "200 OK", "100 Trying")};
  });
  alice_says("one");
  world_.run_for(40s);
  ASSERT_EQ(world_.journal.questions.back().status, 408);
  EXPECT_THAT(failing(), ElementsAre("SenderIsToldTheTruth"));
}

TEST_F(SenderIsToldTheTruth, fails_when_a_request_is_answered_twice) {
  world_.network.set_tamper([](Link&, bool to_client, std::string message) -> std::vector<std::string> {
    if (to_client && is_answer_to_message(message) && message.starts_with("SIP/2.0 200")) return {message, message};
    return {message};
  });
  alice_says("one");
  world_.run_for(1s);
  EXPECT_THAT(failing(), ElementsAre("SenderIsToldTheTruth"));
}

TEST_F(SenderIsToldTheTruth, fails_when_a_request_is_never_answered) {
  world_.network.set_tamper([](Link&, bool to_client, std::string message) -> std::vector<std::string> {
    if (to_client && is_answer_to_message(message) && message.starts_with("SIP/2.0 200")) return {};
    return {message};
  });
  alice_says("one");
  world_.run_for(1s);
  EXPECT_THAT(failing(), ElementsAre("SenderIsToldTheTruth"));
}

TEST_F(ImmcuInTheMiddle, fails_when_messages_pass_while_it_is_stopped) {
  world_.front->set_immcu_deaf(true);
  world_.run_immcu(false);
  alice_says("one");
  world_.run_for(1s);
  EXPECT_THAT(failing(), ElementsAre("ImmcuInTheMiddle"));
}

TEST_F(ImmcuInTheMiddle, fails_when_the_refusal_says_something_else) {
  world_.network.set_tamper([](Link&, bool to_client, std::string message) -> std::vector<std::string> {
    if (to_client && is_answer_to_message(message)) return {replaced(message, "SIP/2.0 503", "SIP/2.0 403")};
    return {message};
  });
  world_.run_immcu(false);
  alice_says("one");
  world_.run_for(1s);
  ASSERT_EQ(world_.journal.questions.back().status, 403);
  EXPECT_THAT(failing(), ElementsAre("ImmcuInTheMiddle"));
}

TEST_F(ImmcuInTheMiddle, fails_when_a_request_passes_from_client_to_client) {
  world_.network.set_tamper([this](Link&, bool to_client, std::string message) -> std::vector<std::string> {
    if (!is_delivery(to_client, message)) return {message};
    const std::size_t begin = message.find("Call-ID: ") + 9;
    const std::size_t end = message.find("\r\n", begin);
    return {message.replace(begin, end - begin, world_.journal.questions.back().call_id)};
  });
  alice_says("one");
  world_.run_for(1s);
  EXPECT_THAT(failing(), ElementsAre("ImmcuInTheMiddle"));
}

TEST_F(OneRecordPerConversation, fails_when_the_record_is_lost) {
  world_.store.set_records_lost(true);
  alice_says("one");
  world_.run_for(1s);
  EXPECT_THAT(failing(), ElementsAre("OneRecordPerConversation"));
}

TEST_F(OneRecordPerConversation, fails_when_the_record_of_a_session_is_lost) {
  world_.store.set_records_lost(true);
  ASSERT_TRUE(phone(alice()).invite(bob(), address(bob())));
  world_.run_for(1s);
  EXPECT_THAT(failing(), ElementsAre("OneRecordPerConversation"));
}

TEST_F(EveryRefusalSaysWhy, fails_when_the_reason_is_taken_out) {
  world_.network.set_tamper([](Link&, bool, std::string message) -> std::vector<std::string> {
    return {replaced(message, "\r\nms-diagnostics:", "\r\nX-Nothing:")};
  });
  phone(bob()).texts = {Manner::What::refuse, 603, {}};
  alice_says("one");
  world_.run_for(1s);
  ASSERT_EQ(world_.journal.questions.back().status, 603);
  EXPECT_THAT(failing(), ElementsAre("EveryRefusalSaysWhy"));
}

TEST_F(NothingUnbounded, fails_when_the_end_of_a_connection_is_not_told) {
  world_.front->set_losses_untold(true);
  EXPECT_THAT(failing(false), ElementsAre("NothingUnbounded"));
}

}  // namespace
}  // namespace tertulia::sim
