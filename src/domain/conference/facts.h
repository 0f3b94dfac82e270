// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/conference/limits.h"

namespace tertulia::domain {

/// Names a conference for ever: its organizer and an id that is unique among his.  Every face makes its own URI of it.
struct ConferenceKey {
  base::UserId organizer;
  std::string id;  ///< upper case letters, digits, '-' and '_'

  /// Ids are compared without case.  Errors: address_malformed (empty, too long, other characters).
  static base::Result<ConferenceKey> make(base::UserId organizer, std::string_view id);
  friend auto operator<=>(const ConferenceKey&, const ConferenceKey&) = default;
};

/// What a person may do.  A later one may all that an earlier one may.
enum class ConferenceRole : std::uint8_t { attendee = 0, presenter = 1, organizer = 2 };

/// Who gets in without being let in (product: access types).
enum class Admission : std::uint8_t {
  everyone = 0,      ///< whoever knows the address
  organisation = 1,  ///< all who have an account
  invited = 2,       ///< people of the organisation who are on the list
  organizer = 3,     ///< the organizer alone
};

/// Who becomes presenter at his first entry (product: DesignateAsPresenter).
enum class PresenterPolicy : std::uint8_t { nobody = 0, organisation = 1, everyone = 2 };

/// What a conference remembers about somebody, whether he is in it or not.
struct ConferencePerson {
  base::UserId user;
  ConferenceRole role = ConferenceRole::attendee;
  bool invited = false;  ///< on the list
  bool let_in = false;   ///< added or admitted by a presenter, or inside: comes in through lock and admission
  bool ejected = false;  ///< may not come back unless he is invited again, or has been let in
  friend bool operator==(const ConferencePerson&, const ConferencePerson&) = default;
};

/// All that survives a restart.  A value.
struct ConferenceFacts {
  ConferenceKey key;
  std::string subject;
  Admission admission = Admission::organisation;
  PresenterPolicy presenters = PresenterPolicy::organisation;
  bool lobby = false;  ///< who does not get in waits instead of being refused
  bool locked = false;
  bool muted = false;      ///< attendees may not write
  bool scheduled = false;  ///< sleeps while nobody is in; else it ends then
  std::uint32_t size_max = conference_limits::size_default;
  base::WallTime created;
  base::WallTime expires;                ///< a sleeping one is forgotten then; 0: with its last session
  std::vector<ConferencePerson> people;  ///< ordered by user; bounded by people_max

  // The session that is under way, if any.
  base::RecordId record;  ///< its row; 0: nobody has been in
  base::WallTime started;
  base::ConversationId conversation;  ///< identity in the records: that of the two-party phase when there was one
  base::RecordId replaces;            ///< row of the two-party phase
  std::string correlation_id;
  friend bool operator==(const ConferenceFacts&, const ConferenceFacts&) = default;
};

/// Where a conference lives: the same answer everywhere, from its name alone.
base::ShardId conference_shard(const ConferenceKey& key, std::uint16_t shard_count);
/// A name for a conference that is to live on `shard`: `seed` (32 unguessable characters of the grammar) with the first
/// ending that leads there.  Errors: those of make.
base::Result<ConferenceKey> conference_key_on(base::UserId organizer, std::string_view seed, base::ShardId shard,
                                              std::uint16_t shard_count);

}  // namespace tertulia::domain

template <>
struct std::hash<tertulia::domain::ConferenceKey> {
  std::size_t operator()(const tertulia::domain::ConferenceKey& key) const noexcept {
    return std::hash<std::string>{}(key.id) ^ static_cast<std::size_t>(tertulia::base::mix(key.organizer.value));
  }
};
