// SPDX-License-Identifier: Apache-2.0
#include "wire/im/xml.h"

#include <expat.h>

#include <memory>
#include <vector>

#include "wire/im/limits.h"

namespace tertulia::wire::im {

using base::Error;
using base::Reason;

namespace {

struct Reading {
  XML_Parser parser = nullptr;
  const XmlHandler* handler = nullptr;
  std::vector<std::string> texts;  // of the open elements, outermost first
  const char* wrong = nullptr;

  int depth() const { return static_cast<int>(texts.size()); }
  void stop(const char* what) {
    if (!wrong) wrong = what;
    XML_StopParser(parser, XML_FALSE);
  }
};

extern "C" {

void XMLCALL on_begin(void* user, const XML_Char* name, const XML_Char** attributes) {
  auto& reading = *static_cast<Reading*>(user);
  if (reading.depth() == depth_max) return reading.stop("too deep");
  std::vector<std::pair<std::string_view, std::string_view>> pairs;
  for (; attributes[0] != nullptr; attributes += 2) {
    if (pairs.size() == static_cast<std::size_t>(attributes_max)) return reading.stop("too many attributes");
    pairs.emplace_back(attributes[0], attributes[1]);
  }
  reading.texts.emplace_back();
  if (reading.handler->begin) reading.handler->begin(reading.depth(), name, pairs);
}

void XMLCALL on_end(void* user, const XML_Char* name) {
  auto& reading = *static_cast<Reading*>(user);
  if (reading.texts.empty()) return;
  if (reading.handler->end) reading.handler->end(reading.depth(), name, reading.texts.back());
  reading.texts.pop_back();
}

void XMLCALL on_text(void* user, const XML_Char* text, int length) {
  auto& reading = *static_cast<Reading*>(user);
  if (reading.texts.empty()) return;
  std::string& target = reading.texts.back();
  if (target.size() + static_cast<std::size_t>(length) > text_bytes_max) return reading.stop("text too long");
  target.append(text, static_cast<std::size_t>(length));
}

void XMLCALL on_doctype(void* user, const XML_Char*, const XML_Char*, const XML_Char*, int) {
  static_cast<Reading*>(user)->stop("DOCTYPE");
}

}  // extern "C"

}  // namespace

base::Result<void> read_xml(std::string_view document, const XmlHandler& handler) {
  if (document.size() > document_bytes_max) return Error{Reason::message_too_large, "document"};
  const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(XML_ParserCreateNS(nullptr, ' '),
                                                                            &XML_ParserFree);
  if (!parser) return Error{Reason::internal_error, "no memory for an XML parser"};
  Reading reading{parser.get(), &handler, {}, nullptr};
  XML_SetUserData(parser.get(), &reading);
  XML_SetElementHandler(parser.get(), on_begin, on_end);
  XML_SetCharacterDataHandler(parser.get(), on_text);
  XML_SetStartDoctypeDeclHandler(parser.get(), on_doctype);
  const XML_Status status = XML_Parse(parser.get(), document.data(), static_cast<int>(document.size()), XML_TRUE);
  if (status == XML_STATUS_OK) return {};
  const char* what = reading.wrong ? reading.wrong : XML_ErrorString(XML_GetErrorCode(parser.get()));
  return Error{Reason::malformed_message, std::string("XML: ")
                                              .append(what)
                                              .append(" at offset ")
                                              .append(std::to_string(XML_GetCurrentByteIndex(parser.get())))};
}

std::string escaped_xml(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out.append("&amp;");
        break;
      case '<':
        out.append("&lt;");
        break;
      case '>':
        out.append("&gt;");
        break;
      case '"':
        out.append("&quot;");
        break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\t' || c == '\n') out.push_back(c);
    }
  }
  return out;
}

}  // namespace tertulia::wire::im
