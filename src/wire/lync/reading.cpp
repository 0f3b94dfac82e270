// SPDX-License-Identifier: Apache-2.0
#include "wire/lync/reading.h"

#include <algorithm>
#include <limits>

#include "base/text.h"
#include "wire/lync/limits.h"
#include "wire/xml/xml.h"

namespace tertulia::wire::lync {

using base::Error;
using base::Reason;
using base::Result;

namespace {

constexpr std::string_view blanks = " \t\r\n";

/// expat writes `namespace local`, or `local`.
bool begins_with_scheme(std::string_view uri, std::string_view scheme) {
  return uri.size() >= scheme.size() && base::equal_ignoring_case(uri.substr(0, scheme.size()), scheme);
}

}  // namespace

std::optional<std::string_view> Element::attribute(std::string_view lower_case_name) const {
  for (const auto& [key, value] : attributes)
    if (key == lower_case_name) return value;
  return std::nullopt;
}

std::string Element::attribute_or_empty(std::string_view lower_case_name) const {
  return std::string(attribute(lower_case_name).value_or(std::string_view{}));
}

const Element* Element::child(std::string_view wanted) const {
  for (const Element& one : children)
    if (one.name == wanted) return &one;
  return nullptr;
}

std::string Element::text_of_child(std::string_view wanted) const {
  const Element* found = child(wanted);
  return found ? text_or_empty(found->text) : std::string();
}

Result<Element> read_element(std::string_view document, std::string_view root, Reason other_root,
                             std::size_t bytes_max) {
  std::vector<Element> open;  // outermost first; the depth of a document is bounded
  Element whole;
  xml::XmlHandler handler;
  handler.begin = [&](int, std::string_view name, xml::XmlHandler::Attributes attributes) {
    Element& element = open.emplace_back();
    element.name = local_name(name);
    for (const auto& [key, value] : attributes)
      element.attributes.emplace_back(base::to_lower(local_name(key)), std::string(value));
  };
  handler.end = [&](int, std::string_view, std::string_view text) {
    Element element = std::move(open.back());
    open.pop_back();
    element.text = text;
    (open.empty() ? whole : open.back().children.emplace_back()) = std::move(element);
  };
  xml::Limits limits;
  limits.document_bytes = limits.text_bytes = bytes_max;
  if (Result<void> read = xml::read_xml(document, handler, limits); !read) return read.error();
  if (whole.name != root) return malformed(other_root, std::string("root is not ").append(root));
  return whole;
}

std::string_view local_name(std::string_view name) { return name.substr(name.rfind(' ') + 1); }

Error malformed(Reason reason, std::string_view what) { return {reason, std::string(what)}; }

Error wrong_command(std::string_view what) { return malformed(Reason::command_malformed, what); }

Error too_long(std::string_view what) { return {Reason::list_too_long, std::string("too many of ").append(what)}; }

bool has_text(std::string_view text) {
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (std::any_of(text.begin(), text.end(), [&](char c) { return c > ' ' && is_ascii(c); })) return true;
  if (std::all_of(text.begin(), text.end(), is_ascii)) return false;  // blanks, and what XML cannot carry
  const std::string carried = xml::escaped_xml(text);
  return !std::all_of(carried.begin(), carried.end(), is_ascii);
}

std::string_view without_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string text_or_empty(std::string_view text) { return has_text(text) ? std::string(text) : std::string(); }

std::optional<std::uint32_t> number_of(std::optional<std::string_view> text) {
  if (!text) return std::nullopt;
  const std::optional<std::uint64_t> number = base::to_number(without_blanks(*text));
  if (!number || *number > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

std::optional<std::int32_t> signed_number_of(std::string_view text) {
  text = without_blanks(text);
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  const std::optional<std::uint64_t> number = base::to_number(text);
  if (!number || *number > static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max())) return std::nullopt;
  const auto value = static_cast<std::int32_t>(*number);
  return negative ? -value : value;
}

std::optional<bool> flag_of(std::optional<std::string_view> text) {
  if (!text) return std::nullopt;
  const std::string_view word = without_blanks(*text);
  if (word == "1" || base::equal_ignoring_case(word, "true")) return true;
  if (word == "0" || base::equal_ignoring_case(word, "false")) return false;
  return std::nullopt;
}

std::string_view without_scheme(std::string_view uri) {
  for (const std::string_view scheme : {std::string_view("sip:"), std::string_view("sips:")})
    if (begins_with_scheme(uri, scheme)) return uri.substr(scheme.size());
  return uri;
}

std::string with_scheme(std::string_view uri) {
  const bool has_one = begins_with_scheme(uri, "sip:") || begins_with_scheme(uri, "sips:");
  return std::string(has_one ? "" : "sip:").append(uri);
}

}  // namespace tertulia::wire::lync
