// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tertulia::wire::lync {

/// Who speaks in a `state`: its xsi:type without "State".
enum class StateType : std::uint8_t { machine, user, calendar, phone, aggregate, aggregate_machine, dnd, other };

/// `activity`: one word that clients know ("in-a-meeting"), or own words, for some availabilities only.
struct StateActivity {
  std::string token;  ///< empty: none
  struct Text {
    std::string text;
    std::optional<std::uint32_t> lcid;  ///< Windows number of the language
    friend bool operator==(const Text&, const Text&) = default;
  };
  std::vector<Text> texts;  ///< "custom": the same in several languages
  std::optional<std::uint32_t> min_availability, max_availability;
  friend bool operator==(const StateActivity&, const StateActivity&) = default;
};

/// One `state` element (category "state", [MS-PRES]).
struct StateElement {
  StateType type = StateType::other;
  std::string other_type;                     ///< the word as written, of StateType::other
  std::optional<std::uint32_t> availability;  ///< nullopt: absent, empty or no number; below 3000 says nothing
  std::optional<StateActivity> activity;
  std::optional<bool> manual;
  std::string uri;          ///< of a calendar state: the mail address; empty: none, as with all texts below
  std::string start_time;   ///< attribute startTime as written (ISO 8601)
  std::string end_time;     ///< attribute endTime
  std::string last_active;  ///< attribute lastActive
  std::string meeting_subject, meeting_location;
  std::string device;  ///< "computer", "Mobile" ...
  std::string endpoint_location;
  std::optional<std::int32_t> time_zone_bias;  ///< minutes to add to local time to get UTC
  std::string time_zone_name, time_zone_abbreviation;
  friend bool operator==(const StateElement&, const StateElement&) = default;
};

/// `element`: the `state` alone.  What is malformed inside counts as absent.
/// Errors: malformed_message, message_too_large, presence_document_malformed (another element), list_too_long.
base::Result<StateElement> read_state(std::string_view element);

/// The element alone, without XML declaration.  Without availability there is none; there is no empty element but
/// endpointLocation of machine and user states.
/// COMPAT(pidgin-sipe 1.25): it crashes on an empty availability and takes an empty device for a mobile.
std::string to_xml(const StateElement& state);

}  // namespace tertulia::wire::lync
