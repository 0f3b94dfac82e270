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
                    std::uint64_t boot_seconds)
    : settings(settings_at_start),
      shard(own_shard),
      ports(ports_of_shard),
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
  return *rooms.emplace(id, std::make_unique<Room>(std::move(room))).first->second;
}

void Immcu::State::erase(Room& room) {
  disarm(room);
  const base::ConversationId id = room.talk.id();
  const std::vector<Participant>& people = room.talk.participants();
  if (const auto pair = pairs.find(pair_key(people[0].user, people[1].user)); pair != pairs.end()) {
    std::erase(pair->second, id);
    if (pair->second.empty()) pairs.erase(pair);
  }
  if (room.invitation) inviters.erase(room.invitation->open().leg);
  rooms.erase(id);
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

Immcu::Immcu(const ImmcuSettings& settings, base::ShardId shard, ImmcuPorts& ports, std::uint64_t boot_seconds)
    : state_(std::make_unique<State>(settings, shard, ports, boot_seconds)) {}
Immcu::~Immcu() = default;

void Immcu::set_settings(const ImmcuSettings& settings) {
  state_->settings = settings;
  for (auto& [id, room] : state_->rooms) {  // a shorter patience counts at once
    if (room->life == Room::Life::open && room->talk.mode() == SessionMode::page) {
      state_->arm(*room, room->talk.last_active() + settings.page_idle_max);
    }
  }
}

void Immcu::set_running(bool running) { state_->running = running; }
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

std::vector<ConversationInfo> Immcu::conversations(std::size_t limit) const {
  std::vector<ConversationInfo> list;
  for (const auto& [id, room] : state_->rooms) {
    if (list.size() >= limit) break;
    if (room->life == Room::Life::recording) continue;
    ConversationInfo info{id, room->talk.mode(), {}, room->talk.texts(), room->talk.record().invite_time};
    for (const Participant& person : room->talk.participants()) info.participants.push_back(person.party.user);
    list.push_back(std::move(info));
  }
  return list;
}

}  // namespace tertulia::domain
