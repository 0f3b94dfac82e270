// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace tertulia::io {

/// Bytes accepted for one connection and not yet taken by the kernel.  A peer that reads slower is closed.
inline constexpr std::size_t write_queue_bytes_max = 1024 * 1024;
/// The same over all connections of one transport.  Past it, only peers that keep up are still served.
inline constexpr std::size_t write_queues_bytes_max = 512U * 1024 * 1024;
/// Connections of one transport, half-open ones included.
inline constexpr std::size_t connections_max = 100'000;
/// Connections of one peer (an IPv4 address, an IPv6 /64) to one transport; a whole office may stand behind one
/// address.
inline constexpr std::size_t connections_per_peer_max = 2'000;
/// TLS handshakes under way at once in one transport.
inline constexpr std::size_t handshakes_max = 2'000;
/// From accept to the end of the TLS handshake.
inline constexpr base::Duration handshake_duration_max = base::Duration{10'000'000};
/// From `close` after flush to the end of the connection, whatever the peer does.
inline constexpr base::Duration closing_duration_max = base::Duration{5'000'000};

/// Listeners of one transport.
inline constexpr std::size_t listeners_max = 16;
/// Certificates of one TLS context: one for each kind of key.
inline constexpr std::size_t certificates_max = 4;
/// Connections waiting in the kernel for accept.
inline constexpr int accept_backlog = 1'024;
/// Accepted in one go; each may cost a TLS handshake (about a millisecond) in the turns that follow.
inline constexpr std::size_t accepts_per_turn_max = 16;
/// Pause after the system ran out of descriptors or memory for sockets.
inline constexpr base::Duration accept_backoff = base::Duration{250'000};
/// Shortest time between two log lines about refused connections.
inline constexpr base::Duration refusal_log_interval = base::Duration{10'000'000};

/// One read; a TLS record (16 KiB) fits.  One buffer per transport, none per connection.
inline constexpr std::size_t read_buffer_bytes = 64 * 1024;
/// Read from one connection before the others get their turn.
inline constexpr std::size_t read_bytes_per_turn_max = 256 * 1024;
/// Reads that throw away input of a closing connection in one turn.
inline constexpr std::size_t discards_per_turn_max = 8;

/// Keep-alive probes begin after this idle time, in seconds (for peers that speak no keep-alive of their own).
inline constexpr int keep_alive_idle_seconds = 120;
inline constexpr int keep_alive_interval_seconds = 10;
inline constexpr int keep_alive_probes = 3;
/// Sent data without acknowledgement for so long ends the connection (RFC 5482).
inline constexpr unsigned user_timeout_milliseconds = 30'000;

static_assert(write_queue_bytes_max < write_queues_bytes_max);
static_assert(handshakes_max <= connections_max);
static_assert(connections_per_peer_max <= connections_max);
static_assert(read_bytes_per_turn_max >= read_buffer_bytes);
static_assert(read_buffer_bytes >= 16 * 1024);

}  // namespace tertulia::io
