// SPDX-License-Identifier: Apache-2.0
// Who enters and leaves a conference, takes part in its messages, waits, and commands.
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "domain/conversation/immcu_state.h"

namespace tertulia::domain {

using base::Reason;
using Way = Participant::Way;
using Door = Focus::Door;

namespace {

/// An endpoint is known by its binding, which a device has anew after it has signed out; its connection stays.
bool same_device(const Seat& a, const Seat& b) {
  if (a.endpoint && a.endpoint == b.endpoint) return true;
  return a.connection && a.connection == b.connection && a.name.edge == b.name.edge;
}

}  // namespace

void Immcu::State::refuse_waiter(Room& room, const Focus::Waiter& waiter, Reason reason, base::Now now) {
  record_refusal(room, waiter.join, reason, waiter.since, now);
  conferences->answer(waiter.join.edge, JoinAnswer{waiter.join.ticket, JoinAnswer::What::refused, reason, {}, {}, {}});
}

/// A row like that of somebody who was in, but without a role.  While nobody is in there is no row of a session to which
/// it could belong: the refusals up to the next one share one.
void Immcu::State::record_refusal(Room& room, const JoinConference& join, Reason reason, base::WallTime since,
                                  base::Now now) {
  ConferenceRoom& side = *room.conference;
  if (!side.record.id) {
    ConferenceRecord& refusals = side.refusals;
    if (!refusals.id) {
      refusals = {
          record_ids.next(now.wall), room.talk.id(), side.organizer_address, side.focus.key().id, since, {}, {}, {}};
    }
    refusals.end_time = now.wall;
    conferences->record(refusals);
  }
  FocusJoinRecord row;
  row.id = record_ids.next(now.wall);
  row.conference = side.record.id ? side.record.id : side.refusals.id;
  row.user = join.address;
  row.endpoint = join.endpoint;
  if (join.client) row.client_version = join.client->user_agent;
  row.join_time = since;
  row.leave_time = now.wall;
  row.diagnostic_id = base::id_of(reason);
  conferences->record(row);
}

void Immcu::State::answer_joined(Room& room, const JoinConference& join) {
  if (!join.ticket) return;  // he was brought in, not he asked
  Focus& focus = room.conference->focus;
  conferences->answer(join.edge, JoinAnswer{join.ticket, JoinAnswer::What::joined, Reason::none, room.talk.id(),
                                            focus.find(join.user)->role, focus.description()});
}

void Immcu::State::join(const JoinConference& join, const Directory& directory, base::Now now) {
  const auto answer = [&](JoinAnswer::What what, Reason reason) {
    conferences->answer(join.edge, JoinAnswer{join.ticket, what, reason, {}, {}, {}});
  };
  const auto refuse = [&](Reason reason) {
    metrics.conference_refusals.add();
    answer(JoinAnswer::What::refused, reason);
  };
  if (const Reason reason = component_refusal(); reason != Reason::none) return refuse(reason);
  Room* room = find(join.key);
  if (room == nullptr) return refuse(Reason::conference_unknown);
  if (join.kind == PersonKind::colleague) {
    const User* user = directory.find(join.user);
    if (user == nullptr || !user->enabled) return refuse(Reason::account_disabled);
  }
  const auto shut_out = [&](Reason reason) {
    record_refusal(*room, join, reason, now.wall, now);
    refuse(reason);
  };
  if (join.chat && !room->talk.has_place()) return shut_out(Reason::conference_full);
  const auto door = room->conference->focus.enter(join, now.mono + conference_settings.lobby_patience, now);
  if (!door) {
    shut_out(door.reason());
  } else if (*door == Door::lobby) {
    answer(JoinAnswer::What::waiting, Reason::none);
  } else {
    seated(*room, join, now);
    if (join.chat) {
      const SeatName seat{join.edge, join.seat};
      TERTULIA_CHECK(take_chat(*room, seat, seat, now));
    }
    answer_joined(*room, join);
  }
  touch(*room, now);
}

/// The focus has let him in with this device.
void Immcu::State::seated(Room& room, const JoinConference& join, base::Now now) {
  begin_session(room, now);
  ConferenceRoom& side = *room.conference;
  Stay stay;
  stay.focus.id = record_ids.next(now.wall);
  stay.focus.conference = side.record.id;
  stay.focus.user = join.address;
  stay.focus.endpoint = join.endpoint;
  if (join.client) stay.focus.client_version = join.client->user_agent;
  stay.focus.role = role_code(side.focus.find(join.user)->role);
  stay.focus.join_time = now.wall;
  conferences->record(stay.focus);
  metrics.conference_entries.add();
  metrics.conference_seats.add(1);
  side.stays.insert_or_assign(SeatName{join.edge, join.seat}, std::move(stay));
}

void Immcu::State::adopt_chat(Room& room, Stay& stay, const SeatName& leg, std::size_t participant, base::Now now) {
  stay.participant = participant;
  stay.leg = leg;
  McuJoinRecord row;
  row.id = record_ids.next(now.wall);
  row.conference = stay.focus.conference;
  row.user = stay.focus.user;
  row.endpoint = stay.focus.endpoint;
  row.client_version = stay.focus.client_version;
  row.join_time = now.wall;
  conferences->record(row);
  stay.chat = std::move(row);
  room.conference->seat_of_leg[leg] = [&] {
    for (const auto& [seat, candidate] : room.conference->stays) {
      if (&candidate == &stay) return seat;
    }
    return leg;
  }();
}

/// A device takes part in the messages from now on.  False: no place.
bool Immcu::State::take_chat(Room& room, const SeatName& seat, const SeatName& leg, base::Now now) {
  ConferenceRoom& side = *room.conference;
  Stay& stay = side.stays.at(seat);
  const base::UserId user = *side.focus.user_of(seat);
  Participant person;
  person.user = user;
  person.way = Way::leg;
  person.edge = leg.edge;
  person.leg = leg.leg;
  person.party.user = stay.focus.user;
  person.party.endpoint = stay.focus.endpoint;
  const std::optional<std::size_t> place = room.talk.take_place(std::move(person));
  if (!place) return false;
  adopt_chat(room, stay, leg, *place, now);
  side.focus.set_chat(seat, true);
  drop_pages(room, user, now);  // one way to each device
  drop_older(room, user, seat, now);
  return true;
}

/// The device was in before: by the dialog of the conversation of two, by a connection whose loss is not known yet, or
/// before it signed out and in again.  A device is in once, else it would get everything twice.
void Immcu::State::drop_older(Room& room, base::UserId user, const SeatName& seat, base::Now now) {
  ConferenceRoom& side = *room.conference;
  const Seat& newest = *side.focus.find(seat);
  std::vector<SeatName> older;
  for (const Seat& one : side.focus.find(user)->seats) {
    if (one.name != seat && !one.pages && same_device(one, newest)) older.push_back(one.name);
  }
  for (const SeatName& name : older) {
    if (const auto left = side.focus.leave(name, false)) seat_gone(room, *left, Reason::answered_elsewhere, now);
  }
}

void Immcu::State::chat(const OpenChat& open, base::Now now) {
  const auto answer = [&](Reason reason, base::ConversationId id) {
    conferences->answer(open.edge, ChatAnswer{open.ticket, reason, id});
  };
  if (const Reason reason = component_refusal(); reason != Reason::none) return answer(reason, {});
  Room* room = find(open.key);
  if (room == nullptr) return answer(Reason::conference_unknown, {});
  ConferenceRoom& side = *room->conference;
  const SeatName seat{open.edge, open.seat};
  const auto stay = side.stays.find(seat);
  if (stay == side.stays.end() || side.focus.user_of(seat) != open.user) return answer(Reason::not_in_conference, {});
  if (stay->second.chat) {  // again, by a new dialog: the old one is not his any more
    end_leg(stay->second.leg, Reason::answered_elsewhere);
    close_chat(*room, stay->second, now);
  }
  if (!take_chat(*room, seat, {open.edge, open.leg}, now)) return answer(Reason::conference_full, {});
  answer(Reason::none, room->talk.id());
  touch(*room, now);
}

/// Its row is closed, and nothing new goes there.
void Immcu::State::close_chat(Room& room, Stay& stay, base::Now now) {
  if (!stay.chat) return;
  stay.chat->leave_time = now.wall;
  stay.chat->message_count = room.talk.said_by(stay.participant);
  conferences->record(*stay.chat);
  if (room.talk.is_speaking(stay.participant)) room.conference->late_rows[stay.participant] = *stay.chat;
  stay.chat.reset();
  room.conference->seat_of_leg.erase(stay.leg);
  ConversationOutlet out = outlet();
  room.talk.lose_leg(stay.participant, true, out);
}

void Immcu::State::count_late(Room& room) {
  std::map<std::size_t, McuJoinRecord>& rows = room.conference->late_rows;
  for (auto row = rows.begin(); row != rows.end();) {
    if (room.talk.is_speaking(row->first)) {
      ++row;
      continue;
    }
    const std::uint32_t count = room.talk.said_by(row->first);
    if (std::exchange(row->second.message_count, count) != count) conferences->record(row->second);
    row = rows.erase(row);
  }
}

void Immcu::State::end_leg(const SeatName& leg, Reason reason) {
  ports.end(leg.edge, EndLeg{leg.leg, leg.edge, reason});
}

/// A device has left the focus, by its own wish (none) or not.
void Immcu::State::seat_gone(Room& room, const Focus::Left& left, Reason reason, base::Now now) {
  ConferenceRoom& side = *room.conference;
  const auto found = side.stays.find(left.seat.name);
  TERTULIA_CHECK(found != side.stays.end());
  Stay& stay = found->second;
  const bool own_leg = stay.chat && stay.leg != left.seat.name;
  const bool had_chat = stay.chat.has_value();
  const SeatName leg = stay.leg;
  close_chat(room, stay, now);
  stay.focus.leave_time = now.wall;
  stay.focus.role = role_code(left.role);
  if (reason != Reason::none) stay.focus.diagnostic_id = base::id_of(reason);
  conferences->record(stay.focus);
  side.stays.erase(found);
  metrics.conference_seats.add(-1);
  if (!left.seat.pages) {
    // Whoever did not go by himself is told, before his dialogs end.
    if (own_leg || (had_chat && reason != Reason::none)) end_leg(leg, reason);
    if (reason != Reason::none && (own_leg || !had_chat)) {
      conferences->end(SeatEnded{left.seat.name.leg, left.seat.name.edge, reason});
    }
  }
  if (!left.last) return;
  // Whoever went by himself may watch by another device, which does not know.
  const Reason over = reason == Reason::none ? Reason::not_in_conference : reason;
  for (const Focus::Watcher& watcher : side.focus.take_watchers(left.user)) {
    conferences->tell(watcher.edge, RosterNews{watcher.watch, over, nullptr, nullptr});
  }
  if (side.focus.size() > 0) return;
  side.empty_since = now.wall;
  side.empty_until = now.mono + conference_settings.empty_patience;
}

void Immcu::State::drop_pages(Room& room, base::UserId user, base::Now now) {
  const Member* member = room.conference->focus.find(user);
  if (member == nullptr) return;
  const auto pages = std::find_if(member->seats.begin(), member->seats.end(), [](const Seat& s) { return s.pages; });
  if (pages == member->seats.end()) return;
  if (const auto left = room.conference->focus.leave(SeatName(pages->name), false)) {
    seat_gone(room, *left, Reason::none, now);
  }
}

void Immcu::State::leave(const LeaveConference& leave, base::Now now) {
  const auto answer = [&](Reason reason) {
    if (leave.ticket) conferences->answer(leave.edge, CommandAnswer{leave.ticket, reason});
  };
  Room* room = find(leave.key);
  if (room == nullptr) return answer(Reason::conference_unknown);
  Focus& focus = room->conference->focus;
  const SeatName seat{leave.edge, leave.seat};
  if (const auto waiter = focus.stop_waiting(seat)) {
    refuse_waiter(*room, *waiter, Reason::request_cancelled, now);
    answer(Reason::none);
  } else if (const auto left = focus.leave(seat, !leave.ticket)) {
    seat_gone(*room, *left, Reason::none, now);
    answer(Reason::none);
  } else {
    answer(Reason::not_in_conference);
  }
  touch(*room, now);
}

void Immcu::State::chat_gone(Room& room, std::size_t participant, bool goodbye, base::Now now) {
  for (const Room::Closer& closer : std::exchange(room.closers, {})) {
    ports.answer(closer.edge, CloseAnswer{closer.ticket, Reason::none});
  }
  ConferenceRoom& side = *room.conference;
  const Participant& person = room.talk.participants()[participant];
  const auto found = side.seat_of_leg.find({person.edge, person.leg});
  if (found == side.seat_of_leg.end() || person.left) return;
  const SeatName seat = found->second;
  const bool one_dialog = seat == found->first;
  if (!one_dialog) {
    close_chat(room, side.stays.at(seat), now);
    side.focus.set_chat(seat, false);
  } else if (const auto left = side.focus.leave(seat, !goodbye)) {
    seat_gone(room, *left, Reason::none, now);
  }
  touch(room, now);
}

/// Who does not take what is said is put out, with the reason: silence would look as if nothing were said.
void Immcu::State::end_overflowing(Room& room, base::Now now) {
  for (const std::size_t participant : room.talk.take_overflowing()) {
    const Participant& person = room.talk.participants()[participant];
    if (person.left || person.way != Way::leg) continue;
    end_leg({person.edge, person.leg}, Reason::too_many_messages_waiting);
    chat_gone(room, participant, false, now);
  }
}

void Immcu::State::enter_admitted(Room& room, const std::vector<Focus::Waiter>& admitted, base::Now now) {
  for (const Focus::Waiter& waiter : admitted) {
    const JoinConference& join = waiter.join;
    if (join.chat && !room.talk.has_place()) {
      refuse_waiter(room, waiter, Reason::conference_full, now);
      continue;
    }
    const auto door = room.conference->focus.enter(join, now.mono, now);
    if (!door || *door != Door::inside) {
      refuse_waiter(room, waiter, door ? Reason::lobby_timeout : door.reason(), now);
      continue;
    }
    seated(room, join, now);
    const SeatName seat{join.edge, join.seat};
    if (join.chat) TERTULIA_CHECK(take_chat(room, seat, seat, now));
    answer_joined(room, join);
  }
}

void Immcu::State::command(const ConferenceCommand& command, base::Now now) {
  const auto refuse = [&](Reason reason) { conferences->answer(command.edge, CommandAnswer{command.ticket, reason}); };
  Room* room = find(command.key);
  if (room == nullptr) return refuse(Reason::conference_unknown);
  Focus& focus = room->conference->focus;
  const Asker by = command.by ? focus.asker(command.by) : Asker{{}, true, std::nullopt};
  auto effect = focus.command(by, command.command);
  if (!effect) return refuse(effect.reason());
  for (const Focus::Left& left : effect->out) {
    seat_gone(*room, left, effect->over ? Reason::conference_ended : Reason::ejected, now);
  }
  for (const Focus::Waiter& waiter : effect->denied) {
    refuse_waiter(*room, waiter, effect->over ? Reason::conference_ended : Reason::lobby_refused, now);
  }
  const StoredAnswer answer{room->talk.id(), command.edge, CommandAnswer{command.ticket, Reason::none}};
  if (effect->over) return end_conference(*room, now, answer);
  enter_admitted(*room, effect->admitted, now);
  store_facts(*room, answer);
  touch(*room, now);
}

void Immcu::State::watch(const WatchConference& watch, base::Now now) {
  Room* room = find(watch.key);
  const auto over = [&](Reason reason) {
    conferences->tell(watch.edge, RosterNews{watch.watch, reason, nullptr, nullptr});
  };
  if (room == nullptr) {
    if (watch.on) over(Reason::conference_unknown);
    return;
  }
  Focus& focus = room->conference->focus;
  if (!watch.on) return focus.unwatch(watch.edge, watch.watch);
  touch(*room, now);  // what may be told is told first, so that the newcomer is in his own document
  const Focus::Watcher watcher{watch.edge, watch.watch, watch.user, false};
  auto news = watch.once ? focus.look(watcher) : focus.watch(watcher);
  if (!news) return over(news.reason());
  conferences->tell(watch.edge, *std::move(news));
}

}  // namespace tertulia::domain
