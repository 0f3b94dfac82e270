// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/secret.h"

namespace tertulia::protocol::auth {

using base::wipe;
using base::wipe_bytes;

/// A key of 128 bits that is overwritten when its life ends.  A value; moves, never copies.
class SecretKey {
 public:
  static constexpr std::size_t octets = 16;

  SecretKey() = default;
  /// `bytes`: exactly 16; wiped.
  explicit SecretKey(std::string&& bytes);
  SecretKey(SecretKey&& other) noexcept;             ///< wipes the other
  SecretKey& operator=(SecretKey&& other) noexcept;  ///< wipes the other
  ~SecretKey();

  std::string_view view() const { return {bytes_.data(), bytes_.size()}; }  ///< lives as long as the key

 private:
  std::array<char, octets> bytes_{};
};

}  // namespace tertulia::protocol::auth
