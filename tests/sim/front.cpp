// SPDX-License-Identifier: Apache-2.0
#include "front.h"

#include <algorithm>
#include <deque>
#include <limits>

namespace tertulia::sim {

using base::ShardId;
using server::Envelope;
using server::Shard;

/// One shard with its world, as ShardThread is in the server.
class Front::Node final : public server::ShardWorld {
 public:
  Node(Front& front, ShardId id)
      : front_(front),
        id_(id),
        ids_(id, boot_seconds(front)),
        inbound_(front.shard_count_),
        shard_(front.settings_, id, front.shard_count_, *this, seed(front.s_.random), boot_seconds(front),
               base::Log::silent(), front.s_.keeper, front.directory_) {}

  Shard& shard() { return shard_; }
  const Shard& shard() const { return shard_; }
  base::ConnectionId next_connection() { return ids_.next<base::ConnectionId>(); }

  /// One turn of the loop: something happens, then the timer is set anew.
  template <typename Happening>
  void turn(Happening&& happening) {
    happening(shard_, front_.s_.scheduler.now());
    arm();
  }

  // ShardWorld
  void send_bytes(base::ConnectionId connection, std::string_view bytes) override {
    if (const auto link = front_.links_.find(connection); link != front_.links_.end()) link->second->to_client(bytes);
  }
  void close_connection(base::ConnectionId connection) override {
    if (const auto link = front_.links_.find(connection); link != front_.links_.end()) link->second->close_by_server();
  }
  bool send(ShardId to, Envelope& envelope) override { return front_.post(id_, to, envelope); }
  bool crowded(ShardId to) const override {
    return front_.nodes_[to.value]->waiting_ >= front_.mailboxes_.envelopes_max / 4 * 3;
  }
  void keep(base::Ticket ticket, base::UserId to, domain::InstantMessagePtr message) override {
    front_.s_.store.keep(to, std::move(message), done(server::StoreUser::inbox_keep, ticket));
  }
  void load(base::Ticket ticket, base::UserId to, std::size_t limit) override {
    front_.s_.store.load(to, limit, [this, ticket](base::Result<std::vector<domain::KeptMessage>> result) {
      bring(server::StoreLoaded{ticket, std::move(result)});
    });
  }
  void forget(base::Ticket ticket, base::UserId to, std::uint64_t sequence) override {
    front_.s_.store.forget(to, sequence, done(server::StoreUser::inbox_forget, ticket));
  }
  void change(base::Ticket ticket, domain::PresenceChange change) override {
    front_.s_.store.change(std::move(change), done(server::StoreUser::presence, ticket));
  }
  void change(base::Ticket ticket, domain::ContactsChange change) override {
    front_.s_.store.change(std::move(change), done(server::StoreUser::contacts, ticket));
  }
  void change(base::Ticket ticket, domain::ConferenceFacts facts) override {
    front_.s_.store.change(std::move(facts), done(server::StoreUser::conference, ticket));
  }
  void forget(base::Ticket ticket, domain::ConferenceKey key) override {
    front_.s_.store.remove(std::move(key), done(server::StoreUser::conference, ticket));
  }
  void record(domain::ConferenceRow row) override { front_.s_.store.record(std::move(row)); }
  void record(server::StoreUser user, base::Ticket ticket, domain::SessionRecord record) override {
    front_.s_.store.record(std::move(record), done(user, ticket));
  }
  void record(domain::RegistrationRecord record) override { front_.s_.store.record(std::move(record)); }

 private:
  friend class Front;
  struct Mail {
    std::deque<Envelope> envelopes;
    base::TimePoint last{};
  };
  static base::Random::Seed seed(base::Random& random) {
    base::Random::Seed made{};
    for (std::uint8_t& byte : made) byte = static_cast<std::uint8_t>(random.below(256));
    return made;
  }
  static std::uint64_t boot_seconds(const Front& front) {
    return static_cast<std::uint64_t>(front.s_.scheduler.now().wall.us / 1'000'000);
  }
  std::function<void(base::Result<void>)> done(server::StoreUser user, base::Ticket ticket) {
    if (!ticket) return {};
    return [this, user, ticket](base::Result<void> result) { bring(server::StoreDone{user, ticket, result}); };
  }
  void bring(Envelope envelope) {
    turn([&](Shard& shard, base::Now now) { shard.on_envelope(std::move(envelope), now); });
  }
  void arm() {
    const auto deadline = shard_.deadline();
    if (!deadline) return;
    const base::TimePoint when = std::max(*deadline, front_.s_.scheduler.mono());
    if (armed_ && *armed_ <= when) return;
    armed_ = when;
    front_.s_.scheduler.at(when, [this, &front = front_, life = front_.life_, when] {
      if (life != front.life_ || armed_ != when) return;
      armed_.reset();
      turn([](Shard& shard, base::Now now) { shard.on_deadline(now); });
    });
  }

  Front& front_;
  ShardId id_;
  base::IdSource ids_;
  std::vector<Mail> inbound_;  // by sender
  std::size_t waiting_ = 0;
  std::optional<base::TimePoint> armed_;
  Shard shard_;
};

Front::Front(const Surroundings& surroundings, server::ShardSettings settings, std::uint16_t shard_count,
             domain::DirectoryPtr directory)
    : s_(surroundings), settings_(std::move(settings)), shard_count_(shard_count), directory_(std::move(directory)) {}
Front::~Front() = default;

void Front::start() {
  ++life_;
  immcu_runs_ = true;
  for (std::uint16_t i = 0; i < shard_count_; ++i) nodes_.push_back(std::make_unique<Node>(*this, ShardId{i}));
  for (const auto& [user, messages] : s_.store.kept()) {
    if (messages.empty()) continue;
    home(user).set_kept(user, messages.size());
  }
  // A store takes what is a user's away with him.
  for (domain::StoredContacts& stored : s_.store.contacts()) {
    const base::UserId user = stored.user;
    if (directory_->find(user) != nullptr) home(user).restore(std::move(stored));
  }
  for (domain::StoredPresence& stored : s_.store.presence()) {
    if (directory_->find(stored.user) == nullptr) continue;
    const base::UserId user = stored.user;
    nodes_[domain::home_shard(user, shard_count_).value]->turn(
        [&](Shard& shard, base::Now now) { shard.restore(std::move(stored), now); });
  }
  restore_conferences();
}

void Front::restore_conferences() {
  std::vector<std::vector<domain::ConferenceFacts>> portions(shard_count_);
  for (domain::ConferenceFacts& facts : s_.store.conferences())
    portions[domain::conference_shard(facts.key, shard_count_).value].push_back(std::move(facts));
  for (std::uint16_t i = 0; i < shard_count_; ++i)
    nodes_[i]->turn([&](Shard& shard, base::Now now) { shard.restore(portions[i], now); });
}

Shard& Front::home(base::UserId user) { return nodes_[domain::home_shard(user, shard_count_).value]->shard(); }

void Front::with_home(base::UserId user, const std::function<void(Shard& shard, base::Now now)>& happening) {
  if (running()) nodes_[domain::home_shard(user, shard_count_).value]->turn(happening);
}

void Front::with_conference(const domain::ConferenceKey& key,
                            const std::function<void(Shard& shard, base::Now now)>& happening) {
  if (running()) nodes_[domain::conference_shard(key, shard_count_).value]->turn(happening);
}

std::optional<domain::ConferenceInfo> Front::conference(const domain::ConferenceKey& key) const {
  if (!running()) return std::nullopt;
  return nodes_[domain::conference_shard(key, shard_count_).value]->shard().immcu().conference(key);
}

void Front::crash() {
  if (!running()) return;
  ++life_;
  s_.store.crash();
  nodes_.clear();
  links_.clear();
  s_.network.server_died();
}

void Front::stop() {
  for (const auto& node : nodes_) node->turn([](Shard& shard, base::Now now) { shard.stop(now); });
  s_.scheduler.after(std::chrono::seconds{1}, [this, life = life_] {
    if (life != life_) return;
    const std::map<base::ConnectionId, Link*> all = links_;
    for (const auto& [id, link] : all) link->close_by_server();
  });
}

void Front::run_immcu(bool run) {
  immcu_runs_ = run;
  if (immcu_deaf_) return;
  for (const auto& node : nodes_)
    node->turn([run](Shard& shard, base::Now now) { shard.immcu().set_running(run, now); });
}

void Front::set_directory(domain::DirectoryPtr directory) {
  directory_ = std::move(directory);
  for (const auto& node : nodes_)
    node->turn([this](Shard& shard, base::Now now) { shard.set_directory(directory_, now); });
}

Front::Node& Front::node_of(base::ConnectionId id) { return *nodes_[base::IdSource::shard_of(id.value).value]; }

base::ConnectionId Front::on_accepted(Link& link) {
  if (!running()) return {};
  Node& node = *nodes_[s_.random.below(nodes_.size())];
  const base::ConnectionId id = node.next_connection();
  links_[id] = &link;
  face::simple::Peer peer;
  peer.ip_address = "192.0.2." + std::to_string(1 + link.serial() % 250);
  peer.port = static_cast<std::uint16_t>(40'000 + link.serial() % 20'000);
  peer.secure = true;
  node.turn([&](Shard& shard, base::Now now) { shard.on_accepted(id, peer, now); });
  return id;
}

void Front::on_bytes(Link& link, std::string_view bytes) {
  if (!links_.contains(link.id())) return;
  node_of(link.id()).turn([&](Shard& shard, base::Now now) { shard.on_bytes(link.id(), bytes, now); });
}

void Front::on_closed(Link& link, bool orderly) {
  if (links_.erase(link.id()) == 0 || losses_untold_) return;
  node_of(link.id()).turn([&](Shard& shard, base::Now now) { shard.on_closed(link.id(), orderly, now); });
}

bool Front::post(ShardId from, ShardId to, Envelope& envelope) {
  Node& node = *nodes_[to.value];
  if (node.waiting_ >= mailboxes_.envelopes_max) return false;
  ++node.waiting_;
  Node::Mail& mail = node.inbound_[from.value];
  mail.envelopes.push_back(std::move(envelope));
  const base::Duration delay{
      static_cast<std::int64_t>(s_.random.below(static_cast<std::uint64_t>(mailboxes_.delay_max.count()) + 1))};
  mail.last = std::max(mail.last, s_.scheduler.mono() + delay);
  s_.scheduler.at(mail.last, [this, life = life_, from, to] {
    if (life == life_) deliver(from, to);
  });
  return true;
}

void Front::deliver(ShardId from, ShardId to) {
  Node& node = *nodes_[to.value];
  Node::Mail& mail = node.inbound_[from.value];
  Envelope envelope = std::move(mail.envelopes.front());
  mail.envelopes.pop_front();
  --node.waiting_;
  node.bring(std::move(envelope));
}

std::vector<std::pair<std::string, std::uint64_t>> Front::counts() const {
  std::uint64_t sessions = 0, connections = 0, in_flight = 0, conversations = 0, users = 0, waiting = 0, timers = 0;
  for (const auto& node : nodes_) {
    Shard& shard = node->shard();
    sessions += shard.face().session_count();
    connections += static_cast<std::uint64_t>(shard.face().metrics().connections.value());
    in_flight += shard.inbox().in_flight();
    conversations += shard.immcu().conversation_count();
    users += shard.registrar().user_count();
    waiting += static_cast<std::uint64_t>(shard.metrics().waiting.value()) + node->waiting_;
    // Every transaction, dialog, lease and rest has a deadline: nothing left to wait for means that none is left.
    timers += shard.deadline() ? 1 : 0;
  }
  return {{"sessions", sessions},           {"connections", connections}, {"messages in flight", in_flight},
          {"conversations", conversations}, {"users signed in", users},   {"waiting envelopes", waiting},
          {"shards with deadlines", timers}};
}

std::vector<std::pair<std::string, std::uint64_t>> Front::leaks() const {
  std::uint64_t subscriptions = 0, watches = 0, publications = 0, bindings = 0, calls = 0, lamps = 0, legs = 0;
  for (const auto& node : nodes_) {
    Shard& shard = node->shard();
    subscriptions += shard.face().subscription_count();
    watches += shard.presence().watch_count() + shard.contacts().watch_count() + shard.board().watch_count() +
               shard.binding_watch().watch_count();
    publications += shard.presence().publication_count();
    bindings += shard.registrar().endpoint_count();
    calls += shard.calls().call_count() + shard.calls().pending_count();
    lamps += shard.board().call_count();
    legs += shard.face().call_leg_count();
  }
  return {{"subscriptions", subscriptions}, {"watches", watches}, {"publications", publications},
          {"bindings", bindings},           {"calls", calls},     {"calls on the boards", lamps},
          {"sides of calls", legs}};
}

}  // namespace tertulia::sim
