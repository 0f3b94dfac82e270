// SPDX-License-Identifier: Apache-2.0
#include "face/web_ticket/basic.h"

#include "base/digest.h"
#include "base/text.h"
#include "domain/directory/ports.h"

namespace tertulia::face::web_ticket {

std::optional<BasicCredentials> read_basic(std::string_view authorization) {
  constexpr std::string_view scheme = "basic ";
  const std::string_view value = base::trimmed(authorization);
  if (!base::equal_ignoring_case(value.substr(0, scheme.size()), scheme)) return std::nullopt;
  std::string clear;
  if (!base::from_base64(base::trimmed(value.substr(scheme.size())), clear)) return std::nullopt;
  const std::size_t colon = clear.find(':');
  std::optional<BasicCredentials> credentials;
  if (colon != std::string::npos) credentials = BasicCredentials{clear.substr(0, colon), clear.substr(colon + 1)};
  domain::wipe(clear);
  return credentials;
}

}  // namespace tertulia::face::web_ticket
