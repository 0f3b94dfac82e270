// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "base/time.h"
#include "domain/conversation/immcu.h"
#include "domain/conversation/inbox.h"
#include "domain/directory/directory.h"
#include "domain/directory/ports.h"
#include "domain/endpoint/registrar.h"
#include "face/simple/face.h"
#include "server/envelope.h"

namespace tertulia::server {

/// What a shard needs of the world: its connections, the other shards, the store.  The server implements it with io, the
/// simulator with a fake network and a fake store.  Calls never come back before they return.
class ShardWorld {
 public:
  virtual ~ShardWorld() = default;
  virtual void send_bytes(base::ConnectionId connection, std::string_view bytes) = 0;
  virtual void close_connection(base::ConnectionId connection) = 0;
  /// False when the other shard's mailbox is full; the envelope is untouched then.
  virtual bool send(base::ShardId to, Envelope& envelope) = 0;
  /// True when the other shard's mailbox is so full that new work must be refused.
  virtual bool crowded(base::ShardId to) const = 0;
  virtual void keep(base::ShardId from, base::Ticket ticket, base::UserId to, domain::InstantMessagePtr message) = 0;
  virtual void load(base::ShardId from, base::Ticket ticket, base::UserId to, std::size_t limit) = 0;
  virtual void forget(base::ShardId from, base::Ticket ticket, base::UserId to, std::uint64_t sequence) = 0;
  virtual void record(base::ShardId from, base::Ticket ticket, domain::SessionRecord record) = 0;
  virtual void record(domain::RegistrationRecord record) = 0;
};

struct ShardSettings {
  face::simple::FaceSettings face;
  domain::RegistrarSettings registrar;
  domain::ImmcuSettings immcu;
};

struct ShardMetrics {
  base::Counter envelopes;        ///< handled
  base::Counter refused_crowded;  ///< new work refused because a mailbox was nearly full
  base::Gauge waiting;            ///< envelopes that wait for room in another shard's mailbox
};

/// All parts of one event loop: users whose home is here, conversations that live here, connections accepted here.
/// Owns the parts and carries their messages; knows no socket, clock or database.  Thread: one.
class Shard final : private face::simple::FacePorts,
                    private domain::RegistrarPorts,
                    private domain::InboxPorts,
                    private domain::ImmcuPorts {
 public:
  Shard(const ShardSettings& settings, base::ShardId id, std::uint16_t shard_count, ShardWorld& world,
        const base::Random::Seed& seed, std::uint64_t boot_seconds, const base::Log& log,
        const domain::CredentialKeeper& keeper, domain::DirectoryPtr directory);
  ~Shard() override;

  // from io
  void on_accepted(base::ConnectionId connection, face::simple::Peer peer, base::Now now);
  void on_bytes(base::ConnectionId connection, std::string_view bytes, base::Now now);
  void on_closed(base::ConnectionId connection, bool orderly, base::Now now);
  /// From another shard, the store or the administrator.
  void on_envelope(Envelope envelope, base::Now now);
  void on_deadline(base::Now now);
  /// Earliest moment on_deadline has something to do.
  std::optional<base::TimePoint> deadline() const;
  /// How soon envelopes that found a mailbox full are tried again.
  static constexpr base::Duration waiting_pause = std::chrono::milliseconds{5};

  // for tasks of the administrator's tier, on this shard's thread
  void set_directory(domain::DirectoryPtr directory, base::Now now);
  void set_settings(const ShardSettings& settings);
  void set_kept(base::UserId user, std::uint64_t count) { inbox_.set_kept(user, count); }
  void stop(base::Now now);
  domain::Registrar& registrar() { return registrar_; }
  domain::Immcu& immcu() { return immcu_; }
  domain::Inbox& inbox() { return inbox_; }
  face::simple::Face& face() { return face_; }
  const face::simple::Face& face() const { return face_; }
  const ShardMetrics& metrics() const { return metrics_; }
  base::ShardId id() const { return id_; }

 private:
  // FacePorts
  void send(base::ConnectionId connection, std::string_view bytes) override;
  void close(base::ConnectionId connection) override;
  void bind(domain::BindRequest request) override;
  void connection_gone(domain::ConnectionGone gone) override;
  void sign_in_failed(domain::SignInFailed failed) override;
  void judged(const face::simple::GuessJudged& judged) override;
  void answer_inbox(base::ShardId home, domain::DeliverAnswer answer) override;
  void post(domain::PostPage post) override;
  void post(domain::PostSession post) override;
  void open(domain::OpenSession open) override;
  void cancel(domain::CancelOpen cancel) override;
  void close_leg(domain::CloseLeg close) override;
  void answer_mcu(base::ShardId mcu, domain::DeliverAnswer answer) override;
  void answer_mcu(base::ShardId mcu, domain::LegAnswer answer) override;
  // RegistrarPorts
  void answer(base::ShardId edge, domain::BindAnswer answer) override;
  void record(domain::RegistrationRecord record) override;
  void endpoint_added(base::UserId user, const domain::EndpointRoute& route) override;
  void endpoint_removed(base::UserId user, base::EndpointId endpoint, domain::DeregisterType why) override;
  void drop_connection(base::ShardId edge, base::ConnectionId connection, base::Reason why) override;
  // InboxPorts
  void deliver(base::ShardId edge, domain::DeliverPage deliver) override;
  void answer(base::ShardId mcu, domain::InboxAnswer answer) override;
  void found(base::ShardId mcu, domain::EndpointsFound found) override;
  void keep(base::Ticket ticket, base::UserId to, domain::InstantMessagePtr message) override;
  void load(base::Ticket ticket, base::UserId to, std::size_t limit) override;
  void forget(base::Ticket ticket, base::UserId to, std::uint64_t sequence) override;
  // ImmcuPorts
  void answer(base::ShardId edge, domain::PostAnswer answer) override;
  void answer(base::ShardId edge, domain::OpenAnswer answer) override;
  void answer(base::ShardId edge, domain::CloseAnswer answer) override;
  void deliver(base::ShardId edge, domain::DeliverSession deliver) override;
  void invite(base::ShardId edge, domain::InviteLeg invite) override;
  void end(base::ShardId edge, domain::EndLeg end) override;
  void deliver(domain::InboxDeliver deliver) override;
  void find(domain::FindEndpoints find) override;
  void record(base::Ticket ticket, domain::SessionRecord record) override;

  base::ShardId home(base::UserId user) const { return domain::home_shard(user, shard_count_); }
  /// What must arrive: waits for room when the other mailbox is full.
  void carry(base::ShardId to, Envelope envelope);
  /// New work: refused when the other shard is crowded; then the face answers the request of `ticket` itself.
  void offer(base::ShardId to, base::Ticket ticket, Envelope envelope);
  void settle(base::Now now);
  void flush_waiting(base::Now now);
  void handle(Envelope& envelope, base::Now now);

  base::ShardId id_;
  std::uint16_t shard_count_;
  ShardWorld& world_;
  domain::DirectoryPtr directory_;
  base::Random random_;
  base::IdSource ids_;
  ShardMetrics metrics_;
  std::deque<Envelope> local_;  // for this shard, handled in this turn
  // For crowded shards, in order.  Bounded by what was accepted before: while anything waits, offer() takes no new work,
  // and every accepted request has a bounded number of steps left.
  std::deque<std::pair<base::ShardId, Envelope>> waiting_;
  base::TimePoint waiting_again_{};
  std::deque<base::Ticket> undeliverable_;  // requests the face must answer itself
  std::deque<std::pair<base::UserId, domain::EndpointRoute>> added_;
  std::deque<std::pair<base::UserId, base::EndpointId>> removed_;
  domain::Registrar registrar_;
  domain::Inbox inbox_;
  domain::Immcu immcu_;
  face::simple::Face face_;
};

}  // namespace tertulia::server
