// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "wire/sip/headers.h"
#include "wire/sip/message.h"

namespace tertulia::wire::sip {

/// Writes one message into one string, headers in the order of the calls; Content-Length is written by `finish`,
/// always. A header value with CR, LF or NUL is our bug or an attack: those characters are dropped.
class Writer {
 public:
  static Writer request(std::string_view method, std::string_view request_uri);
  static Writer response(int status, std::string_view reason_phrase);

  Writer& header(HeaderName name, std::string_view value);
  Writer& header(std::string_view name, std::string_view value);
  Writer& header(HeaderName name, std::uint64_t value);
  /// Copies every line of that name byte for byte.
  Writer& copy(const Message& from, HeaderName name);
  /// Ends the message and gives the text away; the writer is empty afterwards.  `content_type` is left out when empty.
  std::string finish(std::string_view content_type = {}, std::string_view body = {});

 private:
  explicit Writer(std::string start) : text_(std::move(start)) {}
  std::string text_;
};

/// Begins a response to `request`: Via lines copied (top one with `received`/`rport` when `received_address` is not
/// empty, RFC 3261 18.2.1, RFC 3581), From, To (with `to_tag` added when it has none and `to_tag` is not empty),
/// Call-ID, CSeq, and Timestamp for 100.  Works on messages that failed validate() as far as their headers exist
/// (insuf, badvers...).
Writer response_to(const Message& request, int status, std::string_view reason_phrase, std::string_view to_tag,
                   std::string_view received_address = {}, std::uint16_t received_port = 0);

/// Standard reason phrase of a status (RFC 3261 21 and later registrations); "Unknown" otherwise.
std::string_view phrase_of(int status);

/// Quoted-string with escapes (RFC 3261 25.1).
std::string quoted(std::string_view text);

}  // namespace tertulia::wire::sip
