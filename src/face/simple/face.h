// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "domain/call/events.h"
#include "domain/conference/events.h"
#include "domain/contacts/events.h"
#include "domain/conversation/events.h"
#include "domain/endpoint/events.h"
#include "domain/presence/events.h"
#include "face/simple/context.h"
#include "face/simple/dialect.h"

namespace tertulia::face::simple {

class SignInGuard;

/// The standard SIP face of one shard: bytes of its connections become domain calls, domain events become SIP.  Order of
/// judgement of a request: framing, grammar, transaction, version and scheme, extensions, hops, method, authentication,
/// identity, then the handler.  Pure: no socket, no clock.
class Face {
 public:
  Face(const FaceSettings& settings, FacePorts& ports, base::Random& random, base::IdSource& ids, const base::Log& log,
       const domain::CredentialKeeper& keeper, base::ShardId shard, domain::DirectoryPtr directory,
       const DialectFactory& dialect = {});
  ~Face();

  // from io
  void on_accepted(base::ConnectionId id, Peer peer, base::Now now);
  void on_bytes(base::ConnectionId id, std::string_view bytes, base::Now now);
  void on_closed(base::ConnectionId id, bool orderly, base::Now now);
  void on_deadline(base::Now now);
  std::optional<base::TimePoint> deadline() const;

  // from the domain
  void on(const domain::BindAnswer& answer, base::Now now);
  void on(const domain::PostAnswer& answer, base::Now now);
  void on(const domain::OpenAnswer& answer, base::Now now);
  void on(const domain::CloseAnswer& answer, base::Now now);
  void on(const domain::DeliverPage& deliver, base::Now now);
  void on(const domain::DeliverSession& deliver, base::Now now);
  void on(const domain::InviteLeg& invite, base::Now now);
  void on(const domain::EndLeg& end, base::Now now);
  void on(const domain::CreateAnswer& answer, base::Now now);
  void on(const domain::ConferencesAnswer& answer, base::Now now);
  void on(const domain::JoinAnswer& answer, base::Now now);
  void on(const domain::ChatAnswer& answer, base::Now now);
  void on(const domain::AddAnswer& answer, base::Now now);
  void on(const domain::CommandAnswer& answer, base::Now now);
  void on(const domain::RosterNews& news, base::Now now);
  void on(const domain::SeatEnded& ended, base::Now now);
  void on(const domain::LegGrown& grown, base::Now now);
  void on(const domain::PublishAnswer& answer, base::Now now);
  void on(const domain::PresenceNews& news, base::Now now);
  void on(const domain::SetLevelAnswer& answer, base::Now now);
  void on(const domain::ContactsAnswer& answer, base::Now now);
  void on(const domain::WatcherNews& news, base::Now now);
  void on(const domain::SelfNews& news, base::Now now);
  void on(const domain::ContactsNews& news, base::Now now);
  void on(const domain::BindingsNews& news, base::Now now);
  void on(const domain::CallsNews& news, base::Now now);
  void on(const domain::CallProgress& progress, base::Now now);
  void on(const domain::CallAnswered& answered, base::Now now);
  void on(const domain::CallRefused& refused, base::Now now);
  void on(const domain::CallRequestAnswer& answer, base::Now now);
  void on(const domain::RingLeg& ring, base::Now now);
  void on(const domain::StopLeg& stop, base::Now now);
  void on(const domain::RelayRequest& request, base::Now now);
  void on(const domain::CancelRelay& cancel, base::Now now);
  /// From the face of another shard.
  void on(const GuessJudged& judged, base::Now now);
  /// The registrar wants this connection ended (user disabled or removed).
  void drop(base::ConnectionId id, base::Reason why, base::Now now);
  /// The asked component could not be reached (full mailbox): answers the pending request of `ticket` with 503 and Retry-After.
  void on_undeliverable(base::Ticket ticket, base::Now now);

  // from the administrator
  void set_directory(domain::DirectoryPtr directory, base::Now now);
  void set_settings(const FaceSettings& settings);
  /// Orderly stop: refuses new requests with server_stopping; ends sessions and calls; then the owner closes the connections.
  void stop(base::Now now);
  const FaceMetrics& metrics() const;
  /// For another face of this shard whose users sign in with the same passwords; both live as long as this face.
  Context& context();
  SignInGuard& guard();
  std::size_t session_count() const;
  std::size_t subscription_count() const;
  std::size_t call_leg_count() const;  ///< sides of calls on this shard

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tertulia::face::simple
