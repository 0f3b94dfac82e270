// SPDX-License-Identifier: Apache-2.0
#include "base/random.h"

#include <sodium.h>

#include <cstring>
#include <string_view>

#include "base/check.h"

namespace tertulia::base {
namespace {
constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";  // 32 characters, Crockford's choice
static_assert(alphabet.size() == 32);
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
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < length; ++i) {
    if (i % 12 == 0) bits = number();
    text[i] = alphabet[bits & 31];
    bits >>= 5;
  }
  return text;
}

}  // namespace tertulia::base
