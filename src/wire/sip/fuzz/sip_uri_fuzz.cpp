// SPDX-License-Identifier: Apache-2.0
// A URI written and read again is the same URI.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "wire/sip/uri.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using tertulia::wire::sip::Uri;
  const auto uri = Uri::parse(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!uri) return 0;
  const std::string text = uri->to_string();
  const auto again = Uri::parse(text);
  TERTULIA_CHECK(again);
  TERTULIA_CHECK(again->to_string() == text);
  TERTULIA_CHECK(again->scheme == uri->scheme);
  TERTULIA_CHECK(again->user == uri->user);
  TERTULIA_CHECK(again->host == uri->host);
  TERTULIA_CHECK(again->port == uri->port);
  TERTULIA_CHECK(again->parameters == uri->parameters);
  TERTULIA_CHECK(again->headers == uri->headers);
  TERTULIA_CHECK(uri->equivalent(*uri));
  const std::string key = uri->address_of_record();
  TERTULIA_CHECK(key == again->address_of_record());
  TERTULIA_CHECK(key.find('\0') == std::string::npos);
  if (!uri->user.empty() && !uri->host.empty()) TERTULIA_CHECK(key.find('@') == key.rfind('@'));
  return 0;
}
