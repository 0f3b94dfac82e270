// SPDX-License-Identifier: Apache-2.0
// The way in to one user: live, kept, drained; every race that could spoil the order.
#include <gtest/gtest.h>

#include "domain/conversation/inbox_bench.h"
#include "domain/conversation/limits.h"

namespace tertulia::domain::bench {
namespace {

using base::Reason;
using namespace std::chrono_literals;
using Texts = std::vector<std::string>;
using What = DeliverAnswer::What;

TEST(ExactlyOncePerEndpoint, live_to_all_devices_at_once_first_taker_decides) {
  InboxBench b;
  b.sign_in();
  b.sign_in(false, true);   // takes it in a session
  b.sign_in(false, false);  // takes no messages
  const auto ticket = b.deliver("1");
  ASSERT_EQ(b.offers.size(), 2U);
  EXPECT_NE(b.offers[0].route.endpoint, b.offers[1].route.endpoint);
  b.answer(0, What::refused, 486);
  EXPECT_TRUE(b.answers.empty());
  b.answer(1, What::taken);
  EXPECT_EQ(b.outcome(ticket).outcome, PostOutcome::delivered);
  EXPECT_EQ(b.outcome(ticket).taken_by.endpoint, b.offers[1].route.endpoint);
  EXPECT_EQ(b.inbox.in_flight(), 0U);
  b.answer(1, What::taken);
  EXPECT_EQ(b.answers.size(), 1U);
  EXPECT_TRUE(b.store.empty());
}

TEST(SenderIsToldTheTruth, failures_of_live_devices) {
  struct Case {
    std::vector<std::pair<What, int>> answers;
    Reason reason;
    int status;
  };
  for (const Case& c :
       std::vector<Case>{{{{What::refused, 486}, {What::refused, 480}}, Reason::recipient_refused, 486},
                         {{{What::silent, 0}, {What::silent, 0}}, Reason::recipient_silent, 408},
                         {{{What::silent, 0}, {What::refused, 415}}, Reason::recipient_refused, 415},
                         {{{What::gone, 0}, {What::refused, 415}}, Reason::recipient_refused, 415},
                         {{{What::refused, 603}, {What::refused, 404}}, Reason::recipient_refused, 603}}) {
    InboxBench b;
    b.sign_in();
    b.sign_in();
    const auto ticket = b.deliver("1");
    for (std::size_t i = 0; i < 2; ++i) b.answer(i, c.answers[i].first, c.answers[i].second);
    EXPECT_EQ(b.outcome(ticket).reason, c.reason);
    EXPECT_EQ(b.outcome(ticket).status, c.status);
    EXPECT_TRUE(b.store.empty());
  }
}

TEST(AcknowledgedMeansKept, absent_recipient) {
  InboxBench b;
  const auto ticket = b.deliver("1");
  EXPECT_EQ(b.calls(), (Texts{"keep 1"}));
  EXPECT_TRUE(b.answers.empty());  // not before it is durable
  b.store_done(0);
  EXPECT_EQ(b.outcome(ticket).outcome, PostOutcome::kept);
  EXPECT_EQ(b.inbox.kept_count(), 1U);
}

TEST(EveryRefusalSaysWhy, inbox) {
  InboxBench b;
  b.people.set(bob, "offline_messages_max", "1");
  const auto first = b.deliver("1");
  EXPECT_EQ(b.outcome(b.deliver("2")).reason, Reason::mailbox_full);  // the first is still being written
  b.store_done(0, Reason::store_unavailable);
  EXPECT_EQ(b.outcome(first).reason, Reason::store_unavailable);
  EXPECT_EQ(b.outcome(b.deliver("...", MessageKind::typing)).reason, Reason::recipient_unavailable);
  b.people.set(bob, "offline_messages", "off");
  EXPECT_EQ(b.outcome(b.deliver("3")).reason, Reason::recipient_unavailable);
  b.people.set(bob, "home_server", "fe2.example.com");
  EXPECT_EQ(b.outcome(b.deliver("4")).reason, Reason::home_elsewhere);
  b.people.disable(bob);
  EXPECT_EQ(b.outcome(b.deliver("4")).reason, Reason::destination_unknown);
  EXPECT_EQ(b.inbox.kept_count(), 0U);
  EXPECT_EQ(b.inbox.in_flight(), 0U);
}

TEST(Inbox, delivery_notifications_are_kept_and_devices_without_messages_do_not_count_as_present) {
  InboxBench b;
  b.sign_in(false, false);
  b.deliver("imdn", MessageKind::notification);
  EXPECT_EQ(b.calls(), (Texts{"keep imdn"}));
}

TEST(Inbox, what_was_kept_goes_to_a_device_that_takes_sessions_alone) {
  InboxBench b;
  b.inbox.set_kept(bob, 1);
  b.sign_in(false, true);
  b.loaded(0, {"1"});
  EXPECT_EQ(b.offered(), (Texts{"1"}));
}

TEST(Inbox, words_of_a_conference_go_to_devices_that_take_single_messages_outside_of_sessions) {
  InboxBench b;
  b.sign_in(false, true);
  const auto said = std::make_shared<const ConferenceDescription>();
  b.inbox.on_deliver({{90}, mcu, {7}, bob, say(alice, "1", MessageKind::text), {}, said}, *b.people, b.clock.now());
  EXPECT_EQ(b.outcome({90}).reason, Reason::recipient_unavailable);
  b.sign_in();
  b.inbox.on_deliver({{91}, mcu, {7}, bob, say(alice, "2", MessageKind::text), {}, said}, *b.people, b.clock.now());
  EXPECT_EQ(b.offered(), (Texts{"2"}));
}

TEST(Inbox, sign_in_brings_what_was_kept_in_order_one_by_one) {
  InboxBench b;
  b.inbox.set_kept(bob, 3);
  EXPECT_EQ(b.inbox.kept_count(), 3U);
  b.sign_in();
  EXPECT_EQ(b.calls(), (Texts{"load"}));
  b.loaded(0, {"1", "2", "3"}, 11);
  EXPECT_EQ(b.offered(), (Texts{"1"}));
  b.answer(0, What::taken);
  EXPECT_EQ(b.offered(), (Texts{"1", "2"}));
  b.answer(1, What::refused, 415);  // never: dropped, so that it does not hold up the rest
  b.answer(2, What::taken);
  EXPECT_EQ(b.offered(), (Texts{"1", "2", "3"}));
  EXPECT_EQ(b.calls(), (Texts{"load", "forget 11", "forget 12", "forget 13"}));
  EXPECT_EQ(b.inbox.kept_count(), 0U);
  b.deliver("4");
  EXPECT_EQ(b.offered().back(), "4");  // the live path is open again
}

TEST(ConversationOrder, vanishing_device_with_three_in_flight_and_a_fourth_arriving) {
  InboxBench b;
  const auto device = b.sign_in();
  for (const char* text : {"1", "2", "3"}) b.deliver(text);
  EXPECT_EQ(b.offered(), (Texts{"1", "2", "3"}));
  b.vanish(device);
  const auto fourth = b.deliver("4");
  EXPECT_TRUE(b.store.empty());  // 1, 2 and 3 may still have arrived
  b.answer(1, What::gone);
  EXPECT_TRUE(b.store.empty());
  b.answer(0, What::gone);
  EXPECT_EQ(b.calls(), (Texts{"keep 1", "keep 2"}));
  b.answer(2, What::gone);
  EXPECT_EQ(b.calls(), (Texts{"keep 1", "keep 2", "keep 3", "keep 4"}));
  for (std::size_t i = 0; i < 4; ++i) b.store_done(i);
  EXPECT_EQ(b.outcome(fourth).outcome, PostOutcome::kept);
}

TEST(ConversationOrder, newcomer_does_not_get_a_newer_message_before_an_older_one_is_settled) {
  InboxBench b;
  const auto old_device = b.sign_in();
  b.deliver("1");
  b.sign_in();
  b.deliver("2");
  EXPECT_EQ(b.offered(), (Texts{"1"}));  // were 2 to go out now and 1 to fall, the newcomer would see 2 before 1
  b.vanish(old_device);
  b.answer(0, What::gone);
  EXPECT_EQ(b.calls(), (Texts{"keep 1", "keep 2"}));
  b.store_done(0);
  EXPECT_EQ(b.calls().back(), "load");  // the newcomer is here: no need to wait for a sign-in
  b.store_done(1);
  b.loaded(2, {"1"});  // the load was before the second write
  b.answer(1, What::taken);
  EXPECT_EQ(b.calls(), (Texts{"keep 1", "keep 2", "load", "forget 1", "load"}));
  b.loaded(4, {"2"}, 2);
  EXPECT_EQ(b.offered(), (Texts{"1", "1", "2"}));
}

TEST(ConversationOrder, newcomer_waits_only_until_the_older_one_is_taken) {
  InboxBench b;
  b.sign_in();
  b.deliver("1");
  b.sign_in();
  b.deliver("2");
  b.answer(0, What::taken);
  EXPECT_EQ(b.offered(), (Texts{"1", "2", "2"}));
  EXPECT_TRUE(b.store.empty());
}

TEST(ConversationOrder, a_fallen_message_is_not_kept_when_a_newer_one_may_have_arrived_elsewhere) {
  InboxBench b;
  const auto first_device = b.sign_in();
  b.sign_in();
  const auto first = b.deliver("1");
  b.deliver("2");
  b.vanish(first_device);
  b.answer(0, What::gone);
  b.answer(2, What::gone);
  b.answer(3, What::taken);   // "2" on the second device
  b.answer(1, What::silent);  // "1" there
  EXPECT_EQ(b.outcome(first).reason, Reason::recipient_silent);
  EXPECT_TRUE(b.store.empty());
}

TEST(ConversationOrder, sign_in_while_a_message_is_being_written) {
  InboxBench b;
  b.deliver("1");
  b.sign_in();
  b.deliver("2");
  EXPECT_TRUE(b.offers.empty());
  EXPECT_EQ(b.calls(), (Texts{"keep 1", "keep 2"}));
  b.store_done(0);
  EXPECT_EQ(b.calls().back(), "load");
  b.store_done(1);
  b.loaded(2, {"1", "2"});
  b.answer(0, What::taken);
  b.answer(1, What::taken);
  EXPECT_EQ(b.offered(), (Texts{"1", "2"}));
}

TEST(ConversationOrder, what_arrives_during_a_drain_is_written_behind_it) {
  InboxBench b;
  b.inbox.set_kept(bob, 1);
  b.sign_in();
  b.loaded(0, {"1"});
  const auto second = b.deliver("2");
  EXPECT_EQ(b.offered(), (Texts{"1"}));
  b.answer(0, What::taken);
  b.store_done(1);  // keep 2
  EXPECT_EQ(b.outcome(second).outcome, PostOutcome::kept);
  EXPECT_EQ(b.calls(), (Texts{"load", "keep 2", "forget 1", "load"}));
  b.loaded(3, {"2"}, 2);
  b.answer(1, What::taken);
  EXPECT_EQ(b.offered(), (Texts{"1", "2"}));
}

TEST(ConversationOrder, what_may_not_be_kept_waits_for_the_end_of_the_drain) {
  InboxBench b;
  b.people.set(bob, "offline_messages", "off");
  b.inbox.set_kept(bob, 1);
  b.sign_in();
  b.loaded(0, {"1"});
  const auto second = b.deliver("2");
  EXPECT_EQ(b.outcome(b.deliver("...", MessageKind::typing)).reason, Reason::recipient_unavailable);
  EXPECT_EQ(b.answers.size(), 1U);
  b.answer(0, What::taken);
  EXPECT_EQ(b.offered(), (Texts{"1", "2"}));
  b.answer(1, What::taken);
  EXPECT_EQ(b.outcome(second).outcome, PostOutcome::delivered);
}

TEST(ConversationOrder, connection_dies_during_a_drain) {
  InboxBench b;
  b.inbox.set_kept(bob, 2);
  const auto device = b.sign_in();
  b.loaded(0, {"1", "2"});
  b.answer(0, What::taken);
  b.vanish(device);
  b.answer(1, What::gone);
  EXPECT_EQ(b.calls(), (Texts{"load", "forget 1"}));
  b.sign_in();
  EXPECT_EQ(b.calls().back(), "load");
  b.loaded(2, {"2"}, 2);
  b.answer(2, What::taken);
  EXPECT_EQ(b.offered(), (Texts{"1", "2", "2"}));
  EXPECT_EQ(b.inbox.kept_count(), 0U);
}

TEST(ConversationOrder, sign_in_during_a_drain_repeats_a_failed_offer_at_once) {
  InboxBench b;
  b.inbox.set_kept(bob, 1);
  const auto device = b.sign_in();
  b.loaded(0, {"1"});
  b.sign_in();
  b.vanish(device);
  b.answer(0, What::gone);
  EXPECT_EQ(b.offered(), (Texts{"1", "1"}));
}

TEST(Inbox, a_silent_device_lets_the_drain_rest_and_new_messages_queue_behind) {
  InboxBench b;
  b.inbox.set_kept(bob, 1);
  b.sign_in();
  b.loaded(0, {"1"});
  b.answer(0, What::silent);
  b.deliver("2");
  EXPECT_EQ(b.calls(), (Texts{"load", "keep 2"}));
  b.store_done(1);
  EXPECT_EQ(b.calls().size(), 2U);
  ASSERT_TRUE(b.inbox.deadline().has_value());
  b.pass(conversation_limits::drain_rest);
  EXPECT_EQ(b.calls().back(), "load");
  EXPECT_EQ(b.inbox.deadline(), std::nullopt);
}

TEST(Inbox, a_kept_message_stays_kept_while_devices_cannot_take_it) {
  for (const int status : {403, 404, 405, 481, 486, 500, 501, 504}) {
    InboxBench b;
    b.inbox.set_kept(bob, 1);
    b.sign_in();
    b.loaded(0, {"1"});
    b.answer(0, What::refused, status);
    EXPECT_EQ(b.calls(), (Texts{"load"})) << status;
    EXPECT_EQ(b.inbox.kept_count(), 1U) << status;
    b.pass(conversation_limits::drain_rest);
    b.loaded(1, {"1"});
    b.answer(1, What::taken);
    EXPECT_EQ(b.inbox.kept_count(), 0U) << status;
    EXPECT_EQ(b.inbox.metrics().given_up.value(), 0) << status;
  }
}

TEST(Inbox, a_kept_message_that_is_refused_as_such_or_for_too_long_is_given_up) {
  for (const int status : {400, 413, 415, 488, 493, 513, 600, 603}) {
    InboxBench b;
    b.inbox.set_kept(bob, 1);
    b.sign_in();
    b.loaded(0, {"1"});
    b.answer(0, What::refused, status);
    EXPECT_EQ(b.calls(), (Texts{"load", "forget 1"})) << status;
    EXPECT_EQ(b.inbox.metrics().given_up.value(), 1) << status;
  }
  InboxBench b;
  b.inbox.set_kept(bob, 1);
  b.sign_in();
  b.pass(conversation_limits::kept_refused_max + 1s);
  b.loaded(0, {"1"});
  b.answer(0, What::refused, 500);
  EXPECT_EQ(b.calls(), (Texts{"load", "forget 1"}));
}

TEST(Inbox, load_that_fails_is_tried_again) {
  InboxBench b;
  b.inbox.set_kept(bob, 1);
  b.sign_in();
  b.load_fails(0);
  EXPECT_EQ(b.calls().size(), 1U);
  b.pass(conversation_limits::drain_rest);
  EXPECT_EQ(b.calls(), (Texts{"load", "load"}));
}

TEST(ExactlyOncePerEndpoint, what_the_store_could_not_forget_is_not_delivered_again) {
  InboxBench b;
  b.inbox.set_kept(bob, 2);
  b.sign_in();
  b.loaded(0, {"1", "2"}, 5);
  b.answer(0, What::taken);
  b.answer(1, What::silent);
  b.store_done(1, Reason::store_unavailable);  // forget 5
  b.pass(conversation_limits::drain_rest);
  EXPECT_EQ(b.calls(), (Texts{"load", "forget 5", "forget 5", "load"}));
  b.store_done(2, Reason::store_unavailable);
  b.loaded(3, {"1", "2"}, 5);
  EXPECT_EQ(b.offered(), (Texts{"1", "2", "2"}));
  b.answer(2, What::taken);
  EXPECT_EQ(b.inbox.kept_count(), 0U);
  b.deliver("3");  // a forgetful store does not close the live path
  EXPECT_EQ(b.offered().back(), "3");
}

TEST(Inbox, removed_user) {
  InboxBench b;
  const auto device = b.sign_in();
  const auto live = b.deliver("1");
  b.inbox.set_kept(carol, 4);
  b.inbox.on_user_removed(carol);
  EXPECT_EQ(b.inbox.kept_count(), 0U);
  b.people.remove(bob);
  b.inbox.on_user_removed(bob);
  b.vanish(device);
  b.answer(0, What::gone);
  EXPECT_EQ(b.outcome(live).reason, Reason::destination_unknown);
  EXPECT_TRUE(b.store.empty());
}

TEST(Inbox, finds_endpoints) {
  InboxBench b;
  b.sign_in(true, true);
  b.inbox.on_find({mcu, {7}, bob});
  ASSERT_EQ(b.found_routes.size(), 1U);
  EXPECT_EQ(b.found_routes[0].routes.size(), 1U);
}

TEST(NothingUnbounded, messages_to_one_user_in_flight) {
  InboxBench b;
  b.sign_in();
  for (std::size_t i = 0; i < conversation_limits::inbox_in_flight_max; ++i) b.deliver("x");
  EXPECT_EQ(b.outcome(b.deliver("more")).reason, Reason::server_busy);
  b.answer(0, What::taken);
  b.deliver("fits");
  EXPECT_EQ(b.offered().back(), "fits");
}

TEST(NothingUnbounded, drain_pauses_when_the_store_does_not_forget) {
  InboxBench b;
  b.inbox.set_kept(bob, 100);
  b.sign_in();
  Texts batch(conversation_limits::drain_batch_max, "x");
  b.loaded(0, batch);
  for (std::size_t i = 0; i < conversation_limits::unforgotten_max; ++i) b.answer(i, What::taken);
  EXPECT_EQ(b.offers.size(), conversation_limits::unforgotten_max);
  EXPECT_EQ(b.calls().size(), 1 + conversation_limits::unforgotten_max);  // no second load
  EXPECT_TRUE(b.inbox.deadline().has_value());
}

}  // namespace
}  // namespace tertulia::domain::bench
