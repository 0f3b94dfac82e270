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
#include "domain/conversation/events.h"
#include "domain/conversation/store.h"
#include "domain/endpoint/events.h"
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
struct DropConnection {
  base::ConnectionId connection;
  base::Reason why = base::Reason::none;
};
/// Answers of the store, posted by its thread.
struct StoreKept {
  base::Ticket ticket;
  base::Result<void> result;
};
struct StoreLoaded {
  base::Ticket ticket;
  base::Result<std::vector<domain::KeptMessage>> result;
};
struct StoreForgotten {
  base::Ticket ticket;
  base::Result<void> result;
};
struct StoreRecorded {
  base::Ticket ticket;
  base::Result<void> result;
};
/// Work of the administrator's tier on a shard's own thread (queries, reload, stop).
struct Task {
  std::function<void(Shard&, base::Now)> run;
};

/// Everything that travels between shards, or between the parts of one: values only.
using Envelope =
    std::variant<domain::BindRequest, domain::ConnectionGone, domain::SignInFailed, domain::BindAnswer,
                 domain::PostPage, domain::PostSession, domain::PostAnswer, domain::OpenSession, domain::OpenAnswer,
                 domain::CancelOpen, domain::CloseLeg, domain::CloseAnswer, domain::DeliverPage, domain::DeliverSession,
                 ToInbox, ToMcu, domain::InviteLeg, domain::LegAnswer, domain::EndLeg, domain::InboxDeliver,
                 domain::InboxAnswer, domain::FindEndpoints, domain::EndpointsFound, DropConnection, StoreKept,
                 StoreLoaded, StoreForgotten, StoreRecorded, face::simple::GuessJudged, Task>;

}  // namespace tertulia::server
