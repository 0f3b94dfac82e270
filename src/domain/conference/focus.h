// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "domain/conference/conference_rights.h"
#include "domain/conference/events.h"
#include "domain/conference/facts.h"
#include "domain/conference/roster.h"

namespace tertulia::domain {

/// Names a dialog over all edges: each edge numbers its own.
struct SeatName {
  base::ShardId edge;
  base::LegId leg;
  friend auto operator<=>(const SeatName&, const SeatName&) = default;
};

/// A device in the focus.
struct Seat {
  SeatName name;
  base::EndpointId endpoint;
  base::ConnectionId connection;
  std::string entity;
  ClientInfoPtr client;
  bool chat = false;
  bool pages = false;  ///< stands for all devices that take single messages; nobody's dialog
};

/// Somebody who is in.
struct Member {
  base::UserId user;
  std::string address;
  std::string name;
  PersonKind kind = PersonKind::colleague;
  ConferenceRole role = ConferenceRole::attendee;
  std::vector<Seat> seats;  ///< never empty; bounded by seats_per_member_max
};

/// Who leads a conference: roster, rights, door and lobby.  Knows neither messages nor edges: it is told what somebody
/// wants, and says whether he may and who is in or out afterwards.  Pure; belongs to the conference's shard.
///
///     asks to enter ──judge──> inside ──last seat goes──> outside (remembered while there is something to remember)
///          │           │          └──eject──> outside, and refused until he is invited again
///          │           └──> lobby ──admit──> inside
///          │                  └──deny, patience──> refused
///          └──> refused
class Focus {
 public:
  explicit Focus(ConferenceFacts facts, std::string organizer_address = {}, std::string organizer_name = {});

  /// Without the people.
  const ConferenceFacts& facts() const { return facts_; }
  const ConferenceKey& key() const { return facts_.key; }

  // ---- the door
  enum class Door : std::uint8_t { inside, lobby };
  /// Would this person get in now?  Reasons: ejected, conference_locked, not_invited, conference_full.  Who is inside
  /// already gets in with another device.
  base::Result<Door> judge(base::UserId user, PersonKind kind) const;
  /// Carries the judgement out.  Errors of judge; also lobby_full, too_many_endpoints.  `until`: end of his patience.
  base::Result<Door> enter(const JoinConference& join, base::TimePoint until, base::Now now);
  /// A device by single messages: no dialog of anybody.  Errors as enter; never the lobby.
  base::Result<Door> enter_by_pages(const JoinConference& join);
  /// He was added by `by`, so he is let in whatever the door says, if `by` may.  Errors: those of may_add, conference_full.
  base::Result<void> let_in(base::UserId who, PersonKind kind, const Asker& by);
  /// He did not come.
  void take_back(base::UserId who, PersonKind kind);

  struct Left {
    base::UserId user;
    Seat seat;
    bool last = false;  ///< he is out with it
    ConferenceRole role = ConferenceRole::attendee;
  };
  /// `lost`: by no wish of his, so a lock does not keep him from coming back.
  std::optional<Left> leave(const SeatName& seat, bool lost);
  void set_chat(const SeatName& seat, bool chat);

  // ---- the lobby
  struct Waiter {
    JoinConference join;
    base::TimePoint until;
    base::WallTime since;
  };
  const std::vector<Waiter>& lobby() const { return lobby_; }
  std::optional<Waiter> stop_waiting(const SeatName& seat);
  /// Those whose patience is over; they do not wait any more.
  std::vector<Waiter> expire(base::TimePoint now);
  std::optional<base::TimePoint> lobby_deadline() const;

  // ---- commands
  struct Effect {
    std::vector<Left> out;         ///< removed with all their seats
    std::vector<Waiter> admitted;  ///< to be entered now; the door is open for them
    std::vector<Waiter> denied;
    bool over = false;
  };
  /// The only way to change something by wish.  Errors: those of may, not_in_conference (whom it is about),
  /// setting_out_of_bounds, conference_full.
  base::Result<Effect> command(const Asker& by, const conference::Command& command);
  /// What `user` is here at this moment.
  Asker asker(base::UserId user) const;

  // ---- the roster
  const Member* find(base::UserId user) const;
  std::optional<base::UserId> user_of(const SeatName& seat) const;
  const Seat* find(const SeatName& seat) const;
  std::size_t size() const { return members_.size(); }
  /// Somebody is in, and nobody with a dialog.
  bool only_pages() const;
  const std::map<base::UserId, Member>& members() const { return members_; }

  struct Watcher {
    base::ShardId edge;
    base::WatchId watch;
    base::UserId user;
    bool lobby_told = false;
    friend bool operator==(const Watcher&, const Watcher&) = default;
  };
  /// Everything now.  Errors: not_in_conference, too_many_watchers.
  base::Result<RosterNews> watch(const Watcher& watcher);
  /// The same without a watch; also for the organizer who is not in.  Errors: not_in_conference.
  base::Result<RosterNews> look(const Watcher& watcher);
  void unwatch(base::ShardId edge, base::WatchId watch);
  /// Watches of somebody who is out.
  std::vector<Watcher> take_watchers(base::UserId user);
  std::vector<Watcher> take_all_watchers();
  bool has_news() const { return description_changed_ || !changed_.empty() || lobby_changed_; }
  /// What has changed since the last time, for each watcher; the documents are shared.
  std::vector<std::pair<base::ShardId, RosterNews>> take_news();
  std::uint64_t version() const { return version_; }

  ConferenceDescriptionPtr description();
  /// Of the session that is under way.
  void begin_session(base::RecordId record, base::WallTime started, base::ConversationId conversation);
  void end_session();
  void succeed(base::ConversationId conversation, base::RecordId replaces, const std::string& correlation_id);
  bool facts_changed() const { return facts_changed_; }
  /// For the store; with the people.
  ConferenceFacts take_facts();

 private:
  struct Carry;  // of commands
  const ConferencePerson* person(base::UserId user) const;
  /// Errors: conference_full (people_max).
  base::Result<ConferencePerson*> person_or_new(base::UserId user, PersonKind kind);
  void forget_if_nothing(base::UserId user, PersonKind kind);
  ConferenceRole role_at_entry(base::UserId user, PersonKind kind) const;
  base::Result<Door> take_seat(const JoinConference& join, bool pages);
  void admit_if(std::vector<Waiter>& admitted);
  std::vector<Left> remove(base::UserId user);
  void mark(base::UserId user) { changed_.insert(user); }
  void describe() { description_changed_ = facts_changed_ = true; }
  RosterMemberPtr shown(const Member& member);
  RosterPtr full();
  LobbyPtr lobby_shown();

  ConferenceFacts facts_;  // its people stand below
  std::map<base::UserId, ConferencePerson> people_;
  std::string organizer_address_;
  std::string organizer_name_;
  bool facts_changed_ = false;
  std::map<base::UserId, Member> members_;
  std::map<SeatName, base::UserId> seats_;
  std::vector<Waiter> lobby_;
  std::vector<Watcher> watchers_;
  std::set<base::UserId> changed_;
  bool description_changed_ = false;
  bool lobby_changed_ = false;
  std::uint64_t version_ = 1;
  // As of `version_`: what a new watcher is shown, so that many who come at once share one document.
  RosterPtr full_;
  std::map<base::UserId, RosterMemberPtr> shown_;
  ConferenceDescriptionPtr description_;
};

}  // namespace tertulia::domain
