// SPDX-License-Identifier: Apache-2.0
// People of the world: they do everything that can be done with a conference.
#include <algorithm>

#include "domain/conversation/conference_world.h"

namespace tertulia::domain::bench {

namespace {

std::string address_in_world(base::UserId user) { return "u" + std::to_string(user.value) + "@example.com"; }

std::string seed_of(std::uint64_t number) {
  const std::string digits = std::to_string(number);
  return "SEED" + std::string(28 - digits.size(), '0') + digits;
}

}  // namespace

base::Ticket ConferenceWorld::next_ticket() {
  const base::Ticket ticket{++last_id_};
  truth_.asks(ticket);
  return ticket;
}

InstantMessagePtr ConferenceWorld::next_message(base::UserId from, base::Ticket ticket, bool text) {
  auto message = std::make_shared<InstantMessage>();
  message->id = {++last_id_};
  message->from = from;
  message->from_address = address_in_world(from);
  message->kind = text ? MessageKind::text : MessageKind::typing;
  message->content_type = "text/plain";
  message->content = "x";
  truth_.says(ticket, message->id.value, from, text);
  return message;
}

base::EndpointId ConferenceWorld::sign_in(base::UserId user, Dialect dialect) {
  Device device;
  device.id = {++last_id_};
  device.user = user;
  device.edge = any_edge();
  device.dialect = dialect;
  devices_[device.id] = device;
  return device.id;
}

// ---- single acts

base::ConversationId ConferenceWorld::talk(base::EndpointId from, base::EndpointId to) {
  const Device& caller = *find(from);
  const base::UserId callee = find(to)->user;
  const SeatName name{caller.edge, {++last_id_}};
  const base::Ticket ticket = next_ticket();
  opening_[ticket] = {name, callee};
  legs_[name] = Leg{name, from};
  OpenSession open;
  open.ticket = ticket;
  open.edge = caller.edge;
  open.leg = name.leg;
  open.from = caller.user;
  open.from_address = address_in_world(caller.user);
  open.endpoint = from;
  open.to = callee;
  ask(caller.edge, conversation_shard(caller.user, callee, shards_), open);
  if (!calm_) return {};
  settle();
  return leg(name).conversation;
}

bool ConferenceWorld::is_open(base::ConversationId conversation, base::EndpointId device) const {
  return std::any_of(legs_.begin(), legs_.end(), [&](const auto& one) {
    return one.second.conversation == conversation && one.second.device == device &&
           one.second.state == Leg::State::open;
  });
}

/// On the newest leg that this device has there.
void ConferenceWorld::say_in(base::ConversationId conversation, base::EndpointId device, bool text) {
  for (auto of = legs_.rbegin(); of != legs_.rend(); ++of) {
    const Leg& one = of->second;
    if (one.conversation != conversation || one.device != device || one.state != Leg::State::open) continue;
    const bool ending = std::any_of(one.inbound.begin(), one.inbound.end(), [](const Frame& f) { return f.end; });
    if (ending) continue;
    const base::Ticket ticket{++last_id_};
    const InstantMessagePtr message = next_message(find(device)->user, ticket, text);
    return ask(one.name.edge, one.mcu, PostSession{ticket, one.name.edge, conversation, one.name.leg, message});
  }
}

void ConferenceWorld::say_by_page(const ConferenceKey& key, base::UserId user) {
  const base::Ticket ticket{++last_id_};
  const InstantMessagePtr message = next_message(user, ticket, true);
  const base::ShardId edge = any_edge();
  ask(edge, shard_of(key), PostToConference{ticket, edge, key, {}, message});
}

void ConferenceWorld::add(base::ConversationId conversation, base::EndpointId by, base::UserId who) {
  const Device& device = *find(by);
  AddPerson add;
  add.ticket = next_ticket();
  add.edge = device.edge;
  add.conversation = conversation;
  add.by = device.user;
  add.by_address = address_in_world(device.user);
  add.who = who;
  add.seed = seed_of(++last_id_);
  add.subject = "grown";
  ask(device.edge, conversation_shard(conversation), add);
}

ConferenceKey ConferenceWorld::create(base::UserId organizer, base::EndpointId by) {
  CreateConference create;
  create.ticket = next_ticket();
  create.edge = find(by)->edge;
  create.key = {organizer, "MADE" + std::to_string(++last_id_)};
  create.subject = "made";
  if (!calm_) {
    create.lobby = random_.one_in(3);
    create.scheduled = random_.one_in(2);
    create.admission = static_cast<Admission>(random_.below(4));
    create.presenters = static_cast<PresenterPolicy>(random_.below(3));
    if (random_.one_in(4)) create.size_max = 3;
    if (random_.one_in(3)) create.invited = {anybody(), anybody()};
  }
  keys_.push_back(create.key);
  ask(create.edge, home_shard(organizer, shards_), create);
  return create.key;
}

void ConferenceWorld::join(base::EndpointId by, const ConferenceKey& key, bool chat) {
  const Device& device = *find(by);
  for (const auto& [name, place] : places_) {  // one seat for each device
    if (place.device == by && place.key == key && place.state != Place::State::over) return;
  }
  const SeatName name{device.edge, {++last_id_}};
  const base::Ticket ticket = next_ticket();
  joining_[ticket] = name;
  places_[name] = Place{name, by, key, Place::State::asking, chat};
  if (chat) legs_[name] = Leg{name, by, Leg::State::over};  // until he is in
  JoinConference join;
  join.ticket = ticket;
  join.edge = device.edge;
  join.key = key;
  join.seat = name.leg;
  join.user = device.user;
  join.address = address_in_world(device.user);
  join.kind = is_guest(device.user) ? PersonKind::guest : PersonKind::colleague;
  join.endpoint = by;
  join.chat = chat;
  ask(device.edge, shard_of(key), join);
}

void ConferenceWorld::escalate(base::ConversationId conversation, base::EndpointId by, const ConferenceKey& key) {
  const Device& device = *find(by);
  ask(device.edge, conversation_shard(conversation),
      Escalate{next_ticket(), device.edge, conversation, device.user, key});
}

void ConferenceWorld::send_command(const ConferenceKey& key, base::UserId by, conference::Command command) {
  ++commands_;
  const base::ShardId edge = any_edge();
  ask(edge, shard_of(key), ConferenceCommand{next_ticket(), edge, key, by, std::move(command)});
}

// ---- by chance

ConferenceWorld::Device* ConferenceWorld::any_device() {
  std::vector<Device*> living;
  for (auto& [id, device] : devices_) {
    if (device.alive) living.push_back(&device);
  }
  return living.empty() ? nullptr : living[static_cast<std::size_t>(random_.below(living.size()))];
}

ConferenceWorld::Leg* ConferenceWorld::any_open_leg() {
  std::vector<Leg*> open;
  for (auto& [name, of] : legs_) {
    if (of.state == Leg::State::open) open.push_back(&of);
  }
  return open.empty() ? nullptr : open[static_cast<std::size_t>(random_.below(open.size()))];
}

const ConferenceKey* ConferenceWorld::any_key() {
  if (keys_.empty()) return nullptr;
  const std::size_t newest = std::min<std::size_t>(keys_.size(), 3);
  return &keys_[keys_.size() - 1 - static_cast<std::size_t>(random_.below(newest))];
}

void ConferenceWorld::somebody_speaks() {
  const ConferenceKey* key = any_key();
  if (key != nullptr && random_.one_in(4)) {
    for (const auto& [seat_name, seat] : truth_.seats) {
      if (seat.pages && seat.key == *key && random_.one_in(2)) return say_by_page(*key, seat.user);
    }
  }
  const Leg* of = any_open_leg();
  if (of == nullptr) return;
  const std::uint64_t times = random_.one_in(12) ? 20 : 1 + random_.below(2);
  const base::ConversationId conversation = of->conversation;
  const base::EndpointId device = of->device;
  for (std::uint64_t i = 0; i < times; ++i) say_in(conversation, device, !random_.one_in(8));
}

void ConferenceWorld::somebody_adds() {
  const Leg* of = any_open_leg();
  if (of == nullptr) return;
  base::UserId who = anybody();
  if (is_guest(who)) who = {1};
  add(of->conversation, of->device, who);
}

void ConferenceWorld::somebody_creates() {
  const Device* device = any_device();
  if (device != nullptr && !is_guest(device->user) && keys_.size() < 6) create(device->user, device->id);
}

void ConferenceWorld::somebody_joins() {
  const Device* device = any_device();
  const ConferenceKey* key = any_key();
  if (device == nullptr || key == nullptr || device->dialect == Dialect::pages) return;
  join(device->id, ConferenceKey(*key), device->dialect == Dialect::in_place);
}

void ConferenceWorld::somebody_escalates() {
  for (const auto& [name, of] : legs_) {
    const ConferenceKey* key = any_key();
    if (key == nullptr || of.state != Leg::State::open || of.key || !random_.one_in(2)) continue;
    return escalate(of.conversation, of.device, ConferenceKey(*key));
  }
}

void ConferenceWorld::somebody_leaves() {
  if (random_.one_in(3)) {
    Leg* of = any_open_leg();
    if (of != nullptr) hang_up(*of, false);
    return;
  }
  for (auto& [name, place] : places_) {
    if (place.state != Place::State::over && random_.one_in(4)) return leave(place, false);
  }
}

conference::Command ConferenceWorld::any_command() {
  switch (random_.below(16)) {
    case 0:
    case 1:
      return conference::SetRole{anybody(), static_cast<ConferenceRole>(random_.below(3))};
    case 2:
    case 3:
      return conference::Eject{anybody()};
    case 4:
      return conference::SetLock{random_.one_in(2)};
    case 5:
      return conference::SetMute{random_.one_in(2)};
    case 6:
      return conference::SetSubject{std::to_string(++last_id_)};
    case 7:
      return conference::SetAdmission{static_cast<Admission>(random_.below(4)), random_.one_in(2)};
    case 8:
      return conference::SetPresenters{static_cast<PresenterPolicy>(random_.below(3))};
    case 9:
      return conference::SetSize{static_cast<std::uint32_t>(random_.below(12))};
    case 10:
      return conference::Admit{random_.one_in(3) ? base::UserId{} : anybody()};
    case 11:
      return conference::Deny{random_.one_in(3) ? base::UserId{} : anybody()};
    case 12:
    case 13:
      return conference::Invite{anybody(), !random_.one_in(3)};
    case 14:
      return conference::SetExpiry{{now_.wall.us + 3'600'000'000}};
    default:
      if (random_.one_in(3)) return conference::End{};
      return conference::SetLock{false};
  }
}

void ConferenceWorld::somebody_commands() {
  const ConferenceKey* key = any_key();
  if (key == nullptr) return;
  const base::UserId by = random_.one_in(8) ? base::UserId{} : random_.one_in(3) ? key->organizer : anybody();
  conference::Command command = any_command();
  if (random_.one_in(6)) command = conference::Eject{by};  // who has no dialog leaves like that
  send_command(ConferenceKey(*key), by, std::move(command));
}

}  // namespace tertulia::domain::bench
