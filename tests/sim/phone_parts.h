// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "journal.h"
#include "wire/sip/message.h"

namespace tertulia::sim {

/// What a telephone offers and answers (RFC 4566).
inline constexpr std::string_view audio_description =
    "v=0\r\no=- 0 0 IN IP4 192.0.2.9\r\ns=call\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
    "m=audio 49170 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";

/// How often a request is repeated with credentials.
inline constexpr int tries_max = 3;
/// Branch and method name a transaction of a client (RFC 3261 17.1.3).
std::string key_of(std::string_view via, std::string_view method);

/// Of a From or To; empty when there is none.
std::string tag_of(std::string_view address);

/// Record-Route of a message, in its order (RFC 3261 12.1).
std::vector<std::string> recorded_routes(const wire::sip::Message& message);
/// Texts of all notes of a presence document.
std::vector<std::string> notes_in(std::string_view document);
/// The document without the times in it: they are not what a watcher waits for.
std::string timeless(std::string document);

/// Ids of conferences are written so.
std::string upper(std::string_view text);
/// Name of the conference that an address of either dialect is of, ORGANIZER/ID; empty: of none.
std::string conference_in(std::string_view uri);
/// Its addresses, with the scheme.
std::string standard_uri(std::string_view conference);
std::string dialect_uri(std::string_view conference, std::string_view part);
/// Who has said the text of a MESSAGE, as the client is told, and the conference that a page comes from; the text is what
/// he has said.
void note_speaker(const wire::sip::Message& message, const Journal& journal, Copy& copy);
/// False: it cannot be read, or its version does not follow.
bool read_roster(Watch& watch, std::string_view body);

/// Takes in what a notification says.
void read_news(Watch& watch, std::string_view content_type, std::string_view body);
/// What a watcher knows, as one text: the last document, or one line for each member, watcher, call or device.
std::string shown_by(const Watch& watch);

}  // namespace tertulia::sim
