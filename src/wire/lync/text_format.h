// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace tertulia::wire::lync {

/// Header `ms-text-format` of an INVITE ([MS-SIP] 3.2): type and first text of a conversation.
struct TextFormat {
  std::string type = "text/plain";  ///< in lower case
  std::string charset = "UTF-8";    ///< as written; empty: not told
  std::string msgr;                 ///< base64 of the format line in UTF-16LE, as written, without padding; empty: none
  std::string body;                 ///< the text, UTF-8; empty: none
  friend bool operator==(const TextFormat&, const TextFormat&) = default;
};

/// Errors: header_malformed (no type, no base64, no UTF-8), message_too_large.
base::Result<TextFormat> read_text_format(std::string_view value);
/// Value of the header: `text/plain; charset=UTF-8;msgr=WAAt...;ms-body=aGVsbG8=`.
std::string write_text_format(const TextFormat& format);

/// The format line of `msgr` as text, "X-MMS-IM-Format: FN=MS%20Sans%20Serif; ..." with its line ends.
/// Errors: header_malformed, message_too_large.
base::Result<std::string> read_format_line(std::string_view msgr);

}  // namespace tertulia::wire::lync
