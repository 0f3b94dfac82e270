// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "io/net/tls_context.h"

namespace tertulia::io::testing {

/// Folder with self-signed certificates, removed at its end.
class TestCertificates {
 public:
  TestCertificates() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tertulia-test-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~TestCertificates() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  TestCertificates(const TestCertificates&) = delete;
  TestCertificates& operator=(const TestCertificates&) = delete;

  CertificateFiles ecdsa(const std::string& name) { return write(name, EVP_EC_gen("P-256")); }
  CertificateFiles rsa(const std::string& name) { return write(name, EVP_RSA_gen(2048)); }
  std::string folder() const { return folder_.string(); }

  /// A context with one ECDSA certificate.
  std::shared_ptr<const TlsContext> context(const std::string& name) {
    return std::move(TlsContext::load({ecdsa(name)})).value();
  }

 private:
  CertificateFiles write(const std::string& name, EVP_PKEY* key) {
    X509* certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial_);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 24 * 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME* subject = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()), -1,
                               -1, 0);
    X509_set_issuer_name(certificate, subject);
    X509_sign(certificate, key, EVP_sha256());
    CertificateFiles files{(folder_ / (name + ".crt")).string(), (folder_ / (name + ".key")).string()};
    std::FILE* out = std::fopen(files.certificate.c_str(), "w");
    PEM_write_X509(out, certificate);
    std::fclose(out);
    out = std::fopen(files.key.c_str(), "w");
    PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(out);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return files;
  }

  std::filesystem::path folder_;
  long serial_ = 0;
};

}  // namespace tertulia::io::testing
