// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace tertulia::wire::im {

using base::Result;

inline constexpr std::string_view conversation_info_type = "application/xml+conversationinfo";

/// `ConversationInfo` of Lync-type clients, sent in INFO: somebody gives the conversation another topic.
struct ConversationInfo {
  std::string from;     ///< URI of who does
  std::string subject;  ///< may be empty
};
/// Errors: malformed_message (not well formed, other root, no From with a uri, no Subject), message_too_large.
Result<ConversationInfo> read_conversation_info(std::string_view document);
std::string write_conversation_info(const ConversationInfo& info);

}  // namespace tertulia::wire::im
