// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace tertulia::domain {

/// Bounds of this folder; each has a test at the limit (NothingUnbounded.*).
namespace conference_limits {

/// People in one conference unless its organizer says otherwise (product: MaxMeetingSize).  Beyond: conference_full.
inline constexpr std::uint32_t size_default = 250;
/// The most that can be asked for (product: large meetings).
inline constexpr std::uint32_t size_max = 1'000;
/// Devices of one member at once; one more is refused with too_many_endpoints.
inline constexpr std::size_t seats_per_member_max = 64;
/// People who wait in one lobby.  Beyond: lobby_full.
inline constexpr std::size_t lobby_max = 100;
/// People whom one conference remembers: invited, removed, with a role of their own, or in it.  Beyond: conference_full.
inline constexpr std::size_t people_max = 3'000;
/// Watchers of one conference, for each of its seats on the average; one more is refused with too_many_watchers.
inline constexpr std::size_t watchers_max = 4'000;
/// Conferences of one organizer at once (product: 1,000 scheduled meetings).  Beyond: too_many_conferences.
inline constexpr std::size_t conferences_per_organizer_max = 1'000;
/// Conferences of one shard at once, sleeping ones included.  Beyond: too_many_conferences.
inline constexpr std::size_t conferences_max = 100'000;
/// Octets of a conference's id within its organizer.
inline constexpr std::size_t id_bytes_max = 64;
/// Octets of a subject; a longer one is refused with setting_out_of_bounds.
inline constexpr std::size_t subject_bytes_max = 1'024;

static_assert(size_default <= size_max);
static_assert(size_max < people_max, "everybody inside is remembered");
static_assert(size_max <= watchers_max, "each member can watch");

}  // namespace conference_limits

struct ConferenceSettings {
  base::Duration lobby_patience = std::chrono::minutes{15};       ///< who is not let in by then is sent away
  base::Duration empty_patience = std::chrono::minutes{10};       ///< how long a conference without people goes on
  base::Duration news_interval = std::chrono::milliseconds{100};  ///< changes of a roster within it are told together
  std::uint16_t shard_count = 1;                                  ///< decides where a conference lives
};

}  // namespace tertulia::domain
