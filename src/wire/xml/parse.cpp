// SPDX-License-Identifier: Apache-2.0
#include "wire/xml/parse.h"

#include <expat.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"

namespace tertulia::wire::xml {

using base::Error;
using base::Reason;

namespace {

/// expat writes `namespace local prefix`, with fewer words when there is no prefix or no namespace.
NameView split_name(std::string_view name) {
  const std::size_t first = name.find(' ');
  if (first == std::string_view::npos) return {name, {}, name, {}};
  const std::size_t second = name.find(' ', first + 1);
  if (second == std::string_view::npos) return {name, name.substr(0, first), name.substr(first + 1), {}};
  return {name.substr(0, second), name.substr(0, first), name.substr(first + 1, second - first - 1),
          name.substr(second + 1)};
}

struct Parsing {
  XML_Parser parser = nullptr;
  const Limits* limits = nullptr;
  Sink* sink = nullptr;
  std::vector<std::string> texts;  // of the open elements, outermost first
  std::vector<AttributeView> attributes;
  std::size_t elements = 0;
  std::size_t declarations = 0;
  const char* wrong = nullptr;

  int depth() const { return static_cast<int>(texts.size()); }
  /// Of a document without any octet expat gives -1.
  std::size_t offset() const {
    return static_cast<std::size_t>(std::max<XML_Index>(XML_GetCurrentByteIndex(parser), 0));
  }
  void stop(const char* what) {
    if (!wrong) wrong = what;
    XML_StopParser(parser, XML_FALSE);
  }
};

extern "C" {

void XMLCALL on_declaration(void* user, const XML_Char* prefix, const XML_Char* name_space) {
  auto& parsing = *static_cast<Parsing*>(user);
  if (parsing.wrong) return;  // expat finishes the tag in which it was stopped
  if (parsing.declarations == declarations_max) return parsing.stop("too many namespaces");
  ++parsing.declarations;
  parsing.sink->declare(prefix ? prefix : "", name_space ? name_space : "");
}

void XMLCALL on_begin(void* user, const XML_Char* name, const XML_Char** attributes) {
  auto& parsing = *static_cast<Parsing*>(user);
  if (parsing.wrong) return;
  if (parsing.depth() == parsing.limits->depth) return parsing.stop("too deep");
  if (parsing.elements == parsing.limits->elements) return parsing.stop("too many elements");
  parsing.attributes.clear();
  for (; attributes[0] != nullptr; attributes += 2) {
    if (parsing.attributes.size() == static_cast<std::size_t>(parsing.limits->attributes))
      return parsing.stop("too many attributes");
    parsing.attributes.push_back({split_name(attributes[0]), attributes[1]});
  }
  ++parsing.elements;
  parsing.texts.emplace_back();
  parsing.sink->begin(parsing.depth(), split_name(name), parsing.attributes, parsing.offset());
}

void XMLCALL on_end(void* user, const XML_Char* name) {
  auto& parsing = *static_cast<Parsing*>(user);
  if (parsing.wrong || parsing.texts.empty()) return;
  const std::size_t end = parsing.offset() + static_cast<std::size_t>(XML_GetCurrentByteCount(parsing.parser));
  parsing.sink->end(parsing.depth(), split_name(name), parsing.texts.back(), end);
  parsing.texts.pop_back();
}

void XMLCALL on_text(void* user, const XML_Char* text, int length) {
  auto& parsing = *static_cast<Parsing*>(user);
  if (parsing.wrong || parsing.texts.empty()) return;
  std::string& target = parsing.texts.back();
  if (target.size() + static_cast<std::size_t>(length) > parsing.limits->text_bytes)
    return parsing.stop("text too long");
  target.append(text, static_cast<std::size_t>(length));
}

void XMLCALL on_doctype(void* user, const XML_Char*, const XML_Char*, const XML_Char*, int) {
  static_cast<Parsing*>(user)->stop("DOCTYPE");
}

}  // extern "C"

/// End of the tag at `begin`, or npos; `wrong` is set to a declaration in it that is longer than namespace_bytes_max.
std::size_t tag_end(std::string_view document, std::size_t begin, std::size_t& wrong) {
  std::size_t at = begin;
  while (true) {
    const std::size_t quote = document.find_first_of("\"'>", at);
    if (quote == std::string_view::npos || document[quote] == '>') return quote;
    const std::size_t end = document.find(document[quote], quote + 1);
    if (end == std::string_view::npos) return end;
    const bool declares = document.substr(at, quote - at).find("xmlns") != std::string_view::npos;
    if (declares && end - quote - 1 > namespace_bytes_max && wrong == std::string_view::npos) wrong = at;
    at = end + 1;
  }
}

/// Where a declaration longer than namespace_bytes_max stands, or npos.  Looked for before expat sees the document: it
/// puts the namespace in front of each name of a tag before anybody is asked.  What is no XML is left to expat.
std::size_t long_namespace(std::string_view document) {
  constexpr std::pair<std::string_view, std::string_view> no_tags[] = {
      {"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}};
  std::size_t wrong = std::string_view::npos;
  for (std::size_t at = document.find('<'); at != std::string_view::npos; at = document.find('<', at)) {
    bool skipped = false;
    for (const auto& [opening, closing] : no_tags) {
      if (document.substr(at, opening.size()) != opening) continue;
      at = document.find(closing, at + opening.size());
      skipped = true;
      break;
    }
    if (!skipped) at = tag_end(document, at, wrong);
    if (at == std::string_view::npos) break;
  }
  return wrong;
}

Error malformed(std::string_view what, std::size_t offset) {
  return {Reason::malformed_message,
          std::string("XML: ").append(what).append(" at offset ").append(std::to_string(offset))};
}

}  // namespace

base::Result<void> parse(std::string_view document, const Limits& limits, Sink& sink) {
  if (document.size() > limits.document_bytes) return Error{Reason::message_too_large, "document"};
  // expat looks at the first octets and may take them for UTF-16; offsets and slices are good for UTF-8 only.
  if (const std::size_t zero = document.find('\0'); zero != std::string_view::npos) return malformed("zero", zero);
  if (!base::is_utf8(document)) return malformed("no UTF-8", 0);
  if (const std::size_t at = long_namespace(document); at != std::string_view::npos)
    return malformed("namespace too long", at);
  const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(XML_ParserCreateNS("UTF-8", ' '),
                                                                            &XML_ParserFree);
  if (!parser) return Error{Reason::internal_error, "no memory for an XML parser"};
  Parsing parsing;
  parsing.parser = parser.get();
  parsing.limits = &limits;
  parsing.sink = &sink;
  XML_SetReturnNSTriplet(parser.get(), 1);
  XML_SetUserData(parser.get(), &parsing);
  XML_SetNamespaceDeclHandler(parser.get(), on_declaration, nullptr);
  XML_SetElementHandler(parser.get(), on_begin, on_end);
  XML_SetCharacterDataHandler(parser.get(), on_text);
  XML_SetStartDoctypeDeclHandler(parser.get(), on_doctype);
  const XML_Status status = XML_Parse(parser.get(), document.data(), static_cast<int>(document.size()), XML_TRUE);
  if (status == XML_STATUS_OK && !parsing.wrong) return {};
  return malformed(parsing.wrong ? parsing.wrong : XML_ErrorString(XML_GetErrorCode(parser.get())), parsing.offset());
}

}  // namespace tertulia::wire::xml
