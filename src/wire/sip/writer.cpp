// SPDX-License-Identifier: Apache-2.0
#include "wire/sip/writer.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

#include "wire/sip/chars.h"

namespace tertulia::wire::sip {
namespace {

/// Holds most heads; with its own overhead it still is a small block for the allocator (glibc caches up to 1032 bytes).
constexpr std::size_t head_octets_expected = 1000;

constexpr bool ends_lines(char c) { return c == '\r' || c == '\n' || c == '\0'; }

/// Three quick searches cost less than one look at each character.
bool holds_line_ends(std::string_view text) {
  return !text.empty() && (std::memchr(text.data(), '\n', text.size()) != nullptr ||
                           std::memchr(text.data(), '\r', text.size()) != nullptr ||
                           std::memchr(text.data(), '\0', text.size()) != nullptr);
}

/// Appends without the characters that could begin a header line of their own.
void append_clean(std::string& out, std::string_view text) {
  if (!holds_line_ends(text)) {
    out.append(text);
    return;
  }
  std::copy_if(text.begin(), text.end(), std::back_inserter(out), [](char c) { return !ends_lines(c); });
}

/// Every CR stands before LF and every LF before white space: the value can be repeated as it came.
bool only_folds(std::string_view value) {
  if (!holds_line_ends(value)) return true;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '\n' && (i == 0 || value[i - 1] != '\r')) return false;
    if (value[i] != '\r') continue;
    if (value.size() - i < 3 || value[i + 1] != '\n' || (value[i + 2] != ' ' && value[i + 2] != '\t')) return false;
  }
  return true;
}

}  // namespace

Writer Writer::request(std::string_view method, std::string_view request_uri) {
  std::string start;
  start.reserve(head_octets_expected);
  append_clean(start, method);
  start.push_back(' ');
  append_clean(start, request_uri);
  start.append(" SIP/2.0\r\n");
  return Writer(std::move(start));
}

Writer Writer::response(int status, std::string_view reason_phrase) {
  std::string start;
  start.reserve(head_octets_expected);
  start.append("SIP/2.0 ").append(std::to_string(status)).push_back(' ');
  append_clean(start, reason_phrase);
  start.append("\r\n");
  return Writer(std::move(start));
}

Writer& Writer::header(HeaderName name, std::string_view value) {
  text_.append(name_of(name)).append(": ");
  append_clean(text_, value);
  text_.append("\r\n");
  return *this;
}

Writer& Writer::header(std::string_view name, std::string_view value) {
  append_clean(text_, name);
  text_.append(": ");
  append_clean(text_, value);
  text_.append("\r\n");
  return *this;
}

Writer& Writer::header(HeaderName name, std::uint64_t value) { return header(name_of(name), std::to_string(value)); }

Writer& Writer::copy(const Message& from, HeaderName name) {
  from.for_each(name, [&](std::string_view value) {
    if (!only_folds(value)) {
      header(name, value);
      return;
    }
    text_.append(name_of(name)).append(": ").append(value).append("\r\n");
  });
  return *this;
}

std::string Writer::finish(std::string_view content_type, std::string_view body) {
  if (!content_type.empty()) header(HeaderName::content_type, content_type);
  header(HeaderName::content_length, static_cast<std::uint64_t>(body.size()));
  text_.append("\r\n").append(body);
  return std::move(text_);
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (ends_lines(c)) continue;
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back('"');
  return out;
}

}  // namespace tertulia::wire::sip
