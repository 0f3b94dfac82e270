// SPDX-License-Identifier: Apache-2.0
#include "wire/lync/keyboard_activity.h"

#include "base/text.h"
#include "wire/lync/reading.h"
#include "wire/lync/writing.h"

namespace tertulia::wire::lync {

using base::Reason;
using base::Result;

Result<bool> read_keyboard_activity(std::string_view document) {
  const Result<Element> root = read_element(document, "KeyboardActivity", Reason::command_malformed);
  if (!root) return root.error();
  const Element* status = root->child("status");
  const auto word = status ? status->attribute("status") : std::nullopt;
  if (!word) return malformed(Reason::command_malformed, "KeyboardActivity without status");
  return base::equal_ignoring_case(without_blanks(*word), "type");
}

std::string write_keyboard_activity(bool typing) {
  return std::string("<?xml version=\"1.0\"?><KeyboardActivity> <status status=\"")
      .append(typing ? "type" : "idle")
      .append("\" /></KeyboardActivity>");
}

Result<ConversationInfo> read_conversation_info(std::string_view document) {
  const Result<Element> root = read_element(document, "ConversationInfo", Reason::command_malformed);
  if (!root) return root.error();
  ConversationInfo info;
  if (const Element* from = root->child("From")) info.from_uri = from->attribute_or_empty("uri");
  info.subject = root->text_of_child("Subject");
  return info;
}

std::string write_conversation_info(const ConversationInfo& info) {
  xml::Writer out;
  out.begin("ConversationInfo");
  if (!info.from_uri.empty()) out.begin("From").attribute("uri", info.from_uri).end();
  out.element("Subject", info.subject).end();
  return finished(std::move(out));
}

}  // namespace tertulia::wire::lync
