// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/reason.h"
#include "base/time.h"
#include "domain/endpoint/events.h"
#include "domain/record/record.h"

namespace tertulia::domain {

/// A message of the faces (for SIP: a whole request or response as it was received).  The domain carries it unread: what
/// two telephones agree on is their affair.
using Signal = std::shared_ptr<const std::string>;

// ---- between the caller's edge and the call agent ----------------------------------------------------------------------

/// Somebody calls a user.  Goes to the shard of the pair (conversation_shard).  Answered by CallProgress (any number),
/// then CallAnswered or CallRefused.
struct PlaceCall {
  base::ShardId edge;
  base::CallLegId leg;  ///< given by the edge; names the question too
  base::UserId from;
  std::string from_address;
  std::string from_name;
  base::EndpointId endpoint;  ///< caller's device, 0 when it is not signed in as one
  ClientInfoPtr client;
  base::UserId to;
  std::string to_address;
  std::optional<DeviceName> device = {};  ///< only this device of `to` (RFC 5627); none: all
  std::string call_id;
  std::string content_type;
  std::uint32_t media_types = 0;          ///< bits of SessionRecord: audio 16, video 32
  std::optional<FileTransfer> file = {};  ///< what is offered is a file, no call: nobody is on the phone
  std::string referred_by;                ///< user@domain that transferred, may be empty
  Signal signal;
};
struct CallProgress {
  base::CallId call;
  base::CallLegId leg;     ///< the caller's
  base::CallLegId branch;  ///< the device that rings
  int status = 0;          ///< 101 to 199
  Signal signal;
  base::RecordId record = {};  ///< of this call; the edge keeps it with its leg
};
struct CallAnswered {
  base::CallId call;
  base::CallLegId leg;
  base::CallLegId branch;
  Signal signal;
  base::RecordId record = {};
};
struct CallRefused {
  base::CallId call;  ///< 0 when none came to be
  base::CallLegId leg;
  base::Reason reason = base::Reason::none;
  int status = 0;  ///< of the device that speaks for all (RFC 3261 16.7), 0: the reason's own
  Signal signal;   ///< its answer; null when the server itself refuses
};
/// The caller withdraws before an answer, or his connection died before the edge knew the call's id.  Answered by
/// CallRefused (request_cancelled, 487).  When it crosses with CallAnswered, that one stands: the call then is ended at
/// once by a StopLeg to both sides, and the edge tells its caller 487 if he has not heard of the answer.
struct CancelCall {
  base::ShardId edge;
  base::CallLegId leg;
  base::UserId from;
  base::UserId to;
};

// ---- between the call agent and a callee's edge ------------------------------------------------------------------------

/// Let one device ring.  Answered by RingAnswer: progress any number, then one of the others.
struct RingLeg {
  base::CallId call;
  base::CallLegId leg;  ///< given by the call agent
  base::ShardId agent;
  EndpointRoute route;
  base::UserId to;
  std::string from_address;
  Signal signal;
  base::RecordId record = {};  ///< of this call; the edge keeps it with its leg
};
struct RingAnswer {
  base::CallId call;
  base::CallLegId leg;
  enum class What : std::uint8_t { progress, answered, refused } what = What::refused;
  int status = 0;  ///< 408 silent, 430 connection gone
  Signal signal;
  /// With `answered`: the call of this device whose place the new one has taken (RFC 3891); 0: none.  Only the edge of
  /// the device knows it: the dialog that the caller names is one of the device, wherever the two calls live.
  base::RecordId replaces = {};
};
/// Stop ringing, or end an answered leg (the caller's too) from our side; the edge finds out which.  A late acceptance is ended by the edge.
struct StopLeg {
  base::ShardId edge;
  base::CallLegId leg;
  base::Reason reason = base::Reason::none;
};

// ---- within a call, either side ----------------------------------------------------------------------------------------

/// What a request within a call means for the call.
enum class CallRequestKind : std::uint8_t {
  relayed,       ///< UPDATE, PRACK, REFER, NOTIFY, INFO, OPTIONS, MESSAGE ...
  renegotiates,  ///< re-INVITE: media may change (hold, video)
  acknowledges,  ///< ACK: goes across, is never answered
  ends,          ///< BYE
};
struct CallRequest {
  base::Ticket ticket;  ///< of the edge; 0 with `acknowledges`
  base::ShardId edge;
  base::CallId call;
  base::CallLegId leg;     ///< the sender's
  base::CallLegId branch;  ///< from the caller: the device meant (an early dialog, or the one that answered); else 0
  CallRequestKind kind = CallRequestKind::relayed;
  std::uint32_t media_types = 0;  ///< with `renegotiates`: what is offered; 0: not told
  Signal signal;
  bool cancels_file = false;  ///< takes the transfer of a file back
};
/// The same on the other side.
struct RelayRequest {
  base::Ticket ticket;  ///< of the call agent; 0 with `acknowledges`
  base::ShardId agent;
  base::CallId call;
  base::CallLegId leg;     ///< who gets it
  base::CallLegId branch;  ///< to the caller: the device it comes from
  CallRequestKind kind = CallRequestKind::relayed;
  Signal signal;
};
struct RelayAnswer {
  base::Ticket ticket;
  int status = 0;  ///< 1xx any number, then one final; 408 silent, 430 connection gone: then `signal` is null
  Signal signal;
};
struct CallRequestAnswer {
  base::Ticket ticket;
  base::Reason reason = base::Reason::none;  ///< when the server itself refuses
  int status = 0;
  Signal signal;
};
/// A re-INVITE under way is taken back by its sender (CANCEL).
struct CancelCallRequest {
  base::ShardId edge;
  base::CallId call;
  base::Ticket ticket;  ///< of the edge
};
struct CancelRelay {
  base::ShardId edge;
  base::CallLegId leg;
  base::Ticket ticket;  ///< of the call agent
};
/// The connection of a side has died.  A device that rings and is lost may as well be told by RingAnswer with 430.
struct CallLegLost {
  base::CallId call;
  base::CallLegId leg;
};
/// Both sides have agreed on session timers (RFC 4028): without another of these within the interval the call counts as
/// dead and is ended.  Zero: no timer any more.  Only after the answer; longer than CallSettings::longest is shortened.
struct CallRefreshed {
  base::CallId call;
  base::Duration interval{};
};

// ---- between the call agent and a user's home shard --------------------------------------------------------------------

/// Where does the callee ring, and may the caller disturb him?  `reason` of the answer refuses the call; no routes and no
/// reason: recipient_unavailable.
struct FindCallee {
  base::ShardId agent;
  base::CallId call;
  base::UserId user;
  std::string from_address;
  std::optional<DeviceName> device = {};
};
struct CalleeFound {
  base::CallId call;
  base::Reason reason = base::Reason::none;
  std::vector<EndpointRoute> routes;
};

enum class CallState : std::uint8_t { trying, ringing, up, over };
std::string_view name_of(CallState state);  ///< "trying", "ringing", "up", "over"

/// One call as one of its users has it; told to his home shard at each change, once, the last time with `over`.  The
/// caller's begins with `trying`, the callee's with `ringing` or `up`.  Who calls himself has it twice, once `outgoing`.
struct CallNotice {
  base::UserId user;
  base::CallId call;
  CallState state = CallState::trying;
  bool outgoing = false;      ///< this user has placed it
  base::EndpointId endpoint;  ///< his device, once known
  std::string peer_address;
  std::string peer_name;
  std::string call_id;
};
/// Busy lamps (RFC 4235): all calls of a user, now and at each change.
struct WatchCalls {
  base::ShardId edge;
  base::WatchId watch;
  base::UserId user;
  bool on = true;                    ///< false: ends it
  std::string watcher_address = {};  ///< who asks; blocked people are refused
};
struct CallsNews {
  base::WatchId watch;
  base::Reason reason = base::Reason::none;  ///< the watch has ended: too_many_watchers, user_does_not_exist
  std::vector<CallNotice> calls;
};

}  // namespace tertulia::domain
