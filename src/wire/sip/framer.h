// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"

namespace tertulia::wire::sip {

/// Cuts a byte stream into messages (RFC 3261 18.3) and keep-alives (RFC 5626 4.4.1), within bounds.
/// Stateless but for the bytes not yet used and the second half of a keep-alive.  The messages, Pings and the error do
/// not depend on how the stream was cut into pieces; the number of Pongs may.  Cost: linear in the bytes.
class Framer {
 public:
  struct Limits {
    std::size_t head_bytes_max = 64 * 1024;
    std::size_t body_bytes_max =
        256 * 1024;  ///< RFC asks for Content-Length on streams; larger is refused before reading it
  };
  struct NeedMore {
  };               ///< wait for bytes; pending() > 0 means a message has begun (start the unfinished-message deadline)
  struct Ping {};  ///< CRLF CRLF: answer with CRLF
  /// A CRLF between messages: nothing to do.  Also the first half of a keep-alive whose second half has not come yet.
  struct Pong {};
  struct Complete {
    std::string bytes;
  };  ///< one whole message
  /// Framing is lost or a bound is passed: answer `error` with the given head bytes when Message::parse takes them for
  /// a request, then close.  Reasons: content_length_bad, message_too_large, malformed_message (a line end that is not
  /// CR LF).  Whatever comes later is ignored and gives Broken again, with an empty head.
  struct Broken {
    base::Error error;
    std::string head;
  };
  using Event = std::variant<NeedMore, Ping, Pong, Complete, Broken>;

  explicit Framer(const Limits& limits) : limits_(limits) {}
  void append(std::string_view bytes) {
    if (!failure_) buffer_.append(bytes);
  }
  /// Next event; call until NeedMore or Broken.  A message without Content-Length has no body here (RFC 3261 18.3).
  Event next();
  std::size_t pending() const { return buffer_.size() - start_; }
  /// Gives memory back when nothing is pending (idle connections cost nothing here).
  void release_if_idle();

 private:
  std::string_view rest() const { return std::string_view(buffer_).substr(start_); }
  void consume(std::size_t count);
  bool take_keep_alive(Event& event);
  bool find_head_end();
  bool measure_body();
  bool fail(base::Reason reason, std::string detail, std::size_t head_bytes);

  Limits limits_;
  std::string buffer_;
  std::size_t start_ = 0;
  std::size_t scanned_ = 0;     // head bytes already searched for line ends, so slow senders cost linear time
  std::size_t line_ = 0;        // where the unfinished line of the head begins
  std::size_t head_bytes_ = 0;  // of the message at the front, blank line included; 0 until it is whole
  std::size_t body_bytes_ = 0;
  bool half_ping_ = false;           // the last bytes used were a lone CRLF
  std::unique_ptr<Broken> failure_;  // why framing is lost; most streams never need the room
};

}  // namespace tertulia::wire::sip
