// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "domain/call/events.h"
#include "face/simple/context.h"

namespace tertulia::face::simple {

/// Calls between telephones (RFC 3261 16, with Record-Route): an INVITE of audio or video goes to the call agent and from
/// there to the devices of the callee; both telephones share one dialog, and what they say in it passes unread.  Media
/// goes directly between them.  Part of the face; lives on one shard.
class Calls {
 public:
  explicit Calls(Context& context);
  ~Calls();

  /// This request is passed on to a telephone, so its extensions and content are not ours to judge: an INVITE that wants
  /// a call, or one in the dialog of a call.
  bool concerns(const Request& request) const;

  // requests of clients
  void on_invite(const Request& request);  ///< outside of a dialog, and wants_call()
  /// False: no dialog of a call of this user.
  bool in_dialog(const Request& request);
  bool on_ack(Connection& connection, const wire::sip::Message& message, const wire::sip::Basics& basics,
              base::Now now);
  /// The CANCEL was answered; false: its INVITE is none of a call.
  bool on_cancel(protocol::transaction::ServerId invite, base::Now now);
  // our requests; false: not one of a call
  bool on_response(protocol::transaction::ClientId id, const wire::sip::Message& message,
                   const wire::sip::Basics& basics, bool repeated, base::Now now);
  bool on_ended(const protocol::transaction::Ended& ended, base::Now now);

  // the call agent
  void on(const domain::CallProgress& progress, base::Now now);
  void on(const domain::CallAnswered& answered, base::Now now);
  void on(const domain::CallRefused& refused, base::Now now);
  void on(const domain::CallRequestAnswer& answer, base::Now now);
  void on(const domain::RingLeg& ring, base::Now now);
  void on(const domain::StopLeg& stop, base::Now now);
  void on(const domain::RelayRequest& request, base::Now now);
  void on(const domain::CancelRelay& cancel, base::Now now);

  void on_connection_closed(base::ConnectionId id, base::Now now);
  void on_deadline(base::Now now);
  std::optional<base::TimePoint> deadline() const;
  /// Orderly stop: no call begins any more, each standing one is ended with BYE.
  void stop(base::Now now);
  std::size_t count() const;  ///< sides of calls

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tertulia::face::simple
