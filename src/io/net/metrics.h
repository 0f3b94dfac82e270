// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/metrics.h"

namespace tertulia::io {

/// Why a connection ended.
enum class CloseCause : std::uint8_t {
  peer_closed,  ///< orderly end by the peer
  reset,        ///< broken off by the peer or the network
  timed_out,    ///< the peer's machine no longer answers (keep-alive, user timeout)
  requested,    ///< by our `close`
  slow_reader,  ///< more than `write_queue_bytes_max` waited for it
  tls_error,    ///< bytes that are no TLS, or a fatal alert
};
inline constexpr std::size_t close_causes = 6;

/// The enumerator's name, for logs and metric labels.
constexpr const char* name_of(CloseCause cause) {
  constexpr std::array<const char*, close_causes> names{"peer_closed", "reset",       "timed_out",
                                                        "requested",   "slow_reader", "tls_error"};
  return names[static_cast<std::size_t>(cause)];
}

/// Why a connection was closed right after accept.
enum class RefusalCause : std::uint8_t {
  too_many_connections,
  too_many_of_peer,
  too_many_handshakes,
  system,  ///< no memory, or the system cannot watch more descriptors
};
inline constexpr std::size_t refusal_causes = 4;

/// The enumerator's name, for logs and metric labels.
constexpr const char* name_of(RefusalCause cause) {
  constexpr std::array<const char*, refusal_causes> names{"too_many_connections", "too_many_of_peer",
                                                          "too_many_handshakes", "system"};
  return names[static_cast<std::size_t>(cause)];
}

/// Counts of one transport.  Bytes are those of the application, without TLS.
struct TransportMetrics {
  base::Counter accepted;            ///< usable: for TLS after the handshake
  base::Counter handshake_failures;  ///< no TLS, no common version, or gone before the end
  base::Counter handshake_timeouts;
  base::Counter handshakes_resumed;  ///< shortened by a session ticket
  base::Counter accept_pauses;       ///< times the system was out of descriptors or memory
  base::Counter bytes_in;
  base::Counter bytes_out;
  base::Counter sends_dropped;  ///< to connections that had ended
  std::array<base::Counter, refusal_causes> refused_by_cause;
  std::array<base::Counter, close_causes> closed_by_cause;  ///< of accepted ones
  base::Gauge open;                                         ///< accepted and not yet ended
  base::Gauge handshaking;
  base::Gauge queued_bytes;  ///< waiting to leave, over all connections

  void refused(RefusalCause cause) { refused_by_cause[static_cast<std::size_t>(cause)].add(); }
  void closed(CloseCause cause) { closed_by_cause[static_cast<std::size_t>(cause)].add(); }
  std::uint64_t refused_count(RefusalCause cause) const {
    return refused_by_cause[static_cast<std::size_t>(cause)].value();
  }
  std::uint64_t closed_count(CloseCause cause) const {
    return closed_by_cause[static_cast<std::size_t>(cause)].value();
  }
};

}  // namespace tertulia::io
