// SPDX-License-Identifier: Apache-2.0
// However a stream is cut into pieces, the messages, pings and the error are the same.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "wire/sip/framer.h"
#include "wire/sip/message.h"

namespace {

using tertulia::wire::sip::Framer;
using tertulia::wire::sip::Message;

/// Appends what happened, but for Pongs; false when the framing is lost.
bool drain(Framer& framer, std::string& transcript) {
  while (true) {
    Framer::Event event = framer.next();
    if (std::holds_alternative<Framer::NeedMore>(event)) return true;
    if (std::holds_alternative<Framer::Ping>(event)) transcript += "[ping]";
    if (auto* complete = std::get_if<Framer::Complete>(&event)) {
      transcript += "[message " + complete->bytes + "]";
      const auto message = Message::parse(complete->bytes);
      if (message) TERTULIA_CHECK(message->bytes().size() <= complete->bytes.size());
      if (message && message->flaw())
        TERTULIA_CHECK(message->flaw()->reason != tertulia::base::Reason::content_length_bad);
    }
    if (auto* broken = std::get_if<Framer::Broken>(&event)) {
      transcript += "[broken " + std::string(tertulia::base::name_of(broken->error.reason)) + broken->error.detail +
                    broken->head + "]";
      return false;
    }
  }
}

std::string run(std::string_view stream, const Framer::Limits& limits, std::size_t step) {
  Framer framer(limits);
  std::string transcript;
  for (std::size_t at = 0; at < stream.size();) {
    const std::size_t size = step == 0 ? stream.size() : 1 + (at * 7919 + step) % (2 * step);
    framer.append(stream.substr(at, size));
    at += size;
    if (!drain(framer, transcript)) break;
    if (at % 3 == 0) framer.release_if_idle();
  }
  return transcript;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view stream(reinterpret_cast<const char*>(data), size);
  const Framer::Limits limits =
      size % 2 == 0 ? Framer::Limits{} : Framer::Limits{.head_bytes_max = 300, .body_bytes_max = 100};
  const std::string whole = run(stream, limits, 0);
  for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{9}, std::size_t{50}})
    TERTULIA_CHECK(run(stream, limits, step) == whole);
  return 0;
}
