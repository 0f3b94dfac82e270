// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "domain/conference/store.h"
#include "domain/contacts/store.h"
#include "domain/conversation/store.h"
#include "domain/directory/photo_store.h"
#include "domain/presence/store.h"
#include "domain/record/store.h"
#include "io/http/server.h"
#include "io/loop/loop.h"
#include "io/loop/mailbox.h"
#include "io/net/transport.h"
#include "server/password_worker.h"
#include "server/shard.h"
#include "server/web.h"

namespace tertulia::server {

/// Envelopes that may wait for one shard; new work is refused (503) from three quarters on, so that answers have room.
inline constexpr std::size_t mailbox_envelopes_max = 65'536;
/// Largest number of shards; the id has room for more, a machine for one loop per processor.
inline constexpr std::size_t shards_max = 64;

/// Where the parts of a shard keep what must survive.
struct ShardStores {
  domain::KeptMessageStore& kept_messages;
  domain::RecordStore& records;
  domain::PresenceStore& presence;
  domain::ContactStore& contacts;
  domain::ConferenceStore& conferences;
  domain::PhotoStore& photos;
};

/// What all shard threads share: borrowed, outlives them.
struct ShardSurroundings {
  const io::Clock& clock;
  const base::Log& log;
  const domain::CredentialKeeper& keeper;
  ShardStores stores;
  ShardSettings shard;
  io::TransportSettings transport;
  std::uint64_t boot_seconds = 0;
};

/// One shard on a thread of its own: the event loop, the connections accepted here, the mailbox from the other shards,
/// and the pure Shard they serve.
class ShardThread final : private io::ConnectionAcceptor, private io::ConnectionHandler, private ShardWorld {
 public:
  ShardThread(const ShardSurroundings& surroundings, base::ShardId id, std::uint16_t shard_count,
              domain::DirectoryPtr directory);
  ~ShardThread() override;

  /// Before `start`: the others, in order of their ids (this one too).
  void set_peers(std::vector<ShardThread*> peers) { peers_ = std::move(peers); }
  /// Before `start`.
  io::Transport& transport() { return transport_; }
  base::Result<io::SocketAddress> listen(const io::ListenSettings& settings) {
    return transport_.listen(settings, *this, *this);
  }
  /// Before `start`: web services beside SIP.  Borrows the worker, which must have stopped before this ends.
  void serve_web(const WebParts& parts, PasswordWorker& worker, const io::HttpSettings& settings,
                 std::shared_ptr<const io::TlsContext> tls);
  base::Result<io::SocketAddress> listen_web(const io::ListenSettings& settings) { return web_->listen(settings); }
  void start();
  /// Runs on the shard's thread in a coming turn.  False when the mailbox is full.  Thread: any.
  bool post(std::function<void(Shard&, base::Now)> run);
  /// Runs on the loop's thread with the transport.  Thread: any.
  bool post_transport(std::function<void(io::Transport&)> run);
  /// The same with the web services, if there are any.
  bool post_web(std::function<void(io::HttpServer&)> run);
  /// Ends the loop and waits for the thread.
  void join();

  const ShardMetrics& shard_metrics() const { return shard_.metrics(); }
  const face::simple::FaceMetrics& face_metrics() const { return shard_.face().metrics(); }
  const domain::PresenceMetrics& presence_metrics() const { return shard_.presence().metrics(); }
  const domain::ImmcuMetrics& immcu_metrics() const { return shard_.immcu().metrics(); }
  const domain::InboxMetrics& inbox_metrics() const { return shard_.inbox().metrics(); }
  const domain::CallMetrics& call_metrics() const { return shard_.calls().metrics(); }
  const io::TransportMetrics& transport_metrics() const { return transport_.metrics(); }
  const face::web_ticket::WebTicketMetrics& web_ticket_metrics() const { return shard_.web_ticket_metrics(); }
  const face::web_ticket::PhotoMetrics& photo_metrics() const { return shard_.photo_metrics(); }
  /// Open connections of web clients.
  std::int64_t web_connections() const { return web_ ? web_->metrics().open.value() : 0; }
  std::size_t mailbox_size() const { return mailbox_.size(); }
  /// Wall time of the last finished turn, for the watch over stuck loops; microseconds.  Thread: any.
  std::int64_t last_turn_us() const { return last_turn_us_.load(std::memory_order_relaxed); }

 private:
  // io
  void on_accepted(base::ConnectionId id, const io::PeerInfo& peer) override;
  void on_bytes(base::ConnectionId id, std::string_view bytes) override;
  void on_closed(base::ConnectionId id, io::CloseCause cause) override;
  void on_envelopes(std::vector<Envelope>& envelopes);
  // ShardWorld
  void send_bytes(base::ConnectionId connection, std::string_view bytes) override;
  void close_connection(base::ConnectionId connection) override;
  bool send(base::ShardId to, Envelope& envelope) override;
  bool crowded(base::ShardId to) const override;
  void keep(base::Ticket ticket, base::UserId to, domain::InstantMessagePtr message) override;
  void load(base::Ticket ticket, base::UserId to, std::size_t limit) override;
  void forget(base::Ticket ticket, base::UserId to, std::uint64_t sequence) override;
  void change(base::Ticket ticket, domain::PresenceChange change) override;
  void change(base::Ticket ticket, domain::ContactsChange change) override;
  void change(base::Ticket ticket, domain::ConferenceFacts facts) override;
  void forget(base::Ticket ticket, domain::ConferenceKey key) override;
  void record(StoreUser user, base::Ticket ticket, domain::SessionRecord record) override;
  void record(domain::RegistrationRecord record) override;
  void record(domain::ConferenceRow row) override;
  void note_conversation(const domain::SessionRecord& record) const;

  /// False when the mailbox is full; the envelope is untouched then.  Thread: any.
  bool take(Envelope& envelope);
  /// From the store's thread: waits while the mailbox is full, since an answer of the store must not be lost.
  void bring(Envelope envelope);
  /// Brings StoreDone; empty without a ticket.
  std::function<void(base::Result<void>)> done(StoreUser user, base::Ticket ticket);
  void end_turn();

  /// Hands passwords to the worker; answers come back through the mailbox.
  class Judge final : public face::web_ticket::PasswordJudge {
   public:
    Judge(ShardThread& shard, PasswordWorker& worker) : shard_(shard), worker_(worker) {}
    bool judge(domain::Credentials credentials, std::string password, Done done) override;

   private:
    ShardThread& shard_;
    PasswordWorker& worker_;
  };

  /// Asks the store for pictures; they come through the mailbox.
  class Photos final : public face::web_ticket::PhotoSource {
   public:
    explicit Photos(ShardThread& shard) : shard_(shard) {}
    void load_photo(base::UserId user, Done done) override;

   private:
    ShardThread& shard_;
  };

  ShardStores stores_;
  const base::Log& log_;
  base::ShardId id_;
  io::Loop loop_;
  base::IdSource connection_ids_;
  io::Transport transport_;
  Shard shard_;
  io::Mailbox<Envelope> mailbox_;
  std::unique_ptr<Judge> judge_;
  std::unique_ptr<Photos> photos_;
  std::unique_ptr<io::HttpServer> web_;
  io::Timer deadline_;
  io::TurnEnd turn_end_;
  std::vector<ShardThread*> peers_;
  std::vector<Envelope> own_;  // answers for this shard that found its mailbox full
  std::atomic<std::int64_t> last_turn_us_{0};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace tertulia::server
