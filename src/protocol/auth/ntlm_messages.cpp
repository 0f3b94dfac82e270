// SPDX-License-Identifier: Apache-2.0
#include "protocol/auth/ntlm_messages.h"

#include <algorithm>
#include <cstddef>

#include "protocol/auth/limits.h"
#include "protocol/auth/utf16.h"

namespace tertulia::protocol::auth {
namespace {

using base::Error;
using base::Reason;
using base::Result;

constexpr std::string_view signature("NTLMSSP\0", 8);
constexpr std::uint32_t type_challenge = 2;
constexpr std::uint32_t type_authenticate = 3;

// CHALLENGE: where the payload begins when the version stands before it.
constexpr std::size_t challenge_fixed_octets = 56;
/// VERSION ([MS-NLMP] 2.2.2.10): 6.1, build 7601, revision 15.  Only for people who read traces.
constexpr std::string_view our_version("\x06\x01\xb1\x1d\0\0\0\x0f", 8);

enum class AvId : std::uint16_t {  // [MS-NLMP] 2.2.2.1
  end = 0,
  netbios_computer = 1,
  netbios_domain = 2,
  dns_computer = 3,
  dns_domain = 4,
  timestamp = 7
};

// AUTHENTICATE: the fixed part without version and MIC, which old clients leave out.
constexpr std::size_t authenticate_fixed_octets = 64;
constexpr std::size_t lm_fields = 12;
constexpr std::size_t nt_fields = 20;
constexpr std::size_t domain_fields = 28;
constexpr std::size_t user_fields = 36;
constexpr std::size_t host_fields = 44;
constexpr std::size_t key_fields = 52;
constexpr std::size_t flags_offset = 60;

void append_number(std::string& out, std::uint64_t value, std::size_t octets) {
  for (std::size_t i = 0; i < octets; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
}

std::uint32_t number_at(std::string_view bytes, std::size_t at, std::size_t octets) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < octets; ++i)
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  return value;
}

/// Length, room and offset of one piece of the payload.
void append_fields(std::string& out, std::size_t length, std::size_t offset) {
  append_number(out, length, 2);
  append_number(out, length, 2);
  append_number(out, offset, 4);
}

void append_pair(std::string& out, AvId id, std::string_view value) {
  append_number(out, static_cast<std::uint16_t>(id), 2);
  append_number(out, value.size(), 2);
  out.append(value);
}

/// UTF-16 of a name that may be written; empty of all others.
std::string wide_name(std::string_view name) {
  if (name.size() > ntlm_name_bytes_max) return {};
  return utf16_of_utf8(name).value_or(std::string());
}

void append_name_pair(std::string& out, AvId id, std::string_view name) {
  const std::string wide = wide_name(name);
  if (!wide.empty()) append_pair(out, id, wide);
}

/// FILETIME: tenths of microseconds since 1601.
std::string file_time(base::WallTime time) {
  constexpr std::int64_t tenths_from_1601_to_1970 = 116'444'736'000'000'000;
  std::string out;
  append_number(out, static_cast<std::uint64_t>(time.us * 10 + tenths_from_1601_to_1970), 8);
  return out;
}

Error ntlm_malformed(std::string_view field) { return {Reason::header_malformed, "NTLM " + std::string(field)}; }

/// The piece that the fields at `at` point to; nothing when it is not wholly behind the fixed part.
std::optional<std::string_view> piece_of(std::string_view bytes, std::size_t at) {
  const std::size_t length = number_at(bytes, at, 2);
  const std::size_t offset = number_at(bytes, at + 4, 4);
  if (length == 0) return std::string_view{};
  if (offset < authenticate_fixed_octets || offset > bytes.size() || length > bytes.size() - offset)
    return std::nullopt;
  return bytes.substr(offset, length);
}

/// A name that a person could have typed.
std::optional<std::string> name_of(std::string_view bytes, std::size_t at) {
  const std::optional<std::string_view> piece = piece_of(bytes, at);
  if (!piece || piece->size() > 2 * ntlm_name_bytes_max) return std::nullopt;
  std::optional<std::string> name = utf8_of_utf16(*piece);
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (!name || name->size() > ntlm_name_bytes_max || std::any_of(name->begin(), name->end(), is_control))
    return std::nullopt;
  return name;
}

}  // namespace

NtlmServerChallenge fresh_ntlm_challenge(base::Random& random) {
  NtlmServerChallenge challenge;
  std::uint64_t number = random.number();
  for (std::uint8_t& octet : challenge) {
    octet = static_cast<std::uint8_t>(number);
    number >>= 8;
  }
  return challenge;
}

std::string write_ntlm_challenge(const NtlmChallenge& challenge) {
  const std::string target_name =
      (challenge.flags & ntlm_flags::request_target) != 0 ? wide_name(challenge.netbios_domain) : std::string();
  std::string info;
  if ((challenge.flags & ntlm_flags::target_info) != 0) {
    append_name_pair(info, AvId::netbios_domain, challenge.netbios_domain);
    append_name_pair(info, AvId::netbios_computer, challenge.netbios_computer);
    append_name_pair(info, AvId::dns_domain, challenge.dns_domain);
    append_name_pair(info, AvId::dns_computer, challenge.dns_computer);
    if (challenge.time) append_pair(info, AvId::timestamp, file_time(*challenge.time));
    append_pair(info, AvId::end, {});
  }
  std::string out(signature);
  append_number(out, type_challenge, 4);
  append_fields(out, target_name.size(), challenge_fixed_octets);
  append_number(out, challenge.flags, 4);
  for (const std::uint8_t octet : challenge.server_challenge) out.push_back(static_cast<char>(octet));
  out.append(8, '\0');
  append_fields(out, info.size(), challenge_fixed_octets + target_name.size());
  out.append((challenge.flags & ntlm_flags::version) != 0 ? our_version : std::string_view("\0\0\0\0\0\0\0\0", 8));
  return out.append(target_name).append(info);
}

Result<NtlmAuthenticate> read_ntlm_authenticate(std::string_view bytes) {
  if (bytes.size() < authenticate_fixed_octets || bytes.size() > ntlm_authenticate_bytes_max)
    return ntlm_malformed("length");
  if (bytes.substr(0, signature.size()) != signature || number_at(bytes, signature.size(), 4) != type_authenticate)
    return ntlm_malformed("type");
  NtlmAuthenticate message;
  message.flags = number_at(bytes, flags_offset, 4);
  if ((message.flags & ntlm_flags::unicode) == 0) return ntlm_malformed("flags: Unicode");
  std::optional<std::string> domain = name_of(bytes, domain_fields);
  if (!domain) return ntlm_malformed("domain");
  std::optional<std::string> user = name_of(bytes, user_fields);
  if (!user) return ntlm_malformed("user");
  std::optional<std::string> host = name_of(bytes, host_fields);
  if (!host) return ntlm_malformed("host");
  if (!piece_of(bytes, lm_fields)) return ntlm_malformed("LM response");
  const std::optional<std::string_view> nt_response = piece_of(bytes, nt_fields);
  if (!nt_response || nt_response->size() > ntlm_response_bytes_max) return ntlm_malformed("NT response");
  const std::optional<std::string_view> session_key = piece_of(bytes, key_fields);
  if (!session_key) return ntlm_malformed("session key");
  message.domain = *std::move(domain);
  message.user = *std::move(user);
  message.host = *std::move(host);
  message.nt_response = *nt_response;
  message.session_key = *session_key;
  return message;
}

}  // namespace tertulia::protocol::auth
