// SPDX-License-Identifier: Apache-2.0
// How calls end without a BYE: lost sides, timers, the server itself.
#include <gtest/gtest.h>

#include "domain/call/call_bench.h"

namespace tertulia::domain::call_bench {
namespace {

using base::Reason;
using namespace std::chrono_literals;
using Ring = RingAnswer::What;
using Kind = CallRequestKind;

TEST(Lost, caller_before_the_answer) {
  AgentBench b;
  b.ringing(2);
  b.agent.on_lost({b.call(), alices_leg}, b.now);
  EXPECT_EQ(b.refusals.at(0).reason, Reason::request_cancelled);
  EXPECT_EQ(b.stops.size(), 2U);
  EXPECT_EQ(b.last_record().response_code, 487);
  EXPECT_EQ(b.states(alice, true), "trying over");
  EXPECT_TRUE(b.one_record());
}

TEST(Lost, device_that_rings_counts_as_a_refusal) {
  AgentBench b;
  b.ringing(2);
  b.rings_back(0, Ring::progress, 180);
  b.agent.on_lost({b.call(), b.bobs_leg(0)}, b.now);
  b.agent.on_lost({b.call(), b.bobs_leg(0)}, b.now);
  EXPECT_TRUE(b.refusals.empty());
  b.agent.on_lost({b.call(), {4711}}, b.now);
  b.agent.on_lost({{4711}, b.bobs_leg(1)}, b.now);
  b.agent.on_lost({b.call(), b.bobs_leg(1)}, b.now);
  ASSERT_EQ(b.refusals.size(), 1U);
  EXPECT_EQ(b.refusals[0].reason, Reason::recipient_unavailable);
  EXPECT_EQ(b.states(bob, false), "ringing over");
}

TEST(Lost, either_side_of_a_call) {
  for (const bool is_alice : {true, false}) {
    AgentBench b;
    b.up();
    const base::Ticket pending = is_alice ? b.bob_asks(Kind::relayed) : b.alice_asks(Kind::relayed);
    b.agent.on_lost({b.call(), is_alice ? alices_leg : b.bobs_leg()}, b.now);
    ASSERT_EQ(b.stops.size(), 1U);  // the other one is told
    EXPECT_EQ(b.stops[0].leg, is_alice ? b.bobs_leg() : alices_leg);
    EXPECT_EQ(b.stops[0].reason, Reason::call_party_vanished);
    EXPECT_EQ(b.reply(pending).status, 487);
    EXPECT_EQ(b.states(alice, true), "trying up over");
    EXPECT_EQ(b.states(bob, false), "up over");
    EXPECT_EQ(b.last_record().response_code, 200);
    EXPECT_EQ(b.last_record().diagnostic_id, base::id_of(Reason::call_party_vanished));
    EXPECT_EQ(b.last_record().disconnected_by, is_alice ? 1 : 2);
    EXPECT_TRUE(b.one_record());
    b.agent.on_lost({b.call(), alices_leg}, b.now);
    b.agent.on_lost({b.call(), b.bobs_leg()}, b.now);
    EXPECT_EQ(b.stops.size(), 1U);
    b.recorded();
    EXPECT_EQ(b.agent.pending_count(), 0U);
  }
}

TEST(Lost, device_that_had_lost_the_race_means_nothing) {
  AgentBench b;
  b.ringing(2);
  b.rings_back(1, Ring::answered, 200);
  b.agent.on_lost({b.call(), b.bobs_leg(0)}, b.now);
  EXPECT_EQ(b.agent.call_count(), 1U);
}

TEST(SessionTimer, ends_a_call_that_is_not_refreshed) {  // RFC 4028
  AgentBench b;
  b.up();
  b.agent.on_refreshed({b.call(), 90s}, b.now);
  b.pass(89s);
  b.agent.on_refreshed({b.call(), 90s}, b.now);
  b.pass(89s);
  EXPECT_EQ(b.agent.call_count(), 1U);
  b.pass(1s);
  EXPECT_EQ(b.agent.call_count(), 0U);
  ASSERT_EQ(b.stops.size(), 2U);
  EXPECT_EQ(b.stops[0].reason, Reason::session_timer_expired);
  EXPECT_EQ(b.last_record().diagnostic_id, base::id_of(Reason::session_timer_expired));
  EXPECT_EQ(b.last_record().disconnected_by, 0);
  EXPECT_TRUE(b.one_record());
}

TEST(SessionTimer, can_be_switched_off) {
  AgentBench b;
  b.up();
  b.agent.on_refreshed({b.call(), 90s}, b.now);
  b.agent.on_refreshed({b.call(), 0s}, b.now);
  b.pass(24h - 1s);
  EXPECT_EQ(b.agent.call_count(), 1U);
  b.pass(1s);
  EXPECT_EQ(b.agent.call_count(), 0U);
}

TEST(SessionTimer, is_never_longer_than_the_longest_life) {
  AgentBench b;
  b.up();
  b.agent.on_refreshed({b.call(), std::chrono::seconds{4'294'967'295}}, b.now);
  EXPECT_EQ(b.agent.deadline(), b.now.mono + 24h);
}

TEST(SessionTimer, means_nothing_before_the_answer) {
  AgentBench b;
  b.ringing(1);
  b.agent.on_refreshed({b.call(), 1s}, b.now);
  b.pass(10s);
  EXPECT_EQ(b.agent.call_count(), 1U);
}

TEST(LongestLife, of_a_call_without_timers) {
  AgentBench b;
  b.agent.set_settings({true, 185s, 1h});
  b.up();
  b.pass(1h - 1s);
  EXPECT_EQ(b.agent.call_count(), 1U);
  b.pass(1s);
  EXPECT_EQ(b.stops.size(), 2U);
  EXPECT_EQ(b.states(bob, false), "up over");
}

TEST(Stop, ends_all_calls_and_closes_their_records) {
  AgentBench b;
  b.up();                                // one that talks
  b.place(carol, bob, {78});             // one that rings
  b.found({route_of(30)});               //
  b.place(carol, bob, {79});             // one that looks for him
  b.place(carol, alice, {80});           // one whose goodbye is under way
  b.found({route_of(40)});               //
  b.rings_back(2, Ring::answered, 200);  //
  const CallRequest bye{{50}, alices_edge, b.call(), {80}, {}, Kind::ends, 0, nullptr};
  b.agent.on_request(bye, b.now);
  b.agent.stop(b.now);
  EXPECT_EQ(b.agent.call_count(), 0U);
  ASSERT_EQ(b.refusals.size(), 2U);
  EXPECT_EQ(b.refusals[0].reason, Reason::server_stopping);
  ASSERT_EQ(b.stops.size(), 3U);
  EXPECT_EQ(b.stops[0].reason, Reason::server_stopping);
  EXPECT_EQ(b.reply({50}).status, 200);
  std::size_t ended = 0;
  for (const auto& [ticket, record] : b.records) ended += record.end_time ? 1 : 0;
  EXPECT_EQ(ended, 4U);
  b.recorded();
  EXPECT_EQ(b.agent.pending_count(), 0U);
  b.agent.stop(b.now);
  EXPECT_EQ(b.refusals.size(), 2U);
}

TEST(Metrics, count_what_happened) {
  AgentBench b;
  b.up();
  EXPECT_EQ(b.agent.metrics().calls.value(), 1);
  b.alice_asks(Kind::relayed);
  b.alice_asks(Kind::acknowledges);
  b.alice_asks(Kind::ends);
  b.place(alice, bob, {78});
  b.found({});
  const CallMetrics& metrics = b.agent.metrics();
  EXPECT_EQ(metrics.placed.value(), 2U);
  EXPECT_EQ(metrics.answered.value(), 1U);
  EXPECT_EQ(metrics.refused.value(), 1U);
  EXPECT_EQ(metrics.relayed.value(), 3U);
  EXPECT_EQ(metrics.calls.value(), 0);
}

}  // namespace
}  // namespace tertulia::domain::call_bench
