// SPDX-License-Identifier: Apache-2.0
#pragma once

// A whole Face with a scripted world around it, for tests: clients that type SIP, a world that records what is asked of
// it.

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/digest.h"
#include "base/text.h"
#include "face/simple/face.h"

namespace tertulia::face::simple::face_script {

using base::ConnectionId;
using base::Reason;

inline constexpr std::string_view realm = "example.com";

/// Keeps the password itself as the "sealed" text and makes every digest of it when asked.
class ScriptKeeper final : public domain::CredentialKeeper {
 public:
  base::Result<domain::Credentials> make(const domain::Address&, std::string_view, std::string_view password) override {
    return domain::Credentials{"", std::string(password)};
  }
  bool verify(const domain::Credentials& credentials, std::string_view password) override {
    return credentials.sealed_digests == password;
  }
  base::Result<domain::SecretDigests> open(const domain::Address& address,
                                           const domain::Credentials& credentials) const override {
    ++opened;
    if (damaged) return base::Error{Reason::file_damaged, "another key"};
    domain::SecretDigests digests;
    base::Hasher md5(base::HashAlgorithm::md5);
    base::Hasher sha(base::HashAlgorithm::sha256);
    for (const bool whole : {false, true}) {
      const std::string_view name = whole ? std::string_view(address.text()) : address.user();
      const std::string form = whole ? "/address" : "/user";
      digests.ha1["MD5" + form] = md5.hex({name, ":", realm, ":", credentials.sealed_digests});
      digests.ha1["SHA-256" + form] = sha.hex({name, ":", realm, ":", credentials.sealed_digests});
    }
    return digests;
  }
  mutable int opened = 0;
  bool damaged = false;  ///< nothing opens
};

/// The world outside of the face, as lists of what was asked.
struct ScriptWorld final : FacePorts {
  std::map<ConnectionId, std::vector<std::string>> writes;
  std::vector<ConnectionId> closed;
  std::vector<domain::BindRequest> binds;
  std::vector<domain::ConnectionGone> gone;
  std::vector<domain::SignInFailed> failed;
  std::vector<std::pair<base::ShardId, domain::DeliverAnswer>> inbox;
  std::vector<domain::PostPage> pages;
  std::vector<domain::PostSession> session_posts;
  std::vector<domain::OpenSession> opens;

  /// What the call agent is asked and told, in order.
  using CallEvent =
      std::variant<domain::PlaceCall, domain::CancelCall, domain::RingAnswer, domain::CallRequest, domain::RelayAnswer,
                   domain::CancelCallRequest, domain::CallLegLost, domain::CallRefreshed>;
  std::vector<CallEvent> calls;
  void place(domain::PlaceCall one) override { calls.emplace_back(std::move(one)); }
  void cancel(domain::CancelCall one) override { calls.emplace_back(one); }
  void answer_ring(base::ShardId, domain::RingAnswer one) override { calls.emplace_back(std::move(one)); }
  void request(domain::CallRequest one) override { calls.emplace_back(std::move(one)); }
  void answer_relay(base::ShardId, domain::RelayAnswer one) override { calls.emplace_back(std::move(one)); }
  void cancel(domain::CancelCallRequest one) override { calls.emplace_back(one); }
  void lost(domain::CallLegLost one) override { calls.emplace_back(one); }
  void refreshed(domain::CallRefreshed one) override { calls.emplace_back(one); }

  void send(ConnectionId connection, std::string_view bytes) override { writes[connection].emplace_back(bytes); }
  void close(ConnectionId connection) override { closed.push_back(connection); }
  void bind(domain::BindRequest request) override { binds.push_back(std::move(request)); }
  void connection_gone(domain::ConnectionGone one) override { gone.push_back(one); }
  void sign_in_failed(domain::SignInFailed one) override { failed.push_back(std::move(one)); }
  void answer_inbox(base::ShardId home, domain::DeliverAnswer answer) override { inbox.emplace_back(home, answer); }
  void post(domain::PostPage one) override { pages.push_back(std::move(one)); }
  void post(domain::PostSession one) override { session_posts.push_back(std::move(one)); }
  void open(domain::OpenSession one) override { opens.push_back(std::move(one)); }
  void cancel(domain::CancelOpen) override {}
  void close_leg(domain::CloseLeg) override {}
  void answer_mcu(base::ShardId, domain::DeliverAnswer) override {}
  std::vector<domain::PublishDocument> publishes;
  std::vector<domain::UserActive> actives;
  std::vector<domain::WatchPresence> presence_watches;
  std::vector<domain::UnwatchPresence> unwatches;
  std::vector<domain::WatchWatchers> watcher_watches;
  std::vector<domain::WatchContacts> contact_watches;
  std::vector<domain::WatchBindings> binding_watches;
  std::vector<domain::WatchCalls> call_watches;
  using FacePorts::publish;
  using FacePorts::watch;
  void publish(domain::PublishDocument one) override { publishes.push_back(std::move(one)); }
  void active(domain::UserActive one) override { actives.push_back(one); }
  void watch(domain::WatchPresence one) override { presence_watches.push_back(std::move(one)); }
  void unwatch(domain::UnwatchPresence one) override { unwatches.push_back(std::move(one)); }
  void watch(domain::WatchWatchers one) override { watcher_watches.push_back(one); }
  void watch(domain::WatchContacts one) override { contact_watches.push_back(one); }
  void watch(domain::WatchBindings one) override { binding_watches.push_back(one); }
  void watch(domain::WatchCalls one) override { call_watches.push_back(one); }
  void answer_mcu(base::ShardId, domain::LegAnswer) override {}
  std::vector<domain::WatchConference> conference_watches;
  std::vector<domain::PostToConference> conference_posts;
  std::vector<domain::CreateConference> creates;
  std::vector<domain::JoinConference> joins;
  std::vector<domain::AddPerson> adds;
  std::vector<domain::ConferenceCommand> commands;
  void create(domain::CreateConference one) override { creates.push_back(std::move(one)); }
  void add(domain::AddPerson one) override { adds.push_back(std::move(one)); }
  void command(domain::ConferenceCommand one) override { commands.push_back(std::move(one)); }
  void watch_conference(domain::WatchConference one) override { conference_watches.push_back(std::move(one)); }
  void post_to_conference(domain::PostToConference one) override { conference_posts.push_back(std::move(one)); }
  void join(domain::JoinConference one) override { joins.push_back(std::move(one)); }
};

inline domain::User make_user(std::uint32_t id, std::string_view address, std::string_view password) {
  domain::User user;
  user.id = base::UserId{id};
  user.address = *domain::Address::parse(address);
  user.display_name = "The " + std::string(user.address.user());
  user.credentials.sealed_digests = password;
  user.version = 1;
  return user;
}

inline domain::DirectoryPtr make_directory() {
  const auto empty = std::make_shared<const domain::Directory>(std::vector<std::string>{"example.com", "example.net"},
                                                               domain::Policy::defaults());
  return empty->with_users({make_user(1, "alice@example.com", "wonder"), make_user(2, "bob@example.com", "build")});
}

inline FaceSettings make_settings() {
  FaceSettings settings;
  settings.host = "fe1.example.com";
  settings.digest.realm = realm;
  return settings;
}

/// First value of a header in a message; empty when there is none.
inline std::string value_of(std::string_view message, std::string_view name) {
  const base::Result<wire::sip::Message> parsed = wire::sip::Message::parse(std::string(message));
  return parsed ? std::string(parsed->header(name).value_or(std::string_view())) : std::string();
}

inline int status_of_text(std::string_view message) {
  return message.size() > 12 && message.starts_with("SIP/2.0 ")
             ? static_cast<int>(base::to_number(message.substr(8, 3)).value_or(0))
             : 0;
}

class Script {
 public:
  explicit Script(const FaceSettings& given = make_settings())
      : settings(given), face(settings, world, random, ids, base::Log::silent(), keeper, base::ShardId{0}, directory) {}

  ConnectionId connect(std::string_view ip = "192.0.2.7") {
    const ConnectionId id = ids.next<ConnectionId>();
    face.on_accepted(id, Peer{std::string(ip), 40000, true, 5061}, now);
    return id;
  }
  /// What comes back, all writes in one.
  std::string say(ConnectionId connection, std::string_view bytes) {
    world.writes[connection].clear();
    face.on_bytes(connection, bytes, now);
    return heard(connection);
  }
  std::string heard(ConnectionId connection) {
    std::string all;
    for (const std::string& write : world.writes[connection]) all.append(write);
    world.writes[connection].clear();
    return all;
  }
  void wait(base::Duration duration) {
    now.mono = now.mono + duration;
    now.wall = now.wall + duration;
    face.on_deadline(now);
  }
  bool is_closed(ConnectionId connection) const {
    for (const ConnectionId one : world.closed)
      if (one == connection) return true;
    return false;
  }
  void change(domain::User user) {
    user.version += 1;
    directory = directory->with(std::move(user));
    face.set_directory(directory, now);
  }

  FaceSettings settings;
  ScriptWorld world;
  base::Random random{7};
  base::IdSource ids{base::ShardId{0}};
  ScriptKeeper keeper;
  domain::DirectoryPtr directory = make_directory();
  base::Now now{{1'000'000'000}, {1'700'000'000'000'000}};
  Face face;
};

/// A user at a device: types requests and answers challenges.
class Client {
 public:
  Client(Script& script, std::string_view name, std::string_view secret, std::string_view ip = "192.0.2.7")
      : user(name), password(secret), connection(script.connect(ip)), script_(script) {}

  /// A request of our own user, complete but for credentials.  `extra`: header lines, each with its CR LF.
  std::string request(std::string_view method, std::string_view uri, std::string_view extra = {},
                      std::string_view body = {}) {
    ++cseq_;
    const std::string number = std::to_string(cseq_);
    const std::string to_uri = method == "REGISTER" ? "sip:" + user + "@example.com" : std::string(uri);
    std::string text(method);
    text.append(" ").append(uri).append(" SIP/2.0\r\nVia: SIP/2.0/TLS 10.0.0.9:5071;branch=z9hG4bK").append(user);
    text.append(number).append(std::to_string(connection.value)).append(";rport\r\n");
    text.append("From: <sip:").append(user).append("@example.com>;tag=f1\r\nTo: <").append(to_uri).append(">\r\n");
    text.append("Call-ID: call-").append(user).append(std::to_string(connection.value)).append("\r\nCSeq: ");
    text.append(number).append(" ").append(method).append("\r\nMax-Forwards: 70\r\n").append(extra);
    text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n").append(body);
    return text;
  }
  /// The same with credentials for the last challenge heard.
  std::string signed_request(std::string_view method, std::string_view uri, std::string_view extra = {},
                             std::string_view body = {}) {
    std::string lines = credentials(method, uri);
    lines.append(extra);
    return request(method, uri, lines, body);
  }
  std::string credentials(std::string_view method, std::string_view uri) {
    ++count_;
    base::Hasher hasher(algorithm == "MD5" ? base::HashAlgorithm::md5 : base::HashAlgorithm::sha256);
    const std::string name = login.empty() ? user : login;
    std::string nc = "0000000" + std::to_string(count_);
    nc = nc.substr(nc.size() - 8);
    const std::string ha1 = hasher.hex({name, ":", realm, ":", password});
    const std::string ha2 = hasher.hex({method, ":", uri});
    const std::string response = hasher.hex({ha1, ":", nonce, ":", nc, ":c0ffee:auth:", ha2});
    std::string line = "Authorization: Digest username=\"" + name + "\", realm=\"" + std::string(realm);
    line.append("\", nonce=\"").append(nonce).append("\", uri=\"").append(uri).append("\", response=\"");
    line.append(response).append("\", algorithm=").append(algorithm).append(", cnonce=\"c0ffee\", qop=auth, nc=");
    return line.append(nc).append("\r\n");
  }
  std::string say(std::string_view bytes) {
    std::string heard = script_.say(connection, bytes);
    take_challenge(heard);
    return heard;
  }
  /// Asks, is challenged if need be, and asks again with credentials.
  std::string ask(std::string_view method, std::string_view uri, std::string_view extra = {},
                  std::string_view body = {}) {
    if (nonce.empty()) say(request(method, uri, extra, body));
    return say(signed_request(method, uri, extra, body));
  }
  void take_challenge(std::string_view answer) {
    const base::Result<wire::sip::Message> message = wire::sip::Message::parse(std::string(answer));
    if (!message || message->is_request()) return;
    message->for_each(wire::sip::HeaderName::www_authenticate, [&](std::string_view value) {
      const base::Result<wire::sip::AuthValue> challenge = wire::sip::AuthValue::parse(value);
      if (!challenge || challenge->parameters.value("algorithm") != algorithm) return;
      nonce = challenge->parameters.value("nonce");
      count_ = 0;
    });
  }

  std::string user;
  std::string password;
  std::string login;  ///< name to sign in with, when it is not `user`
  std::string algorithm = "SHA-256";
  std::string nonce;
  ConnectionId connection;

 private:
  Script& script_;
  unsigned cseq_ = 0;
  unsigned count_ = 0;
};

/// Answers a request of ours as an endpoint does: Via, From, To, Call-ID and CSeq copied.
inline std::string answer_to(std::string_view request, int status) {
  const base::Result<wire::sip::Message> message = wire::sip::Message::parse(std::string(request));
  if (!message) return {};
  return wire::sip::response_to(*message, status, wire::sip::phrase_of(status), "e1").finish();
}

}  // namespace tertulia::face::simple::face_script
