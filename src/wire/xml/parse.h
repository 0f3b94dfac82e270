// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "base/result.h"
#include "wire/xml/limits.h"

namespace tertulia::wire::xml {

/// A name as expat resolves it.  Views live as long as the call they come with.
struct NameView {
  std::string_view whole;  ///< `namespace local`, or `local`
  std::string_view name_space, local, prefix;
};
struct AttributeView {
  NameView name;
  std::string_view value;
};

/// What a parse tells, in the order of the document.  Only for this folder.
class Sink {
 public:
  virtual ~Sink() = default;
  /// Before the begin() of the element that declares it; the prefix is empty for the default namespace.
  virtual void declare(std::string_view /*prefix*/, std::string_view /*name_space*/) {}
  virtual void begin(int depth, const NameView& name, std::span<const AttributeView> attributes,
                     std::size_t offset) = 0;
  virtual void end(int depth, const NameView& name, std::string_view text, std::size_t end_offset) = 0;
};

/// Errors: malformed_message, message_too_large.
base::Result<void> parse(std::string_view document, const Limits& limits, Sink& sink);

}  // namespace tertulia::wire::xml
