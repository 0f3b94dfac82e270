// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/reason.h"
#include "base/time.h"
#include "face/simple/context.h"

namespace tertulia::face::simple {

/// Life of one side of a call as the face sees it.  The caller's goes placing - up, a device's ringing - up.
///
///   placing ---CANCEL, loss---> withdrawn      ringing ---StopLeg---> stopped
///     | CallAnswered                | either answer  | 2xx               | 2xx: ACK, BYE
///     v                             v                v                   v
///    up ---BYE relayed, loss---> (gone)             up ---StopLeg---> leaving ---answer---> (gone)
enum class CallLegState : std::uint8_t {
  placing,    ///< the client's INVITE lies with the call agent
  withdrawn,  ///< it was taken back; the agent's answer is still to come
  ringing,    ///< the INVITE is under way to the client
  stopped,    ///< it was taken back; a late acceptance is possible
  up,         ///< answered
  leaving,    ///< we hang up: our BYE is under way, or waits for the ACK
};

/// The other end of a dialog as this client knows it.  A caller may have several early ones.
struct CallPeer {
  base::CallLegId branch;  ///< the device; 0 when the other end is the caller
  std::string tag;
  std::string party;                ///< value of From or To with its tag
  std::vector<std::string> routes;  ///< proxies beyond us, which requests of the client may name
};

/// One telephone's side of a call.  Both sides have the same dialog: Call-ID and tags are those of the telephones.
struct CallLeg {
  base::CallLegId id;
  CallLegState state = CallLegState::placing;
  bool caller = false;
  base::UserId user;       ///< whose side it is; nobody else may use it
  base::UserId peer_user;  ///< the caller's side only
  base::ConnectionId connection;
  base::CallId call;        ///< 0 until the agent has told it
  base::RecordId record;    ///< of the call; 0 until the agent has told it
  base::RecordId replaces;  ///< a device's side only: the call whose place this one takes when it is answered
  base::ShardId agent;      ///< a device's side only

  // the dialog
  std::string call_id;
  std::vector<std::string> own_tags;  ///< changed by CallTable only; one, but for a device that forks while it rings
  std::string own_party;
  std::vector<CallPeer> peers;
  std::string target;               ///< URI where the client itself is reached
  std::vector<std::string> routes;  ///< proxies between us and the client, in order
  std::uint32_t peer_cseq = 0;      ///< highest number that the client has seen from the other side

  std::optional<Pending> invite;                     ///< of the caller, until it is answered
  std::optional<base::TimePoint> deadline;           ///< set by CallTable only
  bool ack_awaited = false;                          ///< the client has got a 2xx of an INVITE
  std::optional<std::uint32_t> ack_owed;             ///< the client has sent a 2xx of the INVITE with this number
  std::vector<base::Ticket> asked;                   ///< requests of the client with the agent
  std::vector<protocol::transaction::ClientId> own;  ///< our requests to the client
  std::size_t relayed = 0;                           ///< those of `own` that the agent waits for
  bool closing = false;                              ///< a BYE is on its way, either direction
  base::Reason why = base::Reason::none;             ///< for our CANCEL or BYE
};

}  // namespace tertulia::face::simple
