// SPDX-License-Identifier: Apache-2.0
#include "link.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include <array>

#include "sip_text.h"

namespace tertulia::bench {
namespace {

void set_parameters(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES:!aNULL:!eNULL:!PSK:!SRP:!MD5");
  SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384");
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context,
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

}  // namespace

void FreeContext::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

TlsContextPtr server_context(const std::string& certificate, const std::string& key) {
  TlsContextPtr context(SSL_CTX_new(TLS_server_method()));
  set_parameters(context.get());
  SSL_CTX_set_options(context.get(), SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_num_tickets(context.get(), 1);
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return nullptr;
  }
  return context;
}

TlsContextPtr client_context() {
  TlsContextPtr context(SSL_CTX_new(TLS_client_method()));
  set_parameters(context.get());
  SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  return context;
}

void Link::FreeSsl::operator()(ssl_st* ssl) const { SSL_free(ssl); }

Link::Link(int fd, ssl_ctx_st* context, bool is_server) : fd_(fd), ssl_(SSL_new(context)) {
  SSL_set_fd(ssl_.get(), fd_);
  if (is_server) {
    SSL_set_accept_state(ssl_.get());
  } else {
    SSL_set_connect_state(ssl_.get());
  }
}

Link::~Link() {
  ssl_.reset();
  ::close(fd_);
}

bool Link::judge(int result) {
  if (result > 0) return true;
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      break;
    case SSL_ERROR_WANT_WRITE:
      wants_write_ = true;
      break;
    default:
      state_ = State::closed;
  }
  return false;
}

void Link::advance() {
  wants_write_ = false;
  if (state_ == State::handshaking) shake();
  if (state_ == State::open && sent_ < out_.size()) flush();
  if (state_ == State::open) read();
}

void Link::shake() {
  ERR_clear_error();
  if (judge(SSL_do_handshake(ssl_.get()))) state_ = State::open;
}

void Link::read() {
  static thread_local std::array<char, read_bytes> buffer;
  do {
    ERR_clear_error();
    const int got = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
    if (!judge(got)) return;
    in_.append(buffer.data(), static_cast<std::size_t>(got));
    if (in_.size() > queue_bytes_max) return close();
  } while (SSL_has_pending(ssl_.get()) == 1);
}

void Link::flush() {
  while (state_ == State::open && sent_ < out_.size()) {
    ERR_clear_error();
    const int put = SSL_write(ssl_.get(), out_.data() + sent_, static_cast<int>(out_.size() - sent_));
    if (!judge(put)) {
      if (out_.size() - sent_ > queue_bytes_max) close();
      return;
    }
    sent_ += static_cast<std::size_t>(put);
  }
  out_.clear();
  sent_ = 0;
}

bool Link::next(std::string_view& message) {
  const std::string_view rest = std::string_view(in_).substr(used_);
  const std::size_t size = whole_message(rest);
  if (size == 0) {
    in_.erase(0, used_);
    used_ = 0;
    return false;
  }
  message = rest.substr(0, size);
  used_ += size;
  return true;
}

void Link::close() {
  if (state_ == State::open) SSL_shutdown(ssl_.get());
  state_ = State::closed;
}

}  // namespace tertulia::bench
