// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "wire/mime/multipart.h"

namespace tertulia::face::simple {

/// A message/cpim (RFC 3862 2): headers of the message, a blank line, and a MIME part whose head ends with a blank line.
/// Views into the body that was read: lives inside one function.
struct CpimView {
  wire::mime::PartView part;
  std::size_t content_at = 0;  ///< where the part's body begins
};

/// Errors: malformed_message.
base::Result<CpimView> read_cpim(std::string_view body);

}  // namespace tertulia::face::simple
