// SPDX-License-Identifier: Apache-2.0
#include "io/secret/certificate_parts.h"

#include <openssl/asn1.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include <array>
#include <cstdint>
#include <utility>

#include "domain/directory/ports.h"
#include "io/secret/file.h"
#include "io/secret/limits.h"

namespace tertulia::io::certificate_parts {

using base::Reason;
using base::Result;

namespace {

constexpr std::int64_t slow_clock_seconds = 300;
constexpr std::int64_t day_seconds = 86400;

/// Never asks a terminal for a pass phrase.
int no_pass_phrase(char*, int, int, void*) { return 0; }

}  // namespace

base::Error unusable(std::string why) { return {Reason::certificate_unusable, std::move(why)}; }

bool set_times(X509* certificate, base::WallTime now, int days) {
  const std::int64_t begin = now.us / 1'000'000 - slow_clock_seconds;
  return ASN1_TIME_set(X509_getm_notBefore(certificate), begin) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), begin + days * day_seconds) != nullptr;
}

bool set_serial(X509* certificate) {
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return false;
  bytes[0] = static_cast<unsigned char>((bytes[0] & 0x7f) | 0x40);
  BIGNUM* number = BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr);
  const bool good = number != nullptr && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr;
  BN_free(number);
  return good;
}

bool set_common_name(X509* certificate, const std::string& text) {
  X509_NAME* name = X509_get_subject_name(certificate);
  return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(text.data()),
                                    static_cast<int>(text.size()), -1, 0) == 1;
}

bool add_extension(X509* certificate, X509* issuer, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509V3_set_ctx_nodb(&context);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
  const bool good = extension != nullptr && X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return good;
}

std::string bio_text(BIO* bio) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio, &data);
  return length > 0 ? std::string(data, static_cast<std::size_t>(length)) : std::string();
}

/// Key first: a reader that comes between the two finds a pair that does not match, and keeps the old one.
Result<void> write_pair(const std::string& certificate_path, const std::string& key_path, X509* certificate,
                        EVP_PKEY* key) {
  const BioPtr key_bio(BIO_new(BIO_s_secmem()));
  const BioPtr certificate_bio(BIO_new(BIO_s_mem()));
  if (!key_bio || !certificate_bio ||
      PEM_write_bio_PKCS8PrivateKey(key_bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1 ||
      PEM_write_bio_X509(certificate_bio.get(), certificate) != 1)
    return unusable("cannot be encoded");
  std::string secret = bio_text(key_bio.get());
  const Result<void> written = write_file(key_path, secret, FileMode::owner);
  domain::wipe(secret);
  if (!written) return written.error();
  return write_file(certificate_path, bio_text(certificate_bio.get()), FileMode::everybody);
}

Result<X509Ptr> load_certificate(const std::string& path) {
  const Result<std::string> text = read_file(path, certificate_file_octets_max);
  if (!text) return text.error();
  const BioPtr bio(BIO_new_mem_buf(text->data(), static_cast<int>(text->size())));
  X509Ptr certificate(PEM_read_bio_X509(bio.get(), nullptr, no_pass_phrase, nullptr));
  if (!certificate) return unusable(path + " holds no PEM certificate");
  return Result<X509Ptr>(std::move(certificate));
}

Result<KeyPtr> load_key(const std::string& path) {
  Result<std::string> text = read_file(path, certificate_file_octets_max);
  if (!text) return text.error();
  const BioPtr bio(BIO_new_mem_buf(text->data(), static_cast<int>(text->size())));
  KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_pass_phrase, nullptr));
  domain::wipe(*text);
  if (!key) return unusable(path + " holds no PEM private key without pass phrase");
  return Result<KeyPtr>(std::move(key));
}

}  // namespace tertulia::io::certificate_parts
