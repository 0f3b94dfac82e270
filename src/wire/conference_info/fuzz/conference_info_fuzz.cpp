// SPDX-License-Identifier: Apache-2.0
// A conference-info document that is read and written says the same when read again.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "wire/conference_info/conference_info.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tertulia::wire::conference_info;
  if (size > 16384) return 0;  // what is written is longer, and must not reach the limits
  const auto info = read(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!info) return 0;
  const auto again = read(write(*info));
  TERTULIA_CHECK(again);
  TERTULIA_CHECK(*again == *info);
  return 0;
}
