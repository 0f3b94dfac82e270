// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/reason.h"
#include "base/time.h"
#include "domain/presence/level.h"
#include "domain/presence/publication.h"
#include "domain/presence/self_view.h"
#include "domain/presence/view.h"

namespace tertulia::domain {

// ---- asked by an edge, answered by the agent on the user's home shard -------------------------------------------------

/// One piece to publish, refresh or remove.
struct PublishItem {
  PublicationKey key;
  /// Checked when set: version of the key that the client knows, 0 for "none yet" (publication_outdated otherwise).
  std::optional<std::uint32_t> expected_version;
  ExpireType expires = ExpireType::endpoint;
  base::Duration lease{};                 ///< for ExpireType::time; zero: the agent chooses
  std::optional<PublicationValue> value;  ///< nullopt: remove
  OpaqueValue original = {};              ///< see Publication; counts against opaque_octets_max
};
/// Pieces of one user, taken over as a whole or not at all.  Answered when what is permanent in it is durable.
struct PublishPresence {
  base::Ticket ticket;
  base::ShardId edge;
  base::UserId user;
  base::EndpointId endpoint;  ///< 0: an administrator
  std::vector<PublishItem> items;
  bool self_wanted = false;  ///< the answer brings what the user's own devices see afterwards, a conflict's too
  /// When the policy does not permit the user to appear offline: all else is taken over and each state in it that says
  /// offline, picked or of a device, stays what it was, as if published again; rather than state_not_permitted.
  bool offline_optional = false;
};
/// Event state publication of a standard client (RFC 3903): one piece per client and package, named by an entity tag
/// that changes with each success.  A refresh has no value.  An expired or unknown tag: publication_unknown (412).
struct PublishDocument {
  base::Ticket ticket;
  base::ShardId edge;
  base::UserId user;
  base::EndpointId endpoint;  ///< of the connection, 0 when it has none
  std::string entity_tag;     ///< SIP-If-Match; empty: initial
  base::Duration lease{};     ///< zero removes; negative: the agent chooses
  /// All pieces in the document; nullopt: refresh.  Keys with container `devices`; the agent gives them its instance.
  std::optional<std::vector<PublicationValue>> values;
};
struct PublishAnswer {
  base::Ticket ticket;
  base::Reason reason = base::Reason::none;
  std::string entity_tag;  ///< of a document
  base::Duration lease{};  ///< granted; with interval_too_brief the shortest that is taken
  /// Of all keys asked for, not only of wrong ones: after success the new pieces, at a conflict the valid ones.  A key that
  /// does not exist is missing, its version is 0.
  std::vector<Publication> current;
  SelfViewPtr self = nullptr;  ///< when it was wanted
};

/// Somebody used a device: wrote, called, typed, or the client says so.
struct UserActive {
  base::UserId user;
  base::EndpointId endpoint;
};
/// A call or conference holds the user, or lets him go.
struct PhoneState {
  base::UserId user;
  base::CallId call;
  base::EndpointId endpoint;  ///< where; 0 not known
  bool up = false;
  Activity activity = Activity::on_the_phone;
};

/// Watchers of one edge whose target users live on one home shard.
struct WatchPresence {
  base::ShardId edge;
  base::UserId watcher;         ///< 0: not one of ours
  std::string watcher_address;  ///< user@domain
  struct Entry {
    base::WatchId watch;
    base::UserId target;
  };
  std::vector<Entry> entries;
  bool once = false;  ///< answered with the present view only (fetch, RFC 6665 4.4.3)
};
struct UnwatchPresence {
  base::ShardId edge;
  std::vector<WatchPresence::Entry> entries;
};
/// First answer to each watch, then each change; for one watch the versions grow.  In a refusal (`reason`) the watch has
/// ended: too_many_watchers, user_does_not_exist (also when the user is removed later).
struct PresenceNews {
  struct Item {
    base::WatchId watch;
    PresenceViewPtr view;
    base::Reason reason = base::Reason::none;
  };
  std::vector<Item> items;
};

/// Who watches a user (RFC 3857); only the user himself may ask.
struct WatcherInfo {
  base::WatchId watch;
  std::string address;
  base::WallTime since;
  bool blocked = false;
};
using WatcherListPtr = std::shared_ptr<const std::vector<WatcherInfo>>;
struct WatchWatchers {
  base::ShardId edge;
  base::WatchId watch;
  base::UserId user;
  bool on = true;  ///< false: ends it
};
struct WatcherNews {
  base::WatchId watch;
  WatcherListPtr watchers;
  /// The watch has ended, without a list: user_does_not_exist, too_many_subscriptions.
  base::Reason reason = base::Reason::none;
};

/// Everything about a user for one of his own devices: now, and each change of it (gathered like all news).
struct WatchSelf {
  base::ShardId edge;
  base::WatchId watch;
  base::UserId user;
  bool on = true;  ///< false: ends it
};
struct SelfNews {
  base::WatchId watch;
  SelfViewPtr view;  ///< never one that is older than the one before
  /// The watch has ended, without a view: user_does_not_exist, too_many_subscriptions.
  base::Reason reason = base::Reason::none;
};

/// The user has taken notice of somebody who watches him: he is not asked about him again.  Answered with a
/// SetLevelAnswer when durable.
struct AcknowledgeWatcher {
  base::Ticket ticket;
  base::ShardId edge;
  base::UserId user;
  std::string address;  ///< user@domain
};

/// Puts somebody into a privacy level of the user, or out of all.  Answered when durable.
struct SetLevel {
  base::Ticket ticket;
  base::ShardId edge;
  base::UserId user;
  LevelMember member;
  std::optional<Container> level;
  std::optional<std::uint32_t> expected_version;
  /// Without `level`: out of one of these alone; a member who stands elsewhere stays there.  Empty: wherever he stands.
  std::vector<Container> only_from = {};
};
struct SetLevelAnswer {
  base::Ticket ticket;
  base::Reason reason = base::Reason::none;
  std::uint32_t version = 0;
};

}  // namespace tertulia::domain
