// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "domain/presence/agent.h"
#include "domain/presence/limits.h"

// Inside of the presence agent; nobody else includes this.
namespace tertulia::domain {

/// Before everything; far from the edge, so that spans can be added.
inline constexpr base::TimePoint long_ago{INT64_MIN / 2};

/// One published piece and what the agent remembers with it.
struct PublicationEntry {
  Publication publication;
  base::TimePoint ends = base::TimePoint::never();
  base::TimePoint published;  ///< when this value came
  /// DeviceState that tells idleness: since when, on both clocks (never later than it was told).
  base::TimePoint idle;
  std::optional<base::WallTime> idle_wall;
  std::uint64_t document = 0;  ///< number of the document it came in, 0: none
  std::uint64_t order = 0;     ///< grows with each request; the restored ones have 0
};
struct PublishedDocument {
  std::uint64_t number = 0;
  std::uint64_t tag = 0;
  base::EndpointId endpoint;
  base::TimePoint ends;
};
struct Device {
  base::EndpointId endpoint;
  base::TimePoint used;
  base::WallTime used_wall;
};
struct Watch {
  base::WatchId watch;
  base::ShardId edge;
  Container level = Container::everyone;
  bool owed = false;       ///< has another level now: is told although the new one did not change
  std::uint64_t sent = 0;  ///< version of the last view
  base::WallTime since;
  std::shared_ptr<const std::string> address;
};
/// The view of one level, while it has watchers.
struct Slot {
  Container level = Container::everyone;
  std::size_t watchers = 0;
  PresenceViewPtr view;
  std::uint64_t changed = 0;  ///< version since which the view shows the same
};
struct ListWatch {
  base::WatchId watch;
  base::ShardId edge;
};
/// One of the user's own devices that watches everything about him.
struct SelfWatch {
  base::WatchId watch;
  base::ShardId edge;
  std::uint64_t sent = 0;  ///< version of the last view
};
/// Watchers whom a user has taken notice of.  At most acknowledged_max: the oldest are forgotten.
class Acknowledged {
 public:
  bool contains(std::string_view address) const { return order_.contains(address); }
  void add(std::string address);

 private:
  std::map<std::string, std::uint64_t, std::less<>> order_;  // grows with each one that comes
  std::uint64_t last_ = 0;
};

/// A request that was checked: what it will do.
struct PlannedPiece {
  Publication publication;
  bool remove = false;
  base::TimePoint ends = base::TimePoint::never();
};
struct PublishPlan {
  PublishPresence asked;
  std::vector<PlannedPiece> pieces;  ///< one for each key
  base::Duration lease{};
};
struct LevelPlan {
  SetLevel asked;
  Levels levels;
};
using Plan = std::variant<PublishPlan, LevelPlan, AcknowledgeWatcher>;
using Task = std::variant<PublishPresence, PublishDocument, SetLevel, AcknowledgeWatcher>;

/// What is remembered of one user.
struct UserEntry {
  std::vector<Device> devices;
  std::vector<PublicationEntry> publications;
  std::vector<PublishedDocument> documents;
  std::vector<PhoneInput> phones;
  std::vector<Watch> watches;
  std::vector<ListWatch> list_watches;
  std::vector<SelfWatch> self_watches;
  std::vector<Slot> slots;
  SelfViewPtr self;                            ///< the last one; only while there are self watches
  std::unique_ptr<Levels> levels;              ///< null: the defaults
  std::unique_ptr<Acknowledged> acknowledged;  ///< null: nobody
  std::unique_ptr<Aggregate> shown;            ///< what the last views were made of; only while somebody looks
  std::unique_ptr<std::deque<Task>> waiting;   ///< there while the store has a change of this user

  base::TimePoint wake = base::TimePoint::never();   ///< as it stands in the table
  base::TimePoint again = base::TimePoint::never();  ///< when the views may change by time alone
  base::TimePoint last_news = long_ago, last_list = long_ago, last_self = long_ago;
  bool dirty = false;                     ///< something changed since the views were made
  bool list_dirty = false;                ///< the same for the list of watchers
  bool self_dirty = false;                ///< the same for the view of the user's own devices
  bool wall_edge = false;                 ///< `again` waits for a wall time
  bool queued = false;                    ///< in the queue of those who have news to send
  std::size_t cursor = 0, remaining = 0;  ///< next watch to be served, and how many

  bool empty() const {
    return devices.empty() && publications.empty() && documents.empty() && phones.empty() && watches.empty() &&
           list_watches.empty() && self_watches.empty() && !levels && !acknowledged && !waiting;
  }
  bool observed() const { return !watches.empty() || !self_watches.empty(); }
  Device* device(base::EndpointId endpoint);
  PublicationEntry* find(const PublicationKey& key);
  const PublicationEntry* find(const PublicationKey& key) const;
  Slot* slot(Container level);
  const Slot* slot(Container level) const;
};

/// Everything about a user at one moment; points into his entry.
struct Picture {
  CombineInput input;
  Aggregate aggregate;
  std::vector<const Publication*> publications;
  std::vector<ReachableBy> devices;
  const CalendarState* meeting = nullptr;
  base::TimePoint again = base::TimePoint::never();
  bool wall_edge = false;
};

struct PresenceAgent::State {
  State(const PresenceSettings& given, base::ShardId shard, const Registrar& all_endpoints, PresencePorts& all_ports,
        std::uint64_t boot_seconds);

  // One event: begin, whatever it does, end.
  void begin(base::Now now);
  void end();

  // agent.cpp: the table of users
  UserEntry* find(base::UserId user);
  const UserEntry* find(base::UserId user) const;
  UserEntry& open(base::UserId user) { return users[user]; }
  /// Something about the user changed that his views may show, for others or for himself.
  void mark(UserEntry& entry);
  /// The same without counting; the second: something that only he himself may see.
  static void touch(UserEntry& entry);
  static void touch_self(UserEntry& entry) { entry.self_dirty = !entry.self_watches.empty(); }
  /// After a change: what is due now is done (views only with a directory), the rest stands in the table, and a user
  /// about whom nothing is left is forgotten.
  void settle(base::UserId user, const Directory* directory);
  void set_wake(base::UserId user, UserEntry& entry, base::TimePoint at);
  void set_wall_edge(UserEntry& entry, bool waits);
  void end_user(base::UserId user);
  void check_clock();
  void use_device(UserEntry& entry, base::EndpointId endpoint);

  // agent_picture.cpp
  Picture look(base::UserId id, const UserEntry* entry, const User& user) const;
  PresenceView view_of(const Picture& picture, const User& user, Container level) const;

  // agent_watch.cpp
  Levels::Verdict level_of(const User& user, const UserEntry* entry, std::string_view watcher,
                           const Directory& directory) const;
  PresenceViewPtr view_for(base::UserId id, UserEntry& entry, const User& user, Container level);
  PresenceNews::Item watch(const WatchPresence& asked, const WatchPresence::Entry& one,
                           const std::shared_ptr<const std::string>& address, const Directory& directory);
  void unwatch(UserEntry& entry, base::ShardId edge, base::WatchId watch);
  /// Looks again in which level each watcher stands.
  void relevel(base::UserId id, UserEntry& entry, const User& user, const Directory& directory);
  void leave_level(UserEntry& entry, Container level);
  void forget_views(UserEntry& entry);
  /// Nobody looks any more: nor is it remembered what was shown.
  void forget_picture(UserEntry& entry);

  // agent_news.cpp
  void refresh(base::UserId id, UserEntry& entry, const User& user);
  /// What the views are made of from now on, and when they may change by time alone.
  void remember(UserEntry& entry, const Picture& picture);
  void send_list(UserEntry& entry);
  void enqueue(base::UserId id, UserEntry& entry);
  void deliver();
  void tell(base::ShardId edge, PresenceNews::Item item);

  // agent_self.cpp
  /// The present view for the user's own devices; kept while they watch, as long as it shows the same.
  SelfViewPtr self_view(base::UserId id, UserEntry& entry, const User& user);
  std::vector<SelfView::Subscriber> subscribers(const UserEntry& entry, const User& user) const;
  void tell_self(base::UserId id, UserEntry& entry, const User& user);
  void watch_self(const WatchSelf& asked, UserEntry& entry, const User& user);
  void end_self_watch(UserEntry& entry, const WatchSelf& asked);
  void run_acknowledge(AcknowledgeWatcher asked);
  void apply_acknowledge(AcknowledgeWatcher& asked);

  // agent_store.cpp
  void submit(base::UserId user, Task task, const Directory& directory);
  void run(Task task, const Directory& directory);
  void run_waiting(base::UserId user, const Directory& directory);
  void run_level(SetLevel asked, const Directory& directory);
  void apply_level(LevelPlan& plan, const Directory& directory);
  void refuse(const Task& task, base::Reason reason);
  /// With the version of the user's levels.
  void tell_blocked(base::UserId id, const LevelMember& member, const Directory& directory);
  void answer_level(base::ShardId edge, base::UserId user, SetLevelAnswer answer);
  void store(base::UserId user, PresenceChange change, Plan plan);

  // agent_publish.cpp
  void run_publish(PublishPresence asked, const Directory& directory);
  base::Reason plan_publish(const User& user, const UserEntry& entry, PublishPlan& plan) const;
  base::Reason plan_piece(const PublishItem& item, const User& user, const UserEntry& entry, PublishPlan& plan) const;
  void apply_publish(PublishPlan& plan, const User& user);
  void put(UserEntry& entry, PlannedPiece piece, std::uint64_t document);
  void learn_use(UserEntry& entry, PublicationEntry& one);
  void remove_if(UserEntry& entry, const std::function<bool(const PublicationEntry&)>& condition);
  /// `user`: null when he is gone.
  void answer_publish(const PublishPresence& asked, base::Reason reason, base::Duration lease, const User* user);

  // agent_document.cpp
  void run_document(PublishDocument asked, const Directory& directory);
  base::Reason take_document(const PublishDocument& asked, const User& user, UserEntry& entry, PublishAnswer& answer);
  base::Reason put_values(const std::vector<PublicationValue>& values, const User& user, UserEntry& entry,
                          const PublishedDocument& document);
  void prolong(UserEntry& entry, const PublishedDocument& document);
  void end_document(UserEntry& entry, std::uint64_t number);
  void expire(UserEntry& entry);
  void endpoint_gone(UserEntry& entry, base::EndpointId endpoint);

  PresenceSettings settings;
  const Levels default_levels;
  const Registrar& registrar;
  PresencePorts& ports;
  PresenceMetrics metrics;

  std::unordered_map<base::UserId, UserEntry> users;
  std::set<std::pair<base::TimePoint, base::UserId>> wakes;  // one for each user who waits for a time
  std::deque<base::UserId> queue;                            // users with news to send
  struct Inflight {
    base::UserId user;
    Plan plan;
  };
  std::unordered_map<base::Ticket, Inflight> inflight;

  base::IdSource ids;      // tickets, publications, documents and their tags
  std::uint64_t versions;  // of views; not by shard, so that a user may have another one after a restart
  std::uint64_t orders = 0;
  std::size_t watch_total = 0, publication_total = 0, wall_edges = 0;

  base::Now now;
  base::TimePoint clock_checked;
  std::optional<base::Duration> clock_offset;  // wall minus monotonic
  std::size_t budget = 0;                      // watchers that may still be served in this turn
  std::vector<std::pair<base::ShardId, PresenceNews>> batch;
};

/// Checks sizes, text encoding and, for what is picked by hand, the policy.  The second: the document it was read from.
base::Reason check_value(const PublicationKey& key, const PublicationValue& value, const Policy& policy);
base::Reason check_original(const PublicationValue& value, const OpaqueValue& original);

}  // namespace tertulia::domain
