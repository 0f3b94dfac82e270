// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "face/simple/call_core.h"
#include "face/simple/call_placing.h"

namespace tertulia::face::simple {

/// Requests within a call, carried across in both directions (RFC 3261 12.2, 16.6).
class CallRequests {
 public:
  CallRequests(CallCore& core, CallPlacing& placing) : core_(core), context_(core.context), placing_(placing) {}

  /// The request names a dialog of a call, whoever sends it.
  bool concerns(const Request& request);
  /// False: no such dialog of this user.
  bool on_request(const Request& request);
  /// ACK of a 2xx.  False: no such dialog of this client.
  bool on_ack(Connection& connection, const wire::sip::Message& message, const wire::sip::Basics& basics,
              base::Now now);
  /// True when the INVITE of this CANCEL is a re-INVITE of ours.
  bool on_cancel(protocol::transaction::ServerId invite);
  void on(const domain::CallRequestAnswer& answer, base::Now now);

  void on(const domain::RelayRequest& request, base::Now now);
  void on(const domain::CancelRelay& cancel, base::Now now);
  void on_response(CallLeg& leg, protocol::transaction::ClientId id, const wire::sip::Message& message, base::Now now);
  void on_ended(CallLeg& leg, protocol::transaction::ClientId id, protocol::transaction::Ended::How how, base::Now now);

 private:
  bool may_pass(CallLeg& leg, const Request& request);
  void ask(CallLeg& leg, const Request& request);
  void answer(const CallCore::Asked& asked, const domain::CallRequestAnswer& answer, base::Now now);
  void relay(CallLeg& leg, const domain::RelayRequest& request, const ReadSignal& signal, base::Now now);

  CallCore& core_;
  Context& context_;
  CallPlacing& placing_;
};

}  // namespace tertulia::face::simple
