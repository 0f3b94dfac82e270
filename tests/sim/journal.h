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
    bye,
    cancel,
    subscribe,
    unsubscribe,
    publish
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

  bool is_text() const { return kind == Kind::page || kind == Kind::session_text; }
  bool succeeded() const { return status >= 200 && status < 300; }
};

/// A text that reached a device, once for each time it came.
struct Copy {
  std::string text;
  base::UserId user;
  std::size_t device = 0;
  std::size_t connection = 0;
  std::string dialog;  ///< Call-ID of the session; empty for a page
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
};

/// A document that a watcher was shown.
struct Sight {
  base::TimePoint at;
  std::vector<std::string> notes;
};

/// A subscription to somebody's presence: one dialog, as the watcher sees it.
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
};

/// Something permanent that was changed in the administrator's name: a note, a contact, a privacy level.
struct Settlement {
  enum class Kind : std::uint8_t { note, contact, level } kind = Kind::note;
  base::UserId user;
  std::string value;
  base::TimePoint asked;
  enum class State : std::uint8_t { asked, acknowledged, refused } state = State::asked;
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
  std::vector<std::pair<std::string, std::uint64_t>> counts;  ///< of what must be gone, by name
  struct Shown {
    std::string seen;                     ///< the watcher's last document
    std::optional<std::string> expected;  ///< what the presence agent would show him; nothing: the user does not exist
  };
  std::map<std::size_t, Shown> shown;  ///< by index in Journal::watches
  std::set<base::UserId> on_the_phone;
  std::map<std::pair<base::UserId, Settlement::Kind>, std::string> settled;
};

/// Everything that can be seen from outside of the servers: what clients sent and received and what the store holds.
struct Journal {
  std::vector<Question> questions;
  std::vector<Copy> copies;
  std::vector<Refusal> refusals;
  std::vector<Call> calls;
  std::vector<Watch> watches;
  std::vector<Settlement> settlements;
  std::vector<ConnectionLife> connections;
  std::map<std::string, base::TimePoint> kept_at;  ///< when a text became durable
  std::vector<std::pair<base::TimePoint, base::TimePoint>> immcu_stopped;
  std::vector<base::TimePoint> crashes;
  base::WallTime last_crash{};  ///< on the calendar of that moment
  bool crowded = false;         ///< mailboxes were small for some time
  std::map<base::UserId, std::string> addresses;
  std::set<base::UserId> removed;
  base::TimePoint closed;  ///< no answer is waited for after this
  Ending ending;
};

}  // namespace tertulia::sim
