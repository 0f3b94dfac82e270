// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tertulia::wire::conference_info {

using base::Result;

/// What an element tells: all of it, what has changed, or that it is gone (RFC 4575 4.1).
enum class State : std::uint8_t { full, partial, deleted };

/// RFC 4575 5.7.3.
enum class Status : std::uint8_t {
  none,  ///< not told
  pending,
  dialing_out,
  dialing_in,
  alerting,
  on_hold,
  connected,
  muted_via_focus,
  disconnecting,
  disconnected,
};

std::string_view name_of(State state);
std::string_view name_of(Status status);  ///< empty for none

/// A medium of a device, or one that a part of the conference offers.  Empty strings are not told.
struct Media {
  std::string id;     ///< of a device's medium: its `id`; of one that is offered: its `label`
  std::string type;   ///< "message", "audio"; "chat" in the dialect
  std::string label;  ///< of a device's medium (RFC 4574)
  friend bool operator==(const Media&, const Media&) = default;
};

/// A device of somebody (RFC 4575 5.7).
struct Endpoint {
  std::string entity;
  std::string session_type = {};  ///< msci:session-type, of the dialect ([MS-CONFBAS]): "focus", "chat"; empty: none
  std::string display_text = {};
  Status status = Status::connected;
  std::string joining_method = {};  ///< "dialed-in", "dialed-out", "focus-owner"
  std::vector<Media> media = {};
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// Somebody in the conference (RFC 4575 5.6).  Clients of the dialect take each user as complete, whatever `state` says:
/// give all devices of everybody you mention.
struct User {
  std::string entity;  ///< his address as a URI
  State state = State::full;
  std::string display_text = {};
  std::vector<std::string> roles = {};  ///< "presenter", "attendee"
  std::vector<Endpoint> endpoints = {};
  friend bool operator==(const User&, const User&) = default;
};

/// An address of the conference (RFC 4575 5.3.1); purpose "participation", "chat", "web-page".
struct ConferenceUri {
  std::string uri;
  std::string display_text = {};
  std::string purpose = {};
  friend bool operator==(const ConferenceUri&, const ConferenceUri&) = default;
};

/// What is called conference-description (RFC 4575 5.3).  Empty strings are not told.
struct Description {
  std::string display_text = {};
  std::string subject = {};
  std::vector<ConferenceUri> conf_uris = {};
  std::optional<std::uint32_t> maximum_user_count = {};
  std::vector<Media> available_media = {};
  // Of the dialect ([MS-CONFBAS] 2.2.3), in its own namespace.
  std::string conference_id = {};
  std::string expiry_time = {};       ///< RFC 3339
  std::string admission_policy = {};  ///< "openAuthenticated" ...
  std::string organizer_name = {};    ///< organizer/display-name
  std::string organizer_uri = {};     ///< organizer/uri
  std::string join_url = {};
  friend bool operator==(const Description&, const Description&) = default;
};

/// What is called conference-state (RFC 4575 5.5).
struct ConferenceState {
  std::optional<std::uint32_t> user_count = {};
  std::optional<bool> active = {};
  std::optional<bool> locked = {};
  friend bool operator==(const ConferenceState&, const ConferenceState&) = default;
};

/// A part of the conference in the dialect's msci:conference-view: the focus, or a unit for one medium.
struct EntityView {
  std::string entity;               ///< address of the part
  std::vector<Media> media = {};    ///< what it serves
  std::optional<bool> locked = {};  ///< entity-state/locked
  friend bool operator==(const EntityView&, const EntityView&) = default;
};

/// `application/conference-info+xml` (RFC 4575 4 and 5), with what the dialect adds to it ([MS-CONFBAS] 2.2.3).
///
///   ConferenceInfo info;
///   info.entity = "sip:conference.alice.54bd@example.com";
///   info.version = roster.version;
///   info.users.push_back({"sip:bob@example.com", State::full, "Bob", {"attendee"}, {{.entity = "d1"}}});
///   auto body = std::make_shared<const std::string>(write(info));
///
/// Nothing in it is of one watcher, when `version` is that of the roster: render it once, share it with all watchers.  A
/// partial document must have the version that follows the one before at its watcher (RFC 4575 4.2); who has missed one
/// gets a full one.
struct ConferenceInfo {
  std::string entity;  ///< the conference, as its watchers name it
  std::uint32_t version = 0;
  State state = State::full;
  std::optional<Description> description = {};
  std::optional<ConferenceState> conference_state = {};
  State users_state = State::partial;  ///< of the list in a partial document; that of a full one is always full
  std::vector<User> users = {};
  std::vector<EntityView> views = {};
  friend bool operator==(const ConferenceInfo&, const ConferenceInfo&) = default;
};

/// The same value gives the same octets.  A list that is full says that whoever is not in it is gone, so an empty partial
/// one is not written.
std::string write(const ConferenceInfo& info);

/// Reads what write() can say; other elements are passed over.  Errors: malformed_message, message_too_large.
Result<ConferenceInfo> read(std::string_view document);

}  // namespace tertulia::wire::conference_info
