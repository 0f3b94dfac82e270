// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "io/net/transport_core.h"

namespace tertulia::io {

base::Result<SocketAddress> Transport::Core::listen(const ListenSettings& settings, ConnectionAcceptor& acceptor,
                                                    ConnectionHandler& handler) {
  if (listeners_.size() >= listeners_max) {
    return base::Error{base::Reason::setting_out_of_bounds, "too many listening addresses"};
  }
  if (settings.tls && !tls) return base::Error{base::Reason::certificate_unusable, "TLS needs a certificate"};
  auto fd = open_listener(settings.address, settings.sharing);
  if (!fd) return fd.error();
  auto owned = std::unique_ptr<Listener>(
      new Listener{.fd = std::move(*fd), .tls = settings.tls, .acceptor = acceptor, .handler = handler, .watcher = {}});
  Listener& listener = *owned;
  listener.watcher = std::make_unique<FdWatcher>(loop_, listener.fd.get(),
                                                 [this, &listener](FdWatcher::Event) { on_listener_ready(listener); });
  if (!listener.watcher->usable())
    return base::Error{base::Reason::internal_error, "the system cannot watch the socket"};
  listener.watcher->watch(FdWatcher::Event::readable);
  listeners_.push_back(std::move(owned));
  return local_address(listener.fd.get());
}

void Transport::Core::on_listener_ready(Listener& listener) {
  for (std::size_t i = 0; i < accepts_per_turn_max; ++i) {
    Accepted accepted = accept_one(listener.fd.get());
    if (accepted.status == AcceptStatus::nothing) break;
    if (accepted.status == AcceptStatus::try_again) continue;
    if (accepted.status == AcceptStatus::exhausted) return pause_accepting(accepted.error);
    if (admit(accepted.peer, listener.tls)) start(listener, std::move(accepted.fd), accepted.peer);
    if (!listener.watcher) return;  // stop_listening, from inside on_accepted
  }
  listener.watcher->watch(FdWatcher::Event::readable);
}

void Transport::Core::stop_listening() {
  accept_again_.cancel();
  for (auto& listener : listeners_) {
    listener->watcher.reset();
    listener->fd = Fd();
    retired_.push_back(std::move(listener));  // perhaps we are inside its callback
  }
  listeners_.clear();
  turn_end_.request();
}

/// The listener stays readable while nothing can be accepted; trying again at once would spin.
void Transport::Core::pause_accepting(int error) {
  metrics.accept_pauses.add();
  log_.error("Out of descriptors or memory for connections; accepting pauses",
             {{"errno", error}, {"connections", static_cast<std::uint64_t>(connections_.size())}});
  accept_again_.arm(loop_.now().mono + accept_backoff, [this] {
    for (const auto& listener : listeners_) listener->watcher->watch(FdWatcher::Event::readable);
  });
}

bool Transport::Core::admit(const SocketAddress& peer, bool is_tls) {
  if (connections_.size() >= settings_.connections) {
    refuse(RefusalCause::too_many_connections, peer);
    return false;
  }
  const auto known = peers_.find(peer.group());
  if (known != peers_.end() && known->second >= settings_.connections_per_peer) {
    refuse(RefusalCause::too_many_of_peer, peer);
    return false;
  }
  if (is_tls && handshaking_ >= settings_.handshakes) {
    refuse(RefusalCause::too_many_handshakes, peer);
    return false;
  }
  return true;
}

void Transport::Core::refuse(RefusalCause cause, const SocketAddress& peer) {
  metrics.refused(cause);
  if (loop_.now().mono < refusal_logged_until_) return;
  refusal_logged_until_ = loop_.now().mono + refusal_log_interval;
  log_.warning("Connections are refused: a limit is reached",
               {{"limit", name_of(cause)},
                {"connections", static_cast<std::uint64_t>(connections_.size())},
                {"peer", base::Personal{peer.host()}}});
}

void Transport::Core::start(Listener& listener, Fd fd, const SocketAddress& peer) {
  Channel channel = listener.tls ? Channel(std::move(fd), *tls, tls_socket_) : Channel(std::move(fd));
  if (!channel.usable()) return refuse(RefusalCause::system, peer);
  const auto id = ids_.next<base::ConnectionId>();
  auto owned = std::make_unique<Connection>(*this, id, std::move(channel));
  if (!owned->watcher.usable()) return refuse(RefusalCause::system, peer);
  Connection& connection = *owned;
  connection.acceptor = &listener.acceptor;
  connection.handler = &listener.handler;
  connection.remote = peer;
  connections_.emplace(id, std::move(owned));
  ++peers_[peer.group()];
  if (!listener.tls) return announce(connection);

  connection.phase = Phase::handshaking;
  ++handshaking_;
  metrics.handshaking.add(1);
  set_deadline(connection, loop_.now().mono + settings_.handshake_duration);
  connection.watcher.watch(FdWatcher::Event::readable);
}

void Transport::Core::advance_handshake(Connection& connection) {
  switch (connection.channel.handshake().status) {
    case ChannelStatus::want_read:
      return connection.watcher.watch(FdWatcher::Event::readable);
    case ChannelStatus::want_write:
      return connection.watcher.watch(FdWatcher::Event::writable);
    case ChannelStatus::done:
      break;
    case ChannelStatus::peer_closed:
    case ChannelStatus::reset:
    case ChannelStatus::timed_out:
    case ChannelStatus::tls_error:
      metrics.handshake_failures.add();
      log_.debug("TLS handshake failed", {{"connection", connection.id}});
      return doom(connection, CloseCause::tls_error);
  }
  --handshaking_;
  metrics.handshaking.add(-1);
  if (connection.channel.resumed()) metrics.handshakes_resumed.add();
  set_deadline(connection, base::TimePoint::never());
  announce(connection);
}

void Transport::Core::announce(Connection& connection) {
  connection.phase = Phase::open;
  metrics.accepted.add();
  metrics.open.add(1);
  const PeerInfo peer{connection.remote, local_address(connection.channel.fd()), connection.channel.is_tls()};
  connection.acceptor->on_accepted(connection.id, peer);
  if (connection.doomed || connection.phase != Phase::open || connection.paused) return;
  // The first request may have come with the end of the handshake.
  if (connection.channel.has_buffered()) {
    ask_read_again(connection);
  } else {
    connection.watcher.watch(FdWatcher::Event::readable);
  }
}

}  // namespace tertulia::io
