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

/// Who is at the other end of a connection; given once by io.
struct Peer {
  std::string ip_address;         ///< without brackets
  std::uint16_t port = 0;
  bool secure = false;            ///< TLS
};

/// The user a connection has proved to speak for, and what makes the next proof cheap.
struct Proved {
  base::UserId user;
  std::string user_name;          ///< as the client types it
  std::uint64_t user_version = 0; ///< of the directory entry that `ha1` belongs to
  std::string algorithm;
  std::string ha1;                ///< secret: never logged; wiped when the connection ends
};

/// One connection of the face.  Idle ones must stay small: everything here counts against 16 KiB with TLS.
struct Connection {
  base::ConnectionId id;
  Peer peer;
  wire::sip::Framer framer;
  protocol::auth::DigestAcceptor digest;
  protocol::flow::FlowWatch flow;
  std::optional<Proved> proved;
  domain::ClientInfoPtr client;                       ///< of the last REGISTER
  std::vector<domain::BindingInfo> endpoints;         ///< bound on this connection (usually one)
  bool closing = false;
};

/// A request that stands before a handler: valid, in a server transaction, and (when `user` is set) authenticated.
struct Request {
  Connection& connection;
  const wire::sip::Message& message;
  const wire::sip::Basics& basics;
  const wire::sip::Uri& target;                       ///< of the Request-URI, decoded
  protocol::transaction::ServerId transaction;
  const domain::User* user;                           ///< whom the credentials belong to; never null for handlers behind the gate
  base::Now now;
};

/// A request that waits for an answer from the domain: what the response needs, kept without the connection object.
struct Pending {
  protocol::transaction::ServerId transaction;
  base::ConnectionId connection;
  std::shared_ptr<const wire::sip::Message> message;  ///< the request, for response_to
  std::string to_tag;
  Peer peer;
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
  protocol::transaction::Layer layer;

  Connection* find(base::ConnectionId id);
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
  void refuse(const Pending& pending, base::Reason reason, base::Now now, int status = 0, std::string_view detail = {});
  /// Keeps what a later answer needs.
  Pending pend(const Request& request);

  /// Complete Via value for a request of ours to this connection, with a fresh branch (returned too).
  std::string own_via(const Connection& connection, std::string& branch);
  /// `<sip:host:port;transport=...>` naming us, for Contact and Record-Route.
  std::string own_contact(const Connection& connection) const;
};

}  // namespace tertulia::face::simple
