// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace tertulia::wire::im {

/// What a message of a conversation carries, told from its Content-Type alone.
enum class ImContent : std::uint8_t {
  text,               ///< words for people: text/plain, text/html, text/rtf ...
  typing,             ///< application/im-iscomposing+xml (RFC 3994)
  keyboard_activity,  ///< application/xml in INFO: the typing document of Lync-type clients, once it parses as one
  conversation_info,  ///< application/xml+conversationinfo in INFO: another topic, see conversation_info.h
  cpim,               ///< message/cpim (RFC 3862): headers around another content
  imdn,               ///< message/imdn+xml (RFC 5438): delivery and display notifications
  file_invitation,    ///< text/x-msmsgsinvite: a step of a file transfer, see file_invitation.h
  multipart,          ///< alternatives or parts, see wire/mime
  other,              ///< all that we only relay
};

/// `content_type`: the header's value, parameters allowed; case does not matter.
ImContent content_from(std::string_view content_type);

}  // namespace tertulia::wire::im
