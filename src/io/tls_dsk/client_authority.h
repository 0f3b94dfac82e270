// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "io/secret/ca.h"
#include "protocol/auth/certificate_issuer.h"
#include "protocol/auth/ports.h"

struct x509_st;

namespace tertulia::io {

/// The authority that certifies users for TLS-DSK: its own key, apart from the one that signs server certificates, so
/// that neither kind of certificate passes for the other.  Immutable but for the tickets it remembers; thread: any.
class ClientAuthority final : public protocol::auth::CertificateIssuer {
 public:
  /// Loads key and certificate; makes both when neither exists.  `days`: life of what it issues.
  /// Errors: certificate_unusable, file_unreadable, file_unwritable, permission_denied, domain_malformed.
  static base::Result<std::shared_ptr<const ClientAuthority>> open(const CertificatePaths& files,
                                                                   std::string_view domain, int days,
                                                                   base::WallTime now);
  ~ClientAuthority() override;

  base::Result<std::string> issue(const protocol::auth::CertificateWish& wish) const override;
  /// 32 secret octets for a purpose of ours, the same at every start with this authority.
  std::string derived_key(std::string_view purpose) const;
  /// Lives as long as the authority.
  x509_st* certificate() const;

 private:
  struct State;
  explicit ClientAuthority(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Whom a certificate of a ClientAuthority names.  Errors: certificate_refused when it names nobody.
base::Result<protocol::auth::DskIdentity> identity_in(x509_st* certificate);

}  // namespace tertulia::io
