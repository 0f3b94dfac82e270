// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "base/time.h"

namespace tertulia::domain {

/// Bounds of this folder; each has a test at the limit (NothingUnbounded.*).
namespace conversation_limits {

/// Conversations of one shard, those whose end is being recorded included.  Beyond: too_many_conversations.
inline constexpr std::size_t conversations_max = 100'000;
/// Conversations of one pair of users at once (each device may open its own).  Beyond: too_many_conversations.
inline constexpr std::size_t conversations_per_pair_max = 16;
/// Devices and page-mode people in one conversation, those included that have left with something under way.
inline constexpr std::size_t participants_max = 2'000;
/// Messages of one conversation whose outcome is not known.  Beyond: too_many_messages_waiting.
inline constexpr std::size_t messages_in_flight_max = 64;
/// The same in a conference: nobody waits for somebody slow, so more can be open.
inline constexpr std::size_t conference_messages_in_flight_max = 1'024;
/// Messages to one member's device without an answer.  At one more his leg is ended (too_many_messages_waiting).
inline constexpr std::size_t member_queue_max = 64;
/// People who are being invited into one conference at once.  Beyond: server_busy.
inline constexpr std::size_t additions_max = 32;
/// Endpoints that one invitation rings at once; the rest is not asked.
inline constexpr std::size_t forks_max = 64;
/// Messages to one user whose outcome is not known.  Beyond: server_busy.
inline constexpr std::size_t inbox_in_flight_max = 256;
/// Kept messages taken from the store at once.
inline constexpr std::size_t drain_batch_max = 32;
/// Delivered messages of one user that the store could not forget; the drain pauses there.
inline constexpr std::size_t unforgotten_max = 32;
/// How long a stopped drain rests before it is tried again without a new sign-in.
inline constexpr base::Duration drain_rest = std::chrono::seconds{30};
/// How long a kept message may hold up the others while devices answer that they cannot take it: reckoned from when it was
/// said.  Then it is given up.
inline constexpr base::Duration kept_refused_max = std::chrono::hours{24};
/// Compiled link patterns; one serves all users with the same list of prefixes.
inline constexpr std::size_t link_patterns_max = 64;
/// Memory of one link pattern, bytes.
inline constexpr std::size_t link_pattern_bytes_max = 1U << 20U;

static_assert(member_queue_max < conference_messages_in_flight_max, "one slow member does not stop the others");
static_assert(drain_batch_max <= unforgotten_max, "a whole batch can wait to be forgotten");

}  // namespace conversation_limits
}  // namespace tertulia::domain
