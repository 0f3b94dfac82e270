// SPDX-License-Identifier: Apache-2.0
#pragma once

// For tests: telephones that speak SIP text over two whole faces, joined by a small call agent.

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "face/simple/call_agent_double.h"
#include "face/simple/face_script.h"

namespace tertulia::face::simple::call_world {

using base::ConnectionId;
using face_script::realm;
using wire::sip::HeaderName;
using wire::sip::Message;
using namespace std::chrono_literals;

inline constexpr std::string_view audio =
    "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
inline constexpr std::string_view audio_video =
    "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"
    "m=video 4002 RTP/AVP 96\r\n";

class World;

/// One face with its connections.
class Edge final : public FacePorts {
 public:
  Edge(World& world, ShardId shard, const domain::DirectoryPtr& directory);

  void send(ConnectionId connection, std::string_view bytes) override {
    if (bytes == "\r\n") return;
    auto message = Message::parse(std::string(bytes));
    ASSERT_TRUE(message) << bytes;
    ASSERT_EQ(message->flaw(), nullptr) << bytes;
    ASSERT_TRUE(wire::sip::validate(*message)) << bytes;
    sent[connection].push_back(std::move(*message));
  }
  void close(ConnectionId) override {}
  void bind(domain::BindRequest) override {}
  void connection_gone(domain::ConnectionGone) override {}
  void sign_in_failed(domain::SignInFailed) override {}
  void answer_inbox(ShardId, domain::DeliverAnswer) override {}
  void post(domain::PostPage) override {}
  void post(domain::PostSession) override {}
  void open(domain::OpenSession) override { ++sessions; }
  void cancel(domain::CancelOpen) override {}
  void close_leg(domain::CloseLeg) override {}
  void answer_mcu(ShardId, domain::DeliverAnswer) override {}
  void answer_mcu(ShardId, domain::LegAnswer) override {}
  void active(domain::UserActive one) override;
  void place(domain::PlaceCall one) override {
    last_placed = one.leg;
    to_agent(std::move(one));
  }
  void cancel(domain::CancelCall one) override { to_agent(one); }
  void answer_ring(ShardId, domain::RingAnswer one) override { to_agent(std::move(one)); }
  void request(domain::CallRequest one) override { to_agent(std::move(one)); }
  void answer_relay(ShardId, domain::RelayAnswer one) override { to_agent(std::move(one)); }
  void cancel(domain::CancelCallRequest one) override { to_agent(one); }
  void lost(domain::CallLegLost one) override { to_agent(one); }
  void refreshed(domain::CallRefreshed one) override { to_agent(one); }

  std::map<ConnectionId, std::vector<Message>> sent;
  CallLegId last_placed;
  int sessions = 0;  ///< invitations that went to the message sessions

 private:
  template <typename Event>
  void to_agent(Event event);
  World& world_;
  base::Random random_;
  base::IdSource ids_;
  face_script::ScriptKeeper keeper_;

 public:
  std::unique_ptr<Face> face;
};

/// Nothing happens within another call: all events stand in one queue.
class World final : public AgentOut {
 public:
  World() : agent(*this), edges{{Edge(*this, ShardId{0}, directory()), Edge(*this, ShardId{1}, directory())}} {}

  template <typename Event>
  void later(Event event) {
    queue_.emplace_back(std::move(event));
  }
  /// Events of what happens inside of `what` wait until it is over.
  template <typename What>
  void hold(What what) {
    held_ = true;
    what();
    held_ = false;
  }
  void settle() {
    while (!held_ && !queue_.empty()) {
      const std::function<void()> event = std::move(queue_.front());
      queue_.pop_front();
      event();
    }
  }
  void drop() { queue_.clear(); }
  void pass(base::Duration time) {
    now.mono = now.mono + time;
    now.wall = now.wall + time;
    for (Edge& edge : edges) edge.face->on_deadline(now);
    settle();
  }
  std::size_t legs() const { return edges[0].face->call_leg_count() + edges[1].face->call_leg_count(); }

  void tell(ShardId edge, domain::CallProgress one) override { to_face(edge, std::move(one)); }
  void tell(ShardId edge, domain::CallAnswered one) override { to_face(edge, std::move(one)); }
  void tell(ShardId edge, domain::CallRefused one) override { to_face(edge, std::move(one)); }
  void tell(ShardId edge, domain::RingLeg one) override { to_face(edge, std::move(one)); }
  void tell(ShardId edge, domain::StopLeg one) override { to_face(edge, one); }
  void tell(ShardId edge, domain::RelayRequest one) override { to_face(edge, std::move(one)); }
  void tell(ShardId edge, domain::CallRequestAnswer one) override { to_face(edge, std::move(one)); }
  void tell(ShardId edge, domain::CancelRelay one) override { to_face(edge, one); }

  base::Now now{{1'000'000'000}, {1'700'000'000'000'000}};
  AgentDouble agent;
  std::array<Edge, 2> edges;
  std::uint64_t connections = 0;

 private:
  static domain::DirectoryPtr directory() {
    const auto empty =
        std::make_shared<const domain::Directory>(std::vector<std::string>{"example.com"}, domain::Policy::defaults());
    return empty->with_users({face_script::make_user(1, "alice@example.com", "secret"),
                              face_script::make_user(2, "bob@example.com", "secret"),
                              face_script::make_user(3, "carol@example.com", "secret")});
  }
  template <typename Event>
  void to_face(ShardId edge, Event event) {
    later([this, edge, event = std::move(event)] { edges.at(edge.value).face->on(event, now); });
  }
  std::deque<std::function<void()>> queue_;
  bool held_ = false;
};

inline Edge::Edge(World& world, ShardId shard, const domain::DirectoryPtr& directory)
    : world_(world), random_(11 + shard.value), ids_(shard) {
  FaceSettings settings = face_script::make_settings();
  settings.timers.t1 = 500ms;
  face = std::make_unique<Face>(settings, *this, random_, ids_, base::Log::silent(), keeper_, shard, directory);
}
inline void Edge::active(domain::UserActive one) { world_.agent.active.push_back(one); }
template <typename Event>
void Edge::to_agent(Event event) {
  world_.later([this, event = std::move(event)] { world_.agent.on(event); });
}

/// One dialog as a telephone sees it.
struct Line {
  std::string call_id;
  std::string own;   ///< value of From in its requests, with tag
  std::string peer;  ///< value of To
  std::string target;
  std::vector<std::string> routes;
  int cseq = 0;
};

class Phone {
 public:
  Phone(World& world, std::size_t edge, std::string_view name)
      : user(name), connection{++world.connections + 100}, world_(world), edge_(world.edges.at(edge)) {
    contact = "sip:" + user + "@10.0.0." + std::to_string(connection.value) + ":5060;transport=tls";
    edge_.face->on_accepted(connection, Peer{"192.0.2.7", 40000, true, 5061}, world_.now);
    say("OPTIONS sip:example.com SIP/2.0\r\n" + via() + "From: <sip:" + user +
        "@example.com>;tag=o\r\nTo: " + "<sip:example.com>\r\nCall-ID: o" + std::to_string(connection.value) +
        "\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n");
    for (const Message& message : heard()) take_challenge(message);
  }
  /// A device of its user from now on.
  Phone& sign_in(UserId id, std::size_t edge) {
    domain::EndpointRoute route;
    route.endpoint = base::EndpointId{connection.value};
    route.edge = ShardId{static_cast<std::uint16_t>(edge)};
    route.connection = connection;
    route.remote_target = std::make_shared<const std::string>(contact);
    world_.agent.devices[id].push_back(std::move(route));
    return *this;
  }

  void say(const std::string& text) {
    edge_.face->on_bytes(connection, text, world_.now);
    world_.settle();
  }
  void hang() {
    edge_.face->on_closed(connection, false, world_.now);
    world_.settle();
  }
  /// What came since the last call, but for 100 Trying.
  std::vector<Message> heard() {
    std::vector<Message> all = std::exchange(edge_.sent[connection], {});
    std::erase_if(all, [](const Message& message) { return !message.is_request() && message.status() == 100; });
    return all;
  }
  /// Exactly one message, and it begins like this.
  Message hears(std::string_view begin) {
    std::vector<Message> all = heard();
    EXPECT_EQ(all.size(), 1U) << user << " expected " << begin;
    if (all.empty()) return *Message::parse("SIP/2.0 500 Nothing\r\n\r\n");
    EXPECT_TRUE(all.back().bytes().starts_with(begin)) << "expected " << begin << ", came:\n" << all.back().bytes();
    return std::move(all.back());
  }

  // requests
  Line line_to(const std::string& uri) {
    const std::string number = std::to_string(++lines_) + "-" + std::to_string(connection.value);
    return {"call" + number, "<sip:" + user + "@example.com>;tag=t" + number, "<" + uri + ">", uri, {}, 0};
  }
  std::string request(Line& line, const std::string& method, const std::string& more = {}, std::string_view body = {},
                      std::string_view type = "application/sdp") {
    const bool again = method == "ACK" || method == "CANCEL";
    if (!again) ++line.cseq;
    std::string text = method + " " + line.target + " SIP/2.0\r\n" + (method == "CANCEL" ? last_via_ : via());
    for (const std::string& route : line.routes) text += "Route: " + route + "\r\n";
    text += "Max-Forwards: 70\r\nFrom: " + line.own + "\r\nTo: " + line.peer + "\r\nCall-ID: " + line.call_id +
            "\r\nCSeq: " + std::to_string(line.cseq) + " " + method + "\r\n";
    if (!again) text += credentials(method, line.target);
    if (method == "INVITE" || method == "UPDATE" || method == "REFER") text += "Contact: <" + contact + ">\r\n";
    if (!body.empty()) text += "Content-Type: " + std::string(type) + "\r\n";
    return text + more + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
  }
  void ask(Line& line, const std::string& method, const std::string& more = {}, std::string_view body = {}) {
    say(request(line, method, more, body));
  }
  /// The client's answer.
  void answer(const Message& request, const std::string& status, const std::string& tag = {},
              const std::string& more = {}, std::string_view body = {}) {
    std::string text = "SIP/2.0 " + status + "\r\n";
    for (const HeaderName name :
         {HeaderName::via, HeaderName::from, HeaderName::call_id, HeaderName::cseq, HeaderName::record_route})
      request.for_each(
          name, [&](std::string_view value) { text.append(name_of(name)).append(": ").append(value).append("\r\n"); });
    std::string to(request.header(HeaderName::to).value_or(""));
    if (to.find(";tag=") == std::string::npos && !tag.empty()) to += ";tag=" + tag;
    text += "To: " + to + "\r\n";
    if (!status.starts_with('3')) text += "Contact: <" + contact + ">\r\n";
    if (!body.empty()) text += "Content-Type: application/sdp\r\n";
    say(text + more + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body));
  }
  /// The caller learns the dialog from a response.
  static void learn(Line& line, const Message& response) {
    line.peer = response.header(HeaderName::to).value_or("");
    line.target = uri_in(response, HeaderName::contact);
    line.routes.clear();
    response.for_each(HeaderName::record_route,
                      [&](std::string_view value) { line.routes.insert(line.routes.begin(), std::string(value)); });
  }
  /// The callee learns it from the INVITE.
  static Line line_of(const Message& invite, const std::string& tag) {
    Line line;
    line.call_id = invite.header(HeaderName::call_id).value_or("");
    line.own = std::string(invite.header(HeaderName::to).value_or("")) + ";tag=" + tag;
    line.peer = invite.header(HeaderName::from).value_or("");
    line.target = uri_in(invite, HeaderName::contact);
    invite.for_each(HeaderName::record_route, [&](std::string_view value) { line.routes.emplace_back(value); });
    line.cseq = 40;
    return line;
  }
  static std::string uri_in(const Message& message, HeaderName name) {
    const auto value = wire::sip::NameAddr::parse(message.header(name).value_or(""));
    return value ? value->uri_text : std::string();
  }
  std::string credentials(std::string_view method, std::string_view uri) {
    if (nonce_.empty()) return {};
    base::Hasher hasher(base::HashAlgorithm::sha256);
    std::string nc = "0000000" + std::to_string(++count_);
    nc = nc.substr(nc.size() - 8);
    const std::string ha1 = hasher.hex({user, ":", realm, ":secret"});
    const std::string response =
        hasher.hex({ha1, ":", nonce_, ":", nc, ":c0ffee:auth:", hasher.hex({method, ":", uri})});
    return "Authorization: Digest username=\"" + user + "\", realm=\"" + std::string(realm) + "\", nonce=\"" + nonce_ +
           "\", uri=\"" + std::string(uri) + "\", response=\"" + response +
           "\", algorithm=SHA-256, cnonce=\"c0ffee\", qop=auth, nc=" + nc + "\r\n";
  }

  std::string user;
  ConnectionId connection;
  std::string contact;

 private:
  std::string via() {
    last_via_ = "Via: SIP/2.0/TLS 10.0.0." + std::to_string(connection.value) + ";branch=z9hG4bKp" +
                std::to_string(++branches_) + "\r\n";
    return last_via_;
  }
  void take_challenge(const Message& message) {
    message.for_each(HeaderName::www_authenticate, [&](std::string_view value) {
      const auto challenge = wire::sip::AuthValue::parse(value);
      if (challenge && challenge->parameters.value("algorithm") == "SHA-256")
        nonce_ = challenge->parameters.value("nonce");
    });
  }

  World& world_;
  Edge& edge_;
  std::string nonce_;
  std::string last_via_;
  unsigned count_ = 0;
  int branches_ = 0;
  int lines_ = 0;
};

inline std::string value(const Message& message, HeaderName name) {
  return std::string(message.header(name).value_or(""));
}
inline std::string value(const Message& message, std::string_view name) {
  return std::string(message.header(name).value_or(""));
}

/// Alice (shard 0) calls bob (shard 1).
struct Pair {
  World world;
  Phone alice{world, 0, "alice"};
  Phone bob{world, 1, "bob"};
  Line at_alice;
  Line at_bob;
  Pair() { bob.sign_in(UserId{2}, 1); }

  Message invite(const std::string& more = {}, std::string_view body = audio) {
    at_alice = alice.line_to("sip:bob@example.com");
    alice.ask(at_alice, "INVITE", more, body);
    Message arrived = bob.hears("INVITE " + bob.contact + " SIP/2.0");
    at_bob = Phone::line_of(arrived, "b1");
    return arrived;
  }
  void up(const std::string& more_of_answer = {}) {
    const Message invite_of_bob = invite();
    bob.answer(invite_of_bob, "180 Ringing", "b1");
    alice.hears("SIP/2.0 180");
    bob.answer(invite_of_bob, "200 OK", "b1", more_of_answer, audio);
    Phone::learn(at_alice, alice.hears("SIP/2.0 200"));
    alice.ask(at_alice, "ACK");
    bob.hears("ACK");
  }
};

}  // namespace tertulia::face::simple::call_world
