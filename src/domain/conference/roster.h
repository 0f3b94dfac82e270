// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "domain/conference/facts.h"

namespace tertulia::domain {

/// A device of a member as the roster shows it.
struct RosterSeat {
  std::string entity;  ///< how the client names its device; may be empty
  base::EndpointId endpoint;
  bool chat = false;   ///< takes part in the messages
  bool pages = false;  ///< by single messages, with all his devices that take them
  friend bool operator==(const RosterSeat&, const RosterSeat&) = default;
};

/// A member as the roster shows him, always complete.  Immutable and shared by all who carry it.
struct RosterMember {
  base::UserId user;
  std::string address;
  std::string name;
  ConferenceRole role = ConferenceRole::attendee;
  std::vector<RosterSeat> seats;
  friend bool operator==(const RosterMember&, const RosterMember&) = default;
};
using RosterMemberPtr = std::shared_ptr<const RosterMember>;

/// What the conference is like, without its people.
struct ConferenceDescription {
  ConferenceKey key;
  std::string organizer_address;
  std::string organizer_name;
  std::string subject;
  Admission admission = Admission::organisation;
  PresenterPolicy presenters = PresenterPolicy::organisation;
  bool lobby = false;
  bool locked = false;
  bool muted = false;
  std::uint32_t size_max = 0;
  base::WallTime expires;  ///< 0: with its last session
  friend bool operator==(const ConferenceDescription&, const ConferenceDescription&) = default;
};
using ConferenceDescriptionPtr = std::shared_ptr<const ConferenceDescription>;

/// Somebody who waits to be let in; only presenters see him.
struct LobbyGuest {
  base::UserId user;
  std::string address;
  std::string name;
  base::WallTime since;
  friend bool operator==(const LobbyGuest&, const LobbyGuest&) = default;
};
using LobbyPtr = std::shared_ptr<const std::vector<LobbyGuest>>;

/// A document of the roster: all of it, or what has changed since `base_version`.  One for all watchers.
struct Roster {
  std::uint64_t version = 0;
  std::uint64_t base_version = 0;  ///< of a partial one: the version that it changes
  bool full = true;
  ConferenceDescriptionPtr description;  ///< null in a partial one: as before
  std::vector<RosterMemberPtr> members;  ///< changed ones are complete again
  std::vector<RosterMemberPtr> gone;     ///< as they were shown last: an account may be gone with its member
  std::uint32_t size = 0;                ///< members after it
};
using RosterPtr = std::shared_ptr<const Roster>;

}  // namespace tertulia::domain
