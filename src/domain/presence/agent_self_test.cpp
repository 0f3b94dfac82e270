// SPDX-License-Identifier: Apache-2.0
#include "domain/presence/presence_bench.h"

namespace tertulia::domain {
namespace {

using namespace std::chrono_literals;
using base::Reason;
using Subscriber = SelfView::Subscriber;

/// What the user's own devices see of everything.
struct AgentSelf : testing::Test, PresenceBench {
  static NoteValue note(std::string text) { return {NoteKind::personal, std::move(text), {}, {}}; }
  static PublishItem with_original(PublishItem item, std::string bytes) {
    item.original = {"application/xml", std::move(bytes)};
    return item;
  }
  std::vector<Subscriber> subscribers(base::WatchId id) { return selves[id].last().subscribers; }
};

TEST_F(AgentSelf, a_user_without_anything) {
  const auto id = watch_self(alice);
  ASSERT_EQ(selves[id].views.size(), 1u) << "at once";
  const SelfView& view = selves[id].last();
  EXPECT_EQ(view.user, alice);
  EXPECT_GT(view.version, 0u);
  EXPECT_TRUE(view.publications.empty());
  EXPECT_EQ(view.state.availability, availability_offline);
  EXPECT_EQ(view.levels, Levels().entries());
  EXPECT_EQ(view.levels_version, 0u);
  EXPECT_TRUE(view.subscribers.empty());
  EXPECT_EQ(agent->watch_count(), 0u) << "is no watcher";
  EXPECT_EQ(agent->deadline(), std::nullopt);
  unwatch_self(id, alice);
  EXPECT_EQ(agent->user_count(), 0u);
  EXPECT_TRUE(published.empty());
}

TEST_F(AgentSelf, shows_everything) {
  const auto id = watch_self(alice);
  const auto endpoint = sign_in(alice);
  set_level(alice, MemberKind::user, "bob@example.com", Container::workgroup);
  DeviceState machine;
  machine.state.availability = availability_online;
  publish(
      alice, endpoint,
      {item("state", 7, ExpireType::endpoint, machine, Container::interrupt),
       item("state", 7, ExpireType::endpoint, machine), with_original(manual(availability_do_not_disturb), "<state/>"),
       item("note", 0, ExpireType::permanent, note("hello"), Container::colleagues)});
  pass(1s);
  const SelfView& view = selves[id].last();
  EXPECT_EQ(view.state, (State{availability_do_not_disturb, Activity::none, {}}));
  EXPECT_EQ(view.interrupt_state.availability, availability_urgent_only);
  EXPECT_EQ(view.levels_version, 1u);
  EXPECT_EQ(view.levels, agent->levels(alice).entries());
  ASSERT_EQ(view.publications.size(), 4u);
  for (std::size_t i = 1; i < 4; ++i) EXPECT_LT(view.publications[i - 1].key, view.publications[i].key);
  EXPECT_EQ(view.publications[0].key.category, "note");
  EXPECT_EQ(view.publications[1].endpoint, endpoint);
  EXPECT_EQ(view.publications[2].key.container, Container::interrupt);
  EXPECT_EQ(view.publications[3].original.bytes, "<state/>");
  EXPECT_EQ(view.publications[3].expires, ExpireType::permanent);
}

TEST_F(AgentSelf, devices_share_the_view_and_changes_are_gathered) {
  sign_in(alice);
  const auto one = watch_self(alice), two = watch_self(alice);
  EXPECT_EQ(selves[one].views.back(), selves[two].views.back());
  pass(1s);
  pick(alice, availability_busy);
  EXPECT_EQ(selves[one].views.size(), 2u) << "the first at once";
  EXPECT_EQ(selves[one].views.back(), selves[two].views.back());
  pick(alice, availability_away);
  pick(alice, availability_be_right_back);
  EXPECT_EQ(selves[one].views.size(), 2u);
  EXPECT_EQ(*agent->deadline() - now.mono, 250ms);
  pass(250ms);
  ASSERT_EQ(selves[one].views.size(), 3u);
  EXPECT_EQ(selves[one].last().state.availability, availability_be_right_back);
  EXPECT_EQ(selves[one].last().publications[0].version, 3u);
  pass(1h);
  EXPECT_EQ(selves[one].views.size(), 3u) << "nothing changed";
}

TEST_F(AgentSelf, news_for_himself_and_for_others_wait_for_themselves_only) {
  sign_in(alice);
  const auto others = watch(alice, "bob@example.com");
  const auto own = watch_self(alice);
  pass(1s);
  publish(alice, {}, {item("card", 0, ExpireType::permanent, OpaqueValue{"a/b", "x"}, Container::friends)});
  EXPECT_EQ(selves[own].views.size(), 2u);
  EXPECT_EQ(seen[others].views.size(), 1u) << "shown to friends only";
  pass(100ms);
  pick(alice, availability_busy);
  EXPECT_EQ(seen[others].availability(), availability_busy) << "the first for them";
  EXPECT_EQ(selves[own].views.size(), 2u);
  pass(150ms);
  EXPECT_EQ(selves[own].last().state.availability, availability_busy);
}

TEST_F(AgentSelf, the_same_again_has_another_version_but_shows_others_nothing_new) {
  sign_in(alice);
  const auto others = watch(alice, "bob@example.com");
  const auto own = watch_self(alice);
  PublishItem item = manual(availability_busy);
  for (std::uint32_t version = 0; version < 4; ++version) {
    item.expected_version = version;
    const PublishAnswer answer = publish(alice, {}, {item});
    ASSERT_EQ(answer.reason, Reason::none);
    EXPECT_EQ(answer.current.at(0).version, version + 1);
    pass(1s);
    EXPECT_EQ(selves[own].last().publications.at(0).version, version + 1);
    EXPECT_EQ(selves[own].last().publications.at(0).since, selves[own].views.at(1)->publications.at(0).since);
  }
  EXPECT_EQ(selves[own].views.size(), 5u);
  EXPECT_EQ(seen[others].views.size(), 2u);
}

TEST_F(AgentSelf, an_answer_brings_the_view) {
  sign_in(alice);
  self_wanted = true;
  PublishAnswer answer = publish(alice, {}, {manual(availability_busy)});
  ASSERT_TRUE(answer.self);
  EXPECT_EQ(answer.self->state.availability, availability_busy);
  EXPECT_EQ(answer.self->publications.at(0).version, 1u);
  const std::uint64_t version = answer.self->version;
  PublishItem wrong = manual(availability_away);
  wrong.expected_version = 5;
  answer = publish(alice, {}, {wrong});
  EXPECT_EQ(answer.reason, Reason::publication_outdated);
  ASSERT_TRUE(answer.self) << "as it is";
  EXPECT_EQ(answer.self->state.availability, availability_busy);
  EXPECT_GE(answer.self->version, version);
  EXPECT_FALSE(publish(alice, {}, {manual(availability_idle_online)}).self) << "another refusal";
  store.fail_next(1);
  EXPECT_FALSE(publish(alice, {}, {manual(availability_away)}).self);
  self_wanted = false;
  EXPECT_FALSE(publish(alice, {}, {manual(availability_away)}).self);
  self_wanted = true;
  EXPECT_FALSE(publish({9}, {}, {manual(availability_away)}).self);
  EXPECT_TRUE(selves.empty());
}

TEST_F(AgentSelf, an_answer_overtakes_the_gathered_news) {
  sign_in(alice);
  const auto id = watch_self(alice);
  pass(1s);
  pick(alice, availability_busy);
  self_wanted = true;
  const PublishAnswer answer = publish(alice, {}, {manual(availability_away)});
  ASSERT_TRUE(answer.self);
  EXPECT_EQ(answer.self->state.availability, availability_away);
  EXPECT_GT(answer.self->version, selves[id].last().version);
  EXPECT_EQ(selves[id].last().state.availability, availability_busy);
  pass(250ms);
  EXPECT_EQ(selves[id].views.back(), answer.self) << "the same view, not a new one";
  const std::size_t count = selves[id].views.size();
  pass(1s);
  EXPECT_EQ(selves[id].views.size(), count);
}

TEST_F(AgentSelf, who_comes_while_changes_are_gathered_sees_the_newest) {
  sign_in(alice);
  const auto first = watch_self(alice);
  pass(1s);
  pick(alice, availability_busy);
  pick(alice, availability_away);
  const auto second = watch_self(alice);
  EXPECT_EQ(selves[second].last().state.availability, availability_away);
  EXPECT_EQ(selves[first].last().state.availability, availability_busy);
  pass(250ms);
  EXPECT_EQ(selves[first].views.back(), selves[second].views.back());
  EXPECT_EQ(selves[second].views.size(), 1u);
}

TEST_F(AgentSelf, a_watch_that_is_on_is_answered_again) {
  const auto id = watch_self(alice);
  agent->on_watch_self({edge, id, alice, true}, *directory, now);
  ASSERT_EQ(selves[id].views.size(), 2u);
  EXPECT_EQ(selves[id].views[0], selves[id].views[1]);
  unwatch_self(id, alice);
  sign_in(alice);
  pass(1s);
  EXPECT_EQ(selves[id].views.size(), 2u);
}

TEST_F(AgentSelf, the_state_changes_by_time_alone) {
  sign_in(alice);
  const base::WallTime used = now.wall;
  const auto id = watch_self(alice);
  pass(5min);
  ASSERT_EQ(selves[id].views.size(), 2u);
  EXPECT_EQ(selves[id].last().state.availability, availability_idle_online);
  EXPECT_EQ(selves[id].last().idle_since, used);
  EXPECT_EQ(selves[id].last().since, used + 5min);
  pass(5min);
  EXPECT_EQ(selves[id].last().state.availability, availability_away);
  const auto others = watch(alice, "bob@example.com");
  EXPECT_EQ(seen[others].last().since, selves[id].last().since);
  unwatch(others, alice);
  pass(1s);
  agent->on_active({alice, registrar->routes(alice)[0].endpoint}, *directory, now);
  EXPECT_EQ(selves[id].last().state.availability, availability_online);
  pass(5min);
  EXPECT_EQ(selves[id].last().state.availability, availability_idle_online) << "though nobody else watches any more";
  const auto stays = watch(alice, "bob@example.com");
  unwatch_self(id, alice);
  pass(5min);
  EXPECT_EQ(seen[stays].availability(), availability_away) << "though he himself does not look any more";
  unwatch(stays, alice);
  EXPECT_EQ(agent->deadline(), std::nullopt);
}

TEST_F(AgentSelf, time_that_has_come_is_told_to_both_whoever_looks_first) {
  sign_in(alice);
  const auto others = watch(alice, "bob@example.com");
  const auto own = watch_self(alice);
  pass(5min - 1us);
  move(1us);  // the deadline is late
  set_level(alice, MemberKind::user, "carol@example.com", Container::friends);
  turn();
  EXPECT_EQ(selves[own].last().state.availability, availability_idle_online);
  EXPECT_EQ(seen[others].availability(), availability_idle_online);
  pass(5min - 1us);
  move(1us);
  self_wanted = true;
  publish(alice, {}, {item("card", 0, ExpireType::time, OpaqueValue{"a/b", "x"}, Container::friends)});
  turn();
  EXPECT_EQ(selves[own].last().state.availability, availability_away);
  EXPECT_EQ(seen[others].availability(), availability_away);
}

TEST_F(AgentSelf, leases_and_levels_show) {
  const auto id = watch_self(alice);
  publish(alice, {}, {item("note", 1, ExpireType::time, note("x"))});
  EXPECT_EQ(selves[id].last().publications.size(), 1u);
  pass(1h);
  EXPECT_EQ(selves[id].last().publications.size(), 0u);
  pass(1s);
  set_level(alice, MemberKind::domain, "example.org", Container::friends);
  EXPECT_EQ(selves[id].last().levels_version, 1u);
  pass(1s);
  const std::size_t count = selves[id].views.size();
  set_level(alice, MemberKind::domain, "example.org", Container::friends);
  pass(1s);
  EXPECT_EQ(selves[id].views.size(), count) << "nothing changed";
}

TEST_F(AgentSelf, subscribers_come_go_and_are_acknowledged) {
  const auto id = watch_self(alice);
  const auto zoe = watch(alice, "Zoe@example.com");
  pass(1s);
  EXPECT_EQ(subscribers(id), (std::vector<Subscriber>{{"zoe@example.com", false}}));
  const std::size_t count = selves[id].views.size();
  const auto again = watch(alice, "zoe@example.com");
  watch(alice, "alice@example.com");
  watch(alice, "fetches@example.com", true);
  pass(1s);
  EXPECT_EQ(selves[id].views.size(), count) << "named already; himself; not there any more";
  watch(alice, "bob@example.com");
  pass(1s);
  EXPECT_EQ(subscribers(id), (std::vector<Subscriber>{{"bob@example.com", false}, {"zoe@example.com", false}}));
  EXPECT_EQ(acknowledge(alice, "sip:ZOE@example.com"), Reason::none);
  EXPECT_EQ(subscribers(id), (std::vector<Subscriber>{{"bob@example.com", false}, {"zoe@example.com", true}}));
  contacts = {{alice, "bob@example.com"}};
  agent->on_contacts_changed(alice, *directory, now);
  pass(1s);
  EXPECT_EQ(subscribers(id), (std::vector<Subscriber>{{"bob@example.com", true}, {"zoe@example.com", true}}));
  contacts.clear();
  agent->on_contacts_changed(alice, *directory, now);
  unwatch(zoe, alice);
  pass(1s);
  EXPECT_EQ(subscribers(id).size(), 2u) << "watches by another one still";
  unwatch(again, alice);
  pass(1s);
  EXPECT_EQ(subscribers(id), (std::vector<Subscriber>{{"bob@example.com", false}}));
  watch(alice, "zoe@example.com");
  pass(1s);
  EXPECT_TRUE(subscribers(id).at(1).acknowledged) << "for ever";
  EXPECT_TRUE(lists.empty());
}

TEST_F(AgentSelf, of_too_many_subscribers_the_latest_are_shown) {
  put(alice, "alice@example.com", "Alice", {{"watchers_max", "3000"}});
  const auto id = watch_self(alice);
  std::vector<base::WatchId> all;
  for (std::size_t i = 0; i < subscribers_shown_max; ++i) {
    all.push_back(watch(alice, fmt::format("w{:04}@example.com", i)));
    move(1ms);
  }
  pass(1s);
  EXPECT_EQ(subscribers(id).size(), subscribers_shown_max);
  EXPECT_EQ(subscribers(id).front().address, "w0000@example.com");
  watch(alice, "a@example.com");
  pass(1s);
  EXPECT_EQ(subscribers(id).size(), subscribers_shown_max);
  EXPECT_EQ(subscribers(id).at(0).address, "a@example.com");
  EXPECT_EQ(subscribers(id).at(1).address, "w0001@example.com");
  unwatch(all.back(), alice);
  pass(1s);
  EXPECT_EQ(subscribers(id).at(1).address, "w0000@example.com");
}

TEST_F(AgentSelf, acknowledging_goes_through_the_store_once) {
  auto_store = false;
  acknowledge(alice, "bob@example.com");
  EXPECT_TRUE(levels_set.empty()) << "when it is durable";
  EXPECT_EQ(store.pending(), 1u);
  acknowledge(alice, "Bob@Example.com");
  run_store();
  ASSERT_EQ(levels_set.size(), 2u);
  EXPECT_EQ(levels_set[0].reason, Reason::none);
  EXPECT_EQ(levels_set[1].reason, Reason::none);
  acknowledge(alice, "bob@example.com");
  EXPECT_EQ(levels_set.size(), 3u) << "known: without the store";
  EXPECT_EQ(store.pending(), 0u);
  EXPECT_EQ(store.load_presence()->at(0).acknowledged, std::vector<std::string>{"bob@example.com"});
  auto_store = true;
  EXPECT_EQ(acknowledge(alice, "nobody"), Reason::address_malformed);
  EXPECT_EQ(acknowledge({9}, "bob@example.com"), Reason::user_does_not_exist);
  store.fail_next(1);
  EXPECT_EQ(acknowledge(alice, "carol@example.com"), Reason::store_unavailable);
  EXPECT_EQ(store.load_presence()->at(0).acknowledged.size(), 1u);
  EXPECT_EQ(acknowledge(alice, "carol@example.com"), Reason::none);
  set_level(alice, MemberKind::user, "bob@example.com", Container::friends);
  EXPECT_EQ(acknowledge(alice, "carol@example.com"), Reason::none);
  EXPECT_EQ(levels_set.back().version, 1u);
  auto_store = false;
  acknowledge(alice, "dan@example.com");
  remove(alice);
  run_store();
  EXPECT_EQ(levels_set.back().reason, Reason::user_does_not_exist);
  EXPECT_EQ(agent->user_count(), 0u);
}

TEST_F(AgentSelf, the_oldest_acknowledged_is_forgotten) {
  const auto id = watch_self(alice);
  watch(alice, "w0@example.com");
  watch(alice, "w1@example.com");
  for (std::size_t i = 0; i < acknowledged_max; ++i) acknowledge(alice, fmt::format("w{}@example.com", i));
  pass(1s);
  EXPECT_EQ(subscribers(id), (std::vector<Subscriber>{{"w0@example.com", true}, {"w1@example.com", true}}));
  acknowledge(alice, "more@example.com");
  pass(1s);
  EXPECT_EQ(subscribers(id), (std::vector<Subscriber>{{"w0@example.com", false}, {"w1@example.com", true}}));
  start();
  watch(alice, "w0@example.com");
  watch(alice, "w1@example.com");
  EXPECT_EQ(subscribers(watch_self(alice)),
            (std::vector<Subscriber>{{"w0@example.com", false}, {"w1@example.com", true}}));
}

TEST_F(AgentSelf, versions_and_what_lasts_survive_a_restart) {
  publish(alice, {}, {with_original(manual(availability_busy), "<state/>"), manual(availability_busy)});
  publish(alice, {}, {with_original(manual(availability_busy), std::string("<\0\xff", 3))});
  acknowledge(alice, "bob@example.com");
  const SelfView before = selves[watch_self(alice)].last();
  start();
  watch(alice, "bob@example.com");
  const SelfView after = selves[watch_self(alice)].last();
  EXPECT_GT(after.version, before.version);
  ASSERT_EQ(after.publications.size(), 1u);
  EXPECT_EQ(after.publications[0].original, (OpaqueValue{"application/xml", std::string("<\0\xff", 3)}));
  EXPECT_EQ(after.publications[0].version, 3u);
  EXPECT_EQ(after.subscribers, (std::vector<Subscriber>{{"bob@example.com", true}}));
}

TEST_F(AgentSelf, a_removed_user_ends_it) {
  const auto id = watch_self(alice);
  remove(alice);
  EXPECT_EQ(selves[id].reason, Reason::user_does_not_exist);
  const auto late = watch_self(alice);
  EXPECT_EQ(selves[late].reason, Reason::user_does_not_exist);
  unwatch_self(late, alice);
  EXPECT_EQ(agent->user_count(), 0u);
  EXPECT_EQ(agent->deadline(), std::nullopt);
}

TEST_F(AgentSelf, limit_of_own_devices_that_watch) {
  std::vector<base::WatchId> all;
  for (std::size_t i = 0; i < self_watches_max; ++i) all.push_back(watch_self(alice));
  EXPECT_EQ(selves[all.back()].reason, Reason::none);
  EXPECT_EQ(selves[watch_self(alice)].reason, Reason::too_many_subscriptions);
  agent->on_watch_self({edge, all[0], alice, true}, *directory, now);
  EXPECT_EQ(selves[all[0]].reason, Reason::none) << "is on already";
  unwatch_self(all[1], alice);
  EXPECT_EQ(selves[watch_self(alice)].reason, Reason::none);
  agent->on_watch_self({{9}, all[2], alice, false}, *directory, now);  // of another edge
  EXPECT_EQ(selves[watch_self(alice)].reason, Reason::too_many_subscriptions);
}

TEST_F(AgentSelf, many_users_publish_and_nobody_looks_nothing_is_made) {
  const std::uint64_t before = selves[watch_self(carol)].last().version;
  for (int i = 0; i < 100; ++i) pick(alice, availability_busy);
  const auto id = watch_self(alice);
  EXPECT_EQ(selves[id].last().version, before + 1);
}

}  // namespace
}  // namespace tertulia::domain
