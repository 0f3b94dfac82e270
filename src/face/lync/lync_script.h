// SPDX-License-Identifier: Apache-2.0
#pragma once

// For tests: a whole Face with the dialect and a scripted world around it, and clients of the Lync family that type SIP.

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/md4.h"
#include "face/lync/lync.h"
#include "face/simple/face_script.h"
#include "protocol/auth/ntlm_test_client.h"
#include "protocol/auth/signature_text.h"

namespace tertulia::face::lync::lync_script {

using base::ConnectionId;
using base::Reason;
using simple::face_script::answer_to;
using simple::face_script::make_directory;
using simple::face_script::make_user;
using simple::face_script::status_of_text;
using simple::face_script::value_of;

inline constexpr std::string_view sign_in_realm = "SIP Communications Service";
inline constexpr std::string_view host = "fe1.example.com";
inline constexpr std::string_view instance_of_device = "urn:uuid:b7878522-d7fe-5c33-b30d-265f6618ae78";
inline constexpr std::string_view device_target = "sip:127.0.0.1:43644;transport=tls;ms-opaque=d3470f2e1d";

/// The keeper of the standard face's tests, that knows NT hashes too.
class LyncKeeper final : public domain::CredentialKeeper {
 public:
  base::Result<domain::Credentials> make(const domain::Address& address, std::string_view digest_realm,
                                         std::string_view password) override {
    return base_.make(address, digest_realm, password);
  }
  bool verify(const domain::Credentials& credentials, std::string_view password) override {
    return base_.verify(credentials, password);
  }
  base::Result<domain::SecretDigests> open(const domain::Address& address,
                                           const domain::Credentials& credentials) const override {
    ++opened;
    if (damaged) return base::Error{base::Reason::file_damaged, "another key"};
    auto digests = base_.open(address, credentials);
    if (digests && !credentials.sealed_digests.empty())
      digests->nt_hash = base::md4(*protocol::auth::utf16_of_utf8(credentials.sealed_digests));
    return digests;
  }
  mutable int opened = 0;
  bool damaged = false;  ///< nothing opens

 private:
  simple::face_script::ScriptKeeper base_;
};

/// The world outside of the face, as lists of what was asked.
struct LyncWorld final : simple::FacePorts {
  std::map<ConnectionId, std::vector<std::string>> writes;
  std::vector<ConnectionId> closed;
  std::vector<domain::BindRequest> binds;
  std::vector<domain::SignInFailed> failed;
  std::vector<simple::GuessJudged> guesses;
  std::vector<domain::PostPage> pages;
  std::vector<domain::PublishPresence> publishes;
  std::vector<domain::SetLevel> levels;
  std::vector<domain::AcknowledgeWatcher> acknowledged;
  std::vector<domain::DeliverAnswer> delivered;
  std::vector<domain::ChangeContacts> changes;
  std::vector<domain::WatchPresence> presence_watches;
  std::vector<domain::UnwatchPresence> unwatches;
  std::vector<domain::WatchSelf> self_watches;
  std::vector<domain::WatchContacts> contact_watches;
  std::vector<domain::PostSession> posts;
  std::vector<domain::OpenSession> opens;
  std::vector<domain::CloseLeg> leg_closes;
  std::vector<domain::LegAnswer> leg_answers;
  std::vector<domain::CreateConference> creates;
  std::vector<domain::ListConferences> lists;
  std::vector<domain::JoinConference> joins;
  std::vector<domain::LeaveConference> leaves;
  std::vector<domain::OpenChat> chats;
  std::vector<domain::AddPerson> adds;
  std::vector<domain::Escalate> escalations;
  std::vector<domain::ConferenceCommand> commands;
  std::vector<domain::WatchConference> conference_watches;

  void send(ConnectionId connection, std::string_view bytes) override { writes[connection].emplace_back(bytes); }
  void close(ConnectionId connection) override { closed.push_back(connection); }
  void bind(domain::BindRequest one) override { binds.push_back(std::move(one)); }
  void connection_gone(domain::ConnectionGone) override {}
  void sign_in_failed(domain::SignInFailed one) override { failed.push_back(std::move(one)); }
  void judged(const simple::GuessJudged& one) override { guesses.push_back(one); }
  void answer_inbox(base::ShardId, domain::DeliverAnswer answer) override { delivered.push_back(std::move(answer)); }
  void post(domain::PostPage one) override { pages.push_back(std::move(one)); }
  void post(domain::PostSession one) override { posts.push_back(std::move(one)); }
  void open(domain::OpenSession one) override { opens.push_back(std::move(one)); }
  void create(domain::CreateConference one) override { creates.push_back(std::move(one)); }
  void list(domain::ListConferences one) override { lists.push_back(one); }
  void join(domain::JoinConference one) override { joins.push_back(std::move(one)); }
  void leave(domain::LeaveConference one) override { leaves.push_back(std::move(one)); }
  void open_chat(domain::OpenChat one) override { chats.push_back(std::move(one)); }
  void add(domain::AddPerson one) override { adds.push_back(std::move(one)); }
  void escalate(domain::Escalate one) override { escalations.push_back(std::move(one)); }
  void command(domain::ConferenceCommand one) override { commands.push_back(std::move(one)); }
  void watch_conference(domain::WatchConference one) override { conference_watches.push_back(std::move(one)); }
  void cancel(domain::CancelOpen) override {}
  void cancel(domain::CancelCall) override {}
  void cancel(domain::CancelCallRequest) override {}
  void close_leg(domain::CloseLeg one) override { leg_closes.push_back(one); }
  void answer_mcu(base::ShardId, domain::DeliverAnswer) override {}
  void answer_mcu(base::ShardId, domain::LegAnswer one) override { leg_answers.push_back(one); }
  void publish(domain::PublishDocument) override {}
  void publish(domain::PublishPresence one) override { publishes.push_back(std::move(one)); }
  void set_level(domain::SetLevel one) override { levels.push_back(std::move(one)); }
  void acknowledge(domain::AcknowledgeWatcher one) override { acknowledged.push_back(std::move(one)); }
  void change(domain::ChangeContacts one) override { changes.push_back(std::move(one)); }
  void watch(domain::WatchPresence one) override { presence_watches.push_back(std::move(one)); }
  void unwatch(domain::UnwatchPresence one) override { unwatches.push_back(std::move(one)); }
  void watch(domain::WatchSelf one) override { self_watches.push_back(one); }
  void watch(domain::WatchContacts one) override { contact_watches.push_back(one); }
  void watch(domain::WatchWatchers) override {}
  void watch(domain::WatchBindings) override {}
  void watch(domain::WatchCalls) override {}
};

inline LyncSettings make_lync_settings() {
  LyncSettings settings;
  settings.host = host;
  return settings;
}

class LyncScript {
 public:
  explicit LyncScript(const LyncSettings& lync = make_lync_settings(), const SchemePorts& ports = {})
      : face(settings, world, random, ids, base::Log::silent(), keeper, base::ShardId{0}, directory,
             dialect_factory(lync, ports)) {}

  ConnectionId connect(std::string_view ip = "192.0.2.7") {
    const auto id = ids.next<ConnectionId>();
    face.on_accepted(id, simple::Peer{std::string(ip), 43644, true, 5061}, now);
    return id;
  }
  /// What we have sent since the last look, one string a message.
  std::vector<std::string> heard(ConnectionId connection) { return std::exchange(world.writes[connection], {}); }
  /// What comes back, all in one.
  std::string say(ConnectionId connection, std::string_view bytes) {
    world.writes[connection].clear();
    face.on_bytes(connection, bytes, now);
    std::string all;
    for (const std::string& write : heard(connection)) all.append(write);
    return all;
  }
  void wait(base::Duration duration) {
    now.mono = now.mono + duration;
    now.wall = now.wall + duration;
    face.on_deadline(now);
  }
  void change(domain::User user) {
    user.version += 1;
    directory = directory->with(std::move(user));
    face.set_directory(directory, now);
  }
  domain::User user(std::uint32_t id) const { return *directory->find(base::UserId{id}); }

  simple::FaceSettings settings = simple::face_script::make_settings();
  LyncWorld world;
  base::Random random{7};
  base::IdSource ids{base::ShardId{0}};
  LyncKeeper keeper;
  domain::DirectoryPtr directory = make_directory();
  base::Now now{{1'000'000'000}, {1'700'000'000'000'000}};
  simple::Face face;
};

inline std::string body_of(std::string_view message) {
  const auto parsed = wire::sip::Message::parse(std::string(message));
  return parsed ? std::string(parsed->body()) : std::string();
}
inline bool has(std::string_view text, std::string_view wanted) { return text.find(wanted) != std::string_view::npos; }
inline bool has_reason(std::string_view answer, Reason reason) {
  return value_of(answer, "ms-diagnostics").starts_with(std::to_string(base::id_of(reason)) + ";");
}
inline std::string with_line(std::string text, std::string_view line) {
  return text.insert(text.find("\r\n\r\n") + 2, std::string(line) + "\r\n");
}
inline std::string replaced(std::string text, std::string_view what, std::string_view with) {
  if (const std::size_t at = text.find(what); at != std::string::npos) text.replace(at, what.size(), with);
  return text;
}

/// A request as such a client writes it.  What is empty: a call of its own, no tag, the URI.
struct Ask {
  std::string method, uri;
  std::string headers = {}, body = {};  ///< each line with its CR LF
  std::string call_id = {}, to_tag = {}, to = {};
  unsigned cseq = 1;
};

/// A user at a device of the Lync family.
class LyncClient {
 public:
  using Ntlm = protocol::auth::testing::NtlmTestClient;

  LyncClient(LyncScript& given, std::string_view name, std::string_view secret, std::string_view ip = "192.0.2.7")
      : script(given), user(name), password(secret), login(user + "@example.com"), connection(given.connect(ip)) {}

  std::string own() const { return "sip:" + user + "@example.com"; }
  std::string text_of(const Ask& ask) {
    const std::string number = std::to_string(++count_);
    std::string text = ask.method + " " + ask.uri + " SIP/2.0\r\nVia: SIP/2.0/tls 127.0.0.1:43644;branch=z9hG4bK";
    text.append(user).append(number).append(std::to_string(connection.value)).append("\r\nFrom: <").append(own());
    text.append(">;tag=f1;epid=cf0b98dadeb9\r\nTo: <").append(ask.to.empty() ? ask.uri : ask.to).append(">");
    if (!ask.to_tag.empty()) text.append(";tag=").append(ask.to_tag);
    text.append("\r\nCall-ID: ")
        .append(ask.call_id.empty() ? "call" + number + user : ask.call_id)
        .append("\r\nCSeq: ");
    text.append(std::to_string(ask.cseq)).append(" ").append(ask.method).append("\r\nMax-Forwards: 70\r\n");
    text.append(ask.headers).append("Content-Length: ").append(std::to_string(ask.body.size())).append("\r\n\r\n");
    return text.append(ask.body);
  }
  std::string signed_text(std::string text, const std::string& extra = {}, int version = 4) {
    const auto message = wire::sip::Message::parse(text);
    return with_line(std::move(text),
                     "Authorization: " + ntlm->authorization(*message, opaque, std::string(sign_in_realm),
                                                             std::string(host), extra, version));
  }
  std::string say(std::string_view bytes) { return script.say(connection, bytes); }
  /// A signed request and its answer.
  std::string ask(const Ask& one) { return say(signed_text(text_of(one))); }
  std::vector<std::string> heard() { return script.heard(connection); }

  // ---- sign-in
  std::string register_text(std::string_view headers = {}) {
    const std::string contact = "Contact: <" + std::string(device_target) +
                                ">;methods=\"INVITE, MESSAGE\";proxy=replace;" + "+sip.instance=\"<" +
                                std::string(instance_of_device) + ">\"\r\n";
    return text_of({.method = "REGISTER",
                    .uri = "sip:example.com",
                    .headers = contact + "Supported: gruu-10, adhoclist, msrtc-event-categories, " +
                               "com.microsoft.msrtc.presence\r\nUser-Agent: " + agent + "\r\nEvent: registration\r\n" +
                               std::string(headers),
                    .call_id = "register" + user + std::to_string(connection.value),
                    .to = own(),
                    .cseq = ++register_cseq_});
  }
  std::string first() { return say(register_text()); }
  std::string hello_line() const {
    return "Authorization: NTLM qop=\"auth\", realm=\"" + std::string(sign_in_realm) + "\", targetname=\"" +
           std::string(host) + "\", gssapi-data=\"\", version=4";
  }
  /// The second step; learns what the third needs.
  std::string hello() {
    std::string answer = say(with_line(register_text(), hello_line()));
    const auto challenge = wire::sip::AuthValue::parse(value_of(answer, "WWW-Authenticate"));
    if (!challenge) return answer;
    opaque = challenge->parameters.value("opaque");
    server_challenge.clear();
    (void)base::from_base64(challenge->parameters.value("gssapi-data"), server_challenge);
    return answer;
  }
  /// The third step; makes the client's keys.
  std::string proof(int version = 4) {
    ntlm = std::make_unique<Ntlm>(login, login_domain, password);
    const std::string data = ntlm->authenticate(server_challenge).to_bytes();
    return signed_text(register_text(), "gssapi-data=\"" + base::to_base64(data) + "\", version=4, ", version);
  }
  std::string sign_in() {
    first();
    hello();
    const std::string refusal = say(proof());
    return refusal.empty() ? bind() : refusal;
  }
  /// The registrar answers the last REGISTER; gives what we send then.
  std::string bind(base::Duration lease = std::chrono::seconds{600}) {
    if (script.world.binds.empty()) return {};
    domain::BindAnswer answer;
    answer.ticket = script.world.binds.back().ticket;
    answer.endpoint = base::EndpointId{40 + connection.value};
    domain::BindingInfo info{answer.endpoint,
                             std::string(device_target),
                             std::string(instance_of_device),
                             0,
                             lease,
                             {},
                             "IoWHt_7XM1yz",
                             "t1"};
    if (lease > base::Duration{}) answer.bindings.push_back(std::move(info));
    script.face.on(answer, script.now);
    const std::vector<std::string> all = heard();
    return all.empty() ? std::string() : all.back();
  }

  /// Number of our signature under a message; 0 when it has none or a wrong one.
  std::uint64_t signature_number(std::string_view text) const {
    const auto message = wire::sip::Message::parse(std::string(text));
    const auto value = wire::sip::AuthValue::parse(value_of(text, "Authentication-Info"));
    if (!message || !value || !ntlm) return 0;
    const auto number = base::to_number(value->parameters.value("snum")).value_or(0);
    const std::string covered = protocol::auth::signature_text(
        *message, {"NTLM", value->parameters.value("srand"), number, sign_in_realm, host, 4});
    const std::string wanted = base::to_hex(ntlm->session().mac_from_server(covered));
    return base::equal_ignoring_case(value->parameters.value("rspauth"), wanted) ? number : 0;
  }

  LyncScript& script;
  std::string user, password;
  std::string login;              ///< user name of NTLM
  std::string login_domain = {};  ///< its domain
  std::string agent = "Purple/2.14.12 Sipe/1.25.0 (linux-x86_64)";
  std::string opaque = {}, server_challenge = {};
  std::unique_ptr<Ntlm> ntlm = {};
  ConnectionId connection;

 private:
  unsigned count_ = 0;
  unsigned register_cseq_ = 0;
};

}  // namespace tertulia::face::lync::lync_script
