// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace tertulia::face::simple {

/// Dialogs of one connection, whoever began them; one more is refused with 503.
inline constexpr std::size_t sessions_per_connection_max = 256;
/// Messages of the client in one dialog that the IMMCU has not answered yet; one more is refused with 503.
inline constexpr std::size_t posts_per_session_max = 64;
/// Messages under way to the client in one dialog, or waiting for it; one more is answered `refused` to who asked.
inline constexpr std::size_t deliveries_per_session_max = 128;
/// Ms-Conversation-ID of an INVITE, in octets; a longer one is left out, since half of it would name another conversation.
inline constexpr std::size_t conversation_name_octets_max = 128;
/// Multiparts inside of each other around a session description; a deeper one is not understood.
inline constexpr std::size_t description_depth_max = 2;
/// Requests that a client sends in a dialog before it has accepted our INVITE, held until it does.
inline constexpr std::size_t early_requests_per_session_max = 8;

/// REFERs of one shard whose outcome is not known; one more is refused (server_busy).
inline constexpr std::size_t referrals_max = 4'096;
/// How long a REFER may take, as its NOTIFY says; an invitation that nobody answers ends before.
inline constexpr int referral_lease_seconds = 180;
/// People of one list (RFC 5366, RFC 5368) who are being invited at once; the next has his turn when one has answered.
/// Below what a conference invites at once, so that others can add somebody meanwhile.
inline constexpr std::size_t listed_at_once_max = 16;
/// The same of all lists of one shard: a REFER with one more list (RFC 5368) is refused (server_busy).
inline constexpr std::size_t listed_max = 4'096;

/// Our waits, in units of T1 (RFC 3261 17.1.1.1): for the ACK of a 2xx (13.3.1.4), and for the IMMCU after a
/// withdrawal.
inline constexpr int ack_wait_t1 = 64;
inline constexpr int withdrawal_wait_t1 = 64;
/// A cancelled INVITE may still be accepted this long (a client that is slow to answer does so after 10 s).
inline constexpr int late_acceptance_wait_t1 = 128;
/// A device that is asked to take a single message in a session answers within this: before the sender gives up.
inline constexpr int carrier_wait_t1 = 64;
/// What is under way to a client that says BYE may still be answered this long before it counts as gone.
inline constexpr int bye_grace_t1 = 4;
/// The IMMCU answers the end of a session within this, else the BYE is answered with the truth: not known to be kept.
inline constexpr int close_wait_t1 = 48;
/// How often the end of a session is told again when the IMMCU's mailbox was full, one T1 apart.
inline constexpr int close_tries_max = 8;

static_assert(bye_grace_t1 + close_tries_max + close_wait_t1 < 64,
              "a BYE is answered before its sender gives up (timer F)");
static_assert(early_requests_per_session_max <= posts_per_session_max);

}  // namespace tertulia::face::simple
