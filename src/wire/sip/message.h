// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/result.h"

namespace tertulia::wire::sip {

using base::Result;

enum class Method : std::uint8_t {
  invite,
  ack,
  bye,
  cancel,
  register_,
  options,
  message,
  info,
  subscribe,
  notify,
  publish,
  refer,
  prack,
  update,
  service,
  benotify,
  other
};
std::string_view name_of(Method method);     ///< upper case; empty for `other`
Method method_from(std::string_view token);  ///< case-sensitive (RFC 3261 7.1)

/// Headers that are looked up by number; all others by name.  Compact forms count as their long form.
enum class HeaderName : std::uint8_t {
  via,
  from,
  to,
  call_id,
  cseq,
  contact,
  max_forwards,
  route,
  record_route,
  content_length,
  content_type,
  content_encoding,
  content_disposition,
  expires,
  min_expires,
  authorization,
  www_authenticate,
  proxy_authorization,
  proxy_authenticate,
  authentication_info,
  supported,
  unsupported,
  require,
  proxy_require,
  allow,
  allow_events,
  event,
  subscription_state,
  accept,
  accept_encoding,
  accept_language,
  user_agent,
  server,
  subject,
  date,
  warning,
  reason,
  retry_after,
  path,
  in_reply_to,
  replaces,
  refer_to,
  referred_by,
  session_expires,
  min_se,
  sip_etag,
  sip_if_match,
  ms_diagnostics,
  other
};
std::string_view name_of(HeaderName name);           ///< canonical spelling
HeaderName header_name_from(std::string_view name);  ///< any case, compact forms too

/// One header line as received.  Views point into the message's buffer and live as long as the message is not changed.
struct Header {
  HeaderName name = HeaderName::other;
  std::string_view name_text;  ///< as written
  std::string_view value;      ///< trimmed; folds are still in it (CR LF SP), see unfolded()
};

/// A parsed SIP message: the received bytes, once, and offsets into them (RFC 3261 7).  Nothing is normalised: the
/// bytes of every header value are those on the wire, since signatures are computed over them.  A value: movable,
/// copyable.
class Message {
 public:
  /// `bytes`: one message, head and body (framing was done by Framer; octets behind the body are dropped).
  /// Errors: what nobody could answer, that is a start line that is not SIP (malformed_message, version_not_supported)
  /// and every defect of a response.  A request with any other defect of its start line, header lines or Content-Length
  /// is returned, so that it can be refused with response_to(); its defect is in flaw(), and validate() reports it
  /// first.
  static Result<Message> parse(std::string bytes);

  /// Why this request must be refused whatever its headers say (malformed_message, version_not_supported,
  /// content_length_bad, message_too_large; detail: what and the offset); null when its shape is sound.
  const base::Error* flaw() const TERTULIA_LIFETIMEBOUND {
    return flaw_.reason == base::Reason::none ? nullptr : &flaw_;
  }

  bool is_request() const { return is_request_; }
  Method method() const { return method_; }  ///< of the request line (requests only)
  std::string_view method_text() const TERTULIA_LIFETIMEBOUND;
  std::string_view request_uri() const TERTULIA_LIFETIMEBOUND;  ///< raw text
  int status() const { return status_; }
  std::string_view reason_phrase() const TERTULIA_LIFETIMEBOUND;

  std::size_t header_count() const { return slots_.size(); }
  Header header_at(std::size_t index) const TERTULIA_LIFETIMEBOUND;
  /// First value line of this name; nullopt when absent.
  std::optional<std::string_view> header(HeaderName name) const TERTULIA_LIFETIMEBOUND;
  std::optional<std::string_view> header(std::string_view name) const TERTULIA_LIFETIMEBOUND;
  std::size_t count(HeaderName name) const;
  /// Calls `visit(std::string_view value)` for each line of this name, in order.
  template <typename Visit>
  void for_each(HeaderName name, Visit&& visit) const {
    for (const Slot& slot : slots_)
      if (slot.name == name) visit(view(slot.value));
  }
  std::string_view body() const TERTULIA_LIFETIMEBOUND;
  std::string_view bytes() const TERTULIA_LIFETIMEBOUND { return bytes_; }
  /// Start line and header lines, each with its CR LF, without the blank line; for forwarding byte for byte.
  std::string_view head() const TERTULIA_LIFETIMEBOUND;

 private:
  struct Slice {
    std::uint32_t offset = 0;
    std::uint32_t length = 0;
  };
  struct Slot {
    HeaderName name = HeaderName::other;
    Slice name_text;
    Slice value;
  };
  std::string_view view(Slice slice) const { return std::string_view(bytes_).substr(slice.offset, slice.length); }
  friend class MessageParser;

  std::string bytes_;
  std::vector<Slot> slots_;  // one allocation a message, not one a header
  base::Error flaw_{base::Reason::none, {}};
  Slice method_text_, request_uri_, reason_phrase_, body_;
  std::uint32_t head_end_ = 0;
  int status_ = 0;
  Method method_ = Method::other;
  bool is_request_ = false;
};

/// The value has CR or LF in it, as folds have; without them unfolded() gives back the same text.
inline bool is_folded(std::string_view value) {
  return value.find('\n') != std::string_view::npos || value.find('\r') != std::string_view::npos;
}
/// Value with folds (CR LF before white space) turned into single spaces (RFC 3261 7.3.1).
std::string unfolded(std::string_view value);

/// Splits a comma-joined header value at its top-level commas (quotes and <> respected).  Views into `value`.
std::vector<std::string_view> split_list(std::string_view value);

}  // namespace tertulia::wire::sip
