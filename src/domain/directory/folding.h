// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tertulia::domain {

/// Takes the next character off the front of UTF-8 text that is not empty; a byte that begins none counts as U+FFFD.
char32_t take_character(std::string_view& text);

/// The character without case: Unicode simple case folding, so one character stays one.  Turkish dotted and dotless i
/// stay themselves.
char32_t folded(char32_t character);
std::u32string folded(std::string_view text);

}  // namespace tertulia::domain
