// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "domain/conversation/conference_room.h"
#include "domain/conversation/conversation.h"
#include "domain/conversation/immcu.h"
#include "domain/conversation/invitation.h"
#include "domain/conversation/link_filter.h"
#include "domain/record/record_id.h"

namespace tertulia::domain {

/// A conversation with what surrounds it: how it began and how it ends.
///
///     inviting ──accepted──> open ──a leg ends──> ending ──nothing in flight──> recording ──row is durable──> (gone)
///        └──refused, cancelled, silent─────────────────────────────────────────────┘
///
/// A page-mode conversation begins in `open` and goes to `recording` when it is idle, or when its first message failed.
struct Room {
  enum class Life : std::uint8_t { inviting, open, ending, recording };
  Conversation talk;
  Life life = Life::open;
  std::optional<Invitation> invitation = {};
  base::LegId met = {};                   ///< of the callee's own invitation, when that was the answer
  bool takes_posts = true;                ///< false once somebody said goodbye, or is blocked: the end must come soon
  base::Reason why = base::Reason::none;  ///< of the end, for the record and for the legs
  struct Closer {
    base::ShardId edge;
    base::Ticket ticket;
  };
  std::vector<Closer> closers = {};  ///< who waits for the durable end; one per leg at most
  std::optional<base::TimePoint> armed = {};
  std::unique_ptr<ConferenceRoom> conference = {};  ///< once it has become one; then it lives by its rules
};

/// Everything one Immcu holds.  Split by procedure: immcu_post.cpp (messages), immcu_invite.cpp (sessions begin),
/// immcu_end.cpp (conversations end), immcu_conference*.cpp (two become many).
struct Immcu::State {
  State(const ImmcuSettings& settings_at_start, base::ShardId own_shard, ImmcuPorts& ports_of_shard,
        std::uint64_t boot_seconds, ConferencePorts* conference_ports);

  // immcu_post.cpp
  void post(const PostPage& post, const Directory& directory, base::Now now);
  void post(const PostSession& post, const Directory& directory, base::Now now);
  void delivered(const DeliverAnswer& answer, base::Now now);
  void delivered(const InboxAnswer& answer, base::Now now);
  base::Reason component_refusal() const;
  base::Result<InstantMessagePtr> admit(const InstantMessagePtr& message, const Directory& directory);
  Room* find_for_page(const PostPage& post);
  base::Result<Room*> begin_page(const PostPage& post, const Directory& directory, base::Now now);
  void refuse_page(const PostPage& post, base::Reason reason, const Directory& directory, base::Now now);
  void after_answer(Room& room, base::Now now);
  ConversationOutlet outlet() { return {shard, ports, deliveries}; }

  // immcu_invite.cpp
  void open(const OpenSession& open, const Directory& directory, base::Now now);
  void found(const EndpointsFound& found, const Directory& directory, base::Now now);
  void leg(const LegAnswer& answer, base::Now now);
  void cancel(const CancelOpen& cancel, base::Now now);
  base::Reason judge_subject(OpenSession& open, const Directory& directory);
  Room* crossing(const OpenSession& open);
  void meet(Room& room, const OpenSession& open, base::Now now);
  void establish(Room& room, const Invitation::Fork* fork, base::Now now);
  void begin_talk(Room& room, base::Now now);
  void refuse_invitation(Room& room, base::Reason reason, int status, base::Now now);
  void end_forks(Room& room, base::Reason reason);
  /// Those of two that are under way; who is being added to a conference has somebody there already.
  void refuse_invitations(base::Reason reason, base::Now now);

  // immcu_end.cpp
  void close(const CloseLeg& close, base::Now now);
  void lose_leg(Room& room, std::size_t participant, bool goodbye, base::Now now);
  void begin_ending(Room& room, base::Reason why, base::Now now);
  void finish(Room& room, base::WallTime end, base::Now now);
  void recorded(base::Ticket ticket, const base::Result<void>& result);
  void reach_changed(const ReachChanged& changed, const Directory& directory, base::Now now);
  void end_blocked(Room& room, base::Now now);
  void deadline(base::Now now);
  void stop(base::Now now);
  void arm(Room& room, base::TimePoint when);
  void disarm(Room& room);

  // immcu_conference.cpp: they begin and end
  void create(const CreateConference& create, const Directory& directory, base::Now now);
  void restore(const std::vector<ConferenceFacts>& all, const Directory& directory, base::Now now);
  Room& open_conference(ConferenceFacts facts, base::ConversationId id, const Directory& directory);
  base::Reason grow(Room& room, const AddPerson& add, const Directory& directory, base::Now now);
  void escalate(const Escalate& escalate);
  void succeed(const Succession& succession, base::Now now);
  void begin_session(Room& room, base::Now now);
  void end_session(Room& room, base::Reason why, base::Now now);
  void end_conference(Room& room, base::Now now, std::optional<StoredAnswer> answer);
  void stop_conference(Room& room, base::Now now);
  /// When those who are reached by single messages alone have been silent for too long.
  base::TimePoint pages_idle_at(const Room& room) const;
  void conference_deadline(Room& room, base::Now now);
  void stored(base::Ticket ticket, const base::Result<void>& result, base::Now now);
  /// Stores the facts; `answer` goes out when they are durable.
  void store_facts(Room& room, std::optional<StoredAnswer> answer);
  /// After each event: news, facts and deadlines.
  void touch(Room& room, base::Now now);
  Room* find(const ConferenceKey& key);

  // immcu_conference_people.cpp: who comes and goes, and what they want
  void join(const JoinConference& join, const Directory& directory, base::Now now);
  void leave(const LeaveConference& leave, base::Now now);
  void chat(const OpenChat& open, base::Now now);
  void command(const ConferenceCommand& command, base::Now now);
  void watch(const WatchConference& watch, base::Now now);
  void seated(Room& room, const JoinConference& join, base::Now now);
  bool take_chat(Room& room, const SeatName& seat, const SeatName& leg, base::Now now);
  void adopt_chat(Room& room, Stay& stay, const SeatName& leg, std::size_t participant, base::Now now);
  void answer_joined(Room& room, const JoinConference& join);
  /// His chat leg is over; with it his seat when the two are one.
  void chat_gone(Room& room, std::size_t participant, bool goodbye, base::Now now);
  void close_chat(Room& room, Stay& stay, base::Now now);
  /// Who has left is counted to the end of what he said.
  void count_late(Room& room);
  void seat_gone(Room& room, const Focus::Left& left, base::Reason reason, base::Now now);
  void drop_older(Room& room, base::UserId user, const SeatName& seat, base::Now now);
  void drop_pages(Room& room, base::UserId user, base::Now now);
  void end_leg(const SeatName& leg, base::Reason reason);
  void end_overflowing(Room& room, base::Now now);
  void refuse_waiter(Room& room, const Focus::Waiter& waiter, base::Reason reason, base::Now now);
  /// The door was shut, or opened too late: that stands in the records too.  `since`: when he came to it.
  void record_refusal(Room& room, const JoinConference& join, base::Reason reason, base::WallTime since, base::Now now);
  void enter_admitted(Room& room, const std::vector<Focus::Waiter>& admitted, base::Now now);

  // immcu_conference_add.cpp: somebody is added; messages from page-mode members
  void add(const AddPerson& add, const Directory& directory, base::Now now);
  void found_addition(Room& room, const EndpointsFound& found, base::Now now);
  bool leg_of_addition(Room& room, const LegAnswer& answer, base::Now now);
  void conclude_addition(Room& room, std::size_t index, base::Reason reason, int status, base::Now now);
  void join_invited(Room& room, std::size_t index, const Invitation::Fork& fork, base::Now now);
  void add_by_pages(Room& room, std::size_t index, base::Now now);
  void post(const PostToConference& post, const Directory& directory, base::Now now);
  base::Reason conference_refusal(const Room& room, base::UserId from) const;

  void count_rooms();
  Room* find(base::ConversationId id);
  Room& insert(Room room);
  void erase(Room& room);
  bool has_space(base::UserId a, base::UserId b) const;

  ImmcuSettings settings;
  base::ShardId shard;
  ImmcuPorts& ports;
  ConferencePorts* conferences;
  ConferenceSettings conference_settings;
  ImmcuMetrics metrics;
  base::IdSource conversation_ids;
  base::IdSource leg_ids;
  RecordIdSource record_ids;
  DeliveryBook deliveries;
  LinkFilter filter;
  bool running = true;
  bool stopped = false;
  std::unordered_map<base::ConversationId, std::unique_ptr<Room>> rooms;
  std::unordered_map<std::uint64_t, std::vector<base::ConversationId>>
      pairs;                                                       ///< living ones of two users, oldest first
  std::unordered_map<base::LegId, base::ConversationId> inviters;  ///< by the inviter's leg, until the end
  std::unordered_map<base::Ticket, base::ConversationId> recordings;
  std::unordered_map<ConferenceKey, base::ConversationId> conference_keys;
  std::unordered_map<base::Ticket, StoredAnswer> stored_answers;
  std::uint64_t last_stored = 0;
  std::uint64_t last_recording = 0;
  /// Never later than what each room really waits for: a message does not touch it, the room is looked at when it is
  /// due.
  std::set<std::pair<base::TimePoint, base::ConversationId>> deadlines;
};

/// Key of a pair of users, whoever is named first.
std::uint64_t pair_key(base::UserId a, base::UserId b);
/// Somebody who is reached by pages until he has a leg.
Participant participant_of(base::UserId user, const Directory& directory);

}  // namespace tertulia::domain
