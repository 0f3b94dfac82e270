// SPDX-License-Identifier: Apache-2.0
// Documents of the web services that are read and written say the same when read again.  The first octet chooses the
// reader.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "wire/lync/address_book.h"
#include "wire/lync/certificate_request.h"
#include "wire/lync/limits.h"
#include "wire/lync/web_service.h"
#include "wire/lync/web_ticket.h"

namespace {

using namespace tertulia::wire::lync;

template <typename Read>
void check_stable(std::string_view input, Read read) {
  const auto value = read(input);
  if (!value) return;
  const auto again = read(to_xml(*value));
  TERTULIA_CHECK(again);
  TERTULIA_CHECK(*again == *value);
}

/// What is signed is kept as it stands, so the prefixes that outer elements declare are lost when it is written alone.
void check_certificate_request(std::string_view input) {
  auto value = read_certificate_request(input);
  if (!value) return;
  value->proof.reset();
  const auto again = read_certificate_request(to_xml(*value));
  TERTULIA_CHECK(again);
  TERTULIA_CHECK(*again == *value);
}

/// People without an address, and beyond the limit, are not written.
void check_stable_entries(std::string_view input) {
  auto value = read_address_book_answer(input);
  if (!value) return;
  std::erase_if(*value, [](const AddressBookEntry& entry) { return entry.uri.empty(); });
  if (value->size() > search_rows_max) value->resize(search_rows_max);
  const auto again = read_address_book_answer(write_address_book_answer(*value));
  TERTULIA_CHECK(again);
  TERTULIA_CHECK(*again == *value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  switch (bytes[0] % 8) {
    case 0:
      check_stable(input, read_ticket_request);
      break;
    case 1:
      check_stable(input, read_ticket_answer);
      break;
    case 2:
      check_certificate_request(input);
      break;
    case 3:
      check_stable(input, read_certificate_answer);
      break;
    case 4:
      check_stable(input, read_service_metadata);
      break;
    case 6:
      check_stable(input, read_address_book_search);
      break;
    case 7:
      check_stable_entries(input);
      break;
    default:
      check_stable(input, read_service_fault);
      break;
  }
  return 0;
}
