// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "face/simple/event_script.h"
#include "face/simple/subscription_limits.h"
#include "protocol/subscription/limits.h"

namespace tertulia::face::simple {
namespace {

using namespace event_script;
using namespace std::chrono_literals;

constexpr std::string_view bob_uri = "sip:bob@example.com";

/// Alice watches bob.
struct Watching {
  Watching() {
    EXPECT_EQ(status_of_text(alice.subscribe(bob_uri)), 200);
    watch = last_watch(script);
  }
  void tell(std::uint64_t version, std::uint16_t availability = domain::availability_online) {
    event_script::tell(script, view_of_bob(version, availability), watch);
  }
  Script script;
  Subscriber alice{script, "alice", "wonder"};
  base::WatchId watch;
};

TEST(Subscriptions, tells_state_and_changes) {  // RFC 6665 4.2, RFC 3856 9
  Script script;
  Subscriber alice(script, "alice", "wonder");
  const std::string ok = alice.subscribe(bob_uri,
                                         "Event: presence;id=7\r\nExpires: 600\r\nAccept: application/pidf+xml\r\n"
                                         "Record-Route: <sip:p1.example.net;lr>, <sip:p2.example.net;lr>\r\n");
  EXPECT_EQ(status_of_text(ok), 200);
  EXPECT_EQ(value_of(ok, "Expires"), "600");
  EXPECT_EQ(value_of(ok, "Record-Route"), "<sip:p1.example.net;lr>, <sip:p2.example.net;lr>");
  EXPECT_EQ(value_of(ok, "Contact"), "<sip:fe1.example.com:5061;transport=tls>");
  ASSERT_EQ(script.world.presence_watches.size(), 1U);
  const domain::WatchPresence& asked = script.world.presence_watches.front();
  EXPECT_EQ(asked.watcher, base::UserId{1});
  EXPECT_EQ(asked.watcher_address, "alice@example.com");
  EXPECT_EQ(asked.entries.front().target, base::UserId{2});
  EXPECT_FALSE(asked.once);
  EXPECT_EQ(script.face.subscription_count(), 1U);
  EXPECT_EQ(script.face.metrics().subscriptions.value(), 1);

  tell(script, view_of_bob(10), last_watch(script));
  const std::string first = alice.notify();
  EXPECT_TRUE(first.starts_with("NOTIFY sip:alice@10.0.0.9:5071 SIP/2.0\r\n")) << first;
  EXPECT_EQ(value_of(first, "Event"), "presence;id=7");
  EXPECT_EQ(value_of(first, "Subscription-State"), "active;expires=600");
  EXPECT_EQ(value_of(first, "CSeq"), "1 NOTIFY");
  EXPECT_EQ(value_of(first, "Content-Type"), "application/pidf+xml");
  EXPECT_EQ(value_of(first, "Route"), "<sip:p1.example.net;lr>");
  EXPECT_EQ(value_of(first, "To"), "<sip:alice@example.com>;tag=f1");
  EXPECT_NE(body_of(first).find("<basic>open</basic>"), std::string::npos) << first;
  alice.answer(first);

  script.wait(2s);
  tell(script, view_of_bob(11, domain::availability_busy), last_watch(script));
  const std::string second = alice.notify_and_ok();
  EXPECT_EQ(value_of(second, "CSeq"), "2 NOTIFY");
  EXPECT_EQ(value_of(second, "Subscription-State"), "active;expires=598");
  EXPECT_NE(body_of(second).find("busy"), std::string::npos) << second;
  EXPECT_EQ(script.face.metrics().notifications.value(), 2U);

  const std::string refreshed = alice.again("Event: presence;id=7\r\nExpires: 900\r\n");
  EXPECT_EQ(status_of_text(refreshed), 200);
  EXPECT_EQ(value_of(refreshed, "Expires"), "900");
  const std::size_t at = refreshed.find("NOTIFY sip:");
  ASSERT_NE(at, std::string::npos);
  const std::string third = refreshed.substr(at);
  EXPECT_EQ(value_of(third, "Subscription-State"), "active;expires=900");
  alice.answer(third);

  const std::string end = alice.again("Event: presence;id=7\r\nExpires: 0\r\n");
  EXPECT_EQ(value_of(end, "Expires"), "0");
  const std::string last = end.substr(end.find("NOTIFY sip:"));
  EXPECT_EQ(value_of(last, "Subscription-State"), "terminated;reason=timeout");
  EXPECT_EQ(body_of(last), body_of(second));
  EXPECT_EQ(script.face.subscription_count(), 0U);
  ASSERT_EQ(script.world.unwatches.size(), 1U);
  EXPECT_EQ(script.world.unwatches.front().entries.front().watch, last_watch(script));
  EXPECT_EQ(status_of_text(alice.again("Event: presence;id=7\r\n")), 481);
  EXPECT_FALSE(script.face.deadline() && *script.face.deadline() <= script.now.mono);
}

struct RefusalRow {
  const char* name;
  const char* uri;
  const char* extra;
  const char* body;
  int status;
  const char* header;
  const char* value;
};
const RefusalRow refusal_rows[] = {
    {"no_event", "sip:bob@example.com", "", "", 489, "Allow-Events", "presence"},
    {"unknown_event", "sip:bob@example.com", "Event: weather\r\n", "", 489, "Allow-Events", "presence.winfo"},
    {"case_counts", "sip:bob@example.com", "Event: Presence\r\n", "", 489, "Allow-Events", "presence"},
    {"malformed_event", "sip:bob@example.com", "Event: a b\r\n", "", 400, "", ""},
    {"brief", "sip:bob@example.com", "Event: presence\r\nExpires: 59\r\n", "", 423, "Min-Expires", "60"},
    {"accept", "sip:bob@example.com", "Event: presence\r\nAccept: text/plain\r\n", "", 406, "Accept",
     "application/pidf+xml"},
    {"body", "sip:bob@example.com", "Event: presence\r\nContent-Type: application/simple-filter+xml\r\n", "<f/>", 415,
     "Accept", ""},
    {"nobody", "sip:carol@example.com", "Event: presence\r\n", "", 404, "", ""},
    {"foreign", "sip:bob@elsewhere.org", "Event: presence\r\n", "", 404, "", ""},
    {"other_winfo", "sip:bob@example.com", "Event: presence.winfo\r\n", "", 403, "", ""},
    {"require", "sip:bob@example.com", "Event: presence\r\nRequire: teleport\r\n", "", 420, "Unsupported", "teleport"},
    {"temporary_gruu", "sip:tgruu.abc@example.com;gr", "Event: presence\r\n", "", 404, "", ""},
};

TEST(Subscriptions, refuses_what_it_cannot_serve) {
  for (const RefusalRow& row : refusal_rows) {
    Script script;
    Subscriber alice(script, "alice", "wonder");
    const std::string answer = alice.subscribe(row.uri, row.extra, row.body);
    EXPECT_EQ(status_of_text(answer), row.status) << row.name << "\n" << answer;
    if (*row.header != '\0') {
      EXPECT_NE(value_of(answer, row.header).find(row.value), std::string::npos) << row.name << "\n" << answer;
    }
    EXPECT_EQ(script.face.subscription_count(), 0U) << row.name;
    EXPECT_TRUE(script.world.presence_watches.empty() && script.world.watcher_watches.empty()) << row.name;
  }
  Script script;
  Client alice(script, "alice", "wonder");
  EXPECT_EQ(status_of_text(alice.ask("SUBSCRIBE", bob_uri, "Event: presence\r\n")), 400) << "no Contact";
  EXPECT_TRUE(script.world.presence_watches.empty());
}

TEST(Subscriptions, accepts_what_it_may) {
  for (const char* extra : {"Event: presence\r\nAccept: */*\r\n", "Event: presence\r\nAccept: application/*;q=0.5\r\n",
                            "Event: presence\r\nAccept: text/plain, application/PIDF+xml\r\n",
                            "Event: presence\r\nRequire: eventlist\r\nSupported: eventlist\r\n",
                            "Event: presence\r\nExpires: 60\r\n", "o: presence\r\n"}) {
    Script script;
    Subscriber alice(script, "alice", "wonder");
    EXPECT_EQ(status_of_text(alice.subscribe(bob_uri, extra)), 200) << extra;
  }
  Script script;
  Subscriber alice(script, "alice", "wonder");
  EXPECT_EQ(value_of(alice.subscribe("sips:bob@example.com", "Event: presence\r\nExpires: 4000000000\r\n"), "Expires"),
            "43200");
  EXPECT_EQ(value_of(alice.subscribe("pres:bob@example.com"), "Expires"), "3600");
  EXPECT_EQ(status_of_text(alice.subscribe(bob_uri,
                                           "Event: presence\r\nContent-Type: application/x\r\n"
                                           "Content-Disposition: render;handling=optional\r\n",
                                           "x")),
            200);
}

TEST(Subscriptions, judges_what_comes_inside_of_the_dialog) {
  Watching world;
  Subscriber& alice = world.alice;
  EXPECT_EQ(status_of_text(alice.again("Event: presence;id=1\r\n")), 481);
  EXPECT_EQ(status_of_text(alice.again("Event: presence.winfo\r\n")), 481);
  EXPECT_EQ(status_of_text(alice.again("Event: weather\r\n")), 489);
  EXPECT_EQ(status_of_text(alice.again("Event: presence\r\nExpires: 5\r\n")), 423);
  EXPECT_EQ(status_of_text(alice.again("Event: presence\r\nContent-Type: text/plain\r\n", "SUBSCRIBE", "x")), 415);
  EXPECT_EQ(status_of_text(alice.again("", "NOTIFY")), 481);
  const std::string other = alice.again("", "OPTIONS");
  EXPECT_EQ(status_of_text(other), 405);
  EXPECT_EQ(value_of(other, "Allow"), "SUBSCRIBE");
  std::string old = alice.inside("SUBSCRIBE", "Event: presence\r\n");
  const std::size_t cseq = old.find("CSeq: ");
  old.replace(cseq, old.find("\r\n", cseq) - cseq, "CSeq: 1 SUBSCRIBE");
  EXPECT_EQ(status_of_text(alice.client.say(old)), 500);
  alice.dialog.tag = "other";
  EXPECT_EQ(status_of_text(alice.again()), 481);
  EXPECT_EQ(world.script.face.subscription_count(), 1U);
}

TEST(Subscriptions, nobody_else_may_speak_in_the_dialog) {
  Watching world;
  Subscriber bob(world.script, "bob", "build");
  bob.subscribe("sip:alice@example.com");
  bob.dialog = world.alice.dialog;
  EXPECT_EQ(status_of_text(bob.again("Event: presence\r\nExpires: 0\r\n")), 481);
  EXPECT_EQ(world.script.face.subscription_count(), 2U);
}

TEST(Subscriptions, fetches_once) {  // RFC 6665 4.4.3
  Script script;
  Subscriber alice(script, "alice", "wonder");
  EXPECT_EQ(value_of(alice.subscribe(bob_uri, "Event: presence\r\nExpires: 0\r\n"), "Expires"), "0");
  EXPECT_TRUE(script.world.presence_watches.back().once);
  tell(script, view_of_bob(3), last_watch(script));
  const std::string notify = alice.notify();
  EXPECT_EQ(value_of(notify, "Subscription-State"), "terminated;reason=timeout");
  EXPECT_NE(body_of(notify).find("v3"), std::string::npos);
  EXPECT_EQ(script.face.subscription_count(), 0U);
}

TEST(Subscriptions, a_silent_agent_is_told_as_pending_and_given_up) {
  Watching world;
  world.script.wait(protocol::subscription::state_wait);
  EXPECT_EQ(value_of(world.alice.notify_and_ok(), "Subscription-State"), "pending;expires=3597");
  world.script.wait(protocol::subscription::pending_max);
  EXPECT_EQ(value_of(world.alice.notify(), "Subscription-State"), "terminated;reason=giveup;retry-after=5");
  EXPECT_EQ(world.script.world.unwatches.size(), 1U);
}

TEST(Subscriptions, expires) {
  Watching world;
  world.tell(1);
  world.alice.notify_and_ok();
  world.script.wait(3600s);
  EXPECT_EQ(value_of(world.alice.notify(), "Subscription-State"), "terminated;reason=timeout");
  EXPECT_EQ(world.script.face.subscription_count(), 0U);
}

TEST(Subscriptions, refused_watch_ends_it) {
  struct Row {
    base::Reason reason;
    const char* state;
  };
  for (const Row& row : {Row{base::Reason::user_does_not_exist, "terminated;reason=noresource"},
                         Row{base::Reason::too_many_watchers, "terminated;reason=probation;retry-after=5"},
                         Row{base::Reason::subscription_not_permitted, "terminated;reason=rejected"}}) {
    Watching world;
    world.script.face.on(domain::PresenceNews{{{world.watch, nullptr, row.reason}}}, world.script.now);
    const std::string notify = world.alice.notify();
    EXPECT_EQ(value_of(notify, "Subscription-State"), row.state);
    EXPECT_EQ(body_of(notify), "");
    EXPECT_TRUE(world.script.world.unwatches.empty());  // the agent has ended it
    EXPECT_EQ(world.script.face.subscription_count(), 0U);
  }
}

TEST(Subscriptions, a_client_that_knows_it_no_more_ends_it) {
  Watching world;
  world.tell(1);
  world.alice.answer(world.alice.notify(), 481);
  EXPECT_EQ(world.script.face.subscription_count(), 0U);
  EXPECT_EQ(world.script.world.unwatches.size(), 1U);
  EXPECT_EQ(world.script.face.metrics().notifications_failed.value(), 1U);
  world.tell(2);
  EXPECT_TRUE(world.alice.heard().empty());
}

TEST(Subscriptions, a_client_that_is_silent_ends_it) {  // timer F
  Watching world;
  world.tell(1);
  world.alice.notify();
  world.script.wait(33s);
  EXPECT_EQ(world.script.face.subscription_count(), 0U);
  EXPECT_EQ(world.script.world.unwatches.size(), 1U);
  EXPECT_TRUE(world.alice.heard().empty());
}

TEST(Subscriptions, a_refused_notification_comes_again_with_the_newest_state) {
  Watching world;
  world.tell(1);
  const std::string first = world.alice.notify();
  const auto message = wire::sip::Message::parse(first);
  const std::string busy =
      wire::sip::response_to(*message, 503, "Busy", "").header("Retry-After", "20;duration=60").finish();
  world.script.face.on_bytes(world.alice.client.connection, busy, world.script.now);
  world.tell(2);
  world.tell(3);
  EXPECT_TRUE(world.alice.heard().empty());
  world.script.wait(20s);
  EXPECT_NE(body_of(world.alice.notify()).find("v3"), std::string::npos);
}

TEST(Subscriptions, connection_loss_ends_quietly) {
  Watching world;
  world.tell(1);  // with a NOTIFY under way
  world.alice.heard();
  world.script.face.on_closed(world.alice.client.connection, false, world.script.now);
  EXPECT_EQ(world.script.face.subscription_count(), 0U);
  EXPECT_EQ(world.script.world.unwatches.size(), 1U);
  world.tell(2);
  world.script.wait(60s);
  EXPECT_TRUE(world.alice.heard().empty());
  EXPECT_EQ(world.script.face.metrics().subscriptions.value(), 0);
}

TEST(Subscriptions, a_refresh_over_another_connection_takes_it_there) {
  Watching world;
  Subscriber again(world.script, "alice", "wonder");
  again.subscribe("sip:alice@example.com");  // signs in
  again.dialog = world.alice.dialog;
  std::string text = again.inside("SUBSCRIBE", "Event: presence\r\n");
  const std::string id = "Call-ID: call-alice" + std::to_string(again.client.connection.value);
  text.replace(text.find(id), id.size(), "Call-ID: call-alice" + std::to_string(world.alice.client.connection.value));
  const std::size_t cseq = text.find("CSeq: ");
  text.replace(cseq, text.find("\r\n", cseq) - cseq, "CSeq: 77 SUBSCRIBE");
  EXPECT_EQ(status_of_text(again.client.say(text)), 200);
  world.tell(1);
  EXPECT_TRUE(world.alice.heard().empty());
  again.notify();
  world.script.face.on_closed(world.alice.client.connection, true, world.script.now);
  EXPECT_EQ(world.script.face.subscription_count(), 2U);
}

TEST(Subscriptions, stopping_tells_everybody) {
  Watching world;
  world.tell(1);
  world.alice.notify_and_ok();
  world.script.face.stop(world.script.now);
  EXPECT_EQ(value_of(world.alice.notify(), "Subscription-State"), "terminated;reason=deactivated");
  EXPECT_EQ(world.script.face.subscription_count(), 0U);
  EXPECT_EQ(status_of_text(world.alice.subscribe(bob_uri)), 503);
}

TEST(Subscriptions, keeps_the_policy_of_the_user) {
  Script script;
  domain::User alice_user = *script.directory->find("alice@example.com");
  alice_user.settings["subscriptions_max"] = "3";
  script.change(alice_user);
  Subscriber alice(script, "alice", "wonder");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(status_of_text(alice.subscribe(bob_uri)), 200);
  EXPECT_EQ(status_of_text(alice.subscribe(bob_uri)), 403);
  EXPECT_EQ(status_of_text(alice.again("Event: presence\r\nExpires: 0\r\n").substr(0, 12) + " "), 200);
  EXPECT_EQ(status_of_text(alice.subscribe(bob_uri)), 200);
  EXPECT_EQ(script.face.subscription_count(), 3U);
}

TEST(Subscriptions, keeps_the_bound_of_a_connection) {
  Script script;
  for (const char* name : {"alice@example.com", "bob@example.com"}) {
    domain::User user = *script.directory->find(std::string_view(name));
    user.settings["subscriptions_max"] = "1000";
    script.change(user);
  }
  Subscriber alice(script, "alice", "wonder");
  Subscriber bob(script, "bob", "build");
  bob.client.connection = alice.client.connection;
  std::size_t taken = 0;
  for (int i = 0; i < 1000; ++i) taken += status_of_text(alice.subscribe(bob_uri)) == 200 ? 1 : 0;
  for (int i = 0; i < 30; ++i) taken += status_of_text(bob.subscribe(bob_uri)) == 200 ? 1 : 0;
  EXPECT_EQ(taken, subscriptions_per_connection_max);
  EXPECT_EQ(status_of_text(bob.subscribe(bob_uri)), 403);
  script.face.on_closed(alice.client.connection, true, script.now);
  EXPECT_EQ(script.face.subscription_count(), 0U);
  EXPECT_EQ(script.world.unwatches.size(), subscriptions_per_connection_max);
}

TEST(Subscriptions, the_newest_state_wins_and_none_overtakes) {
  Watching world;
  world.tell(1);
  const std::string first = world.alice.notify();
  world.tell(2);
  world.tell(4);
  world.tell(3);  // late: two ways through the house
  EXPECT_TRUE(world.alice.heard().empty()) << "one at a time";
  world.script.wait(1s);
  world.alice.answer(first);
  EXPECT_NE(body_of(world.alice.notify_and_ok()).find("v4"), std::string::npos);
  world.script.wait(10s);
  EXPECT_TRUE(world.alice.heard().empty());
}

TEST(Subscriptions, versions_only_grow_whatever_crosses) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    base::Random random(seed);
    Watching world;
    std::vector<std::string> open;
    std::uint64_t last = 0, newest = 0;
    const auto look = [&] {
      for (const std::string& text : world.alice.heard()) {
        const std::string body = body_of(text);
        const std::size_t at = body.find(">v");
        ASSERT_NE(at, std::string::npos) << text;
        const std::uint64_t version = std::stoull(body.substr(at + 2));
        EXPECT_GE(version, last);
        last = version;
        open.push_back(text);
        EXPECT_EQ(open.size(), 1U);
      }
    };
    for (int step = 0; step < 200; ++step) {
      const std::uint64_t version = newest + random.below(6) + (newest > 2 ? 0 : 3) - 2;
      newest = std::max(newest, version);
      if (random.one_in(2)) {
        world.tell(version);
      } else if (!open.empty()) {
        world.alice.answer(std::exchange(open, {}).front(), random.one_in(5) ? 500 : 200);
      }
      look();
      world.script.wait(std::chrono::milliseconds{random.below(900)});
      look();
      if (world.script.face.subscription_count() == 0) break;
    }
    if (world.script.face.subscription_count() == 0) continue;
    world.tell(newest + 1);
    for (int i = 0; i < 4; ++i) {  // it converges
      look();
      if (!open.empty()) world.alice.answer(std::exchange(open, {}).front());
      world.script.wait(11s);
    }
    EXPECT_EQ(last, newest + 1) << seed;
  }
}

TEST(Subscriptions, a_thousand_watchers_share_one_document) {
  Script script;
  domain::User user = *script.directory->find("alice@example.com");
  user.settings["subscriptions_max"] = "1000";
  script.change(user);
  std::vector<std::unique_ptr<Subscriber>> watchers;
  domain::PresenceNews news;
  for (int i = 0; i < 1000; ++i) {
    watchers.push_back(std::make_unique<Subscriber>(script, "alice", "wonder"));
    ASSERT_EQ(status_of_text(watchers.back()->subscribe(bob_uri)), 200);
    news.items.push_back({last_watch(script), nullptr, base::Reason::none});
  }
  for (std::uint64_t version = 1; version <= 3; ++version) {
    const auto view = view_of_bob(version);
    for (auto& item : news.items) item.view = view;
    script.face.on(news, script.now);
    std::string body;
    for (const auto& watcher : watchers) {
      const std::string text = body_of(watcher->notify_and_ok());
      if (body.empty()) body = text;
      ASSERT_EQ(text, body);
    }
    EXPECT_EQ(script.face.metrics().presence_documents.value(), version);
    script.wait(1s);
  }
  EXPECT_EQ(script.face.metrics().notifications.value(), 3000U);
  script.wait(3600s);  // all leases end at once, in turns
  while (script.face.subscription_count() > 0) script.face.on_deadline(script.now);
  EXPECT_EQ(script.world.unwatches.size(), 1000U);
}

TEST(Subscriptions, keeps_the_pace_asked_for) {  // RFC 6446
  Script script;
  Subscriber alice(script, "alice", "wonder");
  alice.subscribe(bob_uri, "Event: presence;max-rate=0.1\r\n");
  tell(script, view_of_bob(1), last_watch(script));
  EXPECT_EQ(value_of(alice.notify_and_ok(), "Subscription-State"), "active;expires=3600;max-rate=0.1");
  tell(script, view_of_bob(2), last_watch(script));
  script.wait(9s);
  EXPECT_TRUE(alice.heard().empty());
  tell(script, view_of_bob(3), last_watch(script));
  script.wait(1s);
  EXPECT_NE(body_of(alice.notify()).find("v3"), std::string::npos);
}

TEST(WatcherInfo, tells_who_watches) {  // RFC 3857, RFC 3858
  Script script;
  Subscriber bob(script, "bob", "build");
  EXPECT_EQ(status_of_text(bob.subscribe(bob_uri, "Event: presence.winfo\r\nAccept: application/watcherinfo+xml\r\n")),
            200);
  ASSERT_EQ(script.world.watcher_watches.size(), 1U);
  const base::WatchId watch = script.world.watcher_watches.front().watch;
  EXPECT_EQ(script.world.watcher_watches.front().user, base::UserId{2});
  const base::WallTime since{script.now.wall.us - 90'000'000};
  const auto watchers = std::make_shared<const std::vector<domain::WatcherInfo>>(std::vector<domain::WatcherInfo>{
      {base::WatchId{5}, "alice@example.com", since, false}, {base::WatchId{6}, "eve@example.net", since, true}});
  script.face.on(domain::WatcherNews{watch, watchers}, script.now);
  const std::string notify = bob.notify_and_ok();
  EXPECT_EQ(value_of(notify, "Content-Type"), "application/watcherinfo+xml");
  const std::string body = body_of(notify);
  EXPECT_NE(body.find("version=\"0\""), std::string::npos) << body;
  EXPECT_NE(body.find("sip:alice@example.com"), std::string::npos) << body;
  EXPECT_NE(body.find("duration-subscribed=\"90\""), std::string::npos) << body;
  script.wait(1s);
  script.face.on(domain::WatcherNews{watch, std::make_shared<const std::vector<domain::WatcherInfo>>()}, script.now);
  EXPECT_NE(body_of(bob.notify_and_ok()).find("version=\"1\""), std::string::npos);
  script.face.on_closed(bob.client.connection, true, script.now);
  ASSERT_EQ(script.world.watcher_watches.size(), 2U);
  EXPECT_FALSE(script.world.watcher_watches.back().on);
}

}  // namespace
}  // namespace tertulia::face::simple
