// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "face/simple/call_core.h"

namespace tertulia::face::simple {

/// The caller's side until somebody has answered: the client's INVITE becomes a PlaceCall, the agent's news its
/// responses.
class CallPlacing {
 public:
  explicit CallPlacing(CallCore& core) : core_(core), context_(core.context) {}

  void on_invite(const Request& request);
  /// True when the INVITE of this CANCEL is one of ours.
  bool on_cancel(protocol::transaction::ServerId invite, base::Now now);
  void on(const domain::CallProgress& progress, base::Now now);
  void on(const domain::CallAnswered& answered, base::Now now);
  void on(const domain::CallRefused& refused, base::Now now);

  /// Takes the call back: CANCEL, BYE in an early dialog, loss.
  void withdraw(CallLeg& leg, base::Now now);
  /// The agent has not answered to the withdrawal.
  void give_up(CallLeg& leg, base::Now now);
  void stop(CallLeg& leg, base::Now now);

 private:
  bool may_place(const Request& request);
  CallLeg& begin(const Request& request, const domain::User& to);
  /// The dialog that this response makes; null when there are too many.
  CallPeer* note_peer(CallLeg& leg, base::CallLegId branch, const ReadSignal& signal);
  /// `why`: explains a refusal that the telephone has not explained.
  void respond(const CallLeg& leg, const wire::sip::Message& response, bool makes_dialog, base::Now now,
               base::Reason why = base::Reason::call_refused);

  CallCore& core_;
  Context& context_;
};

}  // namespace tertulia::face::simple
