// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/conversation/message.h"

namespace tertulia::face::simple {

/// Session description that offers a message session.  `host`: how we name ourselves.
std::string message_offer(std::string_view host);

/// Our answer to an offer: its message medium is accepted, every other medium of it declined.
/// Errors: malformed_message (not a session description), media_not_acceptable (no message medium in it).
base::Result<std::string> message_answer(std::string_view offer, std::string_view host);

/// Whether the answer to our offer accepts the message medium.
bool accepts_message(std::string_view answer);

/// Whether who wrote this offer or answer reads message/cpim in its message medium (RFC 4975 8.6: accept-types).  A `*`
/// promises nothing.
bool takes_cpim(std::string_view description);

/// What a MESSAGE is to the IMMCU.
struct MessageNature {
  domain::MessageKind kind = domain::MessageKind::text;
  std::optional<domain::InnerText> inner;     ///< the words in a message/cpim
  std::optional<domain::FileStep> file = {};  ///< of a file transfer
};

/// Judged by its content; a message/cpim (RFC 3862) is what it wraps.  Errors: media_type_unsupported,
/// malformed_message.
base::Result<MessageNature> message_nature(std::string_view content_type, std::string_view body);

/// A typing notice that can be passed on.
struct TypingNotice {
  std::string content_type;
  std::string content;
};
/// From a KeyboardActivity document in an INFO; nothing when it is none.
std::optional<TypingNotice> keyboard_typing(std::string_view content_type, std::string_view body);

}  // namespace tertulia::face::simple
