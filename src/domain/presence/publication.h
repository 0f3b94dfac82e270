// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "domain/presence/state.h"

namespace tertulia::domain {

/// How long a published piece lives (presence-model 4).
enum class ExpireType : std::uint8_t {
  permanent,  ///< "static": survives sign-out and restart; kept in the store
  user,       ///< until the user's last endpoint is gone
  endpoint,   ///< dies with the endpoint that published it
  time,       ///< until its lease ends, or its endpoint is gone when it names one
};

/// A privacy level, or the level 0 that everybody sees (containers of the product, presence-model 8).
enum class Container : std::uint16_t {
  everyone = 0,
  self = 1,       ///< the owner's own devices only
  devices = 2,    ///< sources of the combination
  interrupt = 3,  ///< sources of what the workgroup sees
  external = 100,
  colleagues = 200,
  workgroup = 300,
  friends = 400,
  blocked = 32000,
};

/// Picked by hand, or reset (availability_unset).  "userState" of the product.
struct ManualState {
  State state;
  friend bool operator==(const ManualState&, const ManualState&) = default;
};
/// What one device knows of its person.  "machineState" of the product; tuple and device of a PIDF.
struct DeviceState {
  State state;                               ///< availability_unset: the device says nothing but that it is there
  bool closed = false;                       ///< PIDF basic closed: this device does not take part
  std::optional<base::WallTime> idle_since;  ///< told idle by the device; nullopt: in use, or not told
  bool activity_told = false;                ///< the device has said whether it is in use
  std::string type;                          ///< "computer", "deskphone", "mobile", "web"; empty: not told
  std::string time_zone;                     ///< offset as "+01:00"; empty: not told
  friend bool operator==(const DeviceState&, const DeviceState&) = default;
};
enum class NoteKind : std::uint8_t { personal, out_of_office };
struct NoteValue {
  NoteKind kind = NoteKind::personal;
  std::string text;
  std::optional<base::WallTime> from, until;
  friend bool operator==(const NoteValue&, const NoteValue&) = default;
};
/// From a calendar, for a window of time.
struct CalendarState {
  State state;
  base::WallTime from;  ///< 0: since it was published
  base::WallTime until;
  std::string subject, place;  ///< for the workgroup only
  friend bool operator==(const CalendarState&, const CalendarState&) = default;
};
/// A call, conference or presentation that holds the person, as one of his devices tells; the server's own calls need none.
/// "phoneState" of the product.
struct EngagedState {
  State state;
  friend bool operator==(const EngagedState&, const EngagedState&) = default;
};
/// A document of a dialect that the domain only keeps, shows and counts.
struct OpaqueValue {
  std::string media_type;
  std::string bytes;
  friend bool operator==(const OpaqueValue&, const OpaqueValue&) = default;
};
using PublicationValue = std::variant<ManualState, DeviceState, NoteValue, CalendarState, OpaqueValue, EngagedState>;

/// Names one piece of a user: a later one with the same key replaces it.
struct PublicationKey {
  std::string category;  ///< "state", "note", "calendarData", "contactCard", "services" ...
  std::uint64_t instance = 0;
  Container container = Container::devices;
  friend auto operator<=>(const PublicationKey&, const PublicationKey&) = default;
};

struct Publication {
  base::PublicationId id;
  PublicationKey key;
  /// Grows by one each time this key is published, whether or not the value is another one.  In a document (RFC 3903),
  /// whose client sees no versions, only with another value.
  std::uint32_t version = 0;
  ExpireType expires = ExpireType::endpoint;
  base::EndpointId endpoint;  ///< who published; 0: an administrator, or the store at start
  base::WallTime since;       ///< when this value came
  PublicationValue value;
  /// The document of a dialect that the value was read from, byte for byte: the user's own devices get it back.  Empty: it
  /// came another way.  No part of what others see.
  OpaqueValue original = {};
};

}  // namespace tertulia::domain
