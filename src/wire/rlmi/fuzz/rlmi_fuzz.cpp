// SPDX-License-Identifier: Apache-2.0
// Lists that are read and written say the same when read again.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "wire/rlmi/resource_lists.h"
#include "wire/rlmi/rlmi.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tertulia::wire::rlmi;
  if (size > 16384) return 0;  // what is written is longer, and must not reach the limits
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto list = read_rlmi(input)) {
    const auto again = read_rlmi(write_rlmi(*list));
    TERTULIA_CHECK(again);
    TERTULIA_CHECK(*again == *list);
  }
  if (const auto entries = read_resource_lists(input)) {
    const auto again = read_resource_lists(write_resource_lists(*entries));
    TERTULIA_CHECK(again);
    TERTULIA_CHECK(*again == *entries);
  }
  return 0;
}
