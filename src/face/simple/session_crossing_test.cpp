// SPDX-License-Identifier: Apache-2.0
// COMPAT(pidgin-sipe 1.25): the client gives up its INVITE for one of the same person, by a BYE without a tag.
#include "face/simple/session_world.h"

namespace tertulia::face::simple::session_world {
namespace {

const ConnectionId bob{2};
const LegId leg{900};

std::string value(const Message& message, HeaderName name) { return std::string(message.header(name).value_or("")); }
std::string tag_in(const std::string& address) { return std::string(wire::sip::NameAddr::parse(address)->tag()); }

/// Bob's INVITE lies with the IMMCU when Alice's reaches him.
struct Crossing : World {
  Crossing() {
    own = dialog(bob, "bob", "alice");
    say(own, "INVITE", "application/sdp", offer);
    sessions->on(invitation(leg), now);
    invite = take_one(bob, "INVITE");
  }
  void yields() {
    sessions->on(domain::OpenAnswer{asked.opens[0].ticket, ConversationId{77}, domain::OpenAnswer::What::yielded,
                                    Reason::none, 0, leg},
                 now);
  }
  void gives_up() {
    say(own, "BYE");
    take_one(bob, "SIP/2.0 200");
  }
  /// Bob's client takes Alice's INVITE; gives what it is sent then.
  std::vector<Message> takes_hers() {
    receive(bob, answer(*invite, "200 OK", "bobtag", offer));
    return take(bob);
  }

  ClientDialog own;
  std::optional<Message> invite;
};

//  Bob                 face
//   | INVITE own        |
//   |------------------>|
//   |    INVITE Alice's |
//   |<------------------|
//   | BYE own, no tag   |   200
//   |------------------>|
//   | 200 Alice's       |
//   |------------------>|
//   | ACK, 200 own with the tag of Alice's
//   |<------------------|
TEST(SessionCrossing, the_given_up_invite_is_answered_with_the_tag_of_the_dialog_that_stands) {
  for (const bool early : {true, false}) {  // the BYE comes before the IMMCU has answered, or after
    Crossing w;
    if (early) w.gives_up();
    w.yields();
    if (!early) w.gives_up();
    auto sent = w.takes_hers();
    ASSERT_EQ(sent.size(), 2u) << early;
    EXPECT_TRUE(sent[0].bytes().starts_with("ACK "));
    ASSERT_EQ(sent[1].status(), 200);
    EXPECT_EQ(value(sent[1], HeaderName::call_id), w.own.call_id);
    EXPECT_EQ(tag_in(value(sent[1], HeaderName::to)), tag_in(value(*w.invite, HeaderName::from)));
    EXPECT_EQ(w.sessions->count(), 1u);
    // What it says before it has this answer has the tag of its acceptance; behind it, that of its own INVITE, and the
    // numbers begin anew.
    ClientDialog standing = World::callee(*w.invite, "bobtag");
    w.say(standing, "MESSAGE", "text/plain", "one");
    w.say(standing, "MESSAGE", "text/plain", "two");
    standing.own_tag = w.own.own_tag;
    standing.cseq = 1;
    w.say(standing, "MESSAGE", "text/plain", "three");
    EXPECT_EQ(w.asked.posts.size(), 3u) << early;
    w.take(bob);
    w.sessions->on(domain::EndLeg{leg, {}, Reason::none}, w.now);
    EXPECT_EQ(tag_in(value(w.take_one(bob, "BYE"), HeaderName::to)), w.own.own_tag);
  }
}

TEST(SessionCrossing, the_acceptance_may_come_before_the_immcu_yields) {
  Crossing w;
  w.gives_up();
  ASSERT_EQ(w.takes_hers().size(), 1u);  // the ACK
  w.yields();
  EXPECT_EQ(value(w.take_one(bob, "SIP/2.0 200"), HeaderName::call_id), w.own.call_id);
}

TEST(SessionCrossing, a_client_that_does_not_give_up_is_refused_in_the_end) {
  Crossing w;
  w.yields();
  EXPECT_EQ(w.takes_hers().size(), 1u);  // the ACK
  w.pass(std::chrono::minutes{1});
  EXPECT_EQ(value(w.take_one(bob, "SIP/2.0 487"), HeaderName::call_id), w.own.call_id);
  EXPECT_EQ(w.sessions->count(), 1u);
}

TEST(SessionCrossing, bye_in_place_of_cancel_takes_the_invite_back_and_it_is_not_answered) {
  World w;
  ClientDialog d = w.dialog(bob, "bob", "alice");
  w.say(d, "INVITE", "application/sdp", offer);
  w.say(d, "BYE");
  w.take_one(bob, "SIP/2.0 200");
  ASSERT_EQ(w.asked.cancels.size(), 1u);
  w.sessions->on(
      domain::OpenAnswer{
          w.asked.opens[0].ticket, {}, domain::OpenAnswer::What::refused, Reason::request_cancelled, 487},
      w.now);
  EXPECT_TRUE(w.take(bob).empty());
  EXPECT_EQ(w.sessions->count(), 0u);
}

TEST(SessionCrossing, bye_without_tag_ends_an_open_session_and_is_refused_for_none) {
  World w;
  ClientDialog d = w.open_session();
  d.peer_tag.clear();
  w.say(d, "BYE");
  ASSERT_EQ(w.asked.closes.size(), 1u);
  ClientDialog unknown = w.dialog(bob, "bob", "alice");
  w.say(unknown, "BYE");
  w.take_one(bob, "SIP/2.0 481");
}

}  // namespace
}  // namespace tertulia::face::simple::session_world
