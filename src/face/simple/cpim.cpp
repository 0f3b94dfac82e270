// SPDX-License-Identifier: Apache-2.0
#include "face/simple/cpim.h"

#include <optional>

namespace tertulia::face::simple {
namespace {

/// A head and what is behind its blank line.
struct Cut {
  std::size_t head_end = 0;
  std::size_t next = 0;
};

std::optional<Cut> cut_at_blank_line(std::string_view text, std::size_t from) {
  if (text.substr(from, 2) == "\r\n") return Cut{from, from + 2};
  const std::size_t end = text.find("\r\n\r\n", from);
  if (end == std::string_view::npos) return std::nullopt;
  return Cut{end + 2, end + 4};
}

}  // namespace

base::Result<CpimView> read_cpim(std::string_view body) {
  const std::optional<Cut> outer = cut_at_blank_line(body, 0);
  const std::optional<Cut> inner = outer ? cut_at_blank_line(body, outer->next) : std::nullopt;
  if (!inner) return base::Error{base::Reason::malformed_message, "message/cpim: no blank line"};
  CpimView view;
  view.part.head = body.substr(outer->next, inner->head_end - outer->next);
  view.part.body = body.substr(inner->next);
  view.content_at = inner->next;
  return view;
}

}  // namespace tertulia::face::simple
