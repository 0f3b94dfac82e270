// SPDX-License-Identifier: Apache-2.0
#include "wire/im/html_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/text.h"

namespace tertulia::wire::im {
namespace {

constexpr std::array<std::string_view, 14> line_makers{"br", "p",  "div", "li", "tr", "ul",         "ol",
                                                       "h1", "h2", "h3",  "h4", "h5", "blockquote", "pre"};
/// What stands inside of these is not for people.
constexpr std::array<std::string_view, 4> unseen{"script", "style", "head", "title"};
constexpr std::array<std::pair<std::string_view, std::uint32_t>, 6> named_references{
    std::pair{std::string_view("amp"), std::uint32_t{'&'}},   std::pair{std::string_view("lt"), std::uint32_t{'<'}},
    std::pair{std::string_view("gt"), std::uint32_t{'>'}},    std::pair{std::string_view("quot"), std::uint32_t{'"'}},
    std::pair{std::string_view("apos"), std::uint32_t{'\''}}, std::pair{std::string_view("nbsp"), std::uint32_t{' '}}};
constexpr std::size_t reference_max = 10;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f'; }

template <typename List>
bool is_one_of(const List& list, std::string_view name) {
  return std::any_of(list.begin(), list.end(),
                     [&](std::string_view one) { return base::equal_ignoring_case(one, name); });
}

std::optional<std::uint32_t> code_of(std::string_view reference) {
  if (!reference.starts_with('#')) {
    const auto found = std::find_if(named_references.begin(), named_references.end(),
                                    [&](const auto& one) { return one.first == reference; });
    if (found == named_references.end()) return std::nullopt;
    return found->second;
  }
  reference.remove_prefix(1);
  const bool hexadecimal = reference.starts_with('x') || reference.starts_with('X');
  if (hexadecimal) reference.remove_prefix(1);
  std::uint32_t code = 0;
  const char* end = reference.data() + reference.size();
  const auto read = std::from_chars(reference.data(), end, code, hexadecimal ? 16 : 10);
  const bool character = code >= 0x20 && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF) && code != 0x7F;
  if (read.ec != std::errc() || read.ptr != end || !(character || code == '\n' || code == '\t')) return std::nullopt;
  return code == 0xA0 ? ' ' : code;
}

/// Reads HTML once, from its beginning to its end.
class Reader {
 public:
  Reader(std::string_view html, bool unicode) : html_(html), unicode_(unicode) { out_.reserve(html.size()); }

  std::string read() {
    while (at_ < html_.size()) {
      const char c = html_[at_];
      if (c == '<' && element()) continue;
      if (c == '&' && reference()) continue;
      ++at_;
      if (is_blank(c)) {
        blank_ = true;
      } else {
        text(c);
      }
    }
    while (!out_.empty() && out_.back() == '\n') out_.pop_back();
    return std::move(out_);
  }

 private:
  void text(char c) {
    if (std::exchange(blank_, false) && !out_.empty() && out_.back() != '\n') out_.push_back(' ');
    out_.push_back(c);
  }
  void line(bool always) {
    blank_ = false;
    if (!out_.empty() && (always || out_.back() != '\n')) out_.push_back('\n');
  }

  std::string_view name_at(std::size_t at) const {
    std::size_t end = at;
    while (end < html_.size() && (is_letter(html_[end]) || is_digit(html_[end]))) ++end;
    return html_.substr(at, end - at);
  }

  /// Behind the end of a tag; a '>' in quotes is not the end.
  std::size_t behind_tag(std::size_t at) const {
    char quote = 0;
    for (; at < html_.size(); ++at) {
      const char c = html_[at];
      if (quote != 0) {
        if (c == quote) quote = 0;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '>') {
        return at + 1;
      }
    }
    return html_.size();
  }

  /// False: it is a '<' of the text.
  bool element() {
    const std::string_view rest = html_.substr(at_ + 1);
    if (rest.starts_with("!--")) {
      const std::size_t end = html_.find("-->", at_ + 4);
      at_ = end == std::string_view::npos ? html_.size() : end + 3;
      return true;
    }
    const bool closing = rest.starts_with('/');
    const std::string_view name = name_at(at_ + (closing ? 2 : 1));
    const bool declaration = rest.starts_with('!') || rest.starts_with('?');
    if (!declaration && (name.empty() || !is_letter(name.front()))) return false;
    at_ = behind_tag(at_);
    const bool alone = html_.substr(0, at_).ends_with("/>");
    if (!closing && !alone && is_one_of(unseen, name)) pass_over(name);
    if (is_one_of(line_makers, name)) line(base::equal_ignoring_case(name, "br"));
    return true;
  }

  /// To the end tag of this name.
  void pass_over(std::string_view name) {
    for (std::size_t at = html_.find("</", at_); at != std::string_view::npos; at = html_.find("</", at + 2)) {
      if (!base::equal_ignoring_case(name_at(at + 2), name)) continue;
      at_ = behind_tag(at);
      return;
    }
    at_ = html_.size();
  }

  /// False: it is a '&' of the text.
  bool reference() {
    const std::size_t end = html_.substr(at_, reference_max).find(';');
    if (end == std::string_view::npos) return false;
    const auto code = code_of(html_.substr(at_ + 1, end - 1));
    if (!code) return false;
    at_ += end + 1;
    if (*code == ' ') {
      out_.push_back(' ');
    } else if (*code >= 0x80 && !unicode_) {
      text('?');
    } else {
      std::string octets;
      base::append_utf8(octets, *code);
      for (const char c : octets) text(c);
    }
    return true;
  }

  std::string_view html_;
  bool unicode_;
  std::size_t at_ = 0;
  bool blank_ = false;
  std::string out_;
};

}  // namespace

std::string text_of_html(std::string_view html, bool unicode) { return Reader(html, unicode).read(); }

}  // namespace tertulia::wire::im
