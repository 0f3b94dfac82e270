// SPDX-License-Identifier: Apache-2.0
// What all subscriptions of the dialect have in common.
#include <gtest/gtest.h>

#include "face/lync/contacts_feed.h"
#include "face/lync/limits.h"
#include "face/lync/provisioning_feed.h"
#include "face/lync/self_feed.h"
#include "face/lync/subscriber.h"

namespace tertulia::face::lync {
namespace {

using namespace lync_script;

struct Watcher : Subscriber {
  void tell(std::uint64_t version, std::size_t watch = 0) {
    auto list = std::make_shared<const domain::ContactList>();
    for (std::uint64_t i = 1; i < version; ++i)
      list = std::make_shared<const domain::ContactList>(*list->with(domain::AddGroup{"g" + std::to_string(i), ""}, 9));
    script.face.on(domain::ContactsNews{script.world.contact_watches.at(watch).watch, list, std::nullopt, Reason::none},
                   script.now);
  }
};

TEST(Notices, a_client_without_benotify_gets_notify_and_may_be_silent) {
  Watcher t;
  t.begin(contacts_event, "Supported: ms-piggyback-first-notify\r\n");
  t.tell(1);
  EXPECT_EQ(value_of(t.one(), "ms-piggyback-cseq"), "1");
  t.tell(2);
  const std::string told = t.one();
  EXPECT_TRUE(told.starts_with("NOTIFY ")) << told;
  t.alice.say(t.alice.signed_text(answer_to(told, 200)));
  t.tell(3);
  t.one();
  t.script.wait(std::chrono::seconds{33});
  EXPECT_EQ(t.script.face.subscription_count(), 1U) << "no answer is no end: the connection is";
  t.tell(4);
  EXPECT_TRUE(has(body_of(t.one()), "prevDeltaNum=\"3\""));
}

TEST(Notices, a_client_without_piggyback_gets_the_document_behind_the_answer) {
  Watcher t;
  t.begin(contacts_event, "Supported: ms-benotify\r\n");
  t.tell(1);
  const std::vector<std::string> all = t.alice.heard();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(status_of_text(all[0]), 200);
  EXPECT_EQ(body_of(all[0]), "");
  EXPECT_EQ(value_of(all[0], "ms-piggyback-cseq"), "");
  EXPECT_TRUE(all[1].starts_with("BENOTIFY "));
  EXPECT_TRUE(has(body_of(all[1]), "<contactList"));
}

TEST(Notices, a_repeated_subscribe_is_answered_with_everything_again) {
  Watcher t;
  t.begin(contacts_event);
  t.tell(2);
  t.one();
  const std::string answer = t.again(contacts_event);
  EXPECT_EQ(status_of_text(answer), 200);
  EXPECT_EQ(value_of(answer, "ms-piggyback-cseq"), "2");
  EXPECT_TRUE(has(body_of(answer), "<contactList deltaNum=\"2\"")) << answer;
  EXPECT_EQ(t.script.world.contact_watches.size(), 1U);
  EXPECT_EQ(t.script.face.subscription_count(), 1U);
}

TEST(Notices, expires_0_ends_it) {
  Watcher t;
  t.begin(contacts_event);
  t.tell(1);
  t.one();
  const std::string answer = t.again(contacts_event, std::string(quiet) + "Expires: 0\r\n");
  EXPECT_EQ(status_of_text(answer), 200);
  EXPECT_EQ(value_of(answer, "Expires"), "0");
  EXPECT_EQ(body_of(answer), "");
  EXPECT_EQ(t.script.face.subscription_count(), 0U);
  EXPECT_FALSE(t.script.world.contact_watches.back().on);
  EXPECT_EQ(t.script.world.contact_watches.back().watch, t.script.world.contact_watches.front().watch);
  t.tell(2);
  EXPECT_TRUE(t.silent());
  EXPECT_EQ(status_of_text(t.again(contacts_event)), 481);
}

TEST(Notices, expires_0_at_first_asks_once) {
  Watcher t;
  t.begin(contacts_event, std::string(quiet) + "Expires: 0\r\n");
  EXPECT_EQ(t.script.face.subscription_count(), 1U);
  t.tell(1);
  const std::string answer = t.one();
  EXPECT_EQ(value_of(answer, "Expires"), "0");
  EXPECT_EQ(value_of(answer, "Subscription-State"), "terminated;expires=0");
  EXPECT_TRUE(has(body_of(answer), "<contactList"));
  EXPECT_EQ(t.script.face.subscription_count(), 0U);
  EXPECT_FALSE(t.script.world.contact_watches.back().on);
}

TEST(Notices, loss_of_the_connection_ends_all_watches) {
  Watcher t;
  t.begin(contacts_event);
  t.tell(1);
  t.begin(contacts_event);
  LyncClient second(t.script, "alice", "wonder");
  second.sign_in();
  second.ask(
      {.method = "SUBSCRIBE",
       .uri = second.own(),
       .headers = "Event: vnd-microsoft-roaming-contacts\r\nContact: <sip:a@10.0.0.1>\r\n" + std::string(quiet)});
  EXPECT_EQ(t.script.face.subscription_count(), 3U);
  t.script.face.on_closed(t.alice.connection, false, t.script.now);
  EXPECT_EQ(t.script.face.subscription_count(), 1U) << "the other device's stays";
  ASSERT_EQ(t.script.world.contact_watches.size(), 5U);
  EXPECT_FALSE(t.script.world.contact_watches[3].on);
  EXPECT_FALSE(t.script.world.contact_watches[4].on);
  t.tell(2, 0);
  t.tell(2, 1);
  EXPECT_TRUE(t.silent());
  t.tell(1, 2);
  EXPECT_EQ(second.heard().size(), 1U);
}

TEST(Notices, subscriptions_of_a_connection_are_bounded) {
  Watcher t;
  for (std::size_t i = 0; i < subscriptions_per_connection_max; ++i) EXPECT_EQ(t.begin(contacts_event), "") << i;
  const std::string answer = t.begin(contacts_event);
  EXPECT_EQ(status_of_text(answer), 403);
  EXPECT_TRUE(has_reason(answer, Reason::too_many_subscriptions));
  EXPECT_EQ(t.script.face.subscription_count(), subscriptions_per_connection_max);
}

TEST(Notices, a_dialog_belongs_to_its_connection) {
  Watcher t;
  t.begin(contacts_event);
  t.tell(1);
  t.one();
  LyncClient second(t.script, "alice", "wonder");
  second.sign_in();
  Ask ask = t.question(contacts_event, "Expires: 0\r\n", {});
  ask.call_id = t.call_id;
  ask.to_tag = t.tag;
  ask.cseq = 2;
  EXPECT_EQ(status_of_text(second.ask(ask)), 481);
  EXPECT_EQ(t.script.face.subscription_count(), 1U);
}

TEST(Notices, requests_in_the_dialog_come_in_order_and_are_subscribes) {
  Watcher t;
  t.begin(contacts_event);
  t.tell(1);
  t.one();
  Ask ask = t.question(contacts_event, quiet, {});
  ask.call_id = t.call_id;
  ask.to_tag = t.tag;
  ask.cseq = 2;
  ask.method = "INFO";
  const std::string info = t.alice.ask(ask);
  EXPECT_EQ(status_of_text(info), 405);
  EXPECT_EQ(value_of(info, "Allow"), "SUBSCRIBE");
  ask.method = "SUBSCRIBE";
  ask.cseq = 9;
  EXPECT_EQ(status_of_text(t.alice.ask(ask)), 200);
  ask.cseq = 3;
  EXPECT_EQ(status_of_text(t.alice.ask(ask)), 500) << "RFC 3261 12.2.2";
}

TEST(Notices, nobody_reads_what_is_another_s) {
  Watcher t;
  for (const std::string_view event : {contacts_event, self_event, provisioning_event}) {
    Ask ask = t.question(event, quiet, {});
    ask.uri = "sip:bob@example.com";
    EXPECT_TRUE(has_reason(t.alice.ask(ask), Reason::subscription_not_permitted)) << event;
  }
  EXPECT_TRUE(t.script.world.contact_watches.empty() && t.script.world.self_watches.empty());
  EXPECT_EQ(t.script.face.subscription_count(), 0U);
}

TEST(Notices, a_subscribe_without_contact_is_refused) {
  Watcher t;
  const std::string answer = t.alice.ask(
      {.method = "SUBSCRIBE", .uri = t.alice.own(), .headers = "Event: vnd-microsoft-roaming-contacts\r\n"});
  EXPECT_EQ(status_of_text(answer), 400);
  EXPECT_TRUE(t.script.world.contact_watches.empty());
}

TEST(Notices, events_of_the_standard_stay_with_the_standard_face) {
  Watcher t;
  for (const char* event : {"presence.winfo", "reg"}) {
    t.begin(event);
    EXPECT_TRUE(t.script.world.contact_watches.empty());
  }
  EXPECT_EQ(status_of_text(t.begin("no-such-event")), 489);
  t.begin("presence", "Accept: application/pidf+xml\r\n");
  ASSERT_EQ(t.script.world.presence_watches.size(), 1U);
  const auto& entry = t.script.world.presence_watches[0].entries.at(0);
  EXPECT_EQ(entry.target, base::UserId{1});
}

TEST(Notices, at_the_stop_what_waits_is_refused) {
  Watcher t;
  t.begin(contacts_event);
  t.script.face.stop(t.script.now);
  EXPECT_TRUE(has_reason(t.one(), Reason::server_stopping));
}

TEST(Notices, a_standard_client_does_not_reach_them) {
  Watcher t;
  LyncClient phone(t.script, "alice", "wonder");
  const std::string answer = phone.say(phone.text_of(
      {.method = "SUBSCRIBE", .uri = phone.own(), .headers = "Event: vnd-microsoft-roaming-contacts\r\n"}));
  EXPECT_TRUE(value_of(answer, "WWW-Authenticate").starts_with("Digest "));
}

}  // namespace
}  // namespace tertulia::face::lync
