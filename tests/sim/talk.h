// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tertulia::sim {

/// A device of a person: `Bob` is his first, `Bob/2` his second.
struct Speaker {
  std::string person;  ///< lower case
  int device = 1;
  friend auto operator<=>(const Speaker&, const Speaker&) = default;
};

enum class Verb : std::uint8_t {
  people,          // People Alice Bob
  takes_sessions,  // Bob takes sessions
  sessions_alone,  // Bob takes sessions alone
  sign_in,         // Bob signs in
  sign_in_wrong,   // Bob signs in with a wrong password
  sign_out,        // Bob signs out
  page,            // Alice pages Bob "hello"
  page_bytes,      // Alice pages Bob 200000 bytes
  invite,          // Alice invites Bob
  cancel,          // Alice cancels
  say,             // Alice says "hello"
  bye,             // Alice says bye
  told,            // Alice is told 486 about the call
  receive,         // Bob receives "hello" from Alice            [in the session]
  nothing_more,    // Bob receives nothing more
  sees_call,       // Bob sees the call ringing|open|refused|cancelled|ended
  texts_manner,    // Bob answers texts with 480; ... late by 5 s; ... no texts; ... by leaving; ... texts well
  calls_manner,    // the same with calls
  hang_up,         // Bob hangs up
  lose,            // Bob breaks
  vanish,          // Bob vanishes
  block,           // Bob blocks Alice
  forbid_keeping,  // Bob keeps no messages
  immcu_stops,     // Immcu stops
  immcu_starts,    // Immcu starts
  server_dies,     // Server dies
  server_starts,   // Server starts
  wait,            // Wait 40 s
  record,          // Record of Alice and Bob says 2 and 1
  call,            // Alice calls Bob
  watch,           // Alice watches Bob
  unwatch,         // Alice watches Bob no more
  publish,         // Bob publishes busy; ... nothing; ... the note "at lunch"; ... away for 60 s
  unpublish,       // Bob takes back what he publishes
  sees_state,      // Alice sees Bob away
  sees_note,       // Alice sees the note "at lunch" of Bob
  state,           // State of Bob is do-not-disturb
  level,           // Level of Alice with Bob is workgroup
  transfer,        // Alice transfers Bob to Carol: the other side of her call shall call Carol instead
  connect,         // Alice connects Bob with Carol: the other sides of two calls of hers, with each other
  hold,            // Alice holds the call
  resume,          // Alice takes the call up again
  replaced,        // Call of Bob and Carol replaces that of Alice and Carol
  // of clients of the Lync family
  speak_lync,      // Bob speaks Lync
  new_keys,        // Bob makes new keys: a new handshake
  keys_made,       // Bob has made keys 2 times
  add_contact,     // Bob adds Alice to the contacts
  remove_contact,  // Bob removes Alice from the contacts
  has_contact,     // Bob has Alice among the contacts
  lacks_contact,   // Bob has Alice no more among the contacts
  own_level,       // Bob puts Alice on level blocked: what the level verb does, by himself
  forget,          // Bob forgets the versions: his next publication names wrong ones
  conflicts,       // Bob has had 1 conflicts: since he forgot the versions
  // of conferences; "the conference" is the last one
  make_conference,   // Alice makes a conference
  take_along,        // Alice takes Bob to a conference: their chat goes on there (Lync)
  add,               // Alice adds Carol: to her session, which becomes a conference, or to the conference
  enter,             // Bob enters the conference
  tell,              // Bob tells the conference "hello": by a single message
  leave,             // Bob leaves the conference
  put_out,           // Alice puts Bob out
  make_leader,       // Alice makes Bob leader (Lync)
  lock,              // Alice locks the conference (Lync)
  unlock,            // Alice unlocks the conference (Lync)
  end_conference,    // Alice ends the conference (Lync)
  watch_conference,  // Alice watches the conference; a client of the Lync family does by itself
  sees_people,       // Alice sees in the conference Alice Bob
  sees_role,         // Alice sees Bob as leader|member
  told_addition,     // Alice is told 403 about the addition: or about putting somebody out
  receive_room,      // Bob receives "hello" from Alice in the conference
  admin_makes,       // Administrator makes a conference of Alice for 2 people
  admin_locks,       // Administrator locks the conference
  admin_unlocks,     // Administrator unlocks the conference
  admin_ends,        // Administrator ends the conference
  room_record,       // Record of the conference names Alice Bob
};

enum class AnswerManner : std::uint8_t { well, status, late, never, leaving };

/// One line of a talk.
struct TalkStep {
  int line = 0;
  Verb verb = Verb::wait;
  Speaker who;
  std::string other;  ///< person, lower case
  std::string text;
  std::string word;          ///< one of a few that the verb knows
  std::uint64_t number = 0;  ///< seconds, bytes or status, by the verb
  std::uint64_t other_number = 0;
  AnswerManner manner = AnswerManner::well;
  std::optional<int> wanted;        ///< gets N: the answer is waited for
  std::vector<std::string> people;  ///< of `people`; of `replaced` the third and the fourth
  bool in_session = false;
};

struct Talk {
  std::string file;
  std::vector<TalkStep> steps;
};

/// Reads a talk.  Strict: what it does not know is an error whose detail is `file:line: why`.
base::Result<Talk> parse_talk(std::string file, std::string_view text);

/// Somebody who can carry out a talk: the simulator, or real connections to a live server.
class TalkStage {
 public:
  virtual ~TalkStage() = default;
  virtual void add_person(const std::string& name) = 0;
  /// Starts what the step says and does not wait for its answer.  An empty result: done; else why it cannot be done
  /// here.
  virtual std::string act(const TalkStep& step) = 0;
  /// Final status of the last request of this kind (told: of the last invitation), waited for; 0: none came.
  virtual int await_answer(const Speaker& who, bool of_call) = 0;
  /// The next text that this device received and that was not asked for yet must be this one.  Empty: it is.
  virtual std::string await_text(const TalkStep& step) = 0;
  /// Empty: no text came that was not asked for.
  virtual std::string nothing_more(const Speaker& who) = 0;
  virtual std::string await_call(const TalkStep& step) = 0;
  virtual std::string await_record(const TalkStep& step) = 0;
  virtual std::string await_replaced(const TalkStep& step) = 0;
  /// What this device was shown last of the other person.
  virtual std::string await_presence(const TalkStep& step) = 0;
  /// What only a client of the Lync family knows.
  virtual std::string await_lync(const TalkStep& step) = 0;
  /// What is seen or heard of a conference.
  virtual std::string await_conference(const TalkStep& step) = 0;
};

/// Plays until the end or the first surprise: `file:line: what`.  Nothing: all went as written.
std::optional<std::string> play(const Talk& talk, TalkStage& stage);

}  // namespace tertulia::sim
