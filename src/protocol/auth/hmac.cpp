// SPDX-License-Identifier: Apache-2.0
#include "protocol/auth/hmac.h"

#include <cstddef>

#include "protocol/auth/secret_key.h"

namespace tertulia::protocol::auth {
namespace {

std::size_t block_octets(base::HashAlgorithm algorithm) {
  return algorithm == base::HashAlgorithm::sha512_256 ? 128 : 64;
}

/// The key, filled up with zeros to a block of the hash, each byte combined with `pad`.
std::string padded(std::string_view key, std::size_t block, unsigned char pad) {
  std::string out(block, static_cast<char>(pad));
  for (std::size_t i = 0; i < key.size(); ++i) out[i] = static_cast<char>(static_cast<unsigned char>(key[i]) ^ pad);
  return out;
}

}  // namespace

std::string hmac(base::HashAlgorithm algorithm, std::string_view key, std::initializer_list<std::string_view> pieces) {
  base::Hasher hasher(algorithm);
  const std::size_t block = block_octets(algorithm);
  std::string short_key = key.size() > block ? hasher.raw({key}) : std::string(key);
  std::string inner_key = padded(short_key, block, 0x36);
  std::string outer_key = padded(short_key, block, 0x5c);
  std::string text;
  for (const std::string_view piece : pieces) text.append(piece);
  const std::string inner = hasher.raw({inner_key, text});
  std::string out = hasher.raw({outer_key, inner});
  wipe(short_key);
  wipe(inner_key);
  wipe(outer_key);
  return out;
}

}  // namespace tertulia::protocol::auth
