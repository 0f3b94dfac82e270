// SPDX-License-Identifier: Apache-2.0
// REFER: somebody is added to a running conversation, or put out of a conference.
#include "face/simple/session_limits.h"
#include "face/simple/session_world.h"
#include "wire/rlmi/resource_lists.h"

namespace tertulia::face::simple::session_world {
namespace {

const ConnectionId alice{1};

std::string value(const Message& message, HeaderName name) { return std::string(message.header(name).value_or("")); }
bool has_reason(const Message& message, Reason reason) {
  return message.header("ms-diagnostics").value_or("").starts_with(std::to_string(base::id_of(reason)) + ";");
}
const std::string carol = "Refer-To: <sip:carol@example.com>\r\n";
const std::string carol_out = "Refer-To: <sip:carol@example.com;method=BYE>\r\n";

ClientDialog enter(World& w) {
  ClientDialog d = w.dialog(alice, "alice", "conference.alice.4711");
  w.say(d, "INVITE", "application/sdp", offer);
  w.sessions->on(domain::JoinAnswer{w.asked.joins.back().ticket,
                                    domain::JoinAnswer::What::joined,
                                    Reason::none,
                                    ConversationId{88},
                                    domain::ConferenceRole::organizer,
                                    {}},
                 w.now);
  World::learn(d, w.take_one(alice, "SIP/2.0 200"));
  w.say(d, "ACK");
  return d;
}

//  alice              face               domain
//    | REFER carol      |                  |
//    |----------------->| AddPerson        |
//    |        202       |----------------->|
//    | NOTIFY 100       |                  |
//    |<-----------------|        AddAnswer |
//    | NOTIFY 200       |<-----------------|
TEST(Refer, adds_to_a_chat_of_two_where_it_is) {  // RFC 3515 2.4
  World w;
  ClientDialog d = w.open_session();
  w.say(d, "REFER", {}, {}, carol);
  auto sent = w.take(alice);
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent[0].status(), 202);
  EXPECT_TRUE(sent[1].bytes().starts_with("NOTIFY "));
  EXPECT_EQ(value(sent[1], HeaderName::event), "refer");
  EXPECT_TRUE(value(sent[1], HeaderName::subscription_state).starts_with("active;expires="));
  EXPECT_EQ(value(sent[1], HeaderName::content_type), "message/sipfrag;version=2.0");
  EXPECT_EQ(sent[1].body(), "SIP/2.0 100 Trying\r\n");
  w.receive(alice, World::answer(sent[1], "200 OK", {}));
  ASSERT_EQ(w.asked.adds.size(), 1u);
  const domain::AddPerson add = w.asked.adds[0];
  EXPECT_EQ(add.conversation, ConversationId{77});
  EXPECT_EQ(add.by, UserId{1});
  EXPECT_EQ(add.by_address, "alice@example.com");
  EXPECT_EQ(add.by_name, "alice");
  EXPECT_EQ(add.who, UserId{3});
  EXPECT_EQ(add.seed.size(), 32u);
  w.sessions->on(domain::AddAnswer{add.ticket, Reason::none, 0, {}}, w.now);
  const Message last = w.take_one(alice, "NOTIFY");
  EXPECT_EQ(last.body(), "SIP/2.0 200 OK\r\n");
  EXPECT_EQ(value(last, HeaderName::subscription_state), "terminated;reason=noresource");
  w.receive(alice, World::answer(last, "481 No Such Subscription", {}));  // of no consequence
  EXPECT_EQ(w.sessions->count(), 1u);
}

TEST(Refer, refusal_of_the_added_one_is_told) {
  World w;
  ClientDialog d = w.open_session();
  w.say(d, "REFER", {}, {}, carol);
  w.take(alice);
  w.sessions->on(domain::AddAnswer{w.asked.adds[0].ticket, Reason::recipient_declined, 603, {}}, w.now);
  const Message last = w.take_one(alice, "NOTIFY");
  EXPECT_TRUE(last.body().starts_with("SIP/2.0 603 Decline\r\nms-diagnostics: 52305;reason=")) << last.body();
  w.say(d, "REFER", {}, {}, carol);
  const std::string event = value(w.take(alice)[1], HeaderName::event);
  EXPECT_EQ(event, "refer;id=" + std::to_string(d.cseq));
}

TEST(Refer, without_subscription_on_wish) {  // RFC 4488
  World w;
  ClientDialog d = w.open_session();
  w.say(d, "REFER", {}, {}, carol + "Refer-Sub: false\r\n");
  const Message accepted = w.take_one(alice, "SIP/2.0 202");
  EXPECT_EQ(accepted.header("Refer-Sub").value_or(""), "false");
  w.sessions->on(domain::AddAnswer{w.asked.adds[0].ticket, Reason::none, 0, {}}, w.now);
  EXPECT_TRUE(w.take(alice).empty());
}

TEST(Refer, puts_somebody_out) {  // RFC 4579 5.11
  World w;
  ClientDialog d = enter(w);
  w.say(d, "REFER", {}, {}, carol_out);
  EXPECT_EQ(w.take(alice)[0].status(), 202);
  ASSERT_EQ(w.asked.commands.size(), 1u);
  EXPECT_EQ(w.asked.commands[0].by, UserId{1});
  EXPECT_EQ(w.asked.commands[0].key, *domain::ConferenceKey::make(UserId{1}, "4711"));
  EXPECT_EQ(std::get<domain::conference::Eject>(w.asked.commands[0].command).user, UserId{3});
  w.sessions->on(domain::CommandAnswer{w.asked.commands[0].ticket, Reason::presenters_only}, w.now);
  EXPECT_TRUE(w.take_one(alice, "NOTIFY").body().starts_with("SIP/2.0 403 Forbidden\r\nms-diagnostics: 52356;"));
  ClientDialog two = w.open_session();  // nobody can be put out of a chat of two
  w.say(two, "REFER", {}, {}, carol_out);
  EXPECT_TRUE(has_reason(w.take_one(alice, "SIP/2.0 403"), Reason::not_in_conference));
}

// ---- a list of people (RFC 5368) ----------------------------------------------------------------------------------

const std::string pointer =
    "Require: multiple-refer, norefersub\r\nRefer-Sub: false\r\nRefer-To: <cid:list@phone>\r\n"
    "Content-Disposition: recipient-list\r\nContent-ID: <list@phone>\r\n";
constexpr std::string_view list_type = "application/resource-lists+xml";
std::string list_of(std::initializer_list<std::string> people) {
  std::vector<wire::rlmi::ListEntry> entries;
  for (const std::string& person : people) entries.push_back({"sip:" + person, ""});
  return wire::rlmi::write_resource_lists(entries);
}

TEST(ReferList, each_known_one_is_added_once_and_nobody_is_told) {
  World w;
  ClientDialog d = w.open_session();
  w.say(d, "REFER", list_type,
        list_of({"carol@example.com", "nobody@example.com", "Carol@example.com", "bob@example.com"}),
        pointer + "Subject: budget\r\n");
  const Message accepted = w.take_one(alice, "SIP/2.0 202");
  EXPECT_EQ(accepted.header("Refer-Sub").value_or(""), "false");
  ASSERT_EQ(w.asked.adds.size(), 2u);
  EXPECT_EQ(w.asked.adds[0].who, UserId{3});
  EXPECT_EQ(w.asked.adds[1].who, UserId{2});
  EXPECT_EQ(w.asked.adds[1].subject, "budget");
  EXPECT_EQ(w.asked.adds[1].conversation, ConversationId{77});
  for (const auto& add : w.asked.adds)
    EXPECT_TRUE(w.sessions->on(domain::AddAnswer{add.ticket, Reason::recipient_declined, 603, {}}, w.now));
  EXPECT_TRUE(w.take(alice).empty());
}

TEST(ReferList, puts_some_out_and_adds_others) {
  World w;
  ClientDialog d = enter(w);
  w.say(d, "REFER", list_type, list_of({"carol@example.com;method=BYE", "bob@example.com;method=INVITE"}), pointer);
  w.take_one(alice, "SIP/2.0 202");
  ASSERT_EQ(w.asked.commands.size(), 1u);
  EXPECT_EQ(std::get<domain::conference::Eject>(w.asked.commands[0].command).user, UserId{3});
  ASSERT_EQ(w.asked.adds.size(), 1u);
  EXPECT_EQ(w.asked.adds[0].who, UserId{2});
  EXPECT_TRUE(w.sessions->on(domain::CommandAnswer{w.asked.commands[0].ticket, Reason::presenters_only}, w.now));
  EXPECT_TRUE(w.take(alice).empty());
}

TEST(ReferList, wrong_ones_are_told_why_and_ask_for_nobody) {
  World w;
  ClientDialog d = w.open_session();
  const std::string other =
      "Refer-Sub: false\r\nRefer-To: <cid:other@phone>\r\nContent-ID: <list@phone>\r\n"
      "Content-Disposition: recipient-list\r\n";
  const std::string told =
      "Refer-To: <cid:list@phone>\r\nContent-ID: <list@phone>\r\n"
      "Content-Disposition: recipient-list\r\n";
  const std::string carols = list_of({"carol@example.com"});
  for (const auto& [head, list, status, reason] :
       {std::tuple{other, carols, "SIP/2.0 400", Reason::header_malformed},
        std::tuple{told, carols, "SIP/2.0 421", Reason::extension_required},
        std::tuple{pointer, std::string("<no/>"), "SIP/2.0 400", Reason::list_malformed},
        std::tuple{pointer, list_of({"nobody@example.com"}), "SIP/2.0 480", Reason::destination_unknown},
        std::tuple{pointer, list_of({"carol@example.com;method=BYE"}), "SIP/2.0 403", Reason::not_in_conference}}) {
    w.say(d, "REFER", list_type, list, head);
    const Message answer = w.take_one(alice, status);
    EXPECT_TRUE(has_reason(answer, reason)) << answer.bytes();
    EXPECT_EQ(value(answer, HeaderName::require), status == std::string_view("SIP/2.0 421") ? "norefersub" : "");
  }
  w.say(d, "REFER", {}, {}, "Refer-Sub: false\r\nRefer-To: <cid:list@phone>\r\n");
  EXPECT_TRUE(has_reason(w.take_one(alice, "SIP/2.0 400"), Reason::header_malformed));
  EXPECT_TRUE(w.asked.adds.empty());
}

TEST(NothingUnbounded, lists_of_refers) {
  World w;
  ClientDialog d = w.open_session();
  for (std::size_t i = 0; i < listed_max; ++i) {
    w.say(d, "REFER", list_type, list_of({"carol@example.com"}), pointer);
    w.asked.sent.clear();
  }
  EXPECT_EQ(w.asked.adds.size(), listed_max);
  w.say(d, "REFER", list_type, list_of({"carol@example.com"}), pointer);
  EXPECT_TRUE(has_reason(w.take_one(alice, "SIP/2.0 503"), Reason::server_busy));
  w.sessions->on(domain::AddAnswer{w.asked.adds[0].ticket, Reason::none, 0, {}}, w.now);
  w.say(d, "REFER", list_type, list_of({"carol@example.com"}), pointer);
  w.take_one(alice, "SIP/2.0 202");
}

// ---- outside of a dialog ------------------------------------------------------------------------------------------

TEST(Refer, outside_of_the_dialog_to_the_conference) {
  World w;
  const ClientDialog seat = enter(w);
  for (const std::string& target : {std::string("sip:conference.alice.4711@example.com"), seat.target}) {
    ClientDialog d = w.dialog(alice, "alice", "conference.alice.4711");
    d.target = target;
    w.say(d, "REFER", {}, {}, carol);
    auto sent = w.take(alice);
    ASSERT_EQ(sent.size(), 2u);
    EXPECT_EQ(sent[0].status(), 202);
    const std::string tag(wire::sip::NameAddr::parse(value(sent[0], HeaderName::to))->tag());
    EXPECT_EQ(wire::sip::NameAddr::parse(value(sent[1], HeaderName::from))->tag(), tag);
    EXPECT_EQ(value(sent[1], HeaderName::call_id), d.call_id);
    w.receive(alice, World::answer(sent[1], "200 OK", {}));
    EXPECT_EQ(w.asked.adds.back().conference, domain::ConferenceKey::make(UserId{1}, "4711").value());
    EXPECT_EQ(w.asked.adds.back().by, UserId{1});
    w.sessions->on(domain::AddAnswer{w.asked.adds.back().ticket, Reason::none, 0, {}}, w.now);
    EXPECT_EQ(w.take_one(alice, "NOTIFY").body(), "SIP/2.0 200 OK\r\n");
  }
  // Bob has no dialog with it: he may be in it by single messages, which only the conference knows.
  const ConnectionId bob{2};
  ClientDialog outside = w.dialog(bob, "bob", "conference.alice.4711");
  w.say(outside, "REFER", {}, {}, carol);
  EXPECT_EQ(w.take(bob)[0].status(), 202);
  EXPECT_EQ(w.asked.adds.back().by, UserId{2});
  w.sessions->on(domain::AddAnswer{w.asked.adds.back().ticket, Reason::not_in_conference, 403, {}}, w.now);
  EXPECT_TRUE(w.take_one(bob, "NOTIFY").body().starts_with("SIP/2.0 403 Forbidden\r\nms-diagnostics: "));
  ClientDialog person = w.dialog(alice, "alice", "bob");
  w.say(person, "REFER", {}, {}, carol);
  w.take_one(alice, "SIP/2.0 405");
}

TEST(Refer, wrong_ones_do_not_end_the_session) {
  World w;
  ClientDialog d = w.open_session();
  for (const auto& [header, status] :
       {std::pair{"", "SIP/2.0 400"}, std::pair{"Refer-To: <tel:+34911>\r\n", "SIP/2.0 480"},
        std::pair{"Refer-To: <sip:nobody@example.com>\r\n", "SIP/2.0 480"},
        std::pair{"Refer-To: <sip:carol@example.com;method=SUBSCRIBE>\r\n", "SIP/2.0 "}}) {
    w.say(d, "REFER", {}, {}, header);
    const Message answer = w.take_one(alice, status);
    EXPECT_GE(answer.status(), 400) << header;
    EXPECT_TRUE(answer.header("ms-diagnostics")) << header;
  }
  EXPECT_TRUE(w.asked.adds.empty());
  w.say(d, "REFER", {}, {}, "Refer-To: <sip:alice@example.com>\r\n");  // herself: she is there
  EXPECT_EQ(w.take(alice).front().status(), 202);
  EXPECT_EQ(w.asked.adds.size(), 1u);
  w.say(d, "MESSAGE", "text/plain", "on");
  EXPECT_EQ(w.asked.posts.size(), 1u);
}

TEST(Refer, outcome_for_who_has_gone_is_nothing) {
  World w;
  ClientDialog d = w.open_session();
  w.say(d, "REFER", {}, {}, carol);
  w.close(alice);
  EXPECT_FALSE(w.sessions->on(domain::AddAnswer{w.asked.adds[0].ticket, Reason::none, 0, {}}, w.now));
}

TEST(NothingUnbounded, refers_without_outcome) {
  World w;
  ClientDialog d = w.open_session();
  for (std::size_t i = 0; i < referrals_max; ++i) {
    w.say(d, "REFER", {}, {}, carol + "Refer-Sub: false\r\n");
    w.asked.sent.clear();
  }
  EXPECT_EQ(w.asked.adds.size(), referrals_max);
  w.say(d, "REFER", {}, {}, carol);
  EXPECT_TRUE(has_reason(w.take_one(alice, "SIP/2.0 503"), Reason::server_busy));
}

}  // namespace
}  // namespace tertulia::face::simple::session_world
