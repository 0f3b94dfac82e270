// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "domain/presence/publication.h"
#include "domain/presence/state.h"

namespace tertulia::domain {

/// One living device, as the combination sees it.
struct DeviceInput {
  base::EndpointId endpoint;
  base::WallTime last_used;          ///< sign-in, message, call, or told by the device; later than what the state
                                     ///< says of idleness: in use again
  std::optional<DeviceState> state;  ///< what it has published
  std::uint32_t version = 0;         ///< of that publication
};
struct ManualInput {
  State state;
  base::WallTime since;
  base::EndpointId endpoint;  ///< who picked it, 0: administrator or before the last start
  std::uint32_t version = 0;
};
struct PhoneInput {
  base::CallId call;
  base::EndpointId endpoint;
  Activity activity = Activity::on_the_phone;
  base::WallTime since;
};
/// What a device tells of a call, conference or presentation of its own.
struct EngagedInput {
  State state;  ///< busy or do not disturb; anything else says nothing
  base::WallTime since;
  base::EndpointId endpoint;
  std::uint32_t version = 0;
};
struct CalendarInput {
  State state;
  base::WallTime from, until;
  std::uint32_t version = 0;
};

/// All that is known of a user at one moment.
struct CombineInput {
  std::vector<DeviceInput> devices;       ///< living endpoints
  std::optional<ManualInput> manual;      ///< the latest one that was not reset
  std::vector<PhoneInput> phones;         ///< calls that are up
  std::vector<EngagedInput> engagements;  ///< calls that the server does not know
  std::optional<CalendarInput> calendar;  ///< the entry that holds now
  base::Duration inactive_after{};        ///< zero: never
  base::Duration away_after{};            ///< further; zero: never
  bool phone_presence = true;             ///< policy
  bool calendar_presence = true;          ///< policy
  bool may_appear_offline = false;        ///< policy
};

/// Which rule of presence-model 5 gave the state; `tertulia explain presence` tells it in words.
enum class CombineRule : std::uint8_t {
  no_endpoint,    ///< nobody signed in: offline
  manual,         ///< picked by hand
  call,           ///< on the phone, in a conference or presenting
  meeting,        ///< busy by calendar
  out_of_office,  ///< away by calendar
  device,         ///< the most active device
  device_idle,    ///< all devices idle: Inactive
  device_away,    ///< idle for longer: Away
  device_closed,  ///< all devices say closed
};
std::string_view name_of(CombineRule rule);

struct Aggregate {
  State state;            ///< for everybody but the workgroup
  State interrupt_state;  ///< for the workgroup: urgent interruptions only in do-not-disturb
  base::WallTime since;   ///< of the source that decided
  /// Last use of the most recently used device, when the state tells that all are idle (Inactive, Away by time,
  /// Busy-Idle); nothing when the state does not depend on it.
  std::optional<base::WallTime> idle_since;
  CombineRule rule = CombineRule::no_endpoint;
  base::EndpointId endpoint;          ///< of the deciding source, 0 when it is none
  std::uint32_t source_version = 0;   ///< of the deciding publication, 0 when there is none
  bool blocks_interruptions = false;  ///< do not disturb is in force
  /// When the outcome may change by time alone (idle, a calendar's edge); nullopt: never.
  std::optional<base::WallTime> again;
};

/// The rules of presence-model 5, pure: the same input gives the same outcome.
Aggregate combine(const CombineInput& input, base::WallTime now);

}  // namespace tertulia::domain
