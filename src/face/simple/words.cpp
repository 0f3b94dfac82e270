// SPDX-License-Identifier: Apache-2.0
#include "face/simple/words.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "face/simple/cpim.h"
#include "face/simple/limits.h"
#include "wire/im/content.h"
#include "wire/im/html_text.h"
#include "wire/im/rtf_text.h"
#include "wire/sip/headers.h"

namespace tertulia::face::simple {
namespace {

using base::Error;
using base::Reason;
using wire::im::ImContent;
using wire::mime::PartView;

constexpr std::string_view plain_text_type = "text/plain";
constexpr std::string_view utf8_text_type = "text/plain;charset=UTF-8";

/// Something to look at, and how many containers are around it.
struct Unopened {
  ContentView content;
  std::size_t depth = 0;
};

/// The parts of a container; a content that is none is its own only part.
base::Result<std::vector<PartView>> parts_of(const ContentView& container, bool cpim) {
  // RFC 2045 6.4: what holds other content has no encoding of its own.
  const std::string_view encoding = container.part.header("Content-Transfer-Encoding").value_or("binary");
  if (base::equal_ignoring_case(encoding, "base64") || base::equal_ignoring_case(encoding, "quoted-printable"))
    return Error{Reason::malformed_message, "Content-Transfer-Encoding of a container"};
  if (!cpim) return wire::mime::read_multipart(container.type, container.part.body);
  const auto view = read_cpim(container.part.body);
  if (!view) return view.error();
  return std::vector<PartView>{view->part};
}

/// For plain text made of HTML of this type.
std::string plain_type_for(std::string_view html) {
  const std::string charset = wire::mime::parameter_of(html, "charset").value_or(std::string());
  const bool harmless = !charset.empty() && std::all_of(charset.begin(), charset.end(), [](char c) {
    return c > ' ' && c < 0x7F && std::string_view("\";\\,").find(c) == std::string_view::npos;
  });
  return harmless ? std::string(plain_text_type) + ";charset=" + charset : std::string(utf8_text_type);
}

/// RFC 2046 5.1.4: the last of several alternatives; else the first.
const ContentView* best_of(std::span<const ContentView> contents, TextFormat format) {
  const ContentView* best = nullptr;
  for (const ContentView& content : contents) {
    if (text_format_of(content.type) != format) continue;
    if (best == nullptr || (content.alternative && content.container == best->container)) best = &content;
  }
  return best;
}

std::optional<Words> read_words(const ContentView& content, TextFormat format) {
  auto text = wire::mime::decoded(content.part);
  if (!text) return std::nullopt;
  switch (format) {
    case TextFormat::plain:
      return Words{content.type, *std::move(text)};
    case TextFormat::html:
      // Wider characters than octets (UTF-16, UTF-32): its elements would not be seen.
      if (text->find('\0') != std::string::npos) return std::nullopt;
      return Words{plain_type_for(content.type), wire::im::text_of_html(*text, is_utf8_text(content.type))};
    case TextFormat::rtf:
      return Words{std::string(utf8_text_type), wire::im::text_of_rtf(*text)};
    case TextFormat::other:
    case TextFormat::none:
      break;
  }
  return std::nullopt;
}

}  // namespace

TextFormat text_format_of(std::string_view content_type) {
  constexpr std::array known = {std::pair{plain_text_type, TextFormat::plain},
                                std::pair{std::string_view("text/html"), TextFormat::html},
                                std::pair{std::string_view("application/xhtml+xml"), TextFormat::html},
                                std::pair{std::string_view("text/rtf"), TextFormat::rtf},
                                std::pair{std::string_view("application/rtf"), TextFormat::rtf}};
  std::string type = wire::mime::media_type_of(content_type);
  type.resize(std::min(type.size(), type.find_first_of(" \t\r\n(")));
  for (const auto& [name, format] : known)
    if (type == name) return format;
  return wire::im::content_from(type) == ImContent::text ? TextFormat::other : TextFormat::none;
}

base::Result<std::vector<ContentView>> contents_of(std::string_view content_type, std::string_view content) {
  std::vector<ContentView> found;
  std::vector<Unopened> unopened;
  unopened.push_back({{std::string(content_type), PartView{{}, content}}});
  std::size_t containers = 0;
  while (!unopened.empty()) {
    Unopened next = std::move(unopened.back());
    unopened.pop_back();
    const bool cpim = wire::im::content_from(next.content.type) == ImContent::cpim;
    if (!cpim && !wire::mime::is_multipart(next.content.type)) {
      found.push_back(std::move(next.content));
      continue;
    }
    if (next.depth == container_depth_max) return Error{Reason::message_too_large, "too many containers in each other"};
    const auto parts = parts_of(next.content, cpim);
    if (!parts) return parts.error();
    if (found.size() + unopened.size() + parts->size() > contents_max)
      return Error{Reason::message_too_large, "too many parts"};
    ++containers;
    const bool alternative = wire::mime::media_type_of(next.content.type) == "multipart/alternative";
    for (auto part = parts->rbegin(); part != parts->rend(); ++part)  // the first is the next to be looked at
      unopened.push_back({{wire::sip::unfolded(part->content_type()), *part, containers, alternative}, next.depth + 1});
  }
  return found;
}

std::optional<Words> words_in(std::span<const ContentView> contents) {
  std::optional<Words> empty;
  for (const TextFormat format : {TextFormat::plain, TextFormat::html, TextFormat::rtf}) {
    const ContentView* best = best_of(contents, format);
    std::optional<Words> words = best == nullptr ? std::nullopt : read_words(*best, format);
    if (words && !words->text.empty()) return words;
    if (words && format == TextFormat::plain) empty = std::move(words);
  }
  return empty;
}

std::optional<Words> words_of(std::string_view content_type, std::string_view content) {
  const auto contents = contents_of(content_type, content);
  return contents ? words_in(*contents) : std::nullopt;
}

bool is_utf8_text(std::string_view content_type) {
  const auto charset = wire::mime::parameter_of(content_type, "charset");
  return !charset || base::equal_ignoring_case(*charset, "utf-8");
}

}  // namespace tertulia::face::simple
