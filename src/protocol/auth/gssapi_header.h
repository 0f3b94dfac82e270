// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "wire/sip/message.h"

namespace tertulia::protocol::auth {

/// Credentials of the signing schemes in an Authorization line ([MS-SIPAE] 2.2.2), not yet believed.
struct GssapiCredentials {
  std::string scheme;  ///< "NTLM", "Kerberos" or "TLS-DSK", spelled like this
  std::string realm;
  std::string targetname;
  std::string opaque;            ///< names the security context; empty when there is none yet
  bool has_gssapi_data = false;  ///< the parameter is there: a step of the handshake
  std::string gssapi_data;       ///< decoded; empty in the first step of NTLM
  int version = 0;               ///< of the protocol; 0 when not told
  std::string crand;             ///< hexadecimal digits as written
  std::uint32_t cnum = 0;        ///< from 1; 0 without signature
  std::string response;          ///< the signature, raw bytes
  bool has_signature() const { return cnum != 0; }
};

/// The first Authorization line of a request or a response that is of one of the three schemes.  Errors:
/// credentials_required when there is none, header_malformed with the parameter's name in detail.
base::Result<GssapiCredentials> read_gssapi_credentials(const wire::sip::Message& message);

/// Value of one WWW-Authenticate line ([MS-SIPAE] 2.2.1).  `gssapi_data`: raw bytes.  Without `opaque` it offers the
/// scheme; with it, it continues a handshake.  `sts_uri`: where TLS-DSK gets certificates.  What is empty is left out;
/// version 0 as well.
std::string challenge_line(std::string_view scheme, std::string_view realm, std::string_view targetname, int version,
                           std::string_view opaque = {}, std::string_view gssapi_data = {},
                           std::string_view sts_uri = {});

/// What stands in Authentication-Info ([MS-SIPAE] 2.2.3).
struct GssapiSignature {
  std::string scheme;
  std::string realm;
  std::string targetname;
  std::string opaque;
  std::string srand;  ///< eight hexadecimal digits
  std::uint64_t snum = 0;
  std::string rspauth;  ///< raw bytes
};

/// Value of the Authentication-Info line.  COMPAT(pidgin-sipe 1.25): it finds `rand="` and `num="` by searching, so
/// srand and snum come first among the parameters that end like this.
std::string authentication_info_line(const GssapiSignature& signature);

}  // namespace tertulia::protocol::auth
