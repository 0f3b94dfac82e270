// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tertulia::wire::sip {

/// Classes of octets in RFC 3261 25.1; a bit set.
namespace chars {
inline constexpr std::uint8_t token = 1;
inline constexpr std::uint8_t lws = 2;         ///< SP, HT, and the CR LF of folds
inline constexpr std::uint8_t unreserved = 4;  ///< alphanum / mark
inline constexpr std::uint8_t user = 8;        ///< unreserved / user-unreserved
inline constexpr std::uint8_t parameter = 16;  ///< unreserved / param-unreserved
inline constexpr std::uint8_t host = 32;       ///< alphanum - . _ (the last one seen in the wild)
inline constexpr std::uint8_t uri = 64;        ///< may stand in a URI at all, tolerance included: visible, not < > "
inline constexpr std::uint8_t value = 128;     ///< unquoted parameter value, tolerance included: visible, not < > " , ;

constexpr bool among(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

constexpr std::array<std::uint8_t, 256> make_table() {
  std::array<std::uint8_t, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    const char c = static_cast<char>(i);
    const bool alphanum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool visible = i > 0x20 && i != 0x7f;
    std::uint8_t bits = 0;
    if (alphanum || among(c, "-.!%*_+`'~")) bits |= token;
    if (among(c, " \t\r\n")) bits |= lws;
    if (alphanum || among(c, "-_.!~*'()")) bits |= unreserved | user | parameter;
    if (among(c, "&=+$,;?/")) bits |= user;
    if (among(c, "[]/:&+$")) bits |= parameter;
    if (alphanum || among(c, "-._")) bits |= host;
    if (visible && !among(c, "<>\"")) bits |= uri;
    if (visible && !among(c, "<>\",;")) bits |= value;
    table[i] = bits;
  }
  return table;
}
inline constexpr std::array<std::uint8_t, 256> table = make_table();
}  // namespace chars

constexpr bool is_of(char c, std::uint8_t classes) {
  return (chars::table[static_cast<unsigned char>(c)] & classes) != 0;
}
constexpr bool all_of(std::string_view text, std::uint8_t classes) {
  for (const char c : text)
    if (!is_of(c, classes)) return false;
  return true;
}
constexpr bool is_token(std::string_view text) { return !text.empty() && all_of(text, chars::token); }

/// Without white space and folds at both ends.
constexpr std::string_view without_lws(std::string_view text) {
  while (!text.empty() && is_of(text.front(), chars::lws)) text.remove_prefix(1);
  while (!text.empty() && is_of(text.back(), chars::lws)) text.remove_suffix(1);
  return text;
}

}  // namespace tertulia::wire::sip
