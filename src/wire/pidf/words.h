// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace tertulia::wire::pidf {

inline constexpr std::string_view pidf_namespace = "urn:ietf:params:xml:ns:pidf";
inline constexpr std::string_view model_namespace = "urn:ietf:params:xml:ns:pidf:data-model";
inline constexpr std::string_view rpid_namespace = "urn:ietf:params:xml:ns:pidf:rpid";
inline constexpr std::string_view cipid_namespace = "urn:ietf:params:xml:ns:pidf:cipid";
inline constexpr std::string_view caps_namespace = "urn:ietf:params:xml:ns:pidf:caps";
inline constexpr std::string_view location_namespace = "urn:ietf:params:xml:ns:location-type";
inline constexpr std::string_view xml_namespace = "http://www.w3.org/XML/1998/namespace";

inline constexpr int time_offset_minutes_max = 24 * 60;  ///< nobody lives farther from UTC

/// qvalue of RFC 3261 25.1.
bool is_priority(std::string_view text);

}  // namespace tertulia::wire::pidf
