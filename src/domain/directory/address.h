// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tertulia::domain {

/// `user@domain` in lower case: how people name a user, in every protocol.  A value.
class Address {
 public:
  Address() = default;
  /// Accepts `alice@example.com` and `sip:alice@example.com`.  Errors: address_malformed (empty part, blanks, control
  /// characters, characters a SIP user part cannot carry unescaped, longer than 255 octets).
  static base::Result<Address> parse(std::string_view text);

  const std::string& text() const { return text_; }
  std::string_view user() const;    ///< view: until this object changes
  std::string_view domain() const;  ///< view: until this object changes
  bool empty() const { return text_.empty(); }
  friend auto operator<=>(const Address&, const Address&) = default;

 private:
  std::string text_;
};

/// Whether this is a name that addresses may have behind the @: RFC 3261 25.1 `hostname`, or an IPv4 address.
/// Errors: domain_malformed (detail: what is wrong).
base::Result<void> check_domain(std::string_view text);

/// User part of a domain's conference factory (RFC 4579 5.4), and the beginning of each conference's own.
inline constexpr std::string_view conference_user = "conference";
/// `conference`, or anything that begins with `conference.`; `user` in lower case.
bool is_conference_name(std::string_view user);
/// Whether a new user may have this address.  Errors: address_reserved (a name of conferences).
base::Result<void> may_be_given(const Address& address);

}  // namespace tertulia::domain
