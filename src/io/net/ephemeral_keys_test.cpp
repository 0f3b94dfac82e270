// SPDX-License-Identifier: Apache-2.0
#include "io/net/ephemeral_keys.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "io/net/test_certificates.h"

namespace tertulia::io {
namespace {

/// A server and a client in one thread, over memory.
struct Pair {
  explicit Pair(const char* groups, int version) {
    SSL_CTX_set_min_proto_version(clients, version);
    SSL_CTX_set_max_proto_version(clients, version);
    SSL_CTX_set1_groups_list(clients, groups);
    server = SSL_new(context->native());
    client = SSL_new(clients);
    BIO* left = nullptr;
    BIO* right = nullptr;
    BIO_new_bio_pair(&left, 0, &right, 0);
    SSL_set_bio(server, left, left);
    SSL_set_bio(client, right, right);
    SSL_set_accept_state(server);
    SSL_set_connect_state(client);
    for (int i = 0; i < 4; ++i) {
      SSL_do_handshake(client);
      SSL_do_handshake(server);
    }
  }
  ~Pair() {
    SSL_free(server);
    SSL_free(client);
    SSL_CTX_free(clients);
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  static bool carries(SSL* from, SSL* to, std::string_view text) {
    std::array<char, 64> got;
    return SSL_write(from, text.data(), static_cast<int>(text.size())) == static_cast<int>(text.size()) &&
           std::string_view(got.data(), static_cast<std::size_t>(std::max(SSL_read(to, got.data(), 64), 0))) == text;
  }

  testing::TestCertificates certificates;
  std::shared_ptr<const TlsContext> context = certificates.context("one");
  SSL_CTX* clients = SSL_CTX_new(TLS_client_method());
  SSL* server = nullptr;
  SSL* client = nullptr;
};

/// Octets of the public halves that the server still has.
std::size_t octets_left(SSL* ssl) {
  std::size_t octets = 0;
  EVP_PKEY* key = nullptr;
  const auto count = [&] {
    std::size_t length = 0;
    if (EVP_PKEY_get_octet_string_param(key, "pub", nullptr, 0, &length) == 1) octets += length;
    EVP_PKEY_free(key);
  };
  if (SSL_get_tmp_key(ssl, &key) == 1) count();
  if (SSL_get_peer_tmp_key(ssl, &key) == 1) count();
  return octets;
}

TEST(EphemeralKeys, are_gone_and_the_connection_lives_on) {
  for (const char* groups : {"X25519", "P-256"}) {
    Pair pair(groups, TLS1_3_VERSION);
    ASSERT_TRUE(SSL_is_init_finished(pair.server)) << groups;
    EXPECT_GE(octets_left(pair.server), 64U) << "the library keeps both keys";
    forget_ephemeral_keys(pair.server);
    EXPECT_EQ(octets_left(pair.server), 0U);
    forget_ephemeral_keys(pair.server);  // harmless
    EXPECT_TRUE(Pair::carries(pair.client, pair.server, "there"));
    EXPECT_TRUE(Pair::carries(pair.server, pair.client, "and back"));
    for (SSL* one : {pair.client, pair.server}) {  // new traffic keys are made of the old ones
      EXPECT_EQ(SSL_key_update(one, SSL_KEY_UPDATE_REQUESTED), 1);
      EXPECT_TRUE(Pair::carries(pair.client, pair.server, "on"));
      EXPECT_TRUE(Pair::carries(pair.server, pair.client, "again"));
      EXPECT_TRUE(Pair::carries(pair.client, pair.server, "and on"));
    }
  }
}

TEST(EphemeralKeys, of_tls_1_2) {
  Pair pair("X25519:P-256", TLS1_2_VERSION);  // the second for the certificate
  ASSERT_TRUE(SSL_is_init_finished(pair.server));
  forget_ephemeral_keys(pair.server);
  EXPECT_EQ(octets_left(pair.server), 0U);
  EXPECT_TRUE(Pair::carries(pair.client, pair.server, "there"));
  EXPECT_TRUE(Pair::carries(pair.server, pair.client, "and back"));
}

}  // namespace
}  // namespace tertulia::io
