// SPDX-License-Identifier: Apache-2.0
#include "wire/sdp/description.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "wire/sdp/limits.h"

namespace tertulia::wire::sdp {

using base::Error;
using base::Reason;

std::optional<std::string_view> Media::attribute(std::string_view name) const {
  for (const Attribute& attribute : attributes)
    if (base::equal_ignoring_case(attribute.name, name)) return std::string_view(attribute.value);
  return std::nullopt;
}

std::vector<std::string_view> Media::accept_types() const {
  const std::optional<std::string_view> types = attribute("accept-types");
  return types ? base::split(*types, ' ') : std::vector<std::string_view>{};
}

const Media* Description::message_medium() const {
  for (const Media& medium : media) {
    const bool message =
        base::equal_ignoring_case(medium.type, "message") || base::equal_ignoring_case(medium.type, "x-ms-message");
    if (message && medium.port != 0) return &medium;
  }
  return nullptr;
}

namespace {

class ReaderView {
 public:
  explicit ReaderView(std::string_view text) : text_(text) {}

  Result<Description> run() {
    if (text_.size() > description_bytes_max) return Error{Reason::message_too_large, "session description"};
    if (text_.find('\0') != std::string_view::npos) return malformed("NUL", text_.find('\0'));
    while (at_ < text_.size()) {
      const std::size_t begin = at_;
      const std::string_view line = next_line();
      if (line.empty() && at_ >= text_.size()) break;  // an empty last line is common
      if (line.find('\r') != std::string_view::npos) return malformed("CR without LF", begin + line.find('\r'));
      if (line.size() < 2 || line[1] != '=') return malformed("line without type", begin);
      if (const char* wrong = read(line.front(), line.substr(2))) return malformed(wrong, begin);
      last_ = line.front();
    }
    if (last_ == 0) return malformed("no v=", 0);
    if (!origin_seen_) return malformed("no o=", text_.size());
    return std::move(description_);
  }

 private:
  static Error malformed(std::string_view what, std::size_t offset) {
    return {Reason::malformed_message,
            std::string("session description: ").append(what).append(" at offset ").append(std::to_string(offset))};
  }

  std::string_view next_line() {
    const std::size_t feed = std::min(text_.find('\n', at_), text_.size());
    std::string_view line = text_.substr(at_, feed - at_);
    at_ = feed + 1;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
  }

  /// Null when the line is good, else what is wrong with it.
  const char* read(char type, std::string_view value) {
    if (last_ == 0 && type != 'v') return "the first line is not v=";
    switch (type) {
      case 'v':
        return last_ != 0 || value != "0" ? "v=" : nullptr;
      case 'o':
        return read_origin(value);
      case 's':
        return read_name(value);
      case 'c':
        return read_connection(value);
      case 'm':
        return read_media(value);
      case 'a':
        return read_attribute(value);
      default:
        return type >= 'a' && type <= 'z' ? nullptr : "unknown line";
    }
  }

  const char* read_origin(std::string_view value) {
    const std::vector<std::string_view> words = base::split(value, ' ');
    if (origin_seen_ || !description_.media.empty() || words.size() != 6) return "o=";
    const std::optional<std::uint64_t> id = base::to_number(words[1]);
    const std::optional<std::uint64_t> version = base::to_number(words[2]);
    if (!id || !version) return "o= number";
    description_.user_name = words[0];
    description_.session_id = *id;
    description_.session_version = *version;
    description_.origin = {std::string(words[3]), std::string(words[4]), std::string(words[5])};
    origin_seen_ = true;
    return nullptr;
  }

  const char* read_name(std::string_view value) {
    if (!description_.media.empty()) return "s= behind m=";
    description_.session_name = value;
    return nullptr;
  }

  const char* read_connection(std::string_view value) {
    const std::vector<std::string_view> words = base::split(value, ' ');
    if (words.size() != 3) return "c=";
    std::optional<Address>& target =
        description_.media.empty() ? description_.connection : description_.media.back().connection;
    target = Address{std::string(words[0]), std::string(words[1]), std::string(words[2])};
    return nullptr;
  }

  const char* read_media(std::string_view value) {
    const std::vector<std::string_view> words = base::split(value, ' ');
    if (words.size() < 3 || words.size() > 3 + formats_max) return "m=";
    if (description_.media.size() == media_max) return "too many m= lines";
    // `port/count` (RFC 8866 5.14): the count does not matter here, but must be a number.
    const std::size_t slash = words[1].find('/');
    const std::optional<std::uint64_t> port = base::to_number(words[1].substr(0, slash));
    const bool counted = slash != std::string_view::npos;
    if (!port || *port > 65535 || (counted && !base::to_number(words[1].substr(slash + 1)))) return "m= port";
    Media media;
    media.type = words[0];
    media.port = static_cast<std::uint16_t>(*port);
    media.protocol = words[2];
    media.formats.assign(words.begin() + 3, words.end());
    description_.media.push_back(std::move(media));
    return nullptr;
  }

  const char* read_attribute(std::string_view value) {
    if (++attributes_ > attributes_max) return "too many a= lines";
    const std::size_t colon = std::min(value.find(':'), value.size());
    if (colon == 0) return "a=";
    Attribute attribute{std::string(value.substr(0, colon)), {}};
    if (colon < value.size()) attribute.value = value.substr(colon + 1);
    (description_.media.empty() ? description_.attributes : description_.media.back().attributes)
        .push_back(std::move(attribute));
    return nullptr;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t attributes_ = 0;
  char last_ = 0;
  bool origin_seen_ = false;
  Description description_;
};

std::string clean(std::string_view text) {
  std::string out(text);
  std::erase_if(out, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
  return out;
}

}  // namespace

Result<Description> Description::parse(std::string_view text) { return ReaderView(text).run(); }

std::string write(const MessageSession& session) {
  const std::string address =
      (session.address.find(':') == std::string::npos ? "IN IP4 " : "IN IP6 ") + clean(session.address);
  std::string out = "v=0\r\no=- ";
  out.append(std::to_string(session.session_id)).append(" ").append(std::to_string(session.session_version));
  out.append(" ").append(address).append("\r\ns=session\r\nc=").append(address).append("\r\nt=0 0\r\nm=");
  out.append(clean(session.medium)).append(" ").append(std::to_string(session.port)).append(" sip ");
  out.append(clean(session.format)).append("\r\na=accept-types:");
  for (std::size_t i = 0; i < session.accept_types.size(); ++i) {
    if (i > 0) out.push_back(' ');
    out.append(clean(session.accept_types[i]));
  }
  return out.append("\r\n");
}

}  // namespace tertulia::wire::sdp
