// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace tertulia::face::simple {

/// Calls of one connection, placed and ringing; one more is refused with 503, or counts as a busy device.
inline constexpr std::size_t calls_per_connection_max = 64;
/// Requests of the client in one call that the other side has not answered yet; one more is refused with 503.
inline constexpr std::size_t asked_per_call_max = 32;
/// Requests under way to the client in one call; one more is refused to the call agent.
inline constexpr std::size_t relayed_per_call_max = 64;
/// Early dialogs that the caller knows of (RFC 3261 12.1); provisional responses of further ones are not passed on.
inline constexpr std::size_t early_dialogs_per_call_max = 64;
/// To-tags of one ringing device, which may have forked behind our back; early dialogs beyond it are not passed on.
inline constexpr std::size_t tags_per_device_max = 8;
/// Proxies between a telephone and us, or beyond (Record-Route); an INVITE with more is refused.
inline constexpr std::size_t call_routes_max = 20;

/// Longest session interval (RFC 4028) that is believed; the call has a longest life of its own.
inline constexpr std::uint64_t session_interval_seconds_max = 86'400;

/// Our waits, in units of T1 (RFC 3261 17.1.1.1): for the ACK of a 2xx (13.3.1.4), and for the call agent after a CANCEL.
inline constexpr int call_ack_wait_t1 = 64;
inline constexpr int call_withdrawal_wait_t1 = 64;

}  // namespace tertulia::face::simple
