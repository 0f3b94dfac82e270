// SPDX-License-Identifier: Apache-2.0
// A presence document that is read and written says the same when read again.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/time.h"
#include "wire/pidf/date_time.h"
#include "wire/pidf/presence.h"
#include "wire/xml/limits.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tertulia::wire::pidf;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto time = read_date_time(input)) {
    const auto again = read_date_time(tertulia::base::to_iso8601(*time));
    TERTULIA_CHECK(again == time);
  }
  const auto presence = read_presence(input);
  if (!presence) return 0;
  const std::string written = write_presence(*presence);
  // What we write may be longer than what we read, and then meet the limits of a reader.
  if (written.size() > tertulia::wire::xml::document_bytes_max / 8) return 0;
  const auto again = read_presence(written);
  TERTULIA_CHECK(again);
  TERTULIA_CHECK(*again == *presence);
  TERTULIA_CHECK(write_presence(*again) == written);
  return 0;
}
