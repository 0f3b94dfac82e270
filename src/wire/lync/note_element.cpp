// SPDX-License-Identifier: Apache-2.0
#include "wire/lync/note_element.h"

#include "base/text.h"
#include "wire/lync/limits.h"
#include "wire/lync/reading.h"
#include "wire/lync/writing.h"

namespace tertulia::wire::lync {

using base::Reason;
using base::Result;

namespace {
constexpr std::string_view note_namespace = "http://schemas.microsoft.com/2006/09/sip/note";
}  // namespace

Result<NoteElement> read_note(std::string_view element) {
  const Result<Element> root = read_element(element, "note", Reason::presence_document_malformed);
  if (!root) return root.error();
  NoteElement note;
  for (const Element& one : root->children) {
    if (one.name != "body" || !has_text(one.text)) continue;
    if (note.bodies.size() == note_bodies_max) return too_long("body");
    NoteBody& body = note.bodies.emplace_back();
    if (base::equal_ignoring_case(one.attribute_or_empty("type"), "OOF")) body.type = NoteType::out_of_office;
    body.text = one.text;
    body.uri = one.attribute_or_empty("uri");
    body.start_time = one.attribute_or_empty("starttime");
    body.end_time = one.attribute_or_empty("endtime");
  }
  return note;
}

std::string to_xml(const NoteElement& note) {
  xml::Writer out;
  out.begin("note").attribute("xmlns", note_namespace);
  for (const NoteBody& body : note.bodies) {
    if (!has_text(body.text)) continue;
    out.begin("body").attribute("type", body.type == NoteType::out_of_office ? "OOF" : "personal");
    out.attribute("uri", body.uri).attribute_unless_empty("startTime", body.start_time);
    out.attribute_unless_empty("endTime", body.end_time).text(body.text).end();
  }
  out.end();
  return finished(std::move(out));
}

}  // namespace tertulia::wire::lync
