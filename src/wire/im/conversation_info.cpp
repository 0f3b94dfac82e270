// SPDX-License-Identifier: Apache-2.0
#include "wire/im/conversation_info.h"

#include "wire/im/limits.h"
#include "wire/xml/xml.h"

namespace tertulia::wire::im {

namespace {

/// Clients write this document without a namespace, and read it whatever its namespace.
std::string_view plain_name(std::string_view name) { return name.substr(name.find(' ') + 1); }

}  // namespace

Result<ConversationInfo> read_conversation_info(std::string_view document) {
  ConversationInfo info;
  bool root_good = false, subject_seen = false;
  xml::XmlHandler handler;
  handler.begin = [&](int depth, std::string_view name, xml::XmlHandler::Attributes attributes) {
    if (depth == 1) root_good = plain_name(name) == "ConversationInfo";
    if (depth != 2 || plain_name(name) != "From") return;
    for (const auto& [key, value] : attributes)
      if (plain_name(key) == "uri") info.from = value;
  };
  handler.end = [&](int depth, std::string_view name, std::string_view text) {
    if (depth != 2 || plain_name(name) != "Subject") return;
    subject_seen = true;
    info.subject = text;
  };
  const xml::Limits limits{.text_bytes = text_bytes_max};
  if (Result<void> read = xml::read_xml(document, handler, limits); !read) return read.error();
  if (!root_good || info.from.empty() || !subject_seen)
    return base::Error{base::Reason::malformed_message, "ConversationInfo with From and Subject is wanted"};
  return info;
}

std::string write_conversation_info(const ConversationInfo& info) {
  return "<ConversationInfo><From uri=\"" + xml::escaped_xml(info.from) + "\"/><Subject>" +
         xml::escaped_xml(info.subject) + "</Subject></ConversationInfo>";
}

}  // namespace tertulia::wire::im
