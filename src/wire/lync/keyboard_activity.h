// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace tertulia::wire::lync {

inline constexpr std::string_view keyboard_activity_type = "application/xml";
inline constexpr std::string_view conversation_info_type = "application/xml+conversationinfo";

/// `KeyboardActivity` in an INFO: true when somebody types ("type"), false otherwise ("idle").
/// Errors: malformed_message, message_too_large, command_malformed (another root, no status).
base::Result<bool> read_keyboard_activity(std::string_view document);
std::string write_keyboard_activity(bool typing);

/// `ConversationInfo`: the topic of a conversation has changed.
struct ConversationInfo {
  std::string from_uri;  ///< empty: not told
  std::string subject;
  friend bool operator==(const ConversationInfo&, const ConversationInfo&) = default;
};
/// Errors: as above; a missing Subject is an empty one.
base::Result<ConversationInfo> read_conversation_info(std::string_view document);
std::string write_conversation_info(const ConversationInfo& info);

}  // namespace tertulia::wire::lync
