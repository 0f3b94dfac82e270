// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "face/simple/context.h"
#include "face/simple/sign_in_guard.h"
#include "protocol/auth/message_signer.h"

namespace tertulia::face::lync {

/// Where one token of the client leads to.
struct SchemeStep {
  enum class What : std::uint8_t {
    more,      ///< `token` goes back in a 401 and the client goes on
    proven,    ///< the client is `claim`; this very request bears the first signature
    wrong,     ///< the client has guessed the password of `claim` and was wrong
    answered,  ///< the guard has answered the request
  } what = What::more;
  std::string token = {};  ///< raw octets
  simple::Claim claim = {};
  /// With `proven`.  With `more`: the client has keys when it reads the token, and its next REGISTER is signed and bears
  /// no token.
  std::unique_ptr<protocol::auth::MessageSigner> signer = {};
};

/// One handshake of one connection.
class SchemeHandshake {
 public:
  virtual ~SchemeHandshake() = default;
  /// `token`: raw octets of gssapi-data, empty in the first step of NTLM.  Errors: nonce_stale (this is no first token) and
  /// credentials_wrong (proves nothing, and no password was guessed) begin anew with a challenge; header_malformed is a
  /// 400; every other reason is a 403 that tells it.
  virtual base::Result<SchemeStep> advance(const simple::Request& request, std::string_view token) = 0;
};

/// One way to prove an identity inside of REGISTER ([MS-SIPAE]); what follows it, signatures, is the same for all.
class Scheme {
 public:
  virtual ~Scheme() = default;
  virtual std::string_view name() const = 0;  ///< "NTLM", "Kerberos" or "TLS-DSK"
  virtual std::string_view targetname() const = 0;
  virtual std::string_view sts_uri() const { return {}; }  ///< of TLS-DSK: where certificates come from
  virtual std::unique_ptr<SchemeHandshake> begin() = 0;
  /// What a client is told whose keys are of an older password: credentials_required lets it make new ones.
  virtual base::Reason outdated() const { return base::Reason::credentials_required; }
};

/// The schemes that are offered, the one that clients should prefer first.
using Schemes = std::vector<std::unique_ptr<Scheme>>;

}  // namespace tertulia::face::lync
