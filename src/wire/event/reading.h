// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/text.h"
#include "wire/event/limits.h"
#include "wire/xml/document.h"

namespace tertulia::wire::event {

/// What the readers of this folder share.

inline base::Error malformed(std::string_view what) {
  return {base::Reason::malformed_message, std::string("event document: ").append(what)};
}

inline base::Result<xml::Document> read_document(std::string_view document, std::string_view name_space,
                                                 std::string_view root) {
  xml::Limits limits;
  limits.document_bytes = document_bytes_max;
  base::Result<xml::Document> parsed = xml::Document::parse(std::string(document), limits);
  if (parsed && !parsed->root().is(name_space, root)) return malformed("other root element");
  return parsed;
}

/// Nothing when absent or no number of 32 bits.
inline std::optional<std::uint32_t> number_of(std::optional<std::string_view> text) {
  if (!text) return std::nullopt;
  const std::optional<std::uint64_t> number = base::to_number(base::trimmed(*text));
  if (!number || *number > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

inline std::string string_of(std::optional<std::string_view> text) {
  return std::string(text.value_or(std::string_view{}));
}

/// Place of the word in the names of an enumeration.
template <typename Enum>
std::optional<Enum> enum_of(std::optional<std::string_view> word, std::span<const std::string_view> names) {
  if (!word || word->empty()) return std::nullopt;
  const auto at = std::find(names.begin(), names.end(), *word);
  if (at == names.end()) return std::nullopt;
  return static_cast<Enum>(at - names.begin());
}

/// version and state of the root, alike in all three documents.
inline base::Result<void> read_version(xml::ElementView root, std::uint32_t& version, bool& full) {
  const std::optional<std::uint32_t> number = number_of(root.attribute("version"));
  const std::optional<std::string_view> state = root.attribute("state");
  if (!number) return malformed("version");
  if (state != "full" && state != "partial") return malformed("state is neither full nor partial");
  version = *number;
  full = state == "full";
  return {};
}

}  // namespace tertulia::wire::event
