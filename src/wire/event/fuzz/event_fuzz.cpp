// SPDX-License-Identifier: Apache-2.0
// Documents of the event packages that are read and written say the same when read again.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "wire/event/dialog_info.h"
#include "wire/event/reg_info.h"
#include "wire/event/watcher_info.h"

namespace {

template <typename Read, typename Write>
void check_stable(std::string_view input, Read read, Write write) {
  const auto value = read(input);
  if (!value) return;
  const auto again = read(write(*value));
  TERTULIA_CHECK(again);
  TERTULIA_CHECK(*again == *value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tertulia::wire::event;
  if (size > 16384) return 0;  // what is written is longer, and must not reach the limits
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  check_stable(input, read_watcher_info, write_watcher_info);
  check_stable(input, read_dialog_info, write_dialog_info);
  check_stable(input, read_reg_info, write_reg_info);
  return 0;
}
