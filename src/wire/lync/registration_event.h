// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tertulia::wire::lync {

inline constexpr std::string_view registration_event_type = "text/registration-event";

/// Why an endpoint is signed out by the server ([MS-SIPREGE]).
enum class Deregistration : std::uint8_t { unregistered, rejected, deactivated };

/// Body of the notification of `registration-notify`: `deregistered;event=rejected`.
std::string write_deregistered(Deregistration event);

}  // namespace tertulia::wire::lync
