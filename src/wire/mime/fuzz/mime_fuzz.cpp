// SPDX-License-Identifier: Apache-2.0
// Input: a Content-Type, a line feed, a body.  Parts lie inside of the body, in order, without overlap.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "wire/mime/multipart.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tertulia::wire::mime;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t feed = input.find('\n');
  if (feed == std::string_view::npos) return 0;
  const std::string_view type = input.substr(0, feed);
  const std::string_view body = input.substr(feed + 1);
  (void)media_type_of(type);
  (void)parameter_of(type, "charset");
  const auto parts = read_multipart(type, body);
  if (!parts) return 0;
  const char* last = body.data();
  for (const PartView& part : *parts) {
    TERTULIA_CHECK(part.head.data() >= last);
    TERTULIA_CHECK(part.body.data() >= part.head.data() + part.head.size());
    last = part.body.data() + part.body.size();
    TERTULIA_CHECK(last <= body.data() + body.size());
    (void)part.content_type();
    (void)decoded(part);
  }
  constexpr std::string_view wanted[] = {"text/plain"};
  (void)choose(type, *parts, wanted);
  return 0;
}
