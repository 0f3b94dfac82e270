// SPDX-License-Identifier: Apache-2.0
// Conferences of a client of the Lync family ([MS-CONFBAS], [MS-CONFIM]): factory, focus, subscription, unit for messages.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "phone.h"
#include "phone_parts.h"
#include "wire/conference_info/conference_info.h"
#include "wire/lync/conference_invite.h"

namespace tertulia::sim {

using wire::sip::HeaderName;
using wire::sip::Message;
using wire::sip::Writer;
using Kind = Question::Kind;

namespace cccp = wire::lync::cccp;

namespace {

/// Status that an entry has which nobody has answered: the client gave up, or was put out on its way.
constexpr int gave_up = 487;

std::string after_scheme(std::string uri) { return uri.substr(uri.find(':') + 1); }

bool says_success(const Message& message) {
  return message.status() < 300 && message.body().find("code=\"success\"") != std::string_view::npos;
}

}  // namespace

Phone::Outgoing Phone::cccp_request(Outgoing request, std::string_view name, cccp::Operation operation) {
  wire::lync::CccpRequest asked;
  asked.id = std::to_string(requests_of_rooms_++);
  asked.from = "sip:" + traits_.address;
  asked.to = request.uri;
  asked.name = name;
  asked.operation = std::move(operation);
  request.content_type = wire::lync::cccp_type;
  request.body = wire::lync::write_cccp_request(asked);
  return request;
}

/// In the dialog with the focus.
Phone::Outgoing Phone::in_focus(const std::string& conference, std::string_view method) {
  LyncRoom& room = rooms_.at(conference);
  Outgoing request;
  request.method = method;
  request.uri = dialect_uri(conference, "focus");
  request.from = room.local;
  request.to = room.remote;
  request.call_id = room.call_id;
  request.cseq = ++room.cseq;
  request.room_name = conference;
  return request;
}

void Phone::write_command(Outgoing& request, const LeaderWish& wish) {
  const std::string focus = dialect_uri(request.room_name, "focus");
  const std::string whom = wish.whom ? "sip:" + world_.journal.addresses.at(wish.whom) : std::string();
  switch (wish.what) {
    case LeaderWish::What::lock:
    case LeaderWish::What::unlock:
      request = cccp_request(std::move(request), "modifyConferenceLock",
                             cccp::ModifyConferenceLock{focus, wish.what == LeaderWish::What::lock});
      return;
    case LeaderWish::What::promote:
    case LeaderWish::What::demote:
      request = cccp_request(
          std::move(request), "modifyUserRoles",
          cccp::ModifyUserRoles{focus, whom, wish.what == LeaderWish::What::promote ? "presenter" : "attendee"});
      return;
    case LeaderWish::What::put_out:
      request = cccp_request(std::move(request), "deleteUser", cccp::DeleteUser{focus, whom});
      return;
    case LeaderWish::What::end:
      request = cccp_request(std::move(request), "deleteConference", cccp::DeleteConference{focus});
      return;
  }
}

// ---- the way in

void Phone::enter_focus(const std::string& conference, base::UserId first, std::optional<std::size_t> question) {
  Outgoing request = outside("INVITE", after_scheme(dialect_uri(conference, "focus")));
  request.room = RoomStep::focus;
  request.room_name = conference;
  request = cccp_request(std::move(request), "addUser",
                         cccp::AddUser{dialect_uri(conference, "focus"), "sip:" + traits_.address, "attendee",
                                       fmt::format("{{device-{}}}", device_)});
  request.question = question ? *question : ask(Kind::enter, {}, request, {});
  question_at(request.question).conference = conference;
  LyncRoom& room = rooms_[conference];
  room.call_id = request.call_id;
  room.local = request.from;
  room.cseq = request.cseq;
  room.question = request.question;
  room.first = first;
  send(std::move(request));
}

void Phone::on_room_answer(const Outgoing& request, const Message& message) {
  const std::string& name = request.room_name;
  const RoomStep step = *request.room;
  if (request.method == "INVITE") acknowledge_without_dialog(request, message);
  const bool known = rooms_.contains(name);
  if (step == RoomStep::create) {
    if (!known) return;
    if (!says_success(message)) return end_room(name, message.status() < 300 ? 403 : message.status());
    return enter_focus(name, rooms_.at(name).first, request.question);
  }
  if (step == RoomStep::focus) return on_entered(request, message);
  Question& question = question_at(request.question);
  ++question.finals;
  question.answered = world_.scheduler.mono();
  question.status = message.status();
  note_refusal(message, question);
  if (step == RoomStep::command) question.failed = !says_success(message);
  if (step == RoomStep::guest && message.status() < 300) {
    // The chat with him goes on in the conference.  Saying goodbye asks: `question` may move.
    const base::UserId guest = question.to;
    for (const std::size_t call : open_calls())
      if (call_at(call).conference.empty() && call_at(call).peer == world_.journal.addresses.at(guest))
        bye(call, guest);
  }
  if (step == RoomStep::feed && known) {
    LyncRoom& room = rooms_.at(name);
    if (room.feed_call_id != request.call_id) return;
    Watch& watch = world_.journal.watches[*room.watch];
    watch.lives = message.status() < 300;
    watch.gone = !watch.lives;
    if (watch.lives) read_room(name, message.body());
  }
}

void Phone::on_entered(const Outgoing& request, const Message& message) {
  const std::string& name = request.room_name;
  const auto found = rooms_.find(name);
  if (found == rooms_.end() || found->second.call_id != request.call_id) {
    if (!says_success(message)) return;
    // We did not want it any more: nobody stays in a focus by mistake.
    Outgoing goodbye = request;
    goodbye.method = "BYE";
    goodbye.to = message.header(HeaderName::to).value_or("");
    goodbye.content_type = goodbye.body = "";
    ++goodbye.cseq;
    goodbye.room = RoomStep::farewell;
    goodbye.question = ask(Kind::bye, {}, goodbye, {});
    return send(std::move(goodbye));
  }
  LyncRoom& room = found->second;
  if (room.question) note_refusal(message, question_at(*room.question));
  if (!says_success(message)) return end_room(name, message.status() < 300 ? 403 : message.status());
  room.remote = message.header(HeaderName::to).value_or("");
  room.in = true;
  world_.journal.conferences.try_emplace(name, ConferenceLife{user_with(name.substr(0, name.find('/'))), true});
  watch_room(name);
}

void Phone::acknowledge_without_dialog(const Outgoing& request, const Message& message) {
  Writer writer = Writer::request("ACK", request.uri);
  writer.header(HeaderName::via, message.status() < 300 ? new_via() : request.via)
      .header(HeaderName::max_forwards, "70")
      .header(HeaderName::from, request.from)
      .header(HeaderName::to, message.header(HeaderName::to).value_or(""))
      .header(HeaderName::call_id, request.call_id)
      .header(HeaderName::cseq, std::to_string(request.cseq) + " ACK");
  write(std::move(writer).finish());
}

void Phone::watch_room(const std::string& conference) {
  Outgoing request = outside("SUBSCRIBE", after_scheme(dialect_uri(conference, "focus")));
  request.room = RoomStep::feed;
  request.room_name = conference;
  request.extra = {{"Event", "conference"},
                   {"Accept", "application/conference-info+xml"},
                   {"Supported", "com.microsoft.autoextend"},
                   {"Supported", "ms-piggyback-first-notify"},
                   {"Supported", "ms-benotify"},
                   {"Proxy-Require", "ms-benotify"}};
  request.question = ask(Kind::subscribe, {}, request, {});
  LyncRoom& room = rooms_.at(conference);
  room.feed_call_id = request.call_id;
  room.watch = new_watch(Package::conference, user_with(conference.substr(0, conference.find('/'))), request.call_id);
  world_.journal.watches[*room.watch].conference = conference;
  send(std::move(request));
}

void Phone::read_room(const std::string& conference, std::string_view body) {
  LyncRoom& room = rooms_.at(conference);
  Watch& watch = world_.journal.watches[*room.watch];
  read_news(watch, "application/conference-info+xml", body);
  if (const auto document = wire::conference_info::read(body); document && document->description)
    for (const auto& entry : document->description->conf_uris)
      if (entry.purpose == "chat") room.unit = entry.uri;
  enter_unit(conference);
}

/// Each notification makes the client enter the unit when it has no dialog with it.
void Phone::enter_unit(const std::string& conference) {
  LyncRoom& room = rooms_.at(conference);
  if (!room.in || room.unit.empty() || !connected()) return;  // the last words of a connection that is lost
  if (room.call && !call_at(*room.call).ended) return;
  const auto call = ring(Kind::enter, {}, after_scheme(room.unit));
  if (call) rooms_.at(conference).call = call;
}

void Phone::settle_entry(LyncRoom& room, int status) {
  if (!room.question) return;
  Question& question = question_at(*room.question);
  ++question.finals;
  question.answered = world_.scheduler.mono();
  question.status = status;
  room.question.reset();
}

void Phone::on_unit_answer(std::size_t call, int status) {
  const auto found =
      std::find_if(rooms_.begin(), rooms_.end(), [&](const auto& one) { return one.second.call == call; });
  if (found == rooms_.end()) return;
  settle_entry(found->second, status);
  const base::UserId guest = std::exchange(found->second.first, {});
  if (status < 300 && guest) ask_guest(std::string(found->first), guest);
}

void Phone::ask_guest(const std::string& conference, base::UserId guest) {
  Outgoing request = outside("INVITE", world_.journal.addresses.at(guest));
  request.room = RoomStep::guest;
  request.room_name = conference;
  request.extra = {{"Supported", "ms-sender"}};
  request.content_type = wire::lync::conference_invite_type;
  request.body = wire::lync::write_conference_invite({dialect_uri(conference, "focus"), {}});
  request.question = ask(Kind::add, guest, request, {});
  question_at(request.question).conference = conference;
  send(std::move(request));
}

void Phone::go_back_to_rooms() {
  for (const std::string& name : std::exchange(lost_rooms_, {}))
    if (!rooms_.contains(name)) enter_focus(name, {}, std::nullopt);
}

// ---- what comes in

void Phone::on_conference_invite(const Message& message) {
  const auto invite = wire::lync::read_conference_invite(message.body());
  // Whatever the answer: the session that it is about is one already.
  if (const auto from = wire::sip::NameAddr::parse(message.header(HeaderName::from).value_or("")); invite && from)
    may_become(from->uri.address_of_record(), conference_in(invite->focus));
  if (calls.what == Manner::What::drop) return reset();
  if (calls.what == Manner::What::never) return;
  if (!invite || !lync_ || calls.what == Manner::What::refuse)
    return answer(message, calls.what == Manner::What::refuse ? calls.status : 488, world_.random.token(8));
  answer(message, 200, world_.random.token(8));
  const std::string name = conference_in(invite->focus);
  if (!rooms_.contains(name)) enter_focus(name, {}, std::nullopt);
}

bool Phone::on_room_bye(const Message& message) {
  const std::string_view call_id = message.header(HeaderName::call_id).value_or("");
  const auto found =
      std::find_if(rooms_.begin(), rooms_.end(), [&](const auto& one) { return one.second.call_id == call_id; });
  if (found == rooms_.end()) return false;
  answer(message, 200, {});
  end_room(std::string(found->first), gave_up);
  return true;
}

bool Phone::on_room_news(const Message& message) {
  const std::string_view call_id = message.header(HeaderName::call_id).value_or("");
  const auto found =
      std::find_if(rooms_.begin(), rooms_.end(), [&](const auto& one) { return one.second.feed_call_id == call_id; });
  if (found == rooms_.end()) return false;
  if (message.header(HeaderName::subscription_state).value_or("").starts_with("terminated")) {
    Watch& watch = world_.journal.watches[*found->second.watch];
    watch.lives = false;
    watch.gone = true;
  } else if (!message.body().empty()) {
    read_room(std::string(found->first), message.body());
  }
  return true;
}

/// Nothing is left of it but the dialog with the unit, which the server or `leave` ends.  status: 0 without an answer.
void Phone::end_room(const std::string& conference, int status) {
  const auto found = rooms_.extract(conference);
  if (found.empty()) return;
  LyncRoom room = found.mapped();
  if (status != 0) settle_entry(room, status);
  if (!room.watch) return;
  Watch& watch = world_.journal.watches[*room.watch];
  watch.lives = false;
  watch.gone = true;
}

}  // namespace tertulia::sim
