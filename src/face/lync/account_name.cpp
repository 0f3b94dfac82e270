// SPDX-License-Identifier: Apache-2.0
#include "face/lync/account_name.h"

#include <algorithm>

#include "base/text.h"

namespace tertulia::face::lync {

std::string flat_name(std::string_view domain) {
  std::string label(domain.substr(0, std::min(domain.find('.'), domain.size())));
  for (char& c : label) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return label;
}

std::string account_of(const std::vector<std::string>& served, std::string_view user, std::string_view domain) {
  std::string account(user);
  if (account.find('@') != std::string::npos || domain.empty()) return account;
  for (const std::string& one : served)
    if (base::equal_ignoring_case(one, domain) || base::equal_ignoring_case(flat_name(one), domain))
      return account + "@" + one;
  return account;
}

std::string account_of_principal(const std::vector<std::string>& served, const std::vector<KerberosRealm>& realms,
                                 std::string_view principal) {
  const std::size_t at = principal.rfind('@');
  if (at == 0 || at == std::string_view::npos) return {};
  const std::string_view user = principal.substr(0, at), realm = principal.substr(at + 1);
  if (user.find_first_of("@/\\") != std::string_view::npos) return {};
  const auto told =
      std::find_if(realms.begin(), realms.end(), [&](const KerberosRealm& one) { return one.realm == realm; });
  const std::string_view domain = told == realms.end() ? realm : std::string_view(told->domain);
  const auto found = std::find_if(served.begin(), served.end(),
                                  [&](const std::string& one) { return base::equal_ignoring_case(one, domain); });
  return found == served.end() ? std::string() : std::string(user) + "@" + *found;
}

}  // namespace tertulia::face::lync
