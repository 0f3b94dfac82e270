// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct ssl_st;
struct ssl_ctx_st;

namespace tertulia::bench {

/// One read; a TLS record fits.
inline constexpr std::size_t read_bytes = 64 * 1024;
/// A message or a queue beyond this is a mistake of the benchmark, and closes the link.
inline constexpr std::size_t queue_bytes_max = 16 * 1024 * 1024;

struct FreeContext {
  void operator()(ssl_ctx_st* context) const;
};
using TlsContextPtr = std::unique_ptr<ssl_ctx_st, FreeContext>;

/// Parameters like those of src/io/net (TLS 1.2 and 1.3, buffers released while idle, read ahead); nothing when the
/// files are unusable.
TlsContextPtr server_context(const std::string& certificate, const std::string& key);
/// The same for the load generator: trusts whom it meets, resumes no session.
TlsContextPtr client_context();

/// One end of a TLS connection on a non-blocking descriptor: bytes in, SIP messages out, gathered writes.
class Link {
 public:
  enum class State { handshaking, open, closed };

  /// Takes the descriptor.
  Link(int fd, ssl_ctx_st* context, bool is_server);
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  int fd() const { return fd_; }
  State state() const { return state_; }
  bool wants_write() const { return wants_write_; }

  /// Goes on with the handshake, writes what is queued, reads what there is.
  void advance();
  void queue(std::string_view bytes) { out_.append(bytes); }
  void flush();
  /// The next whole message, framed by Content-Length; a view until the next call.  False: none.
  bool next(std::string_view& message);
  /// Says good-bye (close_notify) and is closed.
  void close();

 private:
  struct FreeSsl {
    void operator()(ssl_st* ssl) const;
  };
  void shake();
  void read();
  /// What a result of OpenSSL means; true: done.
  bool judge(int result);

  int fd_;
  std::unique_ptr<ssl_st, FreeSsl> ssl_;
  State state_ = State::handshaking;
  bool wants_write_ = false;
  std::string in_, out_;
  std::size_t used_ = 0;  // of in_
  std::size_t sent_ = 0;  // of out_
};

}  // namespace tertulia::bench
