// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/digest.h"
#include "base/md4.h"
#include "protocol/auth/ntlm.h"
#include "protocol/auth/ntlm_keys.h"
#include "protocol/auth/rc4.h"
#include "protocol/auth/signature_text.h"
#include "protocol/auth/utf16.h"

// For tests: the client's half of a sign-in with NTLM, as small as possible.

namespace tertulia::protocol::auth::testing {

inline std::string bytes_of_hex(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes.push_back(static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1])));
  return bytes;
}

inline std::string little_endian(std::uint64_t value, int octets) {
  std::string bytes;
  for (int i = 0; i < octets; ++i) bytes.push_back(static_cast<char>(value >> (8 * i)));
  return bytes;
}

inline NtlmServerChallenge challenge_of(std::string_view bytes) {
  NtlmServerChallenge challenge{};
  for (std::size_t i = 0; i < challenge.size() && i < bytes.size(); ++i)
    challenge[i] = static_cast<std::uint8_t>(bytes[i]);
  return challenge;
}

/// Pieces of AUTHENTICATE; all raw bytes.
struct AuthenticateParts {
  std::uint32_t flags = 0x62988255;
  std::string domain, user, host, lm_response, nt_response, session_key;

  std::string to_bytes() const {
    std::string fields[6];
    std::string payload;
    const std::string* const pieces[] = {&domain, &user, &host, &lm_response, &nt_response, &session_key};
    for (int i = 0; i < 6; ++i) {
      const std::size_t length = pieces[i]->size();
      fields[i] = little_endian(length, 2) + little_endian(length, 2) + little_endian(72 + payload.size(), 4);
      payload += *pieces[i];
    }
    return std::string("NTLMSSP\0\3\0\0\0", 12) + fields[3] + fields[4] + fields[0] + fields[1] + fields[2] +
           fields[5] + little_endian(flags, 4) + std::string("\x05\x01\x28\x0a\0\0\0\x0f", 8) + payload;
  }
};

/// One client with its password.  After authenticate() it has the keys of the session.
class NtlmTestClient {
 public:
  NtlmTestClient(std::string user, std::string domain, std::string_view password)
      : user_(std::move(user)), domain_(std::move(domain)), nt_hash_(base::md4(*utf16_of_utf8(password))) {}

  const std::string& nt_hash() const { return nt_hash_; }

  /// The answer to a CHALLENGE message.
  AuthenticateParts authenticate(std::string_view challenge, std::string_view client_challenge = "12345678",
                                 std::string_view exported_key = "exported-session") {
    const NtlmServerChallenge nonce = challenge_of(challenge.substr(24, 8));
    const auto at = [&](std::size_t offset) { return static_cast<unsigned char>(challenge[offset]); };
    const std::string info(challenge.substr(at(44) | at(45) << 8, at(40) | at(41) << 8));
    const std::string blob = std::string("\1\1\0\0\0\0\0\0", 8) + std::string(8, '\x11') +
                             std::string(client_challenge) + std::string(4, '\0') + info + std::string(4, '\0');
    const SecretKey response_key = ntlm_response_key(nt_hash_, user_, domain_);
    const std::string proof = ntlm_proof(response_key, nonce, blob);
    const SecretKey base_key = ntlm_session_base_key(response_key, proof);
    session_.emplace(SecretKey(std::string(exported_key)));
    return {.domain = *utf16_of_utf8(domain_),
            .user = *utf16_of_utf8(user_),
            .host = *utf16_of_utf8("VM"),
            .lm_response = std::string(24, '\0'),
            .nt_response = proof + blob,
            .session_key = rc4(base_key.view(), exported_key)};
  }

  const NtlmSession& session() const { return *session_; }

  /// Authorization line for a message that is complete but for it, signed with the next number.  `extra`: parameters
  /// of the handshake, each with a comma behind.
  std::string authorization(const wire::sip::Message& message, const std::string& opaque, const std::string& realm,
                            const std::string& targetname, const std::string& extra = {}, int version = 4) {
    const std::string crand = "0a1b2c3d";
    ++cnum_;
    const std::string text = signature_text(message, {"NTLM", crand, cnum_, realm, targetname, version});
    return "NTLM qop=\"auth\", opaque=\"" + opaque + "\", realm=\"" + realm + "\", targetname=\"" + targetname +
           "\", " + extra + "crand=\"" + crand + "\", cnum=\"" + std::to_string(cnum_) + "\", response=\"" +
           base::to_hex(session_->mac_from_client(text)) + "\"";
  }

 private:
  std::string user_, domain_, nt_hash_;
  std::optional<NtlmSession> session_;
  std::uint32_t cnum_ = 0;
};

}  // namespace tertulia::protocol::auth::testing
