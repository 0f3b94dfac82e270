// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace tertulia::domain {

/// Texts of a publication, in octets; longer ones are refused (body_too_large).
inline constexpr std::size_t activity_text_octets_max = 64 * 4;  ///< 64 characters (product)
/// Languages of one activity; beyond: list_too_long.  The product speaks some forty.
inline constexpr std::size_t activity_texts_max = 48;
/// Tag of a language (RFC 5646 4.4.1: what every program should be able to take).
inline constexpr std::size_t language_tag_octets_max = 35;
inline constexpr std::size_t note_octets_max = 2048;
/// Opaque pieces (documents of a dialect) of one publication.
inline constexpr std::size_t opaque_octets_max = 32 * 1024;
/// Publications of one user that live at once, all devices together; beyond: too_many_publications.
inline constexpr std::size_t publications_per_user_max = 256;
/// Changes of one user that wait for the store; beyond: server_busy.
inline constexpr std::size_t changes_waiting_per_user_max = 256;
/// Members of all privacy levels of one user together.
inline constexpr std::size_t level_members_max = 2000;
/// After news about a user went out, further changes of him are gathered this long (a meeting's end, a sign-in with its
/// publications, a phone that rings on five devices are one change to a watcher).
inline constexpr base::Duration news_interval = std::chrono::milliseconds{250};
/// Watchers served in one turn; the rest has its turn after whatever else waits.
inline constexpr std::size_t news_per_turn_max = 512;
/// Calls that hold one user on the phone at once.
inline constexpr std::size_t calls_per_user_max = 64;

/// Documents (RFC 3903) of one user that live at once; beyond: too_many_publications.
inline constexpr std::size_t documents_per_user_max = 64;
/// Names in a publication, in octets; longer ones are refused (body_too_large).
inline constexpr std::size_t category_octets_max = 64;
inline constexpr std::size_t media_type_octets_max = 255;
inline constexpr std::size_t device_text_octets_max = 64;
/// Own devices that watch who watches at once; beyond: too_many_subscriptions.
inline constexpr std::size_t watcher_watches_max = 64;
/// Own devices that watch everything about their user at once; beyond: too_many_subscriptions.
inline constexpr std::size_t self_watches_max = 64;
/// Watchers that one view for own devices names, and watchers that are remembered as acknowledged (the oldest are
/// forgotten): product, 200 open questions.
inline constexpr std::size_t subscribers_shown_max = 200;
inline constexpr std::size_t acknowledged_max = 2000;
/// Users whose time has come (leases, idle times, gathered news) that are looked at in one turn.
inline constexpr std::size_t wakes_per_turn_max = 1000;
/// How often the wall clock is compared with the monotonic one while somebody waits for a wall time, and what counts as
/// a jump.
inline constexpr base::Duration clock_check_interval = std::chrono::seconds{30};
inline constexpr base::Duration clock_jump_min = std::chrono::seconds{1};

}  // namespace tertulia::domain
