// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "face/simple/page_carriers.h"
#include "face/simple/session_core.h"
#include "face/simple/session_requests.h"

namespace tertulia::face::simple {

/// Sessions that the IMMCU begins with a client: our INVITEs and what becomes of them (RFC 3261 13.2).
class OutgoingLegs {
 public:
  OutgoingLegs(SessionCore& core, IncomingLegs& incoming, SessionRequests& requests, PageCarriers& carriers)
      : core_(core), context_(core.context), incoming_(incoming), requests_(requests), carriers_(carriers) {}

  void on(const domain::InviteLeg& invite, base::Now now);
  /// Begins the leg.  0: the INVITE is under way; else the status that tells why not, and there is no leg.
  int call(const domain::InviteLeg& invite, base::Now now, std::unique_ptr<Carrier> carrier = nullptr);
  void on_response(Leg& leg, const wire::sip::Message& message, const wire::sip::Basics& basics, base::Now now);
  /// Answer to our re-INVITE; a repeated 2xx is acknowledged again.
  void on_refreshed(Leg& leg, int status);
  void on_ended(Leg& leg, protocol::transaction::Ended::How how, base::Now now);
  /// The INVITE is taken back; an acceptance that still comes is answered with ACK and BYE.
  void withdraw(Leg& leg, base::Reason why, base::Now now);

 private:
  std::string write_invite(const domain::InviteLeg& invite, const Leg& leg, const Connection& connection,
                           std::string& branch) const;
  void on_acceptance(Leg& leg, const wire::sip::Message& message, const wire::sip::Basics& basics, base::Now now);
  void on_late_acceptance(const Leg& leg, const wire::sip::Message& message, const wire::sip::Basics& basics,
                          base::Now now);
  void failed(Leg& leg, int status, base::Now now);

  SessionCore& core_;
  Context& context_;
  IncomingLegs& incoming_;
  SessionRequests& requests_;
  PageCarriers& carriers_;
};

}  // namespace tertulia::face::simple
