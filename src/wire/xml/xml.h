// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "wire/xml/limits.h"

namespace tertulia::wire::xml {

using base::Result;

/// What a document says, in its order.  Names are `namespace local` (one space), or `local` without a namespace; views
/// live as long as the call.
struct XmlHandler {
  using Attributes = std::span<const std::pair<std::string_view, std::string_view>>;
  std::function<void(int depth, std::string_view name, Attributes attributes)> begin;  ///< the root has depth 1
  std::function<void(int depth, std::string_view name, std::string_view text)> end;    ///< text directly inside of it
};

/// Reads a small document: UTF-8 only, no DOCTYPE (so no entities), everything bounded.
/// Errors: malformed_message with the offset in detail, message_too_large.
Result<void> read_xml(std::string_view document, const XmlHandler& handler, const Limits& limits = {});

/// Text for between tags and inside quotes; characters that XML cannot carry are dropped, octets that are no UTF-8
/// become U+FFFD.
std::string escaped_xml(std::string_view text);

}  // namespace tertulia::wire::xml
