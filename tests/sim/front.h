// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "domain/directory/directory.h"
#include "domain/directory/ports.h"
#include "fake_store.h"
#include "journal.h"
#include "network.h"
#include "scheduler.h"
#include "server/shard.h"

namespace tertulia::sim {

struct MailboxManners {
  base::Duration delay_max = std::chrono::milliseconds{2};  ///< between two shards
  std::size_t envelopes_max = 65'536;                       ///< waiting for one shard; new work is refused from 3/4 on
};

/// A front end: real shards over a fake network, fake mailboxes and a fake store.  It can die and start again; what the
/// store has is all that is left then.
class Front final : public ServerEnd {
 public:
  struct Surroundings {
    Scheduler& scheduler;
    base::Random& random;
    Network& network;
    FakeStore& store;
    Journal& journal;
    const domain::CredentialKeeper& keeper;
  };
  Front(const Surroundings& surroundings, server::ShardSettings settings, std::uint16_t shard_count,
        domain::DirectoryPtr directory);
  ~Front() override;

  void start();
  void crash();
  /// Orderly stop; the links are closed a second later, as the server's owner does.
  void stop();
  bool running() const { return !nodes_.empty(); }
  void run_immcu(bool run);
  bool immcu_runs() const { return immcu_runs_; }
  void set_directory(domain::DirectoryPtr directory);
  /// One turn of the user's home shard; not when the server is down.
  void with_home(base::UserId user, const std::function<void(server::Shard& shard, base::Now now)>& happening);
  /// One turn of the shard where this conference lives or would; not when the server is down.
  void with_conference(const domain::ConferenceKey& key,
                       const std::function<void(server::Shard& shard, base::Now now)>& happening);
  /// Nothing when there is none, or the server is down.
  std::optional<domain::ConferenceInfo> conference(const domain::ConferenceKey& key) const;
  MailboxManners& mailboxes() { return mailboxes_; }
  int life() const { return life_; }
  /// What must be zero when everything is quiet, by name.
  std::vector<std::pair<std::string, std::uint64_t>> counts() const;
  /// The same of what clients have made, one by one.
  std::vector<std::pair<std::string, std::uint64_t>> leaks() const;

  // broken on purpose
  void set_immcu_deaf(bool deaf) { immcu_deaf_ = deaf; }
  void set_losses_untold(bool untold) { losses_untold_ = untold; }

  // ServerEnd
  base::ConnectionId on_accepted(Link& link) override;
  void on_bytes(Link& link, std::string_view bytes) override;
  void on_closed(Link& link, bool orderly) override;

 private:
  class Node;
  friend class Node;
  Node& node_of(base::ConnectionId id);
  void restore_conferences();
  server::Shard& home(base::UserId user);
  /// False: full.
  bool post(base::ShardId from, base::ShardId to, server::Envelope& envelope);
  void deliver(base::ShardId from, base::ShardId to);

  Surroundings s_;
  server::ShardSettings settings_;
  std::uint16_t shard_count_;
  domain::DirectoryPtr directory_;
  MailboxManners mailboxes_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::map<base::ConnectionId, Link*> links_;
  int life_ = 0;
  bool immcu_runs_ = true;
  bool immcu_deaf_ = false;
  bool losses_untold_ = false;
};

}  // namespace tertulia::sim
