// SPDX-License-Identifier: Apache-2.0
#include "wire/sip/headers.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/text.h"
#include "wire/sip/chars.h"
#include "wire/sip/limits.h"
#include "wire/sip/scan.h"
#include "wire/sip/writer.h"

namespace tertulia::wire::sip {

using base::Error;
using base::Reason;

namespace {

Error malformed(std::string_view what, std::size_t offset) {
  return {Reason::header_malformed, std::string(what).append(" at offset ").append(std::to_string(offset))};
}

/// Words before the `<`.  RFC 3261 asks for tokens; what cannot be confused with anything else is let through, a comma
/// is not: it may as well be the end of a list entry (RFC 4475 3.1.2.15).
bool is_display_name(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return is_of(c, chars::lws) || (octet > 0x20 && octet != 0x7f && !chars::among(c, "\",;<>\\"));
  });
}

/// The display name and the text of the URI; leaves the scan in front of the parameters.
Result<void> read_name_addr(ScanView& scan, NameAddr& address) {
  scan.skip_lws();
  if (scan.peek() == '"') {
    if (!scan.take_quoted(address.display_name)) return malformed("unterminated quote", scan.offset());
    scan.skip_lws();
    if (scan.peek() != '<') return malformed("no < behind the display name", scan.offset());
  }
  const std::string_view rest = scan.rest();
  const std::size_t mark = std::min(rest.find_first_of("<;\""), rest.size());
  if (mark < rest.size() && rest[mark] == '<') {
    const std::string_view words = without_lws(rest.substr(0, mark));
    if (!is_display_name(words)) return malformed("display name", scan.offset());
    if (!words.empty()) address.display_name = unfolded(words);
    const std::size_t close = rest.find('>', mark);
    if (close == std::string_view::npos) return malformed("no > behind the address", scan.offset());
    address.uri_text = rest.substr(mark + 1, close - mark - 1);
    scan.advance(close + 1);
    return {};
  }
  // addr-spec: the parameters are those of the header, and ? or , need <> (RFC 3261 20).
  std::size_t end = 0;
  while (end < rest.size() && is_of(rest[end], chars::uri) && rest[end] != ';') ++end;
  address.uri_text = rest.substr(0, end);
  if (address.uri_text.find_first_of("?,") != std::string::npos)
    return malformed("address that needs <>", scan.offset());
  scan.advance(end);
  return {};
}

}  // namespace

Result<void> read_value(std::string_view text, NameAddr& address) {
  ScanView scan(text);
  if (Result<void> read = read_name_addr(scan, address); !read) return read;
  if (!read_value(address.uri_text, address.uri)) return Error{Reason::uri_malformed, "address in a header"};
  if (!read_parameters(scan, address.parameters)) return malformed("parameters", scan.offset());
  return {};
}

Result<NameAddr> NameAddr::parse(std::string_view value) {
  Result<NameAddr> result(std::in_place);
  if (Result<void> read = read_value(value, *result); !read) result = read.error();
  return result;
}

std::string NameAddr::to_string() const {
  std::string out;
  if (!display_name.empty()) out.append(quoted(display_name)).append(" ");
  out.append("<").append(uri_text.empty() ? uri.to_string() : uri_text).append(">");
  append_parameters(out, parameters);
  return out;
}

Result<void> read_value(std::string_view text, Via& via) {
  ScanView scan(text);
  scan.skip_lws();
  const std::string_view name = scan.take_run(chars::token);
  if (!base::equal_ignoring_case(name, "SIP") || !scan.take_separator('/'))
    return malformed("Via protocol", scan.offset());
  if (scan.take_run(chars::token) != "2.0" || !scan.take_separator('/')) return malformed("Via version", scan.offset());
  via.transport = scan.take_run(chars::token);
  if (via.transport.empty() || !scan.skip_lws()) return malformed("Via transport", scan.offset());
  const std::string_view rest = scan.rest();
  std::string_view host = scan.take_run(chars::host);
  if (host.empty() && scan.peek() == '[') {
    host = rest.substr(0, std::min(rest.find(']'), rest.size() - 1) + 1);
    scan.advance(host.size());
  }
  if (!read_host(host, via.host)) return malformed("Via host", scan.offset());
  if (scan.take_separator(':')) {
    const std::optional<std::uint64_t> port = base::to_number(scan.take_run(chars::token));
    if (!port || *port > 65535) return malformed("Via port", scan.offset());
    via.port = static_cast<std::uint16_t>(*port);
  }
  if (!read_parameters(scan, via.parameters)) return malformed("Via parameters", scan.offset());
  return {};
}

Result<Via> Via::parse(std::string_view entry) {
  Result<Via> result(std::in_place);
  if (Result<void> read = read_value(entry, *result); !read) result = read.error();
  return result;
}

std::string Via::to_string() const {
  std::string out = "SIP/2.0/" + transport + " ";
  const bool brackets = host.find(':') != std::string::npos;
  out.append(brackets ? "[" + host + "]" : host);
  if (port) out.append(":").append(std::to_string(*port));
  append_parameters(out, parameters);
  return out;
}

Result<CSeq> CSeq::parse(std::string_view value) {
  ScanView scan(without_lws(value));
  const std::optional<std::uint64_t> number = base::to_number(scan.take_run(chars::token));
  if (!number || *number > std::numeric_limits<std::uint32_t>::max()) return malformed("CSeq number", scan.offset());
  const bool apart = scan.skip_lws();
  CSeq cseq{static_cast<std::uint32_t>(*number), std::string(scan.take_run(chars::token))};
  if (!apart || cseq.method.empty() || !scan.at_end()) return malformed("CSeq method", scan.offset());
  return cseq;
}

Result<MediaType> MediaType::parse(std::string_view value) {
  ScanView scan(value);
  MediaType media;
  scan.skip_lws();
  const std::string_view type = scan.take_run(chars::token);
  if (type.empty() || !scan.take_separator('/')) return malformed("media type", scan.offset());
  const std::string_view subtype = scan.take_run(chars::token);
  if (subtype.empty()) return malformed("media subtype", scan.offset());
  media.type.append(type).append("/").append(subtype);
  media.type = base::to_lower(media.type);
  if (!read_parameters(scan, media.parameters)) return malformed("media type parameters", scan.offset());
  return media;
}

namespace {

/// Of Digest credentials: username, realm, nonce, uri, response, algorithm, cnonce, qop, nc, opaque.
constexpr std::size_t credentials_expected = 10;

constexpr bool is_token68(char c) { return is_of(c, chars::unreserved) || chars::among(c, "+/"); }

/// `1*token68 *"="` as the whole rest (RFC 7235 2.1): what Basic, Negotiate and NTLM send.
bool is_token68(std::string_view text) {
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return is_token68(c); });
}

/// `name = value` in front of a comma or the end.
bool read_auth_parameter(ScanView& scan, Parameter& parameter) {
  const std::string_view name = scan.take_run(chars::token);
  if (name.empty() || !scan.take_separator('=')) return false;
  base::assign_lower(parameter.name, name);
  parameter.has_value = true;
  if (scan.peek() == '"') {
    if (!scan.take_quoted(parameter.value)) return false;
  } else {
    parameter.value = scan.take_run(chars::value);
    if (parameter.value.empty()) return false;
  }
  scan.skip_lws();
  return scan.at_end() || scan.peek() == ',';
}

}  // namespace

Result<AuthValue> AuthValue::parse(std::string_view value) {
  ScanView scan(without_lws(value));
  AuthValue auth;
  auth.scheme = scan.take_run(chars::token);
  if (auth.scheme.empty()) return malformed("authentication scheme", scan.offset());
  if (scan.at_end()) return auth;
  if (!scan.skip_lws()) return malformed("authentication scheme", scan.offset());
  if (is_token68(scan.rest())) {
    auth.parameters.list().push_back({{}, std::string(scan.rest()), true});
    return auth;
  }
  std::vector<Parameter>& list = auth.parameters.list();
  list.reserve(credentials_expected);
  while (!scan.at_end()) {
    if (scan.take_separator(',') || scan.at_end()) continue;  // empty entries are let through
    if (list.size() == parameters_max || !read_auth_parameter(scan, list.emplace_back()))
      return malformed("authentication parameter", scan.offset());
  }
  return auth;
}

namespace {

/// Every entry of every line of `name` through `parse`; stops at the first error.
template <typename Value>
Result<std::vector<Value>> all_of_header(const Message& message, HeaderName name) {
  std::vector<Value> values;
  Error error{Reason::none, {}};
  message.for_each(name, [&](std::string_view line) {
    ListView entries(line);
    while (error.reason == Reason::none) {
      const std::optional<std::string_view> entry = entries.next();
      if (!entry) return;
      if (values.size() == list_entries_max) {
        error = {Reason::header_malformed, std::string("too many entries of ").append(name_of(name))};
        return;
      }
      Result<Value> value = Value::parse(*entry);
      if (value) {
        values.push_back(*std::move(value));
      } else {
        error = {value.reason(), std::string(name_of(name)).append(": ").append(value.error().detail)};
      }
    }
  });
  if (error.reason != Reason::none) return error;
  return values;
}

}  // namespace

Result<std::vector<Via>> all_vias(const Message& message) { return all_of_header<Via>(message, HeaderName::via); }

Result<std::vector<NameAddr>> all_addresses(const Message& message, HeaderName name) {
  return all_of_header<NameAddr>(message, name);
}

std::vector<std::string> all_tokens(const Message& message, HeaderName name) {
  std::vector<std::string> tokens;
  message.for_each(name, [&](std::string_view line) {
    ListView entries(line);
    while (const std::optional<std::string_view> entry = entries.next())
      if (!entry->empty() && tokens.size() < list_entries_max) tokens.emplace_back(*entry);
  });
  return tokens;
}

Result<Via> top_via(const Message& message) {
  const std::optional<std::string_view> line = message.header(HeaderName::via);
  if (!line) return Error{Reason::header_missing, "Via"};
  return Via::parse(ListView(*line).next().value_or(std::string_view{}));
}

Result<std::optional<std::uint32_t>> number_header(const Message& message, HeaderName name) {
  const std::optional<std::string_view> value = message.header(name);
  if (!value) return std::optional<std::uint32_t>{};
  constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
  const bool digits =
      !value->empty() && std::all_of(value->begin(), value->end(), [](char c) { return base::is_digit(c); });
  const std::optional<std::uint64_t> number = base::to_number(*value);
  const bool clamped = name == HeaderName::expires || name == HeaderName::max_forwards;
  if (!digits || ((!number || *number > most) && !clamped)) return malformed(name_of(name), 0);
  return std::optional<std::uint32_t>{static_cast<std::uint32_t>(std::min(number.value_or(most), most))};
}

}  // namespace tertulia::wire::sip
