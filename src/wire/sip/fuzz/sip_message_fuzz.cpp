// SPDX-License-Identifier: Apache-2.0
// A message that parses keeps its bytes, can be answered, and every decoded header survives being written and read.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "wire/sip/headers.h"
#include "wire/sip/message.h"
#include "wire/sip/writer.h"

namespace {

using namespace tertulia::wire::sip;

template <typename Value>
void check_stable(const Value& value) {
  const std::string text = value.to_string();
  const Result<Value> again = Value::parse(text);
  TERTULIA_CHECK(again);
  TERTULIA_CHECK(again->to_string() == text);
}

void check_headers(const Message& message) {
  const char* const begin = message.bytes().data();
  for (std::size_t i = 0; i < message.header_count(); ++i) {
    const Header header = message.header_at(i);
    TERTULIA_CHECK(header.value.data() >= begin);
    TERTULIA_CHECK(header.value.data() + header.value.size() <= begin + message.head().size());
    TERTULIA_CHECK(header_name_from(header.name_text) == header.name);
    (void)MediaType::parse(header.value);
    (void)AuthValue::parse(header.value);
    (void)NameAddr::parse(header.value);
    (void)split_list(header.value);
  }
  if (const auto vias = all_vias(message))
    for (const Via& via : *vias) check_stable(via);
  for (const HeaderName name : {HeaderName::contact, HeaderName::route, HeaderName::from})
    if (const auto addresses = all_addresses(message, name))
      for (const NameAddr& address : *addresses)
        if (address.display_name.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos)
          check_stable(address);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const Result<Message> message = Message::parse(bytes);
  if (!message) return 0;
  TERTULIA_CHECK(bytes.compare(0, message->bytes().size(), message->bytes()) == 0);
  check_headers(*message);
  const Result<Basics> basics = validate(*message);
  if (message->flaw()) TERTULIA_CHECK(!basics);
  if (!message->is_request()) return 0;
  const std::string answer = response_to(*message, 400, "Bad Request", "t", "192.0.2.1", 5060).finish();
  const Result<Message> response = Message::parse(answer);
  TERTULIA_CHECK(response);
  TERTULIA_CHECK(response->body().empty());
  TERTULIA_CHECK(response->count(HeaderName::via) == message->count(HeaderName::via));
  if (basics) {
    const Result<Basics> answered = validate(*response);
    TERTULIA_CHECK(answered);
    TERTULIA_CHECK(answered->cseq.number == basics->cseq.number);
    TERTULIA_CHECK(answered->via.branch() == basics->via.branch());
    TERTULIA_CHECK(!answered->to.tag().empty());
  }
  return 0;
}
