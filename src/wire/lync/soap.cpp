// SPDX-License-Identifier: Apache-2.0
#include "wire/lync/soap.h"

#include <algorithm>

#include "base/digest.h"
#include "wire/lync/limits.h"
#include "wire/lync/reading.h"

namespace tertulia::wire::lync {

std::optional<xml::ElementView> below(std::optional<xml::ElementView> from,
                                      std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (!from) return std::nullopt;
    std::optional<xml::ElementView> found;
    for (const xml::ElementView one : from->children())
      if (!found && one.local() == name) found = one;
    from = found;
  }
  return from;
}

std::string text_below(std::optional<xml::ElementView> from, std::initializer_list<std::string_view> names) {
  const auto found = below(from, names);
  return found ? std::string(found->text()) : std::string();
}

std::string_view attribute_of(const std::optional<xml::ElementView>& element, std::string_view name,
                              std::string_view name_space) {
  return element ? element->attribute(name, name_space).value_or(std::string_view()) : std::string_view();
}

std::optional<std::string> octets_below(std::optional<xml::ElementView> from,
                                        std::initializer_list<std::string_view> names) {
  std::string text = text_below(from, names), octets;
  std::erase_if(text, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
  if (text.empty() || !base::from_base64(text, octets)) return std::nullopt;
  return octets;
}

base::Result<xml::Document> read_envelope(std::string_view document) {
  xml::Limits limits;
  limits.document_bytes = document_bytes_max;
  base::Result<xml::Document> read = xml::Document::parse(std::string(document), limits);
  if (read && !read->root().is(soap_namespace, "Envelope"))
    return malformed(base::Reason::malformed_message, "no envelope");
  return read;
}

}  // namespace tertulia::wire::lync
