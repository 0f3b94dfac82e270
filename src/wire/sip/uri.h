// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tertulia::wire::sip {

using base::Result;

/// One `;name=value` of a URI or header.  `value` is as written (quotes removed, escapes kept decoded); a bare name has
/// none.
struct Parameter {
  std::string name;  ///< lower case
  std::string value;
  bool has_value = false;
  friend bool operator==(const Parameter&, const Parameter&) = default;
};

/// Ordered parameters with look-up by lower-case name.
class Parameters {
 public:
  const Parameter* find(std::string_view name) const;
  /// Value of `name`, empty when absent or bare.  View: until this object changes.
  std::string_view value(std::string_view name) const;
  bool has(std::string_view name) const { return find(name) != nullptr; }
  void set(std::string_view name, std::string_view value);
  void set_flag(std::string_view name);
  void remove(std::string_view name);
  bool empty() const { return list_.empty(); }
  const std::vector<Parameter>& list() const { return list_; }
  std::vector<Parameter>& list() { return list_; }
  friend bool operator==(const Parameters&, const Parameters&) = default;

 private:
  std::vector<Parameter> list_;
};

enum class Scheme : std::uint8_t { sip, sips, tel, im, pres, other };

/// A SIP, SIPS, TEL, IM or PRES URI, decoded once (RFC 3261 19.1, RFC 3966, RFC 3860, RFC 3859).
/// Of `other` only `scheme_text` and `opaque` are set, of all others neither.
struct Uri {
  Scheme scheme = Scheme::sip;
  std::string scheme_text;  ///< lower case
  std::string user;         ///< percent-decoded once; may hold NUL; without password
  std::string password;     ///< raw, with its colon; good for comparison alone
  std::string host;         ///< lower case; IPv6 without brackets; empty for tel
  std::optional<std::uint16_t> port;
  Parameters parameters;
  std::string headers;  ///< after '?', raw
  std::string opaque;   ///< everything after the colon, raw

  /// Errors: uri_malformed.  Unknown schemes parse to `other`.
  static Result<Uri> parse(std::string_view text);
  bool is_sip() const { return scheme == Scheme::sip || scheme == Scheme::sips; }
  /// `user@host` in lower case, the key of a person (RFC 3261 10.3 step 5: without parameters and port).  Empty without
  /// user.
  std::string address_of_record() const;
  /// Canonical text, escaped as the grammar asks.
  std::string to_string() const;
  /// RFC 3261 19.1.4 equality.
  bool equivalent(const Uri& other) const;
};

}  // namespace tertulia::wire::sip
