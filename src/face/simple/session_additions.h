// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "face/simple/refer.h"
#include "face/simple/session_core.h"

namespace tertulia::face::simple {

/// People who are added to conversations and put out of conferences: by REFER (RFC 3515; 4579 5.5, 5.11), in a session or
/// to the address of a conference, and by the list of an INVITE (RFC 5366) or REFER (RFC 5368).  The conversation grows
/// where it is.
///
///   REFER -> 202, NOTIFY 100 -> AddPerson or Eject -> its answer -> NOTIFY with the outcome, terminated
///   a list -> AddPerson or Eject for some at a time -> an answer -> the next; nobody is told: the roster shows who came
class Additions {
 public:
  explicit Additions(SessionCore& core) : core_(core), context_(core.context) {}

  void on_refer(const Request& request, Leg& leg);  ///< in the dialog of an open leg
  /// Outside of a dialog, to a conference.  Whether the sender is in it, with a leg, by single messages or on another
  /// device, the conference knows: who is not learns it from the NOTIFY.
  void on_refer(const Request& request);
  /// The leg has entered its conference: whom its INVITE lists is added.
  void add_listed(Leg& leg);
  bool on(const domain::AddAnswer& answer, base::Now now);      ///< false: the ticket is not ours
  bool on(const domain::CommandAnswer& answer, base::Now now);  ///< false: the ticket is not ours
  void on_connection_closed(base::ConnectionId connection);

 private:
  /// A REFER whose outcome is not known.
  struct Referral {
    base::ConnectionId connection;
    base::LegId leg;                                      ///< in whose dialog it came; else in this one:
    std::optional<protocol::dialog::Dialog> dialog = {};  ///< of its own
    std::string event = {};
    std::string contact = {};
    bool silent = false;
  };
  /// What somebody is added to or put out of, and who wants it.
  struct Place {
    base::UserId by;
    base::ConversationId conversation;
    std::optional<domain::ConferenceKey> conference;
  };
  /// The people of a list who are still to be asked for.
  struct Listing {
    base::ConnectionId connection;
    Place place;
    std::string subject;
    std::vector<ListedPerson> people;  ///< the next is the last
  };
  static Place place_of(const Leg& leg) { return {leg.user, leg.conversation, leg.conference}; }
  void carry_out(const Request& request, const Refer& refer, const Place& place, Referral&& referral);
  void accept(const Request& request, const Referral& referral, std::string_view to_tag);
  void notify(Referral& referral, int status, base::Reason reason, bool last, base::Now now);
  void conclude(base::Ticket ticket, int status, base::Reason reason, base::Now now);
  void ask(base::Ticket ticket, const Place& place, const ListedPerson& person, const std::string& subject);
  void begin(Listing listing);
  void ask_next(const std::shared_ptr<Listing>& listing);
  bool on_listed(base::Ticket ticket);

  SessionCore& core_;
  Context& context_;
  std::unordered_map<base::Ticket, Referral> referrals_;               ///< bounded by referrals_max
  std::unordered_map<base::Ticket, std::shared_ptr<Listing>> listed_;  ///< bounded by listed_max and the legs
};

}  // namespace tertulia::face::simple
