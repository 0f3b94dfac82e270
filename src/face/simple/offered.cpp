// SPDX-License-Identifier: Apache-2.0
#include "face/simple/offered.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace tertulia::face::simple {
namespace {

using wire::sip::HeaderName;

constexpr std::array<std::string_view, 7> extensions = {
    "outbound",       "gruu",      "eventlist", "recipient-list-subscribe", "recipient-list-invite",
    "multiple-refer", "norefersub"};

constexpr std::array<std::string_view, 6> message_types = {
    "message/cpim",          "message/imdn+xml", "application/im-iscomposing+xml",
    "multipart/alternative", "multipart/mixed",  "multipart/related"};

}  // namespace

std::string unsupported_tags(const wire::sip::Message& message, bool relayed,
                             const std::function<bool(std::string_view)>& also) {
  std::string joined;
  for (const HeaderName name : {HeaderName::proxy_require, HeaderName::require}) {
    if (!message.header(name) || (relayed && name == HeaderName::require)) continue;
    for (const std::string& tag : wire::sip::all_tokens(message, name)) {
      const bool known = std::any_of(extensions.begin(), extensions.end(),
                                     [&](std::string_view ours) { return base::equal_ignoring_case(ours, tag); });
      if (known || (also && also(tag))) continue;
      if (!joined.empty()) joined.append(", ");
      joined.append(tag);
    }
  }
  return joined;
}

bool supports(const wire::sip::Message& message, std::string_view tag) {
  const std::vector<std::string> tags = wire::sip::all_tokens(message, HeaderName::supported);
  return std::any_of(tags.begin(), tags.end(),
                     [&](const std::string& own) { return base::equal_ignoring_case(own, tag); });
}

bool is_message_type(std::string_view type) {
  return type.starts_with("text/") ||
         std::find(message_types.begin(), message_types.end(), type) != message_types.end();
}

}  // namespace tertulia::face::simple
