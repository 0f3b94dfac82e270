// SPDX-License-Identifier: Apache-2.0
// What comes in to a client and how it answers.
#include <utility>

#include "fake_store.h"
#include "phone.h"
#include "phone_parts.h"

namespace tertulia::sim {

using wire::sip::HeaderName;
using wire::sip::Message;
using wire::sip::Method;
using wire::sip::Writer;

namespace {

constexpr std::string_view own_description =
    "v=0\r\no=- 0 0 IN IP4 192.0.2.9\r\ns=session\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
    "m=message 5060 sip null\r\na=accept-types:text/plain\r\n";

bool is_audio(const Message& message) { return message.body().find("m=audio") != std::string_view::npos; }

}  // namespace

std::string tag_of(std::string_view address) {
  const auto parsed = wire::sip::NameAddr::parse(address);
  return parsed ? std::string(parsed->tag()) : std::string();
}

void Phone::on_bytes(Link& link, std::string_view bytes) {
  if (&link != link_) return;
  heard_ += bytes.size();
  framer_.append(bytes);
  while (link_ == &link) {
    auto event = framer_.next();
    if (std::holds_alternative<wire::sip::Framer::NeedMore>(event) ||
        std::holds_alternative<wire::sip::Framer::Broken>(event))
      return;
    auto* complete = std::get_if<wire::sip::Framer::Complete>(&event);
    if (complete == nullptr) continue;
    message_sent_ = link.sent_time(heard_ - framer_.pending());
    auto message = Message::parse(std::move(complete->bytes));
    if (!message) continue;
    if (!stands_by_signature(*message)) continue;
    if (message->is_request()) {
      on_request(*std::move(message));
    } else {
      on_response(*message);
    }
  }
}

void Phone::on_request(Message message) {
  trace("<-", message);
  switch (message.method()) {
    case Method::message:
      return on_message(std::move(message));
    case Method::invite:
      return on_invite(std::move(message));
    case Method::cancel:
      return on_cancel(message);
    case Method::bye:
      return on_bye(message);
    case Method::notify:
      return on_notify(std::move(message));
    case Method::refer:
      return on_refer(message);
    case Method::ack:
      return on_ack(message);
    case Method::benotify:
      return on_benotify(message);
    case Method::info:  // somebody types
      return answer(message, lync_ ? 200 : 405, world_.random.token(8));
    default:
      return answer(message, 405, world_.random.token(8));
  }
}

void Phone::answer(const Message& request, int status, std::string_view to_tag) {
  Writer writer = wire::sip::response_to(request, status, wire::sip::phrase_of(status), to_tag);
  write(std::move(writer).finish());
}

void Phone::on_message(Message message) {
  if (message.header(HeaderName::content_type) == "application/im-iscomposing+xml")
    return answer(message, 200, world_.random.token(8));
  Copy copy;
  copy.text = first_word(message.body());
  copy.user = traits_.user;
  copy.device = device_;
  copy.connection = link_->serial();
  copy.call_id = message.header(HeaderName::call_id).value_or("");
  copy.from_tag = tag_of(message.header(HeaderName::from).value_or(""));
  note_speaker(message, world_.journal, copy);
  if (const auto call = session_of(message); call && !call_at(*call).conference.empty())
    copy.conference = call_at(*call).conference;
  const bool in_dialog = !tag_of(message.header(HeaderName::to).value_or("")).empty();
  if (in_dialog) copy.dialog = copy.call_id;
  copy.sent = message_sent_;
  copy.received = world_.scheduler.mono();
  const std::size_t index = world_.journal.copies.size();
  world_.journal.copies.push_back(std::move(copy));
  if (texts.what == Manner::What::never) return;
  if (texts.what == Manner::What::drop) return reset();
  const int status = texts.what == Manner::What::take ? 200 : texts.status;
  const auto reply = [this, index, status, message = std::move(message)] {
    Copy& seen = world_.journal.copies[index];
    seen.answered = world_.scheduler.mono();
    seen.status = status;
    answer(message, status, world_.random.token(8));
    if (link_ == nullptr) return;
    link_->when_arrived([this, index] { world_.journal.copies[index].answer_arrived = world_.scheduler.mono(); });
  };
  if (texts.delay == base::Duration{}) return reply();
  later(texts.delay, reply);
}

void Phone::on_invite(Message message) {
  if (!tag_of(message.header(HeaderName::to).value_or("")).empty()) {
    if (const auto session = session_of(message)) return on_session_offer(*session, message);
    return on_offer(message);
  }
  if (message.header(HeaderName::content_type) == "application/ms-conf-invite+xml")
    return on_conference_invite(message);
  const auto replaced = replaced_call(message);
  if (!replaced && message.header(HeaderName::replaces)) return answer(message, 481, world_.random.token(8));
  const std::size_t call = world_.journal.calls.size();
  const std::string call_id(message.header(HeaderName::call_id).value_or(""));
  const auto from = wire::sip::NameAddr::parse(message.header(HeaderName::from).value_or(""));
  const auto contacts = wire::sip::all_addresses(message, HeaderName::contact);
  world_.journal.calls.push_back(
      {device_, link_->serial(), call_id, from ? from->uri.address_of_record() : std::string(), false});
  world_.journal.calls.back().audio = is_audio(message);
  Dialog& dialog = dialogs_[call];
  dialog.call_id = call_id;
  dialog.to_tag = world_.random.token(8);
  dialog.remote = message.header(HeaderName::from).value_or("");
  dialog.local = std::string(message.header(HeaderName::to).value_or("")) + ";tag=" + dialog.to_tag;
  if (contacts && !contacts->empty()) dialog.remote_target = contacts->front().uri_text;
  dialog.routes = recorded_routes(message);
  dialog.incoming = std::move(message);
  if (replaced) return take_the_place(call, *replaced);
  if (calls.what == Manner::What::drop) return reset();
  answer(*dialog.incoming, 180, dialog.to_tag);
  if (calls.what == Manner::What::never) return;
  const int status = calls.what == Manner::What::take ? 200 : calls.status;
  if (calls.delay == base::Duration{}) return answer_invite(call, status);
  later(calls.delay, [this, call, status] { answer_invite(call, status); });
}

void Phone::answer_invite(std::size_t call, int status) {
  const auto found = dialogs_.find(call);
  if (found == dialogs_.end() || !found->second.incoming) return;  // cancelled meanwhile
  Dialog& dialog = found->second;
  const Message invite = *std::exchange(dialog.incoming, std::nullopt);
  call_at(call).status = status;
  if (status >= 300) {
    answer(invite, status, dialog.to_tag);
    return end_call(call, Call::State::refused);
  }
  dialog.open = dialog.unacknowledged = true;
  call_at(call).state = Call::State::open;
  note_conference(call, invite);
  Writer writer = wire::sip::response_to(invite, status, wire::sip::phrase_of(status), dialog.to_tag);
  writer.copy(invite, HeaderName::record_route).header(HeaderName::contact, contact());
  write(std::move(writer).finish("application/sdp", call_at(call).audio ? audio_description : own_description));
}

/// Now the server knows that we are in.
void Phone::on_ack(const Message& message) {
  const auto session = session_of(message);
  if (!session || !std::exchange(dialogs_.at(*session).unacknowledged, false)) return;
  if (!call_at(*session).conference.empty()) call_at(*session).entered = world_.scheduler.mono();
}

void Phone::on_cancel(const Message& message) {
  answer(message, 200, world_.random.token(8));
  const std::string_view call_id = message.header(HeaderName::call_id).value_or("");
  for (auto& [call, dialog] : dialogs_) {
    if (dialog.call_id != call_id || !dialog.incoming) continue;
    const Message invite = *std::exchange(dialog.incoming, std::nullopt);
    answer(invite, 487, dialog.to_tag);
    return end_call(call, Call::State::cancelled);
  }
}

void Phone::on_bye(const Message& message) {
  if (on_room_bye(message)) return;
  const std::string_view call_id = message.header(HeaderName::call_id).value_or("");
  for (auto& [call, dialog] : dialogs_) {
    if (dialog.call_id != call_id) continue;
    answer(message, 200, {});
    return end_call(call, Call::State::ended);
  }
  answer(message, 481, world_.random.token(8));
}

}  // namespace tertulia::sim
