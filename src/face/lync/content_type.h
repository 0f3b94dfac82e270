// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/text.h"
#include "wire/sip/message.h"

namespace tertulia::face::lync {

/// The body is of this media type, whatever its parameters.
inline bool has_type(const wire::sip::Message& message, std::string_view wanted) {
  const std::string_view value = message.header(wire::sip::HeaderName::content_type).value_or(std::string_view());
  return base::equal_ignoring_case(base::trimmed(value.substr(0, value.find(';'))), wanted);
}

}  // namespace tertulia::face::lync
