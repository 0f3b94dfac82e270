// SPDX-License-Identifier: Apache-2.0
#include "protocol/auth/ntlm_keys.h"

#include <array>
#include <cstddef>

#include "protocol/auth/hmac.h"
#include "protocol/auth/rc4.h"
#include "protocol/auth/utf16.h"

namespace tertulia::protocol::auth {
namespace {

using base::HashAlgorithm;
using base::Hasher;
using namespace std::string_view_literals;

/// Version 1 of the signature, and the sequence number 100 that SIP gives to every message, little endian.
constexpr std::string_view mac_version("\x01\0\0\0", 4);
constexpr std::string_view sequence_number("\x64\0\0\0", 4);

/// The constants of [MS-NLMP] 3.4.5.2 and 3.4.5.3, in the order of NtlmKeyUse; their closing zero belongs to them.
constexpr std::array magic{"session key to client-to-server signing key magic constant\0"sv,
                           "session key to server-to-client signing key magic constant\0"sv,
                           "session key to client-to-server sealing key magic constant\0"sv,
                           "session key to server-to-client sealing key magic constant\0"sv};
static_assert(magic[0].back() == '\0' && magic[0][57] == 't');

std::string capitals(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  return out;
}

std::string_view bytes_of(const NtlmServerChallenge& challenge) {
  return {reinterpret_cast<const char*>(challenge.data()), challenge.size()};
}

}  // namespace

SecretKey ntlm_response_key(std::string_view nt_hash, std::string_view user, std::string_view domain) {
  const std::string wide_user = utf16_of_utf8(capitals(user)).value_or(std::string());
  const std::string wide_domain = utf16_of_utf8(domain).value_or(std::string());
  return SecretKey(hmac(HashAlgorithm::md5, nt_hash, {wide_user, wide_domain}));
}

std::string ntlm_proof(const SecretKey& response_key, const NtlmServerChallenge& challenge,
                       std::string_view client_blob) {
  return hmac(HashAlgorithm::md5, response_key.view(), {bytes_of(challenge), client_blob});
}

SecretKey ntlm_session_base_key(const SecretKey& response_key, std::string_view proof) {
  return SecretKey(hmac(HashAlgorithm::md5, response_key.view(), {proof}));
}

SecretKey ntlm_exported_key(const SecretKey& session_base_key, std::string_view encrypted) {
  return SecretKey(rc4(session_base_key.view(), encrypted));
}

SecretKey ntlm_session_key(const SecretKey& exported_key, NtlmKeyUse use) {
  return SecretKey(Hasher(HashAlgorithm::md5).raw({exported_key.view(), magic[static_cast<std::size_t>(use)]}));
}

std::string ntlm_mac(const SecretKey& sign_key, const SecretKey& seal_key, std::string_view text) {
  constexpr std::size_t checksum_octets = 8;
  const SecretKey message_key(Hasher(HashAlgorithm::md5).raw({seal_key.view(), sequence_number}));
  const std::string checksum = hmac(HashAlgorithm::md5, sign_key.view(), {sequence_number, text});
  std::string mac(mac_version);
  mac += rc4(message_key.view(), std::string_view(checksum).substr(0, checksum_octets));
  return mac.append(sequence_number);
}

}  // namespace tertulia::protocol::auth
