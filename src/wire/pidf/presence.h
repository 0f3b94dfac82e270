// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace tertulia::wire::pidf {

using base::Result;

struct Note {
  std::string text;
  std::string language;  ///< xml:lang; empty: not said
  friend bool operator==(const Note&, const Note&) = default;
};

/// Whether somebody uses the thing (RFC 4480 3.12).
struct UserInput {
  bool idle = false;
  std::optional<base::WallTime> last_input;
  std::optional<std::uint32_t> idle_threshold_seconds;
  friend bool operator==(const UserInput&, const UserInput&) = default;
};

/// What a service can do (RFC 5196); nullopt: not said.
struct ServiceCapabilities {
  std::optional<bool> audio, video, text, message;
  friend bool operator==(const ServiceCapabilities&, const ServiceCapabilities&) = default;
};

/// A way to reach the person (RFC 3863 4.1.2), most often one device.
struct Tuple {
  std::string id;            ///< filled in while reading when absent
  std::optional<bool> open;  ///< `basic`
  std::string contact;       ///< a URI, as written; empty: none
  std::string priority;      ///< of contact, "0" to "1"; empty: none
  std::optional<ServiceCapabilities> capabilities;
  std::optional<UserInput> user_input;
  std::string device_id;                ///< RFC 4479 deviceID; empty: none
  std::vector<std::string> extensions;  ///< other elements, standing for themselves; RPID's among them
  std::vector<Note> notes;
  std::optional<base::WallTime> timestamp;
  friend bool operator==(const Tuple&, const Tuple&) = default;
};

/// RFC 4480 3.2.
struct Activity {
  std::string name;           ///< a word of is_activity(); "other" for every other one, whose own word is then the text
  std::string text;           ///< of "other" only; may be empty
  std::string language = {};  ///< xml:lang of that text; empty: not said
  friend bool operator==(const Activity&, const Activity&) = default;
};
/// "away", "busy", "meeting", "on-the-phone", "vacation" ... "unknown", "other": the list of RFC 4480 3.2.
bool is_activity(std::string_view name);

/// RFC 4482: what belongs on a visiting card.
struct Cipid {
  std::string display_name, icon, card, homepage;  ///< URIs but for the name; empty: none
  friend bool operator==(const Cipid&, const Cipid&) = default;
};

/// The human being (RFC 4479 3.2 with RFC 4480).
struct Person {
  std::string id;
  std::vector<Activity> activities;
  std::vector<Note> activities_notes;  ///< notes inside of activities
  std::string mood;                    ///< the element as it stands, namespaces included; empty: none
  std::string place_type;              ///< RFC 4589 word, or other text
  std::string status_icon;             ///< URI
  std::string class_name;
  std::optional<UserInput> user_input;
  std::optional<int> time_offset_minutes;  ///< from UTC
  Cipid cipid;
  std::vector<std::string> extensions;  ///< elements we do not know, standing for themselves
  std::vector<Note> notes;
  std::optional<base::WallTime> timestamp;
  friend bool operator==(const Person&, const Person&) = default;
};

/// RFC 4479 3.4.
struct Device {
  std::string id;
  std::string device_id;
  std::string mobility;  ///< "fixed" or "mobile" (RFC 5196 devcaps); empty: not said
  std::optional<UserInput> user_input;
  std::vector<Note> notes;
  std::optional<base::WallTime> timestamp;
  friend bool operator==(const Device&, const Device&) = default;
};

/// `application/pidf+xml`.  A value.
struct Presence {
  std::string entity;  ///< as written, "sip:" or "pres:"; empty: not said
  std::vector<Tuple> tuples;
  std::optional<Person> person;
  std::vector<Device> devices;
  std::vector<Note> notes;
  friend bool operator==(const Presence&, const Presence&) = default;
};

/// Reads what clients send, not only what the schema permits: old or missing namespaces, several persons (the first
/// one who says a thing counts), activities, mood and visiting card inside of a tuple or its status (they come out in
/// `person`), unreadable dates and numbers (left out).
/// Errors: presence_document_malformed with the place in detail, body_too_large.
Result<Presence> read_presence(std::string_view document);

/// Canonical: for one value always the same octets; reading them gives the value again.
std::string write_presence(const Presence& presence);

}  // namespace tertulia::wire::pidf
