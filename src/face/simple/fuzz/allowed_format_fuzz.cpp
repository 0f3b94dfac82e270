// SPDX-License-Identifier: Apache-2.0
// A content type, a line end, a body.  Who may write plain text alone sends nothing else, and what he sends is not changed
// twice.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "face/simple/allowed_format.h"
#include "face/simple/words.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tertulia;
  using namespace tertulia::face::simple;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t line = std::min(input.find('\n'), input.size());
  const std::string_view body = input.substr(std::min(line + 1, input.size()));
  domain::Policy policy;
  policy.html_messages = policy.rtf_messages = false;
  const auto written = written_message(policy, std::string(input.substr(0, line)), body);
  if (!written || written->nature.kind != domain::MessageKind::text) return 0;
  const auto contents = contents_of(written->content_type, written->content);
  TERTULIA_CHECK(contents);
  for (const ContentView& content : *contents) {
    const TextFormat format = text_format_of(content.type);
    TERTULIA_CHECK(format == TextFormat::plain || format == TextFormat::none);
  }
  const auto again = written_message(policy, written->content_type, written->content);
  TERTULIA_CHECK(again);
  TERTULIA_CHECK(again->content_type == written->content_type && again->content == written->content);
  return 0;
}
