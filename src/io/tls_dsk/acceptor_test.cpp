// SPDX-License-Identifier: Apache-2.0
#include "io/tls_dsk/acceptor.h"

#include <gtest/gtest.h>
#include <openssl/hmac.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <filesystem>

#include "io/secret/certificate_parts.h"
#include "io/secret/test_folder.h"
#include "io/tls_dsk/limits.h"

namespace tertulia::io {
namespace {

using base::Reason;
using protocol::auth::CertificateWish;

constexpr base::WallTime made_at{1'772'357'400'000'000};  // 2026-03-01 09:30:00
constexpr std::int64_t day_us = 86'400'000'000;

using RequestPtr = std::unique_ptr<X509_REQ, Frees<X509_REQ_free>>;

std::string der_of(X509_REQ* request) {
  unsigned char* der = nullptr;
  const int length = i2d_X509_REQ(request, &der);
  std::string out(reinterpret_cast<char*>(der), static_cast<std::size_t>(length));
  OPENSSL_free(der);
  return out;
}

std::string request_of(EVP_PKEY* key, EVP_PKEY* signing = nullptr) {
  const RequestPtr request(X509_REQ_new());
  X509_REQ_set_pubkey(request.get(), key);
  X509_REQ_sign(request.get(), signing != nullptr ? signing : key, EVP_sha256());
  return der_of(request.get());
}

X509Ptr certificate_in(const std::string& der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  return X509Ptr(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
}

/// A client that speaks TLS 1.0 over strings, as SIPE does.
struct Client {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL* ssl = nullptr;

  Client(X509* certificate, EVP_PKEY* key, const char* suites = "AES128-SHA:@SECLEVEL=0", int version = TLS1_VERSION) {
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_min_proto_version(context, version);
    SSL_CTX_set_max_proto_version(context, version);
    SSL_CTX_set_cipher_list(context, suites);
    if (certificate != nullptr) {
      SSL_CTX_use_certificate(context, certificate);
      SSL_CTX_use_PrivateKey(context, key);
    }
    ssl = SSL_new(context);
    SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(ssl);
  }
  ~Client() {
    SSL_free(ssl);
    SSL_CTX_free(context);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Takes a flight of the server, gives the next of ours.
  std::string next(const std::string& flight = {}) {
    BIO_write(SSL_get_rbio(ssl), flight.data(), static_cast<int>(flight.size()));
    SSL_do_handshake(ssl);
    std::string out = certificate_parts::bio_text(SSL_get_wbio(ssl));
    (void)BIO_reset(SSL_get_wbio(ssl));
    return out;
  }
  bool done() const { return SSL_is_init_finished(ssl) == 1; }
  std::string mac(std::size_t key_at, const std::string& text) {
    std::array<unsigned char, 128> keys{};
    SSL_export_keying_material(ssl, keys.data(), keys.size(), "client EAP encryption", 21, nullptr, 0, 0);
    std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
    unsigned size = 0;
    HMAC(EVP_sha1(), keys.data() + key_at, 32, reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         out.data(), &size);
    return {reinterpret_cast<char*>(out.data()), size};
  }
};

struct TlsDskTest : FolderTest {
  std::shared_ptr<const ClientAuthority> authority;
  std::shared_ptr<const protocol::auth::DskAcceptor> acceptor;
  KeyPtr key{EVP_RSA_gen(2048U)};
  CertificateWish wish{"alice@example.com", "mark", request_of(key.get()), "ticket", {made_at.us + day_us}, made_at};

  void SetUp() override {
    const auto opened = ClientAuthority::open({path("ca.pem"), path("ca.key")}, "example.com", 180, made_at);
    ASSERT_TRUE(opened);
    authority = *opened;
    const auto made = make_dsk_acceptor(*authority, "fe1.example.com", made_at);
    ASSERT_TRUE(made);
    acceptor = *made;
  }
  X509Ptr issued() {
    const auto certificate = authority->issue(wish);
    EXPECT_TRUE(certificate);
    return certificate_in(*certificate);
  }
};

TEST_F(TlsDskTest, authority_is_kept_and_makes_certificates_for_clients) {
  EXPECT_EQ(mode_of(path("ca.key")), 0600U);
  const X509Ptr certificate = issued();
  ASSERT_TRUE(certificate);
  const auto identity = identity_in(certificate.get());
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->address, "alice@example.com");
  EXPECT_EQ(identity->mark, "mark");
  EXPECT_EQ(X509_check_purpose(certificate.get(), X509_PURPOSE_SSL_CLIENT, 0), 1);
  EXPECT_EQ(X509_check_purpose(certificate.get(), X509_PURPOSE_SSL_SERVER, 0), 0);
  const auto again = ClientAuthority::open({path("ca.pem"), path("ca.key")}, "example.com", 180, made_at);
  ASSERT_TRUE(again);
  EXPECT_EQ((*again)->derived_key("x"), authority->derived_key("x"));
  EXPECT_NE(authority->derived_key("x"), authority->derived_key("y"));
  EXPECT_EQ(authority->derived_key("x").size(), 32U);
  std::filesystem::remove(path("ca.key"));
  EXPECT_FALSE(ClientAuthority::open({path("ca.pem"), path("ca.key")}, "example.com", 180, made_at));
}

TEST_F(TlsDskTest, long_addresses_are_whole) {
  wish.address = std::string(60, 'a').append("@").append(60, 'b').append(".example.com");
  EXPECT_EQ(identity_in(issued().get())->address, wish.address);
}

TEST_F(TlsDskTest, refuses_requests_that_are_none) {
  const auto refused = [&](std::string request) {
    wish.request = std::move(request);
    return authority->issue(wish).reason();
  };
  const std::string good = wish.request;
  EXPECT_EQ(refused(""), Reason::certificate_request_bad);
  EXPECT_EQ(refused("text"), Reason::certificate_request_bad);
  EXPECT_EQ(refused(good + "x"), Reason::certificate_request_bad);
  EXPECT_EQ(refused(good.substr(0, good.size() - 1)), Reason::certificate_request_bad);
  EXPECT_EQ(refused(std::string(certificate_request_octets_max + 1, 'x')), Reason::certificate_request_bad);
  std::string changed = good;
  changed.back() = static_cast<char>(changed.back() ^ 1);
  EXPECT_EQ(refused(changed), Reason::certificate_request_bad);
  EXPECT_EQ(refused(request_of(KeyPtr(EVP_RSA_gen(1024U)).get())), Reason::certificate_request_bad);
  EXPECT_EQ(refused(request_of(KeyPtr(EVP_EC_gen("P-256")).get())), Reason::certificate_request_bad);
  EXPECT_EQ(refused(request_of(key.get(), KeyPtr(EVP_RSA_gen(2048U)).get())), Reason::certificate_request_bad);
  EXPECT_EQ(refused(good), Reason::none);
}

TEST_F(TlsDskTest, a_ticket_serves_one_key) {
  EXPECT_TRUE(authority->issue(wish));
  EXPECT_TRUE(authority->issue(wish));  // the same key again, for example after a lost answer
  wish.request = request_of(KeyPtr(EVP_RSA_gen(2048U)).get());
  EXPECT_EQ(authority->issue(wish).reason(), Reason::web_ticket_refused);
  wish.ticket = "another";
  EXPECT_TRUE(authority->issue(wish));
}

TEST_F(TlsDskTest, handshake_tells_who_it_is_and_gives_keys) {
  const X509Ptr certificate = issued();
  for (const char* suites : {"AES128-SHA:@SECLEVEL=0", "AES256-SHA:@SECLEVEL=0"}) {
    Client client(certificate.get(), key.get(), suites);
    const auto server = acceptor->begin(made_at);
    const auto first = server->advance(client.next());
    ASSERT_TRUE(first);
    EXPECT_FALSE(first->identity);
    // COMPAT: one record holds the whole flight.
    ASSERT_GT(first->token.size(), 5U);
    const std::size_t length = static_cast<std::size_t>(static_cast<unsigned char>(first->token[3])) * 256 +
                               static_cast<unsigned char>(first->token[4]);
    EXPECT_EQ(first->token.substr(0, 3), std::string("\x16\x03\x01", 3));
    EXPECT_EQ(length + 5, first->token.size());
    EXPECT_EQ(first->token.substr(first->token.size() - 4), std::string("\x0e\0\0\0", 4));  // ServerHelloDone
    const auto second = server->advance(client.next(first->token));
    ASSERT_TRUE(second) << second.error().detail;
    ASSERT_TRUE(second->identity);
    EXPECT_EQ(second->identity->address, "alice@example.com");
    EXPECT_EQ(second->identity->mark, "mark");
    EXPECT_EQ(client.next(second->token), "");
    EXPECT_TRUE(client.done());
    ASSERT_TRUE(second->signer);
    EXPECT_EQ(second->signer->sign("text"), client.mac(96, "text"));
    EXPECT_TRUE(second->signer->verify("text", client.mac(64, "text")));
    EXPECT_FALSE(second->signer->verify("other", client.mac(64, "text")));
    EXPECT_FALSE(second->signer->verify("text", ""));
    EXPECT_EQ(server->advance("more").reason(), Reason::header_malformed);  // flights are counted
  }
}

TEST_F(TlsDskTest, refuses_certificates_of_others_old_ones_and_none) {
  const auto reason_of = [&](X509* certificate, EVP_PKEY* of, base::WallTime now) {
    Client client(certificate, of);
    const auto server = acceptor->begin(now);
    const auto first = server->advance(client.next());
    EXPECT_TRUE(first);
    return server->advance(client.next(first->token)).reason();
  };
  const X509Ptr certificate = issued();
  EXPECT_EQ(reason_of(certificate.get(), key.get(), made_at), Reason::none);
  EXPECT_EQ(reason_of(certificate.get(), key.get(), {made_at.us + 181 * day_us}), Reason::certificate_refused);
  EXPECT_EQ(reason_of(certificate.get(), key.get(), {made_at.us - day_us}), Reason::certificate_refused);
  EXPECT_EQ(reason_of(nullptr, nullptr, made_at), Reason::header_malformed);
  const auto other = ClientAuthority::open({path("o.pem"), path("o.key")}, "example.com", 180, made_at);
  ASSERT_TRUE(other);
  const X509Ptr foreign = certificate_in(*(*other)->issue(wish));
  EXPECT_EQ(reason_of(foreign.get(), key.get(), made_at), Reason::certificate_refused);
}

TEST_F(TlsDskTest, refuses_what_is_no_handshake) {
  EXPECT_EQ(acceptor->begin(made_at)->advance("").reason(), Reason::header_malformed);
  EXPECT_EQ(acceptor->begin(made_at)->advance("nonsense").reason(), Reason::header_malformed);
  EXPECT_EQ(acceptor->begin(made_at)->advance(std::string(dsk_token_octets_max + 1, 'x')).reason(),
            Reason::header_malformed);
  Client modern(nullptr, nullptr, "AES128-SHA256:@SECLEVEL=0", TLS1_2_VERSION);
  EXPECT_EQ(acceptor->begin(made_at)->advance(modern.next()).reason(), Reason::header_malformed);
  // A flight cut short, and one that does not follow.
  Client client(nullptr, nullptr);
  const std::string hello = client.next();
  EXPECT_FALSE(acceptor->begin(made_at)->advance(hello.substr(0, hello.size() - 1)));
  const auto server = acceptor->begin(made_at);
  ASSERT_TRUE(server->advance(hello));
  EXPECT_FALSE(server->advance(hello));
}

}  // namespace
}  // namespace tertulia::io
