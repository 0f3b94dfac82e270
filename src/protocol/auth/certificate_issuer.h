// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"
#include "base/time.h"

namespace tertulia::protocol::auth {

/// Who has proved himself and wants a certificate to sign in with.
struct CertificateWish {
  std::string address;  ///< alice@example.com
  std::string mark;     ///< as DskIdentity::mark
  std::string request;  ///< PKCS#10, DER
  std::string ticket;   ///< name of the web ticket that he showed
  base::WallTime ticket_ends;
  base::WallTime now;
};

/// Makes certificates for TLS-DSK; implemented by io.  May be called by several shards at the same time and returns at
/// once (one RSA signature).
class CertificateIssuer {
 public:
  virtual ~CertificateIssuer() = default;
  /// The certificate in DER.  Errors: certificate_request_bad (no PKCS#10, its own signature is wrong, no RSA key of 2048
  /// to 4096 bits), web_ticket_refused (the ticket has served another key already), server_busy (too many tickets are
  /// in use), internal_error.
  virtual base::Result<std::string> issue(const CertificateWish& wish) const = 0;
};

}  // namespace tertulia::protocol::auth
