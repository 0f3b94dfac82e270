// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "domain/conference/focus.h"
#include "domain/conversation/invitation.h"
#include "domain/record/conference_record.h"

namespace tertulia::domain {

/// A device's time in a conference, with its open rows.
struct Stay {
  FocusJoinRecord focus;
  std::optional<McuJoinRecord> chat;  ///< while it takes part in the messages
  SeatName leg;                       ///< of the chat; the seat itself when one dialog is both
  std::size_t participant = 0;        ///< his place in the conversation
};

/// Somebody who is being invited.
struct Addition {
  AddPerson asked;
  std::string address;
  std::string name;
  Invitation invitation;
};

/// What a conversation has once it is a conference.  Belongs to its Room.
///
///     sleeping ──first entry──> session ──nobody in for empty_patience──> sleeping (scheduled) or (gone)
///         └──expires, end──> (gone)  └──end──> (gone)
struct ConferenceRoom {
  ConferenceRoom(Focus focus_of_it, std::string address)
      : focus(std::move(focus_of_it)), organizer_address(std::move(address)) {}

  Focus focus;
  std::string organizer_address;
  ConferenceRecord record;                   ///< of the session; id 0: none is under way
  ConferenceRecord refusals;                 ///< of those that came while none was; id 0: nobody has since the last one
  std::map<SeatName, Stay> stays;            ///< by seat
  std::map<SeatName, SeatName> seat_of_leg;  ///< chat legs and whose they are
  /// Closed rows of places whose last words are still under way: the count is not known yet.
  std::map<std::size_t, McuJoinRecord> late_rows;
  std::vector<Addition> additions;             ///< bounded by additions_max
  base::TimePoint news_at;                     ///< not before
  std::optional<base::TimePoint> empty_until;  ///< nobody is in: the session ends then
  base::WallTime empty_since;
  /// Since then only single messages reach anybody.  Such members never say that they go: they are out when nobody has
  /// said anything for page_idle_max, as in a conversation of single messages.
  std::optional<base::TimePoint> pages_since;
  bool store_failed = false;  ///< facts are to be stored once more
};

/// The product knows two.
inline RecordedRole role_code(ConferenceRole role) {
  return role == ConferenceRole::attendee ? RecordedRole::attendee : RecordedRole::presenter;
}

/// An answer that waits until facts are durable.
struct StoredAnswer {
  base::ConversationId room;  ///< whose facts they are; 0: it is gone
  base::ShardId edge;
  std::variant<CommandAnswer, CreateAnswer> answer;
};

}  // namespace tertulia::domain
