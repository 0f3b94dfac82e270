// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tertulia::domain {

/// Helpers of the link filter: what a link points at, and where HTML is text.  None of them trusts its input.

/// Length of `href = "` at the beginning of a match, 0 when it is another kind of link.
std::size_t href_value_offset(std::string_view link);
/// Lower-case host that a link leads to (after user information, before port and path); of mailto and sip the part
/// after the @.  Empty when there is none.
std::string host_of(std::string_view link);
/// Lower-case extension, without dot, of the file that a link names; empty when it names none (`http://example.com`
/// does not).
std::string file_extension_of(std::string_view link);

/// `position` lies in a declaration, a comment or the value of an xmlns attribute.
bool inside_html_declaration(std::string_view html, std::size_t position);
/// Where visible text begins: behind `<body ...>`, else 0.
std::size_t html_body_begin(std::string_view html);
std::string html_escaped(std::string_view text);
/// Numeric and the basic named character references replaced by their characters (ASCII; others become `?`).
std::string html_references_resolved(std::string_view html);

}  // namespace tertulia::domain
