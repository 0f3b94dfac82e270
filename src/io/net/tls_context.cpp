// SPDX-License-Identifier: Apache-2.0
#include "io/net/tls_context.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include "io/net/limits.h"

namespace tertulia::io {
namespace {

/// Forward secrecy throughout; the CBC suites at the end are for clients on old Windows, which know no RSA with GCM.
constexpr const char* ciphers_of_tls_1_2 = "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES:!aNULL:!eNULL:!PSK:!SRP:!MD5";
constexpr const char* key_exchange_groups = "X25519:P-256:P-384";

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using OwnedContext = std::unique_ptr<SSL_CTX, FreeContext>;

void set_parameters(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_cipher_list(context, ciphers_of_tls_1_2);
  SSL_CTX_set1_groups_list(context, key_exchange_groups);
  // Many clients end without close_notify; framing above TLS tells whether a message was cut.
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_PRIORITIZE_CHACHA | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context,
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // Header and body of a record in one system call.
  SSL_CTX_set_read_ahead(context, 1);
  // Sessions live in tickets at the clients, not in our memory; one ticket is enough for one signed-in endpoint.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 1);
  constexpr unsigned char session_context[] = "tertulia";
  SSL_CTX_set_session_id_context(context, session_context, sizeof session_context - 1);
}

base::Result<void> add_certificate(SSL_CTX* context, const CertificateFiles& files) {
  for (const std::string& file : {files.certificate, files.key}) {
    if (::access(file.c_str(), R_OK) != 0) return base::Error{base::Reason::file_unreadable, file};
  }
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1) {
    return base::Error{base::Reason::certificate_unusable,
                       fmt::format("{} holds no usable certificate", files.certificate)};
  }
  if (SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context) != 1) {
    return base::Error{base::Reason::certificate_unusable,
                       fmt::format("{} is not the key of {}", files.key, files.certificate)};
  }
  return {};
}

}  // namespace

base::Result<std::shared_ptr<const TlsContext>> TlsContext::load(const std::vector<CertificateFiles>& files) {
  if (files.empty() || files.size() > certificates_max) {
    return base::Error{base::Reason::certificate_unusable, fmt::format("1 to {} certificates", certificates_max)};
  }
  OwnedContext context(SSL_CTX_new(TLS_server_method()));
  if (!context) return base::Error{base::Reason::internal_error, "TLS is not available"};
  set_parameters(context.get());
  for (const CertificateFiles& pair : files) {
    auto added = add_certificate(context.get(), pair);
    ERR_clear_error();
    if (!added) return added.error();
  }
  return std::shared_ptr<const TlsContext>(new TlsContext(context.release()));
}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

}  // namespace tertulia::io
