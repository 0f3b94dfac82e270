// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "protocol/auth/ntlm_messages.h"
#include "protocol/auth/secret_key.h"

namespace tertulia::protocol::auth {

/// The steps from the password hash to the keys of a session, one function each ([MS-NLMP] 3.3.2, 3.4.5).

/// Bytes of the proof at the beginning of an NTLMv2 response.
inline constexpr std::size_t ntlm_proof_octets = 16;

/// ResponseKeyNT.  `nt_hash`: 16 raw bytes; `user`, `domain`: UTF-8, exactly as in AUTHENTICATE.  COMPAT(pidgin-sipe
/// 1.25): only the letters A to Z of the user are made capitals.
SecretKey ntlm_response_key(std::string_view nt_hash, std::string_view user, std::string_view domain);
/// NTProofStr.  `client_blob`: the response behind the proof.
std::string ntlm_proof(const SecretKey& response_key, const NtlmServerChallenge& challenge,
                       std::string_view client_blob);
/// SessionBaseKey, in NTLMv2 also the KeyExchangeKey.
SecretKey ntlm_session_base_key(const SecretKey& response_key, std::string_view proof);
/// ExportedSessionKey.  `encrypted`: 16 bytes from AUTHENTICATE.
SecretKey ntlm_exported_key(const SecretKey& session_base_key, std::string_view encrypted);

enum class NtlmKeyUse { sign_client, sign_server, seal_client, seal_server };
/// SIGNKEY and SEALKEY with 128 bits.
SecretKey ntlm_session_key(const SecretKey& exported_key, NtlmKeyUse use);

/// The signature of one message in the connectionless form ([MS-NLMP] 3.4.4.2), 16 raw bytes.
std::string ntlm_mac(const SecretKey& sign_key, const SecretKey& seal_key, std::string_view text);

}  // namespace tertulia::protocol::auth
