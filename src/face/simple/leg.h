// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "domain/conference/events.h"
#include "domain/conference/facts.h"
#include "face/simple/context.h"
#include "face/simple/listed_people.h"
#include "protocol/dialog/dialog.h"

namespace tertulia::face::simple {

/// Life of a dialog as the face sees it.  An INVITE of the client goes asked - open, one of ours calling - open.
///
///   asked ---CANCEL, loss---> withdrawn        calling ---EndLeg---> cancelled
///     | OpenAnswer accepted       | OpenAnswer    | 2xx                 | 2xx: ACK, BYE
///     v                           v               v                     v
///   open ---BYE of the client---> closing ---CloseAnswer---> (gone)   leaving ---answer---> (gone)
///     `-----EndLeg, no ACK, 481---------------------------------------> leaving
enum class LegState : std::uint8_t {
  asked,      ///< the client's INVITE lies with the IMMCU
  withdrawn,  ///< it was taken back; the IMMCU's answer is still to come
  calling,    ///< our INVITE is under way
  cancelled,  ///< it was taken back; a late acceptance is possible
  open,       ///< the dialog stands
  closing,    ///< the client has said BYE, answered when the IMMCU has let go
  leaving,    ///< we hang up: our BYE is under way, or waits for the ACK
};

/// How a dialog of a client enters a conference.
struct ConferenceEntry {
  domain::ConferenceKey key;
  /// 0: the dialog is the device's seat, by which it is in and takes part in the messages (JoinConference with `chat`);
  /// else the seat that the device has already, for the messages of which the dialog is (OpenChat).
  base::LegId seat;
  std::string entity;   ///< how the client names its device; may be empty
  std::string contact;  ///< value of our Contact in the dialog, with isfocus
  /// The conference is made first (RFC 4579 5.4), with this subject; of a seat only.
  bool create = false;
  std::string subject = {};
  std::vector<ListedPerson> people = {};  ///< to be added as soon as the device is in (RFC 5366)
};

/// A message on its way to the client.
struct Flight {
  protocol::transaction::ClientId request;
  base::Ticket ticket;
  base::ShardId asker;  ///< shard of the IMMCU or, in a carrier, of the inbox
  bool typing = false;
};

/// What makes a dialog a carrier: it was opened for single messages to a device that takes them in sessions alone.  The
/// IMMCU knows nothing of the dialog; what the device says in it are single messages too.
struct Carrier {
  std::vector<domain::DeliverPage> waiting;  ///< until the device accepts; bounded by deliveries_per_session_max
  bool proven = false;                       ///< the device has taken a message in the dialog
};

/// One dialog of an endpoint with the IMMCU.
struct Leg {
  base::LegId id;
  LegState state = LegState::asked;
  base::UserId user;  ///< whose dialog it is; nobody else may use it
  base::ConnectionId connection;
  base::ConversationId conversation;
  std::string call_id;
  std::string local_tag;
  std::string contact;                             ///< value of our Contact; empty: the server's own
  std::optional<protocol::dialog::Dialog> dialog;  ///< absent until our INVITE is accepted
  std::optional<base::TimePoint> deadline;         ///< set by LegTable only
  base::UserId peer;                               ///< who else is in it at its beginning; 0 in a conference
  std::unique_ptr<Carrier> carrier = {};           ///< null: a session of the IMMCU

  // begun by the client
  std::optional<Pending> invite;  ///< until it is answered
  base::Ticket open_ticket;
  std::optional<ConferenceEntry> entry = {};          ///< the INVITE is for a conference
  std::unique_ptr<domain::JoinConference> join = {};  ///< what is asked when the conference has been made
  std::string answer;                                 ///< session description of our 2xx
  bool ringing = false;                               ///< was told already (both directions)
  bool ack_awaited = false;
  bool yielded = false;         ///< another invitation has taken its place, and the IMMCU knows nothing of the leg
  base::LegId instead;          ///< of that invitation
  std::string former_tag = {};  ///< the client's in this dialog before it took over that of its own INVITE; empty: none
  bool forsaken = false;        ///< the client has taken it back by a BYE without tag: it must not be answered

  // begun by us
  protocol::transaction::ClientId call;
  base::ShardId mcu;
  std::vector<Pending> early;  ///< requests of the client that came before its acceptance

  // while it stands
  std::optional<domain::ConferenceKey> conference = {};  ///< the conversation is a conference
  bool takes_cpim = false;                               ///< the client reads message/cpim (its accept-types)
  bool grown = false;                            ///< the client is to be told that it is in a conference, after its ACK
  bool refreshing = false;                       ///< our re-INVITE is under way
  protocol::transaction::ClientId refresh = {};  ///< the re-INVITE
  bool referred = false;                         ///< a REFER has come in the dialog (RFC 3515 2.4.6)
  std::vector<Flight> flights;                   ///< in the order they left
  std::size_t posts = 0;                         ///< messages of the client with the IMMCU

  // at its end
  std::optional<Pending> bye;  ///< of the client, until it is answered
  base::Ticket close_ticket;   ///< 0 until the IMMCU was told
  bool settled = false;        ///< nothing is under way to the client any more
  int close_tries = 0;
  protocol::transaction::ClientId our_bye;
  base::Reason why = base::Reason::none;
};

}  // namespace tertulia::face::simple
