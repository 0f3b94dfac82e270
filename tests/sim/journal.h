// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "domain/record/conference_record.h"
#include "domain/record/record.h"

namespace tertulia::sim {

/// One request of a client and what it was told.  A challenge that the client answered by itself is not seen here.
struct Question {
  enum class Kind : std::uint8_t {
    sign_in,
    sign_out,
    page,
    session_text,
    typing,
    invite,  ///< to a message session
    call,    ///< INVITE with audio
    hold,    ///< re-INVITE
    refer,   ///< asks the other side to call somebody else
    refer_news,
    bye,
    cancel,
    subscribe,
    unsubscribe,
    publish,
    change,  ///< of contacts, groups or levels, by SERVICE
    // of conferences
    room_text,
    enter,    ///< into a conference, or into a new one
    add,      ///< of somebody to a session or a conference
    command,  ///< of a leader
  };
  Kind kind = Kind::page;
  base::UserId from;
  base::UserId to;
  std::size_t device = 0;
  std::size_t connection = 0;  ///< index in Journal::connections
  std::string call_id;
  std::string from_tag;
  std::string text;  ///< first word of what a MESSAGE says; unique in the world
  int life = 0;      ///< of the server
  base::TimePoint asked;
  std::optional<base::TimePoint> answered;
  int status = 0;                ///< final; 0: none yet
  int finals = 0;                ///< final answers to the last transaction
  std::uint32_t diagnostic = 0;  ///< id of ms-diagnostics; 0: none
  std::string conference = {};   ///< that it is about, as ORGANIZER/ID; of a session's text: that the session became
  int outcome = 0;               ///< of `add` and `command`: what the notification of a REFER has told at last
  base::TimePoint outcome_at = {};
  bool failed = false;  ///< the answer was a success that carried a failure (C3P)

  /// Between two people: what was said while a session became a conference is between all who are there.
  bool is_text() const { return (kind == Kind::page || kind == Kind::session_text) && conference.empty(); }
  bool is_room_text() const { return kind == Kind::room_text || (kind == Kind::session_text && !conference.empty()); }
  bool succeeded() const { return status >= 200 && status < 300 && !failed; }
};

/// A text that reached a device, once for each time it came.
struct Copy {
  std::string text;
  base::UserId user;
  std::size_t device = 0;
  std::size_t connection = 0;
  std::string dialog;           ///< Call-ID of the session; empty for a page
  std::string conference = {};  ///< that the page or the session is of
  std::string speaker = {};     ///< address of who has said it, when it is told
  std::string call_id;
  std::string from_tag;
  base::TimePoint sent;  ///< by the server
  base::TimePoint received;
  std::optional<base::TimePoint> answered;
  int status = 0;
  std::optional<base::TimePoint> answer_arrived;  ///< at the server

  bool taken() const { return status >= 200 && status < 300; }
};

/// A failure that a client was told.
struct Refusal {
  base::TimePoint at;
  std::size_t device = 0;
  std::string what;  ///< method and Call-ID
  int status = 0;
  bool says_why = false;  ///< ms-diagnostics with a reason that is not empty
};

/// A session or a telephone call as one of its two clients sees it.
struct Call {
  std::size_t device = 0;
  std::size_t connection = 0;
  std::string call_id;
  std::string peer;  ///< address
  bool outgoing = false;
  enum class State : std::uint8_t { ringing, open, refused, cancelled, ended } state = State::ringing;
  int status = 0;                             ///< of the INVITE
  std::optional<base::TimePoint> ended = {};  ///< BYE sent or received, or the connection was lost
  bool audio = false;
  std::string replaces = {};     ///< Call-ID of the dialog whose place it was to take (RFC 3891)
  std::string conference = {};   ///< that it is the messages of, as ORGANIZER/ID
  base::TimePoint entered = {};  ///< since when, as the client knows
  std::string may_become = {};   ///< the conference that the other side may have made of it
};

/// A transfer: the device with `call` asks the other side to call somebody else (RFC 3515).
struct Transfer {
  std::size_t call = 0;                     ///< index in Journal::calls, of who asks
  std::optional<std::size_t> carried = {};  ///< the new call, as the one who was asked placed it
  int told = 0;                             ///< final status in the last notification
  std::optional<std::size_t> news = {};     ///< that notification, in Journal::questions
  int heard = 0;                            ///< final status as it came to who asked
};

/// What a subscription is to.
enum class Package : std::uint8_t {
  presence,
  contacts,    ///< presence of the own contact list (RFC 4662)
  list,        ///< presence of a list in the body (RFC 5367)
  winfo,       ///< who watches the presence (RFC 3857)
  dialog,      ///< calls (RFC 4235)
  reg,         ///< devices (RFC 3680)
  conference,  ///< who is in a conference (RFC 4575), in either dialect
  // of the Lync dialect
  categories,        ///< somebody's presence, in a batch of many
  roaming_contacts,  ///< the own contact list
  roaming_self,      ///< what the own devices have published, and the own privacy levels
};

/// A document that a watcher was shown.
struct Sight {
  base::TimePoint at;
  std::vector<std::string> notes;
};

/// A subscription: one dialog, as the watcher sees it.
struct Watch {
  std::size_t device = 0;
  std::size_t connection = 0;
  base::UserId watcher;
  base::UserId target;
  std::string call_id;
  bool lives = false;     ///< accepted, and not ended by anybody
  bool forsaken = false;  ///< a notification was not answered well: the server may have given the watcher up
  std::vector<Sight> sights = {};
  std::string document = {};  ///< the last one
  Package package = Package::presence;
  std::vector<std::string> members = {};  ///< addresses of a list in the body
  /// What the documents of the other packages have told up to now: states by member, watcher, call or device.
  std::map<std::string, std::string> parts = {};
  std::optional<std::uint32_t> version = {};   ///< of the last document
  std::vector<std::string> out_of_order = {};  ///< what was wrong with versions
  std::vector<std::string> forgotten = {};     ///< calls that were shown and never as terminated
  bool gone = false;                           ///< both sides know that it has ended
  std::string conference = {};                 ///< of that package
};

/// Something permanent that was changed in the administrator's name: a note, a contact, a privacy level.
struct Settlement {
  enum class Kind : std::uint8_t { note, contact, level } kind = Kind::note;
  base::UserId user;
  std::string value;
  base::TimePoint asked;
  enum class State : std::uint8_t { asked, acknowledged, refused } state = State::asked;
};

/// Something that a client of the Lync dialect wants others to see: one or more SERVICE requests, until it is settled.
struct PublicationWish {
  std::size_t device = 0;
  std::size_t connection = 0;
  base::TimePoint asked;
  int requests = 0;
  std::vector<base::TimePoint> conflicts = {};  ///< 409: the versions were others
};

/// A message to a client with keys that was not signed as it must be, or a signature of such a client that was refused.
struct BadSignature {
  base::TimePoint at;
  std::size_t device = 0;
  std::string what;
};

/// What a leader asked for, or somebody who wanted to be one.
struct LeaderWish {
  std::size_t question = 0;
  enum class What : std::uint8_t { lock, unlock, promote, demote, put_out, end } what = What::lock;
  base::UserId whom = {};
};

/// A conference as its maker knows it.
struct ConferenceLife {
  base::UserId organizer;
  bool all_lead = true;  ///< whoever enters may do what leaders do
};

struct ConnectionLife {
  base::TimePoint opened;
  base::TimePoint ended = base::TimePoint::never();  ///< closed, lost, or silent from here on
};

/// How the world looked when everything was quiet.
struct Ending {
  bool orderly_stop = false;
  std::optional<base::TimePoint> stop_began;
  std::set<std::string> kept;  ///< texts in the store
  std::vector<domain::SessionRecord> sessions;
  std::vector<domain::ConferenceRow> conference_rows = {};
  std::vector<std::pair<std::string, std::uint64_t>> counts;  ///< of what must be gone, by name
  std::vector<std::pair<std::string, std::uint64_t>> leaks;   ///< the same of what clients have made
  struct Shown {
    std::string seen;                     ///< the watcher's last document
    std::optional<std::string> expected;  ///< what the presence agent would show him; nothing: the user does not exist
    std::map<std::string, std::string> parts = {};  ///< Watch::parts of that moment
  };
  /// Somebody who was watching somebody's presence at that moment, alone or on a list.
  struct Watching {
    base::UserId watcher, target;
    bool sure = true;  ///< false: the server may have given him up, or is doing so
  };
  std::vector<Watching> watching;
  std::map<std::size_t, Shown> shown;            ///< by index in Journal::watches
  std::map<base::UserId, std::size_t> watchers;  ///< how many the presence agent has
  /// Somebody on the roster of a conference, as the server has it.
  struct Member {
    bool leads = false;
    std::size_t dialogs = 0;  ///< devices that are in by one
    std::size_t chats = 0;    ///< of these, in the messages
  };
  std::map<std::string, std::map<base::UserId, Member>> rosters;  ///< by the conference's name
  std::set<base::UserId> on_the_phone;
  std::map<std::pair<base::UserId, Settlement::Kind>, std::string> settled;
};

/// Everything that can be seen from outside of the servers: what clients sent and received and what the store holds.
struct Journal {
  std::vector<Question> questions;
  std::vector<Copy> copies;
  std::vector<Refusal> refusals;
  std::vector<Call> calls;
  std::vector<Transfer> transfers;
  std::vector<Watch> watches;
  std::vector<Settlement> settlements;
  std::vector<PublicationWish> publications;
  std::vector<LeaderWish> leader_wishes;
  std::map<std::string, ConferenceLife> conferences;  ///< by name, ORGANIZER/ID
  std::vector<BadSignature> bad_signatures;
  std::vector<ConnectionLife> connections;
  std::map<std::string, base::TimePoint> kept_at;              ///< when a text became durable
  std::map<base::RecordId, base::TimePoint> conference_begun;  ///< when its first row was given to the store
  std::vector<std::pair<base::TimePoint, base::TimePoint>> immcu_stopped;
  std::vector<base::TimePoint> crashes;
  base::WallTime last_crash{};  ///< on the calendar of that moment
  bool crowded = false;         ///< mailboxes were small for some time
  std::map<base::UserId, std::string> addresses;
  std::map<std::string, base::UserId> names;  ///< display names, all that there ever were; each of one user
  std::set<base::UserId> removed;
  std::set<base::UserId> barred;  ///< removed, or disabled at some time
  base::TimePoint closed;         ///< no answer is waited for after this
  Ending ending;
};

}  // namespace tertulia::sim
