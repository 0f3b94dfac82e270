// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "domain/conversation/in_memory_store.h"
#include "domain/conversation/test_bench.h"

namespace tertulia::domain::bench {

/// What is broken on purpose, to see the checkers notice it.
enum class Mutation {
  none,
  swap_frames,
  duplicate_frame,
  lie_about_delivery,
  lose_kept,
  answer_twice,
  lose_answer,
  second_record
};

/// One Immcu, one Inbox, one Registrar; devices that come, go, answer late or never; a slow and failing store.
/// Everything between them goes through queues that this world steps in random order, each queue keeping its own.
class RandomWorld : private ImmcuPorts, private InboxPorts, private RegistrarPorts {
 public:
  explicit RandomWorld(std::uint64_t seed, Mutation mutation = Mutation::none) : random_(seed), mutation_(mutation) {}
  /// Runs; gives what was found wrong, empty when all is well.
  std::vector<std::string> run(int steps);

 private:
  struct Frame {
    bool session;
    base::Ticket ticket;
    base::LegId leg;
    InstantMessagePtr message;
  };
  struct Device {
    base::UserId user;
    bool alive = true;
    base::LegId leg;                   // his leg of the session, if he has one
    std::deque<Frame> inbound;         // not yet seen by the device
    std::vector<Frame> unanswered;     // seen and taken, answer under way
    std::vector<std::uint64_t> taken;  // message ids in order
  };
  struct Said {
    base::UserId from;
    base::UserId to;
    std::uint64_t id = 0;  // of the message; grows in the order of posting
    std::vector<PostAnswer> answers;
  };

  // steps
  void step();
  void say_something();
  void open_session();
  void device_acts();
  void answer_arrives();
  void sign_in(base::UserId user);
  void die(std::uint64_t connection);
  void hang_up();
  void settle_down();
  void drain_queues();
  void flush_registrar();
  void check();
  void wrong(std::string what) { wrong_.push_back(std::move(what)); }
  bool once(Mutation mutation);
  void to_device(base::ConnectionId connection, Frame frame);
  base::Now now() { return clock_.now(); }

  // ports
  void answer(base::ShardId, PostAnswer answer) override;
  void answer(base::ShardId, OpenAnswer answer) override;
  void answer(base::ShardId, CloseAnswer) override {}
  void deliver(base::ShardId, DeliverSession deliver) override;
  void invite(base::ShardId, InviteLeg invite) override;
  void end(base::ShardId, EndLeg end) override;
  void deliver(InboxDeliver deliver) override;
  void find(FindEndpoints find) override;
  void record(base::Ticket ticket, SessionRecord record) override;
  void deliver(base::ShardId, DeliverPage deliver) override;
  void answer(base::ShardId, InboxAnswer answer) override;
  void found(base::ShardId, EndpointsFound found) override;
  void keep(base::Ticket ticket, base::UserId to, InstantMessagePtr message) override;
  void load(base::Ticket ticket, base::UserId to, std::size_t limit) override;
  void forget(base::Ticket ticket, base::UserId to, std::uint64_t sequence) override;
  void answer(base::ShardId, BindAnswer) override {}
  void record(RegistrationRecord) override {}
  void endpoint_added(base::UserId user, const EndpointRoute& route) override;
  void endpoint_removed(base::UserId user, base::EndpointId endpoint, DeregisterType) override;
  void drop_connection(base::ShardId, base::ConnectionId, base::Reason) override {}

  using Queue = std::deque<std::function<void()>>;
  bool pump(Queue& queue);

  base::Random random_;
  Mutation mutation_;
  bool mutated_ = false;
  bool calm_ = false;  // the end: everybody behaves
  People people_;
  Clock clock_;
  InMemoryKeptMessageStore store_;
  Registrar registrar_{RegistrarSettings{}, base::ShardId{0}, *this, random_};
  Inbox inbox_{base::ShardId{0}, registrar_, *this};
  Immcu immcu_{ImmcuSettings{}, base::ShardId{0}, *this};
  Queue to_inbox_, to_immcu_, edge_to_immcu_, registrar_news_;
  std::map<std::uint64_t, Device> devices_;                        // by connection
  std::map<std::uint64_t, Said> said_;                             // by ticket
  std::map<std::uint64_t, base::ConversationId> conversation_of_;  // by message id
  std::set<std::uint64_t> acknowledged_, dropped_for_good_;        // message ids
  std::map<base::ConversationId, std::set<std::uint64_t>> record_ids_;
  std::map<base::ConversationId, SessionRecord> records_;
  std::vector<std::pair<base::Ticket, base::Result<void>>> to_record_;
  std::map<std::uint64_t, std::uint64_t> leg_connection_;  // leg to connection
  base::ConversationId session_;
  bool inviting_ = false;
  base::LegId inviter_;
  std::uint64_t last_ticket_ = 0, last_connection_ = 0, last_leg_ = 0, last_message_ = 0;
  std::vector<std::string> wrong_;
};

}  // namespace tertulia::domain::bench
