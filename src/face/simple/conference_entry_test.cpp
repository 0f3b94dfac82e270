// SPDX-License-Identifier: Apache-2.0
// Ways into a conference: the factory, its address, a list of people, an invitation, growth in place.
#include "base/text.h"
#include "face/simple/conference_address.h"
#include "face/simple/session_limits.h"
#include "face/simple/session_world.h"
#include "wire/rlmi/resource_lists.h"

namespace tertulia::face::simple::session_world {
namespace {

using What = domain::JoinAnswer::What;
const ConnectionId alice{1};
const ConnectionId bob{2};
const ConversationId talk{88};

std::string value(const Message& message, HeaderName name) { return std::string(message.header(name).value_or("")); }
bool has_reason(const Message& message, Reason reason) {
  return message.header("ms-diagnostics").value_or("").starts_with(std::to_string(base::id_of(reason)) + ";");
}

domain::ConferenceDescriptionPtr budget(const std::string& subject = "Budget") {
  auto description = std::make_shared<domain::ConferenceDescription>();
  description->key = *domain::ConferenceKey::make(UserId{1}, "4711");
  description->organizer_address = "alice@example.com";
  description->subject = subject;
  return description;
}

domain::JoinAnswer joined(const World& w, What what = What::joined, Reason reason = Reason::none) {
  return {w.asked.joins.back().ticket, what, reason, what == What::joined ? talk : ConversationId{}, {}, {}};
}

/// alice has entered her own conference 4711.
ClientDialog enter(World& w, const std::string& more = {}) {
  ClientDialog d = w.dialog(alice, "alice", "conference.alice.4711");
  w.say(d, "INVITE", "application/sdp", offer, more);
  w.sessions->on(joined(w), w.now);
  World::learn(d, w.take_one(alice, "SIP/2.0 200"));
  w.say(d, "ACK");
  w.asked.order.clear();
  return d;
}

//  alice              face               domain
//    | INVITE factory   | CreateConference |
//    |----------------->|----------------->|
//    |                  | JoinConference   |
//    | 200, isfocus     |----------------->|
//    |<-----------------|          joined  |
TEST(ConferenceEntry, factory_makes_one_and_lets_in) {  // RFC 4579 5.4
  World w;
  ClientDialog d = w.dialog(alice, "alice", "conference");
  w.say(d, "INVITE", "application/sdp", offer, "Subject: Budget\r\n");
  ASSERT_EQ(w.asked.order, (std::vector<std::string>{"create"}));
  const domain::CreateConference& create = w.asked.creates[0];
  EXPECT_EQ(create.key.organizer, UserId{1});
  EXPECT_EQ(create.key.id.size(), 16u);
  EXPECT_EQ(create.subject, "Budget");
  w.sessions->on(domain::CreateAnswer{create.ticket, Reason::none, create.key}, w.now);
  ASSERT_EQ(w.asked.joins.size(), 1u);
  const domain::JoinConference& join = w.asked.joins[0];
  EXPECT_EQ(join.key, create.key);
  EXPECT_EQ(join.user, UserId{1});
  EXPECT_TRUE(join.chat);
  EXPECT_TRUE(w.take(alice).empty());
  w.sessions->on(joined(w), w.now);
  const Message ok = w.take_one(alice, "SIP/2.0 200");
  const std::string id = base::to_lower(create.key.id);
  EXPECT_TRUE(
      value(ok, HeaderName::contact).starts_with("<sip:conference.alice." + id + "~example.com@fe1.example.com"));
  EXPECT_TRUE(value(ok, HeaderName::contact).ends_with(";isfocus"));
  EXPECT_NE(value(ok, HeaderName::allow).find("REFER"), std::string::npos);
  World::learn(d, ok);
  w.say(d, "ACK");
  w.say(d, "MESSAGE", "text/plain", "hi");
  ASSERT_EQ(w.asked.posts.size(), 1u);
  EXPECT_EQ(w.asked.posts[0].conversation, talk);
  w.say(d, "BYE");
  ASSERT_EQ(w.asked.closes.size(), 1u);
  EXPECT_EQ(w.asked.closes[0].leg, join.seat);
  // Our Contact names the conference for whoever copies it from there.
  const auto target = wire::sip::Uri::parse(d.target);
  const auto found = conference_of(w.context(), *target);
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->key, create.key);
}

TEST(ConferenceEntry, factory_that_fails_or_comes_too_late) {
  World w;
  ClientDialog d = w.dialog(alice, "alice", "conference");
  w.say(d, "INVITE", "application/sdp", offer);
  w.sessions->on(domain::CreateAnswer{w.asked.creates[0].ticket, Reason::too_many_conferences, {}}, w.now);
  EXPECT_TRUE(has_reason(w.take_one(alice, "SIP/2.0 503"), Reason::too_many_conferences));
  d = w.dialog(alice, "alice", "conference");
  w.say(d, "INVITE", "application/sdp", offer);
  w.say(d, "CANCEL");
  w.take_one(alice, "SIP/2.0 200");
  w.sessions->on(domain::CreateAnswer{w.asked.creates[1].ticket, Reason::none, w.asked.creates[1].key}, w.now);
  w.take_one(alice, "SIP/2.0 487");
  EXPECT_TRUE(w.asked.joins.empty());
  EXPECT_TRUE(w.asked.leaves.empty());
  EXPECT_EQ(w.sessions->count(), 0u);
}

TEST(ConferenceEntry, lobby_rings_until_somebody_decides) {
  World w;
  ClientDialog d = w.dialog(bob, "bob", "conference.alice.4711");
  w.say(d, "INVITE", "application/sdp", offer);
  EXPECT_EQ(w.asked.order, (std::vector<std::string>{"join"}));
  EXPECT_EQ(w.asked.joins[0].key, budget()->key);
  w.sessions->on(joined(w, What::waiting), w.now);
  EXPECT_TRUE(value(w.take_one(bob, "SIP/2.0 180"), HeaderName::contact).ends_with(";isfocus"));
  w.sessions->on(joined(w, What::refused, Reason::lobby_refused), w.now);
  EXPECT_TRUE(has_reason(w.take_one(bob, "SIP/2.0 403"), Reason::lobby_refused));
  d = w.dialog(bob, "bob", "conference.alice.4711");
  w.say(d, "INVITE", "application/sdp", offer);
  w.sessions->on(joined(w, What::waiting), w.now);
  w.take(bob);
  w.say(d, "CANCEL");
  w.take_one(bob, "SIP/2.0 200");
  ASSERT_EQ(w.asked.leaves.size(), 1u);
  EXPECT_EQ(w.asked.leaves[0].seat, w.asked.joins[1].seat);
}

TEST(ConferenceEntry, wrong_ones_are_told_why) {
  World w;
  for (const auto& [to, status, reason] :
       {std::tuple{"conference.nobody.4711", "SIP/2.0 404", Reason::conference_unknown},
        std::tuple{"conference.alice", "SIP/2.0 404", Reason::conference_unknown},
        std::tuple{"conference.alice.%21", "SIP/2.0 404", Reason::conference_unknown}}) {
    ClientDialog d = w.dialog(alice, "alice", to);
    w.say(d, "INVITE", "application/sdp", offer);
    EXPECT_TRUE(has_reason(w.take_one(alice, status), reason)) << to;
  }
  ClientDialog d = w.dialog(alice, "alice", "conference.alice.4711");
  w.say(d, "INVITE", "application/sdp",
        "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 5000 RTP/AVP 0\r\n");
  EXPECT_TRUE(has_reason(w.take_one(alice, "SIP/2.0 488"), Reason::media_not_acceptable));
  EXPECT_TRUE(w.asked.order.empty());
}

// ---- a list of people (RFC 5366) ----------------------------------------------------------------------------------

std::string with_list(const std::string& list) {
  return "--b\r\nContent-Type: application/sdp\r\n\r\n" + std::string(offer) +
         "\r\n--b\r\nContent-Type: application/resource-lists+xml\r\nContent-Disposition: recipient-list\r\n\r\n" +
         list + "\r\n--b--\r\n";
}
constexpr std::string_view mixed = "multipart/mixed;boundary=b";

TEST(ConferenceList, everybody_known_is_added_once_behind_the_sender) {
  World w;
  ClientDialog d = w.dialog(alice, "alice", "conference");
  const std::string list = wire::rlmi::write_resource_lists({{"sip:bob@example.com", ""},
                                                             {"sip:alice@example.com", ""},
                                                             {"sip:nobody@example.com", ""},
                                                             {"sip:Bob@example.com", ""},
                                                             {"sip:carol@example.com", ""}});
  w.say(d, "INVITE", mixed, with_list(list), "Require: recipient-list-invite\r\n");
  w.sessions->on(domain::CreateAnswer{w.asked.creates[0].ticket, Reason::none, w.asked.creates[0].key}, w.now);
  EXPECT_TRUE(w.asked.adds.empty());
  w.sessions->on(joined(w), w.now);
  w.take_one(alice, "SIP/2.0 200");
  ASSERT_EQ(w.asked.adds.size(), 2u);
  EXPECT_EQ(w.asked.adds[0].who, UserId{2});
  EXPECT_EQ(w.asked.adds[1].who, UserId{3});
  EXPECT_EQ(w.asked.adds[0].conversation, talk);
  EXPECT_EQ(w.asked.adds[0].by, UserId{1});
  EXPECT_EQ(w.asked.adds[0].by_address, "alice@example.com");
  EXPECT_TRUE(w.sessions->on(domain::AddAnswer{w.asked.adds[0].ticket, Reason::recipient_declined, 603, {}}, w.now));
  EXPECT_TRUE(w.take(alice).empty());  // the roster tells who came
}

TEST(ConferenceList, malformed_or_out_of_place) {
  World w;
  ClientDialog d = w.dialog(alice, "alice", "conference");
  w.say(d, "INVITE", mixed, with_list("<no/>"));
  EXPECT_TRUE(has_reason(w.take_one(alice, "SIP/2.0 400"), Reason::list_malformed));
  d = w.dialog(alice, "alice", "bob");  // a person is no conference server
  w.say(d, "INVITE", mixed, with_list(wire::rlmi::write_resource_lists({})));
  w.take_one(alice, "SIP/2.0 415");
}

TEST(NothingUnbounded, people_of_a_list_are_asked_some_at_a_time) {
  World w;
  auto directory = w.context().directory;
  std::vector<wire::rlmi::ListEntry> entries;
  for (std::uint32_t i = 0; i < listed_at_once_max + 2; ++i) {
    domain::User user;
    user.id = UserId{100 + i};
    user.address = *domain::Address::parse("u" + std::to_string(i) + "@example.com");
    directory = directory->with(std::move(user));
    entries.push_back({"sip:u" + std::to_string(i) + "@example.com", ""});
  }
  w.context().directory = directory;
  ClientDialog d = w.dialog(alice, "alice", "conference.alice.4711");
  w.say(d, "INVITE", mixed, with_list(wire::rlmi::write_resource_lists(entries)));
  w.sessions->on(joined(w), w.now);
  EXPECT_EQ(w.asked.adds.size(), listed_at_once_max);
  w.sessions->on(domain::AddAnswer{w.asked.adds[3].ticket, Reason::none, 0, {}}, w.now);
  EXPECT_EQ(w.asked.adds.size(), listed_at_once_max + 1);
  w.close(alice);  // nobody is asked in the name of who has gone
  w.sessions->on(domain::AddAnswer{w.asked.adds[4].ticket, Reason::none, 0, {}}, w.now);
  EXPECT_EQ(w.asked.adds.size(), listed_at_once_max + 1);
}

// ---- being added -----------------------------------------------------------------------------------------------------

TEST(ConferenceInvitation, comes_from_the_conference) {
  World w;
  auto invite = w.invitation();
  invite.subject = "Budget";
  invite.conference = std::make_shared<const domain::ConferenceInvitation>(domain::ConferenceInvitation{budget()});
  w.sessions->on(invite, w.now);
  const Message sent = w.take_one(bob, "INVITE");
  EXPECT_TRUE(value(sent, HeaderName::from).starts_with("\"Budget\" <sip:conference.alice.4711@example.com>;tag="));
  EXPECT_TRUE(value(sent, HeaderName::contact).ends_with(";isfocus"));
  EXPECT_EQ(value(sent, HeaderName::referred_by), "\"Alice \\\"A\\\"\" <sip:alice@example.com>");
  w.receive(bob, World::answer(sent, "200 OK", "bobtag", offer));
  EXPECT_TRUE(value(w.take_one(bob, "ACK"), HeaderName::from).starts_with("\"Budget\" <sip:conference.alice.4711@"));
  EXPECT_EQ(w.asked.legs.back().what, domain::LegAnswer::What::accepted);
}

// ---- growth in place -------------------------------------------------------------------------------------------------

TEST(ConferenceGrowth, client_is_told_by_a_target_refresh) {
  World w;
  ClientDialog d = w.open_session();
  const LegId leg = w.asked.opens[0].leg;
  w.sessions->on(domain::LegGrown{leg, ShardId{}, budget()}, w.now);
  const Message invite = w.take_one(alice, "INVITE");
  EXPECT_TRUE(value(invite, HeaderName::contact).starts_with("<sip:conference.alice.4711~example.com@fe1.example.com"));
  EXPECT_TRUE(value(invite, HeaderName::contact).ends_with(";isfocus"));
  EXPECT_EQ(value(invite, HeaderName::call_id), d.call_id);
  w.say(d, "INVITE", "application/sdp", offer);  // glare (RFC 3261 14.2)
  w.take_one(alice, "SIP/2.0 491");
  w.receive(alice, World::answer(invite, "200 OK", d.own_tag, offer));
  EXPECT_EQ(value(w.take_one(alice, "ACK"), HeaderName::cseq).substr(1), " ACK");
  w.sessions->on(domain::LegGrown{leg, ShardId{}, budget()}, w.now);  // told once
  EXPECT_TRUE(w.take(alice).empty());
  w.say(d, "INVITE", "application/sdp", offer);
  EXPECT_TRUE(value(w.take_one(alice, "SIP/2.0 200"), HeaderName::contact).ends_with(";isfocus"));
}

TEST(ConferenceGrowth, who_refuses_stays_as_he_is) {
  World w;
  ClientDialog d = w.open_session();
  w.sessions->on(domain::LegGrown{w.asked.opens[0].leg, ShardId{}, budget()}, w.now);
  w.receive(alice, World::answer(w.take_one(alice, "INVITE"), "488 Not Acceptable Here", d.own_tag));
  w.take_one(alice, "ACK");
  w.say(d, "MESSAGE", "text/plain", "still here");
  EXPECT_EQ(w.asked.posts.size(), 1u);
  w.pass(40s);
  EXPECT_EQ(w.sessions->count(), 1u);
}

TEST(ConferenceGrowth, waits_for_the_ack) {
  World w;
  ClientDialog d = w.dialog(alice, "alice", "bob");
  w.say(d, "INVITE", "application/sdp", offer);
  w.sessions->on(domain::OpenAnswer{w.asked.opens[0].ticket, ConversationId{77}, domain::OpenAnswer::What::accepted,
                                    Reason::none, 200},
                 w.now);
  World::learn(d, w.take_one(alice, "SIP/2.0 200"));
  w.sessions->on(domain::LegGrown{w.asked.opens[0].leg, ShardId{}, budget()}, w.now);
  EXPECT_TRUE(w.take(alice).empty());
  w.say(d, "ACK");
  w.take_one(alice, "INVITE");
}

// ---- words -----------------------------------------------------------------------------------------------------------

TEST(ConferenceWords, receiver_learns_who_speaks) {
  World w;
  enter(w);
  auto deliver = w.delivery(w.asked.joins[0].seat, 1);
  deliver.conference = budget();
  w.sessions->on(deliver, w.now);
  const Message plain = w.take_one(alice, "MESSAGE");
  EXPECT_EQ(plain.body(), "alice@example.com: hello");
  w.receive(alice, World::answer(plain, "200 OK", {}));
  EXPECT_EQ(w.asked.deliveries.back().what, domain::DeliverAnswer::What::taken);
  // Typing would say that the conference types.
  auto typing = std::make_shared<domain::InstantMessage>(*deliver.message);
  typing->kind = domain::MessageKind::typing;
  deliver.message = typing;
  deliver.ticket = Ticket{2};
  w.sessions->on(deliver, w.now);
  EXPECT_TRUE(w.take(alice).empty());
  EXPECT_EQ(w.asked.deliveries.back().ticket, Ticket{2});
}

/// A conference goes on when somebody is not there: what would end a dialog of two must not end its.
TEST(ConferenceWords, a_speaker_whom_nobody_hears_stays) {
  struct Row {
    Reason reason;
    int status;
    int wanted;
  };
  World w;
  ClientDialog d = enter(w);
  for (const Row& row : {Row{Reason::recipient_silent, 408, 504}, Row{Reason::recipient_silent, 0, 504},
                         Row{Reason::recipient_unavailable, 480, 504}, Row{Reason::recipient_refused, 481, 504},
                         Row{Reason::recipient_refused, 0, 504}, Row{Reason::flow_failed, 0, 430},
                         Row{Reason::recipient_refused, 415, 415}, Row{Reason::conference_muted, 0, 403}}) {
    w.say(d, "MESSAGE", "text/plain", "hi");
    w.sessions->on(
        domain::PostAnswer{w.asked.posts.back().ticket, domain::PostOutcome::refused, row.reason, row.status}, w.now);
    const Message answer = w.take_one(alice, "SIP/2.0 ");
    EXPECT_EQ(answer.status(), row.wanted) << base::name_of(row.reason) << " " << row.status;
    EXPECT_TRUE(has_reason(answer, row.reason));
  }
}

TEST(ConferenceWords, client_of_cpim_gets_cpim) {
  World w;
  ClientDialog d = w.dialog(alice, "alice", "conference.alice.4711");
  std::string cpim(offer);
  cpim.replace(cpim.find("text/plain"), 10, "message/cpim text/plain");
  w.say(d, "INVITE", "application/sdp", cpim);
  w.sessions->on(joined(w), w.now);
  World::learn(d, w.take_one(alice, "SIP/2.0 200"));
  w.say(d, "ACK");
  auto deliver = w.delivery(w.asked.joins[0].seat, 1);
  deliver.conference = budget();
  w.sessions->on(deliver, w.now);
  const Message sent = w.take_one(alice, "MESSAGE");
  EXPECT_EQ(value(sent, HeaderName::content_type), "message/cpim");
  EXPECT_TRUE(
      sent.body().starts_with("From: \"alice@example.com\" <sip:alice@example.com>\r\nTo: \"Budget\" "
                              "<sip:conference.alice.4711@example.com>\r\nDateTime: "))
      << sent.body();
  EXPECT_TRUE(sent.body().ends_with("\r\n\r\nContent-Type: text/plain;charset=UTF-8\r\n\r\nhello")) << sent.body();
}

}  // namespace
}  // namespace tertulia::face::simple::session_world
