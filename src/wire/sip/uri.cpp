// SPDX-License-Identifier: Apache-2.0
#include "wire/sip/uri.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "wire/sip/chars.h"
#include "wire/sip/limits.h"
#include "wire/sip/scan.h"

namespace tertulia::wire::sip {

using base::Error;
using base::Reason;

const Parameter* Parameters::find(std::string_view name) const {
  for (const Parameter& parameter : list_)
    if (parameter.name == name) return &parameter;
  return nullptr;
}

std::string_view Parameters::value(std::string_view name) const {
  const Parameter* found = find(name);
  return found ? std::string_view(found->value) : std::string_view{};
}

void Parameters::set(std::string_view name, std::string_view value) {
  for (Parameter& parameter : list_) {
    if (parameter.name != name) continue;
    parameter.value = value;
    parameter.has_value = true;
    return;
  }
  list_.push_back({base::to_lower(name), std::string(value), true});
}

void Parameters::set_flag(std::string_view name) {
  remove(name);
  list_.push_back({base::to_lower(name), {}, false});
}

void Parameters::remove(std::string_view name) {
  std::erase_if(list_, [&](const Parameter& parameter) { return parameter.name == name; });
}

namespace {

/// Decodes %HH once; false on a bad escape.
bool unescape(std::string_view text, std::string& out) {
  out.clear();
  if (text.find('%') == std::string_view::npos) {
    out = text;
    return true;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    if (text.size() - i < 3) return false;
    const int high = base::hex_value(text[i + 1]);
    const int low = base::hex_value(text[i + 2]);
    if (high < 0 || low < 0) return false;
    out.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return true;
}

void append_escaped(std::string& out, char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto octet = static_cast<unsigned char>(c);
  out.push_back('%');
  out.push_back(digits[octet >> 4]);
  out.push_back(digits[octet & 15]);
}

void escape(std::string_view text, std::uint8_t allowed, std::string& out) {
  for (const char c : text) {
    if (is_of(c, allowed)) {
      out.push_back(c);
    } else {
      append_escaped(out, c);
    }
  }
}

Scheme scheme_from(std::string_view text) {
  if (base::equal_ignoring_case(text, "sip")) return Scheme::sip;
  if (base::equal_ignoring_case(text, "sips")) return Scheme::sips;
  if (base::equal_ignoring_case(text, "tel")) return Scheme::tel;
  if (base::equal_ignoring_case(text, "im")) return Scheme::im;
  if (base::equal_ignoring_case(text, "pres")) return Scheme::pres;
  return Scheme::other;
}

std::string_view scheme_name(const Uri& uri) {
  switch (uri.scheme) {
    case Scheme::sip:
      return "sip";
    case Scheme::sips:
      return "sips";
    case Scheme::tel:
      return "tel";
    case Scheme::im:
      return "im";
    case Scheme::pres:
      return "pres";
    case Scheme::other:
      break;
  }
  return uri.scheme_text;
}

bool is_scheme(std::string_view text) {
  if (text.empty() || base::to_lower(text.front()) < 'a' || base::to_lower(text.front()) > 'z') return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return base::is_digit(c) || (base::to_lower(c) >= 'a' && base::to_lower(c) <= 'z') || chars::among(c, "+-.");
  });
}

/// `;name=value;...` with escapes, up to the end of `text`.
bool read_uri_parameters(std::string_view text, Parameters& parameters) {
  while (!text.empty()) {
    if (parameters.list().size() == parameters_max) return false;
    text.remove_prefix(1);  // the semicolon
    const std::string_view pair = text.substr(0, text.find(';'));
    text.remove_prefix(pair.size());
    const std::size_t equal = pair.find('=');
    Parameter parameter;
    parameter.has_value = equal != std::string_view::npos;
    if (!unescape(pair.substr(0, equal), parameter.name) || parameter.name.empty()) return false;
    for (char& c : parameter.name) c = base::to_lower(c);
    if (parameter.has_value && !unescape(pair.substr(equal + 1), parameter.value)) return false;
    parameters.list().push_back(std::move(parameter));
  }
  return true;
}

/// `host [":" port]`, brackets respected.
bool read_host_port(std::string_view text, Uri& uri) {
  const std::size_t bracket = text.empty() || text.front() != '[' ? 0 : text.find(']');
  const std::size_t colon = bracket == std::string_view::npos ? bracket : text.find(':', bracket);
  if (!read_host(text.substr(0, colon), uri.host)) return false;
  if (colon == std::string_view::npos) return true;
  const std::string_view digits = text.substr(colon + 1);
  const std::optional<std::uint64_t> port = base::to_number(digits);
  if (!port || *port > 65535 || digits.size() > 5) return false;
  uri.port = static_cast<std::uint16_t>(*port);
  return true;
}

/// Everything behind `sip:`, `sips:`, `im:` or `pres:`.
bool read_address(std::string_view text, Uri& uri) {
  if (const std::size_t at = text.find('@'); at != std::string_view::npos) {
    // The user part may hold ; ? and / but not a second unescaped @, about whose meaning two readers would differ.
    if (text.find('@', at + 1) != std::string_view::npos) return false;
    const std::string_view user = text.substr(0, at);
    const std::size_t colon = std::min(user.find(':'), user.size());
    if (!unescape(user.substr(0, colon), uri.user) || uri.user.empty()) return false;
    if (colon < user.size()) uri.password = user.substr(colon);
    text.remove_prefix(at + 1);
  }
  if (const std::size_t question = text.find('?'); question != std::string_view::npos) {
    uri.headers = text.substr(question + 1);
    text = text.substr(0, question);
  }
  const std::size_t semicolon = std::min(text.find(';'), text.size());
  return read_host_port(text.substr(0, semicolon), uri) && read_uri_parameters(text.substr(semicolon), uri.parameters);
}

bool read_telephone(std::string_view text, Uri& uri) {
  const std::size_t semicolon = std::min(text.find(';'), text.size());
  const std::string_view number = text.substr(0, semicolon);
  const auto legal = [](char c) { return base::hex_value(c) >= 0 || chars::among(c, "+*#-.()"); };
  if (!std::all_of(number.begin(), number.end(), legal)) return false;
  if (std::none_of(number.begin(), number.end(),
                   [](char c) { return base::hex_value(c) >= 0 || chars::among(c, "*#"); }))
    return false;
  uri.user = number;
  return read_uri_parameters(text.substr(semicolon), uri.parameters);
}

std::vector<std::pair<std::string, std::string>> header_pairs(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const std::string_view piece : base::split(text, '&')) {
    const std::size_t equal = piece.find('=');
    std::string name;
    std::string value;
    if (!unescape(piece.substr(0, equal), name)) name = piece.substr(0, equal);
    if (equal != std::string_view::npos && !unescape(piece.substr(equal + 1), value)) value = piece.substr(equal + 1);
    pairs.emplace_back(base::to_lower(name), std::move(value));
  }
  std::sort(pairs.begin(), pairs.end());
  return pairs;
}

/// RFC 3261 19.1.4: these count even when only one side has them; others only when both do.
bool same_parameters(const Parameters& a, const Parameters& b) {
  for (const std::string_view name : {"user", "ttl", "method", "maddr", "transport"})
    if (a.has(name) != b.has(name)) return false;
  for (const Parameter& parameter : a.list()) {
    if (&parameter != a.find(parameter.name)) continue;  // of a repeated name the first one counts
    const Parameter* other = b.find(parameter.name);
    if (other && !base::equal_ignoring_case(parameter.value, other->value)) return false;
  }
  return true;
}

}  // namespace

bool read_value(std::string_view text, Uri& uri) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || !is_scheme(text.substr(0, colon))) return false;
  if (!all_of(text, chars::uri)) return false;
  const std::string_view rest = text.substr(colon + 1);
  if (rest.empty()) return false;
  uri.scheme = scheme_from(text.substr(0, colon));
  if (uri.scheme == Scheme::other) {
    base::assign_lower(uri.scheme_text, text.substr(0, colon));
    uri.opaque = rest;
    return true;
  }
  return uri.scheme == Scheme::tel ? read_telephone(rest, uri) : read_address(rest, uri);
}

Result<Uri> Uri::parse(std::string_view text) {
  Result<Uri> result = Uri{};
  if (!read_value(text, *result)) result = Error{Reason::uri_malformed, {}};
  return result;
}

std::string Uri::address_of_record() const {
  if (user.empty()) return {};
  std::string key;
  key.reserve(user.size() + 1 + host.size());
  if (scheme == Scheme::tel) {
    for (const char c : user)
      if (!chars::among(c, "-.()")) key.push_back(base::to_lower(c));
    return key;
  }
  // Escapes keep "@", "%", NUL and the like apart from the real separators, so that two users never share a key.
  if (all_of(user, chars::user)) {  // nearly always
    base::append_lower(key, user);
  } else {
    const bool readable = base::is_utf8(user);
    for (const char c : user) {
      const bool plain = is_of(c, chars::user) || (readable && static_cast<unsigned char>(c) >= 0x80);
      if (plain) {
        key.push_back(base::to_lower(c));
      } else {
        append_escaped(key, c);
      }
    }
  }
  key.push_back('@');
  base::append_lower(key, host);
  return key;
}

std::string Uri::to_string() const {
  std::string out(scheme_name(*this));
  out.push_back(':');
  if (scheme == Scheme::other) return out.append(opaque);
  if (scheme == Scheme::tel) {
    out.append(user);
  } else {
    if (!user.empty()) {
      escape(user, chars::user, out);
      out.push_back('@');
    }
    const bool brackets = host.find(':') != std::string::npos;
    if (brackets) out.push_back('[');
    out.append(host);
    if (brackets) out.push_back(']');
    if (port) out.append(":").append(std::to_string(*port));
  }
  for (const Parameter& parameter : parameters.list()) {
    out.push_back(';');
    escape(parameter.name, chars::parameter, out);
    if (!parameter.has_value) continue;
    out.push_back('=');
    escape(parameter.value, chars::parameter, out);
  }
  if (!headers.empty()) out.append("?").append(headers);
  return out;
}

bool Uri::equivalent(const Uri& other) const {
  if (scheme != other.scheme) return false;
  if (scheme == Scheme::other) return scheme_text == other.scheme_text && opaque == other.opaque;
  if (scheme == Scheme::tel)
    return address_of_record() == other.address_of_record() && same_parameters(parameters, other.parameters);
  return user == other.user && base::equal_ignoring_case(host, other.host) && port == other.port &&
         password == other.password && same_parameters(parameters, other.parameters) &&
         header_pairs(headers) == header_pairs(other.headers);
}

}  // namespace tertulia::wire::sip
