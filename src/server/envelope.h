// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/call/events.h"
#include "domain/conference/events.h"
#include "domain/contacts/events.h"
#include "domain/conversation/events.h"
#include "domain/conversation/store.h"
#include "domain/endpoint/events.h"
#include "domain/presence/events.h"
#include "face/simple/ports.h"

namespace tertulia::server {

class Shard;

/// An inbox question whose answer goes to the home shard of the inbox, not to the IMMCU.
struct ToInbox {
  domain::DeliverAnswer answer;
};
/// The same answer for a message in a session.
struct ToMcu {
  domain::DeliverAnswer answer;
};
/// A new conference that its organizer's home has counted, on the way to the shard where it is to live.
struct ToConference {
  domain::CreateConference create;
};
struct DropConnection {
  base::ConnectionId connection;
  base::Reason why = base::Reason::none;
};

/// Answers of the store, posted by its thread.
struct StoreLoaded {
  base::Ticket ticket;
  base::Result<std::vector<domain::KeptMessage>> result;
};
/// Whose change is durable now, or has failed; the ticket is that part's.
enum class StoreUser : std::uint8_t {
  inbox_keep,
  inbox_forget,
  immcu_record,
  call_record,
  presence,
  contacts,
  conference,
};
struct StoreDone {
  StoreUser user;
  base::Ticket ticket;
  base::Result<void> result;
};

/// Work of the administrator's tier on a shard's own thread (queries, reload, stop).
struct Task {
  std::function<void(Shard&, base::Now)> run;
};

/// Everything that travels between shards, or between the parts of one: values only.
using Envelope = std::variant<
    // registrations
    domain::BindRequest, domain::ConnectionGone, domain::SignInFailed, domain::BindAnswer, domain::WatchBindings,
    domain::BindingsNews, DropConnection, face::simple::GuessJudged,
    // conversations
    domain::PostPage, domain::PostSession, domain::PostAnswer, domain::OpenSession, domain::OpenAnswer,
    domain::CancelOpen, domain::CloseLeg, domain::CloseAnswer, domain::DeliverPage, domain::DeliverSession, ToInbox,
    ToMcu, domain::InviteLeg, domain::LegAnswer, domain::EndLeg, domain::InboxDeliver, domain::InboxAnswer,
    domain::FindEndpoints, domain::EndpointsFound, domain::ReachChanged,
    // conferences
    domain::CreateConference, ToConference, domain::CreateAnswer, domain::JoinConference, domain::JoinAnswer,
    domain::LeaveConference, domain::OpenChat, domain::ChatAnswer, domain::AddPerson, domain::AddAnswer,
    domain::Escalate, domain::Succession, domain::ConferenceCommand, domain::CommandAnswer, domain::WatchConference,
    domain::RosterNews, domain::SeatEnded, domain::LegGrown, domain::ConferenceListed, domain::PostToConference,
    domain::ListConferences, domain::ConferencesAnswer,
    // presence and contacts
    domain::PublishPresence, domain::PublishDocument, domain::PublishAnswer, domain::UserActive, domain::WatchPresence,
    domain::UnwatchPresence, domain::PresenceNews, domain::WatchWatchers, domain::WatcherNews, domain::WatchSelf,
    domain::SelfNews, domain::AcknowledgeWatcher, domain::SetLevel, domain::SetLevelAnswer, domain::ChangeContacts,
    domain::ContactsAnswer, domain::WatchContacts, domain::ContactsNews,
    // calls
    domain::PlaceCall, domain::CallProgress, domain::CallAnswered, domain::CallRefused, domain::CancelCall,
    domain::RingLeg, domain::RingAnswer, domain::StopLeg, domain::CallRequest, domain::RelayRequest,
    domain::RelayAnswer, domain::CallRequestAnswer, domain::CancelCallRequest, domain::CancelRelay, domain::CallLegLost,
    domain::CallRefreshed, domain::FindCallee, domain::CalleeFound, domain::CallNotice, domain::WatchCalls,
    domain::CallsNews,
    // store and administrator
    StoreLoaded, StoreDone, Task>;

}  // namespace tertulia::server
