// SPDX-License-Identifier: Apache-2.0
// Messages and invitations for one device of a user (RFC 5627).
#include <gtest/gtest.h>

#include "domain/conversation/final_status.h"
#include "domain/conversation/inbox_bench.h"
#include "domain/conversation/limits.h"

namespace tertulia::domain::bench {
namespace {

using base::Reason;
using Texts = std::vector<std::string>;
using What = DeliverAnswer::What;

/// A device of Bob that has a name.
base::ConnectionId sign_in(InboxBench& b, const std::string& instance, bool page = true) {
  BindRequest bind;
  bind.edge = bobs_edge;
  static std::uint64_t last = 500;
  bind.connection = {++last};
  bind.user = bob;
  ContactChange contact;
  contact.uri = "sip:" + instance;
  contact.instance = instance;
  contact.capabilities.page_mode = page;
  bind.contacts.push_back(contact);
  bind.call_id = instance;
  bind.cseq = static_cast<std::uint32_t>(last);
  b.registrar.on_bind(bind, *b.people, b.clock.now());
  const EndpointRoute route = b.registrar.routes(bob).back();
  b.inbox.on_endpoint_added(bob, route, b.clock.now());
  return bind.connection;
}

base::Ticket send(InboxBench& b, const std::string& text, const DeviceName& device,
                  MessageKind kind = MessageKind::text) {
  static std::uint64_t last = 9000;
  const base::Ticket ticket{++last};
  b.inbox.on_deliver({ticket, mcu, {7}, bob, say(alice, text, kind), device}, *b.people, b.clock.now());
  return ticket;
}

TEST(OneDevice, gets_it_alone) {
  InboxBench b;
  sign_in(b, "desk");
  sign_in(b, "phone");
  const base::Ticket ticket = send(b, "1", {"phone", 0});
  ASSERT_EQ(b.offers.size(), 1U);
  EXPECT_EQ(*b.offers[0].route.remote_target, "sip:phone");
  b.answer(0, What::taken);
  EXPECT_EQ(b.outcome(ticket).outcome, PostOutcome::delivered);
  EXPECT_EQ(b.inbox.in_flight(), 0U);
}

TEST(OneDevice, that_is_not_here_means_refused_and_nothing_is_kept) {
  InboxBench b;
  EXPECT_EQ(b.outcome(send(b, "1", {"phone", 0})).reason, Reason::recipient_unavailable);
  EXPECT_EQ(b.outcome(send(b, "2", {{}, 99})).reason, Reason::destination_unknown);
  sign_in(b, "desk");
  EXPECT_EQ(b.outcome(send(b, "3", {"phone", 0})).reason, Reason::recipient_unavailable);
  sign_in(b, "sessions", false);
  EXPECT_EQ(b.outcome(send(b, "4", {"sessions", 0})).reason, Reason::recipient_unavailable);
  EXPECT_TRUE(b.offers.empty());
  EXPECT_TRUE(b.store.empty());
  EXPECT_EQ(b.inbox.in_flight(), 0U);
}

TEST(OneDevice, that_goes_away_or_says_no_means_refused) {
  InboxBench b;
  sign_in(b, "desk");
  const base::ConnectionId phone = sign_in(b, "phone");
  const base::Ticket busy = send(b, "1", {"phone", 0});
  b.answer(0, What::refused, 486);
  EXPECT_EQ(b.outcome(busy).reason, Reason::recipient_refused);
  EXPECT_EQ(b.outcome(busy).status, 486);
  const base::Ticket silent = send(b, "2", {"phone", 0});
  b.answer(1, What::silent);
  EXPECT_EQ(b.outcome(silent).reason, Reason::recipient_silent);
  const base::Ticket gone = send(b, "3", {"phone", 0});
  b.registrar.on_connection_gone({bob, phone, false}, b.clock.now());
  b.answer(2, What::gone);
  EXPECT_EQ(b.outcome(gone).reason, Reason::recipient_unavailable);
  EXPECT_EQ(b.outcome(gone).status, 0);
  EXPECT_TRUE(b.store.empty());
}

TEST(ConversationOrder, a_message_for_one_device_holds_up_nobody_and_overtakes_nothing) {
  InboxBench b;
  sign_in(b, "desk");
  sign_in(b, "phone");
  b.deliver("1");                             // to both
  send(b, "2", {"phone", 0});                 // behind it, on the same connection
  const base::Ticket third = b.deliver("3");  // to both at once, although 2 is not answered
  ASSERT_EQ(b.offered(), (Texts{"1", "1", "2", "3", "3"}));
  // A device appears that has not been offered 1: whatever follows for it waits.
  sign_in(b, "new");
  send(b, "4", {"new", 0});
  EXPECT_EQ(b.offers.size(), 5U);
  b.answer(0, What::taken);
  b.answer(3, What::taken);
  EXPECT_EQ(b.outcome(third).outcome, PostOutcome::delivered);
  EXPECT_EQ(b.offered().back(), "4");
}

TEST(ConversationOrder, a_message_for_one_device_waits_for_what_is_kept) {
  InboxBench b;
  b.deliver("1");
  ASSERT_EQ(b.calls(), (Texts{"keep 1"}));
  sign_in(b, "phone");
  const base::Ticket second = send(b, "2", {"phone", 0});
  EXPECT_TRUE(b.offers.empty());
  b.store_done(0);
  ASSERT_EQ(b.calls(), (Texts{"keep 1", "load"}));
  b.loaded(1, {"1"});
  ASSERT_EQ(b.offered(), (Texts{"1"}));
  b.answer(0, What::taken);  // more may have been kept meanwhile: one more look
  for (std::size_t i = 2; i < b.store.size(); ++i) {
    if (b.store[i].kind == InboxBench::StoreCall::Kind::forget) b.store_done(i);
    if (b.store[i].kind == InboxBench::StoreCall::Kind::load) b.loaded(i, {});
  }
  EXPECT_EQ(b.offered(), (Texts{"1", "2"}));
  b.answer(1, What::taken);
  EXPECT_EQ(b.outcome(second).outcome, PostOutcome::delivered);
}

TEST(OneDevice, inbox_finds_it_alone) {
  InboxBench b;
  sign_in(b, "desk");
  sign_in(b, "phone");
  b.inbox.on_find({mcu, {7}, bob, DeviceName{"desk", 0}});
  b.inbox.on_find({mcu, {7}, bob, DeviceName{"other", 0}});
  b.inbox.on_find({mcu, {7}, bob, DeviceName{{}, 1}});
  ASSERT_EQ(b.found_routes.size(), 3U);
  ASSERT_EQ(b.found_routes[0].routes.size(), 1U);
  EXPECT_EQ(*b.found_routes[0].routes[0].remote_target, "sip:desk");
  EXPECT_TRUE(b.found_routes[1].routes.empty());
  EXPECT_EQ(b.found_routes[1].reason, Reason::recipient_unavailable);
  EXPECT_EQ(b.found_routes[2].reason, Reason::destination_unknown);
}

// ---- the IMMCU -------------------------------------------------------------------------------------------------------

base::Ticket page(ImmcuBench& b, const std::string& text, const DeviceName& device) {
  static std::uint64_t last = 7000;
  const base::Ticket ticket{++last};
  PostPage post{ticket, alices_edge, {10}, nullptr, bob, say(alice, text), "call-1", device};
  b.immcu.on_post(post, *b.people, b.clock.now());
  return ticket;
}

void open(ImmcuBench& b, const DeviceName& device) {
  OpenSession open;
  open.ticket = {8000};
  open.edge = alices_edge;
  open.leg = alices_leg;
  open.from = alice;
  open.from_address = address_of(alice);
  open.endpoint = {10};
  open.to = bob;
  open.device = device;
  b.immcu.on_open(open, *b.people, b.clock.now());
}

TEST(OneDevice, page_says_so_to_the_inbox) {
  ImmcuBench b;
  const DeviceName phone{"phone", 0};
  page(b, "1", phone);
  b.page(alice, bob, "2");
  ASSERT_EQ(b.inbox.size(), 2U);
  EXPECT_EQ(b.inbox[0].device, phone);
  EXPECT_FALSE(b.inbox[1].device);
  EXPECT_EQ(b.inbox[0].conversation, b.inbox[1].conversation);
}

TEST(OneDevice, page_does_not_go_into_the_session_of_another_device) {
  ImmcuBench b;
  b.open();
  b.found({route_of(20, true, false)});  // Bob takes part by pages
  const base::Ticket reply{7500};
  PostPage post{reply, bobs_edge, {20}, nullptr, alice, say(bob, "reply"), "call-1", DeviceName{"tablet", 0}};
  b.immcu.on_post(post, *b.people, b.clock.now());
  EXPECT_TRUE(b.sessions.empty());
  ASSERT_EQ(b.inbox.size(), 1U);
  EXPECT_EQ(b.inbox[0].to, alice);
  EXPECT_EQ(b.inbox[0].device, (DeviceName{"tablet", 0}));
}

TEST(OneDevice, only_it_rings) {
  ImmcuBench b;
  const DeviceName phone{"phone", 0};
  open(b, phone);
  ASSERT_EQ(b.finds.size(), 1U);
  EXPECT_EQ(b.finds[0].device, phone);
  b.found({route_of(20, true, true)});
  ASSERT_EQ(b.invites.size(), 1U);
  b.leg_answers(0, LegAnswer::What::accepted, 200);
  EXPECT_EQ(b.opened.back().what, OpenAnswer::What::accepted);
  // Its leg breaks: what is said then is for this device too.
  b.in_session(alice, "hello");
  b.leg_delivered(0, What::gone);
  ASSERT_EQ(b.inbox.size(), 1U);
  EXPECT_EQ(b.inbox[0].device, phone);
}

TEST(OneDevice, that_is_not_here_refuses_the_invitation_though_messages_are_kept) {
  for (const Reason reason : {Reason::recipient_unavailable, Reason::destination_unknown}) {
    ImmcuBench b;
    open(b, {"phone", 0});
    b.immcu.on_found({b.finds.back().conversation, bob, {}, reason}, *b.people, b.clock.now());
    EXPECT_EQ(b.opened.back().what, OpenAnswer::What::refused);
    EXPECT_EQ(b.opened.back().reason, reason);
    EXPECT_EQ(b.opened.back().status, base::status_of(reason));
  }
  ImmcuBench b;  // it goes away while it rings
  open(b, {"phone", 0});
  b.found({route_of(20, true, true)});
  b.leg_answers(0, LegAnswer::What::refused, status_connection_gone);
  EXPECT_EQ(b.opened.back().what, OpenAnswer::What::refused);
}

TEST(OneDevice, that_takes_pages_only_gets_the_session_by_pages) {
  ImmcuBench b;
  const DeviceName phone{"phone", 0};
  open(b, phone);
  b.found({route_of(20, true, false)});
  EXPECT_EQ(b.opened.back().what, OpenAnswer::What::accepted);
  b.in_session(alice, "hello");
  ASSERT_EQ(b.inbox.size(), 1U);
  EXPECT_EQ(b.inbox[0].device, phone);
}

}  // namespace
}  // namespace tertulia::domain::bench
