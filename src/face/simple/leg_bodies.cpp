// SPDX-License-Identifier: Apache-2.0
#include "face/simple/leg_bodies.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/text.h"
#include "face/simple/cpim.h"
#include "face/simple/offered.h"
#include "wire/im/content.h"
#include "wire/im/file_invitation.h"
#include "wire/im/typing.h"
#include "wire/sdp/description.h"
#include "wire/sip/headers.h"

namespace tertulia::face::simple {

namespace {

/// Where the medium would flow, if one did: it carries no meaning for clients (messages go in the dialog).
constexpr std::uint16_t message_port = 5061;

wire::sdp::MessageSession own_session(std::string_view host) {
  wire::sdp::MessageSession session;
  session.address = std::string(host);
  session.port = message_port;
  session.accept_types = {
      "text/plain",        "text/html",       "text/rtf",     "text/x-msmsgsinvite", "multipart/alternative",
      "multipart/related", "multipart/mixed", "message/cpim", "message/imdn+xml",    "application/im-iscomposing+xml"};
  return session;
}

/// RFC 3264 6: every offered medium has its line in the answer, a declined one with port 0.
std::string declined(const wire::sdp::Media& medium) {
  std::string line = "m=" + medium.type + " 0 " + medium.protocol;
  for (const std::string& format : medium.formats) line.append(" ").append(format);
  return line + "\r\n";
}

base::Result<domain::MessageKind> kind_of(std::string_view type, std::string_view body) {
  switch (wire::im::content_from(type)) {
    case wire::im::ImContent::typing: {
      // What is no typing notice is not passed on: some clients never answer it, and their session would end.
      const auto state = wire::im::read_is_composing(body);
      if (!state) return state.error();
      return domain::MessageKind::typing;
    }
    case wire::im::ImContent::imdn:
      return domain::MessageKind::notification;
    case wire::im::ImContent::text:
    case wire::im::ImContent::keyboard_activity:
    case wire::im::ImContent::conversation_info:
    case wire::im::ImContent::cpim:
    case wire::im::ImContent::multipart:
    case wire::im::ImContent::file_invitation:
    case wire::im::ImContent::other:
      break;
  }
  return domain::MessageKind::text;
}

std::optional<domain::FileStep> file_step_in(std::string_view body) {
  using Command = wire::im::FileInvitation::Command;
  using What = domain::FileStep::What;
  auto step = wire::im::read_file_invitation(body);
  if (!step) return std::nullopt;
  const What what = step->command == Command::invite   ? What::offer
                    : step->command == Command::accept ? What::accept
                                                       : What::cancel;
  return domain::FileStep{what, std::move(step->cookie), std::move(step->name)};
}

/// A message/cpim is what its part is; one inside of another is text that nobody looks into.
base::Result<MessageNature> wrapped_nature(std::string_view body) {
  const auto view = read_cpim(body);
  if (!view) return view.error();
  const wire::mime::PartView& part = view->part;
  const auto type = wire::sip::MediaType::parse(wire::sip::unfolded(part.content_type()));
  if (!type) return base::Error{base::Reason::malformed_message, "message/cpim: Content-Type"};
  auto text = wire::mime::decoded(part);
  if (!text) return text.error();
  const auto kind = kind_of(type->type, *text);
  if (!kind) return kind.error();
  MessageNature nature{*kind, std::nullopt};
  if (*kind != domain::MessageKind::text) return nature;
  const bool changeable = *text == part.body && !part.header("Content-Length") && !part.header("Content-MD5");
  nature.inner = domain::InnerText{type->type, *std::move(text), view->content_at, changeable};
  return nature;
}

}  // namespace

std::string message_offer(std::string_view host) { return wire::sdp::write(own_session(host)); }

base::Result<std::string> message_answer(std::string_view offer, std::string_view host) {
  const auto offered = wire::sdp::Description::parse(offer);
  if (!offered) return offered.error();
  const wire::sdp::Media* chosen = offered->message_medium();
  if (chosen == nullptr) return base::Reason::media_not_acceptable;
  wire::sdp::MessageSession session = own_session(host);
  session.medium = chosen->type;
  const std::string ours = wire::sdp::write(session);
  const std::size_t first_medium = ours.find("m=");
  std::string answer = ours.substr(0, first_medium);
  for (const wire::sdp::Media& medium : offered->media)
    answer.append(&medium == chosen ? ours.substr(first_medium) : declined(medium));
  return answer;
}

bool accepts_message(std::string_view answer) {
  const auto description = wire::sdp::Description::parse(answer);
  return description && description->message_medium() != nullptr;
}

base::Result<MessageNature> message_nature(std::string_view content_type, std::string_view body) {
  const auto type = wire::sip::MediaType::parse(content_type);
  if (!type || !is_message_type(type->type)) return base::Reason::media_type_unsupported;
  if (wire::im::content_from(type->type) == wire::im::ImContent::cpim) return wrapped_nature(body);
  if (wire::im::content_from(type->type) == wire::im::ImContent::file_invitation)
    return MessageNature{domain::MessageKind::file, std::nullopt, file_step_in(body)};
  const auto kind = kind_of(type->type, body);
  if (!kind) return kind.error();
  return MessageNature{*kind, std::nullopt};
}

bool takes_cpim(std::string_view text) {
  const auto description = wire::sdp::Description::parse(text);
  const wire::sdp::Media* medium = description ? description->message_medium() : nullptr;
  if (medium == nullptr) return false;
  const std::vector<std::string_view> types = medium->accept_types();
  return std::any_of(types.begin(), types.end(),
                     [](std::string_view type) { return base::equal_ignoring_case(type, "message/cpim"); });
}

std::optional<TypingNotice> keyboard_typing(std::string_view content_type, std::string_view body) {
  if (wire::im::content_from(content_type) != wire::im::ImContent::keyboard_activity) return std::nullopt;
  const auto state = wire::im::read_keyboard_activity(body);
  if (!state) return std::nullopt;
  return TypingNotice{"application/im-iscomposing+xml", wire::im::write_is_composing(*state)};
}

}  // namespace tertulia::face::simple
