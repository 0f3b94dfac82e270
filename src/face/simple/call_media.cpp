// SPDX-License-Identifier: Apache-2.0
#include "face/simple/call_media.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "base/text.h"
#include "wire/im/file_offer.h"
#include "wire/mime/multipart.h"
#include "wire/sip/headers.h"

namespace tertulia::face::simple {
namespace {

using wire::sip::HeaderName;
using wire::sip::Message;

constexpr std::uint32_t audio_bit = 16;
constexpr std::uint32_t video_bit = 32;

bool may_describe(const Message& message) {
  const std::string type = base::to_lower(message.header(HeaderName::content_type).value_or(std::string_view()));
  return type.starts_with("application/sdp") || type.starts_with("multipart/");
}

/// `audio 49170 RTP/AVP 0`: what stands behind `m=`.
void note_medium(std::string_view line, MediaSeen& seen) {
  const std::size_t blank = std::min(line.find(' '), line.size());
  const std::string_view type = line.substr(0, blank);
  std::string_view port = line.substr(std::min(blank + 1, line.size()));
  port = port.substr(0, port.find_first_of(" /"));
  seen.any = true;
  if (!port.empty() && port.find_first_not_of('0') == std::string_view::npos) return;
  if (base::equal_ignoring_case(type, "audio")) seen.types |= audio_bit;
  if (base::equal_ignoring_case(type, "video")) seen.types |= video_bit;
  if (base::equal_ignoring_case(type, "message") || base::equal_ignoring_case(type, "x-ms-message"))
    seen.message = true;
}

bool says(const Message& message, HeaderName name, std::string_view word) {
  bool found = false;
  message.for_each(
      name, [&](std::string_view line) { found = found || base::to_lower(line).find(word) != std::string::npos; });
  return found;
}

/// RFC 3840 10 (`+sip.message`), or content that only messages have.
bool speaks_messages(const Message& invite) {
  if (says(invite, HeaderName::contact, "+sip.message")) return true;
  if (base::to_lower(invite.header("Accept-Contact").value_or(std::string_view())).find("+sip.message") !=
      std::string::npos)
    return true;
  return says(invite, HeaderName::accept, "message/cpim") || says(invite, HeaderName::accept, "im-iscomposing");
}

}  // namespace

MediaSeen media_in(const Message& message) {
  MediaSeen seen;
  if (!may_describe(message)) return seen;
  std::string_view rest = message.body();
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with("m=")) note_medium(line.substr(2), seen);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return seen;
}

std::optional<domain::FileTransfer> file_offered_in(const Message& invite) {
  const std::string type = wire::sip::unfolded(invite.header(HeaderName::content_type).value_or(std::string_view()));
  if (!wire::mime::is_multipart(type)) return std::nullopt;
  const auto parts = wire::mime::read_multipart(type, invite.body());
  if (!parts) return std::nullopt;
  for (const wire::mime::PartView& part : *parts) {
    if (wire::mime::media_type_of(part.content_type()) != wire::im::file_transfer_type) continue;
    if (auto offer = wire::im::read_file_offer(part.body))
      return domain::FileTransfer{std::move(offer->name), std::move(offer->id), std::move(offer->request)};
  }
  return std::nullopt;
}

bool wants_call(const Message& invite, const wire::sip::Uri& target) {
  if (!target.is_sip()) return false;
  if (invite.body().empty()) return !speaks_messages(invite);
  const MediaSeen seen = media_in(invite);
  return seen.any && !seen.message;
}

}  // namespace tertulia::face::simple
