// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "protocol/transaction/layer_fixture.h"

namespace tertulia::protocol::transaction {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using Kind = RequestFate::Kind;
using ServerSide = LayerTest;

RequestText invite(std::string branch = ";branch=z9hG4bKone") {
  RequestText text;
  text.method = "INVITE";
  text.branch = std::move(branch);
  return text;
}
RequestText with_method(RequestText text, std::string method) {
  text.method = std::move(method);
  return text;
}

TEST_F(ServerSide, a_request_is_fresh_then_repeated) {
  const RequestFate fate = request({});
  EXPECT_EQ(fate.kind, Kind::fresh);
  EXPECT_TRUE(layer.waits_for_answer(fate.id));
  EXPECT_EQ(request({}).kind, Kind::repeated);
  EXPECT_THAT(taken(), IsEmpty());
  answer(fate.id, 100);
  EXPECT_EQ(request({}).kind, Kind::repeated);
  EXPECT_THAT(taken(), ElementsAre("100", "100"));
  EXPECT_TRUE(layer.waits_for_answer(fate.id));
  answer(fate.id, 200);
  EXPECT_THAT(taken(), ElementsAre("200"));
  EXPECT_FALSE(layer.waits_for_answer(fate.id));
  EXPECT_EQ(layer.server_count(), 0U);
  answer(fate.id, 200);  // harmless
  EXPECT_THAT(taken(), IsEmpty());
}

TEST_F(ServerSide, the_same_branch_right_after_the_answer_is_a_new_request) {  // timer J is zero on streams
  answer(request({}).id, 200);
  const RequestFate again = request({});
  EXPECT_EQ(again.kind, Kind::fresh);
  answer(again.id, 200);
  EXPECT_EQ(layer.server_count(), 0U);
}

TEST_F(ServerSide, connection_branch_sent_by_and_method_tell_transactions_apart) {  // RFC 3261 17.2.3
  EXPECT_EQ(request({}).kind, Kind::fresh);
  EXPECT_EQ(request({}, 2).kind, Kind::fresh);
  RequestText other;
  other.call_id = "call-2";
  EXPECT_EQ(request(with_method(other, "OPTIONS")).kind, Kind::fresh);
  EXPECT_EQ(request(with_method(other, "FOO")).kind, Kind::fresh);
  EXPECT_EQ(request(with_method(other, "BAR")).kind, Kind::fresh);
  EXPECT_EQ(request(with_method(other, "BAR")).kind, Kind::repeated);
  other.branch = ";branch=z9hG4bKONE";
  other.call_id = "call-3";
  EXPECT_EQ(request(with_method(other, "BAR")).kind, Kind::fresh);
}

TEST_F(ServerSide, without_a_usable_branch_rfc_2543_rules_match) {
  for (const std::string& branch : {std::string(), std::string(";branch=z9hG4bK"), std::string(";branch=1")}) {
    RequestText text;
    text.branch = branch;
    text.call_id = "old" + branch.substr(branch.size() > 3 ? branch.size() - 3 : 0);
    EXPECT_EQ(request(text).kind, Kind::fresh);
    EXPECT_EQ(request(text).kind, Kind::repeated);
    text.cseq = 2;
    EXPECT_EQ(request(text).kind, Kind::fresh);
    text.to_tag = ";tag=t1";
    EXPECT_EQ(request(text).kind, Kind::fresh);
    EXPECT_EQ(request(text).kind, Kind::repeated);
    layer.on_connection_gone(base::ConnectionId{1});
  }
}

TEST_F(ServerSide, the_ack_of_a_failure_ends_the_invite) {
  const RequestFate fate = request(invite());
  answer(fate.id, 486);
  RequestText ack = with_method(invite(), "ACK");
  ack.to_tag = ";tag=t1";
  EXPECT_EQ(request(ack).kind, Kind::ack);
  EXPECT_EQ(layer.server_count(), 0U);
  EXPECT_EQ(request(ack).kind, Kind::ack_of_2xx);  // late copy: no dialog will know it
}

TEST_F(ServerSide, the_ack_of_a_failure_without_branch_ends_the_invite) {
  answer(request(invite("")).id, 486);
  RequestText ack = with_method(invite(""), "ACK");
  ack.to_tag = ";tag=ours";  // the tag of our response
  EXPECT_EQ(request(ack).kind, Kind::ack);
  EXPECT_EQ(layer.server_count(), 0U);
}

TEST_F(ServerSide, the_ack_of_a_2xx_belongs_to_the_dialog) {
  const RequestFate fate = request(invite());
  answer(fate.id, 200);
  EXPECT_EQ(request(with_method(invite(), "ACK")).kind, Kind::ack_of_2xx);  // with the branch of the INVITE
  EXPECT_EQ(request(with_method(invite(";branch=z9hG4bKtwo"), "ACK")).kind, Kind::ack_of_2xx);
  EXPECT_EQ(layer.server_count(), 1U);
  now = now + 32s;
  EXPECT_EQ(layer.deadline(), now);
  layer.on_deadline(now);
  EXPECT_EQ(layer.server_count(), 0U);
}

TEST_F(ServerSide, a_failure_without_ack_ends_by_timer_h) {  // COMPAT(pidgin-sipe 1.25)
  answer(request(invite()).id, 488);
  EXPECT_THAT(taken(), ElementsAre("488"));
  now = now + 31'999ms;
  layer.on_deadline(now);
  EXPECT_EQ(layer.server_count(), 1U);
  EXPECT_EQ(request(invite()).kind, Kind::repeated);
  EXPECT_THAT(taken(), ElementsAre("488"));
  now = now + 1ms;
  EXPECT_THAT(layer.on_deadline(now), IsEmpty());
  EXPECT_EQ(layer.server_count(), 0U);
}

TEST_F(ServerSide, an_early_ack_does_nothing) {
  const RequestFate fate = request(invite());
  EXPECT_EQ(request(with_method(invite(), "ACK")).kind, Kind::ack);
  EXPECT_TRUE(layer.waits_for_answer(fate.id));
}

TEST_F(ServerSide, cancel_names_the_invite) {  // RFC 3261 9.2
  for (const char* branch : {";branch=z9hG4bKone", ""}) {
    const RequestFate pending = request(invite(branch));
    const RequestFate cancel = request(with_method(invite(branch), "CANCEL"));
    EXPECT_EQ(cancel.kind, Kind::cancel);
    EXPECT_EQ(cancel.id, pending.id);
    EXPECT_TRUE(layer.waits_for_answer(cancel.cancel_id));
    EXPECT_EQ(request(with_method(invite(branch), "CANCEL")).kind, Kind::repeated);
    answer(cancel.cancel_id, 200);
    answer(cancel.id, 487);
    EXPECT_THAT(taken(), ElementsAre("200", "487"));
    EXPECT_EQ(request(with_method(invite(branch), "ACK")).kind, Kind::ack);
    EXPECT_EQ(layer.server_count(), 0U);
  }
}

TEST_F(ServerSide, cancel_of_an_answered_invite_changes_nothing) {
  const RequestFate pending = request(invite());
  answer(pending.id, 200);
  const RequestFate cancel = request(with_method(invite(), "CANCEL"));
  EXPECT_EQ(cancel.kind, Kind::cancel);
  EXPECT_FALSE(layer.waits_for_answer(cancel.id));
  answer(cancel.id, 487);
  EXPECT_THAT(taken(), ElementsAre("200"));
}

TEST_F(ServerSide, cancel_of_nothing_and_of_other_requests_is_lost) {
  const RequestFate cancel = request(with_method(invite(), "CANCEL"));
  EXPECT_EQ(cancel.kind, Kind::cancel_lost);
  answer(cancel.cancel_id, 481);
  EXPECT_THAT(taken(), ElementsAre("481"));
  request({});
  EXPECT_EQ(request(with_method({}, "CANCEL")).kind, Kind::cancel_lost);
  request(invite(";branch=z9hG4bKtwo"), 2);
  EXPECT_EQ(request(with_method(invite(";branch=z9hG4bKtwo"), "CANCEL"), 1).kind, Kind::cancel_lost);
}

TEST_F(ServerSide, a_copy_by_another_path_is_merged) {  // RFC 3261 8.2.2.2
  RequestText copy;
  copy.branch = ";branch=z9hG4bKtwo";
  const RequestFate first = request({});
  const RequestFate second = request(copy);
  EXPECT_EQ(second.kind, Kind::merged);
  EXPECT_NE(second.id, first.id);
  answer(second.id, 482);
  EXPECT_TRUE(layer.waits_for_answer(first.id));
  EXPECT_EQ(request(copy, 2).kind, Kind::fresh);  // another connection: another client
  answer(first.id, 401);
  copy.branch = ";branch=z9hG4bKthree";
  EXPECT_EQ(request(copy).kind, Kind::fresh);  // the first one has ended
}

TEST_F(ServerSide, what_differs_is_not_merged) {
  request({});
  RequestText next;
  next.branch = ";branch=z9hG4bKtwo";
  next.cseq = 2;  // the retry after a challenge
  EXPECT_EQ(request(next).kind, Kind::fresh);
  next = {};
  next.branch = ";branch=z9hG4bKthree";
  next.from_tag = ";tag=f2";
  EXPECT_EQ(request(next).kind, Kind::fresh);
  next = {};
  next.branch = ";branch=z9hG4bKfour";
  next.to_tag = ";tag=t1";  // inside of a dialog
  EXPECT_EQ(request(next).kind, Kind::fresh);
}

TEST_F(ServerSide, at_the_bound_of_a_connection_there_are_too_many) {
  std::vector<RequestFate> fates;
  RequestText text;
  for (std::size_t i = 0; i < limits.server_per_connection_max; ++i) {
    text.branch = ";branch=z9hG4bK-" + std::to_string(i);
    text.cseq = static_cast<int>(i);
    fates.push_back(request(text));
    EXPECT_EQ(fates.back().kind, Kind::fresh);
  }
  text.branch = ";branch=z9hG4bK-more";
  text.cseq = 99;
  EXPECT_EQ(request(text).kind, Kind::too_many);
  EXPECT_EQ(request(with_method(text, "CANCEL")).kind, Kind::too_many);
  EXPECT_EQ(request(text, 2).kind, Kind::fresh);  // others are not disturbed
  answer(fates[3].id, 200);
  EXPECT_EQ(request(text).kind, Kind::fresh);
  EXPECT_EQ(layer.server_count(), limits.server_per_connection_max + 1);
}

TEST_F(ServerSide, at_the_bound_answered_invites_make_room) {
  for (std::size_t i = 0; i < 10 * limits.server_per_connection_max; ++i) {
    RequestText text = invite(";branch=z9hG4bK-" + std::to_string(i));
    text.call_id = "call-" + std::to_string(i);
    const RequestFate fate = request(text);
    ASSERT_EQ(fate.kind, Kind::fresh);
    answer(fate.id, 200);
  }
  EXPECT_EQ(layer.server_count(), limits.server_per_connection_max);
}

TEST_F(ServerSide, a_lost_connection_forgets_its_requests) {
  const RequestFate gone = request({});
  const RequestFate stays = request({}, 2);
  EXPECT_THAT(layer.on_connection_gone(base::ConnectionId{1}), IsEmpty());
  EXPECT_FALSE(layer.waits_for_answer(gone.id));
  EXPECT_TRUE(layer.waits_for_answer(stays.id));
  answer(gone.id, 200);
  EXPECT_THAT(taken(), IsEmpty());
}

}  // namespace
}  // namespace tertulia::protocol::transaction
