// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/directory/policy.h"
#include "face/simple/leg_bodies.h"
#include "wire/sip/message.h"

namespace tertulia::face::simple {

/// A MESSAGE of a client as it is posted to a conversation.
struct WrittenMessage {
  MessageNature nature;
  std::string content_type;
  std::string content;
};

/// Reads a MESSAGE of a user with this policy.  Text in a format that he may not write becomes plain text: alone, in a
/// multipart (of which its best words are left), or in a message/cpim, whose head stays.  What is no text for people
/// (typing, delivery notifications, steps of a file transfer) stays as it is.  Errors: those of message_nature;
/// message_format_not_allowed (no words can be read in it); where the policy forbids a format, those of contents_of.
base::Result<WrittenMessage> written_message(const domain::Policy& policy, std::string content_type,
                                             std::string_view body);

/// The same of a whole request.  Its Content-Transfer-Encoding is undone: it is not passed on, since SIP knows no such
/// header and most clients do not look for it.  Errors further: malformed_message (not what the encoding says),
/// media_type_unsupported (an encoding that we do not know).
base::Result<WrittenMessage> written_message(const domain::Policy& policy, const wire::sip::Message& message);

/// What he may write, for the Accept header of a refusal (RFC 3261 21.4.13).
std::string accepted_messages(const domain::Policy& policy);

}  // namespace tertulia::face::simple
