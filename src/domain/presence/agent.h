// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/ids.h"
#include "base/metrics.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/directory/directory.h"
#include "domain/endpoint/registrar.h"
#include "domain/presence/combine.h"
#include "domain/presence/events.h"
#include "domain/presence/store.h"

namespace tertulia::domain {

struct PresenceSettings {
  base::Duration news_interval = std::chrono::milliseconds{250};  ///< see limits.h
  base::Duration publish_min = std::chrono::seconds{60};          ///< shorter leases are refused (interval_too_brief)
  base::Duration publish_default = std::chrono::seconds{3600};
  base::Duration publish_max = std::chrono::hours{12};  ///< longer ones are shortened
};

/// What the agent tells others; implemented by the shard's dispatch.  Calls never come back before they return.
class PresencePorts {
 public:
  virtual ~PresencePorts() = default;
  virtual void answer(base::ShardId edge, PublishAnswer answer) = 0;
  virtual void answer(base::ShardId edge, SetLevelAnswer answer) = 0;
  virtual void news(base::ShardId edge, PresenceNews news) = 0;
  virtual void news(base::ShardId edge, WatcherNews news) = 0;
  virtual void news(base::ShardId edge, SelfNews news) = 0;
  /// Whether the address (lower case) stands on the user's own contact list; asked in privacy mode, and for the view of
  /// his own devices.
  virtual bool has_contact(base::UserId user, std::string_view address) const = 0;
  /// Somebody was put into the level "blocked"; `peer` 0: many, or nobody knows whom.
  virtual void blocked(base::UserId user, base::UserId peer) = 0;
  /// Answered by on_stored with the same ticket.
  virtual void change(base::Ticket ticket, PresenceChange change) = 0;
};

struct PresenceMetrics {
  base::Counter publications, publications_refused, news, coalesced;
  base::Gauge watches, users;
};

/// Why somebody sees what he sees; for `tertulia explain presence`.
struct PresenceExplanation {
  PresenceViewPtr view;     ///< what the watcher is shown
  Levels::Verdict verdict;  ///< by which entry he has his level
  Aggregate aggregate;      ///< what the sources gave, before the level
  CombineInput input;       ///< the sources
  std::vector<Publication> publications;
  std::size_t watchers = 0;
};

/// Presence agent (RFC 3856) of the users whose home is this shard: keeps what they publish, combines it with their
/// endpoints, activity and calls, and tells each watcher the view of his level whenever it changed.  Pure.
///
/// - Watchers of one level get the same view object; a view that shows the same as the last one is not sent.
/// - Versions of a user grow for ever (see base::IdSource for restarts); one watcher never gets an older after a newer.
/// - News of one user go out at once when none went out for news_interval, else at its end; at most news_per_turn_max
///   watchers a turn, the rest at the next deadline (which is then "now").
/// - A permanent publication or level counts from the moment the store has it.  Changes of one user keep their order.
/// - Idle times follow the monotonic clock; calendars and notes, which name wall times, are looked at again when the wall
///   clock jumps.
/// - The user's own devices share one view of everything (SelfView); it is made only for those who watch, or want it with
///   an answer.  Its news are gathered as those for watchers, each on its own.
/// - A user without endpoints, publications, calls, levels and acknowledged watchers of his own, and watchers takes no
///   memory.
/// - Blocked: offline, without notes, devices and extras; display name only.
class PresenceAgent {
 public:
  /// `boot_seconds`: see base::IdSource.  `registrar`: of the same shard, outlives the agent.
  PresenceAgent(const PresenceSettings& settings, base::ShardId shard, const Registrar& registrar, PresencePorts& ports,
                std::uint64_t boot_seconds);
  ~PresenceAgent();

  void set_settings(const PresenceSettings& settings);
  /// At start-up.
  void restore(StoredPresence stored, base::Now now);

  /// Refusals: user_does_not_exist, publication_outdated, publication_unknown (no such tag; or a piece that lives with an
  /// endpoint when there is none), interval_too_brief, body_too_large, too_many_publications, server_busy,
  /// store_unavailable, presence_document_malformed (texts that are not UTF-8, an initial document without content),
  /// state_not_permitted (the idle states; offline without the policy).
  void on_publish(const PublishPresence& publish, const Directory& directory, base::Now now);
  void on_publish(const PublishDocument& publish, const Directory& directory, base::Now now);
  /// Refusals: user_does_not_exist, publication_outdated, command_malformed (no level, or a member without its name),
  /// list_too_long, server_busy, store_unavailable.
  void on_set_level(const SetLevel& set, const Directory& directory, base::Now now);
  void on_watch(const WatchPresence& watch, const Directory& directory, base::Now now);
  void on_unwatch(const UnwatchPresence& unwatch, base::Now now);
  void on_watch_watchers(const WatchWatchers& watch, base::Now now);
  /// A watch that is on already is answered with the view again.  Refusals: user_does_not_exist, too_many_subscriptions.
  void on_watch_self(const WatchSelf& watch, const Directory& directory, base::Now now);
  /// Refusals: user_does_not_exist, address_malformed, server_busy, store_unavailable.  Once more for the same one:
  /// success without the store.
  void on_acknowledge(const AcknowledgeWatcher& acknowledge, const Directory& directory, base::Now now);
  void on_active(const UserActive& active, const Directory& directory, base::Now now);
  void on_phone(const PhoneState& phone, const Directory& directory, base::Now now);
  void on_endpoint_added(base::UserId user, const EndpointRoute& route, const Directory& directory, base::Now now);
  void on_endpoint_removed(base::UserId user, base::EndpointId endpoint, const Directory& directory, base::Now now);
  /// Names, policies, users that are gone.
  void on_directory_changed(const Directory& before, const Directory& directory, base::Now now);
  /// The user's own contact list is another one (privacy mode and the view of his own devices ask for it).
  void on_contacts_changed(base::UserId user, const Directory& directory, base::Now now);
  void on_stored(base::Ticket ticket, base::Result<void> result, const Directory& directory, base::Now now);
  void on_deadline(const Directory& directory, base::Now now);
  std::optional<base::TimePoint> deadline() const;

  /// none, sender_blocked or recipient_do_not_disturb.  Wall time: of the last event that the agent was given.
  base::Reason may_interrupt(base::UserId user, std::string_view from_address, const Directory& directory) const;
  /// `watcher_address` empty: as the user sees himself (Container::self, everything).  Errors: user_does_not_exist.
  base::Result<PresenceExplanation> explain(base::UserId user, std::string_view watcher_address,
                                            const Directory& directory, base::Now now) const;
  /// Levels of the user, for lists.
  Levels levels(base::UserId user) const;
  const PresenceMetrics& metrics() const;
  std::size_t user_count() const;  ///< users about whom something is remembered
  std::size_t watch_count() const;
  std::size_t publication_count() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tertulia::domain
