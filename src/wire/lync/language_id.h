// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tertulia::wire::lync {

/// The language of this number (LCID, [MS-LCID]) as a tag of BCP 47: 3082 is "es-ES".  One that has no name here becomes
/// private use (RFC 5646 2.2.7), "x-lcid-" and the number in hexadecimal, so that it goes back as it came.
std::string language_tag_of(std::uint32_t lcid);

/// The number of a tag, or of what is left of it when subtags are taken off at its end (RFC 4647 3.4): a country
/// without a number of its own is told by its language.  Nothing when there is none.
std::optional<std::uint32_t> language_id_of(std::string_view tag);

}  // namespace tertulia::wire::lync
