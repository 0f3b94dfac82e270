// SPDX-License-Identifier: Apache-2.0
// The text of RTF is UTF-8 that a person can be shown, and at most three times as long as the RTF.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "wire/im/rtf_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string text = tertulia::wire::im::text_of_rtf(input);
  TERTULIA_CHECK(text.size() <= 3 * input.size());
  TERTULIA_CHECK(tertulia::base::is_utf8(text));
  TERTULIA_CHECK(std::none_of(text.begin(), text.end(), [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet == 0x7F || (octet < 0x20 && c != '\n' && c != '\t');
  }));
  return 0;
}
