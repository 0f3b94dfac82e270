// SPDX-License-Identifier: Apache-2.0
#include "wire/sip/message.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "base/text.h"
#include "wire/sip/chars.h"
#include "wire/sip/content_length.h"
#include "wire/sip/limits.h"

namespace tertulia::wire::sip {

using base::Error;
using base::Reason;

bool ContentLength::add(std::string_view value) {
  const std::optional<std::uint64_t> number = base::to_number(without_lws(value));
  if (!number || *number > std::numeric_limits<std::uint32_t>::max()) return false;
  if (value_ && *value_ != *number) return false;
  value_ = static_cast<std::uint32_t>(*number);
  return true;
}

/// Fills one Message.  What cannot be answered at all is an error at once; other flaws are noted and reading goes on.
class MessageParser {
 public:
  explicit MessageParser(std::string bytes) { message_.bytes_ = std::move(bytes); }

  Result<Message> run() && {
    if (message_.bytes_.size() > std::numeric_limits<std::uint32_t>::max()) return Error{Reason::message_too_large, {}};
    const std::size_t end = line_end(0);
    if (Result<void> start = read_start_line(line_text(0, end)); !start) return start.error();
    message_.slots_.reserve(message_.bytes_.size() / 48 + 8);
    read_header_lines(end);
    read_content_length();
    if (!message_.is_request_ && message_.flaw()) return message_.flaw_;
    return std::move(message_);
  }

 private:
  std::string_view bytes() const { return message_.bytes_; }

  static Error at(std::size_t offset, Reason reason, std::string_view what) {
    return Error{reason, std::string(what).append(" at offset ").append(std::to_string(offset))};
  }

  void note(std::size_t offset, Reason reason, std::string_view what) {
    if (!message_.flaw()) message_.flaw_ = at(offset, reason, what);
  }

  Message::Slice slice(std::string_view part) const {
    return {static_cast<std::uint32_t>(part.data() - message_.bytes_.data()), static_cast<std::uint32_t>(part.size())};
  }

  /// Offset behind the LF that ends the line at `begin`; the size when none does.
  std::size_t line_end(std::size_t begin) {
    const std::string_view text = bytes();
    const void* found = begin < text.size() ? std::memchr(text.data() + begin, '\n', text.size() - begin) : nullptr;
    if (found == nullptr) {
      note(text.size(), Reason::malformed_message, "unfinished line");
      return text.size();
    }
    const auto feed = static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
    const std::size_t carriage = text.substr(begin, feed - begin).find('\r');
    if (carriage == std::string_view::npos) {
      note(feed, Reason::malformed_message, "LF without CR");
    } else if (begin + carriage + 1 != feed) {
      note(begin + carriage, Reason::malformed_message, "CR without LF");
    }
    return feed + 1;
  }

  std::string_view line_text(std::size_t begin, std::size_t end) const {
    std::string_view line = bytes().substr(begin, end - begin);
    if (!line.empty() && line.back() == '\n') line.remove_suffix(1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
  }

  Result<void> read_start_line(std::string_view line) {
    if (base::equal_ignoring_case(line.substr(0, 4), "SIP/")) return read_status_line(line);
    return read_request_line(line);
  }

  Result<void> read_status_line(std::string_view line) {
    if (line.size() < 11 || line[7] != ' ') return at(0, Reason::malformed_message, "status line");
    if (line.substr(4, 3) != "2.0") return at(4, Reason::version_not_supported, "version");
    const std::string_view digits = line.substr(8, 3);
    const bool three = line.size() == 11 || line[11] == ' ';
    const std::optional<std::uint64_t> status = base::to_number(digits);
    if (!three || !status || *status < 100 || *status > 699) return at(8, Reason::malformed_message, "status code");
    message_.status_ = static_cast<int>(*status);
    message_.reason_phrase_ = slice(line.size() > 12 ? line.substr(12) : line.substr(line.size()));
    return {};
  }

  Result<void> read_request_line(std::string_view line) {
    // The reading is generous, so that a peer with a defect gets an answer; every defect is noted (RFC 4475 3.1.2.7
    // ff).
    const std::size_t first = line.find(' ');
    std::string_view solid = line;
    while (!solid.empty() && (solid.back() == ' ' || solid.back() == '\t')) solid.remove_suffix(1);
    const std::size_t last = solid.rfind(' ');
    if (first == 0 || first == std::string_view::npos || last == std::string_view::npos)
      return at(0, Reason::malformed_message, "start line");
    const std::string_view method = line.substr(0, first);
    const std::string_view version = solid.substr(last + 1);
    if (version.size() < 4 || !base::equal_ignoring_case(version.substr(0, 4), "SIP/"))
      return at(last + 1, Reason::malformed_message, "start line without SIP version");
    const std::string_view between = last > first ? line.substr(first + 1, last - first - 1) : std::string_view{};
    const std::string_view uri = last > first ? base::trimmed(between) : line.substr(first, 0);
    message_.is_request_ = true;
    message_.method_text_ = slice(method);
    message_.method_ = method_from(method);
    message_.request_uri_ = slice(uri);
    if (version.substr(4) != "2.0") note(last + 1, Reason::version_not_supported, "version");
    if (!is_token(method)) note(0, Reason::malformed_message, "method");
    if (uri.empty() || uri.size() != between.size() || solid.size() != line.size() ||
        std::any_of(uri.begin(), uri.end(), [](char c) { return c == ' ' || c == '\t'; }))
      note(first + 1, Reason::malformed_message, "white space in the request line");
    return {};
  }

  void read_header_lines(std::size_t begin) {
    const std::string_view text = bytes();
    while (begin < text.size()) {
      if (text[begin] == '\r' && begin + 1 < text.size() && text[begin + 1] == '\n') {
        message_.head_end_ = static_cast<std::uint32_t>(begin);
        message_.body_ = slice(text.substr(begin + 2));
        return;
      }
      if (message_.slots_.size() == header_lines_max) {
        note(begin, Reason::message_too_large, "too many header lines");
        break;
      }
      begin = read_header(begin);
    }
    note(text.size(), Reason::malformed_message, "no blank line behind the headers");
    message_.head_end_ = static_cast<std::uint32_t>(begin);
    message_.body_ = slice(text.substr(text.size()));
  }

  std::size_t read_header(std::size_t begin) {
    const std::string_view text = bytes();
    std::size_t i = begin;
    while (i < text.size() && is_of(text[i], chars::token)) ++i;
    const std::string_view name = text.substr(begin, i - begin);
    while (i < text.size() && (text[i] == ' ' || text[i] == '\t')) ++i;
    const bool good = !name.empty() && i < text.size() && text[i] == ':';
    std::size_t end = line_end(good ? i : begin);
    while (end < text.size() && (text[end] == ' ' || text[end] == '\t')) end = line_end(end);
    if (!good) {
      note(begin, Reason::malformed_message, "header line");
      return end;
    }
    const std::string_view value = without_lws(text.substr(i + 1, end - i - 1));
    message_.slots_.push_back({header_name_from(name), slice(name), slice(value)});
    return end;
  }

  void read_content_length() {
    ContentLength length;
    bool good = true;
    message_.for_each(HeaderName::content_length, [&](std::string_view value) { good = good && length.add(value); });
    if (!good) return note(message_.head_end_, Reason::content_length_bad, "Content-Length");
    if (!length.value()) return;
    if (*length.value() > message_.body_.length)
      return note(bytes().size(), Reason::content_length_bad, "body shorter than its Content-Length");
    // Octets behind the body are noise of a datagram (RFC 4475 3.1.1.8).
    message_.body_.length = *length.value();
    message_.bytes_.resize(message_.body_.offset + message_.body_.length);
  }

  Message message_;
};

Result<Message> Message::parse(std::string bytes) { return MessageParser(std::move(bytes)).run(); }

std::string_view Message::method_text() const { return view(method_text_); }
std::string_view Message::request_uri() const { return view(request_uri_); }
std::string_view Message::reason_phrase() const { return view(reason_phrase_); }
std::string_view Message::body() const { return view(body_); }
std::string_view Message::head() const { return std::string_view(bytes_).substr(0, head_end_); }

Header Message::header_at(std::size_t index) const {
  TERTULIA_CHECK(index < slots_.size());
  const Slot& slot = slots_[index];
  return {slot.name, view(slot.name_text), view(slot.value)};
}

std::optional<std::string_view> Message::header(HeaderName name) const {
  for (const Slot& slot : slots_)
    if (slot.name == name) return view(slot.value);
  return std::nullopt;
}

std::optional<std::string_view> Message::header(std::string_view name) const {
  if (const HeaderName known = header_name_from(name); known != HeaderName::other) return header(known);
  for (const Slot& slot : slots_)
    if (slot.name == HeaderName::other && base::equal_ignoring_case(view(slot.name_text), name))
      return view(slot.value);
  return std::nullopt;
}

std::size_t Message::count(HeaderName name) const {
  std::size_t count = 0;
  for (const Slot& slot : slots_) count += slot.name == name ? 1 : 0;
  return count;
}

std::string unfolded(std::string_view value) {
  if (!is_folded(value)) return std::string(value);
  std::string out;
  out.reserve(value.size());
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '\r' && value[i] != '\n') {
      out.push_back(value[i]);
      continue;
    }
    while (!out.empty() && (out.back() == ' ' || out.back() == '\t')) out.pop_back();
    while (i + 1 < value.size() && is_of(value[i + 1], chars::lws)) ++i;
    out.push_back(' ');
  }
  return out;
}

}  // namespace tertulia::wire::sip
