// SPDX-License-Identifier: Apache-2.0
#include "face/simple/session_limits.h"
#include "face/simple/session_world.h"

namespace tertulia::face::simple::session_world {
namespace {

using Delivered = domain::DeliverAnswer::What;
const ConnectionId bob{2};

/// A single message from alice, for bob's device, which takes none outside of sessions.
domain::DeliverPage page(std::uint64_t ticket, const std::string& text = "hello",
                         domain::MessageKind kind = domain::MessageKind::text) {
  auto message = std::make_shared<domain::InstantMessage>();
  message->from = UserId{1};
  message->from_address = "alice@example.com";
  message->from_name = "alice";
  message->kind = kind;
  message->content_type = "text/plain;charset=UTF-8";
  message->content = text;
  message->subject = "lunch";
  message->sent = World().now.wall;
  domain::DeliverPage deliver;
  deliver.ticket = Ticket{ticket};
  deliver.to = UserId{2};
  deliver.route.connection = bob;
  deliver.route.capabilities.page_mode = false;
  deliver.route.capabilities.session_mode = true;
  deliver.route.remote_target = std::make_shared<const std::string>("sip:bob@10.0.0.2:5061;transport=tls");
  deliver.message = std::move(message);
  return deliver;
}

/// Bob's device has accepted the carrier and taken the first message, with ticket 1.
ClientDialog open_carrier(World& w) {
  w.sessions->on(page(1), w.now);
  const Message invite = w.take_one(bob, "INVITE");
  w.receive(bob, World::answer(invite, "200 OK", "bobtag", offer));
  const auto sent = w.take(bob);
  EXPECT_EQ(sent.size(), 2u);
  w.receive(bob, World::answer(sent.at(1), "200 OK", {}));
  w.asked.order.clear();
  return World::callee(invite, "bobtag");
}

TEST(PageCarriers, the_first_message_opens_a_dialog_and_the_next_ones_follow_in_it) {
  World w;
  w.sessions->on(page(1, "one"), w.now);
  w.sessions->on(page(2, "two"), w.now);
  const Message invite = w.take_one(bob, "INVITE sip:bob@10.0.0.2:5061;transport=tls SIP/2.0");
  EXPECT_TRUE(invite.header(HeaderName::from)->starts_with(R"("alice" <sip:alice@example.com>;tag=)"));
  EXPECT_EQ(invite.header(HeaderName::subject), "lunch");
  EXPECT_EQ(invite.header(HeaderName::allow)->find("REFER"), std::string_view::npos);
  w.receive(bob, World::answer(invite, "180 Ringing", "bobtag"));
  EXPECT_TRUE(w.asked.order.empty());
  w.receive(bob, World::answer(invite, "200 OK", "bobtag", offer));
  const auto sent = w.take(bob);
  ASSERT_EQ(sent.size(), 3u);
  EXPECT_TRUE(sent[0].bytes().starts_with("ACK"));
  EXPECT_EQ(sent[1].body(), "one");
  EXPECT_EQ(sent[2].body(), "two");
  EXPECT_TRUE(w.asked.order.empty()) << "nothing is answered before the device has it";
  w.receive(bob, World::answer(sent[1], "200 OK", {}));
  w.receive(bob, World::answer(sent[2], "488 Not Acceptable Here", {}));
  EXPECT_EQ(w.asked.order, (std::vector<std::string>{"page taken", "page refused"}));
  EXPECT_EQ(w.asked.inbox[0].ticket, Ticket{1});
  EXPECT_EQ(w.asked.inbox[1].status, 488);

  w.sessions->on(page(3, "three"), w.now);
  const Message third = w.take_one(bob, "MESSAGE");
  EXPECT_EQ(third.body(), "three");
  EXPECT_FALSE(third.header(HeaderName::date));
  EXPECT_TRUE(w.asked.legs.empty());  // the IMMCU knows nothing of it
}

TEST(PageCarriers, what_the_device_says_is_a_single_message) {
  World w;
  ClientDialog d = open_carrier(w);
  w.say(d, "MESSAGE", "text/plain", "hello alice");
  ASSERT_EQ(w.asked.pages.size(), 1u);
  EXPECT_EQ(w.asked.pages[0].to, UserId{1});
  EXPECT_EQ(w.asked.pages[0].message->from, UserId{2});
  EXPECT_EQ(w.asked.pages[0].message->content, "hello alice");
  EXPECT_TRUE(w.asked.posts.empty());
  domain::PostAnswer answer{w.asked.pages[0].ticket, domain::PostOutcome::kept};
  w.sessions->on(answer, w.now);
  w.take_one(bob, "SIP/2.0 202");
  w.say(d, "REFER", {}, {}, "Refer-To: <sip:carol@example.com>\r\n");
  const Message refused = w.take_one(bob, "SIP/2.0 405");
  EXPECT_EQ(refused.header(HeaderName::allow)->find("REFER"), std::string_view::npos);
}

TEST(PageCarriers, an_invitation_that_is_refused_refuses_what_waits) {
  World w;
  w.sessions->on(page(1), w.now);
  w.sessions->on(page(2), w.now);
  w.receive(bob, World::answer(w.take_one(bob, "INVITE"), "486 Busy Here", "bobtag"));
  ASSERT_EQ(w.asked.inbox.size(), 2u);
  EXPECT_EQ(w.asked.inbox[1].what, Delivered::refused);
  EXPECT_EQ(w.asked.inbox[1].status, 486);
  EXPECT_EQ(w.sessions->count(), 0u);

  w.take(bob);
  w.sessions->on(page(3), w.now);  // no dialog for messages: an answer without the medium
  w.receive(bob, World::answer(w.take_one(bob, "INVITE"), "200 OK", "bobtag", "v=0\r\nm=audio 0 RTP/AVP 0\r\n"));
  EXPECT_EQ(w.asked.inbox.at(2).status, 480);
  EXPECT_TRUE(w.take(bob).at(1).bytes().starts_with("BYE"));
}

// A kept message is given up for what is wrong with it, or when the person says no; the dialog's faults are not its own.
TEST(PageCarriers, what_is_wrong_with_the_dialog_is_no_fault_of_the_message) {
  World w;
  const std::pair<const char*, int> rows[] = {
      {"415 X", 480}, {"488 X", 480}, {"400 X", 480}, {"503 X", 503}, {"603 X", 603}};
  std::uint64_t number = 0;
  for (const auto& [told, meant] : rows) {
    w.sessions->on(page(++number), w.now);
    w.receive(bob, World::answer(w.take_one(bob, "INVITE"), told, "bobtag"));
    EXPECT_EQ(w.asked.inbox.back().status, meant) << told;
    w.take(bob);
  }
}

TEST(PageCarriers, who_does_not_answer_is_silent_and_a_late_acceptance_is_ended) {
  World w;
  w.sessions->on(page(1), w.now);
  const Message invite = w.take_one(bob, "INVITE");
  w.receive(bob, World::answer(invite, "180 Ringing", "bobtag"));
  w.pass(w.context().settings.timers.t1 * carrier_wait_t1 - 1ms);
  EXPECT_TRUE(w.asked.inbox.empty());
  w.pass(1ms);
  ASSERT_EQ(w.asked.inbox.size(), 1u);
  EXPECT_EQ(w.asked.inbox[0].what, Delivered::silent);
  w.take_one(bob, "CANCEL");
  w.receive(bob, World::answer(invite, "200 OK", "bobtag", offer));
  const auto sent = w.take(bob);
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_TRUE(sent[1].bytes().starts_with("BYE"));
  EXPECT_EQ(w.asked.inbox.size(), 1u);

  w.sessions->on(page(2), w.now);  // the next one calls anew
  w.take_one(bob, "INVITE");
}

TEST(PageCarriers, a_lost_connection_loses_what_waits_and_what_is_under_way) {
  World w;
  w.sessions->on(page(1), w.now);
  w.close(bob);
  ASSERT_EQ(w.asked.inbox.size(), 1u);
  EXPECT_EQ(w.asked.inbox[0].what, Delivered::gone);
  w.sessions->on(page(2), w.now);
  EXPECT_EQ(w.asked.inbox.at(1).what, Delivered::gone);
  w.connect(bob);
  w.asked.sent.clear();
  open_carrier(w);
  w.sessions->on(page(4), w.now);
  w.close(bob);
  EXPECT_EQ(w.asked.inbox.back().what, Delivered::gone);
  EXPECT_EQ(w.asked.inbox.back().ticket, Ticket{4});
  EXPECT_TRUE(w.asked.closes.empty());
  EXPECT_EQ(w.sessions->count(), 0u);
}

// A dialog that the device has forgotten: the message is gone with it, and the next one opens another.  A dialog that it
// accepts only to refuse the message: that is its answer, else it would be called for ever.
TEST(PageCarriers, a_forgotten_dialog_is_not_the_answer_but_a_refused_first_message_is) {
  World w;
  open_carrier(w);
  w.sessions->on(page(2), w.now);
  w.receive(bob, World::answer(w.take_one(bob, "MESSAGE"), "481 Call/Transaction Does Not Exist", {}));
  EXPECT_EQ(w.asked.inbox.back().what, Delivered::gone);
  w.take_one(bob, "BYE");
  w.sessions->on(page(3), w.now);
  w.receive(bob, World::answer(w.take_one(bob, "INVITE"), "200 OK", "other", offer));
  w.receive(bob, World::answer(w.take(bob).at(1), "481 Call/Transaction Does Not Exist", {}));
  EXPECT_EQ(w.asked.inbox.back().what, Delivered::refused);
  EXPECT_EQ(w.asked.inbox.back().status, 481);
}

TEST(PageCarriers, bye_of_the_device_waits_for_what_is_under_way) {
  World w;
  ClientDialog d = open_carrier(w);
  w.sessions->on(page(2), w.now);
  const Message message = w.take_one(bob, "MESSAGE");
  w.say(d, "BYE");
  EXPECT_TRUE(w.take(bob).empty());
  w.receive(bob, World::answer(message, "200 OK", {}));
  EXPECT_EQ(w.asked.inbox.back().what, Delivered::taken);
  w.take_one(bob, "SIP/2.0 200");
  EXPECT_EQ(w.sessions->count(), 0u);

  d = open_carrier(w);
  w.sessions->on(page(4), w.now);
  w.take_one(bob, "MESSAGE");
  w.say(d, "BYE");
  w.pass(w.context().settings.timers.t1 * bye_grace_t1);
  w.take_one(bob, "SIP/2.0 200");
  EXPECT_EQ(w.asked.inbox.back().ticket, Ticket{4});
  EXPECT_EQ(w.asked.inbox.back().what, Delivered::gone);
  EXPECT_TRUE(w.asked.closes.empty());
}

TEST(PageCarriers, an_idle_dialog_is_closed) {
  World w;
  ClientDialog d = open_carrier(w);
  w.pass(w.context().settings.page_idle - 1s);
  w.say(d, "MESSAGE", "text/plain", "still here");  // without an answer of the IMMCU yet
  w.pass(w.context().settings.page_idle);
  EXPECT_TRUE(w.take(bob).empty());
  w.sessions->on(domain::PostAnswer{w.asked.pages.at(0).ticket, domain::PostOutcome::delivered}, w.now);
  w.take_one(bob, "SIP/2.0 200");
  w.pass(w.context().settings.page_idle);
  const Message bye = w.take_one(bob, "BYE");
  EXPECT_FALSE(bye.header(HeaderName::reason));
  w.receive(bob, World::answer(bye, "200 OK", {}));
  EXPECT_EQ(w.sessions->count(), 0u);
}

TEST(PageCarriers, the_device_may_offer_anew) {
  World w;
  ClientDialog d = open_carrier(w);
  w.say(d, "INVITE", "application/sdp", offer);
  w.take_one(bob, "SIP/2.0 200");
  w.say(d, "ACK");
  w.pass(w.context().settings.page_idle - 1s);
  EXPECT_TRUE(w.take(bob).empty());
  w.pass(1s);
  w.take_one(bob, "BYE");

  d = open_carrier(w);
  w.say(d, "INVITE", "application/sdp", offer);
  w.take_one(bob, "SIP/2.0 200");
  w.pass(w.context().settings.timers.t1 * ack_wait_t1);  // RFC 3261 13.3.1.4: no ACK
  const auto sent = w.take(bob);
  ASSERT_FALSE(sent.empty());
  EXPECT_TRUE(sent.back().bytes().starts_with("BYE"));
  EXPECT_TRUE(w.asked.closes.empty());
}

TEST(PageCarriers, typing_calls_nobody) {
  World w;
  w.sessions->on(page(1, "typing", domain::MessageKind::typing), w.now);
  EXPECT_EQ(w.asked.order, std::vector<std::string>{"page taken"});
  EXPECT_TRUE(w.take(bob).empty());
  open_carrier(w);
  w.sessions->on(page(2, "typing", domain::MessageKind::typing), w.now);
  w.receive(bob, World::answer(w.take_one(bob, "MESSAGE"), "415 Unsupported Media Type", {}));
  EXPECT_EQ(w.asked.inbox.back().what, Delivered::taken);
}

TEST(PageCarriers, a_kept_message_tells_when_it_was_said) {
  World w;
  domain::DeliverPage late = page(1);
  w.now.wall = w.now.wall + std::chrono::hours{2};
  w.sessions->on(late, w.now);
  w.receive(bob, World::answer(w.take_one(bob, "INVITE"), "200 OK", "bobtag", offer));
  EXPECT_TRUE(w.take(bob).at(1).header(HeaderName::date));
}

TEST(PageCarriers, a_stop_ends_the_dialogs_and_answers_for_what_waits) {
  World w;
  open_carrier(w);
  domain::DeliverPage of_carol = page(2);
  auto message = std::make_shared<domain::InstantMessage>(*of_carol.message);
  message->from = UserId{3};
  message->from_address = "carol@example.com";
  of_carol.message = std::move(message);
  w.sessions->on(of_carol, w.now);  // one dialog for each person
  w.take_one(bob, "INVITE");
  w.sessions->stop(w.now);
  const auto sent = w.take(bob);
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_TRUE(sent[0].bytes().starts_with("BYE"));
  EXPECT_EQ(w.asked.inbox.back().ticket, Ticket{2});
  EXPECT_EQ(w.asked.inbox.back().status, 503);
  EXPECT_TRUE(w.asked.closes.empty());
}

TEST(NothingUnbounded, messages_that_wait_for_a_dialog_are_bounded) {
  World w;
  for (std::uint64_t ticket = 1; ticket <= deliveries_per_session_max; ++ticket) w.sessions->on(page(ticket), w.now);
  EXPECT_TRUE(w.asked.inbox.empty());
  w.sessions->on(page(deliveries_per_session_max + 1), w.now);
  ASSERT_EQ(w.asked.inbox.size(), 1u);
  EXPECT_EQ(w.asked.inbox[0].status, 503);
  w.receive(bob, World::answer(w.take_one(bob, "INVITE"), "200 OK", "bobtag", offer));
  EXPECT_EQ(w.take(bob).size(), 1 + deliveries_per_session_max);
}

}  // namespace
}  // namespace tertulia::face::simple::session_world
