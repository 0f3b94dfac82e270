// SPDX-License-Identifier: Apache-2.0
#include "wire/im/typing.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "base/text.h"
#include "wire/im/limits.h"
#include "wire/xml/xml.h"

namespace tertulia::wire::im {

using base::Error;
using base::Reason;
using xml::escaped_xml;
using xml::XmlHandler;

namespace {

constexpr std::string_view composing_namespace = "urn:ietf:params:xml:ns:im-iscomposing";
constexpr std::uint32_t idle_after_seconds = 120;
constexpr xml::Limits limits{.text_bytes = text_bytes_max};

std::string_view without_blanks(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// Local name when the namespace is the one wanted.
std::optional<std::string_view> local_name(std::string_view name, std::string_view wanted_namespace) {
  const std::size_t space = name.find(' ');
  const std::string_view found = space == std::string_view::npos ? std::string_view{} : name.substr(0, space);
  if (found != wanted_namespace) return std::nullopt;
  return space == std::string_view::npos ? name : name.substr(space + 1);
}

Error malformed(std::string_view what) { return {Reason::malformed_message, std::string(what)}; }

}  // namespace

std::uint32_t seconds_until_idle(const TypingState& state) {
  return state.refresh_seconds == 0 ? idle_after_seconds : state.refresh_seconds;
}

Result<TypingState> read_is_composing(std::string_view document) {
  TypingState state;
  bool root_good = false;
  bool state_seen = false;
  bool refresh_good = true;
  XmlHandler handler;
  handler.begin = [&](int depth, std::string_view name, XmlHandler::Attributes) {
    if (depth == 1) root_good = local_name(name, composing_namespace) == "isComposing";
  };
  handler.end = [&](int depth, std::string_view name, std::string_view text) {
    const std::optional<std::string_view> local = local_name(name, composing_namespace);
    if (depth != 2 || !local) return;
    const std::string_view value = without_blanks(text);
    if (*local == "state") {
      state_seen = true;
      state.active = value == "active";
    } else if (*local == "lastactive") {
      state.last_active = value;
    } else if (*local == "contenttype") {
      state.content_type = value;
    } else if (*local == "refresh") {
      const std::optional<std::uint64_t> seconds = base::to_number(value);
      refresh_good = seconds.has_value();
      state.refresh_seconds = static_cast<std::uint32_t>(
          std::min<std::uint64_t>(seconds.value_or(0), std::numeric_limits<std::uint32_t>::max()));
    }
  };
  if (Result<void> read = xml::read_xml(document, handler, limits); !read) return read.error();
  if (!root_good) return malformed("isComposing: other root element");
  if (!state_seen) return malformed("isComposing: no state");
  if (!refresh_good) return malformed("isComposing: refresh is no number");
  return state;
}

std::string write_is_composing(const TypingState& state) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<isComposing xmlns=\"";
  out.append(composing_namespace).append("\"><state>").append(state.active ? "active" : "idle").append("</state>");
  // The schema fixes this order (RFC 3994 5.2).
  if (!state.last_active.empty())
    out.append("<lastactive>").append(escaped_xml(state.last_active)).append("</lastactive>");
  if (!state.content_type.empty())
    out.append("<contenttype>").append(escaped_xml(state.content_type)).append("</contenttype>");
  if (state.refresh_seconds != 0)
    out.append("<refresh>").append(std::to_string(state.refresh_seconds)).append("</refresh>");
  return out.append("</isComposing>\r\n");
}

Result<TypingState> read_keyboard_activity(std::string_view document) {
  TypingState state;
  bool root_good = false;
  bool status_seen = false;
  XmlHandler handler;
  handler.begin = [&](int depth, std::string_view name, XmlHandler::Attributes attributes) {
    if (depth == 1) root_good = name == "KeyboardActivity";
    if (depth != 2 || name != "status") return;
    for (const auto& [key, value] : attributes) {
      if (key != "status") continue;
      status_seen = true;
      state.active = value == "type";
    }
  };
  if (Result<void> read = xml::read_xml(document, handler, limits); !read) return read.error();
  if (!root_good) return malformed("KeyboardActivity: other root element");
  if (!status_seen) return malformed("KeyboardActivity: no status");
  return state;
}

std::string write_keyboard_activity(const TypingState& state) {
  return std::string("<?xml version=\"1.0\"?><KeyboardActivity> <status status=\"")
      .append(state.active ? "type" : "idle")
      .append("\" /></KeyboardActivity>");
}

}  // namespace tertulia::wire::im
