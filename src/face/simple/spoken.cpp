// SPDX-License-Identifier: Apache-2.0
#include "face/simple/spoken.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "face/simple/conference_address.h"
#include "face/simple/cpim.h"
#include "wire/im/content.h"
#include "wire/mime/multipart.h"
#include "wire/sip/headers.h"

namespace tertulia::face::simple {
namespace {

using domain::InstantMessage;
using domain::MessageKind;

constexpr std::string_view cpim_type = "message/cpim";
constexpr std::string_view plain_type = "text/plain";

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

bool is_utf8_plain(std::string_view content_type) {
  if (wire::mime::media_type_of(content_type) != plain_type) return false;
  const auto charset = wire::mime::parameter_of(content_type, "charset");
  return !charset || base::equal_ignoring_case(*charset, "utf-8");
}

/// Plain text with the name before it; in a character set that we do not know only a name of ASCII fits.
std::optional<Spoken> prefixed(const InstantMessage& message, std::string_view type, std::string_view text) {
  if (wire::mime::media_type_of(type) != plain_type) return std::nullopt;
  std::string name = name_of(message);
  if (!is_ascii(name) && !is_utf8_plain(type)) name = message.from_address;
  name.append(": ").append(text);
  return Spoken{std::string(type), std::move(name), message.subject};
}

std::optional<Spoken> unwrapped(const InstantMessage& message) {
  const auto view = read_cpim(message.content);
  if (!view) return std::nullopt;
  const auto text = wire::mime::decoded(view->part);
  if (!text) return std::nullopt;
  return prefixed(message, wire::sip::unfolded(view->part.content_type()), *text);
}

}  // namespace

std::optional<Spoken> spoken_in(const domain::ConferenceDescription& conference, const InstantMessage& message,
                                bool takes_cpim) {
  if (message.kind == MessageKind::notification) return std::nullopt;
  if (takes_cpim) return wrapped(conference, message);
  if (message.kind == MessageKind::typing) return std::nullopt;
  const bool cpim = wire::im::content_from(message.content_type) == wire::im::ImContent::cpim;
  if (auto found = cpim ? unwrapped(message) : prefixed(message, message.content_type, message.content)) return found;
  std::string subject = name_of(message);
  if (!message.subject.empty()) subject.append(": ").append(message.subject);
  return Spoken{message.content_type, message.content, std::move(subject)};
}

}  // namespace tertulia::face::simple
