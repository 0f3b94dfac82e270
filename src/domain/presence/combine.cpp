// SPDX-License-Identifier: Apache-2.0
#include "domain/presence/combine.h"

#include <algorithm>
#include <utility>

namespace tertulia::domain {
namespace {

using Class = AvailabilityClass;

/// How far a device is from being used, most active first.
enum class Use : std::uint8_t { in_use, inactive, be_right_back, away };

struct DeviceUse {
  const DeviceInput* device = nullptr;
  Use use = Use::in_use;
  bool told = false;                   ///< the device itself says so, not the time
  bool by_hand = false;                ///< somebody has picked it: no idleness
  base::WallTime last;                 ///< last use
  std::optional<base::WallTime> next;  ///< when it will be further away
};

Class class_told(const DeviceInput& device) {
  return device.state ? class_of(device.state->state.availability) : Class::unset;
}

bool takes_part(const DeviceInput& device) {
  return !(device.state && device.state->closed) && class_told(device) != Class::offline;
}

bool holds_the_person(const EngagedInput& engaged) {
  const Class kind = class_of(engaged.state.availability);
  return kind == Class::busy || kind == Class::idle_busy || kind == Class::do_not_disturb;
}

/// What somebody does with others now; the one that counts more comes first.
struct Engagement {
  int rank = 0;
  base::WallTime since;
  State state;
  base::EndpointId endpoint;
  std::uint32_t version = 0;
};
/// A presentation, then a conference, then a call of two; the first one that began.
bool counts_more(const Engagement& a, const Engagement& b) {
  return std::pair(a.rank, a.since) < std::pair(b.rank, b.since);
}
int rank_of(const State& state) {
  if (class_of(state.availability) == Class::do_not_disturb) return 0;
  return state.activity == Activity::in_a_conference ? 1 : 2;
}

bool is_busy(const State& state) {
  const Class kind = class_of(state.availability);
  return kind == Class::busy || kind == Class::idle_busy;
}

bool is_call(Activity activity) { return activity == Activity::on_the_phone || activity == Activity::in_a_conference; }

/// By the clock: idle for how long.
void set_by_time(const CombineInput& input, base::WallTime now, DeviceUse& use) {
  if (input.inactive_after == base::Duration{}) return;
  const base::WallTime inactive = use.last + input.inactive_after;
  if (use.use == Use::in_use && now < inactive) {
    use.next = inactive;
    return;
  }
  use.use = Use::inactive;
  if (input.away_after == base::Duration{}) return;
  const base::WallTime away = inactive + input.away_after;
  if (now < away) {
    use.next = away;
  } else {
    use.use = Use::away;
  }
}

DeviceUse use_of(const CombineInput& input, const DeviceInput& device, base::WallTime now) {
  DeviceUse use;
  use.device = &device;
  use.last = device.last_used;
  const bool told = device.state && device.state->activity_told;
  const std::optional<base::WallTime> idle_since = device.state ? device.state->idle_since : std::nullopt;
  const bool used_again = idle_since && device.last_used > *idle_since;
  if (idle_since) use.last = std::max(use.last, *idle_since);
  const Class availability = class_told(device);
  if (availability == Class::be_right_back) {
    use.use = Use::be_right_back;
    use.told = use.by_hand = true;
  } else if (availability == Class::away && !used_again) {
    use.use = Use::away;
    use.told = true;
    use.by_hand = !told;
  } else if (availability == Class::idle_online && !used_again) {
    use.use = Use::inactive;
    use.told = true;
    set_by_time(input, now, use);
  } else if (!told || idle_since) {
    set_by_time(input, now, use);
  }
  return use;
}

/// The more active one; among equals the one that stays longer.
bool more_active(const DeviceUse& a, const DeviceUse& b) {
  if (a.use != b.use) return a.use < b.use;
  if (a.next.has_value() != b.next.has_value()) return !a.next;
  if (a.next && *a.next != *b.next) return *a.next > *b.next;
  return a.last > b.last;
}

class Combination {
 public:
  Combination(const CombineInput& input, base::WallTime now) : input_(input), now_(now) {}

  Aggregate make() {
    look_at_devices();
    if (input_.devices.empty()) {
      decide({availability_offline, Activity::none, {}}, now_, CombineRule::no_endpoint);
    } else if (!by_manual() && !by_device(Class::do_not_disturb) && !by_call() && !by_meeting() &&
               !by_device(Class::busy) && !by_absence()) {
      by_use();
    }
    add_absence_mark();
    add_engagement_mark();
    out_.blocks_interruptions = class_of(out_.state.availability) == Class::do_not_disturb;
    out_.interrupt_state = out_.state;
    if (out_.blocks_interruptions)
      out_.interrupt_state = {availability_urgent_only, Activity::urgent_interruptions_only, {}};
    if (input_.calendar && input_.calendar_presence && rule_knows_time()) {
      if (now_ < input_.calendar->from) {
        look_again(input_.calendar->from);
      } else if (now_ < input_.calendar->until) {
        look_again(input_.calendar->until);
      }
    }
    return std::move(out_);
  }

 private:
  bool rule_knows_time() const { return out_.rule != CombineRule::no_endpoint; }
  void look_again(base::WallTime at) {
    if (!out_.again || at < *out_.again) out_.again = at;
  }
  void decide(State state, base::WallTime since, CombineRule rule, base::EndpointId endpoint = {},
              std::uint32_t version = 0) {
    out_.state = std::move(state);
    out_.since = since;
    out_.rule = rule;
    out_.endpoint = endpoint;
    out_.source_version = version;
  }
  void look_at_devices() {
    for (const DeviceInput& device : input_.devices) {
      if (!takes_part(device)) continue;
      const DeviceUse use = use_of(input_, device, now_);
      if (!best_ || more_active(use, *best_)) best_ = use;
    }
  }
  bool calendar_holds() const {
    return input_.calendar && input_.calendar_presence && input_.calendar->from <= now_ &&
           now_ < input_.calendar->until;
  }
  /// Busy while nobody uses a device: Busy-Idle (rule 5).
  void add_idleness() {
    const Class shown = class_of(out_.state.availability);
    if ((shown != Class::busy && shown != Class::idle_busy) || !best_ || best_->by_hand) return;
    if (best_->use == Use::in_use) {
      if (best_->next) look_again(*best_->next);
      return;
    }
    out_.state.availability = availability_idle_busy;
    out_.idle_since = best_->last;
  }

  bool by_manual() {
    if (!input_.manual || class_of(input_.manual->state.availability) == Class::unset) return false;
    const ManualInput& manual = *input_.manual;
    if (class_of(manual.state.availability) == Class::offline && !input_.may_appear_offline) return false;
    decide(manual.state, manual.since, CombineRule::manual, manual.endpoint, manual.version);
    if (!on_a_call()) add_idleness();
    return true;
  }
  bool on_a_call() const {
    return input_.phone_presence && (!input_.phones.empty() || std::any_of(input_.engagements.begin(),
                                                                           input_.engagements.end(), holds_the_person));
  }

  /// A device that says busy or do not disturb speaks for the whole person, whatever the other devices say.
  bool by_device(Class wanted) {
    const DeviceInput* found = nullptr;
    for (const DeviceInput& device : input_.devices) {
      if (!takes_part(device)) continue;
      Class told = class_told(device);
      if (told == Class::idle_busy) told = Class::busy;
      if (told != wanted || (is_call(device.state->state.activity) && !input_.phone_presence)) continue;
      if (found == nullptr || device.last_used > found->last_used) found = &device;
    }
    if (found == nullptr) return false;
    decide(found->state->state, found->last_used, CombineRule::device, found->endpoint, found->version);
    if (wanted == Class::busy) add_idleness();
    return true;
  }

  /// The one that counts most.
  std::optional<Engagement> engagement() const {
    std::optional<Engagement> found;
    const auto consider = [&](Engagement one) {
      if (!found || counts_more(one, *found)) found = std::move(one);
    };
    for (const PhoneInput& phone : input_.phones) {
      State state{availability_busy, phone.activity, {}};
      const int rank = rank_of(state);
      consider({rank, phone.since, std::move(state), phone.endpoint, 0});
    }
    for (const EngagedInput& one : input_.engagements) {
      if (holds_the_person(one)) consider({rank_of(one.state), one.since, one.state, one.endpoint, one.version});
    }
    return found;
  }

  /// Whether the server knows of it or a device tells.  Who talks is not idle.
  bool by_call() {
    if (!input_.phone_presence) return false;
    if (std::optional<Engagement> found = engagement()) {
      decide(std::move(found->state), found->since, CombineRule::call, found->endpoint, found->version);
      return true;
    }
    for (const DeviceInput& device : input_.devices) {
      if (!takes_part(device) || class_told(device) != Class::busy || !is_call(device.state->state.activity)) continue;
      decide(device.state->state, device.last_used, CombineRule::call, device.endpoint, device.version);
      return true;
    }
    return false;
  }

  /// Nobody reads a calendar when no device takes part: then it does not count.
  bool by_meeting() {
    if (!calendar_holds() || !best_) return false;
    const Class entry = class_of(input_.calendar->state.availability);
    if (entry != Class::busy && entry != Class::idle_busy && entry != Class::do_not_disturb) return false;
    decide(input_.calendar->state, input_.calendar->from, CombineRule::meeting, {}, input_.calendar->version);
    add_idleness();
    return true;
  }
  bool by_absence() {
    if (!calendar_holds() || !best_ || class_of(input_.calendar->state.availability) != Class::away) return false;
    decide(input_.calendar->state, input_.calendar->from, CombineRule::out_of_office, {}, input_.calendar->version);
    return true;
  }
  /// Out of office is a mark beside the colour that was picked by hand.
  void add_absence_mark() {
    if (out_.rule != CombineRule::manual || out_.state.activity != Activity::none || !calendar_holds()) return;
    if (input_.calendar->state.activity != Activity::out_of_office) return;
    const Class shown = class_of(out_.state.availability);
    if (shown == Class::online || shown == Class::away) out_.state.activity = Activity::out_of_office;
  }

  /// Who is busy by hand may say nothing of what he does: then a call, else a meeting tells it, as long as it is as busy.
  void add_engagement_mark() {
    if (out_.rule != CombineRule::manual || out_.state.activity != Activity::none || !is_busy(out_.state)) return;
    const std::optional<Engagement> call = input_.phone_presence ? engagement() : std::nullopt;
    if (call && is_busy(call->state)) {
      out_.state.activity = call->state.activity;
      out_.state.activity_texts = call->state.activity_texts;
    }
    if (out_.state.activity != Activity::none || !calendar_holds() || !best_) return;
    if (!is_busy(input_.calendar->state)) return;
    out_.state.activity = input_.calendar->state.activity;
    out_.state.activity_texts = input_.calendar->state.activity_texts;
  }

  void by_use() {
    if (!best_) {
      decide({availability_offline, Activity::none, {}}, now_, CombineRule::device_closed);
      return;
    }
    const DeviceInput& device = *best_->device;
    out_.again = best_->next;
    const std::uint32_t version = device.state ? device.version : 0;
    const Class told = class_told(device);
    const auto state_or = [&](Class wanted, std::uint16_t number) {
      return told == wanted ? device.state->state : State{number, Activity::none, {}};
    };
    switch (best_->use) {
      case Use::in_use:
        decide(state_or(Class::online, availability_online), best_->last, CombineRule::device, device.endpoint,
               version);
        return;
      case Use::inactive:
        decide(state_or(Class::idle_online, availability_idle_online),
               best_->told ? best_->last : best_->last + input_.inactive_after, CombineRule::device_idle,
               device.endpoint, version);
        out_.idle_since = best_->last;
        return;
      case Use::be_right_back:
        decide(device.state->state, best_->last, CombineRule::device, device.endpoint, version);
        return;
      case Use::away:
        break;
    }
    decide(state_or(Class::away, availability_away),
           told == Class::away ? best_->last : best_->last + input_.inactive_after + input_.away_after,
           best_->by_hand ? CombineRule::device : CombineRule::device_away, device.endpoint, version);
    if (!best_->by_hand) out_.idle_since = best_->last;
  }

  const CombineInput& input_;
  const base::WallTime now_;
  std::optional<DeviceUse> best_;  // the most active device that takes part (rule 4)
  Aggregate out_;
};

}  // namespace

std::string_view name_of(CombineRule rule) {
  switch (rule) {
    case CombineRule::no_endpoint:
      return "no-endpoint";
    case CombineRule::manual:
      return "manual";
    case CombineRule::call:
      return "call";
    case CombineRule::meeting:
      return "meeting";
    case CombineRule::out_of_office:
      return "out-of-office";
    case CombineRule::device:
      return "device";
    case CombineRule::device_idle:
      return "device-idle";
    case CombineRule::device_away:
      return "device-away";
    case CombineRule::device_closed:
      return "device-closed";
  }
  return {};
}

Aggregate combine(const CombineInput& input, base::WallTime now) { return Combination{input, now}.make(); }

}  // namespace tertulia::domain
