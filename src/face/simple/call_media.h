// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "domain/record/record.h"
#include "wire/sip/message.h"
#include "wire/sip/uri.h"

namespace tertulia::face::simple {

/// What the session description of a message is about.  It is read, not judged: two telephones may agree on things that
/// we do not know.
struct MediaSeen {
  bool any = false;         ///< there are media lines
  bool message = false;     ///< an instant-messaging session is among them (and not refused)
  std::uint32_t types = 0;  ///< bits of SessionRecord: audio 16, video 32; refused media (port 0) do not count
};
MediaSeen media_in(const wire::sip::Message& message);

/// The file that an INVITE of Lync 2010 and later offers beside its session description; the first one counts.
std::optional<domain::FileTransfer> file_offered_in(const wire::sip::Message& invite);

/// This INVITE outside of a dialog wants a call; else it is for the message sessions.  Without a body (the offer comes
/// in the 2xx, RFC 3261 13.2.1) it is one unless its sender says that he speaks messages.
bool wants_call(const wire::sip::Message& invite, const wire::sip::Uri& target);

}  // namespace tertulia::face::simple
