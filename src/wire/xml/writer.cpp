// SPDX-License-Identifier: Apache-2.0
#include "wire/xml/writer.h"

#include "base/check.h"
#include "wire/xml/escape.h"

namespace tertulia::wire::xml {

namespace {

constexpr std::string_view declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n";
constexpr std::string_view line_end = "\r\n";

}  // namespace

Writer::Writer() : out_(declaration) {}

void Writer::close_tag() {
  if (tag_open_) out_.push_back('>');
  tag_open_ = false;
}

Writer& Writer::begin(std::string_view name) {
  close_tag();
  out_.append("<").append(name);
  open_.emplace_back(name);
  tag_open_ = true;
  return *this;
}

Writer& Writer::attribute(std::string_view name, std::string_view value) {
  TERTULIA_CHECK(tag_open_);
  out_.append(" ").append(name).append("=\"");
  append_escaped(out_, value, Place::attribute);
  out_.push_back('"');
  return *this;
}

Writer& Writer::attribute(std::string_view name, std::uint64_t value) { return attribute(name, std::to_string(value)); }

Writer& Writer::attribute_unless_empty(std::string_view name, std::string_view value) {
  return value.empty() ? *this : attribute(name, value);
}

Writer& Writer::text(std::string_view text) {
  if (text.empty()) return *this;
  close_tag();
  append_escaped(out_, text, Place::text);
  return *this;
}

Writer& Writer::raw(std::string_view xml) {
  if (xml.empty()) return *this;
  close_tag();
  out_.append(xml);
  return *this;
}

Writer& Writer::end() {
  TERTULIA_CHECK(!open_.empty());
  if (tag_open_)
    out_.append("/>");
  else
    out_.append("</").append(open_.back()).append(">");
  tag_open_ = false;
  open_.pop_back();
  return *this;
}

Writer& Writer::element_unless_empty(std::string_view name, std::string_view text) {
  return text.empty() ? *this : element(name, text);
}

std::string Writer::take() && {
  TERTULIA_CHECK(open_.empty());
  return std::move(out_.append(line_end));
}

std::string_view without_declaration(std::string_view document) {
  TERTULIA_CHECK(document.starts_with(declaration) && document.ends_with(line_end));
  return document.substr(declaration.size(), document.size() - declaration.size() - line_end.size());
}

}  // namespace tertulia::wire::xml
