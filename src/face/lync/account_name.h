// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tertulia::face::lync {

/// First label of a domain in capitals: what a NetBIOS name of it would be.
std::string flat_name(std::string_view domain);

/// The account that a name and a Windows or Kerberos domain mean: `EXAMPLE` and `example.com` stand for the served domain
/// example.com.  COMPAT(pidgin-sipe 1.25): a name without `\` comes whole, with an empty domain.
std::string account_of(const std::vector<std::string>& served, std::string_view user, std::string_view domain);

}  // namespace tertulia::face::lync
