// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "domain/conference/roster.h"
#include "domain/conversation/message.h"

namespace tertulia::face::simple {

/// What a client of the standard gets of a message that was said in a conference.  The dialog, or the From of a single
/// message, is the conference's; so the words must tell who speaks.
struct Spoken {
  std::string content_type;
  std::string content;
  std::string subject;
};

/// `takes_cpim`: the client reads message/cpim, then From of the wrapping tells it (RFC 3862), for whatever content.
/// Without it
/// - plain text begins with the name and a colon, also when it came in a wrapping of its own or as one of several parts;
/// - HTML and RTF become plain text: a client that refuses them (baresip: 415) would hear nothing, and of who speaks
///   nobody;
/// - before other content (a picture, a file's offer) nothing can be put without knowing it, so the name stands in
///   Subject, before the message's own.
/// Nothing: not shown.  That is typing without CPIM, which would say that the conference types, and delivery notifications,
/// which are for the writer and would reach everybody.
std::optional<Spoken> spoken_in(const domain::ConferenceDescription& conference, const domain::InstantMessage& message,
                                bool takes_cpim);

}  // namespace tertulia::face::simple
