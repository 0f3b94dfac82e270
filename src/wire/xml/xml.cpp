// SPDX-License-Identifier: Apache-2.0
#include "wire/xml/xml.h"

#include <vector>

#include "base/text.h"
#include "wire/xml/escape.h"
#include "wire/xml/parse.h"

namespace tertulia::wire::xml {

namespace {

class HandlerSink final : public Sink {
 public:
  explicit HandlerSink(const XmlHandler& handler) : handler_(handler) {}
  void begin(int depth, const NameView& name, std::span<const AttributeView> attributes, std::size_t) override {
    if (!handler_.begin) return;
    pairs_.clear();
    for (const AttributeView& one : attributes) pairs_.emplace_back(one.name.whole, one.value);
    handler_.begin(depth, name.whole, pairs_);
  }
  void end(int depth, const NameView& name, std::string_view text, std::size_t) override {
    if (handler_.end) handler_.end(depth, name.whole, text);
  }

 private:
  const XmlHandler& handler_;
  std::vector<std::pair<std::string_view, std::string_view>> pairs_;
};

/// Length of the well-formed UTF-8 character at `at`, or 0.
std::size_t character_length(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  return base::is_utf8(text.substr(at, length)) && at + length <= text.size() ? length : 0;
}

}  // namespace

Result<void> read_xml(std::string_view document, const XmlHandler& handler, const Limits& limits) {
  HandlerSink sink(handler);
  return parse(document, limits, sink);
}

void append_escaped(std::string& out, std::string_view text, Place place) {
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (static_cast<unsigned char>(c) >= 0x80) {
      const std::size_t length = character_length(text, at);
      const std::string_view character = text.substr(at, length);
      if (length == 0)
        out.append("\xef\xbf\xbd");
      else if (character != "\xef\xbf\xbe" && character != "\xef\xbf\xbf")  // U+FFFE and U+FFFF: not in XML
        out.append(character);
      at += length == 0 ? 1 : length;
      continue;
    }
    ++at;
    if (c == '&')
      out.append("&amp;");
    else if (c == '<')
      out.append("&lt;");
    else if (c == '>')
      out.append("&gt;");
    else if (c == '"')
      out.append("&quot;");
    else if (c == '\r')  // a reader would make it a line feed
      out.append("&#13;");
    else if ((c == '\n' || c == '\t') && place == Place::attribute)  // ... or a blank
      out.append(c == '\n' ? "&#10;" : "&#9;");
    else if (static_cast<unsigned char>(c) >= 0x20 || c == '\t' || c == '\n')
      out.push_back(c);
  }
}

std::string escaped_xml(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  append_escaped(out, text, Place::text);
  return out;
}

}  // namespace tertulia::wire::xml
