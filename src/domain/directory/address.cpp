// SPDX-License-Identifier: Apache-2.0
#include "domain/directory/address.h"

#include "base/text.h"
#include "domain/directory/limits.h"

namespace tertulia::domain {
namespace {

/// RFC 3261 25.1: unreserved and user-unreserved; an escaped character would give one user several spellings.
bool is_user_character(char c) {
  constexpr std::string_view marks = "-_.!~*'()&=+$,;?/";
  return base::is_alphanumeric(c) || marks.find(c) != std::string_view::npos;
}

base::Error bad_domain(const char* why) { return {base::Reason::domain_malformed, why}; }

base::Error malformed(const char* why) { return {base::Reason::address_malformed, why}; }

}  // namespace

base::Result<Address> Address::parse(std::string_view text) {
  constexpr std::string_view scheme = "sip:";
  if (base::equal_ignoring_case(text.substr(0, scheme.size()), scheme)) text.remove_prefix(scheme.size());
  if (text.size() > address_octets_max) return malformed("longer than 255 octets");
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos) return malformed("there is no @");
  if (at == 0) return malformed("nothing before the @");
  for (const char c : text.substr(0, at))
    if (!is_user_character(c)) return malformed("a character that the part before the @ cannot carry");
  if (!check_domain(text.substr(at + 1))) return malformed("the part after the @ is not a domain name");
  Address address;
  address.text_ = base::to_lower(text);
  return address;
}

std::string_view Address::user() const { return std::string_view(text_).substr(0, text_.find('@')); }

std::string_view Address::domain() const {
  const std::size_t at = text_.find('@');
  return at == std::string::npos ? std::string_view() : std::string_view(text_).substr(at + 1);
}

base::Result<void> check_domain(std::string_view text) {
  if (text.size() > host_name_octets_max) return bad_domain("longer than 253 octets");
  while (true) {
    const std::size_t dot = text.find('.');
    const std::string_view label = text.substr(0, dot);
    for (const char c : label)
      if (!base::is_alphanumeric(c) && c != '-') return bad_domain("a character other than letters, digits, - and .");
    if (label.empty()) return bad_domain("nothing before or behind a dot, or nothing at all");
    if (label.size() > domain_label_octets_max) return bad_domain("a part between the dots is longer than 63 octets");
    if (label.front() == '-' || label.back() == '-') return bad_domain("a part begins or ends with a hyphen");
    if (dot == std::string_view::npos) return {};
    text.remove_prefix(dot + 1);
  }
}

bool is_conference_name(std::string_view user) {
  if (!user.starts_with(conference_user)) return false;
  const std::string_view rest = user.substr(conference_user.size());
  return rest.empty() || rest.front() == '.';
}

base::Result<void> may_be_given(const Address& address) {
  if (is_conference_name(address.user())) return base::Error{base::Reason::address_reserved, address.text()};
  return {};
}

}  // namespace tertulia::domain
