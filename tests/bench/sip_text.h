// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tertulia::bench {

// Just enough SIP for peers that write every header in its long form: searching, no parsing.

/// Octets of the message at the front, 0 when it is not whole yet.
std::size_t whole_message(std::string_view bytes);
/// Value of the first header line of this name; empty when there is none.
std::string_view header_of(std::string_view message, std::string_view name);
/// Status of a response, 0 of a request.
int status_of(std::string_view message);
/// First word of a request.
std::string_view method_of(std::string_view request);
/// Text between `begin` and the first of `ends` behind it; empty when there is none.
std::string_view between(std::string_view text, std::string_view begin, std::string_view ends);
/// User part of the address in a header value or Request-URI.
std::string_view user_of(std::string_view address);
/// Response to a request: Via and Record-Route lines, From, To, Call-ID, CSeq copied; `extra`: header lines.
std::string response_for(std::string_view status, std::string_view request, std::string_view tag,
                         std::string_view extra, std::string_view body);
/// The same with 200.
std::string ok_for(std::string_view request, std::string_view tag, std::string_view extra, std::string_view body);

}  // namespace tertulia::bench
