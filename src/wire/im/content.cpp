// SPDX-License-Identifier: Apache-2.0
#include "wire/im/content.h"

#include <array>
#include <utility>

#include "base/text.h"

namespace tertulia::wire::im {

ImContent content_from(std::string_view content_type) {
  constexpr std::array known = {
      std::pair{std::string_view("application/im-iscomposing+xml"), ImContent::typing},
      std::pair{std::string_view("application/xml"), ImContent::keyboard_activity},
      std::pair{std::string_view("application/xml+conversationinfo"), ImContent::conversation_info},
      std::pair{std::string_view("message/cpim"), ImContent::cpim},
      std::pair{std::string_view("message/imdn+xml"), ImContent::imdn},
      // Invitations to send a file are text in name only: a program reads them, and no archive or filter should.
      std::pair{std::string_view("text/x-msmsgsinvite"), ImContent::file_invitation},
  };
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (!type.empty() && (type.back() == '\r' || type.back() == '\n' || type.back() == ' ' || type.back() == '\t'))
    type.remove_suffix(1);
  type = base::trimmed(type);
  for (const auto& [name, content] : known)
    if (base::equal_ignoring_case(type, name)) return content;
  if (base::equal_ignoring_case(type.substr(0, 5), "text/") && type.size() > 5) return ImContent::text;
  if (base::equal_ignoring_case(type.substr(0, 10), "multipart/") && type.size() > 10) return ImContent::multipart;
  return ImContent::other;
}

}  // namespace tertulia::wire::im
