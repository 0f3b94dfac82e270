// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/metrics.h"
#include "base/time.h"
#include "domain/conference/ports.h"
#include "domain/conference/roster.h"
#include "domain/conversation/events.h"
#include "domain/directory/directory.h"
#include "domain/record/record.h"

namespace tertulia::domain {

struct ImmcuSettings {
  base::Duration page_idle_max = std::chrono::minutes{10};    ///< a page-mode conversation without messages ends
  base::Duration invite_patience = std::chrono::seconds{60};  ///< how long a session invitation may ring
};

struct ImmcuMetrics {
  base::Gauge conversations;     ///< of two people, and conferences
  base::Gauge conferences;       ///< sleeping ones too
  base::Gauge conference_seats;  ///< devices in them
  base::Counter conferences_begun, conferences_grown, conference_entries, conference_refusals;
};

/// What the IMMCU asks of others; implemented by the shard's dispatch.  Calls never come back before they return.
class ImmcuPorts {
 public:
  virtual ~ImmcuPorts() = default;
  virtual void answer(base::ShardId edge, PostAnswer answer) = 0;
  virtual void answer(base::ShardId edge, OpenAnswer answer) = 0;
  virtual void answer(base::ShardId edge, CloseAnswer answer) = 0;
  virtual void deliver(base::ShardId edge, DeliverSession deliver) = 0;
  virtual void invite(base::ShardId edge, InviteLeg invite) = 0;
  virtual void end(base::ShardId edge, EndLeg end) = 0;
  virtual void deliver(InboxDeliver deliver) = 0;  ///< to the home shard of `deliver.to`
  virtual void find(FindEndpoints find) = 0;       ///< to the home shard of `find.user`
  /// Durable record wanted when `ticket` is not 0: on_recorded comes with it.
  virtual void record(base::Ticket ticket, SessionRecord record) = 0;
};

/// One conversation as the administrator sees it.
struct ConversationInfo {
  base::ConversationId id;
  SessionMode mode = SessionMode::page;
  std::vector<std::string> participants;  ///< addresses
  std::uint64_t messages = 0;
  base::WallTime started;
  std::optional<ConferenceKey> conference = {};  ///< that it has become
};

/// One conference as the administrator sees it.
struct ConferenceInfo {
  ConferenceFacts facts;
  std::uint32_t members = 0;
  std::uint32_t waiting = 0;  ///< in the lobby
  std::uint64_t messages = 0;
  base::ConversationId conversation = {};
  // Not in lists:
  std::vector<RosterMember> roster = {};
  std::vector<LobbyGuest> lobby = {};
};

/// The multipoint control unit for instant messages: every conversation, two-party or larger, is an object in here and no
/// message reaches anybody but through it (architecture, invariants 1 and 2).  A conversation lives whole on the shard
/// given by conversation_shard.  Pure.
class Immcu {
 public:
  /// `boot_seconds`: see base::IdSource.  Without `conferences` conversations have two people, and what is asked of a
  /// conference is lost: nobody asks.
  Immcu(const ImmcuSettings& settings, base::ShardId shard, ImmcuPorts& ports, std::uint64_t boot_seconds = 0,
        ConferencePorts* conferences = nullptr);
  ~Immcu();

  void set_settings(const ImmcuSettings& settings);
  void set_conference_settings(const ConferenceSettings& settings);
  /// At start-up: conferences of this shard as the store has them.  Those that were running wait for their people.
  void restore(const std::vector<ConferenceFacts>& conferences, const Directory& directory, base::Now now);
  /// Administrator stops and starts the component: stopped, every message and invitation fails at once (immcu_stopped),
  /// those that ring too.  Conversations that stand stay.
  void set_running(bool running, base::Now now);
  bool running() const;

  void on_post(const PostPage& post, const Directory& directory, base::Now now);
  void on_post(const PostSession& post, const Directory& directory, base::Now now);
  void on_open(const OpenSession& open, const Directory& directory, base::Now now);
  void on_cancel(const CancelOpen& cancel, base::Now now);
  void on_close(const CloseLeg& close, base::Now now);
  void on_leg(const LegAnswer& answer, base::Now now);
  void on_delivered(const DeliverAnswer& answer, base::Now now);
  void on_inbox(const InboxAnswer& answer, base::Now now);
  void on_found(const EndpointsFound& found, const Directory& directory, base::Now now);
  /// A session of two of whom one may not reach the other any more ends for both (sender_blocked).
  void on_reach_changed(const ReachChanged& changed, const Directory& directory, base::Now now);
  void on_recorded(base::Ticket ticket, base::Result<void> result, base::Now now);

  // Conferences: domain/conference/events.h says who asks what.
  void on_create(const CreateConference& create, const Directory& directory, base::Now now);
  void on_join(const JoinConference& join, const Directory& directory, base::Now now);
  void on_leave(const LeaveConference& leave, base::Now now);
  void on_chat(const OpenChat& open, base::Now now);
  void on_add(const AddPerson& add, const Directory& directory, base::Now now);
  void on_escalate(const Escalate& escalate, base::Now now);
  void on_succession(const Succession& succession, base::Now now);
  void on_command(const ConferenceCommand& command, base::Now now);
  void on_watch(const WatchConference& watch, base::Now now);
  void on_post(const PostToConference& post, const Directory& directory, base::Now now);
  void on_conference_stored(base::Ticket ticket, base::Result<void> result, base::Now now);

  void on_deadline(base::Now now);
  std::optional<base::TimePoint> deadline() const;
  /// Orderly stop: ends every conversation, closes its record.
  void stop(base::Now now);

  const ImmcuMetrics& metrics() const;
  std::size_t conversation_count() const;
  /// Copies, rows and facts under way whose answer is awaited.
  std::size_t open_questions() const;
  std::vector<ConversationInfo> conversations(std::size_t limit) const;
  std::optional<ConversationInfo> conversation(base::ConversationId id) const;
  std::size_t conference_count() const;
  std::vector<ConferenceInfo> conferences(std::size_t limit) const;  ///< in no order
  std::optional<ConferenceInfo> conference(const ConferenceKey& key) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Shard of everything about a pair of users, whoever of them begins.
base::ShardId conversation_shard(base::UserId a, base::UserId b, std::uint16_t shard_count);
/// Shard of a conversation by its id (the shard that created it).
base::ShardId conversation_shard(base::ConversationId id);
/// Home shard of a user.
base::ShardId home_shard(base::UserId user, std::uint16_t shard_count);

}  // namespace tertulia::domain
