// SPDX-License-Identifier: Apache-2.0
// Conversations end: legs that go, idle pages, records that become durable, and the orderly stop.
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "domain/conversation/immcu_state.h"

namespace tertulia::domain {

using base::Reason;
using Life = Room::Life;
using Way = Participant::Way;

void Immcu::State::close(const CloseLeg& close, base::Now now) {
  Room* room = find(close.conversation);
  const std::optional<std::size_t> who = room == nullptr ? std::nullopt : room->talk.find_leg(close.edge, close.leg);
  if (!who) {
    if (close.ticket) ports.answer(close.edge, CloseAnswer{close.ticket, Reason::dialog_unknown});
    return;
  }
  if (close.ticket) {
    // One per leg: more can only be a mistake of an edge.
    if (room->closers.size() >= room->talk.participants().size()) {
      ports.answer(close.edge, CloseAnswer{close.ticket, Reason::dialog_unknown});
      return;
    }
    room->closers.push_back({close.edge, close.ticket});
  }
  switch (room->life) {
    case Life::inviting:
      return refuse_invitation(*room, Reason::request_cancelled, 0, now);
    case Life::open:
    case Life::ending:
      return lose_leg(*room, *who, static_cast<bool>(close.ticket), now);
    case Life::recording:
      return;
  }
}

/// `goodbye`: he left on purpose, so nothing more can be said to him here.  Else his connection broke: while something
/// is under way, what is said meanwhile still reaches him by his inbox.
void Immcu::State::lose_leg(Room& room, std::size_t participant, bool goodbye, base::Now now) {
  if (room.conference) return chat_gone(room, participant, goodbye, now);
  if (room.life != Life::open && room.life != Life::ending) return;
  const bool two = room.talk.participants().size() == 2;
  ConversationOutlet out = outlet();
  room.talk.lose_leg(participant, !two, out);
  if (two && goodbye) room.takes_posts = false;
  const bool somebody_talks = room.talk.present() >= 2;
  if (!two && somebody_talks) {
    // The others go on without him; who said goodbye gets his answer when the whole record is durable, which may be
    // late, so he gets it now: nothing of his is waiting to be written.
    for (const Room::Closer& closer : std::exchange(room.closers, {})) {
      ports.answer(closer.edge, CloseAnswer{closer.ticket, Reason::none});
    }
    return;
  }
  begin_ending(room, goodbye ? Reason::none : Reason::flow_failed, now);
}

void Immcu::State::begin_ending(Room& room, Reason why, base::Now now) {
  if (room.life == Life::open) {
    room.life = Life::ending;
    room.why = why;
  }
  if (room.talk.in_flight() == 0) finish(room, now.wall, now);
}

/// Each session of his, but for those of three and more, which others hold together.  What the directory does not tell is
/// asked of his home; the answer is EndpointsFound.
void Immcu::State::reach_changed(const ReachChanged& changed, const Directory& directory, base::Now now) {
  std::vector<base::ConversationId> his;
  for (const auto& [key, ids] : pairs) {
    const base::UserId one{static_cast<std::uint32_t>(key >> 32U)}, other{static_cast<std::uint32_t>(key)};
    if (one != changed.user && other != changed.user) continue;
    if (changed.peer && one != changed.peer && other != changed.peer) continue;
    his.insert(his.end(), ids.begin(), ids.end());
  }
  std::sort(his.begin(), his.end());
  const User* user = directory.find(changed.user);
  for (const base::ConversationId id : his) {
    Room* room = find(id);
    const std::vector<Participant>& people = room->talk.participants();
    if (room->talk.mode() != SessionMode::session || people.size() != 2 || people[0].user == people[1].user) continue;
    if (room->life == Life::inviting && people[0].user == changed.user) continue;  // whom he blocks he may still call
    const Participant& peer = people[people[0].user == changed.user ? 1 : 0];
    const User* person = directory.find(peer.user);
    if (user != nullptr && person != nullptr && user->blocks(person->address)) {
      end_blocked(*room, now);
    } else {
      ports.find(FindEndpoints{shard, id, changed.user, std::nullopt, peer.party.user});
    }
  }
}

void Immcu::State::end_blocked(Room& room, base::Now now) {
  if (room.life == Life::inviting) return refuse_invitation(room, Reason::sender_blocked, 0, now);
  if (room.life != Life::open || room.talk.mode() != SessionMode::session) return;
  room.takes_posts = false;
  begin_ending(room, Reason::sender_blocked, now);
}

/// Nothing is under way: the legs that are left end, and the record is closed.
void Immcu::State::finish(Room& room, base::WallTime end, base::Now now) {
  TERTULIA_CHECK(room.talk.in_flight() == 0);
  if (room.life == Life::recording) return;
  const bool established = room.life != Life::inviting;
  room.life = Life::recording;
  disarm(room);
  if (established) {
    for (const Participant& person : room.talk.participants()) {
      if (person.way == Way::leg) ports.end(person.edge, EndLeg{person.leg, person.edge, room.why});
    }
  }
  const bool invited_in_vain = room.talk.mode() == SessionMode::session && !established;
  if (!room.talk.recorded() && !invited_in_vain) {  // somebody typed and never said anything
    erase(room);
    return;
  }
  SessionRecord record = room.talk.record();
  record.end_time = end;
  const bool answered_well = record.response_code >= 200 && record.response_code < 300;
  if (answered_well && room.why != Reason::none) record.diagnostic_id = base::id_of(room.why);
  if (!record.response_time) record.response_time = now.wall;
  const base::Ticket ticket{++last_recording};
  recordings.emplace(ticket, room.talk.id());
  // Nobody can join it any more; the pair may begin anew while the row is on its way to the disk.
  const std::vector<Participant>& people = room.talk.participants();
  if (const auto pair = pairs.find(pair_key(people[0].user, people[1].user)); pair != pairs.end()) {
    std::erase(pair->second, room.talk.id());
    if (pair->second.empty()) pairs.erase(pair);
  }
  ports.record(ticket, std::move(record));
}

void Immcu::State::recorded(base::Ticket ticket, const base::Result<void>& result) {
  const auto found = recordings.find(ticket);
  if (found == recordings.end()) return;
  Room* room = find(found->second);
  recordings.erase(found);
  if (room == nullptr) return;
  const Reason reason = result ? Reason::none : Reason::store_unavailable;
  for (const Room::Closer& closer : room->closers) ports.answer(closer.edge, CloseAnswer{closer.ticket, reason});
  erase(*room);
}

void Immcu::State::deadline(base::Now now) {
  while (!deadlines.empty() && deadlines.begin()->first <= now.mono) {
    Room* room = find(deadlines.begin()->second);
    TERTULIA_CHECK(room != nullptr);
    if (room->conference) {
      conference_deadline(*room, now);
      continue;
    }
    if (room->life == Life::inviting) {
      if (room->invitation->deadline() > now.mono) {
        arm(*room, room->invitation->deadline());
      } else {
        refuse_invitation(*room, Reason::recipient_silent, 0, now);
      }
      continue;
    }
    // Only texts keep pages alive, said or answered: typing does not, else a forgotten keyboard would hold it for ever.
    const base::TimePoint idle = room->talk.last_active() + settings.page_idle_max;
    if (room->talk.in_flight() > 0) {
      arm(*room, now.mono + settings.page_idle_max);
    } else if (idle > now.mono) {
      arm(*room, idle);
    } else {
      room->why = Reason::conversation_idle;
      finish(*room, room->talk.last_text(), now);  // it really ended when the last text was said
    }
  }
}

void Immcu::State::refuse_invitations(Reason reason, base::Now now) {
  std::vector<base::ConversationId> ringing;
  for (const auto& [id, room] : rooms)
    if (room->life == Life::inviting) ringing.push_back(id);
  std::sort(ringing.begin(), ringing.end());  // the order of a hash table would differ between runs of one seed
  for (const base::ConversationId id : ringing) refuse_invitation(*find(id), reason, 0, now);
}

void Immcu::State::stop(base::Now now) {
  stopped = true;
  std::vector<base::ConversationId> all;
  all.reserve(rooms.size());
  for (const auto& [id, room] : rooms) all.push_back(id);
  std::sort(all.begin(), all.end());
  ConversationOutlet out = outlet();
  for (const base::ConversationId id : all) {
    Room* room = find(id);
    if (room == nullptr || room->life == Life::recording) continue;
    if (room->conference) {
      stop_conference(*room, now);
      continue;
    }
    if (room->life == Life::inviting) {
      refuse_invitation(*room, Reason::server_stopping, 0, now);
      continue;
    }
    room->talk.refuse_all(Reason::server_stopping, out);
    room->why = Reason::server_stopping;
    finish(*room, now.wall, now);
  }
}

}  // namespace tertulia::domain
