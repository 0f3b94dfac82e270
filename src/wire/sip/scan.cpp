// SPDX-License-Identifier: Apache-2.0
#include "wire/sip/scan.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "wire/sip/limits.h"
#include "wire/sip/message.h"
#include "wire/sip/writer.h"

namespace tertulia::wire::sip {

namespace {

constexpr std::array<bool, 256> special_in_quotes = [] {
  std::array<bool, 256> table{};
  for (const char c : {'"', '\\', '\r', '\n'}) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

}  // namespace

bool ScanView::skip_lws() {
  const std::size_t before = at_;
  while (at_ < text_.size() && is_of(text_[at_], chars::lws)) ++at_;
  return at_ != before;
}

bool ScanView::take(char c) {
  if (at_end() || text_[at_] != c) return false;
  ++at_;
  return true;
}

bool ScanView::take_separator(char c) {
  skip_lws();
  if (!take(c)) return false;
  skip_lws();
  return true;
}

std::string_view ScanView::take_run(std::uint8_t classes) {
  const std::size_t begin = at_;
  while (at_ < text_.size() && is_of(text_[at_], classes)) ++at_;
  return text_.substr(begin, at_ - begin);
}

bool ScanView::take_quoted(std::string& decoded) {
  if (!take('"')) return false;
  // Most have neither escapes nor folds.
  const std::string_view rest = text_.substr(at_);
  std::size_t end = 0;
  while (end < rest.size() && !special_in_quotes[static_cast<unsigned char>(rest[end])]) ++end;
  decoded.assign(rest.substr(0, end));
  at_ += end;
  bool folded = false;
  while (!at_end()) {
    char c = text_[at_++];
    if (c == '"') {
      if (folded) decoded = unfolded(decoded);
      return true;
    }
    if (c == '\\') {
      if (at_end()) return false;
      c = text_[at_++];
      if (c == '\r' || c == '\n') return false;
    } else if (c == '\r' || c == '\n') {
      folded = true;
    }
    decoded.push_back(c);
  }
  return false;
}

namespace {

/// A tag, or the branch and rport of a Via.
constexpr std::size_t parameters_expected = 2;

}  // namespace

bool read_parameters(ScanView& scan, Parameters& parameters) {
  scan.skip_lws();
  while (!scan.at_end()) {
    if (!scan.take(';')) return false;
    scan.skip_lws();
    const std::string_view name = scan.take_run(chars::token);
    if (name.empty() || parameters.list().size() == parameters_max) return false;
    if (parameters.list().empty()) parameters.list().reserve(parameters_expected);
    Parameter& parameter = parameters.list().emplace_back();
    base::assign_lower(parameter.name, name);
    if (scan.take_separator('=')) {
      parameter.has_value = true;
      if (scan.peek() == '"') {
        if (!scan.take_quoted(parameter.value)) return false;
      } else {
        parameter.value = scan.take_run(chars::value);
        if (parameter.value.empty()) return false;
      }
    }
    scan.skip_lws();
  }
  return true;
}

void append_parameters(std::string& out, const Parameters& parameters) {
  for (const Parameter& parameter : parameters.list()) {
    out.append(";").append(parameter.name);
    if (!parameter.has_value) continue;
    out.push_back('=');
    // A host (IPv6 of `received`, `maddr`) is legal without quotes; "=" ends many a branch made with base64.
    const bool bare = !parameter.value.empty() &&
                      std::all_of(parameter.value.begin(), parameter.value.end(),
                                  [](char c) { return c == '=' || is_of(c, chars::token | chars::parameter); });
    out.append(bare ? parameter.value : quoted(parameter.value));
  }
}

std::string_view parameter_name(std::string_view piece) {
  if (!piece.starts_with(';')) return {};
  piece.remove_prefix(1);
  return without_lws(piece.substr(0, piece.find('=')));
}

std::optional<std::string_view> ListView::next() {
  if (done_) return std::nullopt;
  if (rest_.find(',') == std::string_view::npos) {
    done_ = true;
    return without_lws(rest_);
  }
  bool in_quotes = false;
  bool in_angles = false;
  std::size_t i = 0;
  for (; i < rest_.size(); ++i) {
    const char c = rest_[i];
    if (in_quotes) {
      if (c == '\\') ++i;
      if (c == '"') in_quotes = false;
    } else if (c == '"' && !in_angles) {
      in_quotes = true;
    } else if (c == '<') {
      in_angles = true;
    } else if (c == '>') {
      in_angles = false;
    } else if (c == ',' && !in_angles) {
      break;
    }
  }
  const std::string_view entry = without_lws(rest_.substr(0, i));
  if (i < rest_.size()) {
    rest_.remove_prefix(i + 1);
  } else {
    done_ = true;
  }
  return entry;
}

std::vector<std::string_view> split_list(std::string_view value) {
  std::vector<std::string_view> entries;
  ListView list(value);
  while (const std::optional<std::string_view> entry = list.next()) entries.push_back(*entry);
  return entries;
}

namespace {

bool is_hexadecimal(char c) { return base::is_digit(c) || (base::to_lower(c) >= 'a' && base::to_lower(c) <= 'f'); }

bool is_ipv4(std::string_view text) {
  for (int group = 0; group < 4; ++group) {
    std::size_t length = 0;
    int number = 0;
    while (length < text.size() && base::is_digit(text[length]) && length < 3)
      number = number * 10 + (text[length++] - '0');
    if (length == 0 || number > 255) return false;
    text.remove_prefix(length);
    if (group < 3) {
      if (text.empty() || text.front() != '.') return false;
      text.remove_prefix(1);
    }
  }
  return text.empty();
}

bool is_ipv6(std::string_view text) {
  int groups = 0;
  bool compressed = text.substr(0, 2) == "::";
  std::size_t i = compressed ? 2 : 0;
  while (i < text.size()) {
    std::size_t end = i;
    while (end < text.size() && is_hexadecimal(text[end])) ++end;
    if (end == i) return false;
    if (end < text.size() && text[end] == '.') {
      if (!is_ipv4(text.substr(i))) return false;
      groups += 2;
      break;
    }
    ++groups;
    if (end - i > 4 || groups > 8) return false;
    if (end == text.size()) break;
    if (text[end] != ':') return false;
    i = end + 1;
    if (i < text.size() && text[i] == ':') {
      if (compressed) return false;
      compressed = true;
      ++i;
    } else if (i == text.size()) {
      return false;
    }
  }
  return compressed ? groups < 8 : groups == 8;
}

bool is_domain(std::string_view text) {
  if (text.size() > 1 && text.back() == '.') text.remove_suffix(1);
  return !text.empty() && text.front() != '.' && text.back() != '.' && text.find("..") == std::string_view::npos &&
         all_of(text, chars::host);
}

}  // namespace

bool read_host(std::string_view text, std::string& host) {
  if (text.empty() || text.size() > host_bytes_max) return false;
  if (text.front() != '[') {
    if (!is_domain(text)) return false;
    base::assign_lower(host, text);
    return true;
  }
  if (text.size() < 3 || text.back() != ']') return false;
  base::assign_lower(host, text.substr(1, text.size() - 2));
  if (const std::size_t at = host.find(":::"); at != std::string::npos && host.find('.') != std::string::npos)
    host.erase(at, 1);
  return is_ipv6(host);
}

}  // namespace tertulia::wire::sip
