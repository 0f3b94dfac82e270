// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tertulia::wire::sip {

/// Gathers the Content-Length lines of one message.  Repeating the same number is harmless; two different ones are how
/// a request is smuggled past somebody (RFC 4475 3.3.9), so they are an error like anything that is no number.
class ContentLength {
 public:
  /// `value`: one line's value, folds included.  False: not a number up to 2^32-1, or not the number seen before.
  bool add(std::string_view value);
  const std::optional<std::uint32_t>& value() const { return value_; }

 private:
  std::optional<std::uint32_t> value_;
};

}  // namespace tertulia::wire::sip
