// SPDX-License-Identifier: Apache-2.0
#include "wire/lync/text_format.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/digest.h"
#include "base/text.h"
#include "wire/lync/limits.h"
#include "wire/lync/reading.h"

namespace tertulia::wire::lync {

using base::Error;
using base::Reason;
using base::Result;

namespace {

Error wrong(std::string_view what) {
  return malformed(Reason::header_malformed, std::string("ms-text-format: ").append(what));
}

bool is_letter_or_digit(char c) {
  const char lower = base::to_lower(c);
  return (lower >= 'a' && lower <= 'z') || base::is_digit(c);
}

/// Letters, digits and what MIME types and charsets have besides; so nothing can end the header.
bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter_or_digit(c) || std::string_view("/+-._").find(c) != std::string_view::npos;
  });
}

bool is_base64(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_letter_or_digit(c) || c == '+' || c == '/' || c == '='; });
}

/// Base64 with or without the padding at its end.
std::optional<std::string> decoded(std::string_view text) {
  std::string padded(text.substr(0, text.find('=')));
  padded.append((4 - padded.size() % 4) % 4, '=');
  std::string bytes;
  if (!base::from_base64(padded, bytes)) return std::nullopt;
  return bytes;
}

std::string_view unquoted(std::string_view text) {
  text = without_blanks(text);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') return text.substr(1, text.size() - 2);
  return text;
}

void append_utf8(std::string& out, std::uint32_t point) {
  const auto tail = [&](int shift) { out.push_back(static_cast<char>(0x80 | ((point >> shift) & 0x3f))); };
  if (point < 0x80) {
    out.push_back(static_cast<char>(point));
  } else if (point < 0x800) {
    out.push_back(static_cast<char>(0xc0 | (point >> 6)));
    tail(0);
  } else if (point < 0x10000) {
    out.push_back(static_cast<char>(0xe0 | (point >> 12)));
    tail(6);
    tail(0);
  } else {
    out.push_back(static_cast<char>(0xf0 | (point >> 18)));
    tail(12);
    tail(6);
    tail(0);
  }
}

std::optional<std::string> from_utf16le(std::string_view bytes) {
  if (bytes.size() % 2 != 0) return std::nullopt;
  const auto unit = [&](std::size_t at) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at])) |
           (static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + 1])) << 8);
  };
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 2) {
    std::uint32_t point = unit(at);
    if (point >= 0xd800 && point < 0xe000) {
      const bool pair = point < 0xdc00 && at + 2 < bytes.size() && unit(at + 2) >= 0xdc00 && unit(at + 2) < 0xe000;
      if (!pair) return std::nullopt;
      point = 0x10000 + ((point - 0xd800) << 10) + (unit(at + 2) - 0xdc00);
      at += 2;
    }
    append_utf8(out, point);
  }
  return out;
}

Result<void> take_parameter(std::string_view name, std::string_view value, TextFormat& format) {
  if (base::equal_ignoring_case(name, "charset")) {
    if (!value.empty() && !is_word(value)) return wrong("charset");
    format.charset = value;
  } else if (base::equal_ignoring_case(name, "msgr")) {
    if (value.size() > 2 * format_line_bytes_max) return Error{Reason::message_too_large, "ms-text-format: msgr"};
    if (!is_base64(value)) return wrong("msgr");
    format.msgr = value.substr(0, value.find('='));
  } else if (base::equal_ignoring_case(name, "ms-body")) {
    if (value.size() > first_text_bytes_max / 3 * 4 + 4)
      return Error{Reason::message_too_large, "ms-text-format: ms-body"};
    std::optional<std::string> body = decoded(value);
    if (!body) return wrong("ms-body is no base64");
    if (body->size() > first_text_bytes_max) return Error{Reason::message_too_large, "ms-text-format: ms-body"};
    if (!base::is_utf8(*body)) return wrong("ms-body is no UTF-8");
    format.body = *std::move(body);
  }
  return {};
}

}  // namespace

Result<TextFormat> read_text_format(std::string_view value) {
  TextFormat format;
  std::size_t end = std::min(value.find(';'), value.size());
  format.type = base::to_lower(without_blanks(value.substr(0, end)));
  if (!is_word(format.type) || format.type.find('/') == std::string::npos) return wrong("type");
  format.charset.clear();
  while (end < value.size()) {
    value.remove_prefix(end + 1);
    end = std::min(value.find(';'), value.size());
    const std::string_view parameter = value.substr(0, end);
    const std::size_t equals = parameter.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = without_blanks(parameter.substr(0, equals));
    if (Result<void> taken = take_parameter(name, unquoted(parameter.substr(equals + 1)), format); !taken)
      return taken.error();
  }
  return format;
}

std::string write_text_format(const TextFormat& format) {
  std::string out = is_word(format.type) ? format.type : "text/plain";
  if (is_word(format.charset)) out.append("; charset=").append(format.charset);
  if (!format.msgr.empty() && is_base64(format.msgr)) out.append(";msgr=").append(format.msgr);
  if (!format.body.empty()) out.append(";ms-body=").append(base::to_base64(format.body));
  return out;
}

Result<std::string> read_format_line(std::string_view msgr) {
  if (msgr.size() > 2 * format_line_bytes_max) return Error{Reason::message_too_large, "ms-text-format: msgr"};
  const std::optional<std::string> bytes = decoded(msgr);
  const std::optional<std::string> line = bytes ? from_utf16le(*bytes) : std::nullopt;
  if (!line) return wrong("msgr is no base64 of UTF-16");
  if (line->size() > format_line_bytes_max) return Error{Reason::message_too_large, "ms-text-format: msgr"};
  return *line;
}

}  // namespace tertulia::wire::lync
