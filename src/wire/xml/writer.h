// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tertulia::wire::xml {

/// Writes one document into one string: no blanks between elements, so the same calls give the same octets.  Names are
/// our own words and are written as they are; values are escaped as escaped_xml() does, so that they survive reading.
///   Writer out;
///   out.begin("list").attribute("uri", uri).element("name", name).end();
///   return std::move(out).take();
class Writer {
 public:
  Writer();  ///< begins with the XML declaration

  Writer& begin(std::string_view name);
  Writer& attribute(std::string_view name, std::string_view value);  ///< right after begin()
  Writer& attribute(std::string_view name, std::uint64_t value);
  Writer& attribute_unless_empty(std::string_view name, std::string_view value);
  Writer& text(std::string_view text);
  Writer& raw(std::string_view xml);  ///< a well-formed piece, as it is
  Writer& end();                      ///< `<name/>` when nothing was inside

  Writer& element(std::string_view name, std::string_view text) { return begin(name).text(text).end(); }
  Writer& element_unless_empty(std::string_view name, std::string_view text);

  /// The document; every element must have ended.
  std::string take() &&;

 private:
  void close_tag();

  std::string out_;
  std::vector<std::string> open_;
  bool tag_open_ = false;
};

/// What Writer made, without the XML declaration and the line end behind it: so it can stand inside of another document.
std::string_view without_declaration(std::string_view document);

}  // namespace tertulia::wire::xml
