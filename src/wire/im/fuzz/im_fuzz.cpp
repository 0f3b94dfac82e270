// SPDX-License-Identifier: Apache-2.0
// Typing documents: what is read and written again says the same.  The text of HTML is not longer than the HTML.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "wire/im/content.h"
#include "wire/im/conversation_info.h"
#include "wire/im/html_text.h"
#include "wire/im/typing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tertulia::wire::im;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  (void)content_from(input);
  for (const bool unicode : {true, false}) TERTULIA_CHECK(text_of_html(input, unicode).size() <= input.size());
  if (const auto state = read_is_composing(input)) {
    const auto again = read_is_composing(write_is_composing(*state));
    TERTULIA_CHECK(again);
    TERTULIA_CHECK(*again == *state);
  }
  if (const auto state = read_keyboard_activity(input)) {
    const auto again = read_keyboard_activity(write_keyboard_activity(*state));
    TERTULIA_CHECK(again);
    TERTULIA_CHECK(*again == *state);
  }
  if (const auto topic = read_conversation_info(input)) {
    const auto again = read_conversation_info(write_conversation_info(*topic));
    TERTULIA_CHECK(again);
    TERTULIA_CHECK(again->subject == topic->subject);
  }
  return 0;
}
