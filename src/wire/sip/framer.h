// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"

namespace tertulia::wire::sip {

/// Cuts a byte stream into messages (RFC 3261 18.3) and keep-alives (RFC 5626 4.4.1), within bounds.
/// Stateless but for the bytes not yet used.
class Framer {
 public:
  struct Limits {
    std::size_t head_bytes_max = 64 * 1024;
    std::size_t body_bytes_max = 256 * 1024;   ///< RFC asks for Content-Length on streams; larger is refused before reading it
  };
  struct NeedMore {};                 ///< wait for bytes; pending() > 0 means a message has begun (start the unfinished-message deadline)
  struct Ping {};                     ///< CRLF CRLF: answer with CRLF
  struct Pong {};                     ///< a single CRLF between messages: nothing to do
  struct Complete { std::string bytes; };             ///< one whole message
  /// Framing is lost or a bound is passed: answer `error` with the given head bytes when they form a request, then close.
  struct Broken { base::Error error; std::string head; };
  using Event = std::variant<NeedMore, Ping, Pong, Complete, Broken>;

  explicit Framer(const Limits& limits) : limits_(limits) {}
  void append(std::string_view bytes) { buffer_.append(bytes); }
  /// Next event; call until NeedMore or Broken.
  Event next();
  std::size_t pending() const { return buffer_.size() - start_; }
  /// Gives memory back when nothing is pending (idle connections cost nothing here).
  void release_if_idle();

 private:
  Limits limits_;
  std::string buffer_;
  std::size_t start_ = 0;
  std::size_t scanned_ = 0;   // head bytes already searched for the blank line, so slow senders cost linear time
};

}  // namespace tertulia::wire::sip
