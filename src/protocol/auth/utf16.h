// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tertulia::protocol::auth {

/// From UTF-16 little endian; nothing when it is not well formed (odd length, halves of surrogate pairs).
std::optional<std::string> utf8_of_utf16(std::string_view utf16);
/// To UTF-16 little endian; nothing when the text is not UTF-8.  The two undo each other exactly.
std::optional<std::string> utf16_of_utf8(std::string_view utf8);

}  // namespace tertulia::protocol::auth
