// SPDX-License-Identifier: Apache-2.0
// Sessions begin: invitations, their forks and answers.
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "domain/conversation/final_status.h"
#include "domain/conversation/immcu_state.h"
#include "domain/conversation/limits.h"

namespace tertulia::domain {

using base::Reason;
using Life = Room::Life;
using What = OpenAnswer::What;

namespace {

constexpr std::size_t inviter = 0;
constexpr std::size_t callee = 1;

SessionRecord record_of(const OpenSession& open, base::RecordId id, base::Now now) {
  SessionRecord record;
  record.id = id;
  record.mode = SessionMode::session;
  record.call_id = open.call_id;
  record.correlation_id = open.correlation_id;
  record.content_type = open.content_type;
  record.invite_time = now.wall;
  return record;
}

Reason refusal_of(const OpenSession& open, const Directory& directory) {
  const User* sender = directory.find(open.from);
  if (sender == nullptr || !sender->enabled) return Reason::account_disabled;
  const User* recipient = directory.find(open.to);
  if (const Reason reason = refusal_to_reach(recipient); reason != Reason::none) return reason;
  return recipient->blocks(sender->address) ? Reason::sender_blocked : Reason::none;
}

}  // namespace

void Immcu::State::open(const OpenSession& open, const Directory& directory, base::Now now) {
  const auto refuse = [&](Reason reason, base::ConversationId id = {}) {
    ports.answer(open.edge, OpenAnswer{open.ticket, id, What::refused, reason, base::status_of(reason)});
  };
  if (const Reason reason = component_refusal(); reason != Reason::none) return refuse(reason);
  Reason reason = refusal_of(open, directory);
  if (reason == Reason::none)
    if (Room* room = crossing(open)) return meet(*room, open, now);

  OpenSession asked = open;
  if (reason == Reason::none) reason = judge_subject(asked, directory);
  Room room{
      Conversation(conversation_ids.next<base::ConversationId>(), record_of(open, record_ids.next(now.wall), now))};
  for (const base::UserId user : {open.from, open.to}) {
    TERTULIA_CHECK(room.talk.add(participant_of(user, directory)));
  }
  room.talk.take_leg(inviter, open.edge, open.leg, open.connection);
  room.talk.learn(inviter, open.endpoint, open.client);
  room.talk.bind_to(callee, open.device);
  if (reason == Reason::none && (!has_space(open.from, open.to) || inviters.contains(open.leg))) {
    reason = Reason::too_many_conversations;
  }
  if (reason != Reason::none) {
    room.talk.note_response(base::status_of(reason), reason, now.wall);
    SessionRecord record = room.talk.record();
    record.end_time = now.wall;
    ports.record({}, std::move(record));
    return refuse(reason, room.talk.id());
  }
  room.life = Life::inviting;
  room.invitation.emplace(std::move(asked), now.mono + settings.invite_patience);
  Room& begun = insert(std::move(room));
  arm(begun, begun.invitation->deadline());
  ports.find(FindEndpoints{shard, begun.talk.id(), open.to, open.device, open.from_address});
}

/// Everybody sees the subject, so the rules for links hold in it too.  The sender is known.
Reason Immcu::State::judge_subject(OpenSession& open, const Directory& directory) {
  if (open.subject.empty()) return Reason::none;
  base::Result<std::string> subject = filter.subject(open.subject, directory.policy_of(*directory.find(open.from)));
  if (!subject) return subject.reason();
  open.subject = *std::move(subject);
  return Reason::none;
}

/// The invitation of the one whom `open` invites, to the one who invites.  Null: there is none.  Who means one device
/// does not mean the others.
Room* Immcu::State::crossing(const OpenSession& open) {
  const auto pair = pairs.find(pair_key(open.from, open.to));
  if (pair == pairs.end() || open.from == open.to || open.device) return nullptr;
  for (const base::ConversationId id : pair->second) {
    Room* room = find(id);
    if (room == nullptr || room->life != Life::inviting) continue;
    const OpenSession& other = room->invitation->open();
    if (other.from == open.to && !other.device) return room;
  }
  return nullptr;
}

/// Both invite each other at the same moment: that is one conversation.  Whoever invites wants to talk, so his invitation
/// is the answer to the other.
///
///   Alice        IMMCU         Bob
///     | INVITE     | INVITE     |
///     |----------->|---- - - - >|
///     |            |     INVITE |
///     |        200 |<-----------|
///     |<-----------| 200        |
///     |            |----------->|
///     |            |     CANCEL | of what is still under way to his devices
///
/// A client that keeps one dialog with each person gives up its own when it sees the one under way to it: then that one
/// has to live, and nothing is said to the other.
void Immcu::State::meet(Room& room, const OpenSession& open, base::Now now) {
  if (const base::LegId ringing = room.invitation->rings_at(open.endpoint); ringing && open.single_dialog)
    return ports.answer(open.edge, OpenAnswer{open.ticket, room.talk.id(), What::yielded, Reason::none, 0, ringing});
  inviters.emplace(room.met = open.leg, room.talk.id());
  room.talk.take_leg(callee, open.edge, open.leg, open.connection);
  room.talk.learn(callee, open.endpoint, open.client);
  begin_talk(room, now);
  ports.answer(open.edge, OpenAnswer{open.ticket, room.talk.id(), What::accepted, Reason::none, 200});
}

void Immcu::State::found(const EndpointsFound& found, const Directory& directory, base::Now now) {
  Room* room = find(found.conversation);
  if (room == nullptr) return;
  if (room->conference) return found_addition(*room, found, now);
  if (found.reason == Reason::sender_blocked) return end_blocked(*room, now);
  if (room->life != Life::inviting || !room->invitation->looking()) return;
  Invitation& invitation = *room->invitation;
  const OpenSession& open = invitation.open();
  std::vector<Invitation::Fork> forks;
  bool pages = false;
  for (const EndpointRoute& route : found.routes) {
    if (open.from == open.to && route.endpoint == open.endpoint) continue;  // a device does not ring itself
    pages = pages || route.capabilities.page_mode;
    if (!route.capabilities.session_mode) continue;
    Invitation::Fork fork{leg_ids.next<base::LegId>(), route};
    if (invitation.add(fork)) forks.push_back(std::move(fork));
  }
  const User* recipient = directory.find(open.to);
  const bool keeps = !open.device && recipient != nullptr && recipient->policy && recipient->policy->offline_messages;
  invitation.begin_ringing(pages, keeps);
  if (forks.empty()) {
    if (pages || keeps) return establish(*room, nullptr, now);
    const Reason why = found.reason == Reason::none ? Reason::recipient_unavailable : found.reason;
    return refuse_invitation(*room, why, 0, now);
  }
  for (const Invitation::Fork& fork : forks) {
    ports.invite(fork.route.edge, InviteLeg{room->talk.id(), fork.leg, shard, fork.route, open.to,
                                            room->talk.participants()[callee].party.user, open.from_address,
                                            open.from_name, open.subject, nullptr, open.correlation_id});
  }
}

void Immcu::State::leg(const LegAnswer& answer, base::Now now) {
  Room* room = find(answer.conversation);
  if (room != nullptr && room->conference && leg_of_addition(*room, answer, now)) return;
  if (room == nullptr || !room->invitation) return;  // its edge was told to end it, and ends a late acceptance
  Invitation& invitation = *room->invitation;
  const OpenSession& open = invitation.open();
  const Invitation::Step step = invitation.on_leg(answer);
  switch (step.outcome) {
    case Invitation::Outcome::nothing:
      return;
    case Invitation::Outcome::ring:
      ports.answer(open.edge, OpenAnswer{open.ticket, room->talk.id(), What::ringing, Reason::none, 0});
      return;
    case Invitation::Outcome::accepted:
      return establish(*room, step.fork, now);
    case Invitation::Outcome::lost:
      ports.end(step.fork->route.edge, EndLeg{step.fork->leg, step.fork->route.edge, Reason::answered_elsewhere});
      return;
    case Invitation::Outcome::refused:
      break;
  }
  if (invitation.falls_to_pages()) return establish(*room, nullptr, now);
  const int status = invitation.best_status();
  refuse_invitation(*room, reason_of_refused_invitation(status), status, now);
}

/// `fork` has answered, or (null) the callee takes part by pages.
void Immcu::State::establish(Room& room, const Invitation::Fork* fork, base::Now now) {
  if (fork != nullptr) {
    room.talk.take_leg(callee, fork->route.edge, fork->leg, fork->route.connection);
    room.talk.learn(callee, fork->route.endpoint, fork->route.client);
  }
  begin_talk(room, now);
}

void Immcu::State::begin_talk(Room& room, base::Now now) {
  const OpenSession& open = room.invitation->open();
  end_forks(room, Reason::answered_elsewhere);
  disarm(room);
  room.life = Life::open;
  ConversationOutlet out = outlet();
  room.talk.begin_record(out, now);
  ports.answer(open.edge, OpenAnswer{open.ticket, room.talk.id(), What::accepted, Reason::none, 200});
}

void Immcu::State::end_forks(Room& room, Reason reason) {
  for (const Invitation::Fork& fork : room.invitation->close()) {
    ports.end(fork.route.edge, EndLeg{fork.leg, fork.route.edge, reason});
  }
}

void Immcu::State::refuse_invitation(Room& room, Reason reason, int status, base::Now now) {
  const OpenSession& open = room.invitation->open();
  status = status_told(reason, status);
  end_forks(room, reason);
  room.talk.note_response(status, reason, now.wall);
  room.why = reason;
  ports.answer(open.edge, OpenAnswer{open.ticket, room.talk.id(), What::refused, reason, status});
  finish(room, now.wall, now);
}

void Immcu::State::cancel(const CancelOpen& cancel, base::Now now) {
  const auto found = inviters.find(cancel.leg);
  Room* room = found == inviters.end() ? nullptr : find(found->second);
  const auto participant = room == nullptr ? std::nullopt : room->talk.find_leg(cancel.edge, cancel.leg);
  if (!participant) return;
  if (room->life == Life::inviting) return refuse_invitation(*room, Reason::request_cancelled, 0, now);
  if (room->life != Life::open) return;
  // It crossed with the acceptance.  Who withdraws does not want the conversation, or has no connection for it any
  // more: it ends, and his leg is ended too in case he has just learned of the acceptance.
  ports.end(cancel.edge, EndLeg{cancel.leg, cancel.edge, Reason::request_cancelled});
  lose_leg(*room, *participant, true, now);
  if (room->life == Life::ending) room->why = Reason::request_cancelled;
}

}  // namespace tertulia::domain
