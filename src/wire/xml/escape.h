// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tertulia::wire::xml {

enum class Place : std::uint8_t { text, attribute };

/// As escaped_xml(); inside of an attribute tabs and line ends become references, so that reading gives them back.
void append_escaped(std::string& out, std::string_view text, Place place);

}  // namespace tertulia::wire::xml
