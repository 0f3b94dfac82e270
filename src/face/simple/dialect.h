// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/reason.h"
#include "domain/conference/events.h"
#include "domain/contacts/events.h"
#include "domain/conversation/events.h"
#include "domain/endpoint/events.h"
#include "domain/presence/events.h"
#include "face/simple/context.h"

namespace tertulia::face::simple {

class Sessions;
class SignInGuard;
struct Leg;

/// A successful REGISTER, as a dialect answers it.  Lives during one call.
struct Registered {
  Connection& connection;
  std::string_view address;  ///< of the user: user@domain
  const domain::BindAnswer& answer;
  bool fresh = false;       ///< this device was not signed in on the connection before
  bool signed_out = false;  ///< nothing of this user is bound on the connection any more
};

/// A family of SIP clients that sign in and watch in ways of their own, while their messages and calls are those of the
/// standard (decision 0008).  What is special stands here, one object a shard; this face asks it first and knows nothing
/// else of it.  Connections whose client speaks it carry a DialectConnection.
class Dialect {
 public:
  virtual ~Dialect() = default;

  // proving an identity
  /// The sender proves himself the dialect's way, or shows that he could.
  virtual bool proves(const Request& request) const = 0;
  /// As Authenticator::admit.
  virtual bool admit(Request& request) = 0;
  virtual void on_directory_changed(const domain::Directory& before, base::Now now) = 0;

  /// The server is about to end this connection, on which a device is bound, for this reason.
  virtual void say_goodbye(const Connection& connection, base::Reason why, base::Now now) = 0;

  // requests
  /// A tag of Require or Proxy-Require that a client of the dialect may use.
  virtual bool knows_extension(std::string_view tag) const = 0;
  /// Behind the gate, of a connection that speaks the dialect.  False: it is for the standard handlers.
  virtual bool on_request(Request& request) = 0;
  /// The CANCEL of this INVITE was answered.  False: not one that the dialect holds.
  virtual bool on_cancel(protocol::transaction::ServerId invite, base::Now now) = 0;
  /// Headers of the 2xx for a REGISTER that only this dialect's clients understand.
  virtual void describe_registration(const Registered& registered, wire::sip::Writer& writer) = 0;
  /// Explains a refusal in the dialect's words: what stands in place of Warning, beside ms-diagnostics.
  virtual void explain(base::Reason reason, int status, std::string_view text, wire::sip::Writer& writer) const = 0;
  /// The status that makes such a client show the right words for this refusal; 0: the standard one.
  virtual int status_for(base::Reason reason, int status) const = 0;

  // answers to requests of the dialect; false: not one of its own
  virtual bool on_response(protocol::transaction::ClientId id, const wire::sip::Message& message, base::Now now) = 0;
  virtual bool on_ended(const protocol::transaction::Ended& ended, base::Now now) = 0;
  virtual bool on_undeliverable(base::Ticket ticket, base::Now now) = 0;

  // from the domain; false: not one of its own
  virtual bool on(const domain::PublishAnswer& answer, base::Now now) = 0;
  virtual bool on(const domain::SetLevelAnswer& answer, base::Now now) = 0;
  virtual bool on(const domain::ContactsAnswer& answer, base::Now now) = 0;
  virtual bool on(const domain::PresenceNews::Item& news, base::Now now) = 0;
  virtual bool on(const domain::SelfNews& news, base::Now now) = 0;
  virtual bool on(const domain::ContactsNews& news, base::Now now) = 0;
  // conferences: what the dialect has asked comes back to it
  virtual bool on(const domain::CreateAnswer& answer, base::Now now) = 0;
  virtual bool on(const domain::ConferencesAnswer& answer, base::Now now) = 0;
  virtual bool on(const domain::JoinAnswer& answer, base::Now now) = 0;
  virtual bool on(const domain::AddAnswer& answer, base::Now now) = 0;
  virtual bool on(const domain::CommandAnswer& answer, base::Now now) = 0;
  virtual bool on(const domain::RosterNews& news, base::Now now) = 0;
  virtual bool on(const domain::SeatEnded& ended, base::Now now) = 0;
  virtual bool on(const domain::LegGrown& grown, base::Now now) = 0;
  /// An invitation for a device that speaks the dialect: true when the dialect carries it out (then its LegAnswer and
  /// EndLeg are the dialect's too).
  virtual bool on(const domain::InviteLeg& invite, base::Now now) = 0;
  virtual bool on(const domain::EndLeg& end, base::Now now) = 0;
  /// What a message that was said in a conference bears in a leg of such a device: headers of the MESSAGE.
  virtual void describe_delivery(const domain::DeliverSession& deliver, wire::sip::Writer& writer) = 0;
  /// Answers a message that such a device has said in a conference and that has not reached everybody, and tells whom.
  virtual void tell_undelivered(Leg& leg, const Pending& message, const domain::PostAnswer& answer, base::Now now) = 0;
  /// All items of one event were given; what was gathered may leave.
  virtual void flush(base::Now now) = 0;

  virtual void on_connection_closed(base::ConnectionId id) = 0;
  virtual void stop(base::Now now) = 0;
  virtual std::size_t subscription_count() const = 0;
};

/// Makes the dialect of a face; called once, at the end of the face's construction.  Empty: the face speaks the standard
/// only.
using DialectFactory = std::function<std::unique_ptr<Dialect>(Context&, SignInGuard&, Sessions&)>;

}  // namespace tertulia::face::simple
