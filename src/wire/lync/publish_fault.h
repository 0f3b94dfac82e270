// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tertulia::wire::lync {

inline constexpr std::string_view fault_type = "application/msrtc-fault+xml";

/// One publication whose version was not the one we have.
struct WrongVersion {
  std::uint32_t index = 1;            ///< position in the request, the first is 1
  std::uint32_t version = 0;          ///< as sent
  std::uint32_t current_version = 0;  ///< as we have it; 0: there is none
  friend bool operator==(const WrongVersion&, const WrongVersion&) = default;
};

/// Body of 409 to a publication ([MS-PRES]): the client repairs its versions and publishes again.  Every entry is written
/// with all three numbers.  COMPAT(pidgin-sipe 1.25): it crashes without `index` and never ends without `curVersion`.
std::string write_publish_fault(const std::vector<WrongVersion>& wrong);

}  // namespace tertulia::wire::lync
