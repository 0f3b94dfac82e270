// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/result.h"

namespace tertulia::wire::sdp {

using base::Result;

/// `a=name:value` or `a=name` (RFC 8866 5.13).
struct Attribute {
  std::string name;
  std::string value;
  friend bool operator==(const Attribute&, const Attribute&) = default;
};

/// `IN IP4 192.0.2.1`; IPv6 without brackets (RFC 8866 5.7).
struct Address {
  std::string net_type = "IN";
  std::string address_type = "IP4";
  std::string address;
  friend bool operator==(const Address&, const Address&) = default;
};

/// One `m=` line and what belongs to it (RFC 8866 5.14).
struct Media {
  std::string type;                   ///< "message", "audio" ... as written
  std::uint16_t port = 0;             ///< 0: the medium is refused (RFC 3264 6)
  std::string protocol;               ///< "sip", "RTP/AVP" ...
  std::vector<std::string> formats;   ///< "null", "*", payload types ...
  std::optional<Address> connection;  ///< its own `c=`; the session's holds when absent
  std::vector<Attribute> attributes;

  /// Value of the first attribute of this name; nullopt when absent.  View: until this object changes.
  std::optional<std::string_view> attribute(std::string_view name) const TERTULIA_LIFETIMEBOUND;
  /// Media types of `a=accept-types` (RFC 4975 8.6), in order.  Views: until this object changes.
  std::vector<std::string_view> accept_types() const TERTULIA_LIFETIMEBOUND;
};

/// A session description, as far as a server of messages needs one.
struct Description {
  std::string user_name = "-";
  std::uint64_t session_id = 0;
  std::uint64_t session_version = 0;
  Address origin;
  std::string session_name;
  std::optional<Address> connection;
  std::vector<Attribute> attributes;
  std::vector<Media> media;

  /// The first medium of an instant-messaging session (`m=message`, or `m=x-ms-message` of the 2005 dialect) that is
  /// not refused; null when there is none.
  const Media* message_medium() const TERTULIA_LIFETIMEBOUND;

  /// Errors: malformed_message with the offset in detail; message_too_large.  Lines may end with LF alone (RFC 8866 5);
  /// `s=` and `t=` may be missing (RFC 4475 3.1.2.18); lines that say nothing about messages are read over.
  static Result<Description> parse(std::string_view text);
};

/// Our side of a session-mode conversation, as Lync-type clients write it.
struct MessageSession {
  std::uint64_t session_id = 0;
  std::uint64_t session_version = 0;
  std::string address;             ///< of this server, as text; carries no meaning for the client
  std::uint16_t port = 5060;       ///< never 0: that would refuse the medium
  std::string medium = "message";  ///< answer with the offer's own type
  std::string format = "null";     ///< what stands behind "sip"
  std::vector<std::string> accept_types = {"text/plain"};
};

/// Offer or answer with one medium.  CR, LF and NUL inside the values are dropped.
std::string write(const MessageSession& session);

}  // namespace tertulia::wire::sdp
