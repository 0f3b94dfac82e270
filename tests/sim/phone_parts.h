// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "wire/sip/message.h"

namespace tertulia::sim {

/// What a telephone offers and answers (RFC 4566).
inline constexpr std::string_view audio_description =
    "v=0\r\no=- 0 0 IN IP4 192.0.2.9\r\ns=call\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
    "m=audio 49170 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";

/// Record-Route of a message, in its order (RFC 3261 12.1).
std::vector<std::string> recorded_routes(const wire::sip::Message& message);
/// Texts of all notes of a presence document.
std::vector<std::string> notes_in(std::string_view document);
/// The document without the times in it: they are not what a watcher waits for.
std::string timeless(std::string document);

}  // namespace tertulia::sim
