// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "domain/conference/events.h"
#include "domain/conversation/events.h"
#include "face/lync/conference_uri.h"
#include "face/lync/focus_dialogs.h"
#include "face/simple/sessions.h"

namespace tertulia::face::lync {

/// Invitations into conferences, which such clients write as INVITEs with a `Conferencing` document ([MS-CONFBAS] 3.4; no
/// dialog comes of them: after the ACK both sides forget it).
///
/// Of a client to a user: the conference adds him.  When the two talk alone, their conversation goes on in it first.  The
/// INVITE is answered when he has come or will come.
/// To a device of a client: from the conference, or because the conversation of its dialog has become one.
class ConferenceInvites {
 public:
  ConferenceInvites(Context& context, const FocusDialogs& dialogs, const simple::Sessions& sessions)
      : context_(context), dialogs_(dialogs), sessions_(sessions) {}

  void on_invite(const Request& request);
  bool on_cancel(protocol::transaction::ServerId invite, base::Now now);
  bool on(const domain::CommandAnswer& answer, base::Now now);  ///< of Escalate; false: the ticket is not ours
  bool on(const domain::AddAnswer& answer, base::Now now);

  bool on(const domain::InviteLeg& invite, base::Now now);  ///< false: not into a conference, or no device of ours
  bool on(const domain::LegGrown& grown, base::Now now);
  bool on(const domain::EndLeg& end, base::Now now);
  bool on_response(protocol::transaction::ClientId id, const wire::sip::Message& message, base::Now now);
  bool on_ended(const protocol::transaction::Ended& ended, base::Now now);

  void on_connection_closed(base::ConnectionId connection);
  void stop(base::Now now);
  std::size_t size() const { return asked_.size() + calls_.size(); }

 private:
  /// INVITE of a client that waits for the domain.
  struct Asked {
    std::optional<Pending> pending;  ///< until it is answered
    base::ConnectionId connection;
    bool escalating = false;
    domain::AddPerson add;
  };
  /// INVITE of ours under way.
  struct Call {
    base::ConnectionId connection;
    base::LegId leg;  ///< 0: the conversation of a dialog has grown, nobody waits for the answer
    base::ShardId mcu;
    base::ConversationId conversation;
    std::string uri, from, call_id;
    bool ringing = false;
    bool withdrawn = false;
  };
  struct Guest {
    std::string uri;      ///< Request-URI
    std::string address;  ///< user@domain
    std::string from;     ///< user@domain who invites
    std::string subject;
    std::string first_text = {};  ///< base64, as the inviter's client wrote it
  };

  bool room_on(base::ConnectionId connection) const { return count_of(connection) < invitations_max(); }
  static std::size_t invitations_max();
  std::size_t count_of(base::ConnectionId connection) const;
  void add(Asked asked);
  std::optional<protocol::transaction::ClientId> call(const Connection& connection, const Guest& guest,
                                                      const domain::ConferenceDescription& conference, Call call,
                                                      base::Now now);
  void answer(const Call& call, domain::LegAnswer::What what, int status);
  void acknowledge(const Call& call, const wire::sip::Message& response);
  std::optional<Call> take(protocol::transaction::ClientId id);

  Context& context_;
  const FocusDialogs& dialogs_;
  const simple::Sessions& sessions_;
  std::unordered_map<base::Ticket, Asked> asked_;
  std::unordered_map<protocol::transaction::ClientId, Call> calls_;
  std::unordered_map<base::LegId, protocol::transaction::ClientId> by_leg_;
  std::unordered_map<base::ConnectionId, std::size_t> counts_;
};

}  // namespace tertulia::face::lync
