// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "wire/lync/reading.h"
#include "wire/xml/writer.h"

// For this folder: what its writers share.

namespace tertulia::wire::lync {

inline constexpr std::string_view xsi_namespace = "http://www.w3.org/2001/XMLSchema-instance";
inline constexpr std::string_view categories_namespace = "http://schemas.microsoft.com/2006/09/sip/categories";

/// The document without the XML declaration, so that it can stand inside another: that is how clients send theirs.
inline std::string finished(xml::Writer&& out) { return std::string(xml::without_declaration(std::move(out).take())); }

/// Nothing at all when there is no text.
inline void element_with_text(xml::Writer& out, std::string_view name, std::string_view text) {
  if (has_text(text)) out.element(name, text);
}

}  // namespace tertulia::wire::lync
