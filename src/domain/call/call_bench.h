// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "domain/call/agent.h"
#include "domain/call/board.h"
#include "domain/call/limits.h"

namespace tertulia::domain::call_bench {

// Fixed facts of all tests in this folder: alice, bob and carol of example.com; shards have numbers that tell them apart.
inline constexpr base::UserId alice{1};
inline constexpr base::UserId bob{2};
inline constexpr base::UserId carol{3};
inline constexpr base::ShardId agents_shard{4};
inline constexpr base::ShardId alices_edge{1};
inline constexpr base::ShardId bobs_edge{2};
inline constexpr base::CallLegId alices_leg{77};
inline constexpr base::EndpointId alices_desk{10};

inline std::string address_of(base::UserId user) {
  static const std::map<base::UserId, std::string> names = {{alice, "alice"}, {bob, "bob"}, {carol, "carol"}};
  return names.at(user) + "@example.com";
}

inline Signal signal(std::string text) { return std::make_shared<const std::string>(std::move(text)); }

class People {
 public:
  People() : directory_(std::make_shared<Directory>(std::vector<std::string>{"example.com"}, Policy::defaults())) {
    for (const base::UserId user : {alice, bob, carol}) {
      User person;
      person.id = user;
      person.address = *Address::parse(address_of(user));
      person.display_name = "The " + address_of(user);
      directory_ = directory_->with(std::move(person));
    }
  }
  void block(base::UserId who, base::UserId whom) {
    User changed = *directory_->find(who);
    changed.blocked.push_back(*Address::parse(address_of(whom)));
    directory_ = directory_->with(std::move(changed));
  }
  void set(base::UserId user, const std::string& name, const std::string& value) {
    User changed = *directory_->find(user);
    changed.settings[name] = value;
    directory_ = directory_->with(std::move(changed));
  }
  void disable(base::UserId user) {
    User changed = *directory_->find(user);
    changed.enabled = false;
    directory_ = directory_->with(std::move(changed));
  }
  void remove(base::UserId user) { directory_ = directory_->without(user); }
  const Directory& operator*() const { return *directory_; }

 private:
  DirectoryPtr directory_;
};

inline EndpointRoute route_of(std::uint64_t endpoint, base::ShardId edge = bobs_edge) {
  EndpointRoute route;
  route.endpoint = {endpoint};
  route.connection = {endpoint + 1000};
  route.edge = edge;
  route.client = std::make_shared<ClientInfo>(ClientInfo{"Phone/" + std::to_string(endpoint), "", ""});
  return route;
}

/// A CallAgent whose surroundings are played by hand: what it asked stands in the lists, the answers are given in any
/// order.
class AgentBench : private CallPorts {
 public:
  using Ring = RingAnswer::What;
  using Kind = CallRequestKind;

  std::vector<CallProgress> progressed;
  std::vector<CallAnswered> answers;
  std::vector<CallRefused> refusals;
  std::vector<RingLeg> rings;
  std::vector<StopLeg> stops;
  std::vector<std::pair<base::ShardId, RelayRequest>> relays;
  std::vector<CallRequestAnswer> replies;
  std::vector<CancelRelay> cancels;
  std::vector<FindCallee> finds;
  std::vector<CallNotice> notices;
  std::vector<std::pair<base::Ticket, SessionRecord>> records;

  People people;
  base::Now now{{1'000'000}, {1'700'000'000'000'000}};
  CallAgent agent{CallSettings{}, agents_shard, *this, 0};

  static PlaceCall call_of(base::UserId from, base::UserId to, base::CallLegId leg) {
    PlaceCall place;
    place.edge = alices_edge;
    place.leg = leg;
    place.from = from;
    place.from_address = address_of(from);
    place.from_name = "Caller";
    place.endpoint = alices_desk;
    place.client = std::make_shared<ClientInfo>(ClientInfo{"Desk/1", "", ""});
    place.to = to;
    place.to_address = address_of(to);
    place.call_id = "call-1";
    place.content_type = "application/sdp";
    place.media_types = 16;
    place.signal = signal("INVITE");
    return place;
  }
  void place(base::UserId from = alice, base::UserId to = bob, base::CallLegId leg = alices_leg) {
    agent.on_place(call_of(from, to, leg), *people, now);
  }
  void found(std::vector<EndpointRoute> routes, base::Reason reason = base::Reason::none) {
    agent.on_found({finds.back().call, reason, std::move(routes)}, *people, now);
  }
  /// Placed, and these devices of Bob ring (20, 21 ...).
  void ringing(std::size_t devices) {
    place();
    std::vector<EndpointRoute> routes;
    for (std::size_t i = 0; i < devices; ++i) routes.push_back(route_of(20 + i));
    found(std::move(routes));
  }
  void rings_back(std::size_t ring, Ring what, int status, Signal text = signal("answer")) {
    agent.on_ring({rings[ring].call, rings[ring].leg, what, status, std::move(text)}, now);
  }
  /// Alice and the only device of Bob are talking.
  void up() {
    ringing(1);
    rings_back(0, Ring::answered, 200);
  }
  base::CallId call() const { return finds.back().call; }
  base::CallLegId bobs_leg(std::size_t ring = 0) const { return rings[ring].leg; }

  base::Ticket alice_asks(Kind kind, base::CallLegId branch = {}, std::uint32_t media = 0) {
    const base::Ticket ticket{kind == Kind::acknowledges ? 0 : ++last_ticket_};
    agent.on_request({ticket, alices_edge, call(), alices_leg, branch, kind, media, signal("request")}, now);
    return ticket;
  }
  base::Ticket bob_asks(Kind kind, std::size_t ring = 0, std::uint32_t media = 0) {
    const base::Ticket ticket{kind == Kind::acknowledges ? 0 : ++last_ticket_};
    agent.on_request({ticket, bobs_edge, call(), bobs_leg(ring), {}, kind, media, signal("request")}, now);
    return ticket;
  }
  void relay_answers(std::size_t relay, int status, Signal text = signal("answer")) {
    agent.on_relay({relays[relay].second.ticket, status, std::move(text)}, now);
  }
  void recorded() {
    for (const auto& [ticket, record] : records) {
      if (ticket) agent.on_recorded(ticket, {}, now);
    }
  }
  void pass(base::Duration time) {
    now.mono = now.mono + time;
    now.wall = now.wall + time;
    agent.on_deadline(now);
  }
  /// The final answer to a request; fails unless there is exactly one.
  CallRequestAnswer reply(base::Ticket ticket) const {
    std::vector<CallRequestAnswer> finals;
    for (const CallRequestAnswer& answer : replies) {
      if (answer.ticket == ticket && answer.status >= 200) finals.push_back(answer);
    }
    EXPECT_EQ(finals.size(), 1U) << "final answers to " << ticket.value;
    return finals.empty() ? CallRequestAnswer{} : finals.front();
  }
  /// "trying ringing up over" of one user's side.
  std::string states(base::UserId user, bool outgoing) const {
    std::string text;
    for (const CallNotice& notice : notices) {
      if (notice.user != user || notice.outgoing != outgoing) continue;
      if (!text.empty()) text += ' ';
      text += name_of(notice.state);
    }
    return text;
  }
  const SessionRecord& last_record() const { return records.back().second; }
  /// All rows of the bench are of one call.
  bool one_record() const {
    for (const auto& [ticket, record] : records) {
      if (record.id != records.front().second.id) return false;
    }
    return !records.empty() && records.back().second.end_time.has_value();
  }

 private:
  void progress(base::ShardId edge, CallProgress progress) override {
    EXPECT_EQ(edge, alices_edge);
    progressed.push_back(std::move(progress));
  }
  void answered(base::ShardId edge, CallAnswered answered) override {
    EXPECT_EQ(edge, alices_edge);
    answers.push_back(std::move(answered));
  }
  void refused(base::ShardId edge, CallRefused refused) override {
    EXPECT_EQ(edge, alices_edge);
    refusals.push_back(std::move(refused));
  }
  void ring(base::ShardId edge, RingLeg ring) override {
    EXPECT_EQ(edge, ring.route.edge);
    rings.push_back(std::move(ring));
  }
  void stop(base::ShardId edge, StopLeg stop) override {
    EXPECT_EQ(edge, stop.edge);
    stops.push_back(stop);
  }
  void relay(base::ShardId edge, RelayRequest request) override { relays.emplace_back(edge, std::move(request)); }
  void answer(base::ShardId, CallRequestAnswer answer) override { replies.push_back(std::move(answer)); }
  void cancel(base::ShardId edge, CancelRelay cancel) override {
    EXPECT_EQ(edge, cancel.edge);
    cancels.push_back(cancel);
  }
  void find(FindCallee find) override { finds.push_back(std::move(find)); }
  void notice(CallNotice notice) override { notices.push_back(std::move(notice)); }
  void record(base::Ticket ticket, SessionRecord record) override { records.emplace_back(ticket, std::move(record)); }

  std::uint64_t last_ticket_ = 0;
};

}  // namespace tertulia::domain::call_bench
