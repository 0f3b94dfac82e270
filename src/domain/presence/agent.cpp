// SPDX-License-Identifier: Apache-2.0
#include "domain/presence/agent.h"

#include <algorithm>
#include <utility>

#include "domain/presence/agent_state.h"

namespace tertulia::domain {

using base::Reason;
using base::TimePoint;

Device* UserEntry::device(base::EndpointId endpoint) {
  const auto at = std::find_if(devices.begin(), devices.end(), [&](const Device& d) { return d.endpoint == endpoint; });
  return at == devices.end() ? nullptr : &*at;
}
const PublicationEntry* UserEntry::find(const PublicationKey& key) const {
  const auto at = std::find_if(publications.begin(), publications.end(),
                               [&](const PublicationEntry& one) { return one.publication.key == key; });
  return at == publications.end() ? nullptr : &*at;
}
PublicationEntry* UserEntry::find(const PublicationKey& key) {
  return const_cast<PublicationEntry*>(std::as_const(*this).find(key));
}
const Slot* UserEntry::slot(Container level) const {
  const auto at = std::find_if(slots.begin(), slots.end(), [&](const Slot& one) { return one.level == level; });
  return at == slots.end() ? nullptr : &*at;
}
Slot* UserEntry::slot(Container level) { return const_cast<Slot*>(std::as_const(*this).slot(level)); }

PresenceAgent::State::State(const PresenceSettings& given, base::ShardId shard, const Registrar& all_endpoints,
                            PresencePorts& all_ports, std::uint64_t boot_seconds)
    : settings(given),
      registrar(all_endpoints),
      ports(all_ports),
      ids(shard, boot_seconds),
      versions(boot_seconds << 20) {}  // room for a million views in each second of the former run

void PresenceAgent::State::begin(base::Now event) {
  now = event;
  budget = news_per_turn_max;
  check_clock();
}

void PresenceAgent::State::end() {
  deliver();
  std::vector<std::pair<base::ShardId, PresenceNews>> told = std::exchange(batch, {});
  for (auto& [edge, news] : told) ports.news(edge, std::move(news));
}

/// The wall clock may be set: who waits for a wall time is looked at again.
void PresenceAgent::State::check_clock() {
  const base::Duration offset{now.wall.us - now.mono.us};
  clock_checked = now.mono;
  if (clock_offset && std::chrono::abs(offset - *clock_offset) < clock_jump_min) return;
  const bool jumped = clock_offset.has_value();
  clock_offset = offset;
  if (!jumped || wall_edges == 0) return;
  for (auto& [user, entry] : users) {
    if (!entry.wall_edge) continue;
    mark(entry);
    set_wake(user, entry, std::min(entry.wake, now.mono));
  }
}

UserEntry* PresenceAgent::State::find(base::UserId user) {
  const auto at = users.find(user);
  return at == users.end() ? nullptr : &at->second;
}
const UserEntry* PresenceAgent::State::find(base::UserId user) const {
  const auto at = users.find(user);
  return at == users.end() ? nullptr : &at->second;
}

void PresenceAgent::State::mark(UserEntry& entry) {
  if (entry.dirty) metrics.coalesced.add();
  touch(entry);
}

void PresenceAgent::State::touch(UserEntry& entry) {
  entry.dirty = !entry.watches.empty();
  touch_self(entry);
}

void PresenceAgent::State::set_wake(base::UserId user, UserEntry& entry, TimePoint at) {
  if (entry.wake == at) return;
  if (entry.wake == TimePoint::never()) {
    wakes.emplace(at, user);
  } else {
    auto node = wakes.extract({entry.wake, user});
    if (at != TimePoint::never()) {
      node.value() = {at, user};
      wakes.insert(std::move(node));
    }
  }
  entry.wake = at;
}

void PresenceAgent::State::set_wall_edge(UserEntry& entry, bool waits) {
  if (entry.wall_edge == waits) return;
  entry.wall_edge = waits;
  waits ? ++wall_edges : --wall_edges;
}

void PresenceAgent::State::settle(base::UserId id, const Directory* directory) {
  UserEntry* entry = find(id);
  if (entry == nullptr) return;
  if (const User* user = directory == nullptr ? nullptr : directory->find(id)) {
    const TimePoint sent_by = now.mono + -settings.news_interval;
    if (entry->dirty && entry->last_news <= sent_by) refresh(id, *entry, *user);
    if (entry->list_dirty && entry->last_list <= sent_by) send_list(*entry);
    if (entry->self_dirty && entry->last_self <= sent_by) tell_self(id, *entry, *user);
  }
  TimePoint wake = TimePoint::never();
  const auto wait = [&](bool dirty, TimePoint last) {
    if (dirty) wake = std::min(wake, std::max(now.mono, last + settings.news_interval));
  };
  wait(entry->dirty, entry->last_news);
  wait(entry->list_dirty, entry->last_list);
  wait(entry->self_dirty, entry->last_self);
  if (entry->observed()) wake = std::min(wake, entry->again);
  for (const PublicationEntry& one : entry->publications) wake = std::min(wake, one.ends);
  for (const PublishedDocument& one : entry->documents) wake = std::min(wake, one.ends);
  set_wake(id, *entry, wake);
  if (entry->empty()) users.erase(id);
  metrics.users.set(static_cast<std::int64_t>(users.size()));
  metrics.watches.set(static_cast<std::int64_t>(watch_total));
}

/// The user is gone from the directory: so is everything about him.
void PresenceAgent::State::end_user(base::UserId id) {
  UserEntry* entry = find(id);
  if (entry == nullptr) return;
  for (const Watch& one : entry->watches) tell(one.edge, {one.watch, nullptr, Reason::user_does_not_exist});
  for (const ListWatch& one : entry->list_watches)
    ports.news(one.edge, WatcherNews{one.watch, nullptr, Reason::user_does_not_exist});
  for (const SelfWatch& one : entry->self_watches)
    ports.news(one.edge, SelfNews{one.watch, nullptr, Reason::user_does_not_exist});
  if (entry->waiting) {
    for (const Task& task : *entry->waiting) refuse(task, Reason::user_does_not_exist);
  }
  watch_total -= entry->watches.size();
  publication_total -= entry->publications.size();
  set_wall_edge(*entry, false);
  set_wake(id, *entry, TimePoint::never());
  users.erase(id);
  settle(id, nullptr);
}

void PresenceAgent::State::use_device(UserEntry& entry, base::EndpointId endpoint) {
  Device* device = entry.device(endpoint);
  if (device == nullptr) return;
  device->used = now.mono;
  device->used_wall = now.wall;
  // Whoever is seen as used anyway stays so; his next idle time is found when the present one has come.
  if (entry.shown && entry.shown->idle_since) mark(entry);
}

PresenceAgent::PresenceAgent(const PresenceSettings& settings, base::ShardId shard, const Registrar& registrar,
                             PresencePorts& ports, std::uint64_t boot_seconds)
    : state_(std::make_unique<State>(settings, shard, registrar, ports, boot_seconds)) {}
PresenceAgent::~PresenceAgent() = default;

void PresenceAgent::set_settings(const PresenceSettings& settings) { state_->settings = settings; }

void PresenceAgent::on_active(const UserActive& active, const Directory& directory, base::Now now) {
  state_->begin(now);
  if (UserEntry* entry = state_->find(active.user)) {
    state_->use_device(*entry, active.endpoint);
    if (entry->dirty || entry->self_dirty) state_->settle(active.user, &directory);
  }
  state_->end();
}

void PresenceAgent::on_phone(const PhoneState& phone, const Directory& directory, base::Now now) {
  state_->begin(now);
  UserEntry* entry = state_->find(phone.user);
  if (entry == nullptr && phone.up && directory.find(phone.user) != nullptr) entry = &state_->open(phone.user);
  if (entry != nullptr) {
    std::vector<PhoneInput>& phones = entry->phones;
    const auto at =
        std::find_if(phones.begin(), phones.end(), [&](const PhoneInput& p) { return p.call == phone.call; });
    if (at != phones.end()) {
      state_->use_device(*entry, at->endpoint);
      if (phone.up) {
        at->activity = phone.activity;
        at->endpoint = phone.endpoint;
      } else {
        phones.erase(at);
      }
    } else if (phone.up && phones.size() < calls_per_user_max) {
      phones.push_back({phone.call, phone.endpoint, phone.activity, now.wall});
    }
    if (phone.up) state_->use_device(*entry, phone.endpoint);
    state_->mark(*entry);
    state_->settle(phone.user, &directory);
  }
  state_->end();
}

void PresenceAgent::on_endpoint_added(base::UserId user, const EndpointRoute& route, const Directory& directory,
                                      base::Now now) {
  state_->begin(now);
  if (directory.find(user) != nullptr) {
    UserEntry& entry = state_->open(user);
    if (entry.device(route.endpoint) == nullptr) entry.devices.push_back({route.endpoint, now.mono, now.wall});
    state_->mark(entry);  // one that moved may have other capabilities
    state_->settle(user, &directory);
  }
  state_->end();
}

void PresenceAgent::on_endpoint_removed(base::UserId user, base::EndpointId endpoint, const Directory& directory,
                                        base::Now now) {
  state_->begin(now);
  if (UserEntry* entry = state_->find(user)) {
    state_->endpoint_gone(*entry, endpoint);
    state_->mark(*entry);
    state_->settle(user, &directory);
  }
  state_->end();
}

void PresenceAgent::on_directory_changed(const Directory& before, const Directory& directory, base::Now now) {
  state_->begin(now);
  std::vector<base::UserId> ids;
  if (before.domains() == directory.domains()) {
    ids = directory.changed_since(before);
  } else {  // who is of the same enterprise is another question now
    for (const auto& [id, entry] : state_->users) ids.push_back(id);
  }
  for (const base::UserId id : ids) {
    UserEntry* entry = state_->find(id);
    if (entry == nullptr) continue;
    const User* user = directory.find(id);
    if (user == nullptr) {
      state_->end_user(id);
      continue;
    }
    state_->mark(*entry);
    state_->relevel(id, *entry, *user, directory);
    state_->settle(id, &directory);
  }
  state_->end();
}

void PresenceAgent::on_contacts_changed(base::UserId id, const Directory& directory, base::Now now) {
  state_->begin(now);
  UserEntry* entry = state_->find(id);
  const User* user = directory.find(id);
  if (entry != nullptr && user != nullptr) {
    state_->touch_self(*entry);  // whom he has on his list, he knows
    if (user->policy->contacts_only_presence) state_->relevel(id, *entry, *user, directory);
    state_->settle(id, &directory);
  }
  state_->end();
}

void PresenceAgent::on_deadline(const Directory& directory, base::Now now) {
  State& state = *state_;
  state.begin(now);
  for (std::size_t turn = 0; turn < wakes_per_turn_max && !state.wakes.empty(); ++turn) {
    const auto [at, id] = *state.wakes.begin();
    if (at > now.mono) break;
    if (directory.find(id) == nullptr) {  // his own watch came when he was gone already
      state.end_user(id);
      continue;
    }
    UserEntry& entry = *state.find(id);
    state.expire(entry);
    if (entry.again <= now.mono) {
      entry.again = TimePoint::never();
      state.mark(entry);
    }
    state.settle(id, &directory);
  }
  state.end();
}

std::optional<TimePoint> PresenceAgent::deadline() const {
  const State& state = *state_;
  if (!state.queue.empty()) return state.now.mono;
  TimePoint first = state.wakes.empty() ? TimePoint::never() : state.wakes.begin()->first;
  if (state.wall_edges > 0) first = std::min(first, state.clock_checked + clock_check_interval);
  if (first == TimePoint::never()) return std::nullopt;
  return first;
}

const PresenceMetrics& PresenceAgent::metrics() const { return state_->metrics; }
std::size_t PresenceAgent::watch_count() const { return state_->watch_total; }
std::size_t PresenceAgent::publication_count() const { return state_->publication_total; }
std::size_t PresenceAgent::user_count() const { return state_->users.size(); }

}  // namespace tertulia::domain
