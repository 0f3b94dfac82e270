// SPDX-License-Identifier: Apache-2.0
// Sessions and telephone calls that a client begins and ends.
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "phone.h"
#include "phone_parts.h"

namespace tertulia::sim {

using wire::sip::HeaderName;
using wire::sip::Message;
using wire::sip::Writer;
using Kind = Question::Kind;

namespace {

constexpr std::string_view description =
    "v=0\r\no=- 0 0 IN IP4 192.0.2.9\r\ns=session\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
    "m=message 5060 sip null\r\na=accept-types:text/plain\r\n";

}  // namespace

std::vector<std::string> recorded_routes(const Message& message) {
  std::vector<std::string> routes;
  message.for_each(HeaderName::record_route, [&](std::string_view line) {
    for (const std::string_view entry : base::split(line, ',')) routes.emplace_back(base::trimmed(entry));
  });
  return routes;
}

std::optional<std::size_t> Phone::invite(base::UserId to, std::string_view to_address) {
  return ring(Kind::invite, to, to_address);
}

std::optional<std::size_t> Phone::call(base::UserId to, std::string_view to_address) {
  return ring(Kind::call, to, to_address);
}

std::optional<std::size_t> Phone::ring(Kind kind, base::UserId to, std::string_view to_address,
                                       std::vector<std::pair<std::string, std::string>> headers) {
  if (!connect()) return std::nullopt;
  Outgoing request = outside("INVITE", to_address);
  request.extra = std::move(headers);
  if (lync_ && kind == Kind::invite)
    request.extra = {{"Supported", "ms-sender"},
                     {"ms-text-format", "text/plain; charset=UTF-8"},
                     {"Ms-Conversation-ID", std::to_string(1 + world_.random.below(1'000'000))}};
  request.content_type = "application/sdp";
  request.body = kind == Kind::call ? audio_description : description;
  request.question = ask(kind, to, request, {});
  const std::size_t call = world_.journal.calls.size();
  world_.journal.calls.push_back({device_, link_->serial(), request.call_id, std::string(to_address), true});
  world_.journal.calls.back().audio = kind == Kind::call;
  Dialog& dialog = dialogs_[call];
  dialog.call_id = request.call_id;
  dialog.local = request.from;
  dialog.cseq = request.cseq;
  request.call = call;
  send(std::move(request));
  return call;
}

void Phone::bye(std::size_t call, base::UserId to) {
  const auto found = dialogs_.find(call);
  if (!connected() || found == dialogs_.end() || !found->second.open) return;
  Outgoing request = inside(call, "BYE");
  request.question = ask(Kind::bye, to, request, {});
  end_call(call, Call::State::ended);
  send(std::move(request));
}

void Phone::cancel(std::size_t call) {
  const auto found = dialogs_.find(call);
  if (!connected() || found == dialogs_.end() || found->second.open) return;
  const auto invite = outgoing_.find(found->second.invite_branch);
  if (invite == outgoing_.end() || invite->second.done || invite->second.cancel_sent) return;
  invite->second.cancel_wanted = true;
  if (invite->second.provisional) send_cancel(invite->second);
}

/// RFC 3261 9.1: the INVITE's own branch, and never before a provisional response.
void Phone::send_cancel(Outgoing& invite) {
  invite.cancel_wanted = false;
  invite.cancel_sent = true;
  Outgoing request = invite;
  request.method = "CANCEL";
  request.done = false;
  request.question = ask(Kind::cancel, question_at(invite.question).to, request, {});
  Writer writer = Writer::request("CANCEL", invite.uri);
  writer.header(HeaderName::via, invite.via)
      .header(HeaderName::max_forwards, "70")
      .header(HeaderName::from, invite.from)
      .header(HeaderName::to, invite.to)
      .header(HeaderName::call_id, invite.call_id)
      .header(HeaderName::cseq, std::to_string(invite.cseq) + " CANCEL");
  outgoing_.insert_or_assign(key_of(invite.via, "CANCEL"), std::move(request));
  write(std::move(writer).finish());
}

std::vector<std::size_t> Phone::open_calls(bool audio) const {
  std::vector<std::size_t> open;
  for (const auto& [call, dialog] : dialogs_)
    if (dialog.open && world_.journal.calls[call].audio == audio) open.push_back(call);
  return open;
}

void Phone::end_call(std::size_t call, Call::State state) {
  Call& seen = call_at(call);
  if (seen.ended) return;
  seen.state = state;
  seen.ended = world_.scheduler.mono();
  if (const auto found = dialogs_.find(call); found != dialogs_.end()) found->second.open = false;
}

void Phone::dialog_failed(const Outgoing& request) {
  const Call& call = call_at(*request.call);
  // Who gets that for a BYE, or in a session, has heard of the end.
  if (!call.audio || request.method == "BYE") return end_call(*request.call, Call::State::ended);
  bye(*request.call, question_at(request.question).to);
}

// ---- answers to an INVITE

void Phone::on_invite_final(Outgoing& request, const Message& message) {
  acknowledge(request, message, message.status() < 300);
  const std::size_t call = *request.call;
  if (message.status() == 401 && request.tries < tries_max && learn_challenge(message)) {
    Outgoing again = request;
    again.cseq = ++dialogs_.at(call).cseq;
    return send(std::move(again));
  }
  Question& question = question_at(request.question);
  ++question.finals;
  question.answered = world_.scheduler.mono();
  question.status = message.status();
  call_at(call).status = message.status();
  if (message.status() >= 300) note_refusal(message, question);
  if (dialogs_.at(call).told_in) tell_of_transfer(call, message.status());  // asks: `question` may have moved
  if (message.status() < 300) {
    call_at(call).state = Call::State::open;
    note_conference(call, message);
    return on_unit_answer(call, message.status());
  }
  on_unit_answer(call, message.status());
  end_call(call, message.status() == 487 ? Call::State::cancelled : Call::State::refused);
}

void Phone::acknowledge(const Outgoing& request, const Message& message, bool success) {
  Dialog& dialog = dialogs_.at(*request.call);
  std::string uri = request.uri;
  const std::string to(message.header(HeaderName::to).value_or(""));
  if (success) {
    dialog.remote = to;
    const auto contacts = wire::sip::all_addresses(message, HeaderName::contact);
    dialog.remote_target = contacts && !contacts->empty() ? contacts->front().uri_text : request.uri;
    dialog.routes = recorded_routes(message);
    std::reverse(dialog.routes.begin(), dialog.routes.end());
    dialog.open = true;
    uri = dialog.remote_target;
  }
  Writer writer = Writer::request("ACK", uri);
  writer.header(HeaderName::via, success ? new_via() : request.via);
  if (success)
    for (const std::string& route : dialog.routes) writer.header(HeaderName::route, route);
  writer.header(HeaderName::max_forwards, "70")
      .header(HeaderName::from, request.from)
      .header(HeaderName::to, to)
      .header(HeaderName::call_id, request.call_id)
      .header(HeaderName::cseq, std::to_string(request.cseq) + " ACK");
  write(std::move(writer).finish());
}

}  // namespace tertulia::sim
