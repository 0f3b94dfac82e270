// SPDX-License-Identifier: Apache-2.0
// A client's own requests and what it hears about them.
#include "phone.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "base/reason.h"
#include "base/text.h"
#include "fake_store.h"
#include "phone_parts.h"

namespace tertulia::sim {

using wire::sip::HeaderName;
using wire::sip::Message;
using wire::sip::Writer;
using Kind = Question::Kind;

namespace {

constexpr std::string_view typing =
    "<?xml version=\"1.0\"?><isComposing xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\"><state>active</state>"
    "</isComposing>";

/// How such a client types (instant-messaging 5).
constexpr std::string_view keyboard =
    "<?xml version=\"1.0\"?><KeyboardActivity> <status status=\"type\" /></KeyboardActivity>";

const std::vector<std::pair<std::string, std::string>> lync_registration = {
    {"Supported", "gruu-10, adhoclist, msrtc-event-categories, com.microsoft.msrtc.presence"},
    {"User-Agent", "UCCAPI/15.0 OC/15.0 (simulated)"},
    {"Event", "registration"},
    {"ms-keep-alive", "UAC;hop-hop=yes"}};

std::string user_part(std::string_view address) { return std::string(address.substr(0, address.find('@'))); }

base::HashAlgorithm hash_of(std::string_view name) {
  return name == "MD5" ? base::HashAlgorithm::md5 : base::HashAlgorithm::sha256;
}

}  // namespace

std::string key_of(std::string_view via, std::string_view method) {
  const std::size_t at = via.find("branch=");
  return std::string(via.substr(at + 7)) + " " + std::string(method);
}

Phone::Phone(PhoneWorld& world, std::size_t device, PhoneTraits traits)
    : world_(world), device_(device), traits_(std::move(traits)) {}

bool Phone::connect() {
  if (connected()) return true;
  lose();
  link_ = world_.network.connect(*this, traits_.user);
  framer_ = wire::sip::Framer(wire::sip::Framer::Limits{});
  heard_ = 0;
  registered_ = false;
  credentials_.reset();
  outgoing_.clear();
  register_call_id_ = world_.random.token(20);
  lync_.reset();
  if (traits_.lync) lync_.emplace(LyncSide{LyncKeys(traits_.address, traits_.password)});
  world_.trace(traits_.name, link_ == nullptr ? "** nobody listens" : "** connects", {});
  return link_ != nullptr;
}

void Phone::lose() {
  while (!rooms_.empty()) {
    if (rooms_.begin()->second.in) lost_rooms_.push_back(rooms_.begin()->first);
    end_room(rooms_.begin()->first, 0);
  }
  for (auto& [call, dialog] : dialogs_) end_call(call, Call::State::ended);
  dialogs_.clear();
  forget_watches();
  link_ = nullptr;
  registered_ = false;
}

void Phone::on_lost(Link& link) {
  if (&link != link_) return;
  world_.trace(traits_.name, "** connection lost", {});
  lose();
}

void Phone::hang_up() {
  if (link_ == nullptr) return;
  world_.trace(traits_.name, "** closes the connection", {});
  link_->close_by_client();
  lose();
}

void Phone::reset() {
  if (link_ == nullptr) return;
  world_.trace(traits_.name, "** connection breaks", {});
  link_->reset();
}

void Phone::vanish() {
  if (link_ == nullptr) return;
  world_.trace(traits_.name, "** vanishes", {});
  link_->vanish();
}

void Phone::later(base::Duration wait, std::function<void()> event) {
  world_.scheduler.after(wait, [this, link = link_, event = std::move(event)] {
    if (link == link_ && link_ != nullptr) event();
  });
}

// ---- requests
// --------------------------------------------------------------------------------------------------------

std::string Phone::new_via() { return "SIP/2.0/TLS 192.0.2.9:5061;branch=z9hG4bK" + world_.random.token(14); }

std::string Phone::contact() const {
  return "<sip:" + user_part(traits_.address) + "@192.0.2.9:" + std::to_string(10'000 + device_) + ";transport=tls>";
}

std::size_t Phone::ask(Kind kind, base::UserId to, const Outgoing& request, std::string_view content) {
  Question question;
  question.kind = kind;
  question.from = traits_.user;
  question.to = to;
  question.device = device_;
  question.connection = link_->serial();
  question.call_id = request.call_id;
  question.from_tag = request.from.substr(request.from.find(";tag=") + 5);
  question.text = first_word(content);
  question.life = world_.server_life();
  question.asked = world_.scheduler.mono();
  world_.journal.questions.push_back(std::move(question));
  return world_.journal.questions.size() - 1;
}

Phone::Outgoing Phone::outside(std::string_view method, std::string_view to_address) {
  Outgoing request;
  request.method = method;
  request.uri = "sip:" + std::string(to_address);
  request.from = "<sip:" + traits_.address + ">" + (lync_ ? fmt::format(";epid={:012x}", own_number()) : "") +
                 ";tag=" + world_.random.token(10);
  request.to = "<sip:" + std::string(to_address) + ">";
  request.call_id = world_.random.token(20);
  request.cseq = 1;
  return request;
}

Phone::Outgoing Phone::inside(std::size_t call, std::string_view method) {
  Dialog& dialog = dialogs_.at(call);
  Outgoing request;
  request.method = method;
  request.uri = dialog.remote_target;
  request.from = dialog.local;
  request.to = dialog.remote;
  request.call_id = dialog.call_id;
  request.cseq = ++dialog.cseq;
  request.routes = dialog.routes;
  request.call = call;
  return request;
}

void Phone::send(Outgoing request) {
  request.via = new_via();
  request.done = false;
  request.cancel_sent = false;
  request.provisional = false;
  ++request.tries;
  Writer writer = Writer::request(request.method, request.uri);
  writer.header(HeaderName::via, request.via)
      .header(HeaderName::max_forwards, "70")
      .header(HeaderName::from, request.from)
      .header(HeaderName::to, request.to)
      .header(HeaderName::call_id, request.call_id)
      .header(HeaderName::cseq, std::to_string(request.cseq) + " " + request.method);
  for (const std::string& route : request.routes) writer.header(HeaderName::route, route);
  if (request.method == "INVITE" || request.method == "REGISTER" || request.method == "SUBSCRIBE" ||
      request.method == "REFER" || request.method == "NOTIFY")
    writer.header(HeaderName::contact, request.extra_value.empty() ? contact() : request.extra_value);
  for (const auto& [name, value] : request.extra) writer.header(name, value);
  if (credentials_) writer.header(HeaderName::authorization, authorization(request.method, request.uri));
  if (request.call && request.method == "INVITE" && !request.renegotiates)
    dialogs_.at(*request.call).invite_branch = key_of(request.via, "INVITE");
  const std::string key = key_of(request.via, request.method);
  std::string wire = std::move(writer).finish(request.content_type, request.body);
  outgoing_.insert_or_assign(key, std::move(request));
  write(std::move(wire));
}

void Phone::write(std::string bytes) {
  if (link_ == nullptr) return;
  if (const auto message = Message::parse(bytes)) trace("->", *message);
  if (lync_) bytes = lync_->keys.sealed(std::move(bytes));
  link_->to_server(std::move(bytes));
}

void Phone::trace(std::string_view arrow, const Message& message) const {
  const std::string_view bytes = message.bytes();
  std::string line(arrow);
  line.append(" ").append(bytes.substr(0, bytes.find("\r\n")));
  if (!message.is_request()) line.append("  (").append(message.header(HeaderName::cseq).value_or("")).append(")");
  if (const auto why = message.header(HeaderName::ms_diagnostics); why && !message.is_request())
    line.append("  ").append(why->substr(0, why->find(";source")));
  if (!message.body().empty() && message.header(HeaderName::content_type) == "text/plain")
    line.append("  '").append(first_word(message.body())).append("'");
  world_.trace(traits_.name, line, message.header(HeaderName::call_id).value_or(""));
}

std::string Phone::authorization(std::string_view method, std::string_view uri) {
  Credentials& known = *credentials_;
  base::Hasher hasher(hash_of(known.algorithm));
  const std::string user = traits_.user_name_is_address ? traits_.address : user_part(traits_.address);
  const std::string ha1 = hasher.hex({user, ":", known.realm, ":", traits_.password});
  const std::string ha2 = hasher.hex({method, ":", uri});
  const std::string nc = fmt::format("{:08x}", ++known.count);
  const std::string cnonce = world_.random.token(8);
  const std::string response = hasher.hex({ha1, ":", known.nonce, ":", nc, ":", cnonce, ":auth:", ha2});
  std::string value = "Digest username=\"" + user + "\",realm=\"" + known.realm + "\",nonce=\"" + known.nonce +
                      "\",uri=\"" + std::string(uri) + "\",response=\"" + response + "\",algorithm=" + known.algorithm +
                      ",qop=auth,nc=" + nc + ",cnonce=\"" + cnonce + "\"";
  if (!known.opaque.empty()) value += ",opaque=\"" + known.opaque + "\"";
  return value;
}

/// False: these credentials were wrong, or there is nothing that we understand.
bool Phone::learn_challenge(const Message& response) {
  if (lync_) return false;
  std::optional<Credentials> chosen;
  bool stale = false;
  response.for_each(HeaderName::www_authenticate, [&](std::string_view line) {
    const auto value = wire::sip::AuthValue::parse(line);
    if (!value || !base::equal_ignoring_case(value->scheme, "Digest")) return;
    Credentials offered;
    offered.realm = value->parameters.value("realm");
    offered.nonce = value->parameters.value("nonce");
    offered.opaque = value->parameters.value("opaque");
    offered.algorithm = value->parameters.value("algorithm");
    stale = stale || base::equal_ignoring_case(value->parameters.value("stale"), "true");
    if (!chosen || (traits_.prefers_md5 && offered.algorithm == "MD5")) chosen = std::move(offered);
  });
  if (!chosen || (credentials_ && !stale)) return false;
  credentials_ = std::move(chosen);
  return true;
}

void Phone::sign_in(std::uint32_t seconds) {
  if (!connect()) return;
  if (lync_) {
    if (lync_->keys.shaking_hands()) return;
    lync_->keys.set_password(traits_.password);
    if (!lync_->keys.stand()) lync_->keys.begin();
  }
  register_now(seconds);
}

void Phone::register_now(std::uint32_t seconds) {
  lease_ = seconds;
  Outgoing request = outside("REGISTER", traits_.address);
  request.uri = "sip:" + traits_.address.substr(traits_.address.find('@') + 1);
  request.call_id = register_call_id_;
  request.cseq = ++register_cseq_;
  request.extra_value = contact() + ";expires=" + std::to_string(seconds) + ";+sip.instance=\"<urn:uuid:sim-" +
                        std::to_string(device_) + ">\"" + (traits_.sessions ? ";+sip.message" : "");
  if (traits_.sessions_alone && !lync_) request.extra_value += ";methods=\"INVITE, ACK, CANCEL, BYE, OPTIONS, INFO\"";
  if (lync_) {
    request.extra_value += ";methods=\"INVITE, MESSAGE, INFO, OPTIONS, BYE, CANCEL, NOTIFY, ACK, REFER, BENOTIFY\"";
    request.extra = lync_registration;
    request.handshake = lync_->keys.shaking_hands();
  }
  request.question = ask(seconds == 0 ? Kind::sign_out : Kind::sign_in, traits_.user, request, {});
  send(std::move(request));
}

void Phone::sign_out() {
  if (connected()) sign_in(0);
}

void Phone::page(base::UserId to, std::string_view to_address, std::string content) {
  if (!connect()) return;
  Outgoing request = outside("MESSAGE", to_address);
  request.content_type = "text/plain";
  request.body = std::move(content);
  request.question = ask(Kind::page, to, request, request.body);
  send(std::move(request));
}

void Phone::type(std::size_t call, base::UserId to) {
  const auto found = dialogs_.find(call);
  if (!connected() || found == dialogs_.end() || !found->second.open) return;
  Outgoing request = inside(call, lync_ ? "INFO" : "MESSAGE");
  request.content_type = lync_ ? "application/xml" : "application/im-iscomposing+xml";
  request.body = lync_ ? keyboard : typing;
  request.question = ask(Kind::typing, to, request, {});
  send(std::move(request));
}

void Phone::say(std::size_t call, base::UserId to, std::string content) {
  const auto found = dialogs_.find(call);
  if (!connected() || found == dialogs_.end() || !found->second.open) return;
  Outgoing request = inside(call, "MESSAGE");
  request.content_type = "text/plain";
  request.body = std::move(content);
  const std::string& conference = call_at(call).conference;
  request.question = ask(conference.empty() ? Kind::session_text : Kind::room_text, to, request, request.body);
  question_at(request.question).conference = conference.empty() ? call_at(call).may_become : conference;
  send(std::move(request));
}

// ---- answers to them
// -------------------------------------------------------------------------------------------------

void Phone::note_refusal(const Message& message, Question& question) {
  const std::string_view diagnostics = message.header(HeaderName::ms_diagnostics).value_or("");
  question.diagnostic =
      static_cast<std::uint32_t>(base::to_number(diagnostics.substr(0, diagnostics.find(';'))).value_or(0));
  using base::Reason;
  const bool signature_refused = question.diagnostic == base::id_of(Reason::credentials_wrong) ||
                                 question.diagnostic == base::id_of(Reason::nonce_stale);
  if (lync_ && message.status() == 403 && signature_refused)
    world_.journal.bad_signatures.push_back(
        {world_.scheduler.mono(), device_, "ours was refused under " + question.call_id});
  if (message.status() < 400 || message.status() == 401) return;
  const std::size_t at = diagnostics.find("reason=\"");
  const bool says_why = question.diagnostic != 0 && at != std::string_view::npos &&
                        diagnostics.substr(at + 8, 1) != "\"" && diagnostics.size() > at + 8;
  world_.journal.refusals.push_back(
      {world_.scheduler.mono(), device_,
       std::string(message.header(HeaderName::cseq).value_or("")) + " of " + question.call_id, message.status(),
       says_why});
}

void Phone::on_response(const Message& message) {
  trace("<-", message);
  const auto via = wire::sip::top_via(message);
  const auto cseq = wire::sip::CSeq::parse(message.header(HeaderName::cseq).value_or(""));
  if (!via || !cseq) return;
  const auto found = outgoing_.find(std::string(via->branch()) + " " + cseq->method);
  if (found == outgoing_.end()) return;
  Outgoing& request = found->second;
  if (message.status() < 200) {
    request.provisional = true;
    if (request.cancel_wanted && !request.done) send_cancel(request);
    return;
  }
  if (std::exchange(request.done, true)) {
    ++question_at(request.question).finals;
    return;
  }
  if (request.room) return on_room_answer(request, message);
  if (request.renegotiates) return on_reinvite_final(request, message);
  if (request.method == "INVITE") return on_invite_final(request, message);
  on_final(request, message);
}

void Phone::on_final(Outgoing& request, const Message& message) {
  if (lync_ && (goes_on_with_keys(request, message) || goes_on_publishing(request, message))) return;
  Question& question = question_at(request.question);
  if (message.status() == 401 && request.method != "CANCEL" && request.tries < tries_max && learn_challenge(message)) {
    Outgoing again = request;
    ++again.cseq;
    if (again.call) again.cseq = ++dialogs_.at(*again.call).cseq;
    if (again.method == "REGISTER") again.cseq = ++register_cseq_;
    if (again.watch)
      if (const auto of = subscriptions_.find(*again.watch); of != subscriptions_.end()) of->second.cseq = again.cseq;
    return send(std::move(again));
  }
  ++question.finals;
  question.answered = world_.scheduler.mono();
  question.status = message.status();
  note_refusal(message, question);
  if (request.watch) return on_subscribed(request, message);
  if (request.feed) return on_feed_answer(request, message);
  if (request.method == "PUBLISH") return on_published(message);
  if (request.method == "REGISTER" && message.status() == 200) {
    registered_ = question.kind == Kind::sign_in;
    // Refreshed in good time, as RFC 3261 10.2.4 leaves to the client.
    if (registered_)
      later(std::chrono::seconds{lease_ * 2 / 3}, [this, lease = lease_] {
        if (registered_ && connected() && !asleep_) sign_in(lease);
      });
    if (registered_) watch_again();
    if (registered_ && lync_) go_back_to_rooms();
  }
  if (request.call && (message.status() == 481 || message.status() == 408)) dialog_failed(request);
}

}  // namespace tertulia::sim
