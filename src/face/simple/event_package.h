// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/reason.h"
#include "base/result.h"
#include "domain/call/events.h"
#include "domain/conference/events.h"
#include "domain/contacts/events.h"
#include "domain/endpoint/events.h"
#include "domain/presence/events.h"
#include "face/simple/context.h"
#include "face/simple/watch_table.h"

namespace tertulia::face::simple {

/// A SUBSCRIBE as a package judges it; the engine has read its Event, Expires and Accept.  Lives during one call.
struct SubscribeView {
  const Request& request;         ///< `request.user` is the subscriber, `request.message` has the body
  SubscriptionId subscription;    ///< for WatchTable::add
  const domain::User* target;     ///< whom the Request-URI names; null: nobody (enabled) of ours
  std::string_view content_type;  ///< of the body as lower-case type/subtype; empty without body
  bool takes_lists = false;       ///< Supported or Require has `eventlist` (RFC 4662 4)
  bool fetch = false;             ///< Expires: 0: one notification, then the end
};

/// What news of the domain mean for a subscription.
struct FeedNews {
  enum class What : std::uint8_t {
    nothing,  ///< the client sees no difference
    changed,  ///< there is something (new) to show; the first one turns the subscription from pending to active
    ended,    ///< the watched thing is gone or refused: the subscription ends with `reason`
  } what = What::nothing;
  base::Reason reason = base::Reason::none;
};

/// Body of one NOTIFY.
struct EventDocument {
  std::string content_type;                 ///< with parameters; empty: no body
  std::shared_ptr<const std::string> body;  ///< may be shared by many subscriptions; null: no body
};

/// What one subscription shows: keeps the newest state that the domain has told, and renders it when the engine's turn
/// to notify has come.  The engine sends one NOTIFY at a time and asks for the document at the last moment, so an older
/// document can never follow a newer one.  Owned by the engine.
class EventFeed {
 public:
  virtual ~EventFeed() = default;

  // News of the watches that this feed has added to the WatchTable for its subscription.
  virtual FeedNews on_presence(const domain::PresenceNews::Item&, base::Now) { return {}; }
  virtual FeedNews on_watchers(const domain::WatcherNews&, base::Now) { return {}; }
  virtual FeedNews on_contacts(const domain::ContactsNews&, base::Now) { return {}; }
  virtual FeedNews on_bindings(const domain::BindingsNews&, base::Now) { return {}; }
  virtual FeedNews on_calls(const domain::CallsNews&, base::Now) { return {}; }
  virtual FeedNews on_roster(const domain::RosterNews&, base::Now) { return {}; }

  /// The document as of now.  `full`: the client must be able to understand it without the ones before (first one, after
  /// each SUBSCRIBE, after a NOTIFY that failed); otherwise a package with partial state may tell only what changed since
  /// the last call.  Called once per NOTIFY; version numbers grow here.  Before the first `changed` it may be empty.
  virtual EventDocument render(bool full, base::Now now) = 0;
  /// A further SUBSCRIBE in the dialog (never the one that ends it); may carry a new body.  An error refuses that request
  /// and leaves the subscription as it is.
  virtual base::Result<void> on_refresh(const SubscribeView& subscribe) {
    (void)subscribe;
    return {};
  }
  /// 2xx and NOTIFY carry `Require: eventlist` (RFC 4662 4.2, 5.1).
  virtual bool is_list() const { return false; }
  /// Ends its watches at the domain and takes them out of the WatchTable.  Called exactly once, before destruction.
  virtual void end() = 0;
};

/// One event package (RFC 6665 7) or template; stateless towards the engine, lives as long as it.
class EventPackage {
 public:
  virtual ~EventPackage() = default;
  virtual std::string_view name() const = 0;  ///< as in Event, byte for byte
  /// Content types of its notifications, lower case; the first one is meant when the client sends no Accept.
  virtual std::span<const std::string_view> types() const = 0;
  /// Several packages may have one name (a person's presence and a list of them): the first that claims a SUBSCRIBE gets
  /// it.  The last one of a name claims everything.
  virtual bool claims(const SubscribeView& subscribe) const {
    (void)subscribe;
    return true;
  }
  /// A new subscription: starts its watches (the answers come later, never from within).  Errors refuse the SUBSCRIBE with
  /// the reason's status and must leave no watch behind; media_type_unsupported adds `Accept` with body_types().
  virtual base::Result<std::unique_ptr<EventFeed>> begin(const SubscribeView& subscribe) = 0;
  /// Content types that may be in a SUBSCRIBE; the engine refuses any other body (415) unless its handling is optional.
  virtual std::span<const std::string_view> body_types() const { return {}; }
};

}  // namespace tertulia::face::simple
