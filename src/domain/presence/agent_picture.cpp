// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <tuple>

#include "domain/presence/agent_state.h"
#include "domain/presence/view_builder.h"

namespace tertulia::domain {
namespace {

using base::TimePoint;
using base::WallTime;

/// Idle times follow the monotonic clock; the combination speaks of wall times.  A moment of the one as it would be on
/// the other now, so that a jump of the wall clock makes nobody idle.
WallTime as_wall(TimePoint at, base::Now now) { return now.wall + (at - now.mono); }
TimePoint as_mono(WallTime at, base::Now now) { return now.mono + base::Duration{at.us - now.wall.us}; }

/// Whether the calendar entry counts more than the other: the busier one, then the one that began later.
bool counts_more(const CalendarInput& a, const CalendarInput& b) {
  const auto rank = [](const CalendarInput& entry) {
    const AvailabilityClass kind = class_of(entry.state.availability);
    if (kind == AvailabilityClass::do_not_disturb) return 3;
    if (kind == AvailabilityClass::busy || kind == AvailabilityClass::idle_busy) return 2;
    return kind == AvailabilityClass::away ? 1 : 0;
  };
  return std::pair(rank(a), a.from) > std::pair(rank(b), b.from);
}

/// Gathers the sources of one user and remembers how wall times that people see belong to those that were computed.
class Collector {
 public:
  Collector(const UserEntry& entry, const std::vector<EndpointRoute>& routes, base::Now now, Picture& picture)
      : entry_(entry), routes_(routes), now_(now), picture_(picture) {}

  void collect(const Policy& policy) {
    CombineInput& input = picture_.input;
    input.inactive_after = std::chrono::minutes{policy.inactive_after};
    input.away_after = std::chrono::minutes{policy.away_after};
    input.phone_presence = policy.phone_presence;
    input.calendar_presence = policy.calendar_presence;
    input.may_appear_offline = policy.appear_offline;
    input.phones = entry_.phones;
    for (const PublicationEntry& one : entry_.publications) {
      picture_.publications.push_back(&one.publication);
      if (const NoteValue* note = std::get_if<NoteValue>(&one.publication.value))
        look_at_edges(note->from, note->until);
      // What devices write for the workgroup (Container::interrupt) is kept for them only: the combination makes the
      // workgroup's state itself, and a device must not count twice.
      if (one.publication.key.container == Container::devices) take(one);
    }
    for (const Device& device : entry_.devices) {
      if (!spoken_for(device.endpoint)) add_device(device, nullptr);
    }
    choose_manual();
    if (calendar_ != nullptr && policy.calendar_presence) picture_.meeting = calendar_;
    std::sort(picture_.devices.begin(), picture_.devices.end(), [](const ReachableBy& a, const ReachableBy& b) {
      return std::tie(a.device_type, a.text, a.audio, a.video) < std::tie(b.device_type, b.text, b.audio, b.video);
    });
    picture_.devices.erase(std::unique(picture_.devices.begin(), picture_.devices.end()), picture_.devices.end());
  }

  /// Next wall time at which a note or a calendar entry begins or ends.
  std::optional<WallTime> edge() const { return edge_; }

  /// The wall times of the outcome as people saw them on the clock.
  void correct(Aggregate& aggregate) const {
    const WallTime computed = aggregate.idle_since.value_or(aggregate.since);
    for (const auto& [as_computed, as_seen] : seen_) {
      if (as_computed != computed) continue;
      const base::Duration off{as_seen.us - as_computed.us};
      const bool of_device = aggregate.rule == CombineRule::device || aggregate.rule == CombineRule::device_idle ||
                             aggregate.rule == CombineRule::device_away;
      if (aggregate.idle_since) aggregate.idle_since = as_seen;
      if (of_device) aggregate.since = aggregate.since + off;
      return;
    }
  }

 private:
  void look_at_edges(std::optional<WallTime> from, std::optional<WallTime> until) {
    for (const std::optional<WallTime>& at : {from, until}) {
      if (at && *at > now_.wall && (!edge_ || *at < *edge_)) edge_ = at;
    }
  }

  void take(const PublicationEntry& one) {
    const Publication& publication = one.publication;
    if (std::holds_alternative<DeviceState>(publication.value)) {
      if (is_outdone(one)) return;
      const Device* device = const_cast<UserEntry&>(entry_).device(publication.endpoint);
      add_device(device != nullptr ? *device : Device{{}, one.published, publication.since}, &one);
    } else if (const CalendarState* calendar = std::get_if<CalendarState>(&publication.value)) {
      look_at_edges(calendar->from, calendar->until);
      if (now_.wall < calendar->from || calendar->until <= now_.wall) return;
      const base::WallTime from = calendar->from == WallTime{} ? publication.since : calendar->from;
      CalendarInput entry{calendar->state, from, calendar->until, publication.version};
      if (calendar_ != nullptr && !counts_more(entry, *picture_.input.calendar)) return;
      calendar_ = calendar;
      picture_.input.calendar = std::move(entry);
    } else if (const EngagedState* engaged = std::get_if<EngagedState>(&publication.value)) {
      picture_.input.engagements.push_back(
          {engaged->state, publication.since, publication.endpoint, publication.version});
    } else if (std::holds_alternative<ManualState>(publication.value)) {
      manual_.push_back(&one);
    }
  }

  /// The same endpoint has said something else of itself since.  COMPAT(baresip 1.0): it publishes twice when it signs in
  /// and then changes and withdraws only one of the two.
  bool is_outdone(const PublicationEntry& one) const {
    const auto rank = [](const PublicationEntry& entry) {
      return std::tuple(entry.order, entry.publication.since, entry.publication.id);
    };
    if (!one.publication.endpoint) return false;
    return std::any_of(entry_.publications.begin(), entry_.publications.end(), [&](const PublicationEntry& other) {
      return other.publication.endpoint == one.publication.endpoint &&
             other.publication.key.container == Container::devices &&
             std::holds_alternative<DeviceState>(other.publication.value) && rank(other) > rank(one);
    });
  }

  bool spoken_for(base::EndpointId endpoint) const {
    return std::any_of(picture_.input.devices.begin(), picture_.input.devices.end(),
                       [&](const DeviceInput& device) { return device.endpoint == endpoint; });
  }

  void add_device(const Device& device, const PublicationEntry* entry) {
    DeviceInput input{device.endpoint, as_wall(device.used, now_), std::nullopt, 0};
    seen_.emplace_back(input.last_used, device.used_wall);
    ReachableBy by;
    if (entry != nullptr) {
      input.state = std::get<DeviceState>(entry->publication.value);
      input.version = entry->publication.version;
      by.device_type = input.state->type;
      input.state->idle_since.reset();
      if (entry->idle_wall) {
        const WallTime computed = as_wall(entry->idle, now_);
        seen_.emplace_back(computed, *entry->idle_wall);
        input.state->idle_since = computed;
      }
    }
    const bool closed = input.state && input.state->closed;
    const auto route = std::find_if(routes_.begin(), routes_.end(),
                                    [&](const EndpointRoute& one) { return one.endpoint == device.endpoint; });
    if (device.endpoint && route != routes_.end() && !closed) {
      by.text = route->capabilities.session_mode || route->capabilities.page_mode;
      by.audio = route->capabilities.audio;
      by.video = route->capabilities.video;
      picture_.devices.push_back(std::move(by));
    }
    picture_.input.devices.push_back(std::move(input));
  }

  /// The latest request decides: a reset ends what was picked before.  In one request a pick counts before a reset, and
  /// one that is bound in time before one that stays.
  void choose_manual() {
    const auto rank = [](const PublicationEntry* one) {
      const State& state = std::get<ManualState>(one->publication.value).state;
      return std::tuple(one->order, one->order == 0 ? one->publication.since : WallTime{},
                        class_of(state.availability) != AvailabilityClass::unset,
                        one->publication.expires == ExpireType::time, one->publication.id);
    };
    const auto latest = std::max_element(manual_.begin(), manual_.end(),
                                         [&](const auto* a, const auto* b) { return rank(a) < rank(b); });
    if (latest == manual_.end()) return;
    const Publication& publication = (*latest)->publication;
    const State& state = std::get<ManualState>(publication.value).state;
    if (class_of(state.availability) == AvailabilityClass::unset) return;
    picture_.input.manual = ManualInput{state, publication.since, publication.endpoint, publication.version};
  }

  const UserEntry& entry_;
  const std::vector<EndpointRoute>& routes_;
  const base::Now now_;
  Picture& picture_;
  std::vector<const PublicationEntry*> manual_;
  std::vector<std::pair<WallTime, WallTime>> seen_;  // computed, on the clock at that time
  const CalendarState* calendar_ = nullptr;
  std::optional<WallTime> edge_;
};

}  // namespace

Picture PresenceAgent::State::look(base::UserId id, const UserEntry* entry, const User& user) const {
  Picture picture;
  const UserEntry nothing;
  if (entry == nullptr) entry = &nothing;
  Collector collector(*entry, registrar.routes(id), now, picture);
  collector.collect(*user.policy);
  picture.aggregate = combine(picture.input, now.wall);
  Aggregate& aggregate = picture.aggregate;
  if (aggregate.again) picture.again = as_mono(*aggregate.again, now);
  collector.correct(aggregate);
  if (const std::optional<WallTime> edge = collector.edge()) {
    picture.again = std::min(picture.again, as_mono(*edge, now));
    picture.wall_edge = true;
  }
  if (!entry->shown) return picture;
  // A state began when people saw it begin, not when its source was last heard.
  if (aggregate.state == entry->shown->state) {
    aggregate.since = entry->shown->since;
  } else if (aggregate.rule == CombineRule::device) {
    aggregate.since = now.wall;
  }
  return picture;
}

PresenceView PresenceAgent::State::view_of(const Picture& picture, const User& user, Container level) const {
  return make_view({user, picture.aggregate, picture.publications, picture.devices, picture.meeting, now.wall}, level);
}

}  // namespace tertulia::domain
