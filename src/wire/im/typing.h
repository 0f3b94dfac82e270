// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tertulia::wire::im {

using base::Result;

/// Somebody writes, or has stopped writing.
struct TypingState {
  bool active = false;
  std::uint32_t refresh_seconds = 0;  ///< RFC 3994 3.3: repeated within this time while active; 0 when not said
  std::string content_type;           ///< of what is being written; empty when not said
  std::string last_active;            ///< date and time as written (RFC 3339); empty when not said
  friend bool operator==(const TypingState&, const TypingState&) = default;
};

/// How long `active` holds when nothing follows (RFC 3994 3.3): its refresh time, or 120 s.
std::uint32_t seconds_until_idle(const TypingState& state);

/// `application/im-iscomposing+xml` (RFC 3994 5).  A state that we do not know counts as idle (section 6).
/// Errors: malformed_message (not well formed, other root, no state, refresh without number), message_too_large.
Result<TypingState> read_is_composing(std::string_view document);
std::string write_is_composing(const TypingState& state);

/// `KeyboardActivity` of Lync-type clients, sent in INFO as application/xml: `type` or `idle`.
/// Errors as above.
Result<TypingState> read_keyboard_activity(std::string_view document);
std::string write_keyboard_activity(const TypingState& state);

}  // namespace tertulia::wire::im
