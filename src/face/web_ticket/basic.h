// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tertulia::face::web_ticket {

struct BasicCredentials {
  std::string user;      ///< as typed
  std::string password;  ///< secret; the owner wipes it
};

/// The value of Authorization (RFC 7617); nothing when it is of another scheme or malformed.
std::optional<BasicCredentials> read_basic(std::string_view authorization);

}  // namespace tertulia::face::web_ticket
