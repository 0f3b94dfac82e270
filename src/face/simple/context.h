// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "base/log.h"
#include "base/random.h"
#include "base/reason.h"
#include "base/time.h"
#include "domain/directory/directory.h"
#include "domain/directory/ports.h"
#include "domain/endpoint/events.h"
#include "face/simple/metrics.h"
#include "face/simple/ports.h"
#include "face/simple/settings.h"
#include "protocol/auth/digest.h"
#include "protocol/auth/lockout.h"
#include "protocol/flow/flow_watch.h"
#include "protocol/transaction/layer.h"
#include "wire/sip/framer.h"
#include "wire/sip/headers.h"
#include "wire/sip/message.h"
#include "wire/sip/writer.h"

namespace tertulia::face::simple {

/// Of a dialog (RFC 3261 19.3), in characters of five random bits.
inline constexpr std::size_t tag_length = 12;
/// Told to an agent or a conversation instead of a status when the connection of the client is gone (RFC 5626 11.6).
inline constexpr int connection_gone_status = 430;

/// Who is at the other end of a connection; given once by io.
struct Peer {
  std::string ip_address;  ///< without brackets
  std::uint16_t port = 0;
  bool secure = false;  ///< TLS
  std::uint16_t local_port =
      0;  ///< of our listener, told to the peer in Via and Contact; 0: left out (the default port)
};

/// The user a connection has proved to speak for, and what makes the next proof cheap.
struct Proved {
  base::UserId user;
  std::string user_name;           ///< as the client types it
  std::uint64_t user_version = 0;  ///< of the directory entry that `ha1` belongs to
  std::string algorithm;
  std::string ha1;  ///< secret: never logged; wiped when the connection ends
};

class Dialect;

/// An endpoint that is bound on a connection; what else its binding has stands with the registrar.
struct BoundEndpoint {
  base::EndpointId endpoint;
  std::string uri;  ///< as registered
};

/// What a dialect remembers of one connection whose client speaks it.
class DialectConnection {
 public:
  virtual ~DialectConnection() = default;
  /// The message as it leaves (with a signature, say).
  virtual std::string sealed(std::string_view message) = 0;
  /// Who has proved himself on it; 0: nobody.
  virtual base::UserId proven() const = 0;
  /// The client's answer counts; else it is dropped.
  virtual bool accepts(const wire::sip::Message& response, base::Now now) = 0;
};

/// One connection of the face.  Idle ones must stay small: everything here counts against 16 KiB with TLS.
struct Connection {
  base::ConnectionId id;
  Peer peer;
  wire::sip::Framer framer;
  protocol::auth::DigestAcceptor digest;
  protocol::flow::FlowWatch flow;
  std::optional<Proved> proved;
  domain::ClientInfoPtr client;          ///< of the last REGISTER
  std::vector<BoundEndpoint> endpoints;  ///< bound on this connection (usually one)
  bool closing = false;
  base::UserId endpoints_of = {};              ///< whose `endpoints` are: the user of the last REGISTER
  std::vector<base::UserId> bound_users = {};  ///< who asked for a binding here; told to the registrar at the end
  base::UserId active_user = {};               ///< of the last report of use
  std::optional<base::TimePoint> active_told = {};
  std::optional<base::TimePoint> armed = {};        ///< its entry in the face's table of deadlines; may be too early
  std::uint16_t defects = 0;                        ///< defective messages since the last sound one
  std::unique_ptr<DialectConnection> dialect = {};  ///< set by the dialect that its client speaks, see dialect.h

  /// The device of `user` on this connection; 0 when there is none.
  base::EndpointId endpoint_of(base::UserId user) const {
    return user == endpoints_of && !endpoints.empty() ? endpoints.front().endpoint : base::EndpointId{};
  }
};

/// A request that stands before a handler: valid, in a server transaction, and (when `user` is set) authenticated.
struct Request {
  Connection& connection;
  const wire::sip::Message& message;
  const wire::sip::Basics& basics;
  const wire::sip::Uri& target;  ///< of the Request-URI, decoded
  protocol::transaction::ServerId transaction;
  const domain::User* user;  ///< whom the credentials belong to; never null for handlers behind the gate
  base::Now now;
  std::shared_ptr<const wire::sip::Message> shared = {};  ///< owns `message`; empty: pend() copies it
  std::string authentication_info = {};                   ///< for the 2xx of a REGISTER (RFC 7616 3.5); may be empty
  bool relayed = false;                    ///< for another telephone: its extensions and content are not ours to judge
  base::ConversationId conversation = {};  ///< of the dialog that it came in, once that is found; for the log
  std::string_view stopped_by = {};        ///< step of the gate that refuses it; for the log
};

/// A request that waits for an answer from the domain: what the response needs, kept without the connection object.
struct Pending {
  protocol::transaction::ServerId transaction;
  base::ConnectionId connection;
  std::shared_ptr<const wire::sip::Message> message;  ///< the request, for response_to
  std::string to_tag;
  Peer peer;
  base::ConversationId conversation = {};  ///< 0: not known; for the log
};

/// What a refusal carries besides its reason.  Lives during one call.
struct RefusalBody {
  std::string_view type;
  std::string_view octets;
};

/// What the parts of the face (registration, pages, sessions) share.  Owned by Face; lives on one shard.
class Context {
 public:
  Context(const FaceSettings& settings_in, FacePorts& ports_in, base::Random& random_in, base::IdSource& ids_in,
          const base::Log& log_in, const domain::CredentialKeeper& keeper_in, base::ShardId shard_in,
          protocol::transaction::LayerPorts& layer_ports);

  FaceSettings settings;
  FacePorts& ports;
  base::Random& random;
  base::IdSource& ids;
  const base::Log& log;
  const domain::CredentialKeeper& keeper;
  base::ShardId shard;
  FaceMetrics metrics;
  domain::DirectoryPtr directory;
  Dialect* dialect = nullptr;  ///< of this face, if it has one; owned by Face
  std::string allow_events;    ///< names of the event packages, for Allow-Events; filled by Subscriptions
  protocol::transaction::Layer layer;

  Connection* find(base::ConnectionId id);
  /// Every message of ours leaves through here.
  void send(base::ConnectionId connection, std::string_view message);
  /// One line of level trace for a message that has come in or goes out: never its body, nor credentials.
  void trace(std::string_view what, base::ConnectionId connection, const wire::sip::Message& message,
             std::size_t bytes) const;
  /// One line of level debug for what befalls the dialog or the message `pending` of a conversation.
  void note(std::string_view what, const Pending& pending, int status) const;
  std::unordered_map<base::ConnectionId, std::unique_ptr<Connection>> connections;

  /// Begins the answer to a request; add headers, then `reply`.
  wire::sip::Writer begin(const Request& request, int status, std::string_view phrase = {});
  wire::sip::Writer begin(const Pending& pending, int status, std::string_view phrase = {});
  void reply(protocol::transaction::ServerId transaction, int status, wire::sip::Writer&& writer, base::Now now,
             std::string_view content_type = {}, std::string_view body = {});
  /// Refuses with status (0: the reason's own), ms-diagnostics (id; reason="..."; source="host") and Warning 399 where
  /// fitting; every refusal of the face passes here (invariant 5).
  void refuse(const Request& request, base::Reason reason, int status = 0, std::string_view detail = {},
              const std::function<void(wire::sip::Writer&)>& more = {});
  void refuse(const Pending& pending, base::Reason reason, base::Now now, int status = 0, std::string_view detail = {},
              const std::function<void(wire::sip::Writer&)>& more = {}, const RefusalBody& body = {});
  /// Keeps what a later answer needs.
  Pending pend(const Request& request);

  /// A person acts on this connection (writes, calls, types, changes his state): the presence agent hears of it, at most
  /// once in active_report_interval.
  void active(const Request& request);

  /// The same for a request that is in no transaction: defective, or beyond a bound.
  void refuse_statelessly(const Connection& connection, const wire::sip::Message& message, const base::Error& error);
  /// Replaces the settings; those of lock-out and transactions stay until the next start.
  void adopt(const FaceSettings& changed);
  /// This host names the server: a served domain or our own name.
  bool is_ours(std::string_view host) const;
  /// Begins the branch of each request of ours, on every shard; a request that carries it already has come back.
  const std::string& branch_prefix() const { return branch_prefix_; }

  /// Complete Via value for a request of ours to this connection, with a fresh branch (returned too).
  std::string own_via(const Connection& connection, std::string& branch);
  /// `<sip:host:port;transport=...>` naming us, for Contact and Record-Route.
  std::string own_contact(const Connection& connection) const;
  /// The same with a user part, which must be one that needs no escapes.
  std::string own_contact(const Connection& connection, std::string_view user) const;

 private:
  /// One line of level debug.
  struct Refusal {
    base::ConnectionId connection;
    std::string_view call_id;
    base::ConversationId conversation;
    std::string_view step;  ///< of the gate; empty: none
    base::Reason reason;
    int status;
    std::string_view detail;
  };
  void note(const Refusal& refusal) const;
  bool speaks_dialect(base::ConnectionId connection);
  int refusal_status(base::ConnectionId connection, base::Reason reason, int status);
  void explain(wire::sip::Writer& writer, base::ConnectionId connection, base::Reason reason, int status,
               std::string_view detail);
  std::string host_text_;  ///< settings.host as it stands in URIs: IPv6 in brackets
  std::string branch_prefix_;
};

}  // namespace tertulia::face::simple
