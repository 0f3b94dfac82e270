// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <unordered_map>

#include "face/simple/allowed_format.h"
#include "face/simple/page_carriers.h"
#include "face/simple/session_core.h"
#include "face/simple/session_incoming.h"

namespace tertulia::face::simple {

/// Requests of the client within a dialog (RFC 3261 12.2.2), and the IMMCU's answers to them.
class SessionRequests {
 public:
  SessionRequests(SessionCore& core, IncomingLegs& incoming, Additions& additions, PageCarriers& carriers)
      : core_(core), context_(core.context), incoming_(incoming), additions_(additions), carriers_(carriers) {}

  /// False: no such dialog of this user.
  bool on_request(Request& request);                          ///< sets its conversation
  bool on(const domain::PostAnswer& answer, base::Now now);   ///< false: the ticket is not ours
  bool on(const domain::CloseAnswer& answer, base::Now now);  ///< false: the ticket is not ours
  bool on_undeliverable(base::Ticket ticket, base::Now now);

  /// What the client has sent in the dialog before it accepted our INVITE.
  void replay_early(Leg& leg, base::Now now);
  /// A message on its way to the client has come to its end; it may have been what a closing leg waits for.
  void on_settled(Leg& leg, base::Now now);
  /// The wait of a closing leg is over.
  void on_close_deadline(Leg& leg, base::Now now);
  /// The connection of a closing leg is gone.
  void lose_closing(Leg& leg, base::Now now);
  void on_bye(Leg& leg, const Request& request);  ///< of an open leg

 private:
  /// A message of the client that lies with the IMMCU.  `pending` is empty when the client was answered already
  /// (typing).
  struct Post {
    base::LegId leg;
    std::optional<Pending> pending;
  };
  bool on_early_request(Leg& leg, const Request& request);
  bool on_unanswered(Leg& leg, const Request& request);
  void dispatch(Leg& leg, const Request& request);
  void on_message(Leg& leg, const Request& request);
  void on_info(Leg& leg, const Request& request);
  void on_topic(Leg& leg, const Request& request);
  bool tell_undelivered(Leg* leg, const Pending& pending, const domain::PostAnswer& answer, base::Now now);
  bool refuse_file(const Pending& pending, base::Now now);
  void on_refresh(Leg& leg, const Request& request);
  void on_options(const Leg& leg, const Request& request);
  void on_other(const Leg& leg, const Request& request);
  void post(Leg& leg, const Request& request, WrittenMessage written, bool answered,
            std::optional<std::string> topic = std::nullopt);
  void close(Leg& leg, base::Now now);
  void end_carrier(Leg& leg, base::Now now);

  SessionCore& core_;
  Context& context_;
  IncomingLegs& incoming_;
  Additions& additions_;
  PageCarriers& carriers_;
  std::unordered_map<base::Ticket, Post> posts_;
  std::unordered_map<base::Ticket, base::LegId> closes_;
};

}  // namespace tertulia::face::simple
