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

}  // namespace tertulia::face::lync
