// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/log.h"
#include "base/result.h"
#include "io/loop/loop.h"
#include "io/net/address.h"
#include "io/net/limits.h"
#include "io/net/metrics.h"
#include "io/net/socket.h"
#include "io/net/tls_context.h"

namespace tertulia::io {

/// Both ends of a connection.
struct PeerInfo {
  SocketAddress remote;
  SocketAddress local;
  bool tls = false;
};

/// Told about connections that can be used.
class ConnectionAcceptor {
 public:
  virtual ~ConnectionAcceptor() = default;
  /// After the TLS handshake.  May send and close.
  virtual void on_accepted(base::ConnectionId id, const PeerInfo& peer) = 0;
};

/// Told what happens on them.  Both may send, close and pause any connection, but not end the transport.
class ConnectionHandler {
 public:
  virtual ~ConnectionHandler() = default;
  /// `bytes` live only inside the call.  Not called any more after `close`.
  virtual void on_bytes(base::ConnectionId id, std::string_view bytes) = 0;
  /// Exactly once for each accepted connection, the id unknown from then on; never from inside a call of Transport.
  virtual void on_closed(base::ConnectionId id, CloseCause cause) = 0;
};

/// Bounds of one transport; the defaults are the named limits.
struct TransportSettings {
  std::size_t write_queue_bytes = write_queue_bytes_max;
  std::size_t write_queues_bytes = write_queues_bytes_max;  ///< all connections together
  std::size_t connections = connections_max;
  std::size_t connections_per_peer = connections_per_peer_max;
  std::size_t handshakes = handshakes_max;
  base::Duration handshake_duration = handshake_duration_max;
  base::Duration closing_duration = closing_duration_max;
};

struct ListenSettings {
  SocketAddress address;  ///< port 0: the system chooses
  bool tls = false;
  PortSharing sharing = PortSharing::alone;
};

enum class CloseMode : std::uint8_t {
  now,          ///< what waits to be sent is dropped
  after_flush,  ///< what was sent before is delivered first, within `closing_duration`
};

/// All listeners and connections of one shard.  Others hold ids only; an id that ended is harmless everywhere.
/// What is sent to one connection in one turn of the loop leaves together at the end of the turn.
/// Thread: that of the loop; the metrics may be read by any.
class Transport {
 public:
  /// Borrows loop, ids and log.
  Transport(Loop& loop, base::IdSource& ids, const base::Log& log, const TransportSettings& settings = {});
  ~Transport();  ///< closes everything at once, without further calls
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  /// For handshakes that begin from now on; living connections keep theirs.  Needed before TLS listeners.
  void use_tls(std::shared_ptr<const TlsContext> context);
  /// Begins to accept and answers the real address.  Borrows `acceptor` and `handler`.
  /// Errors: those of `open_listener`; `certificate_unusable` for TLS without a context; `setting_out_of_bounds`.
  base::Result<SocketAddress> listen(const ListenSettings& settings, ConnectionAcceptor& acceptor,
                                     ConnectionHandler& handler);
  /// Accepts no more; connections live on.
  void stop_listening();

  /// Queues a copy.  A connection whose queue would pass its bound is closed as `slow_reader`; so is one that does not
  /// keep up while all queues together are at theirs.
  void send(base::ConnectionId id, std::string_view bytes);
  void close(base::ConnectionId id, CloseMode mode);
  void close_all(CloseMode mode);

  /// Back-pressure: bytes stay in the kernel, the peer is slowed down.  While paused an end by the peer is not noticed.
  void pause_reading(base::ConnectionId id);
  void resume_reading(base::ConnectionId id);

  /// Bytes that wait to leave; 0 for an unknown id.
  std::size_t queued_bytes(base::ConnectionId id) const;
  /// Everything that holds a descriptor: open, half-open and closing.
  std::size_t connection_count() const;
  const TransportMetrics& metrics() const;

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

/// Without this a peer that goes away could end the process: TLS writes cannot carry MSG_NOSIGNAL.  Call once at start.
void ignore_broken_pipe_signal();

}  // namespace tertulia::io
