// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "domain/conversation/test_bench.h"

namespace tertulia::domain::bench {

/// An Inbox with the real Registrar; devices and store are played by hand.
class InboxBench : private InboxPorts, private RegistrarPorts {
 public:
  struct StoreCall {
    enum class Kind { keep, load, forget } kind;
    base::Ticket ticket;
    std::string text;            // keep
    std::uint64_t sequence = 0;  // forget
    InstantMessagePtr message = {};
  };
  std::vector<DeliverPage> offers;
  std::vector<InboxAnswer> answers;
  std::vector<StoreCall> store;
  std::vector<EndpointsFound> found_routes;

  People people;
  Clock clock;
  base::Random random{1};
  Registrar registrar{RegistrarSettings{}, base::ShardId{0}, *this, random};
  Inbox inbox{base::ShardId{6}, registrar, *this};

  /// A device of Bob appears; gives the number of its connection.
  base::ConnectionId sign_in(bool page = true, bool session = false, base::UserId user = bob) {
    BindRequest bind;
    bind.ticket = {1};
    bind.edge = bobs_edge;
    bind.connection = {++last_connection_};
    bind.user = user;
    ContactChange contact;
    contact.uri = "sip:device@192.0.2.1:" + std::to_string(5000 + last_connection_);
    contact.capabilities.page_mode = page;
    contact.capabilities.session_mode = session;
    bind.contacts.push_back(contact);
    bind.call_id = "c" + std::to_string(last_connection_);
    bind.cseq = 1;
    bind.client = std::make_shared<ClientInfo>(ClientInfo{"Phone", "", ""});
    registrar.on_bind(bind, *people, clock.now());
    flush();
    return bind.connection;
  }
  void vanish(base::ConnectionId connection, base::UserId user = bob) {
    registrar.on_connection_gone({user, connection, false}, clock.now());
    flush();
  }
  base::Ticket deliver(std::string text, MessageKind kind = MessageKind::text, base::UserId to = bob) {
    const base::Ticket ticket{++last_ticket_};
    inbox.on_deliver({ticket, mcu, {7}, to, say(alice, std::move(text), kind)}, *people, clock.now());
    return ticket;
  }
  void answer(std::size_t offer, DeliverAnswer::What what, int status = 0) {
    inbox.on_answer({offers[offer].ticket, what, status}, clock.now());
  }
  void store_done(std::size_t call, base::Reason reason = base::Reason::none) {
    const base::Result<void> result = reason == base::Reason::none ? base::Result<void>{} : base::Result<void>{reason};
    if (store[call].kind == StoreCall::Kind::keep) {
      inbox.on_kept(store[call].ticket, result, clock.now());
    } else {
      inbox.on_forgotten(store[call].ticket, result, clock.now());
    }
  }
  /// The store's answer to a load: messages with sequences from `first` on.
  void loaded(std::size_t call, const std::vector<std::string>& texts, std::uint64_t first = 1) {
    std::vector<KeptMessage> messages;
    for (const std::string& text : texts) {
      auto message = std::make_shared<InstantMessage>(*say(alice, text));
      message->sent = begun_;
      messages.push_back({first++, bob, std::move(message)});
    }
    inbox.on_loaded(store[call].ticket, std::move(messages), clock.now());
  }
  void load_fails(std::size_t call) {
    inbox.on_loaded(store[call].ticket, base::Reason::store_unavailable, clock.now());
  }
  void pass(base::Duration time) {
    clock.pass(time);
    inbox.on_deadline(clock.now());
  }
  InboxAnswer outcome(base::Ticket ticket) const {
    std::vector<InboxAnswer> found;
    for (const InboxAnswer& answer : answers) {
      if (answer.ticket == ticket) found.push_back(answer);
    }
    EXPECT_EQ(found.size(), 1U) << "answers to ticket " << ticket.value;
    return found.empty() ? InboxAnswer{} : found.front();
  }
  std::vector<std::string> offered() const {
    std::vector<std::string> texts;
    for (const DeliverPage& offer : offers) texts.push_back(offer.message->content);
    return texts;
  }
  /// The store's calls as words: "keep 1", "load", "forget 3".
  std::vector<std::string> calls() const {
    std::vector<std::string> words;
    for (const StoreCall& call : store) {
      switch (call.kind) {
        case StoreCall::Kind::keep:
          words.push_back("keep " + call.text);
          break;
        case StoreCall::Kind::load:
          words.push_back("load");
          break;
        case StoreCall::Kind::forget:
          words.push_back("forget " + std::to_string(call.sequence));
          break;
      }
    }
    return words;
  }

 private:
  const base::WallTime begun_ = clock.now().wall;

  void flush() {  // news of the registrar reach the inbox after its call returned, as in the server
    for (const auto& [user, route] : std::exchange(added_, {})) inbox.on_endpoint_added(user, route, clock.now());
    for (const auto& [user, endpoint] : std::exchange(removed_, {}))
      inbox.on_endpoint_removed(user, endpoint, clock.now());
  }
  void deliver(base::ShardId, DeliverPage deliver) override { offers.push_back(std::move(deliver)); }
  void answer(base::ShardId, InboxAnswer answer) override { answers.push_back(std::move(answer)); }
  void found(base::ShardId, EndpointsFound found) override { found_routes.push_back(std::move(found)); }
  void keep(base::Ticket ticket, base::UserId, InstantMessagePtr message) override {
    store.push_back({StoreCall::Kind::keep, ticket, message->content, 0, message});
  }
  void load(base::Ticket ticket, base::UserId, std::size_t) override {
    store.push_back({StoreCall::Kind::load, ticket, {}});
  }
  void forget(base::Ticket ticket, base::UserId, std::uint64_t sequence) override {
    store.push_back({StoreCall::Kind::forget, ticket, {}, sequence});
  }
  void answer(base::ShardId, BindAnswer answer) override { ASSERT_EQ(answer.reason, base::Reason::none); }
  void record(RegistrationRecord) override {}
  void endpoint_added(base::UserId user, const EndpointRoute& route) override { added_.emplace_back(user, route); }
  void endpoint_removed(base::UserId user, base::EndpointId endpoint, DeregisterType) override {
    removed_.emplace_back(user, endpoint);
  }
  void drop_connection(base::ShardId, base::ConnectionId, base::Reason) override {}

  std::vector<std::pair<base::UserId, EndpointRoute>> added_;
  std::vector<std::pair<base::UserId, base::EndpointId>> removed_;
  std::uint64_t last_connection_ = 0;
  std::uint64_t last_ticket_ = 0;
};

}  // namespace tertulia::domain::bench
