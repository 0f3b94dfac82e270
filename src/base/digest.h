// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

namespace tertulia::base {

enum class HashAlgorithm : std::uint8_t { md5, sha1, sha256, sha512_256 };

/// Reusable hash computation (OpenSSL's libcrypto).  Thread: one owner.
class Hasher {
 public:
  explicit Hasher(HashAlgorithm algorithm);
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;

  /// Hash of the pieces one after the other, as raw bytes.
  std::string raw(std::initializer_list<std::string_view> pieces);
  /// The same as lower-case hexadecimal.
  std::string hex(std::initializer_list<std::string_view> pieces);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Lower-case hexadecimal.
std::string to_hex(std::string_view bytes);
/// RFC 4648 4 with padding; `decode` is false on any character outside of the alphabet.
std::string to_base64(std::string_view bytes);
bool from_base64(std::string_view text, std::string& bytes);

/// Compares secrets in a time that depends only on the lengths.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace tertulia::base
