// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "domain/conference/events.h"
#include "face/lync/conference_commands.h"
#include "face/lync/conference_uri.h"
#include "face/lync/notices.h"
#include "protocol/dialog/dialog.h"

namespace tertulia::face::lync {

/// One device of a client in one conference: its dialog with the focus is its seat.
struct FocusDialog {
  enum class State : std::uint8_t {
    asked,      ///< the INVITE lies with the conference; in its lobby, too
    withdrawn,  ///< it was taken back, the conference's answer is still to come
    in,
  } state = State::asked;
  base::LegId seat;
  base::ConnectionId connection;
  base::UserId user;
  NamedConference conference;
  base::Ticket ticket;
  protocol::dialog::Dialog dialog;
  std::optional<Pending> invite;
  wire::lync::CccpRequest asked;
  base::ConversationId conversation = {};  ///< of the messages, when in
};

/// The dialogs of clients with conferences as such ([MS-CONFBAS] 3.2): they are entered by INVITE with addUser, commanded by
/// INFO and left by BYE; a dialog ends with its connection.  COMPAT(pidgin-sipe 1.25): it never refreshes, and a re-INVITE
/// of ours would make it leave, so that no session timer is agreed on.
class FocusDialogs {
 public:
  FocusDialogs(Context& context, Notices& notices, ConferenceCommands& commands)
      : context_(context), notices_(notices), commands_(commands) {}

  void on_invite(const Request& request, const NamedConference& conference);
  bool in_dialog(const Request& request);  ///< false: no such dialog
  bool on_cancel(protocol::transaction::ServerId invite, base::Now now);
  bool on_response(protocol::transaction::ClientId id);  ///< false: not one of ours

  bool on(const domain::JoinAnswer& answer, base::Now now);  ///< false: the ticket is not ours
  bool on(const domain::CommandAnswer& answer, base::Now now);
  bool on(const domain::SeatEnded& ended, base::Now now);

  void on_connection_closed(base::ConnectionId connection);
  void stop(base::Now now);
  /// The device on this connection that is in; null: there is none.  Good until the next event.
  const FocusDialog* find(base::ConnectionId connection, base::UserId user, const domain::ConferenceKey& key) const;
  std::size_t size() const { return dialogs_.size(); }

 private:
  void accept(FocusDialog& dialog, const domain::JoinAnswer& answer, base::Now now);
  void withdraw(FocusDialog& dialog, base::Now now);
  void on_bye(FocusDialog& dialog, const Request& request);
  void leave(const FocusDialog& dialog, base::Ticket ticket);
  void end_feeds(const FocusDialog& dialog, base::Now now);
  void note(std::string_view what, const FocusDialog& dialog);  ///< a line in the log
  void erase(base::LegId seat);
  FocusDialog* asking(base::Ticket ticket);

  Context& context_;
  Notices& notices_;
  ConferenceCommands& commands_;
  std::unordered_map<base::LegId, FocusDialog> dialogs_;
  std::unordered_map<std::string, base::LegId> by_tag_;  // ours
  std::unordered_map<base::ConnectionId, std::set<base::LegId>> by_connection_;
  std::unordered_map<base::Ticket, base::LegId> by_ticket_;  // of INVITEs
  std::unordered_map<base::Ticket, Pending> goodbyes_;       // BYEs that wait for the conference
  std::set<protocol::transaction::ClientId> byes_;           // ours, under way
};

}  // namespace tertulia::face::lync
