// SPDX-License-Identifier: Apache-2.0
#include "domain/conversation/conversation.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "domain/conversation/final_status.h"
#include "domain/conversation/limits.h"

namespace tertulia::domain {

using base::Reason;
using Way = Participant::Way;

Conversation::Conversation(base::ConversationId id, SessionRecord record) : record_(std::move(record)) {
  record_.conversation = id;
}

bool Conversation::add(Participant participant) {
  if (participants_.size() >= conversation_limits::participants_max) return false;
  participants_.push_back(std::move(participant));
  return true;
}

std::optional<std::size_t> Conversation::find_leg(base::ShardId edge, base::LegId leg) const {
  for (std::size_t i = 0; i < participants_.size(); ++i) {
    if (participants_[i].leg == leg && leg && participants_[i].edge == edge) return i;
  }
  return std::nullopt;
}

std::optional<std::size_t> Conversation::find_by_pages(base::UserId user) const {
  for (std::size_t i = 0; i < participants_.size(); ++i) {
    if (participants_[i].user == user && participants_[i].way == Way::pages && !participants_[i].left) return i;
  }
  return std::nullopt;
}

void Conversation::take_leg(std::size_t participant, base::ShardId edge, base::LegId leg,
                            base::ConnectionId connection) {
  Participant& person = participants_[participant];
  person.way = Way::leg;
  person.edge = edge;
  person.leg = leg;
  person.connection = connection;
}

void Conversation::learn(std::size_t participant, base::EndpointId endpoint, const ClientInfoPtr& client) {
  SessionParty& party = participants_[participant].party;
  if (!party.endpoint) party.endpoint = endpoint;
  if (party.client_version.empty() && client) party.client_version = client->user_agent;
}

void Conversation::lose_leg(std::size_t participant, bool leaves, ConversationOutlet& outlet) {
  Participant& person = participants_[participant];
  person.left = person.left || leaves;
  if (person.way != Way::leg) return;
  person.way = Way::leg_lost;
  flush(participant, outlet);
}

std::size_t Conversation::present() const {
  return static_cast<std::size_t>(
      std::count_if(participants_.begin(), participants_.end(), [](const Participant& p) { return !p.left; }));
}

bool Conversation::full() const {
  return flights_.size() >= (conference_ ? conversation_limits::conference_messages_in_flight_max
                                         : conversation_limits::messages_in_flight_max);
}

Conversation::Flight* Conversation::find_flight(std::uint64_t id) {
  const auto found =
      std::lower_bound(flights_.begin(), flights_.end(), id, [](const Flight& f, std::uint64_t n) { return f.id < n; });
  return found == flights_.end() || found->id != id ? nullptr : &*found;
}

void Conversation::post(const Post& post, ConversationOutlet& outlet, base::Now now) {
  TERTULIA_CHECK(!full());
  if (post.message->kind == MessageKind::text) {
    last_active_ = now.mono;
    last_text_ = now.wall;
    if (!recorded_ && !conference_) {  // typing alone makes no record; the first text does
      recorded_ = true;
      outlet.ports.record({}, record());
    }
  }
  if (post.message->file) note_file(post.sender, *post.message->file);
  Flight flight{++last_flight_, post};
  flight.conference = conference_;
  const std::size_t before = overflowing_.size();
  for (std::size_t i = 0; i < participants_.size(); ++i) {
    if (!is_for(post, i)) continue;
    if (conference_ && participants_[i].on_leg >= conversation_limits::member_queue_max) {
      overflowing_.push_back(i);
      miss(flight, i, Reason::too_many_messages_waiting, 0);
    } else {
      ++flight.unresolved;
    }
  }
  if (flight.unresolved == 0) {  // everybody else has gone
    if (!conference_) flight.reason = Reason::dialog_unknown;
    conclude(flight, outlet, now);
    return;
  }
  flights_.push_back(flight);
  std::size_t slow = before;  // those are in the order of the participants
  for (std::size_t i = 0; i < participants_.size(); ++i) {
    if (slow < overflowing_.size() && overflowing_[slow] == i) {
      ++slow;
    } else if (is_for(post, i)) {
      forward(flights_.back(), i, outlet);
    }
  }
}

/// A notice of delivery has no addressee in a conference: it ends here.
bool Conversation::is_for(const Post& post, std::size_t participant) const {
  if (conference_ && post.message->kind == MessageKind::notification) return false;
  return participant != post.sender && !participants_[participant].left;
}

void Conversation::miss(Flight& flight, std::size_t participant, Reason reason, int status) {
  if (reason == Reason::none) reason = Reason::internal_error;
  flight.missed.push_back({participants_[participant].user, reason, status});
  if (flight.reason != Reason::none) return;
  flight.reason = reason;
  flight.status = status;
}

/// In a conversation of two; what others offer each other has no row of its own.
void Conversation::note_file(std::size_t sender, const FileStep& step) {
  std::vector<FileTransfer>& files = record_.files;
  const auto side = static_cast<std::uint8_t>(sender + 1);
  if (step.what == FileStep::What::offer) {
    record_.media_types |= media_file_transfer;
    if (files.size() < file_transfers_per_record_max && participants_.size() == 2)
      files.push_back({step.name, {}, step.cookie, side, FileOutcome::offered});
    return;
  }
  // The newest of this cookie: a client may use one again.
  const auto file =
      std::find_if(files.rbegin(), files.rend(), [&](const FileTransfer& one) { return one.cookie == step.cookie; });
  if (file == files.rend()) return;
  const bool fresh = file->outcome == FileOutcome::offered;
  if (step.what == FileStep::What::accept) {
    if (fresh && file->from != side) file->outcome = FileOutcome::accepted;
  } else if (fresh) {
    file->outcome = file->from == side ? FileOutcome::cancelled : FileOutcome::rejected;
  } else if (file->outcome == FileOutcome::accepted) {
    file->outcome = FileOutcome::cancelled;
  }
}

void Conversation::forward(Flight& flight, std::size_t to, ConversationOutlet& outlet) {
  Participant& person = participants_[to];
  switch (person.way) {
    case Way::pages:
      to_inbox(flight, to, outlet);
      return;
    case Way::leg_lost:
      person.waiting.push_back(flight.id);
      return;
    case Way::leg: {
      ++person.on_leg;
      const base::Ticket ticket = outlet.deliveries.open({id(), flight.id, to});
      outlet.ports.deliver(person.edge, DeliverSession{ticket, outlet.shard, id(), person.leg, flight.post.message,
                                                       flight.conference ? description_ : nullptr});
      return;
    }
  }
}

void Conversation::to_inbox(Flight& flight, std::size_t to, ConversationOutlet& outlet) {
  const base::Ticket ticket = outlet.deliveries.open({id(), flight.id, to});
  const std::optional<DeviceName>& device = flight.post.device ? flight.post.device : participants_[to].device;
  ++participants_[to].at_inbox;
  outlet.ports.deliver(InboxDeliver{ticket, outlet.shard, id(), participants_[to].user, flight.post.message, device,
                                    flight.conference ? description_ : nullptr});
}

void Conversation::flush(std::size_t participant, ConversationOutlet& outlet) {
  Participant& person = participants_[participant];
  if (person.way != Way::leg_lost || person.on_leg > 0) return;
  person.way = Way::pages;
  // Answers of the old leg may have come in any order; people speak in one.
  std::sort(person.waiting.begin(), person.waiting.end());
  for (const std::uint64_t waiting : std::exchange(person.waiting, {})) {
    Flight* flight = find_flight(waiting);
    TERTULIA_CHECK(flight != nullptr);
    to_inbox(*flight, participant, outlet);
  }
}

void Conversation::on_leg_answer(const Delivery& delivery, const DeliverAnswer& answer, ConversationOutlet& outlet,
                                 base::Now now) {
  Participant& person = participants_[delivery.participant];
  TERTULIA_CHECK(person.on_leg > 0);
  --person.on_leg;
  switch (answer.what) {
    case DeliverAnswer::What::taken:
      settle(delivery, PostOutcome::delivered, Reason::none, 0, outlet, now);
      break;
    case DeliverAnswer::What::refused:
      settle(delivery, PostOutcome::refused, Reason::recipient_refused, answer.status, outlet, now);
      break;
    case DeliverAnswer::What::silent:
      settle(delivery, PostOutcome::refused, Reason::recipient_silent, status_silent, outlet, now);
      break;
    case DeliverAnswer::What::gone:
      if (const Flight* flight = find_flight(delivery.flight); flight == nullptr || flight->conference) {
        settle(delivery, PostOutcome::refused, Reason::flow_failed, 0, outlet, now);
        break;
      }
      person.waiting.push_back(delivery.flight);
      if (person.way == Way::leg) person.way = Way::leg_lost;
      break;
  }
  flush(delivery.participant, outlet);
}

void Conversation::on_inbox_answer(const Delivery& delivery, const InboxAnswer& answer, ConversationOutlet& outlet,
                                   base::Now now) {
  if (answer.taken_by.endpoint) learn(delivery.participant, answer.taken_by.endpoint, answer.taken_by.client);
  --participants_[delivery.participant].at_inbox;
  settle(delivery, answer.outcome, answer.reason, answer.status, outlet, now);
}

void Conversation::settle(const Delivery& delivery, PostOutcome outcome, Reason reason, int status,
                          ConversationOutlet& outlet, base::Now now) {
  Flight* flight = find_flight(delivery.flight);
  if (flight == nullptr) return;
  --flight->unresolved;
  if (outcome != PostOutcome::refused) flight->taken = true;
  if (outcome == PostOutcome::refused && flight->conference) miss(*flight, delivery.participant, reason, status);
  if (outcome == PostOutcome::kept) flight->kept = true;
  if (outcome == PostOutcome::refused && flight->reason == Reason::none) {
    flight->reason = reason == Reason::none ? Reason::internal_error : reason;
    flight->status = status;
  }
  if (flight->unresolved > 0) return;
  const Flight done = std::move(*flight);
  flights_.erase(flights_.begin() + (flight - flights_.data()));
  conclude(done, outlet, now);
}

void Conversation::conclude(const Flight& flight, ConversationOutlet& outlet, base::Now now) {
  if (flight.conference) return conclude_in_conference(flight, outlet, now);
  PostAnswer answer{flight.post.ticket, PostOutcome::delivered, flight.reason, flight.status, {}, id()};
  if (flight.reason != Reason::none) {
    answer.outcome = PostOutcome::refused;
  } else if (flight.kept) {
    answer.outcome = PostOutcome::kept;
  }
  const bool text = flight.post.message->kind == MessageKind::text;
  if (answer.outcome == PostOutcome::refused) {
    ++refused_;
    if (text) note_response(status_told(flight.reason, flight.status), flight.reason, now.wall);
  } else {
    ++accepted_;
    if (text) {
      ++texts_;
      if (two_party_) {  // said before the third person came
        ++(flight.post.sender == 0 ? two_party_->user1 : two_party_->user2).message_count;
        outlet.ports.record({}, *two_party_);
      } else {
        ++participants_[flight.post.sender].party.message_count;
      }
      note_response(flight.kept ? 202 : 200, Reason::none, now.wall);
    }
  }
  if (text) last_active_ = now.mono;
  outlet.ports.answer(flight.post.edge, answer);
}

/// The others have it, whatever befell one of them; refused only when it reached nobody of those who were there.
void Conversation::conclude_in_conference(const Flight& flight, ConversationOutlet& outlet, base::Now now) {
  PostAnswer answer{flight.post.ticket, PostOutcome::delivered, Reason::none, 0, flight.missed, id()};
  if (!flight.taken && !flight.missed.empty()) {
    answer.outcome = PostOutcome::refused;
    answer.reason = flight.reason;
    answer.status = flight.status;
    ++refused_;
  } else {
    ++accepted_;
    if (flight.post.message->kind == MessageKind::text) {
      ++texts_;
      ++participants_[flight.post.sender].party.message_count;
    }
  }
  last_active_ = now.mono;
  outlet.ports.answer(flight.post.edge, std::move(answer));
}

void Conversation::become_conference(ConversationOutlet& outlet, base::Now now) {
  conference_ = true;
  if (!recorded_) return;
  two_party_ = record();
  two_party_->end_time = now.wall;
  if (!two_party_->response_time) two_party_->response_time = now.wall;
  outlet.ports.record({}, *two_party_);
  for (Participant& person : participants_) person.party.message_count = 0;
}

bool Conversation::is_free(std::size_t participant) const {
  const Participant& person = participants_[participant];
  if (!person.left || person.way == Way::leg || person.on_leg + person.at_inbox + person.waiting.size() > 0)
    return false;
  return !is_speaking(participant);
}

bool Conversation::is_speaking(std::size_t participant) const {
  return std::any_of(flights_.begin(), flights_.end(),
                     [&](const Flight& flight) { return flight.post.sender == participant; });
}

bool Conversation::has_place() const {
  if (participants_.size() < conversation_limits::participants_max) return true;
  for (std::size_t i = 0; i < participants_.size(); ++i) {
    if (is_free(i)) return true;
  }
  return false;
}

std::optional<std::size_t> Conversation::take_place(Participant participant) {
  // While answers of the two-party phase are awaited its two people keep their places: their record names them so.
  for (std::size_t i = two_party_ ? 2 : 0; i < participants_.size(); ++i) {
    if (!is_free(i)) continue;
    participants_[i] = std::move(participant);
    return i;
  }
  if (!add(std::move(participant))) return std::nullopt;
  return participants_.size() - 1;
}

void Conversation::refuse_all(Reason reason, ConversationOutlet& outlet) {
  for (const Flight& flight : std::exchange(flights_, {})) {
    outlet.ports.answer(flight.post.edge, PostAnswer{flight.post.ticket, PostOutcome::refused, reason, 0, {}, id()});
  }
  for (Participant& person : participants_) person.waiting.clear();
}

SessionRecord Conversation::record() const {
  SessionRecord record = record_;
  if (!participants_.empty()) record.user1 = participants_[0].party;
  if (participants_.size() > 1) record.user2 = participants_[1].party;
  return record;
}

void Conversation::begin_record(ConversationOutlet& outlet, base::Now now) {
  note_response(200, Reason::none, now.wall);
  recorded_ = true;
  outlet.ports.record({}, record());
}

void Conversation::note_response(int code, Reason reason, base::WallTime when) {
  const bool success = code >= 200 && code < 300;
  const bool had_success = record_.response_code >= 200 && record_.response_code < 300;
  if (had_success || (record_.response_code != 0 && !success)) return;  // the first success, else the first failure
  record_.response_code = code;
  record_.diagnostic_id = reason == Reason::none ? 0 : base::id_of(reason);
  record_.response_time = when;
}

}  // namespace tertulia::domain
