// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "io/secret/openssl_handles.h"

/// What everything that makes or reads certificates shares.  Functions with bool: false when OpenSSL is out of memory.
namespace tertulia::io::certificate_parts {

inline constexpr std::size_t common_name_octets_max = 64;  ///< RFC 5280 A.1 ub-common-name

/// certificate_unusable with this detail.
base::Error unusable(std::string why);
/// Valid from five minutes before `now`, for slow clocks, for so many days.
bool set_times(X509* certificate, base::WallTime now, int days);
/// 127 random bits: positive, and unguessable as CAs are asked to make them.
bool set_serial(X509* certificate);
bool set_common_name(X509* certificate, const std::string& text);
/// `value`: our own constant in OpenSSL's configuration form.
bool add_extension(X509* certificate, X509* issuer, int kind, const char* value);
std::string bio_text(BIO* bio);
/// Key (mode 0600) and certificate (0644), PEM.  Errors: certificate_unusable and those of write_file.
base::Result<void> write_pair(const std::string& certificate_path, const std::string& key_path, X509* certificate,
                              EVP_PKEY* key);
/// Errors: those of read_file; certificate_unusable.
base::Result<X509Ptr> load_certificate(const std::string& path);
base::Result<KeyPtr> load_key(const std::string& path);

}  // namespace tertulia::io::certificate_parts
