// SPDX-License-Identifier: Apache-2.0
// Documents of the Lync dialect that are read and written say the same when read again; what is shown to clients has
// nothing in it that ends one.  The first octet chooses the reader.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "wire/lync/batch_subscribe.h"
#include "wire/lync/categories.h"
#include "wire/lync/cccp.h"
#include "wire/lync/conference_invite.h"
#include "wire/lync/contact_card.h"
#include "wire/lync/contact_request.h"
#include "wire/lync/container_members.h"
#include "wire/lync/content_check.h"
#include "wire/lync/multipart_related.h"
#include "wire/lync/note_element.h"
#include "wire/lync/provisioning.h"
#include "wire/lync/publish_request.h"
#include "wire/lync/roaming_self.h"
#include "wire/lync/state_element.h"
#include "wire/xml/document.h"

namespace {

using namespace tertulia::wire;
using namespace tertulia::wire::lync;

template <typename Read, typename Write>
void check_stable(std::string_view input, Read read, Write write) {
  const auto value = read(input);
  if (!value) return;
  const std::string written = write(*value);
  const auto again = read(written);
  TERTULIA_CHECK(again);
  TERTULIA_CHECK(*again == *value);
}

/// The same for an element that stands in a category: what we write is fit for clients.
template <typename Read>
void check_element(std::string_view input, Read read) {
  check_stable(input, read, [](const auto& value) { return to_xml(value); });
  if (const auto value = read(input)) TERTULIA_CHECK(is_harmless(to_xml(*value)));
}

/// Whatever stands as content, the document around it can be read.
void check_shown(std::string_view input) {
  CategoryEntry entry;
  entry.name = input.substr(0, input.find('\n'));
  entry.content = input.substr(std::min(input.size(), entry.name.size() + 1));
  entry.endpoint_id = entry.name;
  RoamingSelf data;
  data.uri = entry.name;
  data.categories = {entry, entry};
  data.subscribers = {{entry.name, entry.name, false, entry.name}};
  xml::Limits wide;
  wide.document_bytes = 64 * xml::document_bytes_max;
  wide.elements = 64 * xml::elements_max;
  wide.depth = xml::depth_max + 4;
  TERTULIA_CHECK(xml::Document::parse(write_roaming_data(data), wide));
  ResourcePart part;
  part.uri = entry.name;
  part.categories = write_categories(entry.name, {entry}, CategoryReader::watcher);
  TERTULIA_CHECK(xml::Document::parse(part.categories, wide));
  (void)write_multipart_related(entry.name, {part, part}, "boundary", "example.com");
}

/// What is wrong with an operation is told to the client and not written: only that it is defective stays.
tertulia::base::Result<CccpRequest> read_command(std::string_view input) {
  auto request = read_cccp_request(input);
  auto* const defective = request ? std::get_if<cccp::Defective>(&request->operation) : nullptr;
  if (defective != nullptr) defective->detail.clear();
  return request;
}

/// Whatever is asked, the answer can be read.
void check_answered(std::string_view input) {
  const auto asked = read_cccp_request(input);
  if (!asked) return;
  CccpResponse response{asked->id, asked->to, asked->from, {}, asked->name, cccp_conference(asked->to)};
  response.result += cccp_user_added(asked->to, asked->from, asked->id) + cccp_mcu_types({"chat"});
  xml::Limits wide;
  wide.document_bytes = 64 * xml::document_bytes_max;
  TERTULIA_CHECK(xml::Document::parse(write_cccp_response(response), wide));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 16384) return 0;  // what is written is longer, and must not reach the limits
  const std::string_view input(reinterpret_cast<const char*>(data + 1), size - 1);
  switch (data[0] % 13) {
    case 0:
      check_stable(input, read_publish_request, write_publish_request);
      break;
    case 1:
      check_element(input, read_state);
      break;
    case 2:
      check_element(input, read_note);
      break;
    case 3:
      check_element(input, read_contact_card);
      break;
    case 4:
      check_stable(input, read_set_container_members, write_set_container_members);
      break;
    case 5:
      (void)read_set_subscribers(input);
      break;
    case 6:
      (void)read_roaming_list(input);
      break;
    case 7:
      check_stable(input, read_contact_request, write_contact_request);
      break;
    case 8:
      check_stable(input, read_batch_subscribe, write_batch_subscribe);
      break;
    case 9:
      check_stable(input, read_provisioning_list, write_provisioning_list);
      break;
    case 10:
      check_shown(input);
      break;
    case 11:
      check_stable(input, read_command, write_cccp_request);
      check_answered(input);
      break;
    case 12:
      check_stable(input, read_conference_invite, write_conference_invite);
      break;
  }
  return 0;
}
