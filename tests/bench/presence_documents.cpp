// SPDX-License-Identifier: Apache-2.0
#include "presence_documents.h"

#include <fmt/format.h>

#include <string_view>

namespace tertulia::bench {
namespace {

std::string document(const std::string& address, std::string_view activity, std::string_view note,
                     std::string_view more) {
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?><presence xmlns=\"urn:ietf:params:xml:ns:pidf\" "
      "xmlns:dm=\"urn:ietf:params:xml:ns:pidf:data-model\" xmlns:rpid=\"urn:ietf:params:xml:ns:pidf:rpid\" "
      "entity=\"sip:{}\"><tuple id=\"t1\"><status><basic>open</basic></status></tuple>"
      "<dm:person id=\"p1\">{}{}{}</dm:person></presence>",
      address, activity, more, note.empty() ? std::string() : fmt::format("<dm:note>{}</dm:note>", note));
}

constexpr std::string_view busy = "<rpid:activities><rpid:busy/></rpid:activities>";
constexpr std::string_view away = "<rpid:activities><rpid:away/></rpid:activities>";

}  // namespace

std::string mark_of(std::size_t change) { return fmt::format("step {}<", change); }

std::string change_document(const std::string& address, std::size_t change) {
  return document(address, change % 2 == 0 ? busy : away, fmt::format("step {}", change), {});
}

std::string rich_document(const std::string& address) {
  return document(address, busy, "in the library until four",
                  "<rpid:mood><rpid:happy/></rpid:mood><rpid:place-type><rpid:library/></rpid:place-type>");
}

std::string second_document(const std::string& address) { return document(address, away, {}, {}); }

}  // namespace tertulia::bench
