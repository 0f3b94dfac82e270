// SPDX-License-Identifier: Apache-2.0
// Two people invite each other at the same moment.
#include "domain/conversation/test_bench.h"

namespace tertulia::domain::bench {
namespace {

using Leg = LegAnswer::What;
using Open = OpenAnswer::What;

OpenSession bobs_invitation(std::uint64_t endpoint, bool single_dialog) {
  OpenSession open;
  open.ticket = {501};
  open.edge = bobs_edge;
  open.leg = {901};
  open.from = bob;
  open.from_address = address_of(bob);
  open.to = alice;
  open.endpoint = {endpoint};
  open.connection = {endpoint + 1000};
  open.client = std::make_shared<ClientInfo>(ClientInfo{"Phone/" + std::to_string(endpoint), "", ""});
  open.call_id = "bobs";
  open.single_dialog = single_dialog;
  return open;
}

TEST(CrossingInvitations, make_one_conversation) {
  ImmcuBench b;
  const auto ticket = b.open();
  b.found({route_of(20, true, true), route_of(21, true, true)});
  b.immcu.on_open(bobs_invitation(20, false), *b.people, b.clock.now());
  ASSERT_EQ(b.opened.size(), 2U);
  for (const OpenAnswer& answer : b.opened) {
    EXPECT_EQ(answer.what, Open::accepted);
    EXPECT_EQ(answer.conversation, b.opened[0].conversation);
  }
  EXPECT_NE(b.opened[0].ticket, b.opened[1].ticket);
  EXPECT_EQ(b.finds.size(), 1U);  // nobody rings at Alice
  ASSERT_EQ(b.ended.size(), 2U);  // nor any more at Bob
  EXPECT_EQ(b.ended[0].leg, b.invites[0].leg);
  ASSERT_EQ(b.records.size(), 1U);
  EXPECT_EQ(b.records[0].second.user2.endpoint, base::EndpointId{20});
  b.leg_answers(0, Leg::accepted, 200);  // crossed with our withdrawal
  EXPECT_EQ(b.ended.size(), 3U);
  EXPECT_EQ(ticket, b.opened[0].ticket.value == 501 ? b.opened[1].ticket : b.opened[0].ticket);
}

TEST(CrossingInvitations, before_anybody_rings_too) {
  ImmcuBench b;
  b.open();
  b.immcu.on_open(bobs_invitation(20, true), *b.people, b.clock.now());
  ASSERT_EQ(b.opened.size(), 2U);
  EXPECT_EQ(b.opened[1].what, Open::accepted);
  b.found({route_of(20, true, true)});  // too late
  EXPECT_TRUE(b.invites.empty());
}

TEST(CrossingInvitations, a_client_with_one_dialog_takes_the_one_that_rings_at_it) {
  ImmcuBench b;
  b.open();
  b.found({route_of(20, true, true)});
  b.immcu.on_open(bobs_invitation(20, true), *b.people, b.clock.now());
  ASSERT_EQ(b.opened.size(), 1U);
  EXPECT_EQ(b.opened[0].what, Open::yielded);
  EXPECT_EQ(b.opened[0].ticket, base::Ticket{501});
  EXPECT_TRUE(b.ended.empty());
  b.leg_answers(0, Leg::accepted, 200);
  ASSERT_EQ(b.opened.size(), 2U);
  EXPECT_EQ(b.opened[1].what, Open::accepted);
  EXPECT_EQ(b.records.size(), 1U);
}

TEST(CrossingInvitations, of_another_device_than_those_that_ring) {
  ImmcuBench b;
  b.open();
  b.found({route_of(20, true, true)});
  b.immcu.on_open(bobs_invitation(21, true), *b.people, b.clock.now());
  ASSERT_EQ(b.opened.size(), 2U);
  EXPECT_EQ(b.opened[1].what, Open::accepted);
  ASSERT_EQ(b.ended.size(), 1U);
}

TEST(CrossingInvitations, one_that_was_met_is_withdrawn_too_late) {
  ImmcuBench b;
  b.open();
  b.found({route_of(20, true, true)});
  const OpenSession bobs = bobs_invitation(20, false);
  b.immcu.on_open(bobs, *b.people, b.clock.now());
  b.immcu.on_cancel({bobs.leg, bobs.edge, bob, alice}, b.clock.now());
  ASSERT_EQ(b.ended.size(), 3U);
  EXPECT_EQ(b.ended[1].leg, bobs.leg);  // in case he has just learned of the acceptance
  EXPECT_EQ(b.ended[2].leg, alices_leg);
}

}  // namespace
}  // namespace tertulia::domain::bench
