// SPDX-License-Identifier: Apache-2.0
#include "protocol/transaction/machine_script.h"

namespace tertulia::protocol::transaction {
namespace {

using namespace std::chrono_literals;
constexpr bool reliable = true;
constexpr bool unreliable = false;

Script<NonInviteServer> non_invite(bool transport) {
  return Script<NonInviteServer>([transport](TimePoint, Actions&) { return NonInviteServer(transport, Timers{}); });
}
Script<InviteServer> invite(bool transport) {
  return Script<InviteServer>([transport](TimePoint, Actions&) { return InviteServer(transport, Timers{}); });
}
using NonInvite = NonInviteServer::State;
using Invite = InviteServer::State;

// ---- RFC 3261 17.2.2, figure 8

TEST(NonInviteServer, is_silent_until_the_user_replies) {
  non_invite(unreliable).is(NonInvite::trying).waits_for_nothing().at(1s).request_again().is(NonInvite::trying);
}

TEST(NonInviteServer, repeats_the_provisional_reply) {
  non_invite(unreliable)
      .at(0ms)
      .reply(100)
      .sends("100")
      .is(NonInvite::proceeding)
      .at(1s)
      .request_again()
      .sends("100")
      .at(2s)
      .reply(183)
      .sends("183")
      .at(3s)
      .request_again()
      .sends("183")
      .is(NonInvite::proceeding)
      .waits_for_nothing();
}

TEST(NonInviteServer, repeats_the_final_reply_until_timer_j) {
  non_invite(unreliable)
      .at(0ms)
      .reply(200)
      .sends("200")
      .is(NonInvite::completed)
      .at(1s)
      .request_again()
      .sends("200")
      .at(31'999ms)
      .request_again()
      .sends("200")
      .is(NonInvite::completed)
      .at(32s)
      .gone()
      .is(NonInvite::terminated)
      .waits_for_nothing()
      .at(33s)
      .request_again();
}

TEST(NonInviteServer, discards_replies_after_the_final_one) {
  non_invite(unreliable)
      .at(0ms)
      .reply(100)
      .sends("100")
      .reply(404)
      .sends("404")
      .at(1s)
      .reply(200)
      .reply(100)
      .request_again()
      .sends("404")
      .is(NonInvite::completed);
}

TEST(NonInviteServer, timer_j_is_zero_on_reliable_transports) {
  non_invite(reliable)
      .at(0ms)
      .reply(200)
      .sends("200")
      .gone()
      .is(NonInvite::terminated)
      .waits_for_nothing()
      .at(1s)
      .request_again()
      .reply(200);
}

TEST(NonInviteServer, repeats_the_provisional_reply_on_reliable_transports) {
  non_invite(reliable).at(0ms).reply(100).sends("100").request_again().sends("100").reply(500).sends("500").gone();
}

// ---- RFC 3261 17.2.1, figure 7, with RFC 6026 7.1

TEST(InviteServer, repeats_the_last_provisional_reply) {
  invite(unreliable)
      .is(Invite::proceeding)
      .request_again()
      .at(0ms)
      .reply(100)
      .sends("100")
      .at(1s)
      .reply(180)
      .sends("180")
      .at(2s)
      .request_again()
      .sends("180")
      .is(Invite::proceeding)
      .waits_for_nothing();
}

TEST(InviteServer, a_2xx_is_accepted_and_repeats_of_the_invite_are_absorbed_until_timer_l) {
  for (const bool transport : {reliable, unreliable}) {
    invite(transport)
        .at(0ms)
        .reply(180)
        .sends("180")
        .reply(200)
        .sends("200")
        .is(Invite::accepted)
        .at(1s)
        .request_again()
        .ack()
        .at(2s)
        .reply(200)
        .sends("200")  // the user of the transaction repeats its 2xx
        .at(3s)
        .reply(486)
        .is(Invite::accepted)
        .at(31'999ms)
        .is(Invite::accepted)
        .at(32s)
        .gone()
        .is(Invite::terminated)
        .waits_for_nothing();
  }
}

TEST(InviteServer, repeats_a_failure_by_timer_g_until_timer_h) {
  invite(unreliable)
      .at(0ms)
      .reply(486)
      .sends("486")
      .is(Invite::completed)
      .at(499ms)
      .at(500ms)
      .sends("486")
      .at(1'500ms)
      .sends("486")
      .at(3'500ms)
      .sends("486")
      .at(7'500ms)
      .sends("486")  // T2 from here on
      .at(11'500ms)
      .sends("486")
      .at(15'500ms)
      .sends("486")
      .at(19'500ms)
      .sends("486")
      .at(23'500ms)
      .sends("486")
      .at(27'500ms)
      .sends("486")
      .at(31'500ms)
      .sends("486")
      .at(32s)
      .times_out()
      .gone()
      .is(Invite::terminated)
      .waits_for_nothing();
}

TEST(InviteServer, repeats_a_failure_when_the_invite_comes_again) {
  for (const bool transport : {reliable, unreliable})
    invite(transport).at(0ms).reply(300).sends("300").at(100ms).request_again().sends("300").reply(200).is(
        Invite::completed);
}

TEST(InviteServer, absorbs_acks_until_timer_i) {
  invite(unreliable)
      .at(0ms)
      .reply(404)
      .sends("404")
      .at(500ms)
      .sends("404")
      .at(600ms)
      .ack()
      .is(Invite::confirmed)
      .at(4s)
      .ack()
      .request_again()
      .reply(200)
      .is(Invite::confirmed)
      .at(5'599ms)
      .is(Invite::confirmed)
      .at(5'600ms)
      .gone()
      .is(Invite::terminated)
      .waits_for_nothing();
}

TEST(InviteServer, timer_i_is_zero_on_reliable_transports) {
  invite(reliable).at(0ms).reply(404).sends("404").at(5s).ack().gone().is(Invite::terminated).waits_for_nothing().ack();
}

TEST(InviteServer, without_ack_ends_silently_on_reliable_transports) {
  invite(reliable)
      .at(0ms)
      .reply(487)
      .sends("487")
      .at(31'999ms)
      .is(Invite::completed)
      .at(32s)
      .gone()
      .is(Invite::terminated);
}

TEST(InviteServer, an_ack_out_of_place_does_nothing) {
  invite(unreliable).ack().is(Invite::proceeding).reply(180).sends("180").ack().is(Invite::proceeding);
}

}  // namespace
}  // namespace tertulia::protocol::transaction
