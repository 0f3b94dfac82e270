// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "protocol/transaction/deadline_heap.h"
#include "protocol/transaction/layer_fixture.h"

namespace tertulia::protocol::transaction {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using wire::sip::Method;
using ClientSide = LayerTest;

constexpr const char* invite_wire =
    "INVITE sip:bob@192.0.2.4:49152;transport=tls SIP/2.0\r\nVia: SIP/2.0/TLS server.example.com;branch=z9hG4bKi\r\n"
    "Route: <sip:edge.example.com;lr>\r\nRoute: <sip:second.example.com;lr>\r\nMax-Forwards: 69\r\n"
    "From: <sip:alice@example.com>;tag=f1\r\nTo: <sip:bob@example.com>\r\nCall-ID: call-1\r\nCSeq: 7 INVITE\r\n"
    "Contact: <sip:server.example.com>\r\nContent-Length: 0\r\n\r\n";

std::string follow_up(const std::string& method, const std::string& to_tag) {
  return method +
         " sip:bob@192.0.2.4:49152;transport=tls SIP/2.0\r\nVia: SIP/2.0/TLS server.example.com;branch=z9hG4bKi\r\n"
         "Route: <sip:edge.example.com;lr>\r\nRoute: <sip:second.example.com;lr>\r\nMax-Forwards: 70\r\n"
         "From: <sip:alice@example.com>;tag=f1\r\nTo: <sip:bob@example.com>" +
         to_tag + "\r\nCall-ID: call-1\r\nCSeq: 7 " + method + "\r\nContent-Length: 0\r\n\r\n";
}

TEST_F(ClientSide, a_response_finds_its_request_by_connection_branch_and_method) {  // RFC 3261 17.1.3
  const ClientId id = begin(Method::message, "z9hG4bKa");
  EXPECT_THAT(taken(), ElementsAre("request"));
  EXPECT_FALSE(response(200, "z9hG4bKb", "MESSAGE").matched);
  EXPECT_FALSE(response(200, "z9hG4bKa", "BYE").matched);
  EXPECT_FALSE(response(200, "z9hG4bKa", "MESSAGE", 2).matched);
  const ResponseFate trying = response(100, "z9hG4bKa", "MESSAGE");
  EXPECT_TRUE(trying.matched);
  EXPECT_FALSE(trying.final_);
  EXPECT_EQ(trying.id, id);
  const ResponseFate done = response(404, "z9hG4bKa", "MESSAGE");
  EXPECT_TRUE(done.matched);
  EXPECT_TRUE(done.final_);
  EXPECT_FALSE(done.repeated);
  EXPECT_EQ(layer.client_count(), 0U);
  EXPECT_FALSE(response(404, "z9hG4bKa", "MESSAGE").matched);
  EXPECT_EQ(layer.deadline(), std::nullopt);
}

TEST_F(ClientSide, silence_ends_requests_in_the_order_of_their_deadlines) {
  const ClientId first = begin(Method::message, "z9hG4bKa");
  const ClientId second = begin(Method::bye, "z9hG4bKb", 2);
  now = now + 1s;
  const ClientId third = begin(Method::invite, "z9hG4bKc");
  EXPECT_EQ(layer.deadline(), now + 31s);
  EXPECT_THAT(layer.on_deadline(now + 30'999ms), IsEmpty());
  const std::vector<Ended> ended = layer.on_deadline(now + 32s);
  ASSERT_EQ(ended.size(), 3U);
  EXPECT_EQ(ended[0].id, first);
  EXPECT_EQ(ended[1].id, second);
  EXPECT_EQ(ended[2].id, third);
  EXPECT_EQ(ended[0].how, Ended::How::timed_out);
  EXPECT_EQ(layer.client_count(), 0U);
}

TEST_F(ClientSide, a_failure_of_an_invite_is_acknowledged) {  // RFC 3261 17.1.1.3
  begin(Method::invite, "z9hG4bKi", 1, invite_wire);
  taken();
  const ResponseFate fate = response(486, "z9hG4bKi", "INVITE");
  EXPECT_TRUE(fate.matched && fate.final_ && !fate.repeated);
  EXPECT_THAT(taken(), ElementsAre(follow_up("ACK", ";tag=t9")));
  EXPECT_EQ(layer.client_count(), 0U);
}

TEST_F(ClientSide, further_2xx_of_an_invite_are_told_as_repeats) {  // RFC 6026
  begin(Method::invite, "z9hG4bKi", 1, invite_wire);
  EXPECT_FALSE(response(180, "z9hG4bKi", "INVITE").final_);
  EXPECT_FALSE(response(200, "z9hG4bKi", "INVITE").repeated);
  const ResponseFate again = response(200, "z9hG4bKi", "INVITE");
  EXPECT_TRUE(again.matched && again.final_ && again.repeated);
  EXPECT_FALSE(response(486, "z9hG4bKi", "INVITE").matched);
  EXPECT_FALSE(response(180, "z9hG4bKi", "INVITE").matched);
  EXPECT_THAT(layer.on_deadline(now + 32s), IsEmpty());
  EXPECT_EQ(layer.client_count(), 0U);
}

TEST_F(ClientSide, cancel_goes_out_at_once_when_the_invite_is_known_to_have_arrived) {  // RFC 3261 9.1
  const ClientId id = begin(Method::invite, "z9hG4bKi", 1, invite_wire);
  response(180, "z9hG4bKi", "INVITE");
  taken();
  layer.cancel(id, now);
  layer.cancel(id, now);
  EXPECT_THAT(taken(), ElementsAre(follow_up("CANCEL", "")));
  EXPECT_FALSE(response(200, "z9hG4bKi", "CANCEL").matched);  // nobody waits for it
  const ResponseFate fate = response(487, "z9hG4bKi", "INVITE");
  EXPECT_EQ(fate.id, id);
  EXPECT_THAT(taken(), ElementsAre(follow_up("ACK", ";tag=t9")));
  EXPECT_EQ(layer.client_count(), 0U);
}

TEST_F(ClientSide, cancel_waits_for_the_first_provisional_response) {
  const ClientId id = begin(Method::invite, "z9hG4bKi", 1, invite_wire);
  taken();
  layer.cancel(id, now);
  EXPECT_THAT(taken(), IsEmpty());
  response(100, "z9hG4bKi", "INVITE");
  EXPECT_THAT(taken(), ElementsAre(follow_up("CANCEL", "")));
  response(180, "z9hG4bKi", "INVITE");
  EXPECT_THAT(taken(), IsEmpty());
}

TEST_F(ClientSide, cancel_carries_what_it_is_given_at_once_or_later) {  // RFC 3326
  const ExtraHeaders why = {{wire::sip::HeaderName::reason, "SIP;cause=200"}};
  for (const bool early : {true, false}) {
    const std::string branch = early ? "z9hG4bKi" : "z9hG4bKj";
    const ClientId id = begin(Method::invite, branch, 1, invite_wire);
    if (!early) response(180, branch, "INVITE");
    taken();
    layer.cancel(id, now, why);
    layer.cancel(id, now);  // the first word counts
    if (early) response(180, branch, "INVITE");
    const std::vector<std::string> wires = taken();
    ASSERT_EQ(wires.size(), 1U);
    EXPECT_THAT(wires[0], HasSubstr("\r\nReason: SIP;cause=200\r\n"));
  }
}

TEST_F(ClientSide, cancel_comes_too_late_after_the_final_response) {
  const ClientId id = begin(Method::invite, "z9hG4bKi", 1, invite_wire);
  layer.cancel(id, now);
  taken();
  response(200, "z9hG4bKi", "INVITE");
  layer.cancel(id, now);
  EXPECT_THAT(taken(), IsEmpty());
  layer.cancel(begin(Method::message, "z9hG4bKm"), now);  // only an INVITE can be cancelled
  layer.cancel(ClientId{12345}, now);
  EXPECT_THAT(taken(), ElementsAre("request"));
}

TEST_F(ClientSide, a_cancelled_invite_ends_without_any_answer) {  // COMPAT(pidgin-sipe 1.25): it answers no CANCEL
  const ClientId id = begin(Method::invite, "z9hG4bKi", 1, invite_wire);
  response(180, "z9hG4bKi", "INVITE");
  now = now + 60s;
  EXPECT_THAT(layer.on_deadline(now), IsEmpty());
  layer.cancel(id, now);
  EXPECT_THAT(layer.on_deadline(now + 31'999ms), IsEmpty());
  const std::vector<Ended> ended = layer.on_deadline(now + 32s);
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].id, id);
  EXPECT_EQ(layer.client_count(), 0U);
}

TEST_F(ClientSide, a_late_2xx_after_the_cancel_is_told) {
  const ClientId id = begin(Method::invite, "z9hG4bKi", 1, invite_wire);
  response(180, "z9hG4bKi", "INVITE");
  layer.cancel(id, now);
  now = now + 10s;
  const ResponseFate fate = response(200, "z9hG4bKi", "INVITE");
  EXPECT_TRUE(fate.matched && fate.final_);
  EXPECT_EQ(fate.id, id);
}

TEST_F(ClientSide, a_lost_connection_ends_its_requests_in_the_order_they_began) {
  const ClientId first = begin(Method::message, "z9hG4bKa");
  const ClientId other = begin(Method::message, "z9hG4bKb", 2);
  const ClientId second = begin(Method::invite, "z9hG4bKi", 1, invite_wire);
  const ClientId done = begin(Method::info, "z9hG4bKd");
  const ClientId answered = begin(Method::invite, "z9hG4bKe");
  const ClientId third = begin(Method::message, "z9hG4bKc");
  response(200, "z9hG4bKd", "INFO");
  response(200, "z9hG4bKe", "INVITE");
  response(180, "z9hG4bKi", "INVITE");
  layer.cancel(second, now);  // the CANCEL of the layer is not reported
  const std::vector<Ended> ended = layer.on_connection_gone(base::ConnectionId{1});
  ASSERT_EQ(ended.size(), 3U);
  EXPECT_EQ(ended[0].id, first);
  EXPECT_EQ(ended[1].id, second);
  EXPECT_EQ(ended[2].id, third);
  EXPECT_EQ(ended[2].how, Ended::How::connection_gone);
  EXPECT_NE(done, answered);
  EXPECT_EQ(layer.client_count(), 1U);
  EXPECT_EQ(response(200, "z9hG4bKb", "MESSAGE", 2).id, other);
}

TEST_F(ClientSide, the_bound_of_a_connection_holds) {
  for (std::size_t i = 0; i < limits.client_per_connection_max; ++i)
    begin(Method::message, "z9hG4bK" + std::to_string(i));
  EXPECT_FALSE(layer.request(base::ConnectionId{1}, Method::message, "z9hG4bKx", "more", now).has_value());
  EXPECT_EQ(taken().size(), limits.client_per_connection_max);
  begin(Method::message, "z9hG4bKx", 2);
  response(200, "z9hG4bK0", "MESSAGE");
  begin(Method::message, "z9hG4bKx");
}

TEST_F(ClientSide, many_requests_come_and_go) {  // slots and chains are used again, a large table gives its memory back
  for (int round = 0; round < 3; ++round) {
    for (std::uint64_t connection = 1; connection <= 500; ++connection)
      for (int i = 0; i < 5; ++i) begin(Method::message, "z9hG4bK" + std::to_string(i), connection);
    EXPECT_EQ(layer.client_count(), 2500U);
    for (std::uint64_t connection = 500; connection >= 1; --connection)
      for (const int i : {2, 0, 4, 1, 3})
        EXPECT_TRUE(response(200, "z9hG4bK" + std::to_string(i), "MESSAGE", connection).matched);
    EXPECT_EQ(layer.client_count(), 0U);
    EXPECT_EQ(layer.deadline(), std::nullopt);
  }
}

TEST(DeadlineHeap, holds_one_deadline_a_thing_and_the_earliest_on_top) {
  DeadlineHeap heap;
  std::vector<std::optional<std::int64_t>> model(50);
  std::uint64_t x = 88172645463325252ULL;  // xorshift
  for (int step = 0; step < 20000; ++step) {
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    const auto thing = static_cast<std::uint32_t>(x % model.size());
    if ((x >> 32) % 3 == 0) {
      heap.remove(thing);
      model[thing].reset();
    } else {
      model[thing] = static_cast<std::int64_t>((x >> 40) % 100);
      heap.set(thing, base::TimePoint{*model[thing]}, thing);
    }
    std::size_t count = 0;
    std::uint32_t first = 0;
    for (std::uint32_t i = 0; i < model.size(); ++i) {
      if (!model[i]) continue;
      if (count++ == 0 || *model[i] < *model[first]) first = i;
    }
    ASSERT_EQ(heap.size(), count);
    if (count == 0) continue;
    ASSERT_EQ(heap.top(), first);
    ASSERT_EQ(heap.earliest()->us, *model[first]);
  }
}

}  // namespace
}  // namespace tertulia::protocol::transaction
