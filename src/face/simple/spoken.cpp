// SPDX-License-Identifier: Apache-2.0
#include "face/simple/spoken.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "face/simple/conference_address.h"
#include "face/simple/cpim.h"
#include "wire/im/content.h"
#include "wire/im/html_text.h"
#include "wire/mime/multipart.h"
#include "wire/sip/headers.h"

namespace tertulia::face::simple {
namespace {

using domain::InstantMessage;
using domain::MessageKind;

constexpr std::string_view cpim_type = "message/cpim";
constexpr std::string_view plain_type = "text/plain";
constexpr std::string_view html_type = "text/html";

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

/// RFC 3261 7.4.1: text without a character set is UTF-8.
bool is_utf8(std::string_view content_type) {
  const auto charset = wire::mime::parameter_of(content_type, "charset");
  return !charset || base::equal_ignoring_case(*charset, "utf-8");
}

/// For plain text made of HTML of this type.
std::string plain_type_for(std::string_view html) {
  constexpr std::string_view ours = "UTF-8";
  const std::string charset = wire::mime::parameter_of(html, "charset").value_or(std::string(ours));
  const bool harmless = charset.find_first_of(" \t\r\n\";\\,") == std::string::npos && is_ascii(charset);
  return std::string(plain_type) + ";charset=" + (harmless ? charset : std::string(ours));
}

/// Text with the name before it; in a character set that we do not know only a name of ASCII fits.  Nothing: there are no
/// words in it.
std::optional<Spoken> prefixed(const InstantMessage& message, std::string type, std::string_view text) {
  const std::string media = wire::mime::media_type_of(type);
  std::string words;
  if (media == html_type) {
    words = wire::im::text_of_html(text, is_utf8(type));
    if (words.empty()) return std::nullopt;
    text = words;
    type = plain_type_for(type);
  } else if (media != plain_type) {
    return std::nullopt;
  }
  std::string name = name_of(message);
  if (!is_ascii(name) && !is_utf8(type)) name = message.from_address;
  name.append(": ").append(text);
  return Spoken{std::move(type), std::move(name), message.subject};
}

std::optional<Spoken> prefixed(const InstantMessage& message, const wire::mime::PartView& part) {
  const auto text = wire::mime::decoded(part);
  return text ? prefixed(message, wire::sip::unfolded(part.content_type()), *text) : std::nullopt;
}

/// The words among several parts: plain text when there is any, else HTML.
std::optional<Spoken> among(const InstantMessage& message, std::string_view type, std::string_view body) {
  const auto parts = wire::mime::read_multipart(type, body);
  if (!parts) return std::nullopt;
  for (const std::string_view wanted : {plain_type, html_type}) {
    const std::array wanted_types{wanted};
    const wire::mime::PartView* part = wire::mime::choose(type, *parts, wanted_types);
    if (auto found = part == nullptr ? std::nullopt : prefixed(message, *part)) return found;
  }
  return std::nullopt;
}

/// What a client gets that shows plain text alone.
std::optional<Spoken> in_words(const InstantMessage& message) {
  if (wire::im::content_from(message.content_type) == wire::im::ImContent::cpim) {
    const auto view = read_cpim(message.content);
    if (!view) return std::nullopt;
    const std::string type = wire::sip::unfolded(view->part.content_type());
    return wire::mime::is_multipart(type) ? among(message, type, view->part.body) : prefixed(message, view->part);
  }
  if (wire::mime::is_multipart(message.content_type)) return among(message, message.content_type, message.content);
  return prefixed(message, message.content_type, message.content);
}

}  // namespace

std::optional<Spoken> spoken_in(const domain::ConferenceDescription& conference, const InstantMessage& message,
                                bool takes_cpim) {
  if (message.kind == MessageKind::notification) return std::nullopt;
  if (takes_cpim) return wrapped(conference, message);
  if (message.kind == MessageKind::typing) return std::nullopt;
  if (auto found = in_words(message)) return found;
  std::string subject = name_of(message);
  if (!message.subject.empty()) subject.append(": ").append(message.subject);
  return Spoken{message.content_type, message.content, std::move(subject)};
}

}  // namespace tertulia::face::simple
