// SPDX-License-Identifier: Apache-2.0
#include "base/md4.h"

#include <sodium.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace tertulia::base {
namespace {

using Word = std::uint32_t;
using Block = std::array<Word, 16>;

constexpr std::size_t block_octets = 64;

Word choose(Word x, Word y, Word z) { return (x & y) | (~x & z); }
Word majority(Word x, Word y, Word z) { return (x & y) | (x & z) | (y & z); }
Word parity(Word x, Word y, Word z) { return x ^ y ^ z; }

/// RFC 1320 3.4: in each of three rounds every word of the block is used once, in this order and with these turns.
struct Round {
  Word (*mix)(Word, Word, Word);
  Word constant;
  std::array<std::uint8_t, 16> order;
  std::array<int, 4> turns;
};
constexpr std::array<Round, 3> rounds{{
    {choose, 0, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {3, 7, 11, 19}},
    {majority, 0x5a827999, {0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15}, {3, 5, 9, 13}},
    {parity, 0x6ed9eba1, {0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15}, {3, 9, 11, 15}},
}};

void absorb(std::array<Word, 4>& state, const Block& block) {
  auto [a, b, c, d] = state;
  for (const Round& round : rounds) {
    for (std::size_t i = 0; i < 16; ++i) {
      const Word sum = a + round.mix(b, c, d) + block[round.order[i]] + round.constant;
      a = d;  // the four words change their places after each step
      d = c;
      c = b;
      b = std::rotl(sum, round.turns[i % 4]);
    }
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
}

Block words_of(const char* bytes) {
  Block block{};
  for (std::size_t i = 0; i < block_octets; ++i)
    block[i / 4] |= static_cast<Word>(static_cast<unsigned char>(bytes[i])) << (8 * (i % 4));
  return block;
}

}  // namespace

std::string md4(std::string_view bytes) {
  std::array<Word, 4> state{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  const std::uint64_t bits = static_cast<std::uint64_t>(bytes.size()) * 8;
  while (bytes.size() >= block_octets) {
    absorb(state, words_of(bytes.data()));
    bytes.remove_prefix(block_octets);
  }
  std::array<char, 2 * block_octets> tail{};  // the rest, a one bit, zeros, the length
  bytes.copy(tail.data(), bytes.size());
  tail[bytes.size()] = '\x80';
  const std::size_t length = bytes.size() < block_octets - 8 ? block_octets : 2 * block_octets;
  for (std::size_t i = 0; i < 8; ++i) tail[length - 8 + i] = static_cast<char>(bits >> (8 * i));
  for (std::size_t at = 0; at < length; at += block_octets) absorb(state, words_of(tail.data() + at));
  sodium_memzero(tail.data(), tail.size());

  std::string digest;
  for (const Word word : state)
    for (int shift = 0; shift < 32; shift += 8) digest.push_back(static_cast<char>(word >> shift));
  return digest;
}

}  // namespace tertulia::base
