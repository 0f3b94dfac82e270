// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/reason.h"
#include "base/time.h"
#include "domain/conference/facts.h"
#include "domain/conference/roster.h"
#include "domain/endpoint/events.h"

namespace tertulia::domain {

// All of these go to the shard of the conference (conference_shard of the key) unless something else is said.  Messages,
// and the end of a leg, travel by PostSession, DeliverSession, CloseLeg and EndLeg as in any other conversation: only the
// way in is a conference's own.

/// What somebody is to the organizer's organisation.
enum class PersonKind : std::uint8_t { colleague, guest };

// ---- asked by an edge, answered by the conference ----------------------------------------------------------------------

/// A new conference.  Goes to the home shard of the organizer first, where his conferences are counted (ConferenceIndex).
struct CreateConference {
  base::Ticket ticket;
  base::ShardId edge;
  ConferenceKey key;
  std::string subject;
  Admission admission = Admission::organisation;
  PresenterPolicy presenters = PresenterPolicy::organisation;
  bool lobby = false;
  bool scheduled = false;
  std::uint32_t size_max = 0;  ///< 0: default
  base::WallTime expires;      ///< 0: with its last session
  std::vector<base::UserId> invited;
};
struct CreateAnswer {
  base::Ticket ticket;
  base::Reason reason = base::Reason::none;
  ConferenceKey key;
};

/// One device enters the focus.  With `chat` it takes part in the messages at once, by the dialog that is its seat; else
/// by OpenChat.
struct JoinConference {
  base::Ticket ticket;
  base::ShardId edge;
  ConferenceKey key;
  base::LegId seat;  ///< given by the edge, names the dialog
  base::UserId user;
  std::string address;
  std::string name;
  PersonKind kind = PersonKind::colleague;
  base::EndpointId endpoint;
  base::ConnectionId connection;  ///< of the edge; a device that signs out and in again on it is the same one
  std::string entity;             ///< how the client names its device
  ClientInfoPtr client;
  bool chat = false;
};
/// `waiting` may come first, one of the others follows.
struct JoinAnswer {
  base::Ticket ticket;
  enum class What : std::uint8_t { waiting, joined, refused } what = What::refused;
  base::Reason reason = base::Reason::none;
  base::ConversationId conversation;  ///< for the messages, when joined
  ConferenceRole role = ConferenceRole::attendee;
  ConferenceDescriptionPtr description;  ///< when joined
};
/// The device leaves, or gives up waiting; ticket 0: its connection died, nothing is answered.
struct LeaveConference {
  base::Ticket ticket;
  base::ShardId edge;
  ConferenceKey key;
  base::LegId seat;
};

/// A device that is in takes part in the messages with a dialog of its own.
struct OpenChat {
  base::Ticket ticket;
  base::ShardId edge;
  ConferenceKey key;
  base::LegId seat;  ///< of the same device
  base::LegId leg;   ///< given by the edge
  base::UserId user;
};
struct ChatAnswer {
  base::Ticket ticket;
  base::Reason reason = base::Reason::none;
  base::ConversationId conversation;
};

/// A running conversation gets another person.  Goes to the shard of the conversation.  The first time it becomes a
/// conference, whose organizer is who adds: nobody's leg is touched.  A conference can be named by its key, for members
/// who have no leg there; who is none is refused with not_in_conference.
struct AddPerson {
  base::Ticket ticket;
  base::ShardId edge;
  base::ConversationId conversation;
  std::optional<ConferenceKey> conference;  ///< when there is one it counts, and not `conversation`
  base::UserId by;
  std::string by_address;
  std::string by_name;
  base::UserId who;
  std::string seed;     ///< 32 unguessable characters, for the name of a conference that is made now
  std::string subject;  ///< of the invitation, and of a conference that is made now; empty: that of the conference
  std::string first_text = {};  ///< that the adder's client gives with the invitation; passed on as it is
};
struct AddAnswer {
  base::Ticket ticket;
  base::Reason reason = base::Reason::none;
  int status = 0;     ///< final status of his devices when they refused
  ConferenceKey key;  ///< when it is a conference now
};

/// The people of a two-party conversation go on in this conference, which they enter by themselves: the conference takes
/// over the identity and the record of the conversation.  Goes to the shard of the conversation.
struct Escalate {
  base::Ticket ticket;
  base::ShardId edge;
  base::ConversationId conversation;
  base::UserId by;
  ConferenceKey key;
};
/// From the conversation to the conference.
struct Succession {
  base::Ticket ticket;  ///< of the edge
  base::ShardId edge;
  ConferenceKey key;
  base::UserId by;
  base::UserId other;
  base::ConversationId conversation;
  base::RecordId record;
  std::string correlation_id;
};

/// What somebody wants of a conference.  The right to each is in one place: conference_rights.h.
namespace conference {
struct SetRole {
  base::UserId user;
  ConferenceRole role = ConferenceRole::attendee;
};
struct Eject {
  base::UserId user;
};
struct SetLock {
  bool on = true;
};
struct SetMute {
  bool on = true;
};
struct SetSubject {
  std::string subject;
};
struct SetAdmission {
  Admission admission = Admission::organisation;
  bool lobby = false;
};
struct SetPresenters {
  PresenterPolicy policy = PresenterPolicy::organisation;
};
struct SetSize {
  std::uint32_t size_max = 0;
};
struct SetExpiry {
  base::WallTime expires;
};
struct Admit {
  base::UserId user;  ///< 0: all who wait, and whoever comes later
};
struct Deny {
  base::UserId user;
};
struct Invite {
  base::UserId user;
  bool on = true;  ///< false: from the list
};
struct End {};
using Command = std::variant<SetRole, Eject, SetLock, SetMute, SetSubject, SetAdmission, SetPresenters, SetSize,
                             SetExpiry, Admit, Deny, Invite, End>;
}  // namespace conference

struct ConferenceCommand {
  base::Ticket ticket;
  base::ShardId edge;
  ConferenceKey key;
  base::UserId by;  ///< 0: the administrator, who may do everything
  conference::Command command;
};
/// Sent when what the command changed is durable.  LeaveConference and Escalate are answered by it too.
struct CommandAnswer {
  base::Ticket ticket;
  base::Reason reason = base::Reason::none;
};

/// Which conferences an organizer has, wherever they live; goes to his home shard.
struct ListConferences {
  base::Ticket ticket;
  base::ShardId edge;
  base::UserId organizer;
};
struct ConferencesAnswer {
  base::Ticket ticket;
  base::Reason reason = base::Reason::none;
  std::vector<ConferenceKey> keys;  ///< in the order of their ids
};

/// A device that is in wants the roster: all of it now, then what changes.
struct WatchConference {
  base::ShardId edge;
  base::WatchId watch;
  ConferenceKey key;
  base::UserId user;
  bool on = true;  ///< false: ends it, nothing is answered
  /// The roster once, and no watch begins; the organizer may look at his conference from outside too.
  bool once = false;
};

// ---- from the conference to edges ---------------------------------------------------------------------------------------

struct RosterNews {
  base::WatchId watch;
  base::Reason over = base::Reason::none;  ///< the watch has ended, there is no roster
  RosterPtr roster;
  LobbyPtr lobby;  ///< who waits, complete, for presenters when it has changed; else null
};
/// This device is out: its seat, and a chat leg of its own by EndLeg.
struct SeatEnded {
  base::LegId seat;
  base::ShardId edge;
  base::Reason reason = base::Reason::none;
};
/// What an invitation (InviteLeg) is for, when it is for a conference.  A client whose dialect lets it enter by itself
/// answers the invitation with LegAnswer::What::will_join.
struct ConferenceInvitation {
  ConferenceDescriptionPtr description;
  std::string first_text = {};  ///< of AddPerson
};
using ConferenceInvitationPtr = std::shared_ptr<const ConferenceInvitation>;

/// The conversation of this leg has become a conference; the leg goes on in it.  A device whose dialect takes part by
/// another dialog enters by itself, and its old leg ends when its OpenChat is accepted.
struct LegGrown {
  base::LegId leg;
  base::ShardId edge;
  ConferenceDescriptionPtr description;
};

// ---- between the conference and the organizer's home shard -----------------------------------------------------------

/// A conference has come to be (without CreateConference), is told anew, or is gone.
struct ConferenceListed {
  ConferenceKey key;
  bool gone = false;
};

}  // namespace tertulia::domain
