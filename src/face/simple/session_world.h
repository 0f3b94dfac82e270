// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "face/simple/conference_invite.h"
#include "face/simple/context.h"
#include "face/simple/sessions.h"

/// For tests: Sessions between clients that speak SIP text and an IMMCU that is the test itself.
namespace tertulia::face::simple::session_world {

using base::ConnectionId;
using base::ConversationId;
using base::LegId;
using base::Reason;
using base::ShardId;
using base::Ticket;
using base::UserId;
using wire::sip::HeaderName;
using wire::sip::Message;
using namespace std::chrono_literals;

inline constexpr std::string_view offer =
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=session\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=message 5061 sip null\r\na=accept-types:text/plain text/html\r\n";

class NoKeeper : public domain::CredentialKeeper {
 public:
  base::Result<domain::Credentials> make(const domain::Address&, std::string_view, std::string_view) override {
    return domain::Credentials{};
  }
  bool verify(const domain::Credentials&, std::string_view) override { return false; }
  base::Result<domain::SecretDigests> open(const domain::Address&, const domain::Credentials&) const override {
    return Reason::file_damaged;
  }
};

/// Everything that Sessions asks of others, in order.
struct Asked : FacePorts, protocol::transaction::LayerPorts {
  std::map<ConnectionId, std::vector<Message>> sent;
  std::vector<domain::PostSession> posts;
  std::vector<domain::OpenSession> opens;
  std::vector<domain::CancelOpen> cancels;
  std::vector<domain::CloseLeg> closes;
  std::vector<domain::PostPage> pages;
  std::vector<domain::DeliverAnswer> deliveries;
  std::vector<domain::DeliverAnswer> inbox;  ///< what the inbox was told of single messages
  std::vector<domain::LegAnswer> legs;
  std::vector<std::string> order;  ///< what the IMMCU was told: "open", "gone", "taken", "close", "cancel" ...

  using FacePorts::cancel;  // calls are none of these tests' business

  void send(ConnectionId connection, std::string_view bytes) override {
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
  void answer_inbox(ShardId, domain::DeliverAnswer one) override {
    static constexpr std::array names = {"page taken", "page refused", "page silent", "page gone"};
    order.emplace_back(names.at(static_cast<std::size_t>(one.what)));
    inbox.push_back(one);
  }
  void post(domain::PostPage one) override {
    order.emplace_back("page");
    pages.push_back(std::move(one));
  }
  void post(domain::PostSession one) override {
    order.emplace_back("post");
    posts.push_back(std::move(one));
  }
  void open(domain::OpenSession one) override {
    order.emplace_back("open");
    opens.push_back(std::move(one));
  }
  void cancel(domain::CancelOpen one) override {
    order.emplace_back("cancel");
    cancels.push_back(one);
  }
  void close_leg(domain::CloseLeg one) override {
    order.emplace_back("close");
    closes.push_back(one);
  }
  std::vector<domain::CreateConference> creates;
  std::vector<domain::JoinConference> joins;
  std::vector<domain::LeaveConference> leaves;
  std::vector<domain::AddPerson> adds;
  std::vector<domain::ConferenceCommand> commands;
  void create(domain::CreateConference one) override {
    order.emplace_back("create");
    creates.push_back(std::move(one));
  }
  void join(domain::JoinConference one) override {
    order.emplace_back("join");
    joins.push_back(std::move(one));
  }
  void leave(domain::LeaveConference one) override {
    order.emplace_back("leave");
    leaves.push_back(std::move(one));
  }
  void add(domain::AddPerson one) override {
    order.emplace_back("add");
    adds.push_back(std::move(one));
  }
  void command(domain::ConferenceCommand one) override {
    order.emplace_back("command");
    commands.push_back(std::move(one));
  }
  void answer_mcu(ShardId, domain::DeliverAnswer one) override {
    static constexpr std::array names = {"taken", "refused", "silent", "gone"};
    order.emplace_back(names.at(static_cast<std::size_t>(one.what)));
    deliveries.push_back(one);
  }
  void answer_mcu(ShardId, domain::LegAnswer one) override {
    static constexpr std::array names = {"leg ringing", "leg accepted", "leg refused"};
    order.emplace_back(names.at(static_cast<std::size_t>(one.what)));
    legs.push_back(one);
  }
};

/// One dialog as a client sees it.
struct ClientDialog {
  ConnectionId connection;
  std::string from;  ///< user@domain of the client
  std::string to;
  std::string call_id;
  std::string own_tag;
  std::string peer_tag;  ///< empty until learned
  std::string target;    ///< Request-URI
  int cseq = 0;
};

class World {
 public:
  explicit World(std::uint64_t seed = 1) : random_(seed) {
    auto directory =
        std::make_shared<const domain::Directory>(std::vector<std::string>{"example.com"}, domain::Policy::defaults());
    std::uint32_t id = 0;
    for (const char* name : {"alice", "bob", "carol"}) {
      domain::User user;
      user.id = UserId{++id};
      user.address = *domain::Address::parse(std::string(name) + "@example.com");
      user.display_name = name;
      directory = directory->with(std::move(user));
    }
    settings_.host = "fe1.example.com";
    context_ =
        std::make_unique<Context>(settings_, asked, random_, ids_, base::Log::silent(), keeper_, ShardId{}, asked);
    context_->directory = std::move(directory);
    sessions = std::make_unique<Sessions>(*context_);
    for (const std::uint64_t connection : {1, 2, 3}) connect(ConnectionId{connection});
  }

  Asked asked;
  std::unique_ptr<Sessions> sessions;
  base::Now now{{1'000'000}, {1'700'000'000'000'000}};
  Context& context() { return *context_; }

  /// Connections 1, 2, 3 belong to alice, bob, carol; further ones to alice.
  void connect(ConnectionId id) {
    auto connection = std::make_unique<Connection>(Connection{id,
                                                              Peer{"192.0.2.7", 40000, true},
                                                              wire::sip::Framer(settings_.framer_limits),
                                                              protocol::auth::DigestAcceptor(settings_.digest),
                                                              protocol::flow::FlowWatch(settings_.flow, now.mono),
                                                              {},
                                                              {},
                                                              {}});
    connection->proved = Proved{user_of(id), {}, 0, {}, {}};
    context_->connections[id] = std::move(connection);
  }
  static UserId user_of(ConnectionId id) {
    return id.value <= 3 ? UserId{static_cast<std::uint32_t>(id.value)} : UserId{1};
  }

  /// The client's bytes arrive, as the face hands them on.
  void receive(ConnectionId id, const std::string& text) {
    auto parsed = Message::parse(text);
    if (!parsed || parsed->flaw() != nullptr) return;
    const auto message = std::make_shared<const Message>(std::move(*parsed));
    const auto basics = wire::sip::validate(*message);
    if (!basics || context_->find(id) == nullptr) return;
    message->is_request() ? on_request(id, message, *basics) : on_response(id, *message, *basics);
  }
  void close(ConnectionId id) {
    context_->connections.erase(id);
    const auto ended = context_->layer.on_connection_gone(id);
    for (const auto& one : ended) sessions->on_ended(one, now);
    sessions->on_connection_closed(id, now);
  }
  void pass(base::Duration time) {
    now.mono = now.mono + time;
    now.wall = now.wall + time;
    for (const auto& ended : context_->layer.on_deadline(now.mono)) sessions->on_ended(ended, now);
    sessions->on_deadline(now);
  }
  /// What was sent to the client since the last call, but for 100 Trying.
  std::vector<Message> take(ConnectionId id) {
    std::vector<Message> all = std::exchange(asked.sent[id], {});
    std::erase_if(all, [](const Message& message) { return !message.is_request() && message.status() == 100; });
    return all;
  }
  /// Exactly one message, and it begins like this ("SIP/2.0 200", "MESSAGE").
  Message take_one(ConnectionId id, std::string_view begin) {
    auto all = take(id);
    EXPECT_EQ(all.size(), 1u) << "expected " << begin;
    if (all.empty()) return *Message::parse("SIP/2.0 500 Nothing\r\n\r\n");
    EXPECT_TRUE(all.back().bytes().starts_with(begin)) << "expected " << begin << ", sent:\n" << all.back().bytes();
    return std::move(all.back());
  }

  // What clients say.
  std::string request(ClientDialog& dialog, const std::string& method, std::string_view type = {},
                      std::string_view body = {}, const std::string& more = {}) {
    const int cseq = method == "ACK" || method == "CANCEL" ? dialog.cseq : ++dialog.cseq;
    // An ACK of a 2xx is a transaction of its own; a CANCEL has the branch of its INVITE.
    const std::string branch =
        method == "CANCEL" ? last_branch_ : last_branch_ = "z9hG4bKc" + std::to_string(++branches_);
    std::string text = method + " " + dialog.target + " SIP/2.0\r\nVia: SIP/2.0/TLS 10.0.0.1;branch=" + branch +
                       "\r\nMax-Forwards: 70\r\nFrom: <sip:" + dialog.from + ">;tag=" + dialog.own_tag +
                       "\r\nTo: <sip:" + dialog.to + ">" + (dialog.peer_tag.empty() ? "" : ";tag=" + dialog.peer_tag) +
                       "\r\nCall-ID: " + dialog.call_id + "\r\nCSeq: " + std::to_string(cseq) + " " + method +
                       "\r\nContact: <sip:client@10.0.0.1:40000;transport=tls>\r\n" + more;
    if (!type.empty()) text += "Content-Type: " + std::string(type) + "\r\n";
    return text + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
  }
  /// The client's answer to a request of ours.
  static std::string answer(const Message& request, const std::string& status, const std::string& tag,
                            std::string_view body = {}) {
    std::string text = "SIP/2.0 " + status + "\r\n";
    for (const HeaderName name : {HeaderName::via, HeaderName::from, HeaderName::call_id, HeaderName::cseq})
      text += std::string(name_of(name)) + ": " + std::string(request.header(name).value_or("")) + "\r\n";
    std::string to(request.header(HeaderName::to).value_or(""));
    if (to.find(";tag=") == std::string::npos && !tag.empty()) to += ";tag=" + tag;
    text += "To: " + to + "\r\nContact: <sip:client@10.0.0.1:40000;transport=tls>\r\n";
    if (!body.empty()) text += "Content-Type: application/sdp\r\n";
    return text + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
  }
  ClientDialog dialog(ConnectionId connection, const std::string& from, const std::string& to) {
    const std::string number = std::to_string(++dialogs_);
    return {connection, from + "@example.com",       to + "@example.com", "call" + number + "@10.0.0.1", "tag" + number,
            {},         "sip:" + to + "@example.com"};
  }
  void say(ClientDialog& dialog, const std::string& method, std::string_view type = {}, std::string_view body = {},
           const std::string& more = {}) {
    receive(dialog.connection, request(dialog, method, type, body, more));
  }

  /// Alice's session with bob, accepted and acknowledged; conversation 77.
  ClientDialog open_session(ConnectionId connection = ConnectionId{1}) {
    ClientDialog d = dialog(connection, "alice", "bob");
    say(d, "INVITE", "application/sdp", offer);
    EXPECT_FALSE(asked.opens.empty());
    sessions->on(domain::OpenAnswer{asked.opens.back().ticket, ConversationId{77}, domain::OpenAnswer::What::accepted,
                                    Reason::none, 200},
                 now);
    learn(d, take_one(connection, "SIP/2.0 200"));
    say(d, "ACK");
    asked.order.clear();
    return d;
  }
  /// The client's side of a dialog that our 2xx has made.
  static void learn(ClientDialog& d, const Message& ok) {
    d.peer_tag = std::string(wire::sip::NameAddr::parse(*ok.header(HeaderName::to))->tag());
    d.target = wire::sip::NameAddr::parse(*ok.header(HeaderName::contact))->uri_text;
  }
  domain::InviteLeg invitation(LegId leg = LegId{900}, ConnectionId connection = ConnectionId{2}) {
    domain::InviteLeg invite;
    invite.conversation = ConversationId{77};
    invite.leg = leg;
    invite.route.connection = connection;
    invite.route.remote_target = std::make_shared<const std::string>("sip:bob@10.0.0.2:5061;transport=tls");
    invite.to = user_of(connection);
    invite.to_address = "bob@example.com";
    invite.from_address = "alice@example.com";
    invite.from_name = "Alice \"A\"";
    invite.subject = "lunch";
    return invite;
  }
  /// Bob's side of a session that the IMMCU begins: INVITE answered and acknowledged.
  ClientDialog open_invited(LegId leg = LegId{900}) {
    sessions->on(invitation(leg), now);
    const Message invite = take_one(ConnectionId{2}, "INVITE");
    receive(ConnectionId{2}, answer(invite, "200 OK", "bobtag", offer));
    take_one(ConnectionId{2}, "ACK");
    asked.order.clear();
    return callee(invite, "bobtag");
  }
  /// The dialog as the client that got this INVITE sees it.
  static ClientDialog callee(const Message& invite, const std::string& tag) {
    const auto basics = wire::sip::validate(invite);
    return {ConnectionId{2},
            "bob@example.com",
            "alice@example.com",
            basics->call_id,
            tag,
            std::string(basics->from.tag()),
            wire::sip::NameAddr::parse(*invite.header(HeaderName::contact))->uri_text};
  }
  domain::DeliverSession delivery(LegId leg, std::uint64_t ticket, const std::string& text = "hello") {
    auto message = std::make_shared<domain::InstantMessage>();
    message->content_type = "text/plain;charset=UTF-8";
    message->content = text;
    message->from_address = "alice@example.com";
    return {Ticket{ticket}, ShardId{}, ConversationId{77}, leg, std::move(message)};
  }

 private:
  void on_request(ConnectionId id, const std::shared_ptr<const Message>& message, const wire::sip::Basics& basics) {
    using Kind = protocol::transaction::RequestFate::Kind;
    const auto fate = context_->layer.on_request(id, *message, basics, now.mono);
    Connection& connection = *context_->find(id);
    const auto target = wire::sip::Uri::parse(message->request_uri());
    if (!target) return;
    Request request{connection, *message, basics, *target, fate.id, context_->directory->find(user_of(id)),
                    now,        message};
    switch (fate.kind) {
      case Kind::fresh:
        if (message->method() == wire::sip::Method::invite) {
          const bool outside = basics.to.tag().empty();
          if (!outside || !on_conference_invite(*context_, *sessions, request)) sessions->on_invite(request);
        } else if (message->method() == wire::sip::Method::bye && basics.to.tag().empty()) {
          sessions->on_bye(request);
        } else if (message->method() == wire::sip::Method::refer && basics.to.tag().empty()) {
          sessions->on_refer(request);
        } else if (!sessions->in_dialog(request)) {
          context_->refuse(request, Reason::dialog_unknown);
        }
        return;
      case Kind::ack_of_2xx:
        return sessions->on_ack(connection, *message, basics, now);
      case Kind::cancel:
        request.transaction = fate.cancel_id;
        context_->reply(fate.cancel_id, 200, context_->begin(request, 200), now);
        return sessions->on_cancel(fate.id, now);
      default:
        return;
    }
  }
  void on_response(ConnectionId id, const Message& message, const wire::sip::Basics& basics) {
    const auto fate = context_->layer.on_response(id, message, basics, now.mono);
    if (fate.matched) sessions->on_response(fate.id, message, basics, fate.repeated, now);
  }

  base::Random random_;
  base::IdSource ids_{ShardId{}};
  NoKeeper keeper_;
  FaceSettings settings_;
  std::unique_ptr<Context> context_;
  std::string last_branch_;
  int branches_ = 0;
  int dialogs_ = 0;
};

}  // namespace tertulia::face::simple::session_world
