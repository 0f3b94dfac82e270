// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include "domain/conversation/events.h"
#include "face/simple/context.h"
#include "face/simple/leg.h"

namespace tertulia::face::simple {

/// Message sessions: every dialog of an endpoint with the IMMCU, whoever began it (RFC 3261 12-15 as a back-to-back
/// user agent; INVITE with an m=message medium, then MESSAGE in the dialog, as Lync-type clients do).  A dialog is a
/// leg.  Carriers of single messages (page_carriers.h) are legs too.
class Sessions {
 public:
  explicit Sessions(Context& context);
  ~Sessions();

  // requests of clients, behind the gate
  void on_invite(Request& request);  ///< outside of a dialog: OpenSession; inside: refresh or 488/491
  /// An INVITE that enters a conference: the dialog is a leg like any other from then on (messages, BYE, EndLeg).
  void enter(const Request& request, const ConferenceEntry& entry);
  void on_refer(const Request& request);  ///< outside of a dialog
  void on_bye(const Request& request);    ///< without a tag of ours
  void on_ack(Connection& connection, const wire::sip::Message& message, const wire::sip::Basics& basics,
              base::Now now);
  /// `cancel_transaction` is answered 200, the INVITE 487 once the IMMCU has let go.
  void on_cancel(protocol::transaction::ServerId invite, base::Now now);
  /// A request whose dialog is ours.  False: no such dialog (the caller refuses with 481).
  bool in_dialog(Request& request);  ///< MESSAGE, BYE, INFO, OPTIONS, re-INVITE, UPDATE ...
  // responses of clients to our requests.  False: not one of ours.
  bool on_response(protocol::transaction::ClientId id, const wire::sip::Message& message,
                   const wire::sip::Basics& basics, bool repeated, base::Now now);
  bool on_ended(const protocol::transaction::Ended& ended, base::Now now);

  // from the domain
  bool on(const domain::PostAnswer& answer, base::Now now);  ///< false: the ticket is not ours
  bool on(const domain::OpenAnswer& answer, base::Now now);
  bool on(const domain::CreateAnswer& answer, base::Now now);
  bool on(const domain::JoinAnswer& answer, base::Now now);
  bool on(const domain::ChatAnswer& answer, base::Now now);
  bool on(const domain::CloseAnswer& answer, base::Now now);
  void on(const domain::DeliverSession& deliver, base::Now now);
  void on(const domain::DeliverPage& deliver, base::Now now);  ///< to a device that takes it in a session
  bool on(const domain::AddAnswer& answer, base::Now now);
  bool on(const domain::CommandAnswer& answer, base::Now now);
  void on(const domain::InviteLeg& invite, base::Now now);
  void on(const domain::LegGrown& grown, base::Now now);
  void on(const domain::EndLeg& end, base::Now now);
  bool on_undeliverable(base::Ticket ticket, base::Now now);

  void on_connection_closed(base::ConnectionId id, base::Now now);
  void on_deadline(base::Now now);
  std::optional<base::TimePoint> deadline() const;
  void stop(base::Now now);
  std::size_t count() const;

  /// A dialog as it is now; null: there is none.  Good until the next event.
  const Leg* find(base::LegId id) const;
  /// The open dialog that `user` has on this connection with `peer` alone; null: there is none.
  const Leg* talk(base::ConnectionId connection, base::UserId user, base::UserId peer) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tertulia::face::simple
