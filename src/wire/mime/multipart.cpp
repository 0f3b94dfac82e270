// SPDX-License-Identifier: Apache-2.0
#include "wire/mime/multipart.h"

#include <algorithm>

#include "base/digest.h"
#include "base/text.h"
#include "wire/mime/limits.h"

namespace tertulia::wire::mime {

using base::Error;
using base::Reason;

namespace {

constexpr std::string_view blanks = " \t\r\n";

std::string_view without_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

Error malformed(std::string_view what, std::size_t offset) {
  return {Reason::malformed_message,
          std::string("multipart: ").append(what).append(" at offset ").append(std::to_string(offset))};
}

/// At a quote: the unescaped text, and `at` behind the closing quote; nothing when it does not close.
std::optional<std::string> read_quoted(std::string_view text, std::size_t& at) {
  std::string out;
  for (++at; at < text.size(); ++at) {
    if (text[at] == '"') {
      ++at;
      return out;
    }
    if (text[at] == '\\' && ++at == text.size()) return std::nullopt;
    out.push_back(text[at]);
  }
  return std::nullopt;
}

/// Where a delimiter line begins (at its dashes) and ends (behind its line end); `last` when it closes the body.
struct Delimiter {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool last = false;
};

std::optional<Delimiter> find_delimiter(std::string_view body, std::string_view dashed, std::size_t from) {
  for (std::size_t at = body.find(dashed, from); at != std::string_view::npos; at = body.find(dashed, at + 1)) {
    if (at != 0 && (at < 2 || body.substr(at - 2, 2) != "\r\n")) continue;
    std::size_t end = at + dashed.size();
    Delimiter found{at, body.size(), body.substr(end, 2) == "--"};
    if (found.last) end += 2;
    while (end < body.size() && (body[end] == ' ' || body[end] == '\t')) ++end;
    if (body.substr(end, 2) == "\r\n") {
      found.end = end + 2;
      return found;
    }
    if (found.last && end == body.size()) return found;
  }
  return std::nullopt;
}

/// `text`: between two delimiter lines, without the line end that belongs to the second.
std::optional<PartView> read_part(std::string_view text) {
  if (text.empty()) return PartView{text, text};
  if (text.substr(0, 2) == "\r\n") return PartView{text.substr(0, 0), text.substr(2)};
  const std::size_t blank = text.substr(0, part_head_bytes_max + 4).find("\r\n\r\n");
  if (blank != std::string_view::npos) return PartView{text.substr(0, blank + 2), text.substr(blank + 4)};
  // Headers and nothing behind them, where the blank line is the delimiter's own line end.
  if (text.size() >= 2 && text.size() <= part_head_bytes_max && text.substr(text.size() - 2) == "\r\n")
    return PartView{text, text.substr(text.size())};
  return std::nullopt;
}

Result<std::string> from_quoted_printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      out.push_back(text[i]);
      continue;
    }
    if (text.substr(i + 1, 2) == "\r\n") {  // soft line break
      i += 2;
      continue;
    }
    const int high = i + 2 < text.size() ? base::hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? base::hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0) return malformed("quoted-printable", i);
    out.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return out;
}

}  // namespace

std::string media_type_of(std::string_view content_type) {
  const std::string_view type = without_blanks(content_type.substr(0, content_type.find(';')));
  const std::size_t slash = type.find('/');
  if (slash == std::string_view::npos) return {};
  const std::string_view main = without_blanks(type.substr(0, slash));
  const std::string_view sub = without_blanks(type.substr(slash + 1));
  if (main.empty() || sub.empty()) return {};
  return base::to_lower(main) + "/" + base::to_lower(sub);
}

bool is_multipart(std::string_view content_type) { return media_type_of(content_type).rfind("multipart/", 0) == 0; }

std::optional<std::string> parameter_of(std::string_view content_type, std::string_view name) {
  std::size_t at = content_type.find(';');
  while (at < content_type.size()) {
    const std::size_t begin = at + 1;
    const std::size_t equal = content_type.find('=', begin);
    const std::size_t next = content_type.find(';', begin);
    if (equal > next || equal == std::string_view::npos) {  // a name without value
      at = next;
      continue;
    }
    const std::string_view found = without_blanks(content_type.substr(begin, equal - begin));
    std::string value;
    at = content_type.find_first_not_of(blanks, equal + 1);
    if (at != std::string_view::npos && content_type[at] == '"') {
      std::optional<std::string> text = read_quoted(content_type, at);
      if (!text) return std::nullopt;
      value = std::move(*text);
      at = content_type.find(';', at);
    } else {
      at = content_type.find(';', equal + 1);
      value = without_blanks(content_type.substr(equal + 1, at == std::string_view::npos ? at : at - equal - 1));
    }
    if (base::equal_ignoring_case(found, name)) return value;
  }
  return std::nullopt;
}

std::optional<std::string_view> PartView::header(std::string_view name) const {
  std::size_t at = 0;
  while (at < head.size()) {
    std::size_t end = std::min(head.find("\r\n", at), head.size());
    while (end + 2 < head.size() && (head[end + 2] == ' ' || head[end + 2] == '\t'))
      end = std::min(head.find("\r\n", end + 2), head.size());
    const std::string_view line = head.substr(at, end - at);
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && base::equal_ignoring_case(without_blanks(line.substr(0, colon)), name))
      return without_blanks(line.substr(colon + 1));
    at = end + 2;
  }
  return std::nullopt;
}

Result<std::vector<PartView>> read_multipart(std::string_view content_type, std::string_view body) {
  const std::optional<std::string> boundary = parameter_of(content_type, "boundary");
  if (!is_multipart(content_type) || !boundary || boundary->empty() || boundary->size() > boundary_bytes_max)
    return malformed("boundary", 0);
  const std::string dashed = "--" + *boundary;
  std::optional<Delimiter> delimiter = find_delimiter(body, dashed, 0);
  if (!delimiter) return malformed("no first boundary line", 0);
  std::vector<PartView> parts;
  while (!delimiter->last) {
    const std::size_t begin = delimiter->end;
    // The line end in front of the next delimiter belongs to it, and may be this delimiter's own.
    delimiter = find_delimiter(body, dashed, begin - 2);
    if (!delimiter) return malformed("part without end", begin);
    if (parts.size() == parts_max) return Error{Reason::message_too_large, "multipart: too many parts"};
    const std::size_t end = std::max(delimiter->begin - 2, begin);
    const std::optional<PartView> part = read_part(body.substr(begin, end - begin));
    if (!part) return malformed("part headers", begin);
    parts.push_back(*part);
  }
  if (parts.empty()) return malformed("no part", 0);
  return parts;
}

const PartView* choose(std::string_view content_type, std::span<const PartView> parts,
                       std::span<const std::string_view> wanted_types) {
  const bool alternative = media_type_of(content_type) == "multipart/alternative";
  const PartView* chosen = nullptr;
  for (const PartView& part : parts) {
    const std::string type = media_type_of(part.content_type());
    if (std::find(wanted_types.begin(), wanted_types.end(), type) == wanted_types.end()) continue;
    chosen = &part;
    if (!alternative) break;
  }
  return chosen;
}

Result<std::string> decoded(const PartView& part) {
  const std::string_view encoding = part.header("Content-Transfer-Encoding").value_or("binary");
  if (base::equal_ignoring_case(encoding, "quoted-printable")) return from_quoted_printable(part.body);
  if (base::equal_ignoring_case(encoding, "base64")) {
    std::string text(part.body);
    std::erase_if(text, [](char c) { return blanks.find(c) != std::string_view::npos; });
    std::string bytes;
    if (!base::from_base64(text, bytes)) return malformed("base64", 0);
    return bytes;
  }
  for (const std::string_view plain : {"7bit", "8bit", "binary"})
    if (base::equal_ignoring_case(encoding, plain)) return std::string(part.body);
  return Error{Reason::media_type_unsupported, "Content-Transfer-Encoding"};
}

}  // namespace tertulia::wire::mime
