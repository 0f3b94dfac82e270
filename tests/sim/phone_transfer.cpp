// SPDX-License-Identifier: Apache-2.0
// What happens within telephone calls: hold (RFC 3264 8.4) and transfer (RFC 3515, 3891, 5589), on either side.
#include <fmt/format.h>

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

constexpr std::string_view fragment_type = "message/sipfrag;version=2.0";

/// As a header stands in a URI (RFC 3261 19.1.1).
std::string escaped(std::string_view value) {
  std::string text;
  for (const char c : value) text += c == ';' ? "%3B" : c == '=' ? "%3D" : std::string(1, c);
  return text;
}

std::string unescaped(std::string text) {
  for (const auto& [code, sign] : {std::pair{"%3B", ";"}, std::pair{"%3D", "="}})
    for (std::size_t at = text.find(code); at != std::string::npos; at = text.find(code)) text.replace(at, 3, sign);
  return text;
}

/// "SIP/2.0 486 Busy Here": 486.
int status_in(std::string_view fragment) {
  if (!fragment.starts_with("SIP/2.0 ")) return 0;
  return static_cast<int>(base::to_number(fragment.substr(8, 3)).value_or(0));
}

}  // namespace

std::optional<std::size_t> Phone::call_of(const Message& message) const {
  const std::string_view call_id = message.header(HeaderName::call_id).value_or("");
  for (const auto& [call, dialog] : dialogs_)
    if (dialog.call_id == call_id && dialog.open && world_.journal.calls[call].audio) return call;
  return std::nullopt;
}

base::UserId Phone::user_with(std::string_view address) const {
  for (const auto& [user, known] : world_.journal.addresses)
    if (known == address) return user;
  return {};
}

// ---- hold

void Phone::hold(std::size_t call, base::UserId peer, bool silent) {
  const auto found = dialogs_.find(call);
  if (!connected() || found == dialogs_.end() || !found->second.open || found->second.offering) return;
  Outgoing request = inside(call, "INVITE");
  request.renegotiates = true;
  request.content_type = "application/sdp";
  request.body = std::string(audio_description) + (silent ? "a=sendonly\r\n" : "a=sendrecv\r\n");
  request.question = ask(Kind::hold, peer, request, {});
  found->second.offering = true;
  send(std::move(request));
}

void Phone::on_reinvite_final(const Outgoing& request, const Message& message) {
  Dialog& dialog = dialogs_.at(*request.call);
  acknowledge_offer(request, message);
  if (message.status() == 401 && request.tries < tries_max && learn_challenge(message)) {
    Outgoing again = request;
    again.cseq = ++dialog.cseq;
    return send(std::move(again));
  }
  dialog.offering = false;
  Question& question = question_at(request.question);
  ++question.finals;
  question.answered = world_.scheduler.mono();
  question.status = message.status();
  note_refusal(message, question);
  if (dialog.open && (message.status() == 481 || message.status() == 408)) dialog_failed(request);
}

void Phone::acknowledge_offer(const Outgoing& request, const Message& message) {
  const Dialog& dialog = dialogs_.at(*request.call);
  const bool success = message.status() < 300;
  Writer writer = Writer::request("ACK", success ? dialog.remote_target : request.uri);
  writer.header(HeaderName::via, success ? new_via() : request.via);
  for (const std::string& route : dialog.routes) writer.header(HeaderName::route, route);
  writer.header(HeaderName::max_forwards, "70")
      .header(HeaderName::from, request.from)
      .header(HeaderName::to, message.header(HeaderName::to).value_or(""))
      .header(HeaderName::call_id, request.call_id)
      .header(HeaderName::cseq, std::to_string(request.cseq) + " ACK");
  write(std::move(writer).finish());
}

void Phone::on_offer(const Message& message) {
  const auto call = call_of(message);
  if (!call) return answer(message, 481, {});
  if (dialogs_.at(*call).offering) return answer(message, 491, {});  // RFC 3261 14.2
  if (calls.what == Manner::What::never) return;
  if (calls.what == Manner::What::drop) return reset();
  if (calls.what == Manner::What::refuse) return answer(message, 488, {});
  const auto accept = [this, call = *call, message] {
    if (!dialogs_.at(call).open) return answer(message, 487, {});
    Writer writer = wire::sip::response_to(message, 200, "OK", {});
    writer.copy(message, HeaderName::record_route).header(HeaderName::contact, contact());
    const bool silent = message.body().find("a=sendonly") != std::string_view::npos;
    write(std::move(writer).finish("application/sdp",
                                   std::string(audio_description) + (silent ? "a=recvonly\r\n" : "a=sendrecv\r\n")));
  };
  if (calls.delay == base::Duration{}) return accept();
  later(calls.delay, accept);
}

// ---- transfer: who asks for it

void Phone::transfer(std::size_t call, base::UserId peer, std::string_view to_address,
                     std::optional<std::size_t> taken) {
  const auto found = dialogs_.find(call);
  if (!connected() || found == dialogs_.end() || !found->second.open || found->second.transfer) return;
  std::string target = "sip:" + std::string(to_address);
  if (taken) {
    const Dialog& other = dialogs_.at(*taken);
    target += "?Replaces=" + escaped(fmt::format("{};to-tag={};from-tag={}", other.call_id, tag_of(other.remote),
                                                 tag_of(other.local)));
  }
  Outgoing request = inside(call, "REFER");
  request.extra = {{"Refer-To", "<" + target + ">"}, {"Referred-By", "<sip:" + traits_.address + ">"}};
  request.question = ask(Kind::refer, peer, request, {});
  found->second.transfer = world_.journal.transfers.size();
  world_.journal.transfers.push_back({call});
  send(std::move(request));
}

void Phone::on_refer_news(const Message& message) {
  if (on_addition_news(message)) return;
  const auto call = call_of(message);
  if (!call || !dialogs_.at(*call).transfer) return answer(message, 481, {});
  answer(message, 200, {});
  const int status = status_in(message.body());
  if (status < 200) return;
  Dialog& dialog = dialogs_.at(*call);
  world_.journal.transfers[*dialog.transfer].heard = status;
  dialog.transfer.reset();  // he may ask again
  if (status < 300) bye(*call, user_with(call_at(*call).peer));
}

// ---- transfer: who is asked

void Phone::on_refer(const Message& message) {
  const auto call = call_of(message);
  const auto target = wire::sip::NameAddr::parse(message.header(HeaderName::refer_to).value_or(""));
  if (!call) return answer(message, 481, {});
  if (!target || calls.what == Manner::What::refuse) return answer(message, 603, {});
  if (calls.what == Manner::What::never) return;
  if (calls.what == Manner::What::drop) return reset();
  Writer writer = wire::sip::response_to(message, 202, "Accepted", {});
  writer.header(HeaderName::contact, contact());
  write(std::move(writer).finish());
  notify_of_transfer(*call, 100);
  std::vector<std::pair<std::string, std::string>> headers;
  headers.emplace_back("Referred-By", message.header(HeaderName::referred_by).value_or(""));
  const std::string& extra = target->uri.headers;
  if (extra.starts_with("Replaces=")) headers.emplace_back("Replaces", unescaped(extra.substr(9)));
  const std::string address = target->uri.address_of_record();
  const auto carried = ring(Kind::call, user_with(address), address, std::move(headers));
  if (!carried) return;
  dialogs_.at(*carried).told_in = *call;
  std::vector<Transfer>& transfers = world_.journal.transfers;
  const auto asked = std::find_if(transfers.rbegin(), transfers.rend(), [&](const Transfer& one) {
    return call_at(one.call).call_id == call_at(*call).call_id && !one.carried;
  });
  if (asked == transfers.rend()) return;
  asked->carried = *carried;
  dialogs_.at(*carried).transfer = static_cast<std::size_t>(transfers.rend() - asked) - 1;
}

void Phone::tell_of_transfer(std::size_t carried, int status) {
  const Dialog& dialog = dialogs_.at(carried);
  const auto question = notify_of_transfer(*dialog.told_in, status);
  if (!question || !dialog.transfer) return;
  Transfer& transfer = world_.journal.transfers[*dialog.transfer];
  transfer.told = status;
  transfer.news = *question;
}

std::optional<std::size_t> Phone::notify_of_transfer(std::size_t call, int status) {
  const auto found = dialogs_.find(call);
  if (!connected() || found == dialogs_.end() || !found->second.open) return std::nullopt;
  Outgoing request = inside(call, "NOTIFY");
  const std::string state = status < 200 ? "active;expires=300" : "terminated;reason=noresource";
  request.extra = {{"Event", "refer"}, {"Subscription-State", state}};
  request.content_type = fragment_type;
  request.body = fmt::format("SIP/2.0 {} {}\r\n", status, wire::sip::phrase_of(status));
  request.question = ask(Kind::refer_news, user_with(call_at(call).peer), request, {});
  const std::size_t question = request.question;
  send(std::move(request));
  return question;
}

// ---- transfer: the third one

std::optional<std::size_t> Phone::replaced_call(const Message& invite) const {
  const auto value = invite.header(HeaderName::replaces);
  if (!value) return std::nullopt;
  for (const auto& [call, dialog] : dialogs_) {
    if (!dialog.open || !world_.journal.calls[call].audio) continue;
    if (*value == fmt::format("{};to-tag={};from-tag={}", dialog.call_id, tag_of(dialog.local), tag_of(dialog.remote)))
      return call;
  }
  return std::nullopt;
}

void Phone::take_the_place(std::size_t call, std::size_t replaced) {
  call_at(call).replaces = call_at(replaced).call_id;
  answer_invite(call, 200);
  bye(replaced, user_with(call_at(replaced).peer));
}

}  // namespace tertulia::sim
