// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tertulia::protocol::auth {

/// The keys of one security context: what a sign-in with NTLM, Kerberos or TLS-DSK leaves behind.  `text`: the
/// signature text of [MS-SIPAE] (see signature_text.h).  Signatures are raw bytes.
class MessageSigner {
 public:
  virtual ~MessageSigner() = default;
  /// The signature of a message from us to the client.
  virtual std::string sign(std::string_view text) = 0;
  /// True when the client has made `signature` over `text`.
  virtual bool verify(std::string_view text, std::string_view signature) = 0;
};

}  // namespace tertulia::protocol::auth
