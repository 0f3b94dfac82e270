// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "domain/conversation/in_memory_store.h"
#include "domain/conversation/test_bench.h"

namespace tertulia::domain::bench {

/// For tests: an IMMCU with Alice, Bob and Carol in a conversation that becomes a conference.
class Conferences : public ImmcuBench {
 public:
  base::LegId carols_leg;

  void add(base::UserId who, base::UserId by = alice) {
    AddPerson add;
    add.ticket = {++ticket};
    add.edge = alices_edge;
    add.conversation = conversation;
    add.by = by;
    add.by_address = address_of(by);
    add.who = who;
    add.seed = "0123456789ABCDEF0123456789ABCDEF";
    add.conference = adds_to;
    immcu.on_add(add, *people, clock.now());
  }
  /// Alice and Bob in a session; Carol's one device accepts.
  void three() {
    conversation = session();
    bobs = bobs_leg();
    add(carol);
    found({route_of(30, true, true)});
    leg_answers(invites.size() - 1, LegAnswer::What::accepted, 200);
    carols_leg = invites.back().leg;
    key = added.back().key;
    sessions.clear();
  }
  base::Ticket say_by(base::UserId from, std::string text) {
    const base::Ticket of{++ticket};
    const base::LegId leg = from == alice ? alices_leg : from == bob ? bobs : carols_leg;
    immcu.on_post(PostSession{of, from == alice ? alices_edge : bobs_edge, conversation, leg, say(from, text)}, *people,
                  clock.now());
    return of;
  }
  void command(base::UserId by, conference::Command what) {
    immcu.on_command({{++ticket}, alices_edge, key, by, std::move(what)}, clock.now());
  }
  void durable(base::Reason reason = base::Reason::none) {
    const auto all = std::exchange(stored, {});
    for (const auto& [of, facts] : all) {
      immcu.on_conference_stored(of, reason == base::Reason::none ? base::Result<void>{} : reason, clock.now());
    }
    for (const base::Ticket of : std::exchange(forgotten, {})) immcu.on_conference_stored(of, {}, clock.now());
  }
  void join(base::UserId user, std::uint64_t seat, bool chat = true, base::ShardId edge = bobs_edge) {
    JoinConference join;
    join.ticket = {++ticket};
    join.edge = edge;
    join.key = key;
    join.seat = {seat};
    join.user = user;
    join.address = address_of(user);
    join.endpoint = {seat * 10};
    join.chat = chat;
    immcu.on_join(join, *people, clock.now());
  }
  void create() {
    key = {alice, "54BD"};
    CreateConference create;
    create.ticket = {++ticket};
    create.key = key;
    immcu.on_create(create, *people, clock.now());
    durable();
  }
  std::multimap<base::LegId, std::string> sent() const {
    std::multimap<base::LegId, std::string> all;
    for (const DeliverSession& deliver : sessions) all.emplace(deliver.leg, deliver.message->content);
    return all;
  }
  InMemoryRecordStore read_rows() {
    InMemoryRecordStore store;
    for (const ConferenceRow& row : rows) store.put_conference(row, {});
    for (const auto& [of, record] : records) store.put_session(record, {});
    store.run();
    return store;
  }

  base::ConversationId conversation;
  std::optional<ConferenceKey> adds_to;  ///< instead of `conversation`
  base::LegId bobs;
  ConferenceKey key;
  std::uint64_t ticket = 5000;
};

}  // namespace tertulia::domain::bench
