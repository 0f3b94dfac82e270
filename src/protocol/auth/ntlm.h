// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "protocol/auth/message_signer.h"
#include "protocol/auth/ntlm_messages.h"
#include "protocol/auth/secret_key.h"

namespace tertulia::protocol::auth {

/// The keys that a proof of identity leaves behind ([MS-NLMP] 3.4.5), in the connectionless form with 128 bits.
/// Secret: wiped at the end.  Moves, never copies.
class NtlmSession {
 public:
  /// `exported_key`: the session key that the client has chosen.
  explicit NtlmSession(const SecretKey& exported_key);

  /// Signature of a message from the client, from us: 16 raw bytes ([MS-NLMP] 3.4.4.2).  Each message has the sequence
  /// number 100 and a cipher keyed afresh, so the order does not count ([MS-SIPAE] 3.2.5.1).
  std::string mac_from_client(std::string_view text) const;
  std::string mac_from_server(std::string_view text) const;

  const SecretKey& sign_client() const { return sign_client_; }
  const SecretKey& sign_server() const { return sign_server_; }
  const SecretKey& seal_client() const { return seal_client_; }
  const SecretKey& seal_server() const { return seal_server_; }

 private:
  SecretKey sign_client_, sign_server_, seal_client_, seal_server_;
};

/// Judges the client's proof: NTLMv2 alone ([MS-NLMP] 3.3.2), with what ntlm_flags::required names.
/// `nt_hash`: 16 raw bytes of the account that authenticate.user and .domain mean; a decoy for an account that does not
/// exist.  Errors: header_malformed when flags or the session key are missing (detail says which), credentials_wrong
/// for another hash, another challenge, and for LM and NTLMv1.  Time does not depend on where a proof differs.
base::Result<NtlmSession> ntlm_verify(const NtlmAuthenticate& authenticate, const NtlmServerChallenge& challenge,
                                      std::string_view nt_hash);

/// Puts the keys behind the interface that SignedContext knows.
std::unique_ptr<MessageSigner> ntlm_signer(NtlmSession session);

}  // namespace tertulia::protocol::auth
