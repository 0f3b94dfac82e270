// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "io/loop/watcher.h"
#include "io/net/channel.h"
#include "io/net/transport.h"

namespace tertulia::io {

/// The parts of Transport, for its own source files only.
class Transport::Core {
 public:
  Core(Loop& loop, base::IdSource& ids, const base::Log& log, const TransportSettings& settings);

  base::Result<SocketAddress> listen(const ListenSettings& settings, ConnectionAcceptor& acceptor,
                                     ConnectionHandler& handler);
  void send(base::ConnectionId id, std::string_view bytes);
  void close(base::ConnectionId id, CloseMode mode);
  void close_all(CloseMode mode);
  void pause_reading(base::ConnectionId id);
  void resume_reading(base::ConnectionId id);
  std::size_t queued_bytes(base::ConnectionId id) const;

  std::shared_ptr<const TlsContext> tls;
  TransportMetrics metrics;

 private:
  friend class Transport;

  struct Listener {
    Fd fd;
    bool tls = false;
    ConnectionAcceptor& acceptor;
    ConnectionHandler& handler;
    std::unique_ptr<FdWatcher> watcher;
  };

  /// handshaking -> open -> draining -> lingering; from each of them straight to the end (`doomed`).
  enum class Phase : std::uint8_t {
    handshaking,
    open,
    draining,   ///< `close` after flush: nothing is read, the queue goes out
    lingering,  ///< our side has ended; input is thrown away until the peer ends too, else the kernel would break off
  };

  struct Connection {
    Connection(Core& core, base::ConnectionId name, Channel way)
        : id(name), channel(std::move(way)), watcher(core.loop_, channel.fd(), [&core, this](FdWatcher::Event event) {
            if (!doomed) core.on_ready(*this, event);
          }) {}

    base::ConnectionId id;
    Channel channel;
    FdWatcher watcher;  // after the channel: it must end before the descriptor is closed
    ConnectionAcceptor* acceptor = nullptr;
    ConnectionHandler* handler = nullptr;
    SocketAddress remote;
    base::TimePoint deadline = base::TimePoint::never();
    std::string queue;     // what is to be sent
    std::size_t sent = 0;  // of `queue`
    Phase phase = Phase::open;
    CloseCause cause = CloseCause::requested;
    bool doomed = false;
    bool dirty = false;             // in `dirty_`
    bool paused = false;            // by pause_reading
    bool read_again = false;        // in `read_again_`
    bool write_blocked = false;     // waits for the socket
    bool read_wants_write = false;  // TLS only
    bool write_wants_read = false;  // TLS only

    std::size_t queued() const { return queue.size() - sent; }
  };

  // transport_accept.cpp
  void stop_listening();
  void on_listener_ready(Listener& listener);
  bool admit(const SocketAddress& peer, bool tls);
  void refuse(RefusalCause cause, const SocketAddress& peer);
  void start(Listener& listener, Fd fd, const SocketAddress& peer);
  void pause_accepting(int error);
  void advance_handshake(Connection& connection);
  void announce(Connection& connection);

  // transport_io.cpp
  void on_ready(Connection& connection, FdWatcher::Event event);
  void read(Connection& connection);
  void flush(Connection& connection);
  void begin_lingering(Connection& connection);
  void discard(Connection& connection);
  void ask_read_again(Connection& connection);

  // transport.cpp
  Connection* find(base::ConnectionId id);
  bool has_room(const Connection& connection, std::size_t bytes) const;
  void mark_dirty(Connection& connection);
  void doom(Connection& connection, CloseCause cause);
  void fail(Connection& connection, ChannelStatus status);
  void drain(Connection& connection);
  void set_deadline(Connection& connection, base::TimePoint deadline);
  void on_deadline();
  void arm_sweep();
  void on_turn_end();
  void reap(Connection& ended);

  Loop& loop_;
  base::IdSource& ids_;
  const base::Log& log_;
  const TransportSettings settings_;
  TurnEnd turn_end_;
  Timer sweep_;
  Timer accept_again_;
  base::TimePoint refusal_logged_until_{};
  std::unique_ptr<char[]> buffer_;
  TlsSocket tls_socket_;
  // Only handshakes and closings have a deadline; an idle connection has no entry.
  std::set<std::pair<base::TimePoint, base::ConnectionId>> deadlines_;
  std::unordered_map<PeerGroup, std::size_t> peers_;
  std::size_t handshaking_ = 0;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::vector<std::unique_ptr<Listener>> retired_;  // closed; freed when the turn ends
  std::unordered_map<base::ConnectionId, std::unique_ptr<Connection>> connections_;
  // Connections end in `reap` only, which takes them out of these lists.
  std::vector<Connection*> dirty_;
  std::vector<Connection*> read_again_;
  std::vector<Connection*> doomed_;
  std::vector<Connection*> working_;  // the list under way at the turn's end

  std::span<char> buffer() { return {buffer_.get(), read_buffer_bytes}; }
};

}  // namespace tertulia::io
