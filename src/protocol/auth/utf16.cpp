// SPDX-License-Identifier: Apache-2.0
#include "protocol/auth/utf16.h"

#include <cstddef>
#include <cstdint>

#include "base/text.h"

namespace tertulia::protocol::auth {
namespace {

std::uint32_t octet(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

void append_unit(std::string& out, std::uint32_t unit) {
  out.push_back(static_cast<char>(unit & 0xff));
  out.push_back(static_cast<char>(unit >> 8));
}

}  // namespace

std::optional<std::string> utf8_of_utf16(std::string_view utf16) {
  if (utf16.size() % 2 != 0) return std::nullopt;
  std::string out;
  for (std::size_t at = 0; at < utf16.size(); at += 2) {
    const std::uint32_t unit = octet(utf16, at) | octet(utf16, at + 1) << 8;
    if (unit < 0xd800 || unit > 0xdfff) {
      base::append_utf8(out, unit);
      continue;
    }
    if (unit > 0xdbff || utf16.size() - at < 4) return std::nullopt;
    at += 2;
    const std::uint32_t low = octet(utf16, at) | octet(utf16, at + 1) << 8;
    if (low < 0xdc00 || low > 0xdfff) return std::nullopt;
    base::append_utf8(out, 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
  }
  return out;
}

std::optional<std::string> utf16_of_utf8(std::string_view utf8) {
  if (!base::is_utf8(utf8)) return std::nullopt;
  std::string out;
  for (std::size_t at = 0; at < utf8.size();) {
    const std::uint32_t lead = octet(utf8, at);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    std::uint32_t point = length == 1 ? lead : lead & (0x7fU >> length);
    for (std::size_t i = 1; i < length; ++i) point = point << 6 | (octet(utf8, at + i) & 0x3f);
    at += length;
    if (point < 0x10000) {
      append_unit(out, point);
    } else {
      append_unit(out, 0xd800 + ((point - 0x10000) >> 10));
      append_unit(out, 0xdc00 + ((point - 0x10000) & 0x3ff));
    }
  }
  return out;
}

}  // namespace tertulia::protocol::auth
