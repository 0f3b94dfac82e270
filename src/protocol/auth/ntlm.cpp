// SPDX-License-Identifier: Apache-2.0
#include "protocol/auth/ntlm.h"

#include <array>
#include <cstddef>
#include <utility>

#include "base/digest.h"
#include "protocol/auth/ntlm_keys.h"

namespace tertulia::protocol::auth {
namespace {

using base::Error;
using base::Reason;
using base::Result;

/// NTLMv2_CLIENT_CHALLENGE ([MS-NLMP] 2.2.2.7) up to its pairs, and the pair that ends them.
constexpr std::size_t client_blob_octets_min = 28 + 4;
constexpr std::string_view client_blob_version("\x01\x01", 2);

struct NamedFlag {
  std::uint32_t bit;
  std::string_view name;
};
constexpr std::array named_flags{
    NamedFlag{ntlm_flags::unicode, "Unicode"},
    NamedFlag{ntlm_flags::sign, "sign"},
    NamedFlag{ntlm_flags::datagram, "datagram"},
    NamedFlag{ntlm_flags::ntlm, "NTLM"},
    NamedFlag{ntlm_flags::key_128, "128 bits"},
    NamedFlag{ntlm_flags::key_exchange, "key exchange"},
    NamedFlag{ntlm_flags::extended_session_security, "extended session security"},
};
constexpr std::uint32_t all_named() {
  std::uint32_t bits = 0;
  for (const NamedFlag& flag : named_flags) bits |= flag.bit;
  return bits;
}
static_assert(all_named() == ntlm_flags::required);

/// What does not depend on the password.
Result<void> check_form(const NtlmAuthenticate& authenticate) {
  for (const NamedFlag& flag : named_flags)
    if ((authenticate.flags & flag.bit) == 0)
      return Error{Reason::header_malformed, "NTLM flags: " + std::string(flag.name)};
  if (authenticate.session_key.size() != SecretKey::octets) return Error{Reason::header_malformed, "NTLM session key"};
  // The answer of NTLMv1 has 24 bytes; LM has none here.
  if (authenticate.nt_response.size() < ntlm_proof_octets + client_blob_octets_min ||
      authenticate.nt_response.compare(ntlm_proof_octets, client_blob_version.size(), client_blob_version) != 0)
    return Error{Reason::credentials_wrong, "not NTLMv2"};
  return {};
}

class NtlmSigner final : public MessageSigner {
 public:
  explicit NtlmSigner(NtlmSession session) : session_(std::move(session)) {}
  std::string sign(std::string_view text) override { return session_.mac_from_server(text); }
  bool verify(std::string_view text, std::string_view signature) override {
    return base::equal_in_constant_time(session_.mac_from_client(text), signature);
  }

 private:
  NtlmSession session_;
};

}  // namespace

NtlmSession::NtlmSession(const SecretKey& exported_key)
    : sign_client_(ntlm_session_key(exported_key, NtlmKeyUse::sign_client)),
      sign_server_(ntlm_session_key(exported_key, NtlmKeyUse::sign_server)),
      seal_client_(ntlm_session_key(exported_key, NtlmKeyUse::seal_client)),
      seal_server_(ntlm_session_key(exported_key, NtlmKeyUse::seal_server)) {}

std::string NtlmSession::mac_from_client(std::string_view text) const {
  return ntlm_mac(sign_client_, seal_client_, text);
}

std::string NtlmSession::mac_from_server(std::string_view text) const {
  return ntlm_mac(sign_server_, seal_server_, text);
}

Result<NtlmSession> ntlm_verify(const NtlmAuthenticate& authenticate, const NtlmServerChallenge& challenge,
                                std::string_view nt_hash) {
  if (const Result<void> form = check_form(authenticate); !form) return form.error();
  const std::string_view response = authenticate.nt_response;
  const std::string_view shown_proof = response.substr(0, ntlm_proof_octets);
  const SecretKey response_key = ntlm_response_key(nt_hash, authenticate.user, authenticate.domain);
  const std::string proof = ntlm_proof(response_key, challenge, response.substr(ntlm_proof_octets));
  // An account without hash must not be open to everybody who guesses that it has none.
  if (!base::equal_in_constant_time(proof, shown_proof) || nt_hash.size() != SecretKey::octets)
    return Reason::credentials_wrong;
  const SecretKey base_key = ntlm_session_base_key(response_key, proof);
  return NtlmSession(ntlm_exported_key(base_key, authenticate.session_key));
}

std::unique_ptr<MessageSigner> ntlm_signer(NtlmSession session) {
  return std::make_unique<NtlmSigner>(std::move(session));
}

}  // namespace tertulia::protocol::auth
