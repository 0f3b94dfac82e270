// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/reason.h"
#include "base/time.h"

namespace tertulia::domain {

/// One device of a user, by a name under which it is reachable from anywhere (RFC 5627).
struct DeviceName {
  std::string public_id;     ///< of a public GRUU: what the registrar gave, or the instance itself; empty: temporary
  std::uint64_t series = 0;  ///< of a temporary GRUU, see temporary_gruu.h
  friend bool operator==(const DeviceName&, const DeviceName&) = default;
};

/// What kind of conversation an endpoint can take part in.
struct Capabilities {
  bool page_mode = true;      ///< single messages outside of sessions
  bool session_mode = false;  ///< invitations to a message session
  bool typing = true;         ///< understands typing notices
  bool audio = false;
  bool video = false;

  /// Single messages reach it, if need be in a session that its face opens for them.
  bool takes_messages() const { return page_mode || session_mode; }
  friend bool operator==(const Capabilities&, const Capabilities&) = default;
};

/// Facts about a client that records and other users' faces need; immutable and shared.
struct ClientInfo {
  std::string user_agent;
  std::string instance;  ///< stable name of the device (+sip.instance, else epid), may be empty
  std::string ip_address;
};
using ClientInfoPtr = std::shared_ptr<const ClientInfo>;

/// Where an endpoint is reached: the edge (face and shard) that holds its connection.
struct EndpointRoute {
  base::EndpointId endpoint;
  base::ShardId edge;
  base::ConnectionId connection;
  Capabilities capabilities;
  ClientInfoPtr client;
  /// How the face addresses this endpoint (for SIP: the Contact URI); opaque to the domain.
  std::shared_ptr<const std::string> remote_target;
};

/// One contact of a sign-in request.
struct ContactChange {
  std::string uri;                      ///< as written; key of the binding when there is no instance
  std::string instance;                 ///< +sip.instance value without <>, empty when none
  std::uint32_t reg_id = 0;             ///< RFC 5626, 0 when none
  std::optional<base::Duration> lease;  ///< asked for; nullopt: registrar chooses; zero removes
  std::string parameters;               ///< other contact parameters, raw, returned as they came (";q=0.5;methods=...")
  Capabilities capabilities;
};

/// Sign-in, refresh, sign-out or query of one user's endpoint; goes to the user's home shard.
struct BindRequest {
  base::Ticket ticket;  ///< of the edge
  base::ShardId edge;
  base::ConnectionId connection;
  base::UserId user;
  std::vector<ContactChange> contacts;  ///< empty and not remove_all: query
  bool remove_all = false;              ///< Contact: *
  bool gruu_wanted = false;
  std::string call_id;
  std::uint32_t cseq = 0;
  ClientInfoPtr client;
};

/// One living binding, as the answer lists it.
struct BindingInfo {
  base::EndpointId endpoint;
  std::string uri;
  std::string instance;
  std::uint32_t reg_id = 0;
  base::Duration left{};  ///< time until it ends
  std::string parameters;
  std::string public_gruu_id;  ///< empty without gruu; stable for (user, instance)
  std::string temporary_gruu_id;
};

struct BindAnswer {
  base::Ticket ticket;
  base::Reason reason = base::Reason::none;
  base::Duration lease_min{};         ///< for interval_too_brief
  std::vector<BindingInfo> bindings;  ///< all of the user when reason is none
  base::EndpointId endpoint;          ///< the one this request made or refreshed, 0 if none
  std::string home_server = {};       ///< for home_elsewhere: who serves the user (directory/home_server.h)
};

/// The edge lost a connection on which endpoints were bound.
struct ConnectionGone {
  base::UserId user;
  base::ConnectionId connection;
  bool orderly = false;  ///< the peer closed it; else it vanished, or we gave it up
};

/// Registration state of a user (RFC 3680): all bindings now and at each change; only he himself may ask.
struct WatchBindings {
  base::ShardId edge;
  base::WatchId watch;
  base::UserId user;
  bool on = true;  ///< false: ends it
};
struct BindingsNews {
  base::WatchId watch;
  base::Reason reason = base::Reason::none;  ///< the watch has ended
  std::vector<BindingInfo> bindings;
  /// Bindings that ended with this change, and how.
  enum class End : std::uint8_t { unregistered, expired, deactivated };
  std::vector<std::pair<BindingInfo, End>> ended;
};

/// Failed sign-in, for the records.
struct SignInFailed {
  std::string user;
  ClientInfoPtr client;
  base::Reason reason = base::Reason::none;
  int status = 0;
};

}  // namespace tertulia::domain
