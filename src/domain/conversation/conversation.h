// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "domain/conversation/events.h"
#include "domain/conversation/immcu.h"
#include "domain/record/record.h"

namespace tertulia::domain {

/// One message on its way to one participant.
struct Delivery {
  base::ConversationId conversation;
  std::uint64_t flight = 0;     ///< which message, within the conversation
  std::size_t participant = 0;  ///< to whom
};

/// Finds the delivery that an answer belongs to.  An answer that comes twice, or after the end, finds nothing.
class DeliveryBook {
 public:
  base::Ticket open(const Delivery& delivery) {
    const base::Ticket ticket{++last_};
    deliveries_.emplace(ticket, delivery);
    return ticket;
  }
  std::optional<Delivery> close(base::Ticket ticket) {
    const auto found = deliveries_.find(ticket);
    if (found == deliveries_.end()) return std::nullopt;
    const Delivery delivery = found->second;
    deliveries_.erase(found);
    return delivery;
  }
  std::size_t size() const { return deliveries_.size(); }

 private:
  std::unordered_map<base::Ticket, Delivery> deliveries_;
  std::uint64_t last_ = 0;
};

/// What a conversation acts through; belongs to the Immcu around it.
struct ConversationOutlet {
  base::ShardId shard;
  ImmcuPorts& ports;
  DeliveryBook& deliveries;
};

/// How a participant is reached, and what is under way to him.
///
///     leg ──(his leg is gone)──> leg_lost ──(its last message is answered)──> pages
///
/// In `leg` and `pages` a message goes out at once, so several are under way, in order.  In `leg_lost` it is not yet
/// known which of the messages on the old leg arrived: new ones wait, and then all that did not arrive go to the inbox
/// in the order in which they were said.
struct Participant {
  enum class Way : std::uint8_t { pages, leg, leg_lost };
  base::UserId user;
  Way way = Way::pages;
  bool left = false;   ///< no new messages for him (conversations of three and more)
  base::ShardId edge;  ///< of the leg
  base::LegId leg;
  base::ConnectionId connection;          ///< that the leg goes over
  std::optional<DeviceName> device = {};  ///< takes part with this one only
  std::size_t on_leg = 0;                 ///< messages on the leg without an answer
  std::size_t at_inbox = 0;               ///< messages at his inbox without an answer
  std::vector<std::uint64_t> waiting;     ///< flights for the inbox, in order; bounded by messages_in_flight_max
  SessionParty party;                     ///< his side of the record
};

/// What somebody says, ready to be forwarded.
struct Post {
  base::Ticket ticket;
  base::ShardId edge;
  std::size_t sender = 0;  ///< index of the participant
  InstantMessagePtr message;
  std::optional<DeviceName> device = {};  ///< of the recipient; only where people take part by pages
};

/// People exchanging messages, two or many.  Forwards in the order of arrival, to each participant in the same order;
/// tells each sender the outcome once, when it is known for everybody.  Knows nothing of policy and of how it began or
/// ends. Lives on the shard of the conversation.
class Conversation {
 public:
  Conversation(base::ConversationId id, SessionRecord record);

  base::ConversationId id() const { return record_.conversation; }
  SessionMode mode() const { return record_.mode; }
  const std::vector<Participant>& participants() const { return participants_; }

  /// Adds somebody, at any time; he gets only what is said from now on.  False: participants_max is reached.
  [[nodiscard]] bool add(Participant participant);
  /// In a conference: the place of somebody who is gone for good is taken again.  Nothing: participants_max is reached.
  std::optional<std::size_t> take_place(Participant participant);
  bool has_place() const;
  std::optional<std::size_t> find_leg(base::ShardId edge, base::LegId leg) const;
  /// Participant who is this user and talks by pages.
  std::optional<std::size_t> find_by_pages(base::UserId user) const;
  /// The invited participant has answered with this leg.
  void take_leg(std::size_t participant, base::ShardId edge, base::LegId leg, base::ConnectionId connection);
  /// What comes to him outside of a leg is for this device alone.
  void bind_to(std::size_t participant, const std::optional<DeviceName>& device) {
    participants_[participant].device = device;
  }
  /// Fills in device and client of a side of the record, once.
  void learn(std::size_t participant, base::EndpointId endpoint, const ClientInfoPtr& client);
  /// His leg is over.  What does not arrive there goes to his inbox.  With `leaves`, nothing new does.
  void lose_leg(std::size_t participant, bool leaves, ConversationOutlet& outlet);
  std::size_t present() const;

  /// From now on a conference: the two-party phase ends with its record, in which what is under way still counts.  Later
  /// messages reach who takes part now or not at all, and one member's trouble is not the sender's.
  void become_conference(ConversationOutlet& outlet, base::Now now);
  bool is_conference() const { return conference_; }
  /// Told with each message from now on.
  void describe(ConferenceDescriptionPtr description) { description_ = std::move(description); }
  /// Members with member_queue_max messages unanswered when another one came: their legs must end.
  std::vector<std::size_t> take_overflowing() { return std::exchange(overflowing_, {}); }
  /// Is something that he said without an outcome?
  bool is_speaking(std::size_t participant) const;
  /// His texts since he took his place.
  std::uint32_t said_by(std::size_t participant) const { return participants_[participant].party.message_count; }

  bool full() const;
  void post(const Post& post, ConversationOutlet& outlet, base::Now now);
  void on_leg_answer(const Delivery& delivery, const DeliverAnswer& answer, ConversationOutlet& outlet, base::Now now);
  void on_inbox_answer(const Delivery& delivery, const InboxAnswer& answer, ConversationOutlet& outlet, base::Now now);
  /// Answers every message whose outcome is not known.  For an orderly stop.
  void refuse_all(base::Reason reason, ConversationOutlet& outlet);

  std::size_t in_flight() const { return flights_.size(); }
  std::uint64_t accepted() const { return accepted_; }  ///< messages of any kind, delivered or kept
  std::uint64_t refused() const { return refused_; }
  std::uint64_t texts() const { return texts_; }  ///< of kind text, delivered or kept
  base::TimePoint last_active() const { return last_active_; }
  base::WallTime last_text() const { return last_text_; }

  /// The record as it stands, with both sides.
  SessionRecord record() const;
  bool recorded() const { return recorded_; }
  /// Establishes a session: response code 200, first row.
  void begin_record(ConversationOutlet& outlet, base::Now now);
  /// Failure that belongs in the record unless something else was answered before.
  void note_response(int code, base::Reason reason, base::WallTime when);

 private:
  struct Flight {
    std::uint64_t id = 0;
    Post post;
    std::size_t unresolved = 0;
    bool kept = false;
    bool conference = false;  ///< said in one
    bool taken = false;
    std::vector<Missed> missed = {};
    base::Reason reason = base::Reason::none;
    int status = 0;
  };
  void note_file(std::size_t sender, const FileStep& step);
  Flight* find_flight(std::uint64_t id);
  bool is_free(std::size_t participant) const;
  bool is_for(const Post& post, std::size_t participant) const;
  void miss(Flight& flight, std::size_t participant, base::Reason reason, int status);
  void conclude_in_conference(const Flight& flight, ConversationOutlet& outlet, base::Now now);
  void forward(Flight& flight, std::size_t to, ConversationOutlet& outlet);
  void to_inbox(Flight& flight, std::size_t to, ConversationOutlet& outlet);
  void flush(std::size_t participant, ConversationOutlet& outlet);
  void settle(const Delivery& delivery, PostOutcome outcome, base::Reason reason, int status,
              ConversationOutlet& outlet, base::Now now);
  void conclude(const Flight& flight, ConversationOutlet& outlet, base::Now now);

  SessionRecord record_;
  bool recorded_ = false;
  bool conference_ = false;
  std::optional<SessionRecord> two_party_;  ///< row of the phase before the conference
  ConferenceDescriptionPtr description_;
  std::vector<std::size_t> overflowing_;
  std::vector<Participant> participants_;
  std::vector<Flight> flights_;  ///< in order of arrival; bounded by messages_in_flight_max
  std::uint64_t last_flight_ = 0;
  std::uint64_t accepted_ = 0;
  std::uint64_t refused_ = 0;
  std::uint64_t texts_ = 0;
  base::TimePoint last_active_;  ///< last text said or answered: pages are idle from then on
  base::WallTime last_text_;
};

}  // namespace tertulia::domain
