// SPDX-License-Identifier: Apache-2.0
#include "io/net/channel.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "io/net/ephemeral_keys.h"

namespace tertulia::io {
namespace {

/// SSL_get_error looks at the thread's queue of errors, so nothing of another connection may be left in it.  Clearing it
/// costs four times as much as a look.
void forget_errors() {
  if (ERR_peek_error() != 0) ERR_clear_error();
}

constexpr std::size_t one_call_bytes_max = 1U << 30;  // SSL_read and SSL_write count in int

ChannelStep failed(int error, ChannelStatus blocked) {
  switch (error) {
    case EAGAIN:
    case EINTR:
      return {blocked, 0};
    case ETIMEDOUT:
    case EHOSTUNREACH:
    case ENETUNREACH:
      return {ChannelStatus::timed_out, 0};
    default:
      return {ChannelStatus::reset, 0};
  }
}

}  // namespace

TlsSocket::TlsSocket() : bio_(BIO_new_socket(-1, BIO_NOCLOSE)) {}

void TlsSocket::FreeBio::operator()(bio_st* bio) const { BIO_free(bio); }

void TlsSocket::take_over(ssl_st* ssl) {
  BIO_up_ref(bio_.get());  // the connection's reference
  SSL_set_bio(ssl, bio_.get(), bio_.get());
}

void TlsSocket::set(int fd) { BIO_set_fd(bio_.get(), fd, BIO_NOCLOSE); }

Channel::Channel(Fd fd) : fd_(std::move(fd)) {}

// The handshake has a way to the socket of its own: it puts a buffer before it.
Channel::Channel(Fd fd, const TlsContext& context, TlsSocket& socket)
    : fd_(std::move(fd)), ssl_(SSL_new(context.native())), socket_(&socket) {
  if (ssl_ && SSL_set_fd(ssl_.get(), fd_.get()) != 1) ssl_.reset();
  if (ssl_) SSL_set_accept_state(ssl_.get());
}

Channel::~Channel() = default;
Channel::Channel(Channel&&) noexcept = default;

void Channel::FreeSsl::operator()(ssl_st* ssl) const { SSL_free(ssl); }

bool Channel::usable() const { return fd_ && (!is_tls() || (ssl_ && socket_->usable())); }
bool Channel::resumed() const { return ssl_ && SSL_session_reused(ssl_.get()) == 1; }
bool Channel::has_buffered() const { return ssl_ && SSL_has_pending(ssl_.get()) == 1; }

void Channel::begin_call() {
  forget_errors();
  errno = 0;
  socket_->set(fd_.get());
}

ChannelStep Channel::tls_step(int result) {
  if (result > 0) return {ChannelStatus::done, static_cast<std::size_t>(result)};
  const int error = errno;
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return {ChannelStatus::want_read, 0};
    case SSL_ERROR_WANT_WRITE:
      return {ChannelStatus::want_write, 0};
    case SSL_ERROR_ZERO_RETURN:
      return {ChannelStatus::peer_closed, 0};
    case SSL_ERROR_SYSCALL:
      return error == 0 ? ChannelStep{ChannelStatus::peer_closed, 0} : failed(error, ChannelStatus::want_read);
    default:
      return {ChannelStatus::tls_error, 0};
  }
}

ChannelStep Channel::handshake() {
  forget_errors();
  errno = 0;
  ChannelStep step = tls_step(SSL_do_handshake(ssl_.get()));
  forget_errors();
  if (step.status == ChannelStatus::done) {
    step.bytes = 0;
    forget_ephemeral_keys(ssl_.get());
    socket_->take_over(ssl_.get());
  }
  return step;
}

ChannelStep Channel::read(std::span<char> into) {
  if (ssl_) {
    begin_call();
    return tls_step(SSL_read(ssl_.get(), into.data(), static_cast<int>(std::min(into.size(), one_call_bytes_max))));
  }
  const ssize_t got = ::recv(fd_.get(), into.data(), into.size(), 0);
  if (got > 0) return {ChannelStatus::done, static_cast<std::size_t>(got)};
  if (got == 0) return {ChannelStatus::peer_closed, 0};
  return failed(errno, ChannelStatus::want_read);
}

ChannelStep Channel::write(std::string_view bytes) {
  if (ssl_) {
    begin_call();
    return tls_step(SSL_write(ssl_.get(), bytes.data(), static_cast<int>(std::min(bytes.size(), one_call_bytes_max))));
  }
  const ssize_t put = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (put >= 0) return {ChannelStatus::done, static_cast<std::size_t>(put)};
  return failed(errno, ChannelStatus::want_write);
}

void Channel::end_writing() {
  if (ssl_) {
    begin_call();
    SSL_shutdown(ssl_.get());
    forget_errors();
  }
  ::shutdown(fd_.get(), SHUT_WR);
}

ChannelStep Channel::discard(std::span<char> scratch) {
  const ssize_t got = ::recv(fd_.get(), scratch.data(), scratch.size(), 0);
  if (got > 0) return {ChannelStatus::done, static_cast<std::size_t>(got)};
  if (got == 0) return {ChannelStatus::peer_closed, 0};
  return failed(errno, ChannelStatus::want_read);
}

}  // namespace tertulia::io
