// SPDX-License-Identifier: Apache-2.0
#include "io/net/transport.h"

#include <csignal>

#include "io/net/transport_core.h"

namespace tertulia::io {

Transport::Core::Core(Loop& loop, base::IdSource& ids, const base::Log& log, const TransportSettings& settings)
    : loop_(loop),
      ids_(ids),
      log_(log),
      settings_(settings),
      turn_end_(loop, [this] { on_turn_end(); }),
      sweep_(loop),
      accept_again_(loop),
      buffer_(std::make_unique<char[]>(read_buffer_bytes)) {}

Transport::Core::Connection* Transport::Core::find(base::ConnectionId id) {
  const auto found = connections_.find(id);
  return found == connections_.end() || found->second->doomed ? nullptr : found->second.get();
}

void Transport::Core::send(base::ConnectionId id, std::string_view bytes) {
  Connection* connection = find(id);
  if (connection == nullptr || connection->phase != Phase::open) {
    metrics.sends_dropped.add();
    return;
  }
  if (bytes.empty()) return;
  if (!has_room(*connection, bytes.size())) {
    // Much was said in one turn; only a peer that does not take it is slow.
    if (!connection->write_blocked) flush(*connection);
    if (connection->doomed) return;
    if (!has_room(*connection, bytes.size())) return doom(*connection, CloseCause::slow_reader);
  }
  connection->queue.append(bytes);
  metrics.queued_bytes.add(static_cast<std::int64_t>(bytes.size()));
  mark_dirty(*connection);
}

bool Transport::Core::has_room(const Connection& connection, std::size_t bytes) const {
  if (connection.queued() + bytes > settings_.write_queue_bytes) return false;
  const auto all = static_cast<std::size_t>(metrics.queued_bytes.value());
  return all + bytes <= settings_.write_queues_bytes || connection.queued() == 0;
}

void Transport::Core::mark_dirty(Connection& connection) {
  if (connection.dirty) return;
  connection.dirty = true;
  dirty_.push_back(&connection);
  turn_end_.request();
}

void Transport::Core::close(base::ConnectionId id, CloseMode mode) {
  Connection* connection = find(id);
  if (connection == nullptr) return;
  if (mode == CloseMode::now || connection->phase == Phase::handshaking) {
    doom(*connection, CloseCause::requested);
  } else if (connection->phase == Phase::open) {
    drain(*connection);
  }
}

void Transport::Core::drain(Connection& connection) {
  connection.phase = Phase::draining;
  set_deadline(connection, loop_.now().mono + settings_.closing_duration);
  mark_dirty(connection);
}

void Transport::Core::close_all(CloseMode mode) {
  for (auto& [id, connection] : connections_) close(id, mode);
}

void Transport::Core::pause_reading(base::ConnectionId id) {
  if (Connection* connection = find(id)) connection->paused = true;
}

void Transport::Core::resume_reading(base::ConnectionId id) {
  Connection* connection = find(id);
  if (connection == nullptr || !connection->paused) return;
  connection->paused = false;
  // TLS may hold bytes for which the socket will never become readable again.
  ask_read_again(*connection);
}

std::size_t Transport::Core::queued_bytes(base::ConnectionId id) const {
  const auto found = connections_.find(id);
  return found == connections_.end() ? 0 : found->second->queued();
}

/// The end is only noted here: callers further up still hold the connection.  `reap` does it when the turn ends.
void Transport::Core::doom(Connection& connection, CloseCause cause) {
  if (connection.doomed) return;
  connection.doomed = true;
  connection.cause = cause;
  connection.watcher.cancel();
  doomed_.push_back(&connection);
  turn_end_.request();
}

void Transport::Core::fail(Connection& connection, ChannelStatus status) {
  switch (status) {
    case ChannelStatus::peer_closed:
      return doom(connection, CloseCause::peer_closed);
    case ChannelStatus::timed_out:
      return doom(connection, CloseCause::timed_out);
    case ChannelStatus::tls_error:
      return doom(connection, CloseCause::tls_error);
    case ChannelStatus::reset:
      return doom(connection, CloseCause::reset);
    case ChannelStatus::done:
    case ChannelStatus::want_read:
    case ChannelStatus::want_write:
      return;
  }
}

void Transport::Core::set_deadline(Connection& connection, base::TimePoint deadline) {
  if (connection.deadline != base::TimePoint::never()) deadlines_.erase({connection.deadline, connection.id});
  connection.deadline = deadline;
  if (deadline == base::TimePoint::never()) return;
  deadlines_.emplace(deadline, connection.id);
  if (!sweep_.armed() || deadline < sweep_.deadline()) arm_sweep();
}

void Transport::Core::arm_sweep() {
  if (deadlines_.empty()) return;
  sweep_.arm(deadlines_.begin()->first, [this] { on_deadline(); });
}

void Transport::Core::on_deadline() {
  while (!deadlines_.empty() && deadlines_.begin()->first <= loop_.now().mono) {
    const base::ConnectionId id = deadlines_.begin()->second;
    deadlines_.erase(deadlines_.begin());
    Connection* connection = find(id);
    if (connection == nullptr) continue;
    connection->deadline = base::TimePoint::never();
    if (connection->phase == Phase::handshaking) metrics.handshake_timeouts.add();
    doom(*connection, CloseCause::requested);
  }
  arm_sweep();
}

void Transport::Core::on_turn_end() {
  retired_.clear();
  working_.swap(read_again_);
  for (Connection* connection : working_) {
    connection->read_again = false;
    if (!connection->doomed) read(*connection);
  }
  working_.clear();

  working_.swap(dirty_);
  for (Connection* connection : working_) {
    connection->dirty = false;
    // A peer may ask and end its side in one go; what we answered before we saw the end still goes out.
    const bool can_write = !connection->doomed || connection->cause == CloseCause::peer_closed;
    if (can_write && !connection->write_blocked) flush(*connection);
  }
  working_.clear();

  working_.swap(doomed_);
  for (Connection* connection : working_) reap(*connection);
  working_.clear();
}

void Transport::Core::reap(Connection& ended) {
  const base::ConnectionId id = ended.id;
  if (ended.dirty) std::erase(dirty_, &ended);
  if (ended.read_again) std::erase(read_again_, &ended);
  const auto found = connections_.find(id);
  const std::unique_ptr<Connection> connection = std::move(found->second);
  connections_.erase(found);
  set_deadline(*connection, base::TimePoint::never());
  metrics.queued_bytes.add(-static_cast<std::int64_t>(connection->queued()));
  const auto peer = peers_.find(connection->remote.group());
  if (peer != peers_.end() && --peer->second == 0) peers_.erase(peer);
  if (connection->phase == Phase::handshaking) {
    --handshaking_;
    metrics.handshaking.add(-1);
    return;
  }
  metrics.open.add(-1);
  metrics.closed(connection->cause);
  connection->handler->on_closed(id, connection->cause);
}

Transport::Transport(Loop& loop, base::IdSource& ids, const base::Log& log, const TransportSettings& settings)
    : core_(std::make_unique<Core>(loop, ids, log, settings)) {}
Transport::~Transport() = default;

void Transport::use_tls(std::shared_ptr<const TlsContext> context) { core_->tls = std::move(context); }

base::Result<SocketAddress> Transport::listen(const ListenSettings& settings, ConnectionAcceptor& acceptor,
                                              ConnectionHandler& handler) {
  return core_->listen(settings, acceptor, handler);
}

void Transport::stop_listening() { core_->stop_listening(); }

void Transport::send(base::ConnectionId id, std::string_view bytes) { core_->send(id, bytes); }
void Transport::close(base::ConnectionId id, CloseMode mode) { core_->close(id, mode); }
void Transport::close_all(CloseMode mode) { core_->close_all(mode); }
void Transport::pause_reading(base::ConnectionId id) { core_->pause_reading(id); }
void Transport::resume_reading(base::ConnectionId id) { core_->resume_reading(id); }
std::size_t Transport::queued_bytes(base::ConnectionId id) const { return core_->queued_bytes(id); }
std::size_t Transport::connection_count() const { return core_->connections_.size(); }
const TransportMetrics& Transport::metrics() const { return core_->metrics; }

void ignore_broken_pipe_signal() { std::signal(SIGPIPE, SIG_IGN); }

}  // namespace tertulia::io
