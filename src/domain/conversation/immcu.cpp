// SPDX-License-Identifier: Apache-2.0
#include "domain/conversation/immcu.h"

#include <algorithm>

#include "base/check.h"
#include "domain/conversation/immcu_state.h"
#include "domain/conversation/limits.h"

namespace tertulia::domain {
namespace {

/// The edges of this shard number their legs from the same kind of source; our bit keeps the two apart.
constexpr std::uint16_t legs_of_the_immcu = 0x8000;

}  // namespace

std::uint64_t pair_key(base::UserId a, base::UserId b) {
  return static_cast<std::uint64_t>(std::min(a.value, b.value)) << 32U | std::max(a.value, b.value);
}

Participant participant_of(base::UserId user, const Directory& directory) {
  Participant participant;
  participant.user = user;
  if (const User* person = directory.find(user)) participant.party.user = person->address.text();
  return participant;
}

base::ShardId conversation_shard(base::UserId a, base::UserId b, std::uint16_t shard_count) {
  return {static_cast<std::uint16_t>(base::mix(pair_key(a, b)) % std::max<std::uint16_t>(shard_count, 1))};
}
base::ShardId conversation_shard(base::ConversationId id) { return base::IdSource::shard_of(id.value); }
base::ShardId home_shard(base::UserId user, std::uint16_t shard_count) {
  return {static_cast<std::uint16_t>(base::mix(user.value) % std::max<std::uint16_t>(shard_count, 1))};
}

Immcu::State::State(const ImmcuSettings& settings_at_start, base::ShardId own_shard, ImmcuPorts& ports_of_shard,
                    std::uint64_t boot_seconds, ConferencePorts* conference_ports)
    : settings(settings_at_start),
      shard(own_shard),
      ports(ports_of_shard),
      conferences(conference_ports),
      conversation_ids(own_shard, boot_seconds),
      leg_ids(base::ShardId{static_cast<std::uint16_t>(own_shard.value | legs_of_the_immcu)}, boot_seconds),
      record_ids(own_shard) {}

Room* Immcu::State::find(base::ConversationId id) {
  const auto found = rooms.find(id);
  return found == rooms.end() ? nullptr : found->second.get();
}

bool Immcu::State::has_space(base::UserId a, base::UserId b) const {
  if (rooms.size() >= conversation_limits::conversations_max) return false;
  const auto pair = pairs.find(pair_key(a, b));
  return pair == pairs.end() || pair->second.size() < conversation_limits::conversations_per_pair_max;
}

Room& Immcu::State::insert(Room room) {
  const base::ConversationId id = room.talk.id();
  const std::vector<Participant>& people = room.talk.participants();
  TERTULIA_CHECK(people.size() >= 2);
  pairs[pair_key(people[0].user, people[1].user)].push_back(id);
  if (room.invitation) inviters.emplace(room.invitation->open().leg, id);
  Room& inserted = *rooms.emplace(id, std::make_unique<Room>(std::move(room))).first->second;
  count_rooms();
  return inserted;
}

void Immcu::State::count_rooms() {
  metrics.conversations.set(static_cast<std::int64_t>(rooms.size()));
  metrics.conferences.set(static_cast<std::int64_t>(conference_keys.size()));
}

void Immcu::State::erase(Room& room) {
  disarm(room);
  const base::ConversationId id = room.talk.id();
  const std::vector<Participant>& people = room.talk.participants();
  if (!room.conference) {
    if (const auto pair = pairs.find(pair_key(people[0].user, people[1].user)); pair != pairs.end()) {
      std::erase(pair->second, id);
      if (pair->second.empty()) pairs.erase(pair);
    }
  }
  if (room.invitation) inviters.erase(room.invitation->open().leg);
  inviters.erase(room.met);
  rooms.erase(id);
  count_rooms();
}

void Immcu::State::arm(Room& room, base::TimePoint when) {
  disarm(room);
  room.armed = when;
  deadlines.emplace(when, room.talk.id());
}

void Immcu::State::disarm(Room& room) {
  if (!room.armed) return;
  deadlines.erase({*room.armed, room.talk.id()});
  room.armed.reset();
}

Immcu::Immcu(const ImmcuSettings& settings, base::ShardId shard, ImmcuPorts& ports, std::uint64_t boot_seconds,
             ConferencePorts* conferences)
    : state_(std::make_unique<State>(settings, shard, ports, boot_seconds, conferences)) {}
Immcu::~Immcu() = default;

void Immcu::set_settings(const ImmcuSettings& settings) {
  state_->settings = settings;
  for (auto& [id, room] : state_->rooms) {  // a shorter patience counts at once
    if (!room->conference && room->life == Room::Life::open && room->talk.mode() == SessionMode::page) {
      state_->arm(*room, room->talk.last_active() + settings.page_idle_max);
    }
  }
}

void Immcu::set_conference_settings(const ConferenceSettings& settings) { state_->conference_settings = settings; }
void Immcu::restore(const std::vector<ConferenceFacts>& conferences, const Directory& directory, base::Now now) {
  state_->restore(conferences, directory, now);
}

void Immcu::set_running(bool running, base::Now now) {
  state_->running = running;
  if (!running) state_->refuse_invitations(base::Reason::immcu_stopped, now);
}
bool Immcu::running() const { return state_->running && !state_->stopped; }

void Immcu::on_post(const PostPage& post, const Directory& directory, base::Now now) {
  state_->post(post, directory, now);
}
void Immcu::on_post(const PostSession& post, const Directory& directory, base::Now now) {
  state_->post(post, directory, now);
}
void Immcu::on_open(const OpenSession& open, const Directory& directory, base::Now now) {
  state_->open(open, directory, now);
}
void Immcu::on_cancel(const CancelOpen& cancel, base::Now now) { state_->cancel(cancel, now); }
void Immcu::on_close(const CloseLeg& close, base::Now now) { state_->close(close, now); }
void Immcu::on_leg(const LegAnswer& answer, base::Now now) { state_->leg(answer, now); }
void Immcu::on_delivered(const DeliverAnswer& answer, base::Now now) { state_->delivered(answer, now); }
void Immcu::on_inbox(const InboxAnswer& answer, base::Now now) { state_->delivered(answer, now); }
void Immcu::on_found(const EndpointsFound& found, const Directory& directory, base::Now now) {
  state_->found(found, directory, now);
}
void Immcu::on_reach_changed(const ReachChanged& changed, const Directory& directory, base::Now now) {
  state_->reach_changed(changed, directory, now);
}
void Immcu::on_recorded(base::Ticket ticket, base::Result<void> result, base::Now) { state_->recorded(ticket, result); }

void Immcu::on_create(const CreateConference& create, const Directory& directory, base::Now now) {
  state_->create(create, directory, now);
}
void Immcu::on_join(const JoinConference& join, const Directory& directory, base::Now now) {
  state_->join(join, directory, now);
}
void Immcu::on_leave(const LeaveConference& leave, base::Now now) { state_->leave(leave, now); }
void Immcu::on_chat(const OpenChat& open, base::Now now) { state_->chat(open, now); }
void Immcu::on_add(const AddPerson& add, const Directory& directory, base::Now now) {
  state_->add(add, directory, now);
}
void Immcu::on_escalate(const Escalate& escalate, base::Now) { state_->escalate(escalate); }
void Immcu::on_succession(const Succession& succession, base::Now now) { state_->succeed(succession, now); }
void Immcu::on_command(const ConferenceCommand& command, base::Now now) { state_->command(command, now); }
void Immcu::on_watch(const WatchConference& watch, base::Now now) { state_->watch(watch, now); }
void Immcu::on_post(const PostToConference& post, const Directory& directory, base::Now now) {
  state_->post(post, directory, now);
}
void Immcu::on_conference_stored(base::Ticket ticket, base::Result<void> result, base::Now now) {
  state_->stored(ticket, result, now);
}

void Immcu::on_deadline(base::Now now) { state_->deadline(now); }
std::optional<base::TimePoint> Immcu::deadline() const {
  if (state_->deadlines.empty()) return std::nullopt;
  return state_->deadlines.begin()->first;
}
void Immcu::stop(base::Now now) { state_->stop(now); }

std::size_t Immcu::conversation_count() const {
  return static_cast<std::size_t>(std::count_if(state_->rooms.begin(), state_->rooms.end(), [](const auto& entry) {
    return entry.second->life != Room::Life::recording;
  }));
}

std::size_t Immcu::open_questions() const {
  return state_->deliveries.size() + state_->recordings.size() + state_->stored_answers.size();
}

namespace {

/// As in the records: a conference goes on under the identity of the two people that it grew out of.
base::ConversationId identity_of(const Room& room) {
  const base::ConversationId taken_over =
      room.conference ? room.conference->focus.facts().conversation : base::ConversationId{};
  return taken_over ? taken_over : room.talk.id();
}

ConversationInfo info_of(const Room& room) {
  ConversationInfo info{room.talk.id(), room.talk.mode(), {}, room.talk.texts(), room.talk.record().invite_time};
  for (const Participant& person : room.talk.participants())
    if (!room.conference || !person.left) info.participants.push_back(person.party.user);
  if (room.conference) {
    info.id = identity_of(room);
    info.conference = room.conference->focus.key();
    info.started = room.conference->record.start_time;
  }
  return info;
}

ConferenceInfo info_of(const Room& room, const Focus& focus) {
  return {focus.facts(), static_cast<std::uint32_t>(focus.size()), static_cast<std::uint32_t>(focus.lobby().size()),
          room.talk.texts(), identity_of(room)};
}

}  // namespace

std::vector<ConversationInfo> Immcu::conversations(std::size_t limit) const {
  std::vector<ConversationInfo> list;
  for (const auto& [id, room] : state_->rooms) {
    if (list.size() >= limit) break;
    const bool sleeps = room->conference && room->conference->focus.size() == 0;
    if (room->life != Room::Life::recording && !sleeps) list.push_back(info_of(*room));
  }
  return list;
}

std::optional<ConversationInfo> Immcu::conversation(base::ConversationId id) const {
  for (const auto& [key, room_id] : state_->conference_keys) {
    const Room* conference = state_->find(room_id);
    if (identity_of(*conference) == id) return info_of(*conference);
  }
  const Room* room = state_->find(id);
  if (room == nullptr || room->life == Room::Life::recording) return std::nullopt;
  return info_of(*room);
}

const ImmcuMetrics& Immcu::metrics() const { return state_->metrics; }

std::size_t Immcu::conference_count() const { return state_->conference_keys.size(); }

std::optional<ConferenceInfo> Immcu::conference(const ConferenceKey& key) const {
  const Room* room = state_->find(key);
  if (room == nullptr) return std::nullopt;
  const Focus& focus = room->conference->focus;
  ConferenceInfo info = info_of(*room, focus);
  for (const auto& [user, member] : focus.members()) {
    RosterMember& shown = info.roster.emplace_back();
    shown.user = user;
    shown.address = member.address;
    shown.name = member.name;
    shown.role = member.role;
    for (const Seat& seat : member.seats) shown.seats.push_back({seat.entity, seat.endpoint, seat.chat, seat.pages});
  }
  for (const Focus::Waiter& waiter : focus.lobby())
    info.lobby.push_back({waiter.join.user, waiter.join.address, waiter.join.name, waiter.since});
  return info;
}

std::vector<ConferenceInfo> Immcu::conferences(std::size_t limit) const {
  std::vector<ConferenceInfo> list;
  for (const auto& [key, id] : state_->conference_keys) {
    if (list.size() >= limit) break;
    const Room& room = *state_->find(id);
    list.push_back(info_of(room, room.conference->focus));
  }
  return list;
}

}  // namespace tertulia::domain
