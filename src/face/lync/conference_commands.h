// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "domain/conference/events.h"
#include "face/lync/conference_documents.h"
#include "face/lync/conference_uri.h"
#include "face/simple/context.h"
#include "wire/lync/cccp.h"

namespace tertulia::face::lync {

using simple::Context;
using simple::Pending;
using simple::Request;

/// The word of [MS-CONFBAS] for why something was not done; empty for none.
std::string_view cccp_reason(base::Reason reason);

/// What clients of the dialect want of conferences by C3P: SERVICE to a factory or a focus, and INFO in a dialog with a
/// focus.  Whatever is asked gets a response with `success` or `failure`; what is no C3P is refused.
class ConferenceCommands {
 public:
  ConferenceCommands(Context& context, ConferenceDocuments& documents) : context_(context), documents_(documents) {}

  void on_service(const Request& request);
  /// `conference`: that of the dialog; when the document names another one, nothing is done.
  void on_info(const Request& request, const NamedConference& conference);

  // answers of the domain; false: nobody here waits for this
  bool on(const domain::CreateAnswer& answer, base::Now now);
  bool on(const domain::ConferencesAnswer& answer, base::Now now);
  bool on(const domain::CommandAnswer& answer, base::Now now);
  bool on(const domain::RosterNews& news, base::Now now);

 private:
  struct Waiting {
    Pending pending;
    wire::lync::CccpRequest asked;
    std::optional<NamedConference> conference;
    base::UserId user;
    std::size_t answers_owed = 1;
    base::Reason failure = base::Reason::none;
  };
  using WaitingPtr = std::shared_ptr<Waiting>;
  using Commands = std::vector<domain::conference::Command>;
  class Handler;

  void carry_out(const Request& request, wire::lync::CccpRequest asked, std::optional<NamedConference> conference);
  void create(const Request& request, wire::lync::CccpRequest asked, const wire::lync::cccp::AddConference& add);
  void command(const Request& request, wire::lync::CccpRequest asked, const NamedConference& conference,
               Commands commands);
  void list(const Request& request, wire::lync::CccpRequest asked);
  void look(const Request& request, wire::lync::CccpRequest asked, const NamedConference& conference);

  bool room_for(const Request& request, std::size_t answers);
  void hold(base::Ticket ticket, const WaitingPtr& waiting);
  WaitingPtr take(base::Ticket ticket);
  void release(const Waiting& waiting);
  void succeed(const Pending& pending, const wire::lync::CccpRequest& asked, std::string result, base::Now now);
  /// `why`: instead of the reason's own sentence, when it would mislead here.
  void fail(const Pending& pending, const wire::lync::CccpRequest& asked, base::Reason reason, base::Now now,
            std::string_view why = {});
  void respond(const Pending& pending, const wire::lync::CccpRequest& asked, base::Reason reason, std::string result,
               base::Now now, std::string_view why = {});

  Context& context_;
  ConferenceDocuments& documents_;
  std::unordered_map<base::Ticket, WaitingPtr> waiting_;   // bounded by changes_waiting_per_connection_max
  std::unordered_map<base::WatchId, WaitingPtr> looking_;  // the same
};

}  // namespace tertulia::face::lync
