// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "face/simple/call_core.h"

namespace tertulia::face::simple {

/// A device's side until it has answered: RingLeg becomes an INVITE, its responses become RingAnswers.
class CallRinging {
 public:
  explicit CallRinging(CallCore& core) : core_(core), context_(core.context) {}

  void on(const domain::RingLeg& ring, base::Now now);
  void on_response(CallLeg& leg, const wire::sip::Message& message, const wire::sip::Basics& basics, base::Now now);
  /// The INVITE has ended without an answer.
  void on_ended(CallLeg& leg, protocol::transaction::Ended::How how, base::Now now);
  /// Takes the INVITE back; a late acceptance is ended.
  void withdraw(CallLeg& leg, base::Reason why, base::Now now);

 private:
  std::string write_invite(const domain::RingLeg& ring, const ReadSignal& signal, const Connection& connection,
                           std::string& branch) const;
  CallLeg& begin(const domain::RingLeg& ring, const ReadSignal& signal);
  base::RecordId replaced_by(const domain::RingLeg& ring, const wire::sip::Message& invite);
  void on_acceptance(CallLeg& leg, const wire::sip::Message& message, const wire::sip::Basics& basics, base::Now now);

  CallCore& core_;
  Context& context_;
};

}  // namespace tertulia::face::simple
