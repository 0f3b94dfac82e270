// SPDX-License-Identifier: Apache-2.0
#include "base/random.h"

#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "base/check.h"

namespace tertulia::base {
namespace {
constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";  // 32 characters, Crockford's choice
static_assert(alphabet.size() == 32);
constexpr std::size_t characters_of_number = 12;  // of 64 bits, five each
}  // namespace

Random::Random(std::uint64_t seed) : seed_{} { std::memcpy(seed_.data(), &seed, sizeof seed); }

Random Random::from_system() {
  TERTULIA_CHECK(sodium_init() >= 0);
  Seed seed;
  randombytes_buf(seed.data(), seed.size());
  return Random{seed};
}

void Random::refill() {
  std::array<std::uint8_t, crypto_stream_chacha20_NONCEBYTES> nonce{};
  std::memcpy(nonce.data(), &block_, sizeof block_);
  ++block_;
  crypto_stream_chacha20(reinterpret_cast<unsigned char*>(pool_.data()), sizeof pool_, nonce.data(), seed_.data());
  left_ = pool_.size();
}

std::uint64_t Random::number() {
  if (left_ == 0) refill();
  return pool_[--left_];
}

std::uint64_t Random::below(std::uint64_t bound) {
  TERTULIA_CHECK(bound > 0);
  const std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;  // drop the uneven rest, else small values are likelier
  std::uint64_t value = number();
  while (value >= limit) value = number();
  return value % bound;
}

std::string Random::token(std::size_t length) {
  std::string text(length, '0');
  char* at = text.data();
  for (std::size_t left = length; left > 0;) {
    const std::size_t count = std::min(left, characters_of_number);
    std::uint64_t bits = number();
    for (std::size_t i = 0; i < count; ++i, bits >>= 5) *at++ = alphabet[bits & 31];
    left -= count;
  }
  return text;
}

}  // namespace tertulia::base
