// SPDX-License-Identifier: Apache-2.0
// How calls begin: forking, answers and refusals, withdrawal, patience.
#include <gtest/gtest.h>

#include "domain/call/call_bench.h"

namespace tertulia::domain::call_bench {
namespace {

using base::Reason;
using namespace std::chrono_literals;
using Ring = RingAnswer::What;
using Kind = CallRequestKind;

//  Alice       agent        Bob's devices
//    │ INVITE    │ INVITE ×3    │
//    ├──────────>├─────────────>│
//    │ 180, 183  │ 180, 183     │   of two devices: both go on
//    │<──────────┤<─────────────┤
//    │ 200       │ 200 (second) │
//    │<──────────┤<─────────────┤
//    │           │ CANCEL ×2    │
//    │           ├─────────────>│
TEST(Place, forks_and_the_first_acceptance_wins) {
  AgentBench b;
  b.ringing(3);
  EXPECT_EQ(b.finds.at(0).user, bob);
  EXPECT_EQ(b.finds.at(0).from_address, "alice@example.com");
  EXPECT_EQ(b.finds.at(0).agent, agents_shard);
  ASSERT_EQ(b.rings.size(), 3U);
  EXPECT_NE(b.rings[0].leg, b.rings[1].leg);
  EXPECT_GE(b.rings[0].leg.value >> 48U, 0x8000U);  // never one of an edge's own
  EXPECT_EQ(*b.rings[0].signal, "INVITE");
  EXPECT_EQ(b.states(alice, true), "trying");
  EXPECT_EQ(b.states(bob, false), "");
  b.rings_back(0, Ring::progress, 100);  // hop by hop
  EXPECT_TRUE(b.progressed.empty());
  b.rings_back(0, Ring::progress, 180, signal("180 of 20"));
  b.rings_back(1, Ring::progress, 183, signal("183 of 21"));
  ASSERT_EQ(b.progressed.size(), 2U);
  EXPECT_EQ(b.progressed[0].branch, b.rings[0].leg);
  EXPECT_EQ(b.progressed[1].branch, b.rings[1].leg);
  EXPECT_EQ(b.progressed[1].status, 183);
  EXPECT_EQ(*b.progressed[1].signal, "183 of 21");
  EXPECT_EQ(b.progressed[1].leg, alices_leg);
  b.rings_back(1, Ring::answered, 200, signal("200 of 21"));
  ASSERT_EQ(b.answers.size(), 1U);
  EXPECT_EQ(b.answers[0].call, b.call());
  EXPECT_EQ(b.answers[0].branch, b.rings[1].leg);
  EXPECT_EQ(*b.answers[0].signal, "200 of 21");
  ASSERT_EQ(b.stops.size(), 2U);
  EXPECT_EQ(b.stops[0].leg, b.rings[0].leg);
  EXPECT_EQ(b.stops[1].leg, b.rings[2].leg);
  EXPECT_EQ(b.stops[1].reason, Reason::answered_elsewhere);
  EXPECT_EQ(b.states(alice, true), "trying ringing up");
  EXPECT_EQ(b.states(bob, false), "ringing up");
  b.rings_back(1, Ring::answered, 200);  // said twice: nothing happens to the winner
  b.rings_back(2, Ring::progress, 180);  // crossed with our StopLeg
  b.rings_back(2, Ring::refused, 487);
  EXPECT_EQ(b.progressed.size(), 2U);
  EXPECT_EQ(b.stops.size(), 2U);
  b.rings_back(0, Ring::answered, 200);  // crossed too, and is ended
  ASSERT_EQ(b.stops.size(), 3U);
  EXPECT_EQ(b.stops[2].leg, b.rings[0].leg);
  EXPECT_EQ(b.answers.size(), 1U);
  EXPECT_TRUE(b.refusals.empty());
}

TEST(Place, notices_name_the_other_and_the_device) {
  AgentBench b;
  b.up();
  const CallNotice& outgoing = b.notices.at(0);
  EXPECT_EQ(outgoing.endpoint, alices_desk);
  EXPECT_EQ(outgoing.peer_address, "bob@example.com");
  EXPECT_EQ(outgoing.peer_name, "The bob@example.com");
  EXPECT_EQ(outgoing.call_id, "call-1");
  const CallNotice& incoming = b.notices.back();
  EXPECT_EQ(incoming.user, bob);
  EXPECT_EQ(incoming.state, CallState::up);  // answered without ringing before
  EXPECT_EQ(incoming.endpoint, base::EndpointId{20});
  EXPECT_EQ(incoming.peer_address, "alice@example.com");
  EXPECT_EQ(incoming.peer_name, "Caller");
  EXPECT_EQ(b.states(bob, false), "up");
}

TEST(Place, record_begins_with_the_answer) {
  AgentBench b;
  PlaceCall place = AgentBench::call_of(alice, bob, alices_leg);
  place.referred_by = "carol@example.com";
  b.agent.on_place(place, *b.people, b.now);
  b.found({route_of(20)});
  EXPECT_TRUE(b.records.empty());
  b.pass(3s);
  b.rings_back(0, Ring::answered, 200);
  ASSERT_EQ(b.records.size(), 1U);
  const SessionRecord& record = b.last_record();
  EXPECT_FALSE(b.records[0].first);
  EXPECT_EQ(record.mode, SessionMode::call);
  EXPECT_EQ(record.user1.user, "alice@example.com");
  EXPECT_EQ(record.user1.endpoint, alices_desk);
  EXPECT_EQ(record.user1.client_version, "Desk/1");
  EXPECT_EQ(record.user2.user, "bob@example.com");
  EXPECT_EQ(record.user2.endpoint, base::EndpointId{20});
  EXPECT_EQ(record.user2.client_version, "Phone/20");
  EXPECT_EQ(record.call_id, "call-1");
  EXPECT_EQ(record.content_type, "application/sdp");
  EXPECT_EQ(record.referred_by, "carol@example.com");
  EXPECT_EQ(record.media_types, 16U);
  EXPECT_EQ(record.response_code, 200);
  EXPECT_EQ(record.response_time, b.now.wall);
  EXPECT_EQ(record.response_time->us - record.invite_time.us, 3'000'000);
  EXPECT_FALSE(record.end_time);
  EXPECT_FALSE(record.conversation);
}

TEST(Place, best_refusal_speaks_for_all) {  // RFC 3261 16.7 step 6
  struct Case {
    std::vector<int> answers;
    int status;
    Reason reason;
    std::string signal;
  };
  for (const Case& c : std::vector<Case>{{{486, 480}, 486, Reason::recipient_busy, "486"},
                                         {{480, 486}, 486, Reason::recipient_busy, "486"},
                                         {{404, 486}, 486, Reason::recipient_busy, "486"},
                                         {{480, 401}, 401, Reason::call_refused, "401"},
                                         {{480, 407}, 407, Reason::call_refused, "407"},
                                         {{480, 415}, 415, Reason::call_refused, "415"},
                                         {{486, 420}, 420, Reason::call_refused, "420"},
                                         {{486, 484}, 484, Reason::call_refused, "484"},
                                         {{500, 404}, 404, Reason::call_refused, "404"},
                                         {{404, 302}, 302, Reason::call_refused, "302"},
                                         {{408, 486}, 486, Reason::recipient_busy, "486"},
                                         {{488, 486}, 486, Reason::recipient_busy, "486"},
                                         {{480, 603}, 603, Reason::recipient_declined, "603"},
                                         {{503, 600}, 600, Reason::recipient_busy, "600"},
                                         {{408, 408}, 408, Reason::recipient_silent, "408"},
                                         {{430, 408}, 408, Reason::recipient_silent, "408"},
                                         {{0, 700}, 500, Reason::call_refused, "0"},
                                         {{430, 430}, 0, Reason::recipient_unavailable, ""}}) {
    SCOPED_TRACE(c.signal);
    AgentBench b;
    b.ringing(2);
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_TRUE(b.refusals.empty());  // only when all have answered
      const int status = c.answers[i];
      b.rings_back(i, Ring::refused, status, status == 430 ? nullptr : signal(std::to_string(status)));
    }
    ASSERT_EQ(b.refusals.size(), 1U);
    EXPECT_EQ(b.refusals[0].status, c.status);
    EXPECT_EQ(b.refusals[0].reason, c.reason);
    EXPECT_EQ(b.refusals[0].signal ? *b.refusals[0].signal : "", c.signal);
    EXPECT_TRUE(b.stops.empty());
    EXPECT_EQ(b.last_record().response_code, c.status != 0 ? c.status : 480);
    EXPECT_EQ(b.last_record().diagnostic_id, base::id_of(c.reason));
    EXPECT_TRUE(b.one_record());
    EXPECT_EQ(b.states(alice, true), "trying over");
    EXPECT_EQ(b.states(bob, false), "");
    EXPECT_EQ(b.agent.call_count(), 0U);
  }
}

TEST(Place, a_global_no_stops_the_others) {
  AgentBench b;
  b.ringing(3);
  b.rings_back(0, Ring::refused, 486);
  b.rings_back(1, Ring::progress, 180);
  b.rings_back(1, Ring::refused, 603, signal("603"));
  ASSERT_EQ(b.refusals.size(), 1U);
  EXPECT_EQ(*b.refusals[0].signal, "603");
  ASSERT_EQ(b.stops.size(), 1U);
  EXPECT_EQ(b.stops[0].leg, b.rings[2].leg);
  EXPECT_EQ(b.states(bob, false), "ringing over");
  b.rings_back(2, Ring::answered, 200);  // too late
  EXPECT_EQ(b.stops.size(), 2U);
  EXPECT_TRUE(b.answers.empty());
}

TEST(Place, refused_at_the_door) {
  struct Case {
    std::string what;
    Reason reason;
    std::size_t records;
  };
  for (const Case& c : std::vector<Case>{{"caller disabled", Reason::account_disabled, 1},
                                         {"caller removed", Reason::account_disabled, 1},
                                         {"callee disabled", Reason::destination_unknown, 1},
                                         {"callee removed", Reason::destination_unknown, 1},
                                         {"callee elsewhere", Reason::home_elsewhere, 1},
                                         {"blocked", Reason::sender_blocked, 1},
                                         {"stopped", Reason::calls_stopped, 0},
                                         {"stopping", Reason::server_stopping, 0}}) {
    SCOPED_TRACE(c.what);
    AgentBench b;
    if (c.what == "caller disabled") b.people.disable(alice);
    if (c.what == "caller removed") b.people.remove(alice);
    if (c.what == "callee disabled") b.people.disable(bob);
    if (c.what == "callee removed") b.people.remove(bob);
    if (c.what == "callee elsewhere") b.people.set(bob, "home_server", "fe2.example.com");
    if (c.what == "blocked") b.people.block(bob, alice);
    if (c.what == "stopped") b.agent.set_settings({false, 185s, 24h});
    if (c.what == "stopping") b.agent.stop(b.now);
    b.place();
    ASSERT_EQ(b.refusals.size(), 1U);
    EXPECT_EQ(b.refusals[0].reason, c.reason);
    EXPECT_EQ(b.refusals[0].leg, alices_leg);
    EXPECT_FALSE(b.refusals[0].call);
    EXPECT_TRUE(b.finds.empty());
    EXPECT_TRUE(b.notices.empty());
    ASSERT_EQ(b.records.size(), c.records);
    if (c.records == 0) continue;
    EXPECT_EQ(b.last_record().response_code, base::status_of(c.reason));
    EXPECT_EQ(b.last_record().user2.user, "bob@example.com");
    EXPECT_TRUE(b.last_record().end_time);
  }
}

TEST(Place, the_callees_home_may_refuse) {
  for (const Reason reason :
       {Reason::recipient_do_not_disturb, Reason::sender_blocked, Reason::destination_unknown, Reason::server_busy}) {
    AgentBench b;
    b.place();
    b.found({route_of(20)}, reason);
    EXPECT_EQ(b.refusals.at(0).reason, reason);
    EXPECT_EQ(b.refusals[0].status, 0);
    EXPECT_TRUE(b.rings.empty());
    EXPECT_EQ(b.last_record().diagnostic_id, base::id_of(reason));
    EXPECT_EQ(b.states(alice, true), "trying over");
    EXPECT_EQ(b.states(bob, false), "");  // he is not even told
  }
}

TEST(Place, nobody_there) {
  AgentBench b;
  b.place();
  b.found({});
  EXPECT_EQ(b.refusals.at(0).reason, Reason::recipient_unavailable);
  EXPECT_EQ(b.last_record().response_code, 480);
  EXPECT_TRUE(b.one_record());
}

TEST(Place, blocked_while_he_is_looked_for) {
  AgentBench b;
  b.place();
  b.people.block(bob, alice);
  b.found({route_of(20)});
  EXPECT_EQ(b.refusals.at(0).reason, Reason::sender_blocked);
  EXPECT_TRUE(b.rings.empty());
}

TEST(Place, one_device_is_looked_for_by_its_name) {
  AgentBench b;
  PlaceCall place = AgentBench::call_of(alice, bob, alices_leg);
  place.device = DeviceName{"urn:uuid:1", 0};
  b.agent.on_place(place, *b.people, b.now);
  EXPECT_EQ(b.finds.at(0).device, place.device);
}

TEST(Place, calling_oneself_rings_the_other_devices) {
  AgentBench b;
  b.place(alice, alice);
  b.found({route_of(alices_desk.value, alices_edge), route_of(11), route_of(12)});
  ASSERT_EQ(b.rings.size(), 2U);
  EXPECT_EQ(b.rings[0].route.endpoint, base::EndpointId{11});
  b.rings_back(1, Ring::answered, 200);
  EXPECT_EQ(b.answers.size(), 1U);
  b.alice_asks(Kind::ends);
  EXPECT_EQ(b.states(alice, true), "trying up over");
  EXPECT_EQ(b.states(alice, false), "up over");

  AgentBench alone;
  alone.place(alice, alice);
  alone.found({route_of(alices_desk.value, alices_edge)});
  EXPECT_EQ(alone.refusals.at(0).reason, Reason::recipient_unavailable);
}

TEST(Place, a_device_that_signs_in_later_does_not_ring) {
  AgentBench b;
  b.ringing(1);
  b.found({route_of(20), route_of(30)});
  EXPECT_EQ(b.rings.size(), 1U);
}

TEST(Cancel, while_ringing) {
  AgentBench b;
  b.ringing(2);
  b.rings_back(0, Ring::progress, 180);
  b.agent.on_cancel({bobs_edge, alices_leg, alice, bob}, b.now);  // of another edge: not his leg
  b.agent.on_cancel({alices_edge, {78}, alice, bob}, b.now);
  EXPECT_TRUE(b.refusals.empty());
  b.agent.on_cancel({alices_edge, alices_leg, alice, bob}, b.now);
  ASSERT_EQ(b.refusals.size(), 1U);
  EXPECT_EQ(b.refusals[0].reason, Reason::request_cancelled);
  EXPECT_EQ(b.last_record().response_code, 487);
  EXPECT_EQ(b.last_record().disconnected_by, 1);
  ASSERT_EQ(b.stops.size(), 2U);
  EXPECT_EQ(b.stops[0].reason, Reason::request_cancelled);
  EXPECT_EQ(b.states(alice, true), "trying ringing over");
  EXPECT_EQ(b.states(bob, false), "ringing over");
  b.rings_back(1, Ring::refused, 487);  // the devices confirm
  b.agent.on_cancel({alices_edge, alices_leg, alice, bob}, b.now);
  EXPECT_EQ(b.refusals.size(), 1U);
  EXPECT_TRUE(b.one_record());
}

TEST(Cancel, beats_a_late_answer) {
  AgentBench b;
  b.ringing(1);
  b.agent.on_cancel({alices_edge, alices_leg, alice, bob}, b.now);
  b.rings_back(0, Ring::answered, 200);
  ASSERT_EQ(b.stops.size(), 2U);  // withdrawn, then ended
  EXPECT_EQ(b.stops[1].reason, Reason::request_cancelled);
  EXPECT_TRUE(b.answers.empty());
  EXPECT_EQ(b.refusals.size(), 1U);
  b.recorded();
  b.rings_back(0, Ring::answered, 200);  // nothing is known any more: its edge ends it by itself
  EXPECT_EQ(b.stops.size(), 2U);
}

TEST(Cancel, that_crosses_with_the_answer_ends_the_call) {
  AgentBench b;
  b.up();
  b.agent.on_cancel({alices_edge, alices_leg, alice, bob}, b.now);
  EXPECT_TRUE(b.refusals.empty());
  ASSERT_EQ(b.stops.size(), 2U);
  EXPECT_EQ(b.stops[0].leg, alices_leg);
  EXPECT_EQ(b.stops[1].leg, b.bobs_leg());
  EXPECT_EQ(b.last_record().diagnostic_id, base::id_of(Reason::request_cancelled));
  EXPECT_EQ(b.states(bob, false), "up over");
  EXPECT_TRUE(b.one_record());
}

TEST(Cancel, while_he_is_looked_for) {
  AgentBench b;
  b.place();
  b.agent.on_cancel({alices_edge, alices_leg, alice, bob}, b.now);
  b.found({route_of(20)});
  EXPECT_EQ(b.refusals.size(), 1U);
  EXPECT_TRUE(b.rings.empty());
}

TEST(Patience, ends_the_ringing) {
  AgentBench b;
  b.ringing(2);
  b.rings_back(0, Ring::progress, 180);
  EXPECT_EQ(b.agent.deadline(), b.now.mono + 185s);
  b.pass(184s);
  EXPECT_TRUE(b.refusals.empty());
  b.pass(1s);
  EXPECT_EQ(b.refusals.at(0).reason, Reason::call_unanswered);
  EXPECT_EQ(b.stops.size(), 2U);
  EXPECT_EQ(b.stops[0].reason, Reason::call_unanswered);
  EXPECT_EQ(b.last_record().response_code, 408);
  EXPECT_EQ(b.last_record().disconnected_by, 0);
  EXPECT_FALSE(b.agent.deadline());
}

TEST(Patience, a_refusal_of_one_device_says_more_than_silence_of_the_others) {
  AgentBench b;
  b.ringing(2);
  b.rings_back(0, Ring::refused, 486, signal("486"));
  b.pass(185s);
  EXPECT_EQ(b.refusals.at(0).reason, Reason::recipient_busy);
  EXPECT_EQ(b.refusals[0].status, 486);
  EXPECT_EQ(*b.refusals[0].signal, "486");
  EXPECT_EQ(b.stops.at(0).leg, b.bobs_leg(1));
}

TEST(Patience, covers_a_home_that_never_answers) {
  AgentBench b;
  b.place();
  b.pass(185s);
  EXPECT_EQ(b.refusals.at(0).reason, Reason::call_unanswered);
}

TEST(NothingUnbounded, devices_of_one_call) {
  AgentBench b;
  b.ringing(call_forks_max + 1);
  EXPECT_EQ(b.rings.size(), call_forks_max);
}

TEST(NothingUnbounded, calls_placed_by_one_user) {
  AgentBench b;
  for (std::size_t i = 0; i < calls_placed_per_user_max; ++i) b.place(alice, bob, {100 + i});
  EXPECT_TRUE(b.refusals.empty());
  b.place(alice, bob, {500});
  ASSERT_EQ(b.refusals.size(), 1U);
  EXPECT_EQ(b.refusals[0].reason, Reason::too_many_calls);
  EXPECT_EQ(b.last_record().response_code, 503);
  b.place(carol, bob, {501});  // others may
  EXPECT_EQ(b.refusals.size(), 1U);
  b.agent.on_cancel({alices_edge, {100}, alice, bob}, b.now);
  b.place(alice, bob, {502});
  EXPECT_EQ(b.agent.call_count(), calls_placed_per_user_max + 1);
}

TEST(NothingUnbounded, a_leg_places_one_call) {
  AgentBench b;
  b.place();
  b.place();
  EXPECT_EQ(b.refusals.at(0).reason, Reason::too_many_calls);
  EXPECT_EQ(b.agent.call_count(), 1U);
}

TEST(Replacing, answered_call_is_recorded_with_the_one_whose_place_it_has_taken) {  // RFC 3891
  AgentBench b;
  b.ringing(2);
  EXPECT_NE(b.rings[0].record.value, 0U);
  b.rings_back(0, Ring::progress, 180);
  b.agent.on_ring({b.call(), b.bobs_leg(1), Ring::answered, 200, signal("OK"), {4711}}, b.now);
  EXPECT_EQ(b.last_record().replaces, base::RecordId{4711});
  for (const base::RecordId told :
       {b.rings[0].record, b.rings[1].record, b.progressed.at(0).record, b.answers.at(0).record})
    EXPECT_EQ(told, b.last_record().id);  // both edges know it, so that the next call may replace this one
  b.agent.on_lost({b.call(), alices_leg}, b.now);
  EXPECT_TRUE(b.one_record());
  EXPECT_EQ(b.last_record().replaces, base::RecordId{4711});
}

TEST(Replacing, refused_or_plain_call_replaces_nothing) {
  AgentBench refused;
  refused.ringing(1);
  refused.agent.on_ring({refused.call(), refused.bobs_leg(), Ring::refused, 486, signal("no"), {4711}}, refused.now);
  EXPECT_FALSE(refused.last_record().replaces);
  AgentBench plain;
  plain.up();
  EXPECT_FALSE(plain.last_record().replaces);
}

/// Counts only: a hundred thousand calls need no lists.
class Counting : public CallPorts {
 public:
  std::size_t refusals = 0, finds = 0;
  std::vector<base::Ticket> records;
  void progress(base::ShardId, CallProgress) override {}
  void answered(base::ShardId, CallAnswered) override {}
  void refused(base::ShardId, CallRefused) override { ++refusals; }
  void ring(base::ShardId, RingLeg) override {}
  void stop(base::ShardId, StopLeg) override {}
  void relay(base::ShardId, RelayRequest) override {}
  void answer(base::ShardId, CallRequestAnswer) override {}
  void cancel(base::ShardId, CancelRelay) override {}
  void find(FindCallee) override { ++finds; }
  void notice(CallNotice) override {}
  void record(base::Ticket ticket, SessionRecord) override {
    if (ticket) records.push_back(ticket);
  }
};

TEST(NothingUnbounded, calls_of_a_shard) {
  Counting ports;
  CallAgent agent{CallSettings{}, agents_shard, ports, 0};
  People people;
  const base::Now now{{1}, {1'700'000'000'000'000}};
  // Withdrawn ones count until their row is durable, so one user is enough to fill the shard.
  for (std::size_t i = 1; i <= calls_max; ++i) {
    agent.on_place(AgentBench::call_of(alice, bob, {i}), *people, now);
    agent.on_cancel({alices_edge, {i}, alice, bob}, now);
  }
  EXPECT_EQ(ports.finds, calls_max);
  EXPECT_EQ(agent.pending_count(), calls_max);
  agent.on_place(AgentBench::call_of(alice, bob, {calls_max + 1}), *people, now);
  EXPECT_EQ(ports.finds, calls_max);
  EXPECT_EQ(ports.refusals, calls_max + 1);
  agent.on_recorded(ports.records.front(), {}, now);
  agent.on_place(AgentBench::call_of(alice, bob, {calls_max + 1}), *people, now);
  EXPECT_EQ(ports.finds, calls_max + 1);
}

}  // namespace
}  // namespace tertulia::domain::call_bench
