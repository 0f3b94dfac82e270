// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/ids.h"
#include "base/time.h"

namespace tertulia::domain {

enum class MessageKind : std::uint8_t {
  text,          ///< kept for absent recipients, counted, filtered
  typing,        ///< worth something only now: never kept, never counted
  notification,  ///< delivery notification (RFC 5438): kept, not counted, not filtered
};

/// What one user says to a conversation.  Immutable and shared by all who carry it.
struct InstantMessage {
  base::MessageId id;
  base::UserId from;
  std::string from_address;  ///< user@domain
  std::string from_name;     ///< display name, may be empty
  MessageKind kind = MessageKind::text;
  std::string content_type;  ///< as sent, with parameters
  std::string content;       ///< bytes as sent
  std::string subject;       ///< may be empty
  base::WallTime sent;
};
using InstantMessagePtr = std::shared_ptr<const InstantMessage>;

}  // namespace tertulia::domain
