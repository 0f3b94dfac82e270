// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "face/simple/context.h"
#include "face/simple/leg_table.h"

namespace tertulia::face::simple {

/// Methods that a dialog of ours understands, for Allow.
inline constexpr std::string_view session_methods = "INVITE, ACK, CANCEL, BYE, MESSAGE, INFO, OPTIONS, UPDATE, REFER";
/// Those in a carrier: single messages have no session to invite into.
inline constexpr std::string_view carrier_methods = "INVITE, ACK, CANCEL, BYE, MESSAGE, INFO, OPTIONS, UPDATE";
inline std::string_view methods_of(const Leg& leg) { return leg.carrier ? carrier_methods : session_methods; }

/// What both sides and the requests within a dialog share: the legs, our requests under way, and the ways a leg ends.
class SessionCore {
 public:
  explicit SessionCore(Context& context_in) : context(context_in) {}

  /// A request of ours under way.
  struct OwnRequest {
    enum class Kind : std::uint8_t {
      invite,
      message,
      bye,
      refresh,   ///< re-INVITE that tells of a conference
      farewell,  ///< BYE to a dialog that was never a leg (second acceptance of a forked INVITE)
      notice,    ///< NOTIFY of what became of a REFER; the answer changes nothing
    } kind = Kind::farewell;
    base::LegId leg;
  };

  Context& context;
  LegTable legs;
  std::unordered_map<protocol::transaction::ClientId, OwnRequest> own;
  bool stopping = false;

  base::TimePoint after(base::Now now, int t1_count) const { return now.mono + context.settings.timers.t1 * t1_count; }

  /// Headers of every request and 2xx of ours that makes or keeps a dialog: Contact, Allow, Supported.
  void describe(wire::sip::Writer& writer, const Leg& leg) const;
  void describe(wire::sip::Writer& writer, base::ConnectionId connection, std::string_view contact,
                std::string_view methods = session_methods) const;
  /// Our 2xx with these headers and the request's Record-Route (RFC 3261 12.1.1).
  void accept(const Pending& pending, const Leg& leg, std::string_view description, base::Now now);
  /// 200 without a body.
  void ok(const Request& request);
  /// Judges the offer of an INVITE or UPDATE; refuses the request when there is no answer to it (406, 415, 488).
  /// An INVITE without body gets an offer of ours.  `lists`: a list of people may stand beside the offer (RFC 5366).
  struct Answer {
    std::string description;
    bool takes_cpim = false;
  };
  std::optional<Answer> answer_for(const Request& request, bool lists = false);

  /// Sends a request of ours in the leg's dialog.  Nothing when the connection is gone or full.
  std::optional<protocol::transaction::ClientId> send(Leg& leg, wire::sip::Method method, OwnRequest::Kind kind,
                                                      base::Now now,
                                                      const std::function<void(wire::sip::Writer&)>& more = {},
                                                      std::string_view content_type = {}, std::string_view body = {});
  void acknowledge(const Leg& leg);
  /// The conversation of the leg has become this conference.  The client is told by a re-INVITE that changes nothing but
  /// our Contact, which has isfocus now (RFC 4579); one that refuses it goes on as before.
  void grow(Leg& leg, const domain::ConferenceDescription& conference, base::Now now);
  void tell_grown(Leg& leg, base::Now now);

  /// Our BYE, at once or (RFC 3261 15) when the ACK is there.  The IMMCU knows already.
  void hang_up(Leg& leg, base::Reason why, base::Now now);
  void send_bye(Leg& leg, base::Now now);
  /// The leg is useless: in-flight messages are gone, the IMMCU is told, the client gets a BYE.
  void break_off(Leg& leg, base::Reason why, base::Now now);
  /// Tells who asked for the delivery what became of it.
  void answer(const Leg& leg, const Flight& flight, domain::DeliverAnswer::What what, int status);
  /// In-flight messages will not be answered any more.
  void settle_flights(Leg& leg);
  /// settle_flights, then CloseLeg without wish for an answer.
  void tell_closed(Leg& leg);
  /// What became of our INVITE.  A carrier answers for the messages that wait for it instead.
  void answer_mcu(Leg& leg, domain::LegAnswer::What what, int status);
  void answer_waiting(Leg& leg, domain::DeliverAnswer::What what, int status);
  /// The dialog stands: counted, and a line of level debug; erase() writes the other one.
  void note_begun(const Leg& leg);
  /// Forgets the leg; what is still held is refused.
  void erase(Leg& leg, base::Now now);
};

inline constexpr std::string_view session_description_type = "application/sdp";

/// Subject of a request; empty when there is none or it is too long (subject_octets_max).
std::string subject_of(const wire::sip::Message& message);

/// The client's own name of a conversation, from which its other windows and the administrator tell what belongs together.
inline constexpr std::string_view conversation_name_header = "Ms-Conversation-ID";
/// Its value; empty when there is none, when it is too long (conversation_name_octets_max) or not visible ASCII alone.
std::string conversation_name_of(const wire::sip::Message& message);

/// `SIP;cause=...;text="..."` (RFC 3326); empty for none.
std::string reason_header(base::Reason why);

}  // namespace tertulia::face::simple
