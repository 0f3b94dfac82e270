// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/sip/message.h"
#include "wire/sip/uri.h"

namespace tertulia::wire::sip {

/// Owning, decoded header values.  All `parse` functions: errors header_malformed (or uri_malformed) with the header's
/// name in detail.

/// From, To, Contact, Route, Record-Route, Refer-To ... (RFC 3261 20.10, 20.20).
struct NameAddr {
  std::string display_name;  ///< unquoted
  Uri uri;
  std::string uri_text;   ///< between the <> as written (bindings are returned byte for byte)
  Parameters parameters;  ///< those outside of the <>
  std::string_view tag() const { return parameters.value("tag"); }
  static Result<NameAddr> parse(std::string_view value);
  std::string to_string() const;
};

/// RFC 3261 20.42.  One entry.
struct Via {
  std::string transport;  ///< as written ("TLS", "tls")
  std::string host;       ///< IPv6 without brackets
  std::optional<std::uint16_t> port;
  Parameters parameters;
  std::string_view branch() const { return parameters.value("branch"); }
  static Result<Via> parse(std::string_view entry);
  std::string to_string() const;
};

struct CSeq {
  std::uint32_t number = 0;
  std::string method;
  static Result<CSeq> parse(std::string_view value);
};

/// `type/subtype;parameters`, lower-case type (RFC 3261 20.15).
struct MediaType {
  std::string type;  ///< "text/plain"
  Parameters parameters;
  static Result<MediaType> parse(std::string_view value);
};

/// Credentials or challenge: scheme and its comma-joined parameters (RFC 3261 20.7, 20.44; RFC 7616).  Names in lower
/// case, values unquoted.  A bare token68 (Basic, Negotiate; RFC 7235 2.1) is the value of one parameter without a
/// name.
struct AuthValue {
  std::string scheme;
  Parameters parameters;
  static Result<AuthValue> parse(std::string_view value);
};

/// All entries of a header that may be repeated or comma-joined, in order.  The wildcard `*` of Contact is no address:
/// look for it with Message::header before.
Result<std::vector<Via>> all_vias(const Message& message);
Result<std::vector<NameAddr>> all_addresses(const Message& message, HeaderName name);
/// Option tags, methods, event names of all lines: lower case is NOT applied.
std::vector<std::string> all_tokens(const Message& message, HeaderName name);

/// The top Via only, without decoding the others.
Result<Via> top_via(const Message& message);
/// Decimal header (Expires, Max-Forwards, Content-Length ...): nullopt when absent; values above 2^32-1 are clamped
/// where the RFC permits (Expires, Max-Forwards), refused elsewhere.
Result<std::optional<std::uint32_t>> number_header(const Message& message, HeaderName name);

/// What every request handler needs, decoded once (Request-URI, From, To, Call-ID, CSeq, top Via).
struct Basics {
  Uri request_uri;  ///< of a request
  NameAddr from;
  NameAddr to;
  std::string call_id;
  CSeq cseq;
  Via via;
};

/// What tells which request a response answers (RFC 3261 17.1.3).  Views: into the message.
struct ResponseKey {
  std::string_view branch;  ///< of the top Via, which whoever sent the request had written; empty when there is none
  std::string_view method;  ///< of CSeq
};

/// Judges a response as far as it is read by whoever needs nothing of it but its status: the required headers are there,
/// single ones not repeated, CSeq is good.
Result<ResponseKey> response_key(const Message& response);

/// Judges a whole message as RFC 3261 8.1.1, 16.3 and RFC 4475 want it: required headers present, single ones not
/// repeated, grammar of the known ones good, CSeq method equal to the request method, addresses without stray blanks.
/// The order of judgement makes the most telling reason win (505 before 400, 501 for an unknown method whose CSeq
/// differs...).
Result<Basics> validate(const Message& message);

}  // namespace tertulia::wire::sip
