// SPDX-License-Identifier: Apache-2.0
#include "io/tls_dsk/acceptor.h"

#include <openssl/err.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/digest.h"
#include "domain/directory/ports.h"
#include "io/secret/certificate_parts.h"
#include "io/tls_dsk/limits.h"

namespace tertulia::io {

using base::Error;
using base::Reason;
using base::Result;
using namespace certificate_parts;
using protocol::auth::DskStep;

namespace {

/// What SIPE and the Lync clients offer, without RC4 and export keys.  Level 0: TLS 1.0 signs with SHA-1 and MD5; what
/// goes over it is inside of another TLS, and the keys only sign.
constexpr const char* suites = "AES128-SHA:AES256-SHA:@SECLEVEL=0";
constexpr std::string_view key_label = "client EAP encryption";  // [MS-SIPAE] 3.2.5.2, of RFC 5216 2.3
constexpr std::size_t key_material_octets = 128, key_octets = 32, client_key_at = 64, server_key_at = 96;
constexpr std::size_t record_head_octets = 5;
constexpr char handshake_record = 22;
constexpr int own_certificate_days = 3652;

using ContextPtr = std::unique_ptr<SSL_CTX, Frees<SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, Frees<SSL_free>>;

std::size_t record_length(std::string_view at) {
  return static_cast<std::size_t>(static_cast<unsigned char>(at[3])) << 8U | static_cast<unsigned char>(at[4]);
}

/// COMPAT(pidgin-sipe 1.25): all messages of a flight must be in one record; it fails on one that holds only
/// ServerHelloDone.  Records before the first of another kind are in clear and may be joined.
std::string joined_records(std::string_view flight) {
  std::string messages;
  std::string_view rest = flight;
  while (rest.size() >= record_head_octets && rest.front() == handshake_record) {
    const std::size_t length = record_length(rest);
    if (rest.size() < record_head_octets + length) break;
    messages.append(rest.substr(record_head_octets, length));
    rest.remove_prefix(record_head_octets + length);
  }
  if (messages.empty() || messages.size() > dsk_record_octets_max) return std::string(flight);
  std::string out(flight.substr(0, 3));
  out.push_back(static_cast<char>(messages.size() >> 8U));
  out.push_back(static_cast<char>(messages.size() & 0xffU));
  return out.append(messages).append(rest);
}

class DskSigner final : public protocol::auth::MessageSigner {
 public:
  DskSigner(std::string client_key, std::string server_key)
      : client_key_(std::move(client_key)), server_key_(std::move(server_key)) {}
  ~DskSigner() override {
    domain::wipe(client_key_);
    domain::wipe(server_key_);
  }
  DskSigner(const DskSigner&) = delete;
  DskSigner& operator=(const DskSigner&) = delete;

  std::string sign(std::string_view text) override { return mac(server_key_, text); }
  bool verify(std::string_view text, std::string_view signature) override {
    return base::equal_in_constant_time(mac(client_key_, text), signature);
  }

 private:
  static std::string mac(const std::string& key, std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
    unsigned size = 0;
    HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
         text.size(), out.data(), &size);
    return {reinterpret_cast<const char*>(out.data()), size};
  }
  std::string client_key_, server_key_;
};

class Handshake final : public protocol::auth::DskHandshake {
 public:
  Handshake(std::shared_ptr<SSL_CTX> context, base::WallTime now) : context_(std::move(context)), now_(now) {}

  Result<DskStep> advance(std::string_view token) override {
    if (token.empty() || token.size() > dsk_token_octets_max || ++flights_ > dsk_flights_max)
      return Error{Reason::header_malformed, "no flight of this handshake"};
    if (!ssl_ && !begin()) return Error{Reason::internal_error, "no memory for a handshake"};
    ERR_clear_error();
    BIO_write(SSL_get_rbio(ssl_.get()), token.data(), static_cast<int>(token.size()));
    const int done = SSL_do_handshake(ssl_.get());
    const int state = SSL_get_error(ssl_.get(), done);
    ERR_clear_error();
    if (done == 1) return finished();
    if (state == SSL_ERROR_WANT_READ && flights_ < dsk_flights_max) {
      DskStep step;
      step.token = taken();
      if (!step.token.empty()) return step;
    }
    const long verified = SSL_get_verify_result(ssl_.get());
    if (verified != X509_V_OK) return Error{Reason::certificate_refused, X509_verify_cert_error_string(verified)};
    return Error{Reason::header_malformed, "the TLS handshake failed"};
  }

 private:
  bool begin() {
    ssl_.reset(SSL_new(context_.get()));
    BIO* in = BIO_new(BIO_s_mem());
    BIO* out = BIO_new(BIO_s_mem());
    if (!ssl_ || in == nullptr || out == nullptr) {
      BIO_free(in);
      BIO_free(out);
      ssl_.reset();
      return false;
    }
    SSL_set_bio(ssl_.get(), in, out);
    SSL_set_accept_state(ssl_.get());
    X509_VERIFY_PARAM_set_time(SSL_get0_param(ssl_.get()), now_.us / 1'000'000);
    return true;
  }

  std::string taken() {
    BIO* const out = SSL_get_wbio(ssl_.get());
    std::string flight = joined_records(bio_text(out));
    (void)BIO_reset(out);  // what has left is not sent again with the next flight
    return flight;
  }

  Result<DskStep> finished() {
    X509* const shown = SSL_get0_peer_certificate(ssl_.get());
    if (shown == nullptr || SSL_get_verify_result(ssl_.get()) != X509_V_OK) return Reason::certificate_refused;
    Result<protocol::auth::DskIdentity> identity = identity_in(shown);
    if (!identity) return identity.error();
    std::string keys(key_material_octets, '\0');
    if (SSL_export_keying_material(ssl_.get(), reinterpret_cast<unsigned char*>(keys.data()), keys.size(),
                                   key_label.data(), key_label.size(), nullptr, 0, 0) != 1)
      return Error{Reason::internal_error, "no keys"};
    DskStep step;
    step.token = taken();
    step.identity = *std::move(identity);
    step.signer =
        std::make_unique<DskSigner>(keys.substr(client_key_at, key_octets), keys.substr(server_key_at, key_octets));
    domain::wipe(keys);
    ssl_.reset();
    return step;
  }

  std::shared_ptr<SSL_CTX> context_;
  base::WallTime now_;
  SslPtr ssl_;
  int flights_ = 0;
};

class Acceptor final : public protocol::auth::DskAcceptor {
 public:
  explicit Acceptor(std::shared_ptr<SSL_CTX> context) : context_(std::move(context)) {}
  std::unique_ptr<protocol::auth::DskHandshake> begin(base::WallTime now) const override {
    return std::make_unique<Handshake>(context_, now);
  }

 private:
  std::shared_ptr<SSL_CTX> context_;  // counts its users atomically, and is not changed any more
};

bool set_own_certificate(SSL_CTX* context, const std::string& host, base::WallTime now) {
  const KeyPtr key(EVP_RSA_gen(2048U));
  const X509Ptr certificate(X509_new());
  X509* const made = certificate.get();
  return key && made != nullptr && X509_set_version(made, X509_VERSION_3) == 1 && set_serial(made) &&
         set_times(made, now, own_certificate_days) && set_common_name(made, host.substr(0, common_name_octets_max)) &&
         X509_set_issuer_name(made, X509_get_subject_name(made)) == 1 && X509_set_pubkey(made, key.get()) == 1 &&
         add_extension(made, made, NID_key_usage, "critical,keyEncipherment") &&
         add_extension(made, made, NID_ext_key_usage, "serverAuth") && X509_sign(made, key.get(), EVP_sha256()) != 0 &&
         SSL_CTX_use_certificate(context, made) == 1 && SSL_CTX_use_PrivateKey(context, key.get()) == 1;
}

}  // namespace

Result<std::shared_ptr<const protocol::auth::DskAcceptor>> make_dsk_acceptor(const ClientAuthority& authority,
                                                                             const std::string& host,
                                                                             base::WallTime now) {
  ContextPtr context(SSL_CTX_new(TLS_server_method()));
  if (!context) return Error{Reason::certificate_unusable, "TLS is not available"};
  SSL_CTX* const made = context.get();
  SSL_CTX_set_security_level(made, 0);
  // The system's configuration may allow 1.2 and newer only; what is set here comes after it.
  if (SSL_CTX_set_min_proto_version(made, TLS1_VERSION) != 1 ||
      SSL_CTX_set_max_proto_version(made, TLS1_VERSION) != 1 || SSL_CTX_set_cipher_list(made, suites) != 1 ||
      !set_own_certificate(made, host, now) ||
      X509_STORE_add_cert(SSL_CTX_get_cert_store(made), authority.certificate()) != 1)
    return Error{Reason::certificate_unusable, "this OpenSSL cannot speak TLS 1.0, which TLS-DSK needs"};
  SSL_CTX_set_verify(made, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_verify_depth(made, 1);
  SSL_CTX_set_options(made, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS);
  SSL_CTX_set_session_cache_mode(made, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(made, SSL_MODE_NO_AUTO_CHAIN);
  return std::shared_ptr<const protocol::auth::DskAcceptor>(
      std::make_shared<Acceptor>(std::shared_ptr<SSL_CTX>(context.release(), &SSL_CTX_free)));
}

}  // namespace tertulia::io
