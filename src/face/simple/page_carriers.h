// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "face/simple/session_core.h"

namespace tertulia::face::simple {

class OutgoingLegs;

/// Single messages to a device that takes messages in sessions alone (RFC 3840: `methods` without MESSAGE).  One dialog
/// for each person who writes to it, opened with the first message and closed when it was idle for as long as a
/// conversation of single messages lives.  To the rest of the house they stay single messages: the inbox asks and is
/// answered, and what the device says in the dialog is posted as such.
///
///   inbox              face                 device
///     | DeliverPage      | INVITE (SDP)        |
///     |----------------->|-------------------->|
///     |                  |           200 (SDP) |
///     |                  | ACK, MESSAGE        |
///     |            taken |                 200 |
///     |<-----------------|<--------------------|
///     |                  |             MESSAGE |
///     |                  |<--------------------| PostPage to the person who wrote
class PageCarriers {
 public:
  explicit PageCarriers(SessionCore& core) : core_(core), context_(core.context) {}

  void deliver(const domain::DeliverPage& page, OutgoingLegs& outgoing, base::Now now);
  /// The device has accepted: what waits goes out in order.
  void on_open(Leg& leg, base::Now now);
  /// Neither it nor its user has answered in time.
  void give_up(Leg& leg, OutgoingLegs& outgoing, base::Now now);
  /// Something was said in the dialog: it lives on.
  void keep_alive(Leg& leg, base::Now now);
  /// Nothing was said for long.
  void on_idle(Leg& leg, base::Now now);

 private:
  Leg* find(const domain::DeliverPage& page);
  Leg* call(const domain::DeliverPage& page, OutgoingLegs& outgoing, base::Now now);
  void send(Leg& leg, const domain::DeliverPage& page, base::Now now);
  void answer(const domain::DeliverPage& page, domain::DeliverAnswer::What what, int status);

  SessionCore& core_;
  Context& context_;
};

}  // namespace tertulia::face::simple
