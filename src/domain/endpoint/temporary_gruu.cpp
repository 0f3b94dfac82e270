// SPDX-License-Identifier: Apache-2.0
#include "domain/endpoint/temporary_gruu.h"

#include "base/digest.h"
#include "base/text.h"
#include "domain/endpoint/limits.h"

namespace tertulia::domain {
namespace {

constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz234567";  // RFC 4648 6, in lower case
constexpr std::size_t random_bytes = 10;
constexpr std::size_t content_bytes = 12;
constexpr std::size_t proof_bytes = 8;
constexpr std::size_t all_bytes = random_bytes + content_bytes + proof_bytes;
static_assert(all_bytes * 8 == temporary_gruu_octets * 5);

/// The inputs have one length for each purpose, so that a hash with the key in front is a sound keyed hash.
class KeyedHash {
 public:
  explicit KeyedHash(const GruuKey& key) : key_(key.begin(), key.end()) {}
  std::string mask(std::string_view nonce) { return sha256_.raw({key_, "mask", nonce}).substr(0, content_bytes); }
  std::string proof(std::string_view sealed) { return sha256_.raw({key_, "true", sealed}).substr(0, proof_bytes); }

 private:
  std::string key_;
  base::Hasher sha256_{base::HashAlgorithm::sha256};
};

void put(std::string& bytes, std::uint64_t number, std::size_t count) {
  for (std::size_t i = count; i-- > 0;) bytes.push_back(static_cast<char>(number >> (8 * i) & 0xffU));
}

std::uint64_t take(std::string_view bytes, std::size_t at, std::size_t count) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < count; ++i) number = number << 8U | static_cast<std::uint8_t>(bytes[at + i]);
  return number;
}

void mask(std::string& bytes, std::string_view with) {
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(bytes[i] ^ with[i]);
}

std::string to_token(std::string_view bytes) {
  std::string token;
  for (std::size_t at = 0; at < bytes.size(); at += 5) {
    const std::uint64_t bits = take(bytes, at, 5);
    for (std::size_t i = 8; i-- > 0;) token.push_back(alphabet[bits >> (5 * i) & 31U]);
  }
  return token;
}

std::optional<std::string> from_token(std::string_view token) {
  if (token.size() != temporary_gruu_octets) return std::nullopt;
  std::string bytes;
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < token.size(); ++i) {
    const std::size_t value = alphabet.find(base::to_lower(token[i]));
    if (value == std::string_view::npos) return std::nullopt;
    bits = bits << 5U | value;
    if (i % 8 == 7) put(bytes, bits & 0xff'ffff'ffffULL, 5);
  }
  return bytes;
}

}  // namespace

std::string make_temporary_gruu(const GruuKey& key, const TemporaryGruu& gruu, base::Random& random) {
  KeyedHash hash(key);
  std::string bytes;
  put(bytes, random.number(), 8);
  put(bytes, random.number(), random_bytes - 8);
  std::string content;
  put(content, gruu.user.value, 4);
  put(content, gruu.series, 8);
  mask(content, hash.mask(bytes));
  bytes += content;
  bytes += hash.proof(bytes);
  return to_token(bytes);
}

std::optional<TemporaryGruu> read_temporary_gruu(const GruuKey& key, std::string_view token) {
  const std::optional<std::string> bytes = from_token(token);
  if (!bytes) return std::nullopt;
  KeyedHash hash(key);
  const std::string_view sealed = std::string_view(*bytes).substr(0, random_bytes + content_bytes);
  if (!base::equal_in_constant_time(hash.proof(sealed), std::string_view(*bytes).substr(sealed.size())))
    return std::nullopt;
  std::string content(sealed.substr(random_bytes));
  mask(content, hash.mask(sealed.substr(0, random_bytes)));
  return TemporaryGruu{base::UserId{static_cast<std::uint32_t>(take(content, 0, 4))}, take(content, 4, 8)};
}

}  // namespace tertulia::domain
