// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/reason.h"
#include "base/time.h"

namespace tertulia::domain {

/// What kind of conversation an endpoint can take part in.
struct Capabilities {
  bool page_mode = true;      ///< single messages
  bool session_mode = false;  ///< invitations to a message session
  bool typing = true;         ///< understands typing notices
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
};

/// The edge lost a connection on which endpoints were bound.
struct ConnectionGone {
  base::UserId user;
  base::ConnectionId connection;
  bool orderly = false;  ///< the peer closed; else it vanished
};

/// Failed sign-in, for the records.
struct SignInFailed {
  std::string user;
  ClientInfoPtr client;
  base::Reason reason = base::Reason::none;
  int status = 0;
};

}  // namespace tertulia::domain
