// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "wire/sdp/description.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tertulia::wire::sdp;
  const auto offer = Description::parse(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!offer) {
    TERTULIA_CHECK(!offer.error().detail.empty());
    return 0;
  }
  const Media* medium = offer->message_medium();
  if (!medium) return 0;
  MessageSession answer;
  answer.session_id = offer->session_id;
  answer.address = offer->origin.address;
  answer.port = medium->port;
  answer.medium = medium->type;
  answer.accept_types.clear();
  for (const std::string_view type : medium->accept_types()) answer.accept_types.emplace_back(type);
  const auto again = Description::parse(write(answer));
  TERTULIA_CHECK(again);
  TERTULIA_CHECK(again->session_id == offer->session_id);
  TERTULIA_CHECK(again->message_medium() != nullptr);
  TERTULIA_CHECK(again->message_medium()->accept_types() == medium->accept_types());
  return 0;
}
