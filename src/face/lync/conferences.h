// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "face/lync/conference_commands.h"
#include "face/lync/conference_documents.h"
#include "face/lync/conference_invites.h"
#include "face/lync/focus_dialogs.h"
#include "face/lync/notices.h"
#include "face/simple/sessions.h"

namespace tertulia::face::lync {

/// Conferences as clients of the dialect know them ([MS-CONFBAS], [MS-CONFIM]): a factory and a focus that are asked by
/// C3P, a dialog with the focus, a subscription, a dialog with the unit for messages, and invitations.
class Conferences {
 public:
  /// join_pages: as in LyncSettings.
  Conferences(Context& context, Notices& notices, simple::Sessions& sessions, const std::string& join_pages);

  void on_service(const Request& request) { commands_.on_service(request); }
  /// An INVITE outside of a dialog; false: it is for the standard handlers.
  bool on_invite(const Request& request);
  bool in_dialog(const Request& request);
  /// A SUBSCRIBE outside of a dialog; false: it begins a subscription like any other.
  bool on_subscribe(const Request& request);
  bool on_cancel(protocol::transaction::ServerId invite, base::Now now);
  bool on_response(protocol::transaction::ClientId id, const wire::sip::Message& message, base::Now now);
  bool on_ended(const protocol::transaction::Ended& ended, base::Now now);

  // from the domain; false: not for us
  bool on(const domain::CreateAnswer& answer, base::Now now) { return commands_.on(answer, now); }
  bool on(const domain::ConferencesAnswer& answer, base::Now now) { return commands_.on(answer, now); }
  bool on(const domain::JoinAnswer& answer, base::Now now) { return focuses_.on(answer, now); }
  bool on(const domain::AddAnswer& answer, base::Now now) { return invites_.on(answer, now); }
  bool on(const domain::CommandAnswer& answer, base::Now now);
  bool on(const domain::RosterNews& news, base::Now now);
  bool on(const domain::SeatEnded& ended, base::Now now) { return focuses_.on(ended, now); }
  bool on(const domain::LegGrown& grown, base::Now now) { return invites_.on(grown, now); }
  bool on(const domain::InviteLeg& invite, base::Now now) { return invites_.on(invite, now); }
  bool on(const domain::EndLeg& end, base::Now now) { return invites_.on(end, now); }

  void on_connection_closed(base::ConnectionId connection);
  void stop(base::Now now);
  std::size_t documents_written() const { return documents_.written(); }

 private:
  void enter_chat(const Request& request, const NamedConference& conference);

  Context& context_;
  Notices& notices_;
  simple::Sessions& sessions_;
  ConferenceDocuments documents_;
  ConferenceCommands commands_;
  FocusDialogs focuses_;
  ConferenceInvites invites_;
};

}  // namespace tertulia::face::lync
