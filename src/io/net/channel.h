// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "io/net/socket.h"
#include "io/net/tls_context.h"

struct bio_st;
struct ssl_st;

namespace tertulia::io {

enum class ChannelStatus : std::uint8_t { done, want_read, want_write, peer_closed, reset, timed_out, tls_error };

struct ChannelStep {
  ChannelStatus status = ChannelStatus::done;
  std::size_t bytes = 0;  ///< with `done`: at least one, for a handshake zero
};

/// The TLS library's way to a socket.  The open connections of a thread share one, which is set to the socket of each
/// before it is used; with one of its own an idle connection would cost some 200 octets more.
class TlsSocket {
 public:
  TlsSocket();

  bool usable() const { return bio_ != nullptr; }
  /// From now on the connection reads and writes here, and its own way is freed.
  void take_over(ssl_st* ssl);
  void set(int fd);

 private:
  struct FreeBio {
    void operator()(bio_st* bio) const;
  };
  std::unique_ptr<bio_st, FreeBio> bio_;
};

/// Bytes over one non-blocking socket, with TLS or without.  Holds no buffer while nothing is under way.
class Channel {
 public:
  explicit Channel(Fd fd);  ///< plain
  /// TLS, server side; `usable` may be false when memory is out.  `socket`: must outlive it.
  Channel(Fd fd, const TlsContext& context, TlsSocket& socket);
  ~Channel();
  Channel(Channel&&) noexcept;
  Channel& operator=(Channel&&) = delete;

  int fd() const { return fd_.get(); }
  bool usable() const;
  bool is_tls() const { return socket_ != nullptr; }
  bool resumed() const;

  ChannelStep handshake();
  ChannelStep read(std::span<char> into);
  /// After `want_write` or `want_read` the next write must begin with the same bytes.
  ChannelStep write(std::string_view bytes);
  /// Received already, but not yet read: the socket will not become readable for it.
  bool has_buffered() const;
  /// Tells the peer that nothing follows (close_notify, then FIN).
  void end_writing();
  /// Reads and forgets, beneath TLS: for a connection whose input no longer matters.
  ChannelStep discard(std::span<char> scratch);

 private:
  struct FreeSsl {
    void operator()(ssl_st* ssl) const;
  };
  void begin_call();
  ChannelStep tls_step(int result);

  Fd fd_;
  std::unique_ptr<ssl_st, FreeSsl> ssl_;
  TlsSocket* socket_ = nullptr;  ///< null: plain
};

}  // namespace tertulia::io
