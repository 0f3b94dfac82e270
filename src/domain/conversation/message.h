// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/ids.h"
#include "base/time.h"

namespace tertulia::domain {

enum class MessageKind : std::uint8_t {
  text,          ///< kept for absent recipients, counted, filtered
  typing,        ///< worth something only now: never kept, never counted
  notification,  ///< delivery notification (RFC 5438): kept, not counted, not filtered
  file,  ///< an offer of a file or a step of its transfer: for who is there now, not counted, judged by its name
};

/// Worth something only now: never kept for an absent recipient.
constexpr bool is_for_now(MessageKind kind) { return kind == MessageKind::typing || kind == MessageKind::file; }

/// The words of a message that stand inside of other content (message/cpim, RFC 3862).
struct InnerText {
  std::string content_type;
  std::string text;       ///< with the transfer encoding undone
  std::size_t begin = 0;  ///< where it stands in the content; it reaches to the end
  /// The octets there are the text, and nothing around them tells their length: other words may stand there.
  bool changeable = false;
};

/// A step of a file transfer that the record is interested in.
struct FileStep {
  enum class What : std::uint8_t { offer, accept, cancel } what = What::offer;
  std::string cookie;
  std::string name = {};  ///< of an offer
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
  /// Not kept in the store: it serves the judgement of a message when it is said.
  std::optional<InnerText> inner = {};
  /// Of kind file: which step of a transfer it is; nothing: one that changes nothing.  Not kept, as above.
  std::optional<FileStep> file = {};
  std::string subject;  ///< may be empty
  base::WallTime sent;
};
using InstantMessagePtr = std::shared_ptr<const InstantMessage>;

}  // namespace tertulia::domain
