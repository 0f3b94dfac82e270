// SPDX-License-Identifier: Apache-2.0
// Conferences begin, grow out of two people, survive a restart, and end.
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "domain/conversation/immcu_state.h"
#include "domain/conversation/limits.h"

namespace tertulia::domain {

using base::Reason;
using Life = Room::Life;
using Way = Participant::Way;

namespace {

/// How soon facts that the store did not take are offered again.
constexpr base::Duration store_rest = std::chrono::seconds{5};

}  // namespace

Room* Immcu::State::find(const ConferenceKey& key) {
  const auto found = conference_keys.find(key);
  return found == conference_keys.end() ? nullptr : find(found->second);
}

Room& Immcu::State::open_conference(ConferenceFacts facts, base::ConversationId id, const Directory& directory) {
  const User* organizer = directory.find(facts.key.organizer);
  const std::string address = organizer == nullptr ? std::string() : organizer->address.text();
  const std::string name = organizer == nullptr ? std::string() : organizer->display_name;
  Room* room = find(id);
  if (room == nullptr) {
    SessionRecord record;
    record.mode = SessionMode::session;
    Room fresh{Conversation(id, std::move(record))};
    ConversationOutlet out = outlet();
    fresh.talk.become_conference(out, {});
    room = rooms.emplace(id, std::make_unique<Room>(std::move(fresh))).first->second.get();
  }
  conference_keys.emplace(facts.key, id);
  count_rooms();
  room->conference = std::make_unique<ConferenceRoom>(Focus(std::move(facts), address, name), address);
  room->talk.describe(room->conference->focus.description());
  return *room;
}

void Immcu::State::create(const CreateConference& create, const Directory& directory, base::Now now) {
  const auto refuse = [&](Reason reason) {
    if (reason != Reason::conference_exists) conferences->list({create.key, true});
    conferences->answer(create.edge, CreateAnswer{create.ticket, reason, create.key});
  };
  if (const Reason reason = component_refusal(); reason != Reason::none) return refuse(reason);
  const User* organizer = directory.find(create.key.organizer);
  if (organizer == nullptr || !organizer->enabled) return refuse(Reason::account_disabled);
  if (create.expires.us != 0 && create.expires <= now.wall) return refuse(Reason::setting_out_of_bounds);
  if (find(create.key) != nullptr) return refuse(Reason::conference_exists);
  if (conference_keys.size() >= conference_limits::conferences_max ||
      rooms.size() >= conversation_limits::conversations_max) {
    return refuse(Reason::too_many_conferences);
  }
  const std::uint32_t size = create.size_max == 0 ? conference_limits::size_default : create.size_max;
  if (size > conference_limits::size_max || create.subject.size() > conference_limits::subject_bytes_max ||
      create.invited.size() >= conference_limits::people_max) {
    return refuse(Reason::setting_out_of_bounds);
  }
  ConferenceFacts facts;
  facts.key = create.key;
  facts.subject = create.subject;
  facts.admission = create.admission;
  facts.presenters = create.presenters;
  facts.lobby = create.lobby;
  facts.scheduled = create.scheduled;
  facts.size_max = size;
  facts.created = now.wall;
  facts.expires = create.expires;
  Room& room = open_conference(std::move(facts), conversation_ids.next<base::ConversationId>(), directory);
  for (const base::UserId user : create.invited) {
    const auto invited = room.conference->focus.command({{}, true, {}}, conference::Invite{user, true});
    TERTULIA_CHECK(invited);  // there is room for everybody, see above
  }
  room.conference->empty_since = now.wall;
  room.conference->empty_until = now.mono + conference_settings.empty_patience;
  store_facts(room, StoredAnswer{room.talk.id(), create.edge, CreateAnswer{create.ticket, Reason::none, create.key}});
  touch(room, now);
}

void Immcu::State::restore(const std::vector<ConferenceFacts>& all, const Directory& directory, base::Now now) {
  for (const ConferenceFacts& facts : all) {
    if (find(facts.key) != nullptr) continue;
    Room& room = open_conference(facts, conversation_ids.next<base::ConversationId>(), directory);
    ConferenceRoom& side = *room.conference;
    if (facts.record) {  // it was running: the same row goes on
      side.record = {facts.record, facts.conversation, side.organizer_address, facts.key.id, facts.started,
                     {},           facts.replaces,     facts.correlation_id};
    }
    side.empty_since = now.wall;
    side.empty_until = now.mono + conference_settings.empty_patience;
    conferences->list({facts.key, false});
    touch(room, now);
  }
}

/// Two people become a conference where they are.  The one who wants it is its organizer.
Reason Immcu::State::grow(Room& room, const AddPerson& add, const Directory& directory, base::Now now) {
  if (conference_keys.size() >= conference_limits::conferences_max) return Reason::too_many_conferences;
  const auto key = conference_key_on(add.by, add.seed, shard, conference_settings.shard_count);
  if (!key) return key.reason();
  if (find(*key) != nullptr) return Reason::conference_exists;
  ConferenceFacts facts;
  facts.key = *key;
  facts.subject = add.subject;
  facts.created = now.wall;
  const SessionRecord before = room.talk.record();
  const bool recorded_before = room.talk.recorded();
  disarm(room);
  room.life = Life::open;
  if (const auto pair = pairs.find(pair_key(room.talk.participants()[0].user, room.talk.participants()[1].user));
      pair != pairs.end()) {
    std::erase(pair->second, room.talk.id());
    if (pair->second.empty()) pairs.erase(pair);
  }
  ConversationOutlet out = outlet();
  room.talk.become_conference(out, now);
  open_conference(std::move(facts), room.talk.id(), directory);
  ConferenceRoom& side = *room.conference;
  side.focus.succeed(room.talk.id(), recorded_before ? before.id : base::RecordId{}, before.correlation_id);
  for (std::size_t i = 0; i < room.talk.participants().size(); ++i) {
    const Participant& person = room.talk.participants()[i];
    if (person.left) continue;
    const bool pages = person.way != Way::leg;
    JoinConference join;
    join.key = *key;
    join.edge = pages ? shard : person.edge;
    join.seat = pages ? leg_ids.next<base::LegId>() : person.leg;
    join.user = person.user;
    join.address = person.party.user;
    if (const User* user = directory.find(person.user)) join.name = user->display_name;
    join.endpoint = person.party.endpoint;
    if (!pages) join.connection = person.connection;
    join.client = std::make_shared<ClientInfo>(ClientInfo{person.party.client_version, "", ""});
    join.chat = true;
    const auto door = pages ? side.focus.enter_by_pages(join) : side.focus.enter(join, now.mono, now);
    TERTULIA_CHECK(door);  // nothing is locked or full yet
    const SeatName seat{join.edge, join.seat};
    seated(room, join, now);
    adopt_chat(room, side.stays.at(seat), seat, i, now);
    if (!pages) conferences->grown({join.seat, join.edge, side.focus.description()});
  }
  conferences->list({*key, false});
  metrics.conferences_grown.add();
  return Reason::none;
}

void Immcu::State::escalate(const Escalate& escalate) {
  Room* room = find(escalate.conversation);
  const auto refuse = [&](Reason reason) {
    conferences->answer(escalate.edge, CommandAnswer{escalate.ticket, reason});
  };
  if (room == nullptr || room->conference || room->life == Life::inviting) return refuse(Reason::dialog_unknown);
  const std::vector<Participant>& people = room->talk.participants();
  if (people[0].user != escalate.by && people[1].user != escalate.by) return refuse(Reason::dialog_unknown);
  const base::UserId other = people[0].user == escalate.by ? people[1].user : people[0].user;
  const SessionRecord record = room->talk.record();
  conferences->succeed({escalate.ticket, escalate.edge, escalate.key, escalate.by, other, record.conversation,
                        room->talk.recorded() ? record.id : base::RecordId{}, record.correlation_id});
}

void Immcu::State::succeed(const Succession& succession, base::Now now) {
  Room* room = find(succession.key);
  const auto refuse = [&](Reason reason) {
    conferences->answer(succession.edge, CommandAnswer{succession.ticket, reason});
  };
  if (room == nullptr) return refuse(Reason::conference_unknown);
  Focus& focus = room->conference->focus;
  if (focus.find(succession.by) == nullptr) return refuse(Reason::not_in_conference);
  // One story has one beginning: the first conversation that goes on here gives its identity, another one does not.
  const bool again = focus.facts().conversation == succession.conversation;
  const bool has_beginning = focus.facts().replaces || focus.facts().conversation != room->talk.id();
  if (!again && has_beginning) return refuse(Reason::conference_exists);
  if (const auto let = focus.let_in(succession.other, PersonKind::colleague, focus.asker(succession.by)); !let) {
    return refuse(let.reason());
  }
  focus.succeed(succession.conversation, succession.record, succession.correlation_id);
  ConferenceRecord& record = room->conference->record;
  record.conversation = succession.conversation;
  record.replaces = succession.record;
  record.correlation_id = succession.correlation_id;
  conferences->record(record);
  store_facts(*room, StoredAnswer{room->talk.id(), succession.edge, CommandAnswer{succession.ticket}});
  touch(*room, now);
}

void Immcu::State::begin_session(Room& room, base::Now now) {
  ConferenceRoom& side = *room.conference;
  side.empty_until.reset();
  if (side.record.id) return;
  side.refusals = {};
  const ConferenceFacts& facts = side.focus.facts();
  const base::ConversationId identity = facts.conversation ? facts.conversation : room.talk.id();
  side.record = {
      record_ids.next(now.wall), identity, side.organizer_address, facts.key.id, now.wall, {}, facts.replaces,
      facts.correlation_id};
  side.focus.begin_session(side.record.id, now.wall, identity);
  metrics.conferences_begun.add();
  conferences->record(side.record);
}

/// Everybody is out.
void Immcu::State::end_session(Room& room, Reason why, base::Now now) {
  ConferenceRoom& side = *room.conference;
  if (!side.record.id) return;
  side.record.end_time = side.focus.size() == 0 && side.empty_until ? side.empty_since : now.wall;
  if (why != Reason::none) side.record.diagnostic_id = base::id_of(why);
  conferences->record(side.record);
  side.record = {};
  side.focus.end_session();
}

/// It is no more: who is in has been put out before.
void Immcu::State::end_conference(Room& room, base::Now now, std::optional<StoredAnswer> answer) {
  ConferenceRoom& side = *room.conference;
  while (!side.additions.empty()) conclude_addition(room, 0, Reason::conference_ended, 0, now);
  for (const Focus::Waiter& waiter : side.focus.expire(base::TimePoint::never())) {
    refuse_waiter(room, waiter, Reason::conference_ended, now);  // nobody came who could let him in
  }
  for (const Focus::Watcher& watcher : side.focus.take_all_watchers()) {
    conferences->tell(watcher.edge, RosterNews{watcher.watch, Reason::conference_ended, nullptr, nullptr});
  }
  ConversationOutlet out = outlet();
  room.talk.refuse_all(Reason::conference_ended, out);
  count_late(room);
  end_session(room, Reason::none, now);
  const base::Ticket ticket{++last_stored};
  if (answer) {
    answer->room = {};
    stored_answers.emplace(ticket, *std::move(answer));
  }
  const ConferenceKey key = side.focus.key();
  conferences->forget(ticket, key);
  conferences->list({key, true});
  conference_keys.erase(key);
  erase(room);
}

/// Orderly stop: the conference goes on after the restart, for those who come back.
void Immcu::State::stop_conference(Room& room, base::Now now) {
  ConferenceRoom& side = *room.conference;
  while (!side.additions.empty()) conclude_addition(room, 0, Reason::server_stopping, 0, now);
  for (const Focus::Waiter& waiter : side.focus.expire(base::TimePoint::never())) {
    refuse_waiter(room, waiter, Reason::server_stopping, now);
  }
  ConversationOutlet out = outlet();
  room.talk.refuse_all(Reason::server_stopping, out);
  count_late(room);
  store_facts(room, std::nullopt);  // with everybody in it
  while (!side.stays.empty()) {
    const auto left = side.focus.leave(SeatName(side.stays.begin()->first), true);
    TERTULIA_CHECK(left);
    seat_gone(room, *left, Reason::server_stopping, now);
  }
  conference_keys.erase(side.focus.key());
  erase(room);
}

void Immcu::State::store_facts(Room& room, std::optional<StoredAnswer> answer) {
  const base::Ticket ticket{++last_stored};
  // Failures come back too, so that they are tried again.
  stored_answers.emplace(ticket, answer ? *std::move(answer) : StoredAnswer{room.talk.id(), {}, CommandAnswer{}});
  room.conference->store_failed = false;
  conferences->store(ticket, room.conference->focus.take_facts());
}

void Immcu::State::stored(base::Ticket ticket, const base::Result<void>& result, base::Now now) {
  const auto found = stored_answers.find(ticket);
  if (found == stored_answers.end()) return;
  StoredAnswer stored = std::move(found->second);
  stored_answers.erase(found);
  Room* room = find(stored.room);
  auto* created = std::get_if<CreateAnswer>(&stored.answer);
  if (!result) {
    std::visit([&](auto& answer) { answer.reason = result.reason(); }, stored.answer);
    if (room != nullptr && created != nullptr && room->conference->focus.size() == 0) {
      conferences->answer(stored.edge, *created);  // it never was
      return end_conference(*room, now, std::nullopt);
    }
    if (room != nullptr && room->conference) {
      room->conference->store_failed = true;
      room->conference->news_at = std::max(room->conference->news_at, now.mono + store_rest);
      touch(*room, now);
    }
  }
  if (created != nullptr) return conferences->answer(stored.edge, *created);
  const CommandAnswer& done = std::get<CommandAnswer>(stored.answer);
  if (done.ticket) conferences->answer(stored.edge, done);
}

void Immcu::State::touch(Room& room, base::Now now) {
  ConferenceRoom& side = *room.conference;
  const auto pending = [&] { return side.focus.has_news() || side.focus.facts_changed() || side.store_failed; };
  if (pending() && now.mono >= side.news_at) {
    for (auto& [edge, news] : side.focus.take_news()) conferences->tell(edge, std::move(news));
    room.talk.describe(side.focus.description());
    for (auto& [seat, stay] : side.stays) {
      if (const auto user = side.focus.user_of(seat)) stay.focus.role = role_code(side.focus.find(*user)->role);
    }
    if (side.focus.facts_changed() || side.store_failed) store_facts(room, std::nullopt);
    side.news_at = now.mono + conference_settings.news_interval;
  }
  if (!side.focus.only_pages()) {
    side.pages_since.reset();
  } else if (!side.pages_since) {
    side.pages_since = now.mono;
  }
  base::TimePoint next = base::TimePoint::never();
  if (pending()) next = side.news_at;
  if (const auto lobby = side.focus.lobby_deadline()) next = std::min(next, *lobby);
  for (const Addition& addition : side.additions) next = std::min(next, addition.invitation.deadline());
  if (side.empty_until) next = std::min(next, *side.empty_until);
  if (side.pages_since) next = std::min(next, pages_idle_at(room));
  if (next == base::TimePoint::never()) return disarm(room);
  arm(room, next);
}

base::TimePoint Immcu::State::pages_idle_at(const Room& room) const {
  return std::max(*room.conference->pages_since, room.talk.last_active()) + settings.page_idle_max;
}

void Immcu::State::conference_deadline(Room& room, base::Now now) {
  ConferenceRoom& side = *room.conference;
  for (const Focus::Waiter& waiter : side.focus.expire(now.mono))
    refuse_waiter(room, waiter, Reason::lobby_timeout, now);
  for (std::size_t i = side.additions.size(); i-- > 0;) {
    if (side.additions[i].invitation.deadline() <= now.mono) {
      conclude_addition(room, i, Reason::recipient_silent, base::status_of(Reason::recipient_silent), now);
    }
  }
  if (side.pages_since && side.focus.only_pages() && pages_idle_at(room) <= now.mono) {
    while (side.focus.size() > 0) drop_pages(room, side.focus.members().begin()->first, now);
  }
  if (side.empty_until && *side.empty_until <= now.mono) {
    const ConferenceFacts& facts = side.focus.facts();
    const bool sleeps =
        (facts.scheduled || facts.expires.us != 0) && (facts.expires.us == 0 || now.wall < facts.expires);
    if (!sleeps) return end_conference(room, now, std::nullopt);
    end_session(room, Reason::none, now);
    // A sleeping one is looked at when it expires; one without an end sleeps until somebody comes.
    side.empty_until.reset();
    if (facts.expires.us != 0) side.empty_until = now.mono + base::Duration{facts.expires.us - now.wall.us};
  }
  touch(room, now);
}

}  // namespace tertulia::domain
