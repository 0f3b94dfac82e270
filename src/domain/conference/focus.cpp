// SPDX-License-Identifier: Apache-2.0
// The door, and who is in.
#include "domain/conference/focus.h"

#include <algorithm>

namespace tertulia::domain {

using base::Reason;
using base::Result;
using Door = Focus::Door;

Focus::Focus(ConferenceFacts facts, std::string organizer_address, std::string organizer_name)
    : facts_(std::move(facts)),
      organizer_address_(std::move(organizer_address)),
      organizer_name_(std::move(organizer_name)) {
  for (const ConferencePerson& person : std::exchange(facts_.people, {})) people_.emplace(person.user, person);
  full_ = full();
}

const ConferencePerson* Focus::person(base::UserId user) const {
  const auto found = people_.find(user);
  return found == people_.end() ? nullptr : &found->second;
}

ConferenceRole Focus::role_at_entry(base::UserId user, PersonKind kind) const {
  if (user == facts_.key.organizer) return ConferenceRole::organizer;
  switch (facts_.presenters) {
    case PresenterPolicy::nobody:
      return ConferenceRole::attendee;
    case PresenterPolicy::organisation:
      return kind == PersonKind::colleague ? ConferenceRole::presenter : ConferenceRole::attendee;
    case PresenterPolicy::everyone:
      break;
  }
  return ConferenceRole::presenter;
}

Result<ConferencePerson*> Focus::person_or_new(base::UserId user, PersonKind kind) {
  const auto found = people_.find(user);
  if (found != people_.end()) return &found->second;
  if (people_.size() >= conference_limits::people_max) return Reason::conference_full;
  ConferencePerson fresh;
  fresh.user = user;
  fresh.role = role_at_entry(user, kind);
  return &people_.emplace(user, fresh).first->second;
}

/// What the door would say of a stranger anyway need not be remembered.
void Focus::forget_if_nothing(base::UserId user, PersonKind kind) {
  const ConferencePerson* known = person(user);
  if (known == nullptr || known->invited || known->let_in || known->ejected) return;
  if (known->role == role_at_entry(user, kind)) people_.erase(user);
}

Result<Door> Focus::judge(base::UserId user, PersonKind kind) const {
  if (members_.contains(user)) return Door::inside;
  const ConferencePerson* known = person(user);
  if (known != nullptr && known->ejected && !known->let_in) return Reason::ejected;
  bool inside = user == facts_.key.organizer || (known != nullptr && known->let_in);
  Reason refusal = Reason::none;
  if (!inside && facts_.locked) {
    refusal = Reason::conference_locked;
  } else if (!inside) {
    const bool colleague = kind == PersonKind::colleague;
    switch (facts_.admission) {
      case Admission::everyone:
        inside = true;
        break;
      case Admission::organisation:
        inside = colleague;
        break;
      case Admission::invited:
        inside = colleague && known != nullptr && known->invited;
        break;
      case Admission::organizer:
        break;
    }
    refusal = facts_.admission == Admission::organizer ? Reason::conference_locked : Reason::not_invited;
  }
  if (!inside) {
    if (facts_.lobby) return Door::lobby;
    return refusal;
  }
  if (members_.size() >= facts_.size_max) return Reason::conference_full;
  return Door::inside;
}

Result<Door> Focus::take_seat(const JoinConference& join, bool pages) {
  const SeatName name{join.edge, join.seat};
  if (seats_.contains(name)) return Reason::dialog_unknown;  // only a mistake of the edge
  const Result<ConferencePerson*> known = person_or_new(join.user, join.kind);
  if (!known) return known.error();
  Member& member = members_[join.user];
  if (member.seats.size() >= conference_limits::seats_per_member_max) return Reason::too_many_endpoints;
  if (member.seats.empty()) {
    member.user = join.user;
    member.address = join.address;
    member.name = join.name;
    member.kind = join.kind;
    // The list is of the organisation, and what it says of somebody is for a colleague.
    if (join.kind == PersonKind::guest) (*known)->role = role_at_entry(join.user, join.kind);
    member.role = (*known)->role;
    (*known)->let_in = true;
    (*known)->ejected = false;
    facts_changed_ = true;
  }
  Seat seat;
  seat.name = name;
  seat.endpoint = join.endpoint;
  seat.connection = join.connection;
  seat.entity = join.entity;
  seat.client = join.client;
  seat.chat = join.chat || pages;
  seat.pages = pages;
  member.seats.push_back(std::move(seat));
  seats_.emplace(name, join.user);
  mark(join.user);
  return Door::inside;
}

Result<Door> Focus::enter(const JoinConference& join, base::TimePoint until, base::Now now) {
  Result<Door> door = judge(join.user, join.kind);
  if (!door) return door;
  if (*door == Door::inside) return take_seat(join, false);
  if (lobby_.size() >= conference_limits::lobby_max) return Reason::lobby_full;
  lobby_.push_back({join, until, now.wall});
  lobby_changed_ = true;
  return Door::lobby;
}

Result<Door> Focus::enter_by_pages(const JoinConference& join) {
  Result<Door> door = judge(join.user, join.kind);
  if (!door) return door;
  if (*door == Door::lobby) return facts_.locked ? Reason::conference_locked : Reason::not_invited;
  return take_seat(join, true);
}

Result<void> Focus::let_in(base::UserId who, PersonKind kind, const Asker& by) {
  if (const Reason refusal = may_add(by, facts_); refusal != Reason::none) return refusal;
  if (members_.contains(who)) return {};
  if (members_.size() >= facts_.size_max) return Reason::conference_full;
  const bool opens_doors = by.administrator || *by.role >= ConferenceRole::presenter;
  if (!opens_doors) {
    Result<Door> door = judge(who, kind);
    return door ? Result<void>{} : Result<void>{door.error()};
  }
  const Result<ConferencePerson*> known = person_or_new(who, kind);
  if (!known) return known.error();
  (*known)->let_in = true;  // also whom somebody has put out; that is forgotten when he comes
  facts_changed_ = true;
  return {};
}

void Focus::take_back(base::UserId who, PersonKind kind) {
  const auto found = people_.find(who);
  if (found == people_.end() || members_.contains(who)) return;
  found->second.let_in = false;
  facts_changed_ = true;
  forget_if_nothing(who, kind);
}

std::optional<Focus::Left> Focus::leave(const SeatName& name, bool lost) {
  const auto found = seats_.find(name);
  if (found == seats_.end()) return std::nullopt;
  const base::UserId user = found->second;
  seats_.erase(found);
  Member& member = members_.at(user);
  const auto seat = std::find_if(member.seats.begin(), member.seats.end(),
                                 [&](const Seat& candidate) { return candidate.name == name; });
  Left left{user, std::move(*seat), false, member.role};
  member.seats.erase(seat);
  mark(user);
  if (!member.seats.empty()) return left;
  left.last = true;
  const PersonKind kind = member.kind;
  members_.erase(user);
  people_.at(user).let_in = lost;
  facts_changed_ = true;
  forget_if_nothing(user, kind);
  return left;
}

std::vector<Focus::Left> Focus::remove(base::UserId user) {
  std::vector<Left> gone;
  while (const Member* member = find(user)) gone.push_back(*leave(SeatName(member->seats.back().name), false));
  return gone;
}

void Focus::set_chat(const SeatName& name, bool chat) {
  const auto found = seats_.find(name);
  if (found == seats_.end()) return;
  for (Seat& seat : members_.at(found->second).seats) {
    if (seat.name != name || seat.chat == chat) continue;
    seat.chat = chat;
    mark(found->second);
  }
}

// ---- the lobby

std::optional<Focus::Waiter> Focus::stop_waiting(const SeatName& seat) {
  const auto found = std::find_if(lobby_.begin(), lobby_.end(), [&](const Waiter& waiter) {
    return waiter.join.edge == seat.edge && waiter.join.seat == seat.leg;
  });
  if (found == lobby_.end()) return std::nullopt;
  Waiter waiter = std::move(*found);
  lobby_.erase(found);
  lobby_changed_ = true;
  return waiter;
}

std::vector<Focus::Waiter> Focus::expire(base::TimePoint now) {
  std::vector<Waiter> late;
  // In the order of arrival, and all have the same patience: but settings may have changed meanwhile.
  const auto split =
      std::stable_partition(lobby_.begin(), lobby_.end(), [&](const Waiter& w) { return w.until > now; });
  std::move(split, lobby_.end(), std::back_inserter(late));
  lobby_.erase(split, lobby_.end());
  lobby_changed_ = lobby_changed_ || !late.empty();
  return late;
}

std::optional<base::TimePoint> Focus::lobby_deadline() const {
  const auto first = std::min_element(lobby_.begin(), lobby_.end(),
                                      [](const Waiter& a, const Waiter& b) { return a.until < b.until; });
  if (first == lobby_.end()) return std::nullopt;
  return first->until;
}

// ---- who is in

const Member* Focus::find(base::UserId user) const {
  const auto found = members_.find(user);
  return found == members_.end() ? nullptr : &found->second;
}

std::optional<base::UserId> Focus::user_of(const SeatName& seat) const {
  const auto found = seats_.find(seat);
  if (found == seats_.end()) return std::nullopt;
  return found->second;
}

bool Focus::only_pages() const {
  const auto by_pages = [](const Seat& seat) { return seat.pages; };
  return !members_.empty() && std::all_of(members_.begin(), members_.end(), [&](const auto& one) {
    return std::all_of(one.second.seats.begin(), one.second.seats.end(), by_pages);
  });
}

const Seat* Focus::find(const SeatName& name) const {
  const auto found = seats_.find(name);
  if (found == seats_.end()) return nullptr;
  for (const Seat& seat : members_.at(found->second).seats) {
    if (seat.name == name) return &seat;
  }
  return nullptr;
}

Asker Focus::asker(base::UserId user) const {
  Asker asker{user, false, std::nullopt};
  if (const Member* member = find(user)) {
    asker.role = member->role;
  } else if (user == facts_.key.organizer) {
    asker.role = ConferenceRole::organizer;  // his conference is his, also from outside
  }
  return asker;
}

// ---- what survives

void Focus::begin_session(base::RecordId record, base::WallTime started, base::ConversationId conversation) {
  facts_.record = record;
  facts_.started = started;
  facts_.conversation = conversation;
  facts_changed_ = true;
}

void Focus::end_session() {
  facts_.record = {};
  facts_.started = {};
  facts_.conversation = {};
  facts_.replaces = {};
  facts_.correlation_id.clear();
  for (auto person = people_.begin(); person != people_.end();) {
    const base::UserId user = person->first;
    person->second.let_in = false;  // of that session
    ++person;
    forget_if_nothing(user, PersonKind::colleague);
  }
  facts_changed_ = true;
}

void Focus::succeed(base::ConversationId conversation, base::RecordId replaces, const std::string& correlation_id) {
  facts_.conversation = conversation;
  facts_.replaces = replaces;
  facts_.correlation_id = correlation_id;
  facts_changed_ = true;
}

ConferenceFacts Focus::take_facts() {
  facts_changed_ = false;
  ConferenceFacts facts = facts_;
  facts.people.reserve(people_.size());
  for (const auto& [user, person] : people_) facts.people.push_back(person);
  return facts;
}

}  // namespace tertulia::domain
