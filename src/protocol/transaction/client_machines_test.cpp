// SPDX-License-Identifier: Apache-2.0
#include "protocol/transaction/machine_script.h"

namespace tertulia::protocol::transaction {
namespace {

using namespace std::chrono_literals;
constexpr bool reliable = true;
constexpr bool unreliable = false;

Script<NonInviteClient> non_invite(bool transport) {
  return Script<NonInviteClient>(
      [transport](TimePoint now, Actions& out) { return NonInviteClient(transport, Timers{}, now, "BYE", out); });
}
Script<InviteClient> invite(bool transport, Timers timers = {}) {
  return Script<InviteClient>(
      [=](TimePoint now, Actions& out) { return InviteClient(transport, timers, now, "INVITE", out); });
}
using NonInvite = NonInviteClient::State;
using Invite = InviteClient::State;

// ---- RFC 3261 17.1.2, figure 6

TEST(NonInviteClient, repeats_the_request_by_timer_e_until_timer_f) {
  non_invite(unreliable)
      .sends("BYE")
      .is(NonInvite::trying)
      .at(499ms)
      .at(500ms)
      .sends("BYE")
      .at(1'500ms)
      .sends("BYE")
      .at(3'500ms)
      .sends("BYE")
      .at(7'500ms)
      .sends("BYE")  // T2 from here on
      .at(11'500ms)
      .sends("BYE")
      .at(15'500ms)
      .sends("BYE")
      .at(19'500ms)
      .sends("BYE")
      .at(23'500ms)
      .sends("BYE")
      .at(27'500ms)
      .sends("BYE")
      .at(31'500ms)
      .sends("BYE")
      .at(32s)
      .times_out()
      .gone()
      .is(NonInvite::terminated)
      .waits_for_nothing();
}

TEST(NonInviteClient, repeats_every_t2_after_a_provisional_response) {
  non_invite(unreliable)
      .sends("BYE")
      .at(100ms)
      .response(100)
      .reports(100)
      .is(NonInvite::proceeding)
      .at(500ms)
      .sends("BYE")
      .at(4'499ms)
      .at(4'500ms)
      .sends("BYE")
      .at(8'500ms)
      .sends("BYE")
      .at(9s)
      .response(182)
      .reports(182)
      .at(12'500ms)
      .sends("BYE")
      .at(16'500ms)
      .sends("BYE")
      .at(20'500ms)
      .sends("BYE")
      .at(24'500ms)
      .sends("BYE")
      .at(28'500ms)
      .sends("BYE")
      .at(32s)
      .times_out()
      .gone();
}

TEST(NonInviteClient, absorbs_repeated_final_responses_until_timer_k) {
  non_invite(unreliable)
      .sends("BYE")
      .at(100ms)
      .response(200)
      .reports(200)
      .is(NonInvite::completed)
      .at(200ms)
      .response(200)
      .response(500)
      .is(NonInvite::completed)
      .at(5'099ms)
      .is(NonInvite::completed)
      .at(5'100ms)
      .gone()
      .is(NonInvite::terminated)
      .waits_for_nothing();
}

TEST(NonInviteClient, timer_k_is_zero_on_reliable_transports) {
  non_invite(reliable)
      .sends("BYE")
      .at(31'999ms)
      .response(100)
      .reports(100)
      .response(200)
      .reports(200)
      .gone()
      .is(NonInvite::terminated)
      .waits_for_nothing()
      .response(200);
}

TEST(NonInviteClient, does_not_repeat_on_reliable_transports) {
  non_invite(reliable).sends("BYE").at(31'999ms).at(32s).times_out().gone().is(NonInvite::terminated);
}

TEST(NonInviteClient, a_provisional_response_does_not_stop_timer_f) {
  non_invite(reliable).sends("BYE").at(1s).response(100).reports(100).at(32s).times_out().gone();
}

// ---- RFC 3261 17.1.1, figure 5, with RFC 6026 7.2

TEST(InviteClient, repeats_the_invite_by_timer_a_until_timer_b) {
  invite(unreliable)
      .sends("INVITE")
      .is(Invite::calling)
      .at(499ms)
      .at(500ms)
      .sends("INVITE")
      .at(1'500ms)
      .sends("INVITE")
      .at(3'500ms)
      .sends("INVITE")
      .at(7'500ms)
      .sends("INVITE")
      .at(15'500ms)
      .sends("INVITE")
      .at(31'500ms)
      .sends("INVITE")
      .at(32s)
      .times_out()
      .gone()
      .is(Invite::terminated)
      .waits_for_nothing();
}

TEST(InviteClient, does_not_repeat_on_reliable_transports) {
  invite(reliable).sends("INVITE").at(31'999ms).at(32s).times_out().gone().is(Invite::terminated);
}

TEST(InviteClient, a_provisional_response_stops_timers_a_and_b) {
  for (const bool transport : {reliable, unreliable}) {
    invite(transport)
        .sends("INVITE")
        .at(100ms)
        .response(100)
        .reports(100)
        .is(Invite::proceeding)
        .waits_for_nothing()
        .at(60s)
        .response(180)
        .reports(180)
        .is(Invite::proceeding)
        .waits_for_nothing();
  }
}

TEST(InviteClient, reports_every_2xx_until_timer_m) {
  for (const bool transport : {reliable, unreliable}) {
    invite(transport)
        .sends("INVITE")
        .at(100ms)
        .response(180)
        .reports(180)
        .at(200ms)
        .response(200)
        .reports(200)
        .is(Invite::accepted)
        .at(700ms)
        .response(200)
        .reports(200)  // another branch answered, or our ACK was lost
        .at(800ms)
        .response(486)
        .response(180)
        .is(Invite::accepted)
        .at(32'199ms)
        .is(Invite::accepted)
        .at(32'200ms)
        .gone()
        .is(Invite::terminated)
        .waits_for_nothing()
        .response(200);
  }
}

TEST(InviteClient, a_2xx_without_a_provisional_response) {
  invite(unreliable).sends("INVITE").at(100ms).response(204).reports(204).is(Invite::accepted).at(32'100ms).gone();
}

TEST(InviteClient, acknowledges_a_failure_again_until_timer_d) {
  invite(unreliable)
      .sends("INVITE")
      .at(100ms)
      .response(486)
      .sends("ACK")
      .reports(486)
      .is(Invite::completed)
      .at(600ms)
      .response(486)
      .sends("ACK")
      .at(700ms)
      .response(200)
      .response(180)
      .is(Invite::completed)
      .at(32'099ms)
      .is(Invite::completed)
      .at(32'100ms)
      .gone()
      .is(Invite::terminated)
      .waits_for_nothing()
      .response(486);
}

TEST(InviteClient, timer_d_is_at_least_32_seconds) {
  Timers quick;
  quick.t1 = 10ms;
  invite(unreliable, quick).sends("INVITE").response(404).sends("ACK").reports(404).at(31'999ms).at(32s).gone();
}

TEST(InviteClient, timer_d_is_zero_on_reliable_transports) {
  invite(reliable)
      .sends("INVITE")
      .at(1s)
      .response(183)
      .reports(183)
      .at(2s)
      .response(503)
      .sends("ACK")
      .reports(503)
      .gone()
      .is(Invite::terminated)
      .waits_for_nothing()
      .response(503);
}

TEST(InviteClient, ends_64_t1_after_a_cancel_without_final_response) {  // RFC 3261 9.1
  invite(reliable)
      .sends("INVITE")
      .at(1s)
      .response(180)
      .reports(180)
      .at(50s)
      .cancelled()
      .at(60s)
      .response(180)
      .reports(180)
      .cancelled()
      .at(81'999ms)
      .is(Invite::proceeding)
      .at(82s)
      .times_out()
      .gone()
      .is(Invite::terminated);
}

TEST(InviteClient, a_final_response_after_the_cancel_counts) {
  invite(reliable)
      .sends("INVITE")
      .response(180)
      .reports(180)
      .cancelled()
      .at(1s)
      .response(487)
      .sends("ACK")
      .reports(487)
      .gone();
  invite(reliable)
      .sends("INVITE")
      .response(180)
      .reports(180)
      .cancelled()
      .at(10s)
      .response(200)
      .reports(200)
      .at(42s)
      .gone();
}

}  // namespace
}  // namespace tertulia::protocol::transaction
