// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>

#include "domain/conversation/conference_world.h"

namespace tertulia::domain::bench {

/// One shard: what its Immcu says goes to the world with the shard's name on it.
struct ConferenceWorld::Side final : ImmcuPorts, ConferencePorts {
  Side(ConferenceWorld& world_around, base::ShardId shard) : world(world_around), id(shard) {}

  ConferenceWorld& world;
  base::ShardId id;
  std::unique_ptr<Immcu> immcu;
  ConferenceIndex index;
  InMemoryConferenceStore disk;

  using ConferencePorts::answer;
  using ImmcuPorts::answer;
  void answer(base::ShardId edge, PostAnswer answer) override { world.out(id, edge, std::move(answer)); }
  void answer(base::ShardId edge, OpenAnswer answer) override { world.out(id, edge, answer); }
  void answer(base::ShardId, CloseAnswer answer) override { world.truth_.answered(answer.ticket); }
  void deliver(base::ShardId edge, DeliverSession deliver) override { world.out(id, edge, deliver); }
  void invite(base::ShardId edge, InviteLeg invite) override {
    world.tell(id, edge, [this, invite] { world.at_edge(id, invite); });
  }
  void end(base::ShardId, EndLeg end) override { world.out(id, end); }
  void deliver(InboxDeliver deliver) override { world.out(id, deliver); }
  void find(FindEndpoints find) override { world.out(id, find); }
  void record(base::Ticket ticket, SessionRecord record) override { world.out(id, ticket, record); }

  void answer(base::ShardId, CreateAnswer answer) override { world.truth_.told(answer); }
  void answer(base::ShardId edge, JoinAnswer answer) override { world.out(id, edge, answer); }
  void answer(base::ShardId edge, ChatAnswer answer) override { world.out(id, edge, answer); }
  void answer(base::ShardId, AddAnswer answer) override { world.truth_.told(answer); }
  void answer(base::ShardId edge, CommandAnswer answer) override { world.out(id, edge, answer); }
  void tell(base::ShardId edge, RosterNews news) override { world.out(id, edge, std::move(news)); }
  void end(SeatEnded ended) override { world.out(id, ended); }
  void grown(LegGrown grown) override {
    world.tell(id, grown.edge, [this, grown] { world.at_edge(grown); });
  }
  void succeed(Succession succession) override { world.ask(id, world.shard_of(succession.key), succession); }
  void list(ConferenceListed listed) override { world.out(id, listed); }
  void record(ConferenceRow row) override { world.out(std::move(row)); }
  void store(base::Ticket ticket, ConferenceFacts facts) override { world.out(id, ticket, std::move(facts)); }
  void forget(base::Ticket ticket, ConferenceKey key) override { world.out(id, ticket, key); }
};

}  // namespace tertulia::domain::bench
