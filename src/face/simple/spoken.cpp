// SPDX-License-Identifier: Apache-2.0
#include "face/simple/spoken.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "face/simple/conference_address.h"
#include "face/simple/cpim.h"
#include "face/simple/words.h"
#include "wire/im/content.h"
#include "wire/sip/headers.h"

namespace tertulia::face::simple {
namespace {

using domain::InstantMessage;
using domain::MessageKind;

constexpr std::string_view cpim_type = "message/cpim";

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// How the speaker is called before his words.
std::string name_of(const InstantMessage& message) {
  std::string name = message.from_name.empty() ? message.from_address : message.from_name;
  std::erase_if(name, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
  return name;
}

/// RFC 3862 3.1: a formal name is quoted when it is more than words.
std::string cpim_party(std::string_view name, std::string_view uri) {
  std::string party;
  if (!name.empty()) party.append(wire::sip::quoted(name)).append(1, ' ');
  return party.append(1, '<').append(uri).append(1, '>');
}

/// A part: its head, a blank line, its octets.
std::string part_of(const InstantMessage& message) {
  if (wire::im::content_from(message.content_type) == wire::im::ImContent::cpim) {
    // Wrapped by the speaker: what he says about himself is replaced by what we know.
    if (const auto view = read_cpim(message.content))
      return std::string(view->part.head) + "\r\n" + std::string(view->part.body);
  }
  return "Content-Type: " + message.content_type + "\r\n\r\n" + message.content;
}

Spoken wrapped(const domain::ConferenceDescription& conference, const InstantMessage& message) {
  std::string content =
      "From: " + cpim_party(name_of(message), "sip:" + message.from_address) +
      "\r\nTo: " + cpim_party(conference.subject, conference_uri(conference.organizer_address, conference.key.id)) +
      "\r\nDateTime: " + base::to_iso8601(message.sent) + "\r\n\r\n" + part_of(message);
  return {std::string(cpim_type), std::move(content), message.subject};
}

/// Text with the name before it; in a character set that we do not know only a name of ASCII fits.
Spoken prefixed(const InstantMessage& message, std::string type, std::string_view text) {
  std::string name = name_of(message);
  if (!is_ascii(name) && !is_utf8_text(type)) name = message.from_address;
  name.append(": ").append(text);
  return Spoken{std::move(type), std::move(name), message.subject};
}

}  // namespace

std::optional<Spoken> spoken_in(const domain::ConferenceDescription& conference, const InstantMessage& message,
                                bool takes_cpim) {
  if (message.kind == MessageKind::notification) return std::nullopt;
  if (takes_cpim) return wrapped(conference, message);
  if (message.kind == MessageKind::typing) return std::nullopt;
  if (text_format_of(message.content_type) == TextFormat::plain)  // the common case, for each who hears it
    return prefixed(message, message.content_type, message.content);
  if (auto words = words_of(message.content_type, message.content))
    return prefixed(message, std::move(words->content_type), words->text);
  std::string subject = name_of(message);
  if (!message.subject.empty()) subject.append(": ").append(message.subject);
  return Spoken{message.content_type, message.content, std::move(subject)};
}

}  // namespace tertulia::face::simple
