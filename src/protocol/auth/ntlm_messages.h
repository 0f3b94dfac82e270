// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"
#include "base/time.h"

namespace tertulia::protocol::auth {

/// NEGOTIATE flags ([MS-NLMP] 2.2.2.5) that are looked at here.
namespace ntlm_flags {
inline constexpr std::uint32_t unicode = 0x1;
inline constexpr std::uint32_t request_target = 0x4;
inline constexpr std::uint32_t sign = 0x10;
inline constexpr std::uint32_t datagram = 0x40;
inline constexpr std::uint32_t ntlm = 0x200;
inline constexpr std::uint32_t always_sign = 0x8000;
inline constexpr std::uint32_t target_type_domain = 0x10000;
inline constexpr std::uint32_t extended_session_security = 0x80000;
inline constexpr std::uint32_t identify = 0x100000;
inline constexpr std::uint32_t target_info = 0x800000;
inline constexpr std::uint32_t version = 0x2000000;
inline constexpr std::uint32_t key_128 = 0x20000000;
inline constexpr std::uint32_t key_exchange = 0x40000000;

/// What clients of the connectionless form insist on.
inline constexpr std::uint32_t wanted_by_clients =
    unicode | sign | datagram | ntlm | always_sign | extended_session_security | identify | target_info | key_exchange;
/// What we offer: that, and keys of the full 128 bits.
inline constexpr std::uint32_t offered = wanted_by_clients | request_target | target_type_domain | version | key_128;
/// What the client must have taken, else there are no keys, or weak ones.
inline constexpr std::uint32_t required =
    unicode | sign | datagram | ntlm | extended_session_security | key_128 | key_exchange;
static_assert(wanted_by_clients == 0x40988251 && offered == 0x62998255);
}  // namespace ntlm_flags

/// Eight unguessable bytes, fresh for each handshake.
using NtlmServerChallenge = std::array<std::uint8_t, 8>;
NtlmServerChallenge fresh_ntlm_challenge(base::Random& random);

/// CHALLENGE ([MS-NLMP] 2.2.1.2).  Names are UTF-8; one that is empty, not well formed or longer than
/// ntlm_name_bytes_max is left out.
struct NtlmChallenge {
  NtlmServerChallenge server_challenge{};
  std::uint32_t flags = ntlm_flags::offered;
  std::string netbios_domain = {};  ///< also the target name
  std::string netbios_computer = {};
  std::string dns_domain = {};
  std::string dns_computer = {};
  std::optional<base::WallTime> time = {};  ///< the client uses this time in its proof; without it, its own
};

/// Raw bytes, ready for `gssapi-data`.
std::string write_ntlm_challenge(const NtlmChallenge& challenge);

/// AUTHENTICATE ([MS-NLMP] 2.2.1.3), not yet believed.
struct NtlmAuthenticate {
  std::uint32_t flags = 0;
  std::string user = {};         ///< UTF-8, as the client wrote it: a name or a whole address
  std::string domain = {};       ///< UTF-8; empty when the user typed none
  std::string host = {};         ///< UTF-8
  std::string nt_response = {};  ///< raw: proof and what it was made over
  std::string session_key = {};  ///< raw, encrypted; empty without key exchange
};

/// `bytes`: decoded `gssapi-data`; anything.  Takes messages with and without the MIC field, which is not looked at
/// (the connectionless form has none).  The LM response is not taken over.  Errors: header_malformed with the field's
/// name in detail (too short, pieces outside of the message, text that is not UTF-16, over a limit of limits.h, text
/// that is not Unicode by the flags).
base::Result<NtlmAuthenticate> read_ntlm_authenticate(std::string_view bytes);

}  // namespace tertulia::protocol::auth
