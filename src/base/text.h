// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tertulia::base {

/// ASCII only: protocol tokens are compared this way whatever the locale.
constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alphanumeric(char c) { return (to_lower(c) >= 'a' && to_lower(c) <= 'z') || is_digit(c); }
/// Of a hexadecimal digit in either case; -1 when it is none.
constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}
std::string to_lower(std::string_view text);
/// The same into a string whose space is used again.
void assign_lower(std::string& out, std::string_view text);
void append_lower(std::string& out, std::string_view text);
bool equal_ignoring_case(std::string_view a, std::string_view b);

/// Without spaces and tabs at both ends.  The view lives as long as the argument's text.
std::string_view trimmed(std::string_view text);

/// Whole text is a decimal number that fits; signs, blanks and overflow give nothing.
std::optional<std::uint64_t> to_number(std::string_view text);

/// Well-formed UTF-8 (RFC 3629: shortest form, no surrogates).
bool is_utf8(std::string_view text);
/// `code`: a character of Unicode, at most 0x10FFFF and no surrogate, else what comes out is not well formed.
void append_utf8(std::string& out, std::uint32_t code);

/// Pieces between separators, trimmed, empty ones left out.
std::vector<std::string_view> split(std::string_view text, char separator);

}  // namespace tertulia::base
