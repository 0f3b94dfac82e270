// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "wire/sip/chars.h"
#include "wire/sip/uri.h"

namespace tertulia::wire::sip {

/// Reads the grammar of header values from left to right; white space includes folds.  Lives inside one function.
class ScanView {
 public:
  explicit ScanView(std::string_view text) : text_(text) {}

  std::size_t offset() const { return at_; }
  bool at_end() const { return at_ == text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  std::string_view rest() const { return text_.substr(at_); }
  void advance(std::size_t count) { at_ += count; }
  /// True when white space was there.
  bool skip_lws();
  /// Takes `c` if it is next.
  bool take(char c);
  /// `LWS c LWS`, as around "/" ":" "=" ";" (SLASH, COLON, EQUAL, SEMI of RFC 3261 25.1).
  bool take_separator(char c);
  /// The longest run of these classes; may be empty.
  std::string_view take_run(std::uint8_t classes);
  /// At a quote: gives the decoded quoted-string; false when it does not end or escapes CR or LF.
  bool take_quoted(std::string& decoded);

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

/// `*( SEMI generic-param )` up to the end of the text; false on anything else.
bool read_parameters(ScanView& scan, Parameters& parameters);

/// Appends `;name=value` pairs; values that are no token are quoted.
void append_parameters(std::string& out, const Parameters& parameters);

struct NameAddr;
struct Via;
/// What the `parse` functions of these types do, into a fresh value that stands already where it is wanted: they are
/// large, and moving each of them twice costs more than reading it.
bool read_value(std::string_view text, Uri& uri);
Result<void> read_value(std::string_view text, NameAddr& address);
Result<void> read_value(std::string_view text, Via& via);

/// Hands out the text of a value piece by piece: what stands before its parameters, then each of them with its semicolon.
/// A semicolon in quotes or <> parts nothing.
template <typename Take>
void for_each_piece(std::string_view value, const Take& take) {
  std::size_t begin = 0;
  bool in_quotes = false;
  bool in_angles = false;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (in_quotes && c == '\\') {
      ++i;
    } else if (c == '"' && !in_angles) {
      in_quotes = !in_quotes;
    } else if (!in_quotes && (c == '<' || c == '>')) {
      in_angles = c == '<';
    } else if (c == ';' && !in_quotes && !in_angles) {
      take(value.substr(begin, i - begin));
      begin = i;
    }
  }
  take(value.substr(begin));
}

/// Name of the parameter that such a piece is, as written; empty when it is none.
std::string_view parameter_name(std::string_view piece);

/// Walks the entries of a comma-joined value without allocating (quotes and <> respected).
class ListView {
 public:
  explicit ListView(std::string_view value) : rest_(value) {}
  /// Next entry, trimmed, possibly empty; nothing after the last one.
  std::optional<std::string_view> next();

 private:
  std::string_view rest_;
  bool done_ = false;
};

/// Domain name, IPv4 or bracketed IPv6 in text; lower case and without brackets in `host`.  RFC 5118 4.10: ":::" before
/// an embedded IPv4 address is read as "::".
bool read_host(std::string_view text, std::string& host);

}  // namespace tertulia::wire::sip
