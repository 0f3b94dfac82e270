// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "domain/conference/events.h"
#include "domain/conference/focus.h"
#include "domain/conversation/events.h"
#include "domain/record/conference_record.h"
#include "domain/record/record.h"

namespace tertulia::domain::bench {

/// Number of the event that a shard handles: the order of everything that a conference can know.
using Step = std::uint64_t;
inline constexpr Step still = UINT64_MAX;

/// One message on its way to one device, or to one person by single messages.
struct Copy {
  enum class Fate : std::uint8_t { under_way, acknowledged, refused, lost };
  std::uint64_t message = 0;
  Fate fate = Fate::under_way;
};

/// A way on which somebody gets what is said: a leg, or (device 0) single messages.
struct Stream {
  base::UserId user;
  base::EndpointId device;
  SeatName leg;
  base::ConversationId conversation;
  Step opened = 0;
  Step closed = still;
  std::vector<Copy> copies = {};
  std::vector<std::uint64_t> taken = {};  ///< in the order in which the device saw them
  bool open() const { return closed == still; }
};

/// A device in a focus, as its edge knows it; `leg` of its chat.
struct SeatTruth {
  base::UserId user;
  ConferenceKey key;
  bool pages = false;
  std::optional<std::size_t> chat = std::nullopt;  ///< index of the stream
};

struct Said {
  std::uint64_t id = 0;
  base::UserId from;
  bool text = true;
  Step step = 0;  ///< when it came to the conversation; 0: never
  base::ConversationId conversation = {};
  std::optional<std::size_t> sender = std::nullopt;  ///< his stream
  bool by_any_leg = false;  ///< a single message of somebody who has legs: one of them counts as its speaker
  bool in_conference = false;
  bool allowed = true;          ///< by what had been granted then
  bool refused_at_once = true;  ///< until it turns out to be under way
  bool excused = false;         ///< the server died over it
  std::vector<PostAnswer> answers = {};
};

/// One conference as it must be by what was asked and answered.
struct ConferenceTruth {
  struct Person {
    std::set<ConferenceRole> possible;  ///< one, except after a change of who becomes presenter
    std::optional<ConferenceRole> set_to;
  };
  bool exists = false;
  bool promised = false;  ///< its creation was answered
  bool end_promised = false;
  base::ConversationId room;
  std::set<base::ConversationId> rooms;  ///< one for each life of the process
  base::ConversationId identity;         ///< of the two-party phase that went on here
  ConferenceDescription is;
  bool linked = false;  ///< had a beginning at any time
  bool presenters_changed = false;
  std::map<base::UserId, Person> people;
  std::set<base::UserId> guests;  ///< their roles are of one stay
  std::set<base::UserId> ejected;
  std::set<base::UserId> had_in;   ///< was in, added or admitted: a lock does not speak against him
  std::set<base::UserId> returns;  ///< was in before a restart: must get in
  Step durable = 0;                ///< the last command that was answered
  std::map<std::string, std::vector<std::pair<Step, std::string>>> history;
  std::size_t seats_opened = 0;
  std::size_t chats_opened = 0;
};

/// What must be true, kept only from what edges ask and are told, from rows and from the store; with the checkers.  Each
/// complaint begins with the name of its checker.
class Truth {
 public:
  std::vector<std::string> wrong;
  Step step = 0;
  std::map<std::uint64_t, Said> said;  ///< by message
  std::vector<Stream> streams;
  std::map<SeatName, std::size_t> stream_of;  ///< open ones, by leg
  std::map<SeatName, SeatTruth> seats;        ///< open ones
  std::map<ConferenceKey, ConferenceTruth> conferences;
  std::map<std::uint64_t, std::vector<std::uint64_t>> pages_taken;  ///< by device

  // ---- asked by edges
  void asks(base::Ticket ticket) {
    if (ticket) asked_[ticket.value];
  }
  void answered(base::Ticket ticket) {
    if (ticket) ++asked_[ticket.value].answers;
  }
  void says(base::Ticket ticket, std::uint64_t message, base::UserId from, bool text);

  // ---- a shard handles what was asked: before (`begin`) and after (`end`) it has
  void begin_step();
  void begin(const PostSession& post);
  void begin(const PostToConference& post);
  void end_post(base::Ticket ticket);
  void end(const CreateConference& create);
  void begin(const JoinConference& join) { joins_[join.ticket.value] = join; }
  void begin(const OpenChat& open) { chats_[open.ticket.value] = open; }
  void begin(const LeaveConference& leave) { close_seat({leave.edge, leave.seat}); }
  void begin(const CloseLeg& close) { leg_gone({close.edge, close.leg}); }
  void begin(const AddPerson& add);
  void end(const AddPerson& add);
  void begin(const LegAnswer& answer) { leg_answer_ = answer.what; }
  void end(const LegAnswer& answer, const SeatName& leg, base::UserId user, base::EndpointId device,
           const ConferenceKey* key);
  void begin(const ConferenceCommand& command);
  void end(const ConferenceCommand& command);
  void end(const Succession& succession);
  void begin_found() { finding_ = true; }

  // ---- told by a shard
  void told(const PostAnswer& answer);
  void told(const OpenAnswer& answer, const SeatName& leg, base::UserId user, base::EndpointId device);
  void told(const CreateAnswer& answer);
  void told(const JoinAnswer& answer);
  void told(const ChatAnswer& answer, base::EndpointId device);
  void told(const AddAnswer& answer);
  void told(const CommandAnswer& answer);
  void told(const EndLeg& end);
  void told(const SeatEnded& ended) { close_seat({ended.edge, ended.seat}); }
  void told(const ConferenceListed& listed);
  void told(const DeliverSession& deliver, base::ShardId edge);
  void told(const InboxDeliver& deliver);
  void told(const ConferenceRow& row);
  void told(const SessionRecord& row) {
    sessions_[row.id] = row;
    session_rows_[row.conversation].insert(row.id);
  }
  /// The row of a session is about two people, and not because of an invitation.
  void two_people(base::ConversationId conversation, base::UserId one, base::UserId other) {
    pairs_[conversation] = {one, other};
  }

  // ---- at a device
  void took(const SeatName& leg, std::uint64_t message);
  void fate(const SeatName& leg, std::uint64_t message, Copy::Fate fate);
  void page_fate(base::ConversationId conversation, base::UserId user, std::uint64_t message, Copy::Fate fate);
  void leg_gone(const SeatName& leg);

  // ---- the process
  /// It dies (or ends in order): nothing is under way any more.  Then what the store has is the truth, if it may be.
  void process_over(bool killed);
  void restored(const std::map<ConferenceKey, ConferenceFacts>& kept);
  /// Nothing is left of what was asked: all checks of messages, answers and records.
  void check_end(std::int64_t empty_patience_us);
  std::set<base::UserId> members(const ConferenceKey& key) const;
  const Stream* pages_of(const ConferenceKey& key, base::UserId user) const;
  bool is_in(const ConferenceKey& key, base::UserId user) const { return members(key).contains(user); }
  void complain(const std::string& what) {
    if (wrong.size() < 50) wrong.push_back(what);
  }

 private:
  struct Asked {
    int answers = 0;
    bool excused = false;
  };
  std::optional<ConferenceRole> highest(const ConferenceTruth& of, const ConferenceKey& key, base::UserId user) const;
  void open_stream(const Stream& stream);
  void close_stream(std::size_t index);
  void open_seat(const ConferenceKey& key, const SeatName& name, base::UserId user, PersonKind kind, bool pages,
                 std::optional<std::size_t> chat);
  void close_seat(const SeatName& name);
  void close_pages(const ConferenceKey& key, base::UserId user);
  void enter_by_pages(const ConferenceKey& key, base::UserId user);
  void note(ConferenceTruth& of, const std::string& field, const std::string& value) {
    of.history[field].emplace_back(step, value);
  }
  void note_all(ConferenceTruth& of);
  void carry_out(ConferenceTruth& of, const ConferenceCommand& command);
  void begin_post(base::Ticket ticket, base::ConversationId conversation, std::optional<std::size_t> sender);
  void check_kept(const ConferenceKey& key, const ConferenceTruth& of, const ConferenceFacts& kept);
  void check_stream(const Stream& stream);
  void check_reached(const Said& message);
  void check_answer(const Said& message);
  void check_devices();
  void check_records(std::int64_t empty_patience_us);
  void check_link(const ConferenceRecord& row);
  void check_rows_of(const ConferenceKey& key, const ConferenceTruth& of, std::int64_t empty_patience_us);

  std::map<std::uint64_t, Asked> asked_;
  std::map<std::uint64_t, std::uint64_t> message_of_;  // by ticket
  std::map<std::uint64_t, JoinConference> joins_;
  std::map<std::uint64_t, OpenChat> chats_;
  std::map<std::uint64_t, AddPerson> adds_;
  std::map<std::uint64_t, std::pair<ConferenceKey, Step>> commands_;  // that were carried out
  std::map<std::uint64_t, ConferenceKey> ends_;
  std::map<base::ConversationId, std::pair<base::UserId, base::UserId>> pairs_;
  std::set<SeatName> ended_;             // by the server: a late acceptance does not open them
  std::set<std::uint64_t> refused_now_;  // tickets refused in this step
  std::set<std::pair<ConferenceKey, base::UserId>> left_now_;
  std::uint64_t copies_now_ = 0;
  std::optional<ConferenceRole> asker_;
  std::optional<LegAnswer::What> leg_answer_;
  const AddPerson* adding_ = nullptr;
  bool finding_ = false;
  bool commanding_ = false;
  std::uint64_t next_pages_ = 0;
  bool killed_ = false;

  std::map<base::RecordId, SessionRecord> sessions_;
  std::map<base::ConversationId, std::set<base::RecordId>> session_rows_;
  std::map<base::RecordId, ConferenceRecord> rows_;
  std::map<base::RecordId, FocusJoinRecord> focus_rows_;
  std::set<base::RecordId> refusal_rows_;
  std::map<base::RecordId, McuJoinRecord> mcu_rows_;
  std::set<base::RecordId> excused_rows_;
};

}  // namespace tertulia::domain::bench
