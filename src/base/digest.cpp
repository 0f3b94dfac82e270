// SPDX-License-Identifier: Apache-2.0
#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sodium.h>

#include <algorithm>
#include <array>

#include "base/check.h"

namespace tertulia::base {
namespace {

const char* openssl_name(HashAlgorithm algorithm) {
  switch (algorithm) {
    case HashAlgorithm::md5:
      return "MD5";
    case HashAlgorithm::sha1:
      return "SHA1";
    case HashAlgorithm::sha256:
      return "SHA256";
    case HashAlgorithm::sha512_256:
      return "SHA512-256";
  }
  return "SHA256";
}

/// Fetched once and kept: a fetch takes locks and costs more than the hash of a short text.  Immutable, for any thread.
EVP_MD* method_of(HashAlgorithm algorithm) {
  static const std::array<EVP_MD*, 4> methods = [] {
    std::array<EVP_MD*, 4> fetched{};
    for (const HashAlgorithm one :
         {HashAlgorithm::md5, HashAlgorithm::sha1, HashAlgorithm::sha256, HashAlgorithm::sha512_256}) {
      fetched[static_cast<std::size_t>(one)] = EVP_MD_fetch(nullptr, openssl_name(one), nullptr);
    }
    return fetched;
  }();
  return methods[static_cast<std::size_t>(algorithm)];
}

/// Short pieces of a text; wiped at the end, since some are secret.
class Gathered {
 public:
  Gathered() = default;
  ~Gathered() { OPENSSL_cleanse(bytes_.data(), most_used_); }
  Gathered(const Gathered&) = delete;
  Gathered& operator=(const Gathered&) = delete;

  /// False when there is no room for it.
  bool take(std::string_view piece) {
    if (piece.size() > bytes_.size() - used_) return false;
    std::copy(piece.begin(), piece.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(used_));
    used_ += piece.size();
    most_used_ = std::max(most_used_, used_);
    return true;
  }
  void pass_on(EVP_MD_CTX* context) {
    EVP_DigestUpdate(context, bytes_.data(), used_);
    used_ = 0;
  }

 private:
  std::array<char, 512> bytes_;
  std::size_t used_ = 0;
  std::size_t most_used_ = 0;
};

}  // namespace

struct Hasher::State {
  EVP_MD* method;
  EVP_MD_CTX* context;
  explicit State(HashAlgorithm algorithm) : method(method_of(algorithm)), context(EVP_MD_CTX_new()) {
    TERTULIA_CHECK(method != nullptr && context != nullptr);
  }
  ~State() { EVP_MD_CTX_free(context); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  using Output = std::array<unsigned char, EVP_MAX_MD_SIZE>;
  std::string_view digest(std::initializer_list<std::string_view> pieces, Output& out);
};

Hasher::Hasher(HashAlgorithm algorithm) : state_(std::make_unique<State>(algorithm)) {}
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

std::string_view Hasher::State::digest(std::initializer_list<std::string_view> pieces, Output& out) {
  unsigned length = 0;
  TERTULIA_CHECK(EVP_DigestInit_ex2(context, method, nullptr) == 1);
  // Each call into the library costs as much as hashing a short piece, so short pieces go together.
  Gathered gathered;
  for (const std::string_view piece : pieces) {
    if (gathered.take(piece)) continue;
    gathered.pass_on(context);
    if (!gathered.take(piece)) EVP_DigestUpdate(context, piece.data(), piece.size());
  }
  gathered.pass_on(context);
  TERTULIA_CHECK(EVP_DigestFinal_ex(context, out.data(), &length) == 1);
  return {reinterpret_cast<const char*>(out.data()), length};
}

std::string Hasher::raw(std::initializer_list<std::string_view> pieces) {
  State::Output out;
  return std::string(state_->digest(pieces, out));
}

std::string Hasher::hex(std::initializer_list<std::string_view> pieces) {
  State::Output out;
  return to_hex(state_->digest(pieces, out));
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text(bytes.size() * 2, '\0');
  char* at = text.data();
  for (const char c : bytes) {
    *at++ = digits[static_cast<unsigned char>(c) >> 4];
    *at++ = digits[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

std::string to_base64(std::string_view bytes) {
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  text.pop_back();  // the library writes a terminating zero
  return text;
}

bool from_base64(std::string_view text, std::string& bytes) {
  bytes.assign(text.size() / 4 * 3 + 3, '\0');
  std::size_t length = 0;
  const char* end = nullptr;
  const bool good = sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                                      text.size(), nullptr, &length, &end, sodium_base64_VARIANT_ORIGINAL) == 0 &&
                    end == text.data() + text.size();
  bytes.resize(good ? length : 0);
  return good;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && (a.empty() || sodium_memcmp(a.data(), b.data(), a.size()) == 0);
}

}  // namespace tertulia::base
