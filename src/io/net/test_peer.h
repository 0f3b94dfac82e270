// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "io/net/socket.h"

namespace tertulia::io::testing {

/// Blocking client for tests, to be used on a thread of its own.  Gives up after five seconds of silence.
class TestPeer {
 public:
  explicit TestPeer(const SocketAddress& server, int receive_buffer = 0)
      : fd_(::socket(server.is_ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{5, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (receive_buffer != 0) ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    if (server.is_ipv6) {
      sockaddr_in6 to{};
      to.sin6_family = AF_INET6;
      to.sin6_port = htons(server.port);
      std::memcpy(&to.sin6_addr, server.bytes.data(), 16);
      connected_ = ::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
    } else {
      sockaddr_in to{};
      to.sin_family = AF_INET;
      to.sin_port = htons(server.port);
      std::memcpy(&to.sin_addr, server.bytes.data(), 4);
      connected_ = ::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
    }
  }

  bool connected() const { return connected_; }

  /// Handshake within these versions; `algorithms` narrows the signatures the client takes, `session` is offered again.
  bool start_tls(int lowest = TLS1_2_VERSION, int highest = TLS1_3_VERSION, const char* algorithms = nullptr,
                 SSL_SESSION* session = nullptr) {
    context_.reset(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_min_proto_version(context_.get(), lowest);
    SSL_CTX_set_max_proto_version(context_.get(), highest);
    SSL_CTX_set_options(context_.get(), SSL_OP_IGNORE_UNEXPECTED_EOF);
    if (lowest < TLS1_2_VERSION) SSL_CTX_set_cipher_list(context_.get(), "DEFAULT:@SECLEVEL=0");
    if (algorithms != nullptr) SSL_CTX_set1_sigalgs_list(context_.get(), algorithms);
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), fd_.get());
    if (session != nullptr) SSL_set_session(ssl_.get(), session);
    return SSL_connect(ssl_.get()) == 1;
  }
  SSL* ssl() { return ssl_.get(); }
  int version() const { return SSL_version(ssl_.get()); }
  /// Name in the server's certificate and the kind of its key.
  std::string server_name() const {
    std::array<char, 64> name{};
    X509* certificate = SSL_get0_peer_certificate(ssl_.get());
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(), name.size());
    return name.data();
  }

  bool write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t put = ssl_ ? SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()))
                               : ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (put <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    return true;
  }
  /// One read; empty at the end, on an error or after the patience (see `end`).
  std::string read_some() {
    std::string bytes(64 * 1024, '\0');
    errno = 0;
    const ssize_t got = ssl_ ? SSL_read(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()))
                             : ::recv(fd_.get(), bytes.data(), bytes.size(), 0);
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    if (got == 0) end_ = "closed";
    if (got < 0) end_ = errno == ECONNRESET ? "reset" : "silent";
    if (ssl_ && got <= 0 && SSL_get_error(ssl_.get(), static_cast<int>(got)) == SSL_ERROR_ZERO_RETURN) end_ = "closed";
    return bytes;
  }
  std::string read(std::size_t count) {
    std::string all;
    while (all.size() < count) {
      const std::string piece = read_some();
      if (piece.empty()) break;
      all += piece;
    }
    return all;
  }
  std::string read_to_end() { return read(SIZE_MAX); }
  /// How reading ended: closed, reset, silent.
  const std::string& end() const { return end_; }
  bool closed_by_server() {
    read_to_end();
    return end_ == "closed" || end_ == "reset";
  }

  void end_writing() { ::shutdown(fd_.get(), SHUT_WR); }
  /// Ends with a reset instead of an orderly close.
  void break_off() {
    const linger hard{1, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    ssl_.reset();
    fd_ = Fd();
  }

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  Fd fd_;
  bool connected_ = false;
  std::string end_;
  std::unique_ptr<SSL_CTX, Free> context_;
  std::unique_ptr<SSL, Free> ssl_;
};

}  // namespace tertulia::io::testing
