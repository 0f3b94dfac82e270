// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "io/net/transport_core.h"

namespace tertulia::io {

void Transport::Core::on_ready(Connection& connection, FdWatcher::Event event) {
  const bool readable = event == FdWatcher::Event::readable;
  switch (connection.phase) {
    case Phase::handshaking:
      return advance_handshake(connection);
    case Phase::open:
      if (readable ? connection.write_wants_read : connection.write_blocked) flush(connection);
      if (!connection.doomed && (readable || connection.read_wants_write)) read(connection);
      return;
    case Phase::draining:
      return flush(connection);
    case Phase::lingering:
      return discard(connection);
  }
}

void Transport::Core::read(Connection& connection) {
  connection.read_wants_write = false;
  std::size_t total = 0;
  while (!connection.doomed && connection.phase == Phase::open && !connection.paused) {
    if (total >= read_bytes_per_turn_max) return ask_read_again(connection);
    const ChannelStep step = connection.channel.read(buffer());
    switch (step.status) {
      case ChannelStatus::done:
        break;
      case ChannelStatus::want_read:
        return connection.watcher.watch(FdWatcher::Event::readable);
      case ChannelStatus::want_write:
        connection.read_wants_write = true;
        return connection.watcher.watch(FdWatcher::Event::writable);
      case ChannelStatus::peer_closed:
      case ChannelStatus::reset:
      case ChannelStatus::timed_out:
      case ChannelStatus::tls_error:
        return fail(connection, step.status);
    }
    total += step.bytes;
    metrics.bytes_in.add(step.bytes);
    connection.handler->on_bytes(connection.id, {buffer_.get(), step.bytes});
    // Most often the kernel is empty now; asking it again would cost a system call for nothing.
    if (step.bytes < read_buffer_bytes && !connection.channel.has_buffered()) break;
  }
  if (!connection.doomed && connection.phase == Phase::open && !connection.paused) {
    connection.watcher.watch(FdWatcher::Event::readable);
  }
}

void Transport::Core::ask_read_again(Connection& connection) {
  if (connection.read_again) return;
  connection.read_again = true;
  read_again_.push_back(&connection);
  turn_end_.request();
}

void Transport::Core::flush(Connection& connection) {
  connection.write_blocked = false;
  connection.write_wants_read = false;
  while (connection.queued() > 0) {
    const ChannelStep step = connection.channel.write(std::string_view(connection.queue).substr(connection.sent));
    if (step.status == ChannelStatus::done) {
      connection.sent += step.bytes;
      metrics.bytes_out.add(step.bytes);
      metrics.queued_bytes.add(-static_cast<std::int64_t>(step.bytes));
      continue;
    }
    if (step.status == ChannelStatus::want_write || step.status == ChannelStatus::want_read) {
      connection.write_blocked = true;
      connection.write_wants_read = step.status == ChannelStatus::want_read;
      if (connection.doomed) return;
      // What has left makes room, but not byte by byte: moving the rest costs.
      if (connection.sent * 2 > connection.queue.size()) {
        connection.queue.erase(0, connection.sent);
        connection.sent = 0;
      }
      return connection.watcher.watch(connection.write_wants_read ? FdWatcher::Event::readable
                                                                  : FdWatcher::Event::writable);
    }
    return fail(connection, step.status);
  }
  std::string().swap(connection.queue);  // an idle connection holds no buffer
  connection.sent = 0;
  if (connection.phase == Phase::draining && !connection.doomed) begin_lingering(connection);
}

/// Closing with unread input makes the kernel send a reset, which can overtake what the peer has not yet read.
void Transport::Core::begin_lingering(Connection& connection) {
  connection.phase = Phase::lingering;
  connection.channel.end_writing();
  discard(connection);
}

void Transport::Core::discard(Connection& connection) {
  for (std::size_t i = 0; i < discards_per_turn_max; ++i) {
    const ChannelStep step = connection.channel.discard(buffer());
    if (step.status == ChannelStatus::done) continue;
    if (step.status == ChannelStatus::want_read) break;
    return doom(connection, CloseCause::requested);
  }
  connection.watcher.watch(FdWatcher::Event::readable);
}

}  // namespace tertulia::io
