// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/ids.h"
#include "base/time.h"

namespace tertulia::domain {

/// One row per instance of a conference (product table Conferences); never message text.
struct ConferenceRecord {
  base::RecordId id;
  base::ConversationId conversation;  ///< that of the two-party phase when it grew out of one
  std::string organizer;              ///< address
  std::string conference_id;          ///< within the organizer
  base::WallTime start_time;
  std::optional<base::WallTime> end_time;
  base::RecordId replaces;     ///< the two-party session that went on as this conference; 0: none
  std::string correlation_id;  ///< as in the session record; often empty
  std::uint32_t diagnostic_id = 0;
  friend bool operator==(const ConferenceRecord&, const ConferenceRecord&) = default;
};

/// Role codes of the product (table Roles).
enum class RecordedRole : std::uint8_t { unknown = 0, presenter = 1, attendee = 2 };

/// One row per join of one device (product table FocusJoinsAndLeaves); without a role: he was not let in.
struct FocusJoinRecord {
  base::RecordId id;
  base::RecordId conference;
  std::string user;  ///< address
  base::EndpointId endpoint;
  std::string client_version;
  RecordedRole role = RecordedRole::unknown;  ///< the last one he had
  base::WallTime join_time;
  std::optional<base::WallTime> leave_time;
  std::uint32_t diagnostic_id = 0;  ///< why he left, when not by himself, or was not let in
  friend bool operator==(const FocusJoinRecord&, const FocusJoinRecord&) = default;
};

/// Numbers of the product's table Mcus.
enum class McuType : std::uint8_t { chat = 1, audio_video = 2, application_sharing = 3 };

/// One row per stay of one device at one unit (product tables McuJoinsAndLeaves and, as the sum over the rows of a
/// user, ConferenceMessageCount).
struct McuJoinRecord {
  base::RecordId id;
  base::RecordId conference;
  McuType mcu = McuType::chat;
  std::string user;  ///< address
  base::EndpointId endpoint;
  std::string client_version;
  std::uint32_t message_count = 0;  ///< texts that he said during this stay
  base::WallTime join_time;
  std::optional<base::WallTime> leave_time;
  friend bool operator==(const McuJoinRecord&, const McuJoinRecord&) = default;
};

/// Texts of one user in one conference (product table ConferenceMessageCount).
struct ConferenceMessageCount {
  std::string user;
  std::uint64_t messages = 0;
  friend bool operator==(const ConferenceMessageCount&, const ConferenceMessageCount&) = default;
};

/// Any row about conferences.  A row is identified by its kind and id: a later one replaces it.
using ConferenceRow = std::variant<ConferenceRecord, FocusJoinRecord, McuJoinRecord>;

}  // namespace tertulia::domain
