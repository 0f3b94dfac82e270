// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/reason.h"
#include "domain/conference/events.h"
#include "domain/conversation/message.h"
#include "domain/endpoint/events.h"

namespace tertulia::domain {

// ---- asked by an edge, answered by the IMMCU ------------------------------------------------------------------------

/// A single message outside of any session (page mode).  Goes to the shard of the pair (see conversation_shard).
struct PostPage {
  base::Ticket ticket;  ///< of the edge
  base::ShardId edge;
  base::EndpointId endpoint;  ///< sender's device, 0 when it is not signed in as one
  ClientInfoPtr client;
  base::UserId to;
  InstantMessagePtr message;
  std::string call_id;
  std::optional<DeviceName> device = {};  ///< for this one alone (RFC 5627): then it is delivered now or refused
};

/// A single message to a conference, from somebody who takes part in it.  Goes to the shard of the conference.
struct PostToConference {
  base::Ticket ticket;
  base::ShardId edge;
  ConferenceKey key;
  base::EndpointId endpoint;
  InstantMessagePtr message;
};

/// A message inside a session, or from a device with a chat leg in a conference.
struct PostSession {
  base::Ticket ticket;
  base::ShardId edge;
  base::ConversationId conversation;
  base::LegId leg;
  InstantMessagePtr message;
};

enum class PostOutcome : std::uint8_t {
  delivered,  ///< at least one endpoint of every other participant has taken it
  kept,       ///< in the store, to be delivered at the next sign-in
  refused,    ///< see reason
};
/// Somebody in a conference did not get a message: his device refused it, was lost or was too slow.
struct Missed {
  base::UserId user;
  base::Reason reason = base::Reason::none;
  int status = 0;  ///< as in PostAnswer
};
struct PostAnswer {
  base::Ticket ticket;
  PostOutcome outcome = PostOutcome::refused;
  base::Reason reason = base::Reason::none;
  int status = 0;                          ///< final status of the recipient's endpoint when it refused, else 0
  std::vector<Missed> missed = {};         ///< in a conference, by device; the others have it
  base::ConversationId conversation = {};  ///< 0 when it belongs to none; for the log
};

/// Somebody opens a message session with another user.
struct OpenSession {
  base::Ticket ticket;
  base::ShardId edge;
  base::LegId leg;  ///< given by the edge
  base::UserId from;
  std::string from_address;
  std::string from_name;
  base::EndpointId endpoint;
  base::ConnectionId connection;  ///< of the edge
  ClientInfoPtr client;
  base::UserId to;
  std::string subject;
  std::string content_type;  ///< of the invitation
  std::string call_id;
  std::string correlation_id = {};        ///< Ms-Conversation-ID as the client gave it; empty: none
  std::optional<DeviceName> device = {};  ///< only this one rings and takes part (RFC 5627)
  bool single_dialog = false;             ///< the client drops this invitation for one of the same person that comes in
};
struct OpenAnswer {
  base::Ticket ticket;
  base::ConversationId conversation;  ///< 0 when refused before there was one
  /// yielded: the other side's invitation, which rings at the device that asks, takes the place of its own.
  enum class What : std::uint8_t { ringing, accepted, refused, yielded } what = What::refused;
  base::Reason reason = base::Reason::none;
  int status = 0;
  base::LegId instead = {};  ///< yielded: the leg that rings at the asking device
};
/// The inviting edge withdraws before an answer (CANCEL, or its connection died).
struct CancelOpen {
  base::LegId leg;
  base::ShardId edge;
  base::UserId from;
  base::UserId to;
};
/// A leg ends (BYE, or its connection died: then ticket is 0 and nothing is answered).
struct CloseLeg {
  base::Ticket ticket;
  base::ShardId edge;
  base::ConversationId conversation;
  base::LegId leg;
};
/// Sent when everything about the ended leg is durable.
struct CloseAnswer {
  base::Ticket ticket;
  base::Reason reason = base::Reason::none;
};

// ---- asked by the IMMCU or the inbox, answered by an edge ---------------------------------------------------------------

/// Deliver one message to one endpoint, outside of any session.
struct DeliverPage {
  base::Ticket ticket;  ///< of the inbox
  base::ShardId home;   ///< shard of the inbox that asks
  base::UserId to;
  EndpointRoute route;
  InstantMessagePtr message;
  ConferenceDescriptionPtr conference = {};  ///< in which it was said; null: between two people
};
/// Deliver one message in a session leg.
struct DeliverSession {
  base::Ticket ticket;  ///< of the IMMCU
  base::ShardId mcu;
  base::ConversationId conversation;
  base::LegId leg;
  InstantMessagePtr message;
  ConferenceDescriptionPtr conference = {};  ///< as above; also in a leg that was there before the third person came
};
struct DeliverAnswer {
  base::Ticket ticket;
  enum class What : std::uint8_t {
    taken,    ///< 2xx
    refused,  ///< final failure status of the endpoint
    silent,   ///< no answer in time on a living connection
    gone,     ///< the connection or leg ended before an answer
  } what = What::gone;
  int status = 0;
};

/// Invite one endpoint into a conversation; the answers come one after the other.
struct InviteLeg {
  base::ConversationId conversation;
  base::LegId leg;  ///< given by the IMMCU
  base::ShardId mcu;
  EndpointRoute route;
  base::UserId to;
  std::string to_address;
  std::string from_address;
  std::string from_name;
  std::string subject;
  ConferenceInvitationPtr conference = {};  ///< null: to a conversation of two
  std::string correlation_id = {};          ///< of OpenSession
};
struct LegAnswer {
  base::ConversationId conversation;
  base::LegId leg;
  enum class What : std::uint8_t {
    ringing,
    accepted,
    refused,
    will_join,  ///< accepted, but this leg is over: the device enters the conference by itself
  } what = What::refused;
  int status = 0;  ///< final status; 408 silent, 430 connection gone
};
/// Withdraw an invitation, or end an accepted leg; the edge finds out which.  A late acceptance is ended by the edge.
struct EndLeg {
  base::LegId leg;
  base::ShardId edge;
  base::Reason reason = base::Reason::none;
};

// ---- between IMMCU and a user's inbox ------------------------------------------------------------------------------------

/// Deliver to all endpoints of a user, or keep; with `device`, to this one now or not at all.
struct InboxDeliver {
  base::Ticket ticket;  ///< of the IMMCU
  base::ShardId mcu;
  base::ConversationId conversation;
  base::UserId to;
  InstantMessagePtr message;
  std::optional<DeviceName> device = {};
  ConferenceDescriptionPtr conference = {};  ///< then it is never kept: who is not there is not in the conference
};
struct InboxAnswer {
  base::Ticket ticket;
  base::ConversationId conversation;
  PostOutcome outcome = PostOutcome::refused;
  base::Reason reason = base::Reason::none;
  int status = 0;
  EndpointRoute taken_by;  ///< first endpoint that took it (endpoint 0 when kept or refused)
};
/// Where can this user be reached, and may he who asks reach him?
struct FindEndpoints {
  base::ShardId mcu;
  base::ConversationId conversation;
  base::UserId user;
  std::optional<DeviceName> device = {};
  std::string from_address = {};  ///< user@domain who asks: the user may have blocked him
};
struct EndpointsFound {
  base::ConversationId conversation;
  base::UserId user;
  std::vector<EndpointRoute> routes;
  base::Reason reason = base::Reason::none;  ///< why the device that was named cannot be reached
};

/// Whom the user lets reach him may be different from now on.  Goes to every shard that may hold a conversation of the
/// two, which then asks (FindEndpoints).
struct ReachChanged {
  base::UserId user;
  base::UserId peer;  ///< 0: anybody
};

}  // namespace tertulia::domain
