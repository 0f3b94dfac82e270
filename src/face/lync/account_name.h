// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "face/lync/settings.h"

namespace tertulia::face::lync {

/// First label of a domain in capitals: what a NetBIOS name of it would be.
std::string flat_name(std::string_view domain);

/// The account that a name and a Windows or Kerberos domain mean: `EXAMPLE` and `example.com` stand for the served domain
/// example.com.  COMPAT(pidgin-sipe 1.25): a name without `\` comes whole, with an empty domain.
std::string account_of(const std::vector<std::string>& served, std::string_view user, std::string_view domain);

/// The account that a principal of Kerberos means: alice@EXAMPLE.COM is alice@example.com when `realms` says that the realm
/// belongs to that domain, or nothing and the realm is the domain's name in capitals.  Empty for a foreign realm and for
/// what is no person (sip/fe1.example.com, escaped characters): nobody gets a name of ours because another realm calls him so.
std::string account_of_principal(const std::vector<std::string>& served, const std::vector<KerberosRealm>& realms,
                                 std::string_view principal);

}  // namespace tertulia::face::lync
