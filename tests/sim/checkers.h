// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "journal.h"

namespace tertulia::sim {

struct Violation {
  std::string_view checker;
  std::string what;
};
using Findings = std::vector<Violation>;

/// After a 200 the text was taken (answered 2xx) by an endpoint of the recipient.  After a 202 it was taken later, or
/// an endpoint refused it for what it is (400, 413, 415, 488, 6xx: the same device would refuse the same text again), or
/// it is in the store at the end.  Over crashes and restarts.  Architecture, invariant 3.
void acknowledged_means_kept(const Journal& journal, Findings& findings);

/// Each device sees what one person says in the order in which it was said: whenever the sender waited for a success
/// before he went on, and when he sent without waiting over one connection.  The rule holds inside of each kind on both
/// sides: two pages that arrive as pages, two texts of one session that arrive in one session, and so on.  Between
/// kinds there is none: a page goes by the recipient's inbox and a session's text by the edge of its leg, two ways
/// through the server that may overtake each other.  So may pages that were sent without waiting to somebody with whom
/// there is a session: each is carried by the newest session of that moment, and when two of these break, both texts go
/// on by the inbox, the one of the session that broke first before the other.  Without a session, and always for who
/// waited, pages keep their order. A text that came more than once counts with its first arrival.
void conversation_order(const Journal& journal, Findings& findings);

/// No text comes twice over one connection of a device that has taken it.  Not counted: an answer that took longer than
/// 20 s (the server may have given the device up), and a text of a session that broke before or soon after the answer
/// (it goes out again as a page, since nobody knows whether it was seen).  What is said in a conference does not come to a
/// device again over another connection either.
void exactly_once_per_endpoint(const Journal& journal, Findings& findings);

/// A 2xx is told when somebody has taken the text or the store has it, never before.  A failure is not told when an
/// endpoint had taken the text in time: within 30 s of its delivery and 5 s before the sender was told (answers need
/// that long through crowded mailboxes); and nothing is delivered after a failure was told.  Each request is answered
/// exactly once while its connection lives, within 120 s (a telephone
/// may ring longer).
void sender_is_told_the_truth(const Journal& journal, Findings& findings);

/// While the component is stopped each text and invitation fails with 503, or is refused before the component would be
/// asked: 481 when its session has ended, 401 without credentials, 403 when the sender was disabled, removed or locked
/// out for his guesses, 404 when the recipient was disabled or removed, and the reason in it says so.  No sign-in fails
/// because of it.  What is delivered never carries the Call-ID or the tag of the sender's request: nothing goes from
/// client to client.  Invariant 2.
void immcu_in_the_middle(const Journal& journal, Findings& findings);

/// An accepted session has exactly one record, named by the inviter's Call-ID, and no invitation has two.  Over all
/// records of a pair, each side's count is what was acknowledged to it, or more by at most what was not answered. After
/// the end no record of the last life is open.  What a life before a crash left behind may lack its end and its last
/// counts.
void one_record_per_conversation(const Journal& journal, Findings& findings);

/// Each failure that a client is told (but 401) has ms-diagnostics with a reason.  Invariant 5.
void every_refusal_says_why(const Journal& journal, Findings& findings);

/// What one watcher is shown never goes back: of a published piece, and of a permanent note, an older one never comes
/// after a newer one.  Over crashes too for what is permanent.
void presence_never_runs_backwards(const Journal& journal, Findings& findings);

/// When all is quiet each watcher's last document is the one that the presence agent would show him now, and no watch
/// stands on a user who is gone.  What the watcher of a list knows then is the same of each member, whoever is on the
/// list at the end; what a user is told of his devices are those that are bound.
void watchers_converge(const Journal& journal, Findings& findings);

/// A telephone call that has ended for one side has ended for the other, and nobody is on the phone without a call.  Of
/// two calls of which one has taken the place of the other (RFC 3891), the other one has ended.
void calls_end_everywhere(const Journal& journal, Findings& findings);

/// What a user is told at the end of who watches him (RFC 3857) is exactly who does: each subscription to his presence
/// and each list with him on it that lives, once.
void watchers_are_told(const Journal& journal, Findings& findings);

/// Each call that a busy lamp (RFC 4235) was shown is shown as terminated later, or still stands at the end.
void lamps_go_out(const Journal& journal, Findings& findings);

/// When the one who was asked to call somebody else could tell how that went, the one who asked has heard the same.
void transfers_are_told(const Journal& journal, Findings& findings);

/// The last permanent note, contact and level that was acknowledged is the one that is found at the end, or one that was
/// asked for later and never answered.  Over crashes and restarts.
void permanent_means_permanent(const Journal& journal, Findings& findings);

/// After everybody has left and the leases have run out, none of what clients make is left: subscriptions, watches,
/// publications, bindings, calls and their sides.  Issue 3, acceptance 3.
void nothing_leaks(const Journal& journal, Findings& findings);

/// Every message that the server sends to a client of the Lync dialect with keys is rightly signed ([MS-SIPAE] 3.2), with
/// numbers that grow; no signature of such a client is refused.
void messages_are_signed(const Journal& journal, Findings& findings);

/// A publication of such a client is settled by the fourth request (three more when 10 s of conflicts end meanwhile), and
/// conflicts do not come in masses: the client repairs its versions and publishes again at once, without end (presence
/// 2.3).
void publications_settle(const Journal& journal, Findings& findings);

/// When all is quiet nothing is left: no session, transaction, endpoint, waiting message, deadline.  Invariant 8.
void nothing_unbounded(const Journal& journal, Findings& findings);

// ---- conferences (conference_checkers.cpp, leader_checkers.cpp)
// Same order for all: conference_order.  Exactly once: conference_reaches_all that it comes, exactly_once_per_endpoint that
// it does not come again.  The roster converges: rosters_are_true that the server's is right, watchers_converge that each
// watcher is shown that one.  One record for each conference: conference_records.  Roles never escalate by race:
// roles_stay_as_given, and of those who were put out put_out_stay_out.

/// All members get what is said in one order: of two texts that two devices have got, in one stay each, the same came first.
void conference_order(const Journal& journal, Findings& findings);

/// What was acknowledged has come to each device that was in from before it was said until after the answer; to the
/// speaker's other devices too when it was said in a dialog.
void conference_reaches_all(const Journal& journal, Findings& findings);

/// Nobody gets what is said who was not in then, and whom nobody has added.
void outsiders_hear_nothing(const Journal& journal, Findings& findings);

/// Whoever gets what is said in a conference is told who has said it.
void speakers_are_named(const Journal& journal, Findings& findings);

/// When all is quiet, who is on a conference's roster is who is in: each device with a dialog that it knows to be of the
/// conference, and nobody without one, nor without a connection.  A device of the Lync dialect is not told that the session
/// it has is a conference now, so its sessions may be.
void rosters_are_true(const Journal& journal, Findings& findings);

/// A conference that somebody was in has exactly one record, or one more when the server died as it began; at most one that is open and, when
/// all have left, none; everybody who joined has left; and each one's texts are counted as in one_record_per_conversation.
void conference_records(const Journal& journal, Findings& findings);

/// A command of a leader succeeds for the organizer, for whom one who leads has made a leader, and in a conference where
/// all lead for all; but not for whom another command has made a simple member since.  At the end exactly those lead.  Over
/// crashes and restarts.
void roles_stay_as_given(const Journal& journal, Findings& findings);

/// Who was put out does not come in again, unless somebody adds him.  Over crashes and restarts.
void put_out_stay_out(const Journal& journal, Findings& findings);

struct Checker {
  std::string_view name;
  void (*run)(const Journal& journal, Findings& findings);
};
std::span<const Checker> all_checkers();
/// Runs all of them.
Findings check(const Journal& journal);

}  // namespace tertulia::sim
