// SPDX-License-Identifier: Apache-2.0
#include "io/tls_dsk/client_authority.h"

#include <openssl/hmac.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <mutex>
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

namespace {

using RequestPtr = std::unique_ptr<X509_REQ, Frees<X509_REQ_free>>;
using ObjectPtr = std::unique_ptr<ASN1_OBJECT, Frees<ASN1_OBJECT_free>>;
using OctetsPtr = std::unique_ptr<ASN1_OCTET_STRING, Frees<ASN1_OCTET_STRING_free>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, Frees<X509_EXTENSION_free>>;

/// Our own extension, below the arc of numbers that are UUIDs (ITU-T X.667): the mark, as an octet string in the value.
constexpr const char* mark_object = "2.25.188420175934267810953761849362107715233";
constexpr std::string_view title = " Tertulia users CA";
constexpr std::string_view uri_scheme = "sip:";
constexpr std::size_t mark_octets_max = 128;

ObjectPtr mark_id() { return ObjectPtr(OBJ_txt2obj(mark_object, 1)); }

bool add_mark(X509* certificate, const std::string& mark) {
  const ObjectPtr id = mark_id();
  const OctetsPtr value(ASN1_OCTET_STRING_new());
  if (!id || !value ||
      ASN1_OCTET_STRING_set(value.get(), reinterpret_cast<const unsigned char*>(mark.data()),
                            static_cast<int>(mark.size())) != 1)
    return false;
  const ExtensionPtr extension(X509_EXTENSION_create_by_OBJ(nullptr, id.get(), 0, value.get()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

/// The address as a URI: a common name has only 64 characters.
bool add_address(X509* certificate, const std::string& address) {
  const NamesPtr names(sk_GENERAL_NAME_new_null());
  GENERAL_NAME* name = GENERAL_NAME_new();
  ASN1_IA5STRING* value = ASN1_IA5STRING_new();
  const std::string uri = std::string(uri_scheme) + address;
  if (!names || name == nullptr || value == nullptr ||
      ASN1_STRING_set(value, uri.data(), static_cast<int>(uri.size())) != 1) {
    GENERAL_NAME_free(name);
    ASN1_STRING_free(value);
    return false;
  }
  GENERAL_NAME_set0_value(name, GEN_URI, value);
  if (sk_GENERAL_NAME_push(names.get(), name) <= 0) {
    GENERAL_NAME_free(name);
    return false;
  }
  return X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 0, X509V3_ADD_DEFAULT) == 1;
}

Result<void> make_files(const CertificatePaths& files, std::string_view domain, base::WallTime now) {
  const KeyPtr key(EVP_RSA_gen(static_cast<unsigned>(client_key_bits_min)));  // TLS 1.0 knows RSA
  const X509Ptr certificate(X509_new());
  X509* const made = certificate.get();
  const std::string name = std::string(domain.substr(0, common_name_octets_max - title.size())).append(title);
  if (!key || made == nullptr || X509_set_version(made, X509_VERSION_3) != 1 || !set_serial(made) ||
      !set_times(made, now, client_authority_days) || !set_common_name(made, name) ||
      X509_set_issuer_name(made, X509_get_subject_name(made)) != 1 || X509_set_pubkey(made, key.get()) != 1 ||
      !add_extension(made, made, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
      !add_extension(made, made, NID_key_usage, "critical,keyCertSign") ||
      !add_extension(made, made, NID_subject_key_identifier, "hash") || X509_sign(made, key.get(), EVP_sha256()) == 0)
    return unusable("the certificate of the authority for users cannot be made");
  return write_pair(files.certificate, files.key, made, key.get());
}

Result<RequestPtr> read_request(const std::string& der) {
  if (der.size() > certificate_request_octets_max) return Error{Reason::certificate_request_bad, "too long"};
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const auto* const end = at + der.size();
  RequestPtr request(d2i_X509_REQ(nullptr, &at, static_cast<long>(der.size())));
  if (!request || at != end) return Error{Reason::certificate_request_bad, "no PKCS#10"};
  EVP_PKEY* const key = X509_REQ_get0_pubkey(request.get());
  if (key == nullptr || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA || EVP_PKEY_get_bits(key) < client_key_bits_min ||
      EVP_PKEY_get_bits(key) > client_key_bits_max)
    return Error{Reason::certificate_request_bad, "an RSA key of 2048 to 4096 bits is needed"};
  if (X509_REQ_verify(request.get(), key) != 1) return Error{Reason::certificate_request_bad, "its signature is wrong"};
  return Result<RequestPtr>(std::move(request));
}

std::string hash_of_key(X509_REQ* request) {
  unsigned char* der = nullptr;
  const int length = i2d_X509_PUBKEY(X509_REQ_get_X509_PUBKEY(request), &der);
  if (length <= 0) return {};
  std::string hash = base::Hasher(base::HashAlgorithm::sha256)
                         .raw({std::string_view(reinterpret_cast<const char*>(der), static_cast<std::size_t>(length))});
  OPENSSL_free(der);
  return hash;
}

}  // namespace

struct ClientAuthority::State {
  X509Ptr certificate;
  KeyPtr key;
  int days = 0;

  struct Served {
    std::string key_hash;
    base::WallTime ends;
  };
  mutable std::mutex mutex;
  mutable std::map<std::string, Served, std::less<>> tickets;

  /// One ticket serves one key: who has overheard a ticket and its proof cannot have another key certified with it.
  Result<void> remember(const protocol::auth::CertificateWish& wish, std::string key_hash) const {
    const std::lock_guard<std::mutex> lock(mutex);
    if (const auto found = tickets.find(wish.ticket); found != tickets.end()) {
      if (found->second.key_hash == key_hash) return {};
      return Error{Reason::web_ticket_refused, "it has served another key"};
    }
    if (tickets.size() >= tickets_remembered_max)
      std::erase_if(tickets, [&](const auto& one) { return one.second.ends <= wish.now; });
    if (tickets.size() >= tickets_remembered_max) return Reason::server_busy;
    tickets.emplace(wish.ticket, Served{std::move(key_hash), wish.ticket_ends});
    return {};
  }
};

ClientAuthority::ClientAuthority(std::unique_ptr<State> state) : state_(std::move(state)) {}
ClientAuthority::~ClientAuthority() = default;

Result<std::shared_ptr<const ClientAuthority>> ClientAuthority::open(const CertificatePaths& files,
                                                                     std::string_view domain, int days,
                                                                     base::WallTime now) {
  if (!std::filesystem::exists(files.certificate) && !std::filesystem::exists(files.key))
    if (const auto made = make_files(files, domain, now); !made) return made.error();
  Result<X509Ptr> certificate = load_certificate(files.certificate);
  if (!certificate) return certificate.error();
  Result<KeyPtr> key = load_key(files.key);
  if (!key) return key.error();
  if (X509_check_private_key(certificate->get(), key->get()) != 1)
    return unusable(files.key + " is not the key of " + files.certificate);
  auto state = std::make_unique<State>();
  state->certificate = *std::move(certificate);
  state->key = *std::move(key);
  state->days = std::clamp(days, 1, client_certificate_days_max);
  return std::shared_ptr<const ClientAuthority>(new ClientAuthority(std::move(state)));
}

Result<std::string> ClientAuthority::issue(const protocol::auth::CertificateWish& wish) const {
  const Result<RequestPtr> request = read_request(wish.request);
  if (!request) return request.error();
  if (const auto good = state_->remember(wish, hash_of_key(request->get())); !good) return good.error();
  X509* const parent = state_->certificate.get();
  const X509Ptr certificate(X509_new());
  X509* const made = certificate.get();
  if (made == nullptr || wish.mark.size() > mark_octets_max || X509_set_version(made, X509_VERSION_3) != 1 ||
      !set_serial(made) || !set_times(made, wish.now, state_->days) ||
      !set_common_name(made, wish.address.substr(0, common_name_octets_max)) ||
      X509_set_issuer_name(made, X509_get_subject_name(parent)) != 1 ||
      X509_set_pubkey(made, X509_REQ_get0_pubkey(request->get())) != 1 ||
      !add_extension(made, parent, NID_basic_constraints, "critical,CA:FALSE") ||
      !add_extension(made, parent, NID_key_usage, "critical,digitalSignature") ||
      !add_extension(made, parent, NID_ext_key_usage, "clientAuth") ||
      !add_extension(made, parent, NID_authority_key_identifier, "keyid") || !add_address(made, wish.address) ||
      !add_mark(made, wish.mark) || X509_sign(made, state_->key.get(), EVP_sha256()) == 0)
    return Error{Reason::internal_error, "the certificate cannot be made"};
  unsigned char* der = nullptr;
  const int length = i2d_X509(made, &der);
  if (length <= 0) return Error{Reason::internal_error, "the certificate cannot be encoded"};
  std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(length));
  OPENSSL_free(der);
  return out;
}

std::string ClientAuthority::derived_key(std::string_view purpose) const {
  unsigned char* der = nullptr;
  const int length = i2d_PrivateKey(state_->key.get(), &der);
  std::array<unsigned char, 32> out{};
  unsigned size = 0;
  if (length > 0)
    HMAC(EVP_sha256(), der, length, reinterpret_cast<const unsigned char*>(purpose.data()), purpose.size(), out.data(),
         &size);
  OPENSSL_clear_free(der, static_cast<std::size_t>(std::max(length, 0)));
  return {reinterpret_cast<const char*>(out.data()), size};
}

x509_st* ClientAuthority::certificate() const { return state_->certificate.get(); }

Result<protocol::auth::DskIdentity> identity_in(x509_st* certificate) {
  protocol::auth::DskIdentity identity;
  const NamesPtr names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  if (names && sk_GENERAL_NAME_num(names.get()) == 1) {
    int kind = 0;
    const auto* value =
        static_cast<const ASN1_STRING*>(GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), 0), &kind));
    if (kind == GEN_URI) {
      const std::string uri(reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                            static_cast<std::size_t>(ASN1_STRING_length(value)));
      if (uri.starts_with(uri_scheme)) identity.address = uri.substr(uri_scheme.size());
    }
  }
  const ObjectPtr id = mark_id();
  const int at = id ? X509_get_ext_by_OBJ(certificate, id.get(), -1) : -1;
  if (identity.address.empty() || at < 0) return Error{Reason::certificate_refused, "it names nobody"};
  const ASN1_OCTET_STRING* mark = X509_EXTENSION_get_data(X509_get_ext(certificate, at));
  identity.mark.assign(reinterpret_cast<const char*>(ASN1_STRING_get0_data(mark)),
                       static_cast<std::size_t>(ASN1_STRING_length(mark)));
  return identity;
}

}  // namespace tertulia::io
