// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

namespace tertulia::wire::conference_info {

/// What the reader and the writer of this folder share.
inline constexpr std::string_view conference_namespace = "urn:ietf:params:xml:ns:conference-info";
inline constexpr std::string_view extension_namespace = "http://schemas.microsoft.com/rtc/2005/08/confinfoextensions";
inline constexpr std::array<std::string_view, 3> state_names{"full", "partial", "deleted"};
inline constexpr std::array<std::string_view, 10> status_names{
    "",        "pending",   "dialing-out",     "dialing-in",    "alerting",
    "on-hold", "connected", "muted-via-focus", "disconnecting", "disconnected"};

}  // namespace tertulia::wire::conference_info
