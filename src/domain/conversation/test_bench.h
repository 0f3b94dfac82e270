// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "domain/conversation/immcu.h"
#include "domain/conversation/inbox.h"
#include "domain/endpoint/registrar.h"

namespace tertulia::domain::bench {

// Fixed facts of all tests in this folder: alice, bob and carol of example.com; edges have numbers that tell them
// apart.
inline constexpr base::UserId alice{1};
inline constexpr base::UserId bob{2};
inline constexpr base::UserId carol{3};
inline constexpr base::UserId dave{4};
inline constexpr base::ShardId mcu{4};
inline constexpr base::ShardId alices_edge{1};
inline constexpr base::ShardId bobs_edge{2};
inline constexpr base::LegId alices_leg{77};

inline std::string address_of(base::UserId user) {
  static const std::map<base::UserId, std::string> names = {
      {alice, "alice"}, {bob, "bob"}, {carol, "carol"}, {dave, "dave"}};
  return names.at(user) + "@example.com";
}

class People {
 public:
  People() : directory_(std::make_shared<Directory>(std::vector<std::string>{"example.com"}, Policy::defaults())) {
    for (const base::UserId user : {alice, bob, carol, dave}) put(make(user));
  }
  static User make(base::UserId id) {
    User user;
    user.id = id;
    user.address = *Address::parse(address_of(id));
    return user;
  }
  void put(User user) { directory_ = directory_->with(std::move(user)); }
  void set(base::UserId user, const std::string& name, const std::string& value) {
    User changed = *directory_->find(user);
    changed.settings[name] = value;
    put(std::move(changed));
  }
  void block(base::UserId who, base::UserId whom) {
    User changed = *directory_->find(who);
    changed.blocked.push_back(*Address::parse(address_of(whom)));
    put(std::move(changed));
  }
  void disable(base::UserId user) {
    User changed = *directory_->find(user);
    changed.enabled = false;
    put(std::move(changed));
  }
  void remove(base::UserId user) { directory_ = directory_->without(user); }
  const Directory& operator*() const { return *directory_; }

 private:
  DirectoryPtr directory_;
};

class Clock {
 public:
  base::Now now() const { return now_; }
  void pass(base::Duration time) {
    now_.mono = now_.mono + time;
    now_.wall = now_.wall + time;
  }

 private:
  base::Now now_{{1'000'000}, {1'700'000'000'000'000}};
};

inline InstantMessagePtr say(base::UserId from, std::string text, MessageKind kind = MessageKind::text) {
  auto message = std::make_shared<InstantMessage>();
  static std::uint64_t last = 0;
  message->id = {++last};
  message->from = from;
  message->from_address = address_of(from);
  message->kind = kind;
  message->content_type = "text/plain";
  message->content = std::move(text);
  return message;
}

inline EndpointRoute route_of(std::uint64_t endpoint, bool page, bool session, base::ShardId edge = bobs_edge) {
  EndpointRoute route;
  route.endpoint = {endpoint};
  route.connection = {endpoint + 1000};
  route.edge = edge;
  route.capabilities.page_mode = page;
  route.capabilities.session_mode = session;
  route.client = std::make_shared<ClientInfo>(ClientInfo{"Phone/" + std::to_string(endpoint), "", ""});
  return route;
}

/// An Immcu whose surroundings are played by hand: what it asked stands in the lists, the answers are given in any
/// order.
class ImmcuBench : private ImmcuPorts, private ConferencePorts {
 public:
  std::vector<std::pair<base::ShardId, PostAnswer>> answers;
  std::vector<OpenAnswer> opened;
  std::vector<CloseAnswer> closed;
  std::vector<DeliverSession> sessions;
  std::vector<InviteLeg> invites;
  std::vector<EndLeg> ended;
  std::vector<InboxDeliver> inbox;
  std::vector<FindEndpoints> finds;
  std::vector<std::pair<base::Ticket, SessionRecord>> records;

  // Of conferences:
  std::vector<CreateAnswer> created;
  std::vector<std::pair<base::ShardId, JoinAnswer>> joined;
  std::vector<ChatAnswer> chats;
  std::vector<AddAnswer> added;
  std::vector<CommandAnswer> commanded;
  std::vector<std::pair<base::ShardId, RosterNews>> news;
  std::vector<SeatEnded> seats_ended;
  std::vector<LegGrown> grown_legs;
  std::vector<Succession> successions;
  std::vector<ConferenceListed> listed;
  std::vector<ConferenceRow> rows;
  std::vector<std::pair<base::Ticket, ConferenceFacts>> stored;
  std::vector<base::Ticket> forgotten;

  std::string correlation_id;  ///< of what is opened
  People people;
  Clock clock;
  Immcu immcu{ImmcuSettings{}, mcu, *this, 0, this};

  /// Posts a single message; gives its ticket.
  base::Ticket page(base::UserId from, base::UserId to, std::string text, MessageKind kind = MessageKind::text) {
    return page(to, say(from, std::move(text), kind));
  }
  base::Ticket page(base::UserId to, InstantMessagePtr message) {
    const base::Ticket ticket{++last_ticket_};
    const bool is_alice = message->from == alice;
    PostPage post{ticket,
                  is_alice ? alices_edge : bobs_edge,
                  {message->from.value * 10U},
                  std::make_shared<ClientInfo>(ClientInfo{is_alice ? "Desk/1" : "Desk/2", "", ""}),
                  to,
                  std::move(message),
                  "call-1"};
    immcu.on_post(post, *people, clock.now());
    return ticket;
  }
  base::Ticket open(base::UserId from = alice, base::UserId to = bob, base::LegId leg = alices_leg) {
    const base::Ticket ticket{++last_ticket_};
    OpenSession open;
    open.ticket = ticket;
    open.edge = alices_edge;
    open.leg = leg;
    open.from = from;
    open.from_address = address_of(from);
    open.endpoint = {10};
    open.connection = {1010};
    open.client = std::make_shared<ClientInfo>(ClientInfo{"Desk/1", "", ""});
    open.to = to;
    open.content_type = "application/sdp";
    open.call_id = "call-2";
    open.correlation_id = correlation_id;
    immcu.on_open(open, *people, clock.now());
    return ticket;
  }
  void found(std::vector<EndpointRoute> routes) {
    immcu.on_found({finds.back().conversation, finds.back().user, std::move(routes)}, *people, clock.now());
  }
  void home_refuses(base::Reason reason) {
    EndpointsFound refused{finds.back().conversation, finds.back().user, {}, reason};
    immcu.on_found(refused, *people, clock.now());
  }
  void leg_answers(std::size_t invite, LegAnswer::What what, int status = 0) {
    immcu.on_leg({invites[invite].conversation, invites[invite].leg, what, status}, clock.now());
  }
  /// Alice and one session-capable device of Bob in a session.
  base::ConversationId session() {
    open();
    found({route_of(20, true, true)});
    leg_answers(invites.size() - 1, LegAnswer::What::accepted, 200);
    return opened.back().conversation;
  }
  base::LegId bobs_leg() const { return invites.back().leg; }
  base::Ticket in_session(base::UserId from, std::string text, MessageKind kind = MessageKind::text) {
    return in_session(say(from, std::move(text), kind));
  }
  base::Ticket in_session(InstantMessagePtr message) {
    const base::Ticket ticket{++last_ticket_};
    const bool is_alice = message->from == alice;
    immcu.on_post(PostSession{ticket, is_alice ? alices_edge : bobs_edge, opened.back().conversation,
                              is_alice ? alices_leg : bobs_leg(), std::move(message)},
                  *people, clock.now());
    return ticket;
  }
  void leg_delivered(std::size_t index, DeliverAnswer::What what, int status = 0) {
    immcu.on_delivered({sessions[index].ticket, what, status}, clock.now());
  }
  void inbox_answers(std::size_t index, PostOutcome outcome, base::Reason reason = base::Reason::none, int status = 0) {
    InboxAnswer answer{inbox[index].ticket, inbox[index].conversation, outcome, reason, status, {}};
    if (outcome == PostOutcome::delivered) answer.taken_by = route_of(20, true, false);
    immcu.on_inbox(answer, clock.now());
  }
  base::Ticket bye(base::ShardId edge, base::LegId leg) {
    const base::Ticket ticket{++last_ticket_};
    immcu.on_close({ticket, edge, opened.back().conversation, leg}, clock.now());
    return ticket;
  }
  void cut(base::ShardId edge, base::LegId leg) {
    immcu.on_close({{}, edge, opened.back().conversation, leg}, clock.now());
  }
  void pass(base::Duration time) {
    clock.pass(time);
    immcu.on_deadline(clock.now());
  }
  /// How the post ended; fails unless there is exactly one answer.
  PostAnswer outcome(base::Ticket ticket) const {
    std::vector<PostAnswer> found;
    for (const auto& [edge, answer] : answers) {
      if (answer.ticket == ticket) found.push_back(answer);
    }
    EXPECT_EQ(found.size(), 1U) << "answers to ticket " << ticket.value;
    return found.empty() ? PostAnswer{} : found.front();
  }
  bool answered(base::Ticket ticket) const {
    for (const auto& [edge, answer] : answers) {
      if (answer.ticket == ticket) return true;
    }
    return false;
  }
  std::vector<std::string> texts_to_inbox() const {
    std::vector<std::string> texts;
    for (const InboxDeliver& deliver : inbox) texts.push_back(deliver.message->content);
    return texts;
  }
  std::vector<std::string> texts_to_legs() const {
    std::vector<std::string> texts;
    for (const DeliverSession& deliver : sessions) texts.push_back(deliver.message->content);
    return texts;
  }

 private:
  void answer(base::ShardId edge, PostAnswer answer) override { answers.emplace_back(edge, answer); }
  void answer(base::ShardId, OpenAnswer answer) override { opened.push_back(answer); }
  void answer(base::ShardId, CloseAnswer answer) override { closed.push_back(answer); }
  void deliver(base::ShardId, DeliverSession deliver) override { sessions.push_back(std::move(deliver)); }
  void invite(base::ShardId, InviteLeg invite) override { invites.push_back(std::move(invite)); }
  void end(base::ShardId, EndLeg end) override { ended.push_back(end); }
  void deliver(InboxDeliver deliver) override { inbox.push_back(std::move(deliver)); }
  void find(FindEndpoints find) override { finds.push_back(find); }
  void record(base::Ticket ticket, SessionRecord record) override { records.emplace_back(ticket, std::move(record)); }

  void answer(base::ShardId, CreateAnswer answer) override { created.push_back(std::move(answer)); }
  void answer(base::ShardId edge, JoinAnswer answer) override { joined.emplace_back(edge, std::move(answer)); }
  void answer(base::ShardId, ChatAnswer answer) override { chats.push_back(answer); }
  void answer(base::ShardId, AddAnswer answer) override { added.push_back(std::move(answer)); }
  void answer(base::ShardId, CommandAnswer answer) override { commanded.push_back(answer); }
  void tell(base::ShardId edge, RosterNews told) override { news.emplace_back(edge, std::move(told)); }
  void end(SeatEnded ended_seat) override { seats_ended.push_back(ended_seat); }
  void grown(LegGrown leg) override { grown_legs.push_back(std::move(leg)); }
  void succeed(Succession succession) override { successions.push_back(std::move(succession)); }
  void list(ConferenceListed one) override { listed.push_back(std::move(one)); }
  void record(ConferenceRow row) override { rows.push_back(std::move(row)); }
  void store(base::Ticket ticket, ConferenceFacts facts) override { stored.emplace_back(ticket, std::move(facts)); }
  void forget(base::Ticket ticket, ConferenceKey) override { forgotten.push_back(ticket); }

  std::uint64_t last_ticket_ = 0;
};

}  // namespace tertulia::domain::bench
