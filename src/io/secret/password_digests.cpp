// SPDX-License-Identifier: Apache-2.0
#include "io/secret/password_digests.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/md4.h"
#include "base/text.h"
#include "io/secret/limits.h"

namespace tertulia::io {
namespace {

struct Kind {
  base::HashAlgorithm algorithm;
  bool whole_address;
  std::size_t octets;
  std::string_view name;  // key in SecretDigests::ha1
};

/// Order of the packed form, version 1.  A new kind needs a new version of the seal.
constexpr std::array<Kind, 6> kinds{{
    {base::HashAlgorithm::md5, false, 16, "MD5/user"},
    {base::HashAlgorithm::md5, true, 16, "MD5/address"},
    {base::HashAlgorithm::sha256, false, 32, "SHA-256/user"},
    {base::HashAlgorithm::sha256, true, 32, "SHA-256/address"},
    {base::HashAlgorithm::sha512_256, false, 32, "SHA-512-256/user"},
    {base::HashAlgorithm::sha512_256, true, 32, "SHA-512-256/address"},
}};
constexpr std::size_t nt_octets = 16;
constexpr std::size_t packed_octets = 2 * (16 + 32 + 32) + nt_octets;

std::size_t character_count(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

/// First code point of well-formed UTF-8, which is taken off the view.
std::uint32_t take_code_point(std::string_view& utf8) {
  const auto lead = static_cast<unsigned char>(utf8.front());
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  std::uint32_t value = length == 1 ? lead : lead & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) value = (value << 6) | (static_cast<unsigned char>(utf8[i]) & 0x3fU);
  utf8.remove_prefix(length);
  return value;
}

void append_unit(std::string& out, std::uint32_t unit) {
  out.push_back(static_cast<char>(unit & 0xff));
  out.push_back(static_cast<char>(unit >> 8));
}

}  // namespace

base::Result<void> check_password(std::string_view password) {
  using base::Reason;
  if (password.size() > password_octets_max)
    return base::Error{Reason::password_too_weak, "longer than " + std::to_string(password_octets_max) + " octets"};
  if (!base::is_utf8(password)) return base::Error{Reason::password_too_weak, "not well-formed UTF-8"};
  if (character_count(password) < password_characters_min)
    return base::Error{Reason::password_too_weak,
                       "shorter than " + std::to_string(password_characters_min) + " characters"};
  return {};
}

std::string digest_a1(base::HashAlgorithm algorithm, std::string_view user, std::string_view realm,
                      std::string_view password) {
  return base::Hasher(algorithm).raw({user, ":", realm, ":", password});
}

std::string nt_hash(std::string_view password) {
  std::string wide;
  wide.reserve(password.size() * 2);  // enough for every text, so that growing leaves no copy behind
  while (!password.empty()) {
    const std::uint32_t value = take_code_point(password);
    if (value < 0x10000) {
      append_unit(wide, value);
    } else {
      append_unit(wide, 0xd800 + ((value - 0x10000) >> 10));
      append_unit(wide, 0xdc00 + ((value - 0x10000) & 0x3ff));
    }
  }
  std::string hash = base::md4(wide);
  domain::wipe(wide);
  return hash;
}

std::string pack_digests(const domain::Address& address, std::string_view realm, std::string_view password) {
  std::string packed;
  packed.reserve(packed_octets);
  for (const Kind& kind : kinds) {
    const std::string_view user = kind.whole_address ? std::string_view(address.text()) : address.user();
    std::string hash = digest_a1(kind.algorithm, user, realm, password);
    packed += hash;
    domain::wipe(hash);
  }
  std::string hash = nt_hash(password);
  packed += hash;
  domain::wipe(hash);
  return packed;
}

std::optional<domain::SecretDigests> unpack_digests(std::string_view packed) {
  if (packed.size() != packed_octets) return std::nullopt;
  domain::SecretDigests digests;
  for (const Kind& kind : kinds) {
    digests.ha1.emplace(kind.name, base::to_hex(packed.substr(0, kind.octets)));
    packed.remove_prefix(kind.octets);
  }
  digests.nt_hash = packed;
  return digests;
}

}  // namespace tertulia::io
