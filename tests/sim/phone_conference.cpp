// SPDX-License-Identifier: Apache-2.0
// Conferences of a client of the standards: RFC 4579 (focus and factory), RFC 3515 in a session, RFC 4575 (who is in).
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "fake_store.h"
#include "phone.h"
#include "phone_parts.h"
#include "wire/conference_info/conference_info.h"

namespace tertulia::sim {

using wire::sip::HeaderName;
using wire::sip::Message;
using wire::sip::Writer;
using Kind = Question::Kind;

namespace {

namespace info = wire::conference_info;

constexpr std::string_view messages_description =
    "v=0\r\no=- 0 0 IN IP4 192.0.2.9\r\ns=session\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
    "m=message 5060 sip null\r\na=accept-types:text/plain\r\n";
constexpr std::string_view standard_begin = "conference.";
constexpr std::string_view opaque_begin = "app:conf:";
constexpr std::string_view factory = "conference@example.com";
/// What was answered so shortly before the news may have been said in the conference already.
constexpr base::Duration on_the_way = std::chrono::seconds{10};

/// Behind the scheme.
std::string without_scheme(std::string uri) { return uri.substr(uri.find(':') + 1); }

std::string cut_at(std::string text, std::string_view sign) { return text.substr(0, text.find(sign)); }

}  // namespace

std::string upper(std::string_view text) {
  std::string made(text);
  for (char& c : made)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  return made;
}

namespace {

/// Number of devices in the messages, and of all.
std::string devices_of(const info::User& user) {
  const auto chats = std::count_if(user.endpoints.begin(), user.endpoints.end(),
                                   [](const info::Endpoint& one) { return !one.media.empty(); });
  const auto named_focus = std::count_if(user.endpoints.begin(), user.endpoints.end(),
                                         [](const info::Endpoint& one) { return one.session_type == "focus"; });
  const auto all = named_focus > 0 ? static_cast<std::size_t>(named_focus) : user.endpoints.size();
  return fmt::format("{} of {}", chats, all);
}

}  // namespace

// ---- names

std::string conference_in(std::string_view uri) {
  const auto parsed = wire::sip::Uri::parse(uri);
  if (!parsed) return {};
  std::string_view opaque = parsed->parameters.value("opaque");
  if (opaque.starts_with(opaque_begin)) {
    const std::size_t at = opaque.find(":id:");
    if (at == std::string_view::npos) return {};
    return parsed->address_of_record() + "/" + upper(opaque.substr(at + 4));
  }
  std::string user = base::to_lower(parsed->user);
  if (!user.starts_with(standard_begin)) return {};
  user.erase(0, standard_begin.size());
  const std::size_t mark = user.rfind('~');
  const std::string domain = mark == std::string::npos ? base::to_lower(parsed->host) : user.substr(mark + 1);
  user = user.substr(0, mark);
  const std::size_t dot = user.rfind('.');
  if (dot == std::string::npos) return {};
  return user.substr(0, dot) + "@" + domain + "/" + upper(user.substr(dot + 1));
}

std::string standard_uri(std::string_view conference) {
  const std::string organizer = cut_at(std::string(conference), "/");
  const std::size_t at = organizer.find('@');
  return fmt::format("sip:{}{}.{}{}", standard_begin, organizer.substr(0, at), conference.substr(organizer.size() + 1),
                     organizer.substr(at));
}

std::string dialect_uri(std::string_view conference, std::string_view part) {
  const std::string organizer = cut_at(std::string(conference), "/");
  return fmt::format("sip:{};gruu;opaque={}{}:id:{}", organizer, opaque_begin, part,
                     conference.substr(organizer.size() + 1));
}

void note_speaker(const Message& message, const Journal& journal, Copy& copy) {
  const auto from = wire::sip::NameAddr::parse(message.header(HeaderName::from).value_or(""));
  if (from) copy.conference = conference_in(from->uri_text);
  if (const auto sender = message.header("Ms-Sender")) {
    const auto named = wire::sip::NameAddr::parse(*sender);
    if (named) copy.speaker = named->uri.address_of_record();
    return;
  }
  const std::string_view body = message.body();
  const std::size_t colon = body.find(": ");
  if (colon == std::string_view::npos) return;
  const std::string name(body.substr(0, colon));
  const auto named = journal.names.find(name);
  if (named != journal.names.end()) copy.speaker = journal.addresses.at(named->second);
  for (const auto& [user, address] : journal.addresses)
    if (name == address) copy.speaker = address;
  if (!copy.speaker.empty()) copy.text = first_word(body.substr(colon + 2));
}

bool read_roster(Watch& watch, std::string_view body) {
  const auto document = info::read(body);
  if (!document) return false;
  const bool whole = document->state == info::State::full;
  // RFC 4575 4.2: only what has changed since the version before can be added to what is known.
  if (!whole && watch.version && document->version > *watch.version + 1)
    watch.out_of_order.push_back(fmt::format("changes {} after {}", document->version, *watch.version));
  watch.version = document->version;
  if (whole) watch.parts.clear();
  for (const info::User& user : document->users) {
    const std::string address = without_scheme(user.entity);
    if (user.state == info::State::deleted) {
      watch.parts.erase(address);
    } else {
      watch.parts[address] =
          fmt::format("{} {}", user.roles.empty() ? std::string() : user.roles.front(), devices_of(user));
    }
  }
  std::optional<bool> locked;
  if (document->conference_state) locked = document->conference_state->locked;
  for (const info::EntityView& view : document->views)
    if (view.locked) locked = view.locked;
  if (locked) watch.parts["locked"] = *locked ? "true" : "false";
  return true;
}

// ---- what the client does

void Phone::make_conference(base::UserId first) {
  if (!connect()) return;
  if (!lync_) {
    ring(Kind::enter, {}, factory);
    return;
  }
  if (!lync_->keys.stand()) return;
  const std::string name = traits_.address + "/" + upper(world_.random.token(32));
  Outgoing request = outside("SERVICE", traits_.address + ";gruu;opaque=app:conf:focusfactory");
  request.room = RoomStep::create;
  request.room_name = name;
  wire::lync::cccp::AddConference add;
  add.conference_id = name.substr(name.find('/') + 1);
  add.settings.subject = std::string();
  add.settings.admission = wire::lync::cccp::AdmissionPolicy::open_authenticated;
  add.media = {"chat"};
  request = cccp_request(std::move(request), "addConference", std::move(add));
  request.question = ask(Kind::enter, {}, request, {});
  question_at(request.question).conference = name;
  LyncRoom& room = rooms_[name];
  room.question = request.question;
  room.first = first;
  world_.journal.conferences[name] = {traits_.user, false};
  send(std::move(request));
}

std::optional<std::size_t> Phone::enter(const std::string& conference) {
  if (!connect()) return std::nullopt;
  if (lync_) {
    if (rooms_.contains(conference)) return std::nullopt;
    enter_focus(conference, {}, std::nullopt);
    return std::nullopt;
  }
  return ring(Kind::enter, {}, without_scheme(standard_uri(conference)));
}

void Phone::add(std::size_t call, base::UserId who) {
  const auto found = dialogs_.find(call);
  if (!connected() || found == dialogs_.end() || !found->second.open) return;
  const std::string name = call_at(call).conference;
  if (lync_) return name.empty() ? void() : ask_guest(name, who);
  Outgoing request = inside(call, "REFER");
  request.extra = {{"Refer-To", "<sip:" + world_.journal.addresses.at(who) + ">"}};
  request.question = ask(Kind::add, who, request, {});
  question_at(request.question).conference = name;
  found->second.additions.emplace_back(request.cseq, request.question);
  send(std::move(request));
}

void Phone::tell(const std::string& conference, std::string content) {
  if (!connect()) return;
  Outgoing request = outside("MESSAGE", without_scheme(standard_uri(conference)));
  request.content_type = "text/plain";
  request.body = std::move(content);
  request.question = ask(Kind::room_text, {}, request, request.body);
  question_at(request.question).conference = conference;
  send(std::move(request));
}

void Phone::leave(std::size_t call) {
  const std::string name = call_at(call).conference;
  if (!lync_ || !rooms_.contains(name)) return bye(call, {});
  Outgoing farewell = outside("SUBSCRIBE", without_scheme(dialect_uri(name, "focus")));
  farewell.extra = {{"Event", "conference"}, {"Expires", "0"}};
  farewell.room = RoomStep::farewell;
  farewell.question = ask(Kind::unsubscribe, {}, farewell, {});
  send(std::move(farewell));
  if (rooms_.at(name).in) {
    Outgoing goodbye = in_focus(name, "BYE");
    goodbye.room = RoomStep::farewell;
    goodbye.question = ask(Kind::bye, {}, goodbye, {});
    send(std::move(goodbye));
  }
  end_room(name, 487);
  bye(call, {});
}

void Phone::lead(std::size_t call, LeaderWish::What what, base::UserId whom) {
  const auto found = dialogs_.find(call);
  if (!connected() || found == dialogs_.end() || !found->second.open) return;
  const std::string name = call_at(call).conference;
  Outgoing request;
  if (!lync_) {
    if (what != LeaderWish::What::put_out) return;
    request = inside(call, "REFER");
    request.extra = {{"Refer-To", "<sip:" + world_.journal.addresses.at(whom) + ";method=BYE>"}};
    request.question = ask(Kind::command, whom, request, {});
    found->second.additions.emplace_back(request.cseq, request.question);
  } else {
    if (!rooms_.contains(name) || !rooms_.at(name).in) return;
    request = in_focus(name, "INFO");
    request.room = RoomStep::command;
    request.question = ask(Kind::command, whom, request, {});
  }
  question_at(request.question).conference = name;
  world_.journal.leader_wishes.push_back({request.question, what, whom});
  if (lync_) write_command(request, world_.journal.leader_wishes.back());
  send(std::move(request));
}

void Phone::watch_conference(const std::string& conference) {
  if (lync_) return;
  const base::UserId organizer = user_with(cut_at(conference, "/"));
  wanted_.erase({Package::conference, organizer});
  follow(Package::conference, organizer, without_scheme(standard_uri(conference)));
}

const Watch* Phone::roster(const std::string& conference) const {
  const auto& watches = world_.journal.watches;
  const auto found = std::find_if(watches.rbegin(), watches.rend(), [&](const Watch& one) {
    return one.device == device_ && one.package == Package::conference && one.conference == conference;
  });
  return found == watches.rend() ? nullptr : &*found;
}

// ---- what it hears

std::optional<std::size_t> Phone::session_of(const Message& message) const {
  const std::string_view call_id = message.header(HeaderName::call_id).value_or("");
  for (const auto& [call, dialog] : dialogs_)
    if (dialog.call_id == call_id && dialog.open && !world_.journal.calls[call].audio) return call;
  return std::nullopt;
}

/// The other side says that it is a conference (RFC 4579 5.1): what is said here is said to many.
void Phone::note_conference(std::size_t call, const Message& message) {
  const auto contacts = wire::sip::all_addresses(message, HeaderName::contact);
  if (!contacts || contacts->empty()) return;
  const std::string_view line = message.header(HeaderName::contact).value_or("");
  if (line.find("isfocus") == std::string_view::npos) return;
  const std::string name = conference_in(contacts->front().uri_text);
  if (name.empty() || call_at(call).conference == name) return;
  call_at(call).conference = name;
  call_at(call).entered = world_.scheduler.mono();
  world_.journal.conferences.try_emplace(name, ConferenceLife{user_with(cut_at(name, "/")), true});
  for (Question& one : world_.journal.questions) {
    if (one.call_id != call_at(call).call_id) continue;
    const bool late = !one.answered || *one.answered + on_the_way > world_.scheduler.mono();
    if (one.kind == Kind::enter || one.kind == Kind::add || (one.kind == Kind::session_text && late))
      one.conference = name;
  }
}

/// The peer, or somebody whom he asked, has made a conference of the session, and this client is asked to enter by itself.
void Phone::may_become(std::string_view peer, const std::string& conference) {
  for (const auto& [call, dialog] : dialogs_) {
    Call& seen = call_at(call);
    if (seen.audio || !seen.conference.empty() || !dialog.open || seen.peer != peer) continue;
    seen.may_become = conference;
    for (Question& one : world_.journal.questions)
      if (one.call_id == seen.call_id && one.kind == Kind::session_text &&
          (!one.answered || *one.answered + on_the_way > world_.scheduler.mono()))
        one.conference = conference;
  }
}

/// A session becomes a conference by a new offer in its dialog, with the conference as the new target (RFC 3261 12.2.1.1).
void Phone::on_session_offer(std::size_t call, const Message& message) {
  note_conference(call, message);
  const auto contacts = wire::sip::all_addresses(message, HeaderName::contact);
  if (contacts && !contacts->empty()) dialogs_.at(call).remote_target = contacts->front().uri_text;
  Writer writer = wire::sip::response_to(message, 200, "OK", {});
  writer.copy(message, HeaderName::record_route).header(HeaderName::contact, contact());
  write(std::move(writer).finish("application/sdp", messages_description));
}

bool Phone::on_addition_news(const Message& message) {
  const auto call = session_of(message);
  if (!call || dialogs_.at(*call).additions.empty()) return false;
  answer(message, 200, {});
  const std::string_view event = message.header(HeaderName::event).value_or("");
  const std::size_t at = event.find("id=");
  const auto number = at == std::string_view::npos ? std::nullopt : base::to_number(event.substr(at + 3));
  const auto& additions = dialogs_.at(*call).additions;
  const auto found = std::find_if(additions.begin(), additions.end(),
                                  [&](const auto& one) { return !number || one.first == *number; });
  if (found == additions.end() || !message.body().starts_with("SIP/2.0 ")) return true;
  const int status = static_cast<int>(base::to_number(message.body().substr(8, 3)).value_or(0));
  if (status < 200) return true;
  question_at(found->second).outcome = status;
  question_at(found->second).outcome_at = world_.scheduler.mono();
  return true;
}

}  // namespace tertulia::sim
