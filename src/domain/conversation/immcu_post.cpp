// SPDX-License-Identifier: Apache-2.0
// Messages: from a sender to the conversation, and the answers back.
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "domain/conversation/immcu_state.h"
#include "domain/conversation/limits.h"

namespace tertulia::domain {

using base::Reason;
using Life = Room::Life;

namespace {

PostAnswer refusal(base::Ticket ticket, Reason reason, base::ConversationId conversation = {}) {
  return {ticket, PostOutcome::refused, reason, 0, {}, conversation};
}

/// May this sender reach this recipient?
Reason reachable(const InstantMessage& message, base::UserId to, const Directory& directory) {
  const User* recipient = directory.find(to);
  if (const Reason reason = refusal_to_reach(recipient); reason != Reason::none) return reason;
  const User* sender = directory.find(message.from);
  return sender != nullptr && recipient->blocks(sender->address) ? Reason::sender_blocked : Reason::none;
}

}  // namespace

Reason Immcu::State::component_refusal() const {
  if (stopped) return Reason::server_stopping;
  return running ? Reason::none : Reason::immcu_stopped;
}

base::Result<InstantMessagePtr> Immcu::State::admit(const InstantMessagePtr& message, const Directory& directory) {
  const User* sender = directory.find(message->from);
  if (sender == nullptr || !sender->enabled) return Reason::account_disabled;
  const Policy& policy = directory.policy_of(*sender);
  if (message->content.size() > policy.message_bytes_max) return Reason::body_too_large;
  if (message->kind == MessageKind::file && message->file && blocks_file(policy, message->file->name))
    return Reason::file_kind_blocked;
  // Whatever else it is, a subject is read by a person.
  if (message->kind != MessageKind::text && message->subject.empty()) return message;
  if (message->kind == MessageKind::text && message->content.empty()) return Reason::message_empty;
  return filter.apply(message, policy);
}

/// The conversation that a page message of `from` belongs to: a session in which he takes part by pages, the newest
/// first, else the page conversation of the pair.  A message for one device stays out of sessions: another device may have
/// the leg.
Room* Immcu::State::find_for_page(const PostPage& post) {
  const base::UserId from = post.message->from;
  const auto pair = pairs.find(pair_key(from, post.to));
  if (pair == pairs.end()) return nullptr;
  Room* page = nullptr;
  for (auto id = pair->second.rbegin(); id != pair->second.rend(); ++id) {
    Room* room = find(*id);
    if (room == nullptr || room->life != Life::open || !room->talk.find_by_pages(from)) continue;
    if (room->talk.mode() == SessionMode::session) {
      if (post.device) continue;
      return room;
    }
    if (page == nullptr) page = room;
  }
  return page;
}

base::Result<Room*> Immcu::State::begin_page(const PostPage& post, const Directory& directory, base::Now now) {
  if (!has_space(post.message->from, post.to)) return Reason::too_many_conversations;
  SessionRecord record;
  record.id = record_ids.next(now.wall);
  record.mode = SessionMode::page;
  record.call_id = post.call_id;
  record.content_type = post.message->content_type;
  record.invite_time = now.wall;
  Room room{Conversation(conversation_ids.next<base::ConversationId>(), std::move(record))};
  for (const base::UserId user : {post.message->from, post.to}) {
    TERTULIA_CHECK(room.talk.add(participant_of(user, directory)));
  }
  Room& begun = insert(std::move(room));
  arm(begun, now.mono + settings.page_idle_max);
  return &begun;
}

/// A first message that fails leaves its record too; a later one only counts for nothing in the record of its
/// conversation.
void Immcu::State::refuse_page(const PostPage& post, Reason reason, const Directory& directory, base::Now now) {
  base::ConversationId conversation;
  if (post.message->kind == MessageKind::text) {
    SessionRecord record;
    record.id = record_ids.next(now.wall);
    record.conversation = conversation = conversation_ids.next<base::ConversationId>();
    record.user1.user = post.message->from_address;
    record.user1.endpoint = post.endpoint;
    if (post.client) record.user1.client_version = post.client->user_agent;
    if (const User* person = directory.find(post.to)) record.user2.user = person->address.text();
    record.call_id = post.call_id;
    record.content_type = post.message->content_type;
    record.invite_time = now.wall;
    record.response_time = now.wall;
    record.end_time = now.wall;
    record.response_code = base::status_of(reason);
    record.diagnostic_id = base::id_of(reason);
    ports.record({}, std::move(record));
  }
  ports.answer(post.edge, refusal(post.ticket, reason, conversation));
}

void Immcu::State::post(const PostPage& post, const Directory& directory, base::Now now) {
  // A stopped component does nothing, so it writes nothing either: a flood of refusals must not fill the store.
  if (const Reason reason = component_refusal(); reason != Reason::none) {
    ports.answer(post.edge, refusal(post.ticket, reason));
    return;
  }
  Room* room = find_for_page(post);
  InstantMessagePtr message = post.message;
  Reason reason = reachable(*message, post.to, directory);
  if (reason == Reason::none) {
    base::Result<InstantMessagePtr> admitted = admit(message, directory);
    if (admitted) {
      message = *std::move(admitted);
    } else {
      reason = admitted.reason();
    }
  }
  if (reason == Reason::none && room == nullptr) {
    const base::Result<Room*> begun = begin_page(post, directory, now);
    if (begun) {
      room = *begun;
    } else {
      reason = begun.reason();
    }
  }
  if (room == nullptr) {
    refuse_page(post, reason, directory, now);
    return;
  }
  if (reason == Reason::none && room->talk.full()) reason = Reason::too_many_messages_waiting;
  if (reason != Reason::none) {
    ports.answer(post.edge, refusal(post.ticket, reason, room->talk.id()));
    return;
  }
  const std::size_t sender = room->talk.find_by_pages(message->from).value_or(0);
  room->talk.learn(sender, post.endpoint, post.client);
  ConversationOutlet out = outlet();
  room->talk.post({post.ticket, post.edge, sender, std::move(message), post.device}, out, now);
}

void Immcu::State::post(const PostSession& post, const Directory& directory, base::Now now) {
  const auto refuse = [&](Reason reason) { ports.answer(post.edge, refusal(post.ticket, reason, post.conversation)); };
  if (const Reason reason = component_refusal(); reason != Reason::none) return refuse(reason);
  Room* room = find(post.conversation);
  if (room == nullptr || !room->takes_posts || (room->life != Life::open && room->life != Life::ending)) {
    return refuse(Reason::dialog_unknown);
  }
  const std::optional<std::size_t> sender = room->talk.find_leg(post.edge, post.leg);
  if (!sender || room->talk.participants()[*sender].way != Participant::Way::leg) return refuse(Reason::dialog_unknown);
  const std::vector<Participant>& people = room->talk.participants();
  if (people[*sender].user != post.message->from) return refuse(Reason::identity_mismatch);
  if (room->conference) {
    if (const Reason reason = conference_refusal(*room, post.message->from); reason != Reason::none) {
      return refuse(reason);
    }
  }
  for (std::size_t i = 0; i < people.size() && !room->conference; ++i) {  // blocks are between two
    if (i == *sender || people[i].left) continue;
    if (const Reason reason = reachable(*post.message, people[i].user, directory); reason != Reason::none) {
      return refuse(reason);
    }
  }
  base::Result<InstantMessagePtr> admitted = admit(post.message, directory);
  if (!admitted) return refuse(admitted.reason());
  if (room->talk.full()) return refuse(Reason::too_many_messages_waiting);
  ConversationOutlet out = outlet();
  room->talk.post({post.ticket, post.edge, *sender, *std::move(admitted)}, out, now);
  if (room->conference) end_overflowing(*room, now);
}

void Immcu::State::delivered(const DeliverAnswer& answer, base::Now now) {
  const std::optional<Delivery> delivery = deliveries.close(answer.ticket);
  if (!delivery) return;
  Room* room = find(delivery->conversation);
  if (room == nullptr || room->life == Life::recording) return;
  ConversationOutlet out = outlet();
  room->talk.on_leg_answer(*delivery, answer, out, now);
  if (answer.what == DeliverAnswer::What::gone) lose_leg(*room, delivery->participant, false, now);
  after_answer(*room, now);
}

void Immcu::State::delivered(const InboxAnswer& answer, base::Now now) {
  const std::optional<Delivery> delivery = deliveries.close(answer.ticket);
  if (!delivery) return;
  Room* room = find(delivery->conversation);
  if (room == nullptr || room->life == Life::recording) return;
  ConversationOutlet out = outlet();
  room->talk.on_inbox_answer(*delivery, answer, out, now);
  after_answer(*room, now);
}

/// Something was settled: it may have been the last thing to wait for.
void Immcu::State::after_answer(Room& room, base::Now now) {
  if (room.conference) return count_late(room);
  if (room.talk.in_flight() > 0) return;
  if (room.life == Life::ending) {
    finish(room, now.wall, now);
  } else if (room.life == Life::open && room.talk.mode() == SessionMode::page && room.talk.accepted() == 0 &&
             room.talk.refused() > 0) {
    finish(room, now.wall, now);  // nothing ever arrived: that was no conversation, the next try is a new one
  }
}

}  // namespace tertulia::domain
