// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "wire/lync/limits.h"

// For this folder: how documents of the dialect are read.

namespace tertulia::wire::lync {

/// An element without its namespace.  The dialect compares names of elements with case and names of attributes without
/// case and prefix; whatever is not looked for is ignored.
struct Element {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;  ///< names in lower case, prefix taken off
  std::string text;                                             ///< directly inside, whole
  std::vector<Element> children;

  /// Of the first attribute of this name (in lower case).  Views live as long as the element.
  std::optional<std::string_view> attribute(std::string_view lower_case_name) const;
  std::string attribute_or_empty(std::string_view lower_case_name) const;
  /// First child of this name.
  const Element* child(std::string_view wanted) const;
  /// Text of the first child of this name; empty when absent or blank.
  std::string text_of_child(std::string_view wanted) const;
};

/// Errors: malformed_message, message_too_large (more octets than `bytes_max`); `other_root` with the name wanted when the
/// root is another.
base::Result<Element> read_element(std::string_view document, std::string_view root, base::Reason other_root,
                                   std::size_t bytes_max = document_bytes_max);

/// Errors of the readers: our word for the place, never text of the document.
base::Error malformed(base::Reason reason, std::string_view what);
base::Error wrong_command(std::string_view what);
base::Error too_long(std::string_view what);

/// Behind the namespace and the blank that the parser puts before it.
std::string_view local_name(std::string_view name);

/// Whether XML would carry anything but blanks of it.
bool has_text(std::string_view text);
/// Without blanks and line ends around it.
std::string_view without_blanks(std::string_view text);
/// The text, or nothing when it is blank.
std::string text_or_empty(std::string_view text);

/// Nothing when absent or no number of 32 bits.
std::optional<std::uint32_t> number_of(std::optional<std::string_view> text);
std::optional<std::int32_t> signed_number_of(std::string_view text);
/// "true" and "1" in any case; nothing when neither that nor "false" or "0".
std::optional<bool> flag_of(std::optional<std::string_view> text);

/// Place of a word in the names of an enumeration.
template <typename Enum, std::size_t size>
std::optional<Enum> enum_of(std::optional<std::string_view> word, const std::array<std::string_view, size>& names) {
  for (std::size_t i = 0; word && i < size; ++i)
    if (names[i] == *word) return static_cast<Enum>(i);
  return std::nullopt;
}

/// Address without and with "sip:".
std::string_view without_scheme(std::string_view uri);
std::string with_scheme(std::string_view uri);
/// Whether there is more than a scheme.
inline bool has_address(std::string_view uri) { return has_text(without_scheme(uri)); }

}  // namespace tertulia::wire::lync
