// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "base/random.h"
#include "domain/call/call_bench.h"

namespace tertulia::domain::call_bench {

/// What is broken on purpose, to see the checkers notice it.
enum class Mutation {
  none,
  lose_outcome,
  outcome_twice,
  lose_stop,
  lose_over,
  notice_twice,
  reply_twice,
  second_record
};

/// One CallAgent and one CallBoard between two edges whose devices ring, answer, refuse, ask, hang up and vanish at any
/// moment.  Everything between them goes through queues that this world steps in random order, each keeping its own.
class CallWorld : private CallPorts, private CallBoardPorts {
 public:
  explicit CallWorld(std::uint64_t seed, Mutation mutation = Mutation::none);
  /// Runs; gives what was found wrong, empty when all is well.
  std::vector<std::string> run(int steps);
  std::size_t answered() const { return answered_; }

 private:
  static constexpr std::size_t edge_count = 2;
  struct Device {
    base::UserId user;
    base::ShardId edge;
    bool alive = true;
  };
  /// A dialog as its edge has it.
  struct Leg {
    enum class Life { asking, up, over } life = Life::asking;
    bool caller = false;
    bool withdrawn = false;
    std::size_t device = 0;
    base::UserId from, to;
    base::CallId call;                      ///< 0 until the edge has learned it
    std::vector<base::CallLegId> branches;  ///< of a caller: devices that were heard of
    std::vector<RelayRequest> asked;        ///< of the device, not answered yet
    std::vector<base::Ticket> reinvites;    ///< of its own
    std::size_t outcomes = 0;               ///< of a caller
  };
  struct Asked {
    std::size_t answers = 0;
  };

  void step();
  void place();
  void device_acts();
  void ringing_acts(base::CallLegId id, Leg& leg);
  void asks(base::CallLegId id, Leg& leg);
  void answers_a_request(Leg& leg);
  void withdraw(base::CallLegId id, Leg& leg);
  void die(std::size_t device);
  void come_back(std::size_t device);
  void pump(std::size_t queue);
  void drain();
  void settle_down();
  void check_pairs();
  void check();
  bool once(Mutation mutation);
  void wrong(std::string what) { wrong_.push_back(std::move(what)); }
  void from_edge(base::ShardId edge, std::function<void()> action) { queues_[edge.value].push_back(std::move(action)); }
  void to_edge(base::ShardId edge, std::function<void()> action) {
    queues_[edge_count + edge.value].push_back(std::move(action));
  }
  void request(base::CallLegId id, Leg& leg, CallRequestKind kind, base::CallLegId branch);
  void relay_answer(base::ShardId edge, base::Ticket ticket, int status, Signal signal);
  base::ShardId edge_of(const Leg& leg) const { return devices_[leg.device].edge; }

  // what arrives at the edges
  void at_edge(const RingLeg& ring);
  void at_edge(const StopLeg& stop);
  void at_edge(base::ShardId edge, const RelayRequest& request);

  // ports
  void progress(base::ShardId edge, CallProgress progress) override;
  void answered(base::ShardId edge, CallAnswered answered) override;
  void refused(base::ShardId edge, CallRefused refused) override;
  void ring(base::ShardId edge, RingLeg ring) override;
  void stop(base::ShardId edge, StopLeg stop) override;
  void relay(base::ShardId edge, RelayRequest request) override;
  void answer(base::ShardId edge, CallRequestAnswer answer) override;
  void cancel(base::ShardId edge, CancelRelay cancel) override;
  void find(FindCallee find) override;
  void notice(CallNotice notice) override;
  void record(base::Ticket ticket, SessionRecord record) override;
  void news(base::ShardId, CallsNews news) override { lamps_ = std::move(news.calls); }

  static constexpr std::size_t homes = 2 * edge_count, boards = homes + 1, store = homes + 2, queue_count = homes + 3;
  base::Random random_;
  Mutation mutation_;
  bool mutated_ = false;
  People people_;
  base::Now now_{{1'000'000}, {1'700'000'000'000'000}};
  CallAgent agent_{CallSettings{}, agents_shard, *this, 0};
  CallBoard board_{*this};
  std::array<std::deque<std::function<void()>>, queue_count> queues_;
  std::vector<Device> devices_;
  std::map<base::CallLegId, Leg> legs_;
  std::map<base::Ticket, Asked> asked_;
  std::map<std::tuple<base::CallId, base::UserId, bool>, std::vector<CallState>> notices_;
  std::map<std::string, std::vector<SessionRecord>> records_;  ///< by Call-ID
  std::map<std::string, bool> outcome_of_;                     ///< by Call-ID: answered
  std::vector<CallNotice> lamps_;                              ///< Bob's, as a watcher sees them
  std::uint64_t last_leg_ = 0, last_ticket_ = 0;
  std::size_t answered_ = 0;
  std::vector<std::string> wrong_;
};

}  // namespace tertulia::domain::call_bench
