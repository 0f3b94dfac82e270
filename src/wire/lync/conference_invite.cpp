// SPDX-License-Identifier: Apache-2.0
#include "wire/lync/conference_invite.h"

#include "wire/lync/limits.h"
#include "wire/lync/reading.h"
#include "wire/lync/writing.h"
#include "wire/xml/xml.h"

namespace tertulia::wire::lync {

using base::Reason;
using base::Result;

namespace {

/// What stands between the first begin and the last end of an element without attributes, octet for octet.
std::string_view between(std::string_view document, std::string_view name) {
  const std::string begin = "<" + std::string(name) + ">", end = "</" + std::string(name) + ">";
  const std::size_t from = document.find(begin);
  if (from == std::string_view::npos) return {};
  const std::size_t to = document.rfind(end);
  if (to == std::string_view::npos || to < from + begin.size()) return {};
  return document.substr(from + begin.size(), to - from - begin.size());
}

/// What XML can carry of octets that are not escaped.
std::string carried(std::string_view octets) {
  const auto text = read_element("<t>" + xml::escaped_xml(octets) + "</t>", "t", Reason::command_malformed);
  return text ? text_or_empty(text->text) : std::string();
}

}  // namespace

Result<ConferenceInvite> read_conference_invite(std::string_view document) {
  if (document.size() > document_bytes_max) return base::Error{Reason::message_too_large, {}};
  ConferenceInvite invite;
  if (const Result<Element> root = read_element(document, "Conferencing", Reason::command_malformed)) {
    invite.focus = without_blanks(root->text_of_child("focus-uri"));
    invite.subject = root->text_of_child("subject");
    if (const Element* messages = root->child("im"))
      invite.first_im = without_blanks(messages->text_of_child("first-im"));
  } else {
    invite.focus = without_blanks(carried(between(document, "focus-uri")));
    invite.subject = carried(between(document, "subject"));
    invite.first_im = without_blanks(carried(between(document, "first-im")));
  }
  if (invite.focus.empty()) return malformed(Reason::command_malformed, "Conferencing without focus-uri");
  return invite;
}

std::string write_conference_invite(const ConferenceInvite& invite) {
  xml::Writer out;
  out.begin("Conferencing").attribute("version", "2.0");
  out.element("focus-uri", invite.focus).element("subject", invite.subject);
  out.begin("im").attribute("available", "true").begin("first-im").text(invite.first_im).end().end().end();
  return finished(std::move(out));
}

}  // namespace tertulia::wire::lync
