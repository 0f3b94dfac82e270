// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "protocol/auth/message_signer.h"

/// What the schemes of [MS-SIPAE] need of libraries that only `io` knows.  Implementations may be called by several shards
/// at the same time, do no network input or output and return at once.
namespace tertulia::protocol::auth {

/// A ticket that is good.
struct KerberosProof {
  std::string principal;                  ///< alice@EXAMPLE.COM, as the ticket says it
  std::string token;                      ///< for the client; usually empty
  std::unique_ptr<MessageSigner> signer;  ///< GSS message integrity codes (RFC 4121 4.2.6.1)
};

/// Accepts Kerberos tickets for our service (GSS-API, RFC 4121).
class KerberosAcceptor {
 public:
  virtual ~KerberosAcceptor() = default;
  virtual const std::string& targetname() const = 0;  ///< sip/fe1.example.com
  /// `token`: what gss_init_sec_context of the client made.  Errors: header_malformed for what is no token,
  /// clock_differs, ticket_expired, and credentials_wrong for a ticket that our key does not open (detail: what the
  /// library says, for the log).
  virtual base::Result<KerberosProof> accept(std::string_view token) const = 0;
};

/// Whom a certificate of ours names.
struct DskIdentity {
  std::string address;  ///< alice@example.com
  std::string mark;     ///< what the issuer wrote into it; see face/lync: ends with a change of password
};

/// Where a flight of the handshake leads to.
struct DskStep {
  std::string token;                      ///< our flight, to be sent in a 401
  std::optional<DskIdentity> identity;    ///< the handshake is complete
  std::unique_ptr<MessageSigner> signer;  ///< with `identity`
};

/// One TLS handshake inside of SIP ([MS-SIPAE] 3.2.5.2), server's side.
class DskHandshake {
 public:
  virtual ~DskHandshake() = default;
  /// `token`: a flight of the client.  Errors: header_malformed, certificate_refused (not ours, expired).
  virtual base::Result<DskStep> advance(std::string_view token) = 0;
};

class DskAcceptor {
 public:
  virtual ~DskAcceptor() = default;
  virtual std::unique_ptr<DskHandshake> begin(base::WallTime now) const = 0;
};

}  // namespace tertulia::protocol::auth
