// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace tertulia::io {

/// A certificate and its private key, both PEM.
struct CertificatePaths {
  std::string certificate;  ///< path, mode 0644
  std::string key;          ///< path, mode 0600
};

enum class CertificateKey : std::uint8_t { ec_p256, rsa_2048 };

struct ServerCertificateRequest {
  std::string domain;              ///< SIP domain; it and `sip.` of it are named in the certificate
  std::vector<std::string> hosts;  ///< further host names or IP addresses, at most certificate_hosts_max
  CertificateKey key = CertificateKey::ec_p256;
  base::WallTime now;  ///< the certificate is valid from five minutes before, for slow clocks
};

/// Each is a host name or an IP address (IPv6 with or without brackets), and there are not too many.
/// Errors: domain_malformed, setting_out_of_bounds (more than certificate_hosts_max).
base::Result<void> check_hosts(const std::vector<std::string>& hosts);

/// Makes an own certificate authority (EC P-256, about ten years, "<domain> Tertulia CA") that signs server
/// certificates only.  Replaces both files.  Errors: domain_malformed, permission_denied, file_unwritable.
base::Result<void> create_authority(const CertificatePaths& files, std::string_view domain, base::WallTime now);

/// Makes a key and a certificate for servers (TLS server and client authentication, 397 days, RFC 5922 7), signed by
/// the authority; replaces both files, each as a whole. Errors: those of check_hosts, domain_malformed (the domain),
/// certificate_unusable (authority), file_unreadable, permission_denied, file_unwritable.
base::Result<void> issue_server_certificate(const CertificatePaths& authority, const ServerCertificateRequest& request,
                                            const CertificatePaths& files);

/// What the administrator wants to know about a certificate.
struct CertificateFacts {
  std::string subject;             ///< RFC 2253
  std::string issuer;              ///< RFC 2253
  std::vector<std::string> names;  ///< DNS names and IP addresses it is valid for
  base::WallTime not_before;
  base::WallTime not_after;
  bool key_matches = false;  ///< the private key belongs to it; false when no key was asked for or readable
};

/// The first certificate of the file.  `key_path` may be empty.
/// Errors: file_unreadable, permission_denied, certificate_unusable (not a certificate).
base::Result<CertificateFacts> read_certificate(const std::string& path, const std::string& key_path = {});

}  // namespace tertulia::io
