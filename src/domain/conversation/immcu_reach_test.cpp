// SPDX-License-Identifier: Apache-2.0
// A session ends when one of the two blocks the other.
#include <gtest/gtest.h>

#include "domain/conversation/test_bench.h"

namespace tertulia::domain::bench {
namespace {

using base::Reason;
using Leg = LegAnswer::What;
using Open = OpenAnswer::What;
using Texts = std::vector<std::string>;
using What = DeliverAnswer::What;

//  Bob's home  IMMCU       both devices
//    │ ReachChanged│           │
//    ├────────────>│           │
//    │ may she?    │           │
//    │<────────────┤           │
//    │ blocked     │ BYE ×2    │
//    ├────────────>├──────────>│
TEST(BlockedSession, ends_for_both_and_the_record_says_why) {
  ImmcuBench b;
  const auto conversation = b.session();
  const auto before = b.finds.size();
  b.immcu.on_reach_changed({bob, alice}, *b.people, b.clock.now());
  ASSERT_EQ(b.finds.size(), before + 1);
  EXPECT_EQ(b.finds.back().conversation, conversation);
  EXPECT_EQ(b.finds.back().user, bob);
  EXPECT_EQ(b.finds.back().from_address, "alice@example.com");
  const auto waiting = b.in_session(alice, "can you hear me?");
  b.home_refuses(Reason::sender_blocked);
  EXPECT_TRUE(b.ended.empty());  // its outcome is not known yet
  EXPECT_EQ(b.outcome(b.in_session(alice, "and now?")).reason, Reason::dialog_unknown);
  b.leg_delivered(0, What::taken);
  EXPECT_EQ(b.outcome(waiting).outcome, PostOutcome::delivered);
  ASSERT_EQ(b.ended.size(), 2U);
  for (const EndLeg& end : b.ended) EXPECT_EQ(end.reason, Reason::sender_blocked);
  EXPECT_EQ(b.records.back().second.diagnostic_id, base::id_of(Reason::sender_blocked));
  EXPECT_TRUE(b.records.back().second.end_time);
  b.home_refuses(Reason::sender_blocked);  // said twice
  EXPECT_EQ(b.ended.size(), 2U);
}

TEST(BlockedSession, stands_when_the_home_has_nothing_against_it) {
  ImmcuBench b;
  b.session();
  b.immcu.on_reach_changed({bob, {}}, *b.people, b.clock.now());
  b.found({route_of(20, true, true)});
  EXPECT_TRUE(b.ended.empty());
  b.in_session(alice, "hi");
  EXPECT_EQ(b.texts_to_legs(), Texts{"hi"});
}

TEST(BlockedSession, by_the_list_of_the_directory_ends_without_a_question) {
  ImmcuBench b;
  b.session();
  b.people.block(alice, bob);  // she began it, and blocks him now
  const auto before = b.finds.size();
  b.immcu.on_reach_changed({alice, {}}, *b.people, b.clock.now());
  EXPECT_EQ(b.finds.size(), before);
  EXPECT_EQ(b.ended.size(), 2U);
}

TEST(BlockedSession, an_invitation_of_who_is_blocked_is_refused) {
  ImmcuBench b;
  b.open();
  b.found({route_of(20, true, true)});
  b.immcu.on_reach_changed({bob, {}}, *b.people, b.clock.now());
  b.home_refuses(Reason::sender_blocked);
  EXPECT_EQ(b.opened.back().what, Open::refused);
  EXPECT_EQ(b.opened.back().reason, Reason::sender_blocked);
  ASSERT_EQ(b.ended.size(), 1U);
  EXPECT_EQ(b.ended[0].leg, b.invites[0].leg);
}

TEST(BlockedSession, others_are_not_asked_about) {
  ImmcuBench b;
  b.session();
  b.page(alice, bob, "hi");  // single messages are refused one by one
  b.open(alice, carol, {78});
  const auto before = b.finds.size();
  b.immcu.on_reach_changed({alice, {}}, *b.people, b.clock.now());  // whom she invites she wants to reach
  EXPECT_EQ(b.finds.size(), before + 1);
  EXPECT_EQ(b.finds.back().from_address, "bob@example.com");
  b.immcu.on_reach_changed({carol, bob}, *b.people, b.clock.now());
  EXPECT_EQ(b.finds.size(), before + 1);
}

}  // namespace
}  // namespace tertulia::domain::bench
