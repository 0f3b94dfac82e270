// SPDX-License-Identifier: Apache-2.0
#include "face/simple/allowed_format.h"

#include <algorithm>
#include <utility>

#include "face/simple/cpim.h"
#include "face/simple/offered.h"
#include "face/simple/words.h"
#include "wire/im/content.h"
#include "wire/mime/multipart.h"
#include "wire/sip/headers.h"

namespace tertulia::face::simple {
namespace {

using base::Reason;

constexpr std::string_view any_text = "text/*";
static_assert(accepted_message_types.starts_with(any_text));

bool allows_all(const domain::Policy& policy) { return policy.html_messages && policy.rtf_messages; }

bool allows(const domain::Policy& policy, TextFormat format) {
  switch (format) {
    case TextFormat::html:
      return policy.html_messages;
    case TextFormat::rtf:
      return policy.rtf_messages;
    case TextFormat::other:  // the product: both together mean that all text is plain
      return policy.html_messages || policy.rtf_messages;
    case TextFormat::plain:
    case TextFormat::none:
      break;
  }
  return true;
}

/// The same head around other words.  Of the part's own head stays what is true of them, too.
base::Result<Words> rewrapped(std::string content_type, std::string_view content, const Words& words) {
  const auto view = read_cpim(content);
  if (!view) return view.error();
  const std::size_t part_head_at = view->content_at - view->part.head.size() - std::string_view("\r\n").size();
  std::string wrapped(content.substr(0, part_head_at));
  wrapped.append("Content-Type: ").append(words.content_type).append("\r\n");
  for (const std::string_view name : {"Content-ID", "Content-Disposition", "Content-Language"})
    if (const auto value = view->part.header(name))
      wrapped.append(name).append(": ").append(wire::sip::unfolded(*value)).append("\r\n");
  wrapped.append("\r\n").append(words.text);
  return Words{std::move(content_type), std::move(wrapped)};
}

/// Nothing: it is all in formats that are allowed.
base::Result<std::optional<Words>> replacement(const domain::Policy& policy, const std::string& content_type,
                                               std::string_view body) {
  const auto contents = contents_of(content_type, body);
  if (!contents) return contents.error();
  if (std::all_of(contents->begin(), contents->end(),
                  [&](const ContentView& one) { return allows(policy, text_format_of(one.type)); }))
    return std::optional<Words>();
  std::optional<Words> words = words_in(*contents);
  if (!words || words->text.empty()) return Reason::message_format_not_allowed;
  if (wire::im::content_from(content_type) != wire::im::ImContent::cpim) return words;
  auto wrapped = rewrapped(content_type, body, *words);
  if (!wrapped) return wrapped.error();
  return std::optional<Words>(*std::move(wrapped));
}

}  // namespace

base::Result<WrittenMessage> written_message(const domain::Policy& policy, std::string content_type,
                                             std::string_view body) {
  auto nature = message_nature(content_type, body);
  if (!nature) return nature.error();
  if (!allows_all(policy) && nature->kind == domain::MessageKind::text) {
    auto instead = replacement(policy, content_type, body);
    if (!instead) return instead.error();
    if (*instead) {
      nature = message_nature((*instead)->content_type, (*instead)->text);
      if (!nature) return nature.error();
      return WrittenMessage{*std::move(nature), std::move((*instead)->content_type), std::move((*instead)->text)};
    }
  }
  return WrittenMessage{*std::move(nature), std::move(content_type), std::string(body)};
}

base::Result<WrittenMessage> written_message(const domain::Policy& policy, const wire::sip::Message& message) {
  std::string type = wire::sip::unfolded(message.header(wire::sip::HeaderName::content_type).value_or(""));
  const auto encoding = message.header("Content-Transfer-Encoding");
  if (!encoding) return written_message(policy, std::move(type), message.body());
  const std::string head = "Content-Transfer-Encoding: " + wire::sip::unfolded(*encoding);
  const auto plain = wire::mime::decoded({head, message.body()});
  if (!plain) return plain.error();
  if (plain->empty()) return Reason::message_empty;
  return written_message(policy, std::move(type), *plain);
}

std::string accepted_messages(const domain::Policy& policy) {
  if (allows_all(policy)) return std::string(accepted_message_types);
  std::string types = "text/plain";
  if (policy.html_messages) types.append(", text/html");
  if (policy.rtf_messages) types.append(", text/rtf");
  return types.append(accepted_message_types.substr(any_text.size()));
}

}  // namespace tertulia::face::simple
