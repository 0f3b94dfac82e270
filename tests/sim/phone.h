// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/random.h"
#include "journal.h"
#include "lync_side.h"
#include "network.h"
#include "scheduler.h"
#include "wire/lync/cccp.h"
#include "wire/lync/contact_request.h"
#include "wire/sip/framer.h"
#include "wire/sip/headers.h"
#include "wire/sip/message.h"
#include "wire/sip/writer.h"

namespace tertulia::sim {

/// How a client answers what comes in.
struct Manner {
  enum class What : std::uint8_t { take, refuse, never, drop } what = What::take;
  int status = 480;        ///< for refuse
  base::Duration delay{};  ///< before the answer
};

struct PhoneTraits {
  base::UserId user;
  std::string address;  ///< alice@example.com
  std::string password;
  std::string name;             ///< in the trace: alice/1
  bool sessions = true;         ///< takes part in message sessions (+sip.message)
  bool sessions_alone = false;  ///< takes no message outside of them (RFC 3840 methods)
  bool prefers_md5 = false;
  bool user_name_is_address = false;
  bool lync = false;  ///< of the Lync family: NTLM, signatures, its subscriptions and publications
};

/// What all clients of a world share.
struct PhoneWorld {
  Scheduler& scheduler;
  base::Random& random;
  Network& network;
  Journal& journal;
  std::function<int()> server_life;
  /// Who, what (first line or event), Call-ID.
  std::function<void(std::string_view who, std::string_view what, std::string_view call_id)> trace;
};

/// A client that speaks SIP over one connection: signs in with Digest, sends pages, opens and takes sessions.  It
/// writes down all that it sees in the journal.
class Phone final : private ClientEnd {
 public:
  Phone(PhoneWorld& world, std::size_t device, PhoneTraits traits);

  /// Over a new connection when there is none.
  void sign_in(std::uint32_t seconds = 600);
  void sign_out();
  void page(base::UserId to, std::string_view to_address, std::string content);
  /// Index of the call in the journal; nothing when there is no connection.
  std::optional<std::size_t> invite(base::UserId to, std::string_view to_address);
  void cancel(std::size_t call);
  void say(std::size_t call, base::UserId to, std::string content);
  void bye(std::size_t call, base::UserId to);
  /// The same with audio: from telephone to telephone.
  std::optional<std::size_t> call(base::UserId to, std::string_view to_address);
  /// Offers the other side of a telephone call to be silent, or to go on (RFC 3264 8.4).
  void hold(std::size_t call, base::UserId peer, bool silent);
  /// Asks the other side of a telephone call to call somebody else instead (RFC 3515, 5589); hangs up when he has.
  /// `taken`: the own call with that person whose place the new one takes (RFC 3891).
  void transfer(std::size_t call, base::UserId peer, std::string_view to_address,
                std::optional<std::size_t> taken = std::nullopt);
  /// Says in a session that something is being typed.
  void type(std::size_t call, base::UserId to);

  /// Subscribes to somebody's presence, and again whenever the subscription is gone and the phone signs in anew.
  void watch(base::UserId target, std::string_view address);
  void unwatch(base::UserId target);
  /// The same for another package; `members`: addresses of a list in the body.
  void follow(Package package, base::UserId target, std::string_view address, std::vector<std::string> members = {});
  void unfollow(Package package, base::UserId target);
  /// Subscribes again where the phone wants to watch and does not.
  void watch_again();
  /// Index in the journal of the watch that lives.
  std::optional<std::size_t> watch_of(base::UserId target, Package package = Package::presence) const;
  /// Publishes an activity of RFC 4480 or the text of one ("Do not disturb"), empty: none, with a note.  Nothing happens
  /// while an earlier publication is not answered.
  void publish(std::string_view activity, std::string_view note, std::uint32_t seconds = 300);
  /// A note that names the published piece and its number: "d4-2".
  std::string next_note();
  void refresh_publication(std::uint32_t seconds = 300);
  void remove_publication();
  // of a client of the Lync family alone; nothing happens without keys
  /// Counts from the next connection on.
  void speak_lync() { traits_.lync = traits_.sessions = true; }
  /// A new handshake on the living connection, as such a client does five minutes before its keys end.
  void renew_keys();
  int keys_made() const { return lync_ ? lync_->keys.made() : 0; }
  /// The next publication names versions that are not those of the server.
  void forget_versions();
  void change_contacts(const wire::lync::ContactRequest& change);
  /// `container`: a privacy level of [MS-PRES].
  void set_level(std::string_view address, std::uint32_t container);

  // conferences, named ORGANIZER/ID; what a client of the Lync family does in several steps has one question
  /// A new one; with `first` (Lync alone): the chat with him goes on there, and ends when he has accepted.
  void make_conference(base::UserId first = {});
  /// The call in the journal, of a standard client.
  std::optional<std::size_t> enter(const std::string& conference);
  /// Adds somebody to a session, which becomes a conference, or to a conference.
  void add(std::size_t call, base::UserId who);
  /// Single message to a conference.
  void tell(const std::string& conference, std::string content);
  void leave(std::size_t call);
  /// A standard client can put somebody out; the rest is of the Lync family.
  void lead(std::size_t call, LeaderWish::What what, base::UserId whom = {});
  /// A client of the Lync family watches by itself.
  void watch_conference(const std::string& conference);
  /// The last state of the own subscription to this conference.
  const Watch* roster(const std::string& conference) const;

  /// The last state of a subscription that this phone has by itself.
  const Watch* feed(Package package) const;

  /// Closes the connection.
  void hang_up();
  /// The connection breaks.
  void reset();
  /// Nothing passes any more; the client does not know.
  void vanish();

  /// Stays connected, but does not refresh its sign-in any more.
  void fall_asleep() { asleep_ = true; }

  bool connected() const { return link_ != nullptr && link_->alive(); }
  bool signed_in() const { return connected() && registered_; }
  const PhoneTraits& traits() const { return traits_; }
  std::size_t device() const { return device_; }
  /// Sessions of this phone that are open, or its telephone calls; oldest first.
  std::vector<std::size_t> open_calls(bool audio = false) const;
  void set_password(std::string password) { traits_.password = std::move(password); }
  /// Counts from the next sign-in on.
  void set_sessions(bool sessions, bool alone = false) {
    traits_.sessions = sessions;
    traits_.sessions_alone = alone;
  }

  Manner texts;                ///< how incoming MESSAGE are answered
  Manner calls;                ///< how incoming INVITE are answered
  Manner news;                 ///< how incoming NOTIFY are answered
  bool keep_published = true;  ///< refreshes what it has published in good time
  bool believes_all = false;   ///< does not look at signatures

 private:
  /// A step of a client of the Lync family on its way into, through or out of a conference.
  enum class RoomStep : std::uint8_t { create, focus, feed, guest, command, farewell };
  struct Outgoing {
    std::string method, uri, from, to, call_id, extra_name, extra_value, content_type, body;
    std::uint32_t cseq = 0;
    std::size_t question = 0;
    std::optional<std::size_t> call;
    std::optional<std::size_t> watch;
    std::vector<std::pair<std::string, std::string>> extra = {};
    std::vector<std::string> routes = {};
    int tries = 0;
    std::string via;  // as sent
    bool done = false;
    bool renegotiates = false;  // a re-INVITE
    bool handshake = false;     // a REGISTER that makes keys
    std::optional<RoomStep> room = {};
    std::string room_name = {};
    std::optional<Package> feed = {};
    bool cancel_wanted = false;
    bool cancel_sent = false;
    bool provisional = false;
  };
  struct Dialog {
    std::string call_id, local, remote, remote_target;  // local and remote: complete From/To values
    std::vector<std::string> routes = {};
    std::uint32_t cseq = 0;
    bool open = false;
    std::string invite_branch;                   // of our INVITE
    std::optional<wire::sip::Message> incoming;  // INVITE that is not answered
    std::string to_tag;
    std::optional<std::size_t> transfer = {};  // that was asked for in this call, or that led to it
    std::optional<std::size_t> told_in = {};   // of a call that somebody asked for: where he is told how it went
    bool offering = false;                     // our re-INVITE is not answered
    bool unacknowledged = false;               // our acceptance of an INVITE
    std::vector<std::pair<std::uint32_t, std::size_t>> additions = {};  // CSeq and question of each REFER
  };
  /// Our end of a subscription.
  struct Subscription {
    std::string call_id, local, remote, remote_target;
    std::uint32_t cseq = 0;
  };
  struct Wish {
    std::string address;
    std::vector<std::string> members;
  };
  /// A conference as such a client has it: the dialog with the focus, the subscription, the dialog with the unit.
  struct LyncRoom {
    std::string call_id, local, remote;
    std::uint32_t cseq = 0;
    bool in = false;
    std::string feed_call_id = {};
    std::optional<std::size_t> watch = {};
    std::string unit = {};
    std::optional<std::size_t> call = {};      // with the unit
    std::optional<std::size_t> question = {};  // of the whole entry, until it is answered
    base::UserId first = {};                   // to be asked when we are in
  };
  /// What we have published (RFC 3903).
  struct Publication {
    std::uint64_t piece = 0;
    std::uint64_t number = 0;
    std::string tag;
    std::uint32_t lease = 0;
    bool busy = false;  ///< the last request is not answered
  };
  struct Credentials {
    std::string realm, nonce, opaque, algorithm;
    std::uint32_t count = 0;
  };

  // ClientEnd
  void on_bytes(Link& link, std::string_view bytes) override;
  void on_lost(Link& link) override;

  bool connect();
  void lose();
  void register_now(std::uint32_t seconds);
  std::size_t ask(Question::Kind kind, base::UserId to, const Outgoing& request, std::string_view content);
  void send(Outgoing request);
  void write(std::string bytes);
  void trace(std::string_view arrow, const wire::sip::Message& message) const;
  std::string authorization(std::string_view method, std::string_view uri);
  bool learn_challenge(const wire::sip::Message& response);
  std::string new_via();
  std::string contact() const;
  Outgoing outside(std::string_view method, std::string_view to_address);
  Outgoing inside(std::size_t call, std::string_view method);
  std::optional<std::size_t> ring(Question::Kind kind, base::UserId to, std::string_view to_address,
                                  std::vector<std::pair<std::string, std::string>> headers = {});
  void subscribe(Package package, base::UserId target, const Wish& wish);
  void resubscribe(std::size_t watch, std::uint32_t seconds);
  void send_publication(std::string body, std::uint32_t seconds);
  void forget_watches();

  void on_response(const wire::sip::Message& message);
  void on_final(Outgoing& request, const wire::sip::Message& message);
  void on_invite_final(Outgoing& request, const wire::sip::Message& message);
  void on_reinvite_final(const Outgoing& request, const wire::sip::Message& message);
  void acknowledge(const Outgoing& request, const wire::sip::Message& message, bool success);
  void acknowledge_offer(const Outgoing& request, const wire::sip::Message& message);
  void send_cancel(Outgoing& request);
  void on_subscribed(const Outgoing& request, const wire::sip::Message& message);
  void on_published(const wire::sip::Message& message);
  void note_refusal(const wire::sip::Message& message, Question& question);

  // the Lync dialect (phone_lync.cpp, phone_lync_presence.cpp)
  bool stands_by_signature(const wire::sip::Message& message);
  bool goes_on_with_keys(const Outgoing& request, const wire::sip::Message& message);
  void open_feeds();
  void open_feed(Package package);
  Outgoing feed_request(Package package);
  void subscribe_people();
  void unsubscribe_person(base::UserId target);
  std::size_t new_watch(Package package, base::UserId target, std::string_view call_id);
  void on_feed_answer(const Outgoing& request, const wire::sip::Message& message);
  void on_benotify(const wire::sip::Message& message);
  void read_feed(Package package, std::string_view content_type, std::string_view body);
  void read_person(std::string_view body);
  void lose_person(base::UserId target);
  void end_feed(Package package);
  Outgoing service(std::string_view content_type, std::string body);
  void publish_pieces(Pieces pieces);
  void begin_publication(Pieces pieces, std::size_t question);
  void send_pieces(std::size_t question);
  bool goes_on_publishing(const Outgoing& request, const wire::sip::Message& message);
  std::uint32_t own_number() const { return static_cast<std::uint32_t>(device_) + 1000; }

  // conferences (phone_conference.cpp; of the Lync family: phone_room.cpp)
  void note_conference(std::size_t call, const wire::sip::Message& message);
  void may_become(std::string_view peer, const std::string& conference);
  void on_session_offer(std::size_t call, const wire::sip::Message& message);
  bool on_addition_news(const wire::sip::Message& message);
  std::optional<std::size_t> session_of(const wire::sip::Message& message) const;
  void follow_conference(const std::string& conference, const wire::sip::Message* answer);
  void enter_focus(const std::string& conference, base::UserId first, std::optional<std::size_t> question);
  void enter_unit(const std::string& conference);
  void watch_room(const std::string& conference);
  void ask_guest(const std::string& conference, base::UserId guest);
  void on_room_answer(const Outgoing& request, const wire::sip::Message& message);
  void on_entered(const Outgoing& request, const wire::sip::Message& message);
  void on_unit_answer(std::size_t call, int status);
  void on_conference_invite(const wire::sip::Message& message);
  bool on_room_bye(const wire::sip::Message& message);
  bool on_room_news(const wire::sip::Message& message);
  void read_room(const std::string& conference, std::string_view body);
  void end_room(const std::string& conference, int status);
  void settle_entry(LyncRoom& room, int status);
  Outgoing in_focus(const std::string& conference, std::string_view method);
  void acknowledge_without_dialog(const Outgoing& request, const wire::sip::Message& message);
  void go_back_to_rooms();
  void write_command(Outgoing& request, const LeaderWish& wish);
  Outgoing cccp_request(Outgoing request, std::string_view name, wire::lync::cccp::Operation operation);

  void on_request(wire::sip::Message message);
  void on_message(wire::sip::Message message);
  void on_invite(wire::sip::Message message);
  void on_cancel(const wire::sip::Message& message);
  void on_bye(const wire::sip::Message& message);
  void on_notify(wire::sip::Message message);
  void on_offer(const wire::sip::Message& message);
  void on_refer(const wire::sip::Message& message);
  void on_refer_news(const wire::sip::Message& message);
  /// The carried call has its final answer: who asked for it is told.
  void tell_of_transfer(std::size_t carried, int status);
  std::optional<std::size_t> notify_of_transfer(std::size_t call, int status);
  /// The call whose place the INVITE wants to take (RFC 3891 3).
  std::optional<std::size_t> replaced_call(const wire::sip::Message& invite) const;
  void take_the_place(std::size_t call, std::size_t replaced);
  base::UserId user_with(std::string_view address) const;
  /// The telephone call with this dialog.
  std::optional<std::size_t> call_of(const wire::sip::Message& message) const;
  void answer_invite(std::size_t call, int status);
  void on_ack(const wire::sip::Message& message);
  void answer(const wire::sip::Message& request, int status, std::string_view to_tag);
  /// Runs after the wait if the connection is still the same.
  void later(base::Duration wait, std::function<void()> event);
  void end_call(std::size_t call, Call::State state);
  /// The other side knows the dialog no more, or is silent (RFC 3261 12.2.1.2).
  void dialog_failed(const Outgoing& request);
  Call& call_at(std::size_t call) { return world_.journal.calls[call]; }
  Question& question_at(std::size_t question) { return world_.journal.questions[question]; }

  PhoneWorld& world_;
  std::size_t device_;
  PhoneTraits traits_;
  Link* link_ = nullptr;
  wire::sip::Framer framer_{wire::sip::Framer::Limits{}};
  std::uint64_t heard_ = 0;         // bytes of this connection
  base::TimePoint message_sent_{};  // of the message that is looked at
  bool registered_ = false;
  bool asleep_ = false;
  std::uint32_t lease_ = 600;
  std::string register_call_id_;
  std::uint32_t register_cseq_ = 0;
  std::optional<Credentials> credentials_;
  std::map<std::string, Outgoing> outgoing_;  // by branch and method
  std::map<std::size_t, Dialog> dialogs_;     // by call
  std::map<std::pair<Package, base::UserId>, Wish> wanted_;
  std::map<std::size_t, Subscription> subscriptions_;  // by watch
  Publication publication_;
  std::uint64_t pieces_ = 0;
  std::optional<LyncSide> lync_;           // since the connection began
  std::map<std::string, LyncRoom> rooms_;  // by name
  std::vector<std::string> lost_rooms_;    // that a lost connection has taken
  int requests_of_rooms_ = 0;
};

}  // namespace tertulia::sim
