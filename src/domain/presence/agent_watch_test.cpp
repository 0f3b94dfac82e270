// SPDX-License-Identifier: Apache-2.0
#include "domain/presence/presence_bench.h"

namespace tertulia::domain {
namespace {

using namespace std::chrono_literals;
using base::Reason;

struct AgentWatch : testing::Test, PresenceBench {};

TEST_F(AgentWatch, a_user_without_anything_is_offline_and_takes_no_memory) {
  const auto id = watch(alice, "bob@example.com");
  EXPECT_EQ(seen[id].availability(), availability_offline);
  EXPECT_EQ(seen[id].last().display_name, "Alice");
  EXPECT_EQ(agent->user_count(), 1u);
  unwatch(id, alice);
  EXPECT_EQ(agent->user_count(), 0u);
  EXPECT_EQ(agent->watch_count(), 0u);
  EXPECT_EQ(agent->deadline(), std::nullopt);
}

TEST_F(AgentWatch, sign_in_and_out_show_at_once) {
  const auto id = watch(alice, "bob@example.com");
  const auto endpoint = sign_in(alice, {true, true, true, true, false});
  ASSERT_EQ(seen[id].views.size(), 2u);
  EXPECT_EQ(seen[id].availability(), availability_online);
  EXPECT_EQ(seen[id].last().devices, (std::vector<ReachableBy>{{true, true, false, ""}}));
  pass(1s);
  sign_out(alice, endpoint);
  EXPECT_EQ(seen[id].availability(), availability_offline);
  EXPECT_TRUE(seen[id].last().devices.empty());
}

TEST_F(AgentWatch, watchers_of_one_level_share_the_view) {
  const auto a = watch(alice, "bob@example.com");
  const auto b = watch(alice, "Carol@Example.com");
  const auto c = watch(alice, "eve@elsewhere.example");
  sign_in(alice);
  EXPECT_EQ(seen[a].views.back(), seen[b].views.back());
  EXPECT_NE(seen[a].views.back(), seen[c].views.back());
  EXPECT_EQ(seen[c].last().level, Container::external);
  EXPECT_EQ(watch(alice, "dan@example.com").value, 4u);
  EXPECT_EQ(seen[{4}].views.back(), seen[a].views.back());
}

TEST_F(AgentWatch, what_shows_the_same_is_not_sent) {
  sign_in(alice);
  const auto inside = watch(alice, "bob@example.com");
  const auto outside = watch(alice, "eve@elsewhere.example");
  pass(1s);
  sign_in(alice);  // a second device of the same kind
  pass(1s);
  EXPECT_EQ(told, 2u);
  pick(alice, availability_busy, Activity::in_a_meeting);
  pass(1s);
  pick(alice, availability_busy);  // outside only the number is seen
  pass(1s);
  EXPECT_EQ(seen[inside].views.size(), 3u);
  EXPECT_EQ(seen[outside].views.size(), 2u);
}

TEST_F(AgentWatch, changes_are_gathered) {
  sign_in(alice);
  const auto id = watch(alice, "bob@example.com");
  pass(1s);
  pick(alice, availability_busy);
  EXPECT_EQ(seen[id].views.size(), 2u) << "the first at once";
  pick(alice, availability_away);
  pick(alice, availability_be_right_back);
  EXPECT_EQ(seen[id].views.size(), 2u);
  EXPECT_EQ(*agent->deadline() - now.mono, 250ms);
  pass(249ms);
  EXPECT_EQ(seen[id].views.size(), 2u);
  pass(1ms);
  ASSERT_EQ(seen[id].views.size(), 3u);
  EXPECT_EQ(seen[id].availability(), availability_be_right_back);
  pick(alice, availability_busy);
  pick(alice, availability_be_right_back);
  pass(1s);
  EXPECT_EQ(seen[id].views.size(), 3u) << "back where it was: nothing to tell";
  EXPECT_GE(agent->metrics().coalesced.value(), 1u);
}

TEST_F(AgentWatch, who_comes_while_changes_are_gathered_sees_the_newest) {
  sign_in(alice);
  const auto first = watch(alice, "bob@example.com");
  pass(1s);
  pick(alice, availability_busy);
  pick(alice, availability_away);
  const auto second = watch(alice, "carol@example.com");
  EXPECT_EQ(seen[second].availability(), availability_away);
  EXPECT_EQ(seen[first].availability(), availability_busy);
  pass(250ms);
  EXPECT_EQ(seen[first].views.back(), seen[second].views.back());
  EXPECT_EQ(seen[second].views.size(), 1u);
}

TEST_F(AgentWatch, thousands_of_watchers_are_served_in_turns) {
  for (const std::size_t count : {1000u, 3000u}) {
    put(alice, "alice@example.com", "Alice", {{"watchers_max", "3000"}});
    sign_in(alice);
    for (std::size_t i = 0; i < count; ++i) watch(alice, fmt::format("u{}@example.com", i));
    EXPECT_EQ(agent->watch_count(), count);
    pass(1s);
    told = 0;
    pick(alice, availability_busy);
    EXPECT_EQ(told, news_per_turn_max);
    EXPECT_EQ(agent->deadline(), now.mono);
    pick(alice, availability_away);  // overtakes: who waits gets this one only
    std::size_t turns = 0;
    for (; agent->deadline() && *agent->deadline() <= now.mono; ++turns) {
      const std::size_t before = told;
      turn();
      EXPECT_LE(told - before, news_per_turn_max);
    }
    pass(1s);
    EXPECT_LE(told, 2 * count);
    for (const auto& [id, one] : seen) {
      EXPECT_EQ(one.availability(), availability_away);
      EXPECT_LE(one.views.size(), 3u);
    }
    for (const auto& [id, one] : std::exchange(seen, {})) unwatch(id, alice);
    EXPECT_EQ(agent->watch_count(), 0u);
    pick(alice, availability_unset);
  }
}

TEST_F(AgentWatch, leaving_while_news_go_out_skips_nobody) {
  put(alice, "alice@example.com", "Alice", {{"watchers_max", "3000"}});
  sign_in(alice);
  for (int i = 0; i < 1500; ++i) watch(alice, fmt::format("u{}@example.com", i));
  pass(1s);
  pick(alice, availability_busy);
  for (std::uint64_t i = 1; i <= 1500; i += 3) {
    unwatch({i}, alice);
    seen.erase(base::WatchId{i});
  }
  pass(1s);
  for (const auto& [id, one] : seen) EXPECT_EQ(one.availability(), availability_busy) << id.value;
}

TEST_F(AgentWatch, fetch_is_answered_once_and_forgotten) {
  const auto id = watch(alice, "bob@example.com", true);
  EXPECT_EQ(seen[id].views.size(), 1u);
  EXPECT_EQ(agent->user_count(), 0u);
  sign_in(alice);
  EXPECT_EQ(seen[id].views.size(), 1u);
  const auto other = watch(alice, "bob@example.com", true);
  EXPECT_EQ(seen[other].availability(), availability_online);
  EXPECT_GT(seen[other].last().version, seen[id].last().version);
  EXPECT_EQ(agent->watch_count(), 0u);
}

TEST_F(AgentWatch, unwatch_before_the_first_news_and_of_unknown_watches) {
  sign_in(alice);
  const auto id = watch(alice, "bob@example.com");
  pass(1s);
  pick(alice, availability_busy);
  pick(alice, availability_away);
  unwatch(id, alice);
  unwatch(id, alice);
  unwatch({99}, bob);
  pass(1s);
  EXPECT_EQ(seen[id].availability(), availability_busy);
  EXPECT_EQ(agent->watch_count(), 0u);
}

TEST_F(AgentWatch, watching_again_under_the_same_name_begins_anew) {
  const auto id = watch(alice, "bob@example.com");
  watch_again(id, alice, "bob@example.com");
  EXPECT_EQ(agent->watch_count(), 1u);
  EXPECT_EQ(seen[id].views.size(), 2u);
}

TEST_F(AgentWatch, limit_of_watchers) {
  put(alice, "alice@example.com", "Alice", {{"watchers_max", "2"}});
  watch(alice, "bob@example.com");
  watch(alice, "carol@example.com");
  const auto third = watch(alice, "dan@example.com");
  EXPECT_EQ(seen[third].reason, Reason::too_many_watchers);
  EXPECT_TRUE(seen[third].views.empty());
  EXPECT_EQ(agent->watch_count(), 2u);
  put(bob, "bob@example.com", "Bob", {{"watchers_max", "0"}});
  EXPECT_EQ(seen[watch(bob, "alice@example.com", true)].reason, Reason::too_many_watchers);
  EXPECT_EQ(seen[watch({77}, "alice@example.com")].reason, Reason::user_does_not_exist);
  EXPECT_EQ(agent->user_count(), 1u);
}

TEST_F(AgentWatch, blocked_watchers_see_offline) {
  put(alice, "alice@example.com", "Alice", {}, {"bob@example.com"});
  EXPECT_EQ(set_level(alice, MemberKind::user, "carol@example.com", Container::blocked), Reason::none);
  sign_in(alice);
  const auto by_directory = watch(alice, "bob@example.com");
  const auto by_level = watch(alice, "carol@example.com");
  for (const auto id : {by_directory, by_level}) {
    EXPECT_EQ(seen[id].availability(), availability_offline);
    EXPECT_EQ(seen[id].last().display_name, "Alice");
    EXPECT_TRUE(seen[id].last().devices.empty());
  }
  pass(1s);
  pick(alice, availability_busy);
  pass(1s);
  EXPECT_EQ(told, 2u);
  put(alice, "alice@example.com", "Alice");
  pass(1s);
  EXPECT_EQ(seen[by_directory].availability(), availability_busy);
  EXPECT_EQ(seen[by_level].availability(), availability_offline);
}

TEST_F(AgentWatch, another_level_is_seen_at_once_under_a_higher_version) {
  sign_in(alice);
  const auto mover = watch(alice, "bob@example.com");
  set_level(alice, MemberKind::user, "carol@example.com", Container::friends);
  const auto friend_of_hers = watch(alice, "carol@example.com");
  const auto colleague = watch(alice, "dan@example.com");
  pass(1s);
  set_level(alice, MemberKind::user, "bob@example.com", Container::friends);
  ASSERT_EQ(seen[mover].views.size(), 2u);
  EXPECT_EQ(seen[mover].last().level, Container::friends);
  set_level(alice, MemberKind::user, "bob@example.com", std::nullopt);
  ASSERT_EQ(seen[mover].views.size(), 3u) << "at once, whatever the interval";
  EXPECT_EQ(seen[mover].last().level, Container::colleagues);
  pass(1s);
  EXPECT_EQ(seen[friend_of_hers].views.size(), 1u) << "sees what he saw";
  EXPECT_EQ(seen[colleague].views.size(), 1u);
}

TEST_F(AgentWatch, privacy_mode_shows_contacts_only) {
  contacts.insert({alice, "bob@example.com"});
  sign_in(alice);
  const auto contact = watch(alice, "bob@example.com");
  const auto stranger = watch(alice, "carol@example.com");
  const auto herself = watch(alice, "alice@example.com");
  pass(1s);
  put(alice, "alice@example.com", "Alice", {{"contacts_only_presence", "on"}});
  EXPECT_EQ(seen[contact].availability(), availability_online);
  EXPECT_EQ(seen[herself].availability(), availability_online);
  EXPECT_EQ(seen[stranger].availability(), availability_offline);
  EXPECT_EQ(seen[stranger].last().display_name, "Alice");
  contacts = {{alice, "carol@example.com"}};
  agent->on_contacts_changed(alice, *directory, now);
  EXPECT_EQ(seen[contact].availability(), availability_offline);
  EXPECT_EQ(seen[stranger].availability(), availability_online);
}

TEST_F(AgentWatch, a_removed_user_ends_the_watches) {
  sign_in(alice);
  const auto id = watch(alice, "bob@example.com");
  agent->on_watch_watchers({edge, {50}, alice, true}, now);
  remove(alice);
  EXPECT_EQ(seen[id].reason, Reason::user_does_not_exist);
  EXPECT_EQ(lists.back().reason, Reason::user_does_not_exist);
  EXPECT_EQ(agent->watch_count(), 0u);
  EXPECT_EQ(agent->user_count(), 0u);
}

TEST_F(AgentWatch, who_asks_for_the_watchers_of_a_removed_user_is_told) {
  remove(alice);
  agent->on_watch_watchers({edge, {50}, alice, true}, now);
  EXPECT_EQ(agent->deadline(), now.mono);
  turn();
  ASSERT_EQ(lists.size(), 1u);
  EXPECT_EQ(lists[0].reason, Reason::user_does_not_exist);
  EXPECT_EQ(agent->user_count(), 0u);
  EXPECT_EQ(agent->deadline(), std::nullopt);
}

TEST_F(AgentWatch, another_name_shows) {
  const auto id = watch(alice, "bob@example.com");
  put(alice, "alice@example.com", "Alice B.");
  EXPECT_EQ(seen[id].last().display_name, "Alice B.");
}

TEST_F(AgentWatch, another_card_shows_to_watchers_and_to_the_own_devices) {
  const auto id = watch(alice, "bob@example.com"), mallory = watch(alice, "mallory@example.com");
  set_level(alice, MemberKind::user, "mallory@example.com", Container::blocked);
  const auto own = watch_self(alice);
  pass(1s);
  const std::size_t before = seen[id].views.size(), blocked_before = seen[mallory].views.size();
  const std::size_t own_before = selves[own].views.size();
  const auto with_title = [&](const char* title) {
    User user = *directory->find(alice);
    Card card;
    card.title = title;
    user.card = shared_card(std::move(card));
    change_directory(directory->with(std::move(user)));
    pass(1s);
  };
  with_title("Baker");
  ASSERT_EQ(seen[id].views.size(), before + 1);
  EXPECT_EQ(seen[id].last().card->title, "Baker");
  ASSERT_EQ(selves[own].views.size(), own_before + 1);
  EXPECT_EQ(selves[own].last().card->title, "Baker");
  with_title("Baker");  // another object that says the same
  EXPECT_EQ(seen[id].views.size(), before + 1);
  EXPECT_EQ(selves[own].views.size(), own_before + 1);
  EXPECT_EQ(seen[mallory].views.size(), blocked_before);
  EXPECT_EQ(seen[mallory].last().card, nullptr);
}

TEST_F(AgentWatch, another_domain_served_changes_levels) {
  sign_in(alice);
  const auto id = watch(alice, "eve@elsewhere.example");
  EXPECT_EQ(seen[id].last().level, Container::external);
  change_directory(directory->with_domains({"example.com", "elsewhere.example"}));
  EXPECT_EQ(seen[id].last().level, Container::colleagues);
}

TEST_F(AgentWatch, the_user_learns_who_watches) {
  agent->on_watch_watchers({edge, {50}, alice, true}, now);
  turn();
  ASSERT_EQ(lists.size(), 1u);
  EXPECT_TRUE(lists[0].watchers->empty());
  set_level(alice, MemberKind::user, "carol@example.com", Container::blocked);
  const auto id = watch(alice, "bob@example.com");
  watch(alice, "carol@example.com");
  EXPECT_EQ(lists.size(), 1u);
  pass(250ms);
  ASSERT_EQ(lists.size(), 2u) << "gathered";
  ASSERT_EQ(lists[1].watchers->size(), 2u);
  EXPECT_EQ((*lists[1].watchers)[0].address, "bob@example.com");
  EXPECT_FALSE((*lists[1].watchers)[0].blocked);
  EXPECT_TRUE((*lists[1].watchers)[1].blocked);
  pass(1s);
  unwatch(id, alice);
  turn();
  EXPECT_EQ(lists.back().watchers->size(), 1u);
  agent->on_watch_watchers({edge, {50}, alice, false}, now);
  watch(alice, "dan@example.com");
  pass(1s);
  EXPECT_EQ(lists.size(), 3u);
}

TEST_F(AgentWatch, limit_of_own_devices_that_watch_the_watchers) {
  for (std::uint64_t i = 1; i <= watcher_watches_max; ++i) agent->on_watch_watchers({edge, {i}, alice, true}, now);
  agent->on_watch_watchers({edge, {1000}, alice, true}, now);
  EXPECT_EQ(lists.back().reason, Reason::too_many_subscriptions);
  for (std::uint64_t i = 1; i <= watcher_watches_max; ++i) agent->on_watch_watchers({edge, {i}, alice, false}, now);
  EXPECT_EQ(agent->user_count(), 0u);
}

TEST_F(AgentWatch, who_may_interrupt) {
  const auto endpoint = sign_in(alice);
  set_level(alice, MemberKind::user, "bob@example.com", Container::workgroup);
  set_level(alice, MemberKind::user, "eve@example.com", Container::blocked);
  EXPECT_EQ(agent->may_interrupt(alice, "carol@example.com", *directory), Reason::none);
  EXPECT_EQ(agent->may_interrupt(alice, "Eve@example.com", *directory), Reason::sender_blocked);
  pick(alice, availability_do_not_disturb);
  EXPECT_EQ(agent->may_interrupt(alice, "carol@example.com", *directory), Reason::recipient_do_not_disturb);
  EXPECT_EQ(agent->may_interrupt(alice, "bob@example.com", *directory), Reason::none);
  EXPECT_EQ(agent->may_interrupt(alice, "", *directory), Reason::recipient_do_not_disturb);
  const auto workgroup = watch(alice, "bob@example.com");
  EXPECT_EQ(seen[workgroup].availability(), availability_urgent_only);
  EXPECT_EQ(seen[workgroup].last().state.activity, Activity::urgent_interruptions_only);
  EXPECT_EQ(seen[watch(alice, "carol@example.com")].availability(), availability_do_not_disturb);
  sign_out(alice, endpoint);
  EXPECT_EQ(agent->may_interrupt(alice, "carol@example.com", *directory), Reason::none) << "nobody there to disturb";
  put(bob, "bob@example.com", "Bob", {}, {"alice@example.com"});
  EXPECT_EQ(agent->may_interrupt(bob, "alice@example.com", *directory), Reason::sender_blocked);
}

TEST_F(AgentWatch, explain_tells_the_true_reason) {
  const auto endpoint = sign_in(alice);
  pick(alice, availability_busy);
  set_level(alice, MemberKind::domain, "example.com", Container::friends);
  const auto id = watch(alice, "bob@example.com");
  auto told_why = agent->explain(alice, "bob@example.com", *directory, now);
  ASSERT_TRUE(told_why);
  EXPECT_EQ(told_why->view, seen[id].views.back());
  EXPECT_EQ(told_why->verdict.level, Container::friends);
  EXPECT_EQ(told_why->verdict.member, (LevelMember{MemberKind::domain, "example.com"}));
  EXPECT_EQ(told_why->aggregate.rule, CombineRule::manual);
  EXPECT_EQ(told_why->aggregate.source_version, 1u);
  EXPECT_EQ(told_why->publications.size(), 1u);
  EXPECT_EQ(told_why->watchers, 1u);
  ASSERT_EQ(told_why->input.devices.size(), 1u);
  EXPECT_EQ(told_why->input.devices[0].endpoint, endpoint);
  told_why = agent->explain(alice, "", *directory, now);
  EXPECT_EQ(told_why->verdict.level, Container::self);
  EXPECT_EQ(told_why->view->state.availability, availability_busy);
  EXPECT_EQ(agent->explain(carol, "bob@example.com", *directory, now)->aggregate.rule, CombineRule::no_endpoint);
  EXPECT_EQ(agent->explain({9}, "", *directory, now).reason(), Reason::user_does_not_exist);
}

}  // namespace
}  // namespace tertulia::domain
