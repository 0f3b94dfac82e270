// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "base/ids.h"
#include "base/log.h"
#include "base/random.h"
#include "base/time.h"
#include "domain/call/agent.h"
#include "domain/call/board.h"
#include "domain/conference/conference_index.h"
#include "domain/contacts/contact_keeper.h"
#include "domain/conversation/immcu.h"
#include "domain/conversation/inbox.h"
#include "domain/directory/directory.h"
#include "domain/directory/ports.h"
#include "domain/endpoint/binding_watch.h"
#include "domain/endpoint/registrar.h"
#include "domain/presence/agent.h"
#include "face/lync/lync.h"
#include "face/simple/face.h"
#include "face/web/router.h"
#include "face/web_join/join_page.h"
#include "face/web_ticket/address_book.h"
#include "face/web_ticket/photos.h"
#include "face/web_ticket/service.h"
#include "server/carrier.h"
#include "server/shard_world.h"
#include "server/wiring.h"

namespace tertulia::server {

struct ShardSettings {
  face::simple::FaceSettings face;
  face::lync::LyncSettings lync;         ///< taken at the start
  face::lync::SchemePorts lync_schemes;  ///< likewise
  domain::RegistrarSettings registrar;
  domain::ImmcuSettings immcu;
  domain::ConferenceSettings conference;  ///< the count of shards is filled in
  domain::PresenceSettings presence;
  domain::CallSettings calls;
};

/// All parts of one event loop: users whose home is here, conversations and calls that live here, connections accepted
/// here.  Owns the parts and carries their messages; knows no socket, clock or database.  Thread: one.
class Shard final {
 public:
  Shard(const ShardSettings& settings, base::ShardId id, std::uint16_t shard_count, ShardWorld& world,
        const base::Random::Seed& seed, std::uint64_t boot_seconds, const base::Log& log,
        const domain::CredentialKeeper& keeper, domain::DirectoryPtr directory);
  ~Shard();

  // from io
  void on_accepted(base::ConnectionId connection, face::simple::Peer peer, base::Now now);
  void on_bytes(base::ConnectionId connection, std::string_view bytes, base::Now now);
  void on_closed(base::ConnectionId connection, bool orderly, base::Now now);
  /// From another shard, the store or the administrator.
  void on_envelope(Envelope envelope, base::Now now);
  void on_deadline(base::Now now);
  /// Earliest moment on_deadline has something to do.
  std::optional<base::TimePoint> deadline() const;

  /// A request of a web client; `answer` is called in this turn or a later one.
  void on_web(const face::web::Request& request, face::web::Answer answer);

  // for tasks of the administrator's tier, on this shard's thread
  void set_directory(domain::DirectoryPtr directory, base::Now now);
  void set_settings(const ShardSettings& settings);
  void set_kept(base::UserId user, std::uint64_t count) { inbox_.set_kept(user, count); }
  void restore(domain::StoredPresence stored, base::Now now) { presence_.restore(std::move(stored), now); }
  void restore(domain::StoredContacts stored) { contacts_.restore(stored.user, std::move(stored.list)); }
  void restore(const std::vector<domain::ConferenceFacts>& conferences, base::Now now);
  /// Before the first request: the web services (certificates for TLS-DSK, address book, ways into conferences).
  void serve_web(face::web_ticket::PasswordJudge& judge,
                 std::shared_ptr<const protocol::auth::CertificateIssuer> issuer,
                 const face::web_ticket::WebTicketSettings& settings);
  /// Likewise, behind serve_web: pictures of people.
  void serve_photos(face::web_ticket::PhotoSource& source, const face::lync::PhotoAddresses& photos);
  void stop(base::Now now);
  /// Changes in the administrator's name; `done` is called on this thread, in this turn or when the change is durable.
  /// Ticket and edge of the question are filled in.
  void ask(domain::PublishPresence question, std::function<void(const domain::PublishAnswer&)> done, base::Now now);
  void ask(domain::SetLevel question, std::function<void(const domain::SetLevelAnswer&)> done, base::Now now);
  void ask(domain::CreateConference question, std::function<void(const domain::CreateAnswer&)> done, base::Now now);
  void ask(domain::ConferenceCommand question, std::function<void(const domain::CommandAnswer&)> done, base::Now now);
  void ask(domain::ChangeContacts question, std::function<void(const domain::ContactsAnswer&)> done, base::Now now);

  domain::Registrar& registrar() { return registrar_; }
  domain::Immcu& immcu() { return immcu_; }
  domain::Inbox& inbox() { return inbox_; }
  const domain::Inbox& inbox() const { return inbox_; }
  const domain::ConferenceIndex& conference_index() const { return conference_index_; }
  domain::PresenceAgent& presence() { return presence_; }
  domain::ContactKeeper& contacts() { return contacts_; }
  domain::CallAgent& calls() { return calls_; }
  domain::CallBoard& board() { return board_; }
  domain::BindingWatch& binding_watch() { return binding_watch_; }
  face::simple::Face& face() { return face_; }
  const face::simple::Face& face() const { return face_; }
  const domain::PresenceAgent& presence() const { return presence_; }
  const domain::Immcu& immcu() const { return immcu_; }
  const domain::CallAgent& calls() const { return calls_; }
  const domain::Directory& directory() const { return *directory_; }
  const ShardMetrics& metrics() const { return carrier_.metrics(); }
  const face::web_ticket::WebTicketMetrics& web_ticket_metrics() const { return web_ticket_metrics_; }
  const face::web_ticket::PhotoMetrics& photo_metrics() const { return photo_metrics_; }
  base::ShardId id() const { return carrier_.id(); }

 private:
  struct Handler;  // one overload for each kind of envelope (shard_handler.cpp)
  void set_conference_settings(domain::ConferenceSettings settings);
  void settle(base::Now now);
  void handle(Envelope& envelope, base::Now now);
  template <typename Question, typename Answer>
  void put_question(Question&& question, std::function<void(const Answer&)> done, base::Now now);

  Carrier carrier_;
  domain::DirectoryPtr directory_;
  base::Random random_;
  base::IdSource ids_;
  /// Questions of the administrator that wait for their answer.
  std::unordered_map<base::Ticket, std::function<void(const Envelope&)>> asked_;

  FaceWiring face_wiring_;
  RegistrarWiring registrar_wiring_;
  BindingWatchWiring binding_watch_wiring_;
  InboxWiring inbox_wiring_;
  ImmcuWiring immcu_wiring_;
  ConferenceWiring conference_wiring_;
  ContactWiring contact_wiring_;
  PresenceWiring presence_wiring_;
  CallWiring call_wiring_;
  CallBoardWiring board_wiring_;

  domain::Registrar registrar_;
  domain::BindingWatch binding_watch_;
  domain::Inbox inbox_;
  domain::Immcu immcu_;
  domain::ConferenceIndex conference_index_;
  domain::ContactKeeper contacts_;
  domain::PresenceAgent presence_;
  domain::CallAgent calls_;
  domain::CallBoard board_;
  face::simple::Face face_;
  face::web::Router router_;
  face::web_ticket::WebTicketMetrics web_ticket_metrics_;
  std::unique_ptr<face::web_ticket::WebTicketService> web_tickets_;
  std::unique_ptr<face::web_ticket::AddressBookService> address_book_;
  std::unique_ptr<face::web_join::JoinPages> join_pages_;
  face::web_ticket::PhotoMetrics photo_metrics_;
  std::unique_ptr<face::web_ticket::PhotoService> photos_;
};

}  // namespace tertulia::server
