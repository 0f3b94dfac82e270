// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <unordered_map>

#include "face/simple/session_additions.h"
#include "face/simple/session_core.h"

namespace tertulia::face::simple {

/// Sessions that clients begin: their INVITEs (RFC 3261 13.3) on the way to the IMMCU and back.
class IncomingLegs {
 public:
  IncomingLegs(SessionCore& core, Additions& additions) : core_(core), context_(core.context), additions_(additions) {}

  void on_invite(const Request& request);
  void enter(const Request& request, const ConferenceEntry& entry);
  void on_cancel(protocol::transaction::ServerId invite, base::Now now);
  /// The client takes back its INVITE (CANCEL or, in an early dialog, BYE): the IMMCU is asked to let go.
  void withdraw(Leg& leg, base::Now now);
  /// The client has taken back its INVITE in a way that leaves no room for an answer.
  void forsake(Leg& leg, base::Now now);
  void on_ack(Leg& leg, base::Now now);
  bool on(const domain::OpenAnswer& answer, base::Now now);  ///< false: the ticket is not ours
  bool on(const domain::CreateAnswer& answer, base::Now now);
  bool on(const domain::JoinAnswer& answer, base::Now now);
  bool on(const domain::ChatAnswer& answer, base::Now now);
  bool on_undeliverable(base::Ticket ticket, base::Now now);
  /// `leg`, begun by us, is open.
  void on_open(Leg& leg, base::Now now);
  /// The IMMCU did not answer a withdrawal in time.
  void give_up(Leg& leg, base::Now now);
  void stop(Leg& leg, base::Now now);

 private:
  Leg* begin(const Request& request, bool lists = false);
  /// The question that `ticket` names is answered.  Null: the ticket is not ours.
  Leg* find(base::Ticket ticket);
  void accepted(Leg& leg, base::Now now);
  void ask(const Request& request, Leg& leg, const std::optional<domain::DeviceName>& device);
  void yield(Leg& leg, base::LegId instead, base::Now now);
  void join(Leg& leg, Leg& instead, base::Now now);
  void ring(Leg& leg, base::Now now);
  void refuse(Leg& leg, base::Reason reason, int status, base::Now now);
  void forget(Leg& leg, base::Now now);

  SessionCore& core_;
  Context& context_;
  Additions& additions_;
  std::unordered_map<base::Ticket, base::LegId> by_ticket_;
  std::unordered_map<protocol::transaction::ServerId, base::LegId> by_invite_;
};

}  // namespace tertulia::face::simple
