// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "domain/call/events.h"
#include "domain/conference/events.h"
#include "domain/contacts/events.h"
#include "domain/endpoint/events.h"
#include "domain/presence/events.h"
#include "face/simple/context.h"

namespace tertulia::face::simple {

class EventPackage;
class WatchTable;

/// The notifier of this face (RFC 6665): dialogs that clients begin with SUBSCRIBE, whatever the package.  A subscription
/// lives on its client's connection and ends quietly with it.
class Subscriptions {
 public:
  explicit Subscriptions(Context& context);
  ~Subscriptions();

  /// For packages, which add their watches to it.
  WatchTable& watches();
  /// The order counts among packages of one name (EventPackage::claims).  Before the first request.
  void add(std::unique_ptr<EventPackage> package);

  // requests of clients, behind the gate
  void on_subscribe(const Request& request);  ///< outside of a dialog
  /// A request whose dialog is a subscription's.  False: no such dialog.
  bool in_dialog(const Request& request);
  // answers of clients to our notifications, of which status and Retry-After are read.  False: not one of ours.
  bool waits_for(protocol::transaction::ClientId id) const;
  bool on_response(protocol::transaction::ClientId id, const wire::sip::Message& message, base::Now now);
  bool on_ended(const protocol::transaction::Ended& ended, base::Now now);

  // from the domain
  void on(const domain::PresenceNews& news, base::Now now);
  void on(const domain::WatcherNews& news, base::Now now);
  void on(const domain::ContactsNews& news, base::Now now);
  void on(const domain::BindingsNews& news, base::Now now);
  void on(const domain::CallsNews& news, base::Now now);
  void on(const domain::RosterNews& news, base::Now now);

  void on_connection_closed(base::ConnectionId id);
  void on_deadline(base::Now now);
  std::optional<base::TimePoint> deadline() const;
  /// Each client is told that its subscription has ended (deactivated).
  void stop(base::Now now);
  std::size_t count() const;
  std::size_t watch_count() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tertulia::face::simple
