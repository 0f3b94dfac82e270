// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "wire/mime/multipart.h"

namespace tertulia::face::simple {

/// How the words of a content are written, told from its Content-Type alone.
enum class TextFormat : std::uint8_t {
  plain,
  html,   ///< text/html, application/xhtml+xml
  rtf,    ///< text/rtf, application/rtf
  other,  ///< of text, which nobody here reads
  none,   ///< no text for people: pictures, keys, a step of a file transfer ...
};
TextFormat text_format_of(std::string_view content_type);

/// A content that is no container of others.  Views into what was read: lives inside one function.
struct ContentView {
  std::string type;  ///< Content-Type with its parameters, folds undone
  wire::mime::PartView part;
  std::size_t container = 0;  ///< which one holds it: those of one container have the same number
  bool alternative = false;   ///< that is a multipart/alternative: its last part that can be shown is the best
};

/// What a message holds, in order, multiparts and message/cpim opened however deep (limits.h).  Errors: malformed_message,
/// message_too_large (too many contents, or too deep).
base::Result<std::vector<ContentView>> contents_of(std::string_view content_type, std::string_view content);

/// The words of a message as plain text, maybe empty.
struct Words {
  std::string content_type;
  std::string text;
};

/// Plain text where there is any, else what HTML says, else what RTF says.  Nothing: there are no words in it, or only such
/// as cannot be read.
std::optional<Words> words_in(std::span<const ContentView> contents);
/// The same of a whole message.
std::optional<Words> words_of(std::string_view content_type, std::string_view content);

/// RFC 3261 7.4.1: text without a character set is UTF-8.
bool is_utf8_text(std::string_view content_type);

}  // namespace tertulia::face::simple
