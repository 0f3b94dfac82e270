// SPDX-License-Identifier: Apache-2.0
#include "wire/im/rtf_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/text.h"
#include "wire/im/limits.h"

namespace tertulia::wire::im {
namespace {

/// Groups with these words hold nothing for people.
constexpr std::array<std::string_view, 25> wordless_destinations{
    "fonttbl",    "colortbl",  "stylesheet", "info",      "pict",
    "nonshppict", "objdata",   "fldinst",    "header",    "headerl",
    "headerr",    "headerf",   "footer",     "footerl",   "footerr",
    "footerf",    "filetbl",   "listtable",  "revtbl",    "listoverridetable",
    "rsidtbl",    "themedata", "datastore",  "generator", "xmlnstbl"};

/// Words that stand for one character.
constexpr std::array<std::pair<std::string_view, std::uint32_t>, 18> word_characters{
    std::pair{std::string_view("par"), std::uint32_t{'\n'}},
    std::pair{std::string_view("line"), std::uint32_t{'\n'}},
    std::pair{std::string_view("sect"), std::uint32_t{'\n'}},
    std::pair{std::string_view("page"), std::uint32_t{'\n'}},
    std::pair{std::string_view("row"), std::uint32_t{'\n'}},
    std::pair{std::string_view("tab"), std::uint32_t{'\t'}},
    std::pair{std::string_view("cell"), std::uint32_t{'\t'}},
    std::pair{std::string_view("emspace"), std::uint32_t{' '}},
    std::pair{std::string_view("enspace"), std::uint32_t{' '}},
    std::pair{std::string_view("qmspace"), std::uint32_t{' '}},
    std::pair{std::string_view("endash"), std::uint32_t{0x2013}},
    std::pair{std::string_view("emdash"), std::uint32_t{0x2014}},
    std::pair{std::string_view("lquote"), std::uint32_t{0x2018}},
    std::pair{std::string_view("rquote"), std::uint32_t{0x2019}},
    std::pair{std::string_view("ldblquote"), std::uint32_t{0x201C}},
    std::pair{std::string_view("rdblquote"), std::uint32_t{0x201D}},
    std::pair{std::string_view("bullet"), std::uint32_t{0x2022}},
    std::pair{std::string_view("zwj"), std::uint32_t{0x200D}}};

constexpr std::uint32_t not_a_character = '?';

/// What code page 1252 has from 0x80 to 0x9F; the rest of it is Latin-1.
constexpr std::array<std::uint16_t, 32> western{0x20AC, '?',    0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, '?',    0x017D, '?',
                                                '?',    0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, '?',    0x017E, 0x0178};

bool is_word_letter(char c) { return base::is_alphanumeric(c) && !base::is_digit(c); }

/// Reads RTF once, from its beginning to its end.
class RtfReader {
 public:
  explicit RtfReader(std::string_view rtf) : rtf_(rtf), unicode_(base::is_utf8(rtf)) { groups_.emplace_back(); }

  std::string read() {
    while (at_ < rtf_.size()) {
      const char c = rtf_[at_++];
      switch (c) {
        case '{':
          open();
          break;
        case '}':
          close();
          break;
        case '\\':
          control();
          break;
        case '\r':
        case '\n':
          break;  // the writer's own lines
        default:
          literal(c);
      }
    }
    finish_pair();
    while (!out_.empty() && out_.back() == '\n') out_.pop_back();
    return std::move(out_);
  }

 private:
  struct Group {
    bool wordless = false;
    std::size_t stand_ins = 1;  ///< `\ucN`: characters after `\u` for readers without Unicode
  };

  void open() {
    stand_ins_ = 0;
    if (groups_.size() <= rtf_groups_max) {
      groups_.push_back(groups_.back());
    } else {
      ++beyond_;
    }
  }
  void close() {
    stand_ins_ = 0;
    if (beyond_ > 0) {
      --beyond_;
    } else if (groups_.size() > 1) {
      groups_.pop_back();
    }
  }

  /// The next character stands in for the `\u` before it: it was told already.
  bool stands_in() {
    if (stand_ins_ == 0) return false;
    --stand_ins_;
    return true;
  }
  bool silent() const { return beyond_ > 0 || groups_.back().wordless; }

  void finish_pair() {
    if (std::exchange(high_, 0) != 0) base::append_utf8(out_, not_a_character);
  }
  void put(std::uint32_t code) {
    if (silent()) return;
    finish_pair();
    if (code == 0xA0) code = ' ';
    if (code == 0x7F || (code < 0x20 && code != '\n' && code != '\t')) return;
    base::append_utf8(out_, code);
  }

  void literal(char c) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x80 || !unicode_) {
      if (!stands_in()) put_octet(octet);
      return;
    }
    // Not RTF, but what clients write that know nothing else than UTF-8.  `\bin` may have ended within a character.
    if (octet < 0xC0) return;
    const std::size_t more = octet < 0xE0 ? 1 : octet < 0xF0 ? 2 : 3;
    const std::string_view character = rtf_.substr(at_ - 1, more + 1);
    at_ += character.size() - 1;
    if (stands_in() || silent()) return;
    finish_pair();
    out_.append(character);
  }

  void put_octet(unsigned char octet) {
    if (octet < 0x80) return put(octet);
    if (!western_) return put(not_a_character);
    put(octet < 0xA0 ? western[octet - 0x80] : octet);
  }

  /// Behind a backslash.
  void control() {
    if (at_ == rtf_.size()) return;
    if (is_word_letter(rtf_[at_])) return word();
    const char c = rtf_[at_++];
    if (c == '*') {
      if (beyond_ == 0) groups_.back().wordless = true;
      return;
    }
    if (c == '\'') return hexadecimal();
    if (stands_in()) return;
    switch (c) {
      case '\\':
      case '{':
      case '}':
      case '\t':
        return put(static_cast<unsigned char>(c));
      case '~':
        return put(' ');
      case '_':
        return put('-');
      case '\r':
      case '\n':
        return put('\n');
      default:
        return;
    }
  }

  void hexadecimal() {
    const int high = at_ + 1 < rtf_.size() ? base::hex_value(rtf_[at_]) : -1;
    const int low = high >= 0 ? base::hex_value(rtf_[at_ + 1]) : -1;
    if (low < 0) return;
    at_ += 2;
    if (!stands_in()) put_octet(static_cast<unsigned char>(high * 16 + low));
  }

  void word() {
    const std::size_t begin = at_;
    while (at_ < rtf_.size() && is_word_letter(rtf_[at_])) ++at_;
    const std::string_view name = rtf_.substr(begin, at_ - begin);
    std::int32_t value = 0;
    const char* from = rtf_.data() + at_;
    const auto read = std::from_chars(from, rtf_.data() + rtf_.size(), value);
    at_ += static_cast<std::size_t>(read.ptr - from);
    const auto number = read.ec == std::errc() ? std::optional(value) : std::nullopt;
    if (at_ < rtf_.size() && rtf_[at_] == ' ') ++at_;
    if (name == "bin" && number && *number > 0)  // octets of no meaning here, whatever they are
      at_ += std::min(rtf_.size() - at_, static_cast<std::size_t>(*number));
    if (!stands_in() && beyond_ == 0) apply(name, number);
  }

  void apply(std::string_view name, std::optional<std::int32_t> number) {
    Group& group = groups_.back();
    if (name == "u") {
      if (number) unicode(*number);
    } else if (name == "uc") {
      group.stand_ins = static_cast<std::size_t>(std::max(number.value_or(1), 0));
    } else if (name == "ansicpg") {
      western_ = number == 1252;
    } else if (name == "mac" || name == "pc" || name == "pca") {
      western_ = false;
    } else if (std::find(wordless_destinations.begin(), wordless_destinations.end(), name) !=
               wordless_destinations.end()) {
      group.wordless = true;
    } else if (const auto found = std::find_if(word_characters.begin(), word_characters.end(),
                                               [&](const auto& one) { return one.first == name; });
               found != word_characters.end()) {
      put(found->second);
    }
  }

  /// `\uN`: a unit of UTF-16, as a signed number.
  void unicode(std::int32_t number) {
    stand_ins_ = groups_.back().stand_ins;
    if (silent()) return;
    const std::uint32_t code = static_cast<std::uint32_t>(number < 0 ? number + 0x10000 : number);
    if (code >= 0xD800 && code < 0xDC00) {
      finish_pair();
      high_ = code;
    } else if (code >= 0xDC00 && code < 0xE000) {
      const std::uint32_t high = std::exchange(high_, 0);
      base::append_utf8(out_, high == 0 ? not_a_character : 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00));
    } else {
      put(code > 0x10FFFF ? not_a_character : code);
    }
  }

  std::string_view rtf_;
  bool unicode_;         ///< octets beyond ASCII are UTF-8
  bool western_ = true;  ///< the code page is 1252
  std::size_t at_ = 0;
  std::vector<Group> groups_;  ///< those around, the innermost last
  std::size_t beyond_ = 0;     ///< further ones inside of it, which are passed over
  std::size_t stand_ins_ = 0;  ///< characters still to pass over
  std::uint32_t high_ = 0;     ///< first half of a pair of UTF-16
  std::string out_;
};

}  // namespace

std::string text_of_rtf(std::string_view rtf) { return RtfReader(rtf).read(); }

}  // namespace tertulia::wire::im
