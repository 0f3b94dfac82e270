// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tertulia::wire::mime {

using base::Result;

/// `multipart/...`, whatever the parameters.
bool is_multipart(std::string_view content_type);

/// `type/subtype` in lower case, without parameters; empty when there is none.
std::string media_type_of(std::string_view content_type);

/// Value of one parameter of a Content-Type, unquoted; nullopt when absent or the type is malformed.
std::optional<std::string> parameter_of(std::string_view content_type, std::string_view name);

/// One part of a multipart body.  Views into the body that was read: lives inside one function.
struct PartView {
  std::string_view head;  ///< header lines, without the blank line
  std::string_view body;  ///< octets as they are; transfer encodings are not undone, see decoded()

  /// Value of the first header of this name (any case), trimmed, folds still inside; nullopt when absent.
  std::optional<std::string_view> header(std::string_view name) const;
  /// Content-Type as written; "text/plain" when absent (RFC 2046 5.1).
  std::string_view content_type() const { return header("Content-Type").value_or("text/plain"); }
};

/// Cuts a body of type multipart/mixed, alternative, related ... at its boundary (RFC 2046 5.1).  Depth is one: a part
/// that is a multipart itself is returned whole.  Errors: malformed_message with the offset in detail (no boundary, a
/// part without end), message_too_large (more than parts_max parts).
Result<std::vector<PartView>> read_multipart(std::string_view content_type, std::string_view body);

/// The text of a conversation in it: the last part of one of these types, since the best alternative comes last
/// (RFC 2046 5.1.4), or the first one for other multiparts; null when there is none.
const PartView* choose(std::string_view content_type, std::span<const PartView> parts,
                       std::span<const std::string_view> wanted_types);

/// The part's octets with Content-Transfer-Encoding undone (7bit, 8bit, binary, quoted-printable, base64; RFC 2045 6).
/// Errors: malformed_message; media_type_unsupported for another encoding.
Result<std::string> decoded(const PartView& part);

}  // namespace tertulia::wire::mime
